/* SPDX-License-Identifier: GPL-2.0 */
/*
 * signals.h - no signal ends this program before it has cleaned up
 *
 * While signals are taken, those that would end the program wait in a
 * descriptor. The one who waits for the command reads them.
 */
#ifndef MMS_SIGNALS_H
#define MMS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>

/**
 * struct mms_signals - the signals taken
 * @fd: readable when one waits
 * @mask: the signal mask before
 */
struct mms_signals {
	int fd;
	sigset_t mask;
};

/**
 * mms_signals_take() - from now on signals wait
 * Return: 0 or -errno.
 */
int mms_signals_take(struct mms_signals *signals);

/**
 * mms_signals_next() - take the next signal that waits
 * Return: false when none does.
 */
bool mms_signals_next(const struct mms_signals *signals, struct signalfd_siginfo *info);

/** mms_signals_interrupted() - whether a signal waits that asks to end. It is forgotten. */
bool mms_signals_interrupted(const struct mms_signals *signals);

/** mms_signals_give() - signals act as before; those that wait are forgotten. */
void mms_signals_give(struct mms_signals *signals);

#endif /* MMS_SIGNALS_H */
