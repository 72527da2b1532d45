// SPDX-License-Identifier: GPL-2.0
/* signals.c - no signal ends this program before it has cleaned up */
#include <errno.h>
#include <unistd.h>

#include "array.h"
#include "collect/signals.h"

/* The signals that end a program which does not expect them, and a child's end. */
static const int taken[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP };

int mms_signals_take(struct mms_signals *signals)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < MMS_ARRAY_SIZE(taken); i++)
		sigaddset(&set, taken[i]);
	signal(SIGCHLD, SIG_DFL);	/* an inherited SIG_IGN would swallow the exit status */
	signals->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0)
		return -errno;
	sigprocmask(SIG_BLOCK, &set, &signals->mask);
	return 0;
}

bool mms_signals_next(const struct mms_signals *signals, struct signalfd_siginfo *info)
{
	return read(signals->fd, info, sizeof(*info)) == (ssize_t)sizeof(*info);
}

bool mms_signals_interrupted(const struct mms_signals *signals)
{
	struct signalfd_siginfo info;
	bool interrupted = false;

	while (mms_signals_next(signals, &info))
		interrupted |= info.ssi_signo != SIGCHLD;
	return interrupted;
}

void mms_signals_give(struct mms_signals *signals)
{
	/* an interrupt that was meant for the command must not end its summary */
	mms_signals_interrupted(signals);
	close(signals->fd);
	signals->fd = -1;
	sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}
