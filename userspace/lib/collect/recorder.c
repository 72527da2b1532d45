// SPDX-License-Identifier: GPL-2.0
/* recorder.c - trace-cmd writes a recording */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/debugfs.h"
#include "collect/recording.h"

/* trace-cmd starts in a fraction of a second; on an emulated CPU in some seconds. */
#define START_TIMEOUT_MS 30000
#define START_POLL_MS	 10

/* In the child. trace-cmd's own words go to standard error only when it fails. */
static void become_trace_cmd(const struct mms_trace *trace, const char *path,
			     unsigned int buffer_kb)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	char size[16];
	sigset_t none;

	snprintf(size, sizeof(size), "%u", buffer_kb);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);	/* Ctrl-C is meant for the command; the recorder stops when told */
	dup2(null_fd, STDIN_FILENO);
	dup2(null_fd, STDOUT_FILENO);
	dup2(null_fd, STDERR_FILENO);
	execlp("trace-cmd", "trace-cmd", "record", "-q", "-o", path, "-B", mms_trace_name(trace),
	       "-C", "mono", "-b", size, "-e", MMSCOPE_TRACE_SYSTEM, NULL);
	_exit(errno == ENOENT ? 127 : 126);
}

static bool has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

/* Whether the events are on: trace-cmd switches them on last, with its readers in place. */
static bool is_recording(const struct mms_trace *trace)
{
	char path[PATH_MAX];
	char *text;
	bool on;

	snprintf(path, sizeof(path), "%s/events/" MMSCOPE_TRACE_SYSTEM "/enable",
		 mms_trace_dir(trace));
	text = mms_read_file(path, NULL, NULL);
	on = text && text[0] == '1';
	free(text);
	if (!on)
		return false;
	snprintf(path, sizeof(path), "%s/tracing_on", mms_trace_dir(trace));
	text = mms_read_file(path, NULL, NULL);
	on = text && text[0] == '1';
	free(text);
	return on;
}

int mms_recorder_start(pid_t *pid, const struct mms_trace *trace, const char *path,
		       unsigned int buffer_kb, struct mms_error *err)
{
	int status = 0;
	int waited;

	*pid = fork();
	if (*pid < 0)
		return mms_fail(err, -errno, "cannot start trace-cmd: %s", strerror(errno));
	if (!*pid)
		become_trace_cmd(trace, path, buffer_kb);
	for (waited = 0; waited < START_TIMEOUT_MS; waited += START_POLL_MS) {
		if (has_ended(*pid, &status)) {
			if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
				return mms_fail(err, -ENOENT,
						"-o needs trace-cmd, which is not installed: sudo apt install trace-cmd");
			return mms_fail(err, -EIO,
					"trace-cmd could not record into %s: try `trace-cmd record -o %s -e %s` to see why",
					path, path, MMSCOPE_TRACE_SYSTEM);
		}
		if (is_recording(trace))
			return 0;
		poll(NULL, 0, START_POLL_MS);
	}
	kill(*pid, SIGKILL);
	waitpid(*pid, &status, 0);
	return mms_fail(err, -ETIMEDOUT, "trace-cmd did not begin to record within %d s",
			START_TIMEOUT_MS / 1000);
}

int mms_recorder_stop(pid_t pid, const char *path, struct mms_error *err)
{
	int status = 0;

	kill(pid, SIGINT);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return mms_fail(err, -EIO, "trace-cmd could not finish the recording %s", path);
	return 0;
}
