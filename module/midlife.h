/* SPDX-License-Identifier: GPL-2.0 */
/*
 * midlife.h - faults that are under way while a running process becomes a target
 *
 * The kernel counts a fault when it is done. One that began before the process was
 * followed is in the kernel's count and not in ours. How many there were is known
 * for each thread when it next begins a fault: what its count has grown by until
 * then. So the counts of all threads are noted when the address space is published,
 * and taken up again at each thread's first fault after that (law 1).
 */
#ifndef MMSCOPE_MIDLIFE_H
#define MMSCOPE_MIDLIFE_H

#include <linux/types.h>

struct mms_midlife;
struct task_struct;

/* The kernel's own fault counts of a task or a thread group. */
struct mms_kernel_faults {
	u64 min;
	u64 maj;
};

/**
 * mms_midlife_create() - note the counts of all threads of a process
 * @task: one of them
 * @sum: result: the counts of the whole group at that moment
 *
 * Context: the process' siglock is held, so that no thread is added, and is not
 * released before the address space is published. Allocates atomically.
 * Return: NULL without memory.
 */
struct mms_midlife *mms_midlife_create(struct task_struct *task, struct mms_kernel_faults *sum);

/**
 * mms_midlife_settle() - current begins a fault, or will not begin one any more
 * @midlife: of its process
 *
 * Context: handlers; no fault of current is under way. Takes effect once per thread.
 * Return: whether there are threads that have not called it.
 */
bool mms_midlife_settle(struct mms_midlife *midlife);

/**
 * mms_midlife_close() - no thread of the process will begin a fault in this address space
 * @midlife: of the process
 *
 * Context: any; one caller.
 */
void mms_midlife_close(struct mms_midlife *midlife);

/**
 * mms_midlife_uncounted() - faults that the kernel counted and that had begun before
 * @midlife: of the process
 *
 * Context: any. For threads that have begun no fault since: what their counts have grown by.
 */
struct mms_kernel_faults mms_midlife_uncounted(struct mms_midlife *midlife);

/**
 * mms_midlife_destroy() - free it
 * @midlife: nobody can reach it any more; may be NULL
 */
void mms_midlife_destroy(struct mms_midlife *midlife);

#endif /* MMSCOPE_MIDLIFE_H */
