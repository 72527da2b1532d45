/* SPDX-License-Identifier: GPL-2.0 */
/*
 * child.h - a forked process that works on command and is at rest in between
 */
#ifndef ALLOCGEN_CHILD_H
#define ALLOCGEN_CHILD_H

#include <sys/types.h>

#include "scenario.h"

/* The command of the rehearsal: do all that later commands do, on other memory. */
#define CHILD_REHEARSE 'R'

/**
 * struct child - a child and the pipes to it
 * @pid:     process id
 * @command: one byte written here is one command
 * @done:    one byte read here says that it was carried out
 */
struct child {
	pid_t pid;
	int command;
	int done;
};

typedef void (*child_work)(void *data, char command);

int child_start(struct child *child, const char *role, child_work work, void *data,
		const struct area *measured);
int child_do(const struct child *child, char command);
void children_end(void);

#endif /* ALLOCGEN_CHILD_H */
