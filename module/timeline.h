/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timeline.h - the whole life of an address space in bounded memory
 *
 * Points are taken at events. When the table is full, half of the points go (of
 * each pair the one with the smaller RSS, so that peaks stay) and the least
 * distance between points doubles: a process with ten faults and one with a
 * hundred million both read well.
 */
#ifndef MMSCOPE_TIMELINE_H
#define MMSCOPE_TIMELINE_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "state.h"

struct mms_point {
	u64 t_ns; /* mms_clock_ns() */
	u64 faults;
	u64 cow;
	struct mms_state state;
};

/**
 * struct mms_timeline - the points of one address space
 * @lock: protects everything below but reads of @next_ns
 * @next_ns: no point is due before; read without the lock on the fault path
 * @gap_ns: least distance between points; 0 until the table was full once
 * @nr: points in use
 * @max: room
 * @point: the table; NULL when there was no memory for it
 */
struct mms_timeline {
	raw_spinlock_t lock;
	u64 next_ns;
	u64 gap_ns;
	unsigned int nr;
	unsigned int max;
	struct mms_point *point;
};

/**
 * mms_timeline_create() - make the table
 * @timeline: zeroed
 * @max: number of points, even, at least 4
 * @gfp: GFP_NOWAIT in handlers
 *
 * Failure is counted (MMS_LOSS_TIMELINE_NOMEM) and leaves a timeline that takes no points.
 */
void mms_timeline_create(struct mms_timeline *timeline, unsigned int max, gfp_t gfp);
void mms_timeline_destroy(struct mms_timeline *timeline);

/**
 * mms_timeline_due() - is a point due at this time?
 * @timeline: whose
 * @now_ns: mms_clock_ns()
 *
 * Context: any. A read only: no cache line is written while no point is due.
 */
static inline bool mms_timeline_due(const struct mms_timeline *timeline, u64 now_ns)
{
	return now_ns >= READ_ONCE(timeline->next_ns);
}

/**
 * mms_timeline_add() - take a point
 * @timeline: whose
 * @point: copied
 *
 * Context: handlers. Does not wait: when another CPU is just taking a point,
 * this one is left out and counted (MMS_LOSS_TIMELINE_BUSY).
 */
void mms_timeline_add(struct mms_timeline *timeline, const struct mms_point *point);

/**
 * mms_timeline_clear() - begin anew
 * @timeline: whose
 *
 * Context: any but NMI.
 */
void mms_timeline_clear(struct mms_timeline *timeline);

/**
 * mms_timeline_copy() - copy all points, oldest first
 * @timeline: whose
 * @out: room for @max points
 * @max: at most so many
 *
 * Return: number of points copied.
 */
unsigned int mms_timeline_copy(struct mms_timeline *timeline, struct mms_point *out,
			       unsigned int max);

#endif /* MMSCOPE_TIMELINE_H */
