/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ticks.h - the module's own clock
 *
 * local_clock() costs some 50 instructions, and the fault path needs the time
 * twice. Where the time stamp counter runs at a constant rate, it is read raw;
 * a distance, or the time of an event, is made nanoseconds when it is needed.
 * Times of this clock are only compared with each other: in the module's text
 * files all of them are distances. Trace events get the tracer's clock.
 */
#ifndef MMSCOPE_TICKS_H
#define MMSCOPE_TICKS_H

#include <linux/math64.h>
#include <linux/sched/clock.h>
#include <linux/timex.h>
#include <linux/types.h>

#define MMS_TICKS_SHIFT 30

/* Nanoseconds per tick, times 2^MMS_TICKS_SHIFT; 0: ticks are local_clock(). */
extern u32 mms_ticks_mult;

void mms_ticks_init(void);

/**
 * mms_ticks() - the time, in units of its own
 *
 * Context: any, with preemption off.
 */
static __always_inline u64 mms_ticks(void)
{
	return likely(mms_ticks_mult) ? get_cycles() : local_clock();
}

/**
 * mms_ticks_to_ns() - a time or a distance in nanoseconds
 * @ticks: mms_ticks(), or the difference of two
 */
static __always_inline u64 mms_ticks_to_ns(u64 ticks)
{
	if (likely(mms_ticks_mult))
		return mul_u64_u32_shr(ticks, mms_ticks_mult, MMS_TICKS_SHIFT);
	return ticks;
}

/**
 * mms_clock_ns() - the time in nanoseconds
 *
 * Context: any.
 */
static inline u64 mms_clock_ns(void)
{
	u64 ticks;

	preempt_disable_notrace();
	ticks = mms_ticks();
	preempt_enable_notrace();
	return mms_ticks_to_ns(ticks);
}

#endif /* MMSCOPE_TICKS_H */
