/* SPDX-License-Identifier: GPL-2.0 */
/*
 * target.h - start a program as a target, before its first instruction
 */
#ifndef SELFTESTS_TARGET_H
#define SELFTESTS_TARGET_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "figures.h"

/**
 * struct target - a program that is followed
 * @pid: its process
 * @in: its standard input
 * @out: its standard output
 * @go: private
 */
struct target {
	pid_t pid;
	FILE *in;
	FILE *out;
	int go;
};

/**
 * target_prepare() - fork, make the child a target; it waits before its exec
 * @target: result
 * @argv: the program, looked up in PATH, and its arguments
 *
 * Bails out when it cannot be done.
 */
void target_prepare(struct target *target, char *const argv[]);

/* Let the child that waits exec. */
void target_go(struct target *target);

/**
 * target_start() - fork, make the child a target, let it exec
 * @target: result
 * @argv: the program, looked up in PATH, and its arguments
 *
 * Bails out when it cannot be done.
 */
void target_start(struct target *target, char *const argv[]);

/* Close the pipes and wait. Returns the status as waitpid() gives it. */
int target_finish(struct target *target);

/* Fork a child that runs a function as a target; it is the caller's to wait for. */
pid_t target_fork(void (*function)(void));

/* Fork a child that runs a function as a target, and wait for its end; its wait status. */
int target_call(void (*function)(void), pid_t *pid);

/**
 * target_rest() - fork a child that runs a function as a target, and then is at rest
 * @function: what it does
 *
 * Return: its process, stopped. target_end() ends it.
 */
pid_t target_rest(void (*function)(void));

/* Let it go on to its end, and wait for that. */
void target_end(pid_t pid);

/*
 * The same as target_call(); false, with a note, when it did not end well or law 1 does not hold
 * at its end.
 */
bool target_run(void (*function)(void), struct figures *figures);

#endif /* SELFTESTS_TARGET_H */
