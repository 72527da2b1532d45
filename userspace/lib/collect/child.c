// SPDX-License-Identifier: GPL-2.0
/* child.c - start a command so that it is a target before its first instruction */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "collect/child.h"

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* In the child: wait for the word, then become the command. Never returns. */
static void become(char *const *argv, int go_fd, int exec_fd, const sigset_t *mask, int keep_fd)
{
	char word;
	int reason;

	sigprocmask(SIG_SETMASK, mask, NULL);
	if (read(go_fd, &word, 1) != 1)
		_exit(125);	/* the parent changed its mind or died: leave no trace */
	if (keep_fd >= 0)
		fcntl(keep_fd, F_SETFD, 0);
	execvp(argv[0], argv);
	reason = errno;
	/* the parent reads the reason and tells it; without one it takes the command as started */
	_exit(write(exec_fd, &reason, sizeof(reason)) == sizeof(reason) ? 127 : 125);
}

/*
 * Wait until the child sleeps in read(): a page fault that is under way while it becomes a target
 * would be in the kernel's count and not in the module's. A fault that waits sleeps as 'D'.
 */
static void wait_at_rest(pid_t pid)
{
	char path[32], stat[256];
	const char *state = NULL;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	do {
		sched_yield();
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return;
		got = read(fd, stat, sizeof(stat) - 1);
		close(fd);
		stat[got > 0 ? got : 0] = '\0';
		/* the state follows the name, which ends with the last parenthesis */
		state = strrchr(stat, ')');
	} while (state && state[1] == ' ' && (state[2] == 'R' || state[2] == 'D'));
}

int mms_child_prepare(struct mms_child *child, char *const *argv,
		      const struct mms_signals *signals, int keep_fd, struct mms_error *err)
{
	int exec_pipe[2] = { -1, -1 };
	int go_pipe[2] = { -1, -1 };
	int saved;

	*child = (struct mms_child){ .pid = -1, .go_fd = -1, .exec_fd = -1, .signals = signals };
	if (mms_signals_interrupted(signals))
		return mms_fail(err, -EINTR, "interrupted before %s was started", argv[0]);
	if (!pipe2(go_pipe, O_CLOEXEC) && !pipe2(exec_pipe, O_CLOEXEC))
		child->pid = fork();
	if (!child->pid) {
		close(go_pipe[1]);
		become(argv, go_pipe[0], exec_pipe[1], &signals->mask, keep_fd);
	}
	saved = errno;
	close_fd(&go_pipe[0]);
	close_fd(&exec_pipe[1]);
	child->go_fd = go_pipe[1];
	child->exec_fd = exec_pipe[0];
	if (child->pid < 0) {
		mms_child_finish(child);
		return mms_fail(err, -saved, "cannot start a process: %s", strerror(saved));
	}
	wait_at_rest(child->pid);
	return 0;
}

static void reap(struct mms_child *child, int options)
{
	pid_t pid;

	do {
		pid = waitpid(child->pid, &child->wait_status, options);
	} while (pid < 0 && errno == EINTR);
	if (pid) {
		child->ended = true;
		child->end_ns = now_ns();
	}
}

int mms_child_go(struct mms_child *child, const char *name, struct mms_error *err)
{
	int reason = 0;
	ssize_t got;

	child->start_ns = now_ns();
	if (write(child->go_fd, "!", 1) != 1)
		reason = errno;
	close_fd(&child->go_fd);
	do {	/* end of file: exec has closed the other end */
		got = read(child->exec_fd, &reason, sizeof(reason));
	} while (got < 0 && errno == EINTR);
	close_fd(&child->exec_fd);
	if (!reason)
		return 0;
	reap(child, 0);
	if (reason == ENOENT)
		return mms_fail(err, -reason, "%s: command not found", name);
	return mms_fail(err, -reason, "%s: cannot be executed: %s", name, strerror(reason));
}

/*
 * A key on the terminal signals the whole foreground group: the command has it already. What
 * somebody sent to this process alone is passed on.
 */
static void take_signal(struct mms_child *child, const struct signalfd_siginfo *info)
{
	int sig = (int)info->ssi_signo;

	if (sig == SIGCHLD)
		return;
	if (sig == SIGTERM || sig == SIGHUP)
		child->asked++;
	if (child->asked > 1)
		sig = SIGKILL;
	else if (info->ssi_code == SI_KERNEL)
		return;
	kill(child->pid, sig);
}

bool mms_child_wait(struct mms_child *child, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = child->signals->fd, .events = POLLIN };
	struct signalfd_siginfo info;

	if (!child->ended)
		reap(child, WNOHANG);
	if (child->ended)
		return true;
	if (poll(&poll_fd, 1, timeout_ms) <= 0)
		return false;
	while (mms_signals_next(child->signals, &info))
		take_signal(child, &info);
	reap(child, WNOHANG);
	return child->ended;
}

void mms_child_finish(struct mms_child *child)
{
	close_fd(&child->go_fd);
	close_fd(&child->exec_fd);
	if (child->pid > 0 && !child->ended) {
		kill(child->pid, SIGKILL);
		reap(child, 0);
	}
}
