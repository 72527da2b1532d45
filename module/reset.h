/* SPDX-License-Identifier: GPL-2.0 */
/* reset.h - all figures begin anew, targets stay */
#ifndef MMSCOPE_RESET_H
#define MMSCOPE_RESET_H

/**
 * mms_reset() - figures, losses, hits and misses count from 0 again
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, and then nothing has changed.
 */
int mms_reset(void);

#endif /* MMSCOPE_RESET_H */
