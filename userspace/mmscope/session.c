// SPDX-License-Identifier: GPL-2.0
/* session.c - following one command from before its first instruction to its end */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "collect/debugfs.h"
#include "collect/run_files.h"
#include "mmscope_abi.h"
#include "session.h"

/* How long to wait for the command when there is nothing to do meanwhile, milliseconds. */
#define IDLE_LEAST_MS 1
#define IDLE_MOST_MS  16

static char *command_line(char **argv)
{
	char *line = NULL;
	FILE *memory;
	size_t len;
	int i;

	memory = open_memstream(&line, &len);
	if (!memory)
		return NULL;
	for (i = 0; argv[i]; i++)
		fprintf(memory, "%s%s", i ? " " : "", argv[i]);
	if (fclose(memory)) {
		free(line);
		return NULL;
	}
	for (i = 0; line[i]; i++)
		if (line[i] == '\n' || line[i] == '\033')
			line[i] = '?';
	return line;
}

static void wait_for_end(struct mms_session *session)
{
	int pause = IDLE_LEAST_MS;

	while (!mms_child_wait(&session->child, session->idle ? pause : -1)) {
		if (!session->idle)
			continue;
		if (session->idle(session->idle_data))
			pause = IDLE_LEAST_MS;
		else if (pause < IDLE_MOST_MS)
			pause *= 2;
	}
}

static int start(struct mms_session *session, char *target, size_t size)
{
	int ret;

	ret = mms_child_prepare(&session->child, session->argv, &session->signals,
				session->keep_fd, &session->err);
	if (ret)
		return mms_complain("%s", session->err.text);
	snprintf(target, size, "-pid %d", session->child.pid);
	ret = mms_target_write(target + 1, &session->err);
	if (ret)
		return mms_complain("%s", session->err.text);
	ret = mms_child_go(&session->child, session->argv[0], &session->err);
	if (ret) {
		mms_complain("%s", session->err.text);
		return ret == -ENOENT ? MMS_EXIT_NOT_FOUND : MMS_EXIT_NO_EXEC;
	}
	return 0;
}

static int collect(struct mms_session *session, const char *save)
{
	struct mms_run *run = &session->run;
	char dir[PATH_MAX];
	int ret;

	run->pid = session->child.pid;
	run->wait_status = session->child.wait_status;
	run->wall_ns = session->child.end_ns - session->child.start_ns;
	snprintf(dir, sizeof(dir), "%s/" MMSCOPE_DEBUGFS_DIR, mms_debugfs_mount());
	ret = mms_run_collect(run, dir, &session->err);
	if (!ret && save)
		ret = mms_run_save(run, dir, save, &session->err);
	return ret ? mms_complain("%s", session->err.text) : 0;
}

int mms_session_run(struct mms_session *session, const char *save)
{
	char target[32] = "";
	int status;

	session->run.command = command_line(session->argv);
	if (!session->run.command)
		return mms_complain("no memory");
	status = start(session, target, sizeof(target));
	if (!status) {
		wait_for_end(session);
		status = collect(session, save);
	}
	mms_child_finish(&session->child);
	/* The module forgets a target that has exited by itself: that is no failure. */
	if (target[0])
		mms_target_write(target, NULL);
	return status;
}
