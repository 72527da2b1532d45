/* SPDX-License-Identifier: GPL-2.0 */
/*
 * limits.h - how much the module keeps: set by module parameters, changed by the files in limits/
 */
#ifndef MMSCOPE_LIMITS_H
#define MMSCOPE_LIMITS_H

#include <linux/types.h>

/**
 * struct mms_limits - the values in force
 * @max_processes: followed live processes at most
 * @exited_kept: records of exited processes kept
 * @timeline_points: points of the timeline of an address space
 * @probe_slots: page faults that can be asleep at once; only at load. 0 before mms_limits_check(),
 * which puts in what memory allows
 */
struct mms_limits {
	unsigned int max_processes;
	unsigned int exited_kept;
	unsigned int timeline_points;
	unsigned int probe_slots;
};

extern struct mms_limits mms_limits;

/**
 * struct mms_limit - a row of the table
 * @name: of the module parameter and of the file
 * @value: in mms_limits
 * @least: smallest value allowed
 * @most: largest value allowed
 * @even: odd values are refused
 * @apply: puts a new value in force; NULL: it cannot change after load
 */
struct mms_limit {
	const char *name;
	unsigned int *value;
	unsigned int least;
	unsigned int most;
	bool even;
	void (*apply)(void);
};

extern const struct mms_limit mms_limit_table[];
extern const unsigned int mms_limit_number;

/**
 * mms_limits_check() - are the module parameters in their ranges?
 *
 * Decides probe_slots where nobody has.
 *
 * Return: 0, or -EINVAL; the kernel's log says which is not.
 */
int mms_limits_check(void);

/**
 * mms_limit_write() - change a limit
 * @limit: a row with @apply
 * @text: the number
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL, and then nothing has changed and error_log says why.
 */
int mms_limit_write(const struct mms_limit *limit, const char *text);

#endif /* MMSCOPE_LIMITS_H */
