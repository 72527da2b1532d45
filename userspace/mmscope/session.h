/* SPDX-License-Identifier: GPL-2.0 */
/*
 * session.h - following one command from before its first instruction to its end
 *
 * What `run` and `story` share: start the command as a target, wait for it,
 * read what the module says, remove the target.
 */
#ifndef MMS_SESSION_H
#define MMS_SESSION_H

#include "collect/child.h"
#include "error.h"
#include "model/run.h"

/**
 * struct mms_session - a followed command
 * @argv: the command
 * @signals: taken by the caller
 * @keep_fd: a descriptor that the command inherits, or -1
 * @idle: called while the command runs, as often as it returns true, else every few ms; or NULL
 * @idle_data: for @idle
 * @child: the command's process
 * @run: what is known in the end
 * @err: why it failed
 */
struct mms_session {
	char **argv;
	struct mms_signals signals;
	int keep_fd;
	bool (*idle)(void *data);
	void *idle_data;
	struct mms_child child;
	struct mms_run run;
	struct mms_error err;
};

/**
 * mms_session_run() - check, start, follow, wait, collect
 * @session: @argv, @signals, @keep_fd and @idle are given; @run, @child and @err are filled
 * @save: folder for the raw tables, or NULL
 *
 * When it returns the command has ended and the target is removed. @session->run must be
 * released with mms_run_free() in every case.
 *
 * Return: 0 once the command has run, or the exit status of the failure after a complaint.
 */
int mms_session_run(struct mms_session *session, const char *save);

#endif /* MMS_SESSION_H */
