/* SPDX-License-Identifier: GPL-2.0 */
/*
 * child.h - start a command so that it is a target before its first instruction
 *
 * mms_child_prepare() forks a child that waits; the caller makes its pid a
 * target; mms_child_go() lets it exec. The caller has taken its signals
 * (signals.h): a Ctrl-C reaches the command from the terminal as it would
 * under a shell, and the caller stays to tell what happened.
 */
#ifndef MMS_CHILD_H
#define MMS_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "collect/signals.h"
#include "error.h"

/**
 * struct mms_child - a command that waits, runs or has ended
 * @pid: its process
 * @go_fd: write end of the pipe it waits on
 * @exec_fd: read end of the pipe that tells why exec failed
 * @signals: the caller's own
 * @start_ns: CLOCK_MONOTONIC when it was told to exec
 * @end_ns: CLOCK_MONOTONIC when it was reaped
 * @wait_status: as waitpid() told it
 * @ended: it was reaped
 * @asked: how often SIGTERM or SIGHUP came; the second time the command is killed
 */
struct mms_child {
	pid_t pid;
	int go_fd;
	int exec_fd;
	const struct mms_signals *signals;
	uint64_t start_ns;
	uint64_t end_ns;
	int wait_status;
	bool ended;
	int asked;
};

/**
 * mms_child_prepare() - fork the child that will become the command
 * @child: filled
 * @argv: the command and its arguments, NULL-terminated
 * @signals: the caller's, taken; must outlive the child
 * @keep_fd: a descriptor that the command inherits, or -1
 * @err: receives the reason
 *
 * Return: 0 or -errno; -EINTR when a signal came before.
 */
int mms_child_prepare(struct mms_child *child, char *const *argv,
		      const struct mms_signals *signals, int keep_fd, struct mms_error *err);

/**
 * mms_child_go() - let the child exec, and wait until it has
 * @child: a prepared child
 * @name: the command, for the error line
 * @err: receives the reason
 *
 * Return: 0, or -errno of the failed exec; the child has ended then.
 */
int mms_child_go(struct mms_child *child, const char *name, struct mms_error *err);

/**
 * mms_child_wait() - wait until the command ends or a time has passed
 * @child: a running child
 * @timeout_ms: how long; -1 without limit
 *
 * SIGTERM and SIGHUP, and any signal that another process sent, are passed on to the command.
 *
 * Return: true once the command has ended.
 */
bool mms_child_wait(struct mms_child *child, int timeout_ms);

/** mms_child_finish() - kill and reap a child that still exists. */
void mms_child_finish(struct mms_child *child);

#endif /* MMS_CHILD_H */
