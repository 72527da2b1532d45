// SPDX-License-Identifier: GPL-2.0
/*
 * midlife.c - faults that are under way while a running process becomes a target
 */
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "midlife.h"

/**
 * struct row - one thread
 * @task: the thread; its number in the table, also when it is gone
 * @noted: its counts when the process became a target
 * @settled: they were taken up again; until then the row holds a reference to @task.
 * Written by the thread itself, or by mms_midlife_close() when there is none any more
 */
struct row {
	struct task_struct *task;
	struct mms_kernel_faults noted;
	bool settled;
};

/**
 * struct mms_midlife - the threads of one process
 * @left: threads that are not settled
 * @min: faults of settled threads that had begun before
 * @maj: the same, major
 * @bits: the table has 2^bits rows, at least twice as many as threads
 * @row: open addressing, by @task; constant but for @settled
 */
struct mms_midlife {
	atomic_t left;
	atomic64_t min;
	atomic64_t maj;
	unsigned int bits;
	struct row row[];
};

static struct row *row_of(struct mms_midlife *midlife, const struct task_struct *task)
{
	unsigned int mask = (1U << midlife->bits) - 1;
	unsigned int i = hash_ptr(task, midlife->bits);

	while (midlife->row[i].task && midlife->row[i].task != task)
		i = (i + 1) & mask;
	return &midlife->row[i];
}

static struct mms_kernel_faults grown(const struct row *row)
{
	return (struct mms_kernel_faults){
		.min = READ_ONCE(row->task->min_flt) - row->noted.min,
		.maj = READ_ONCE(row->task->maj_flt) - row->noted.maj,
	};
}

struct mms_midlife *mms_midlife_create(struct task_struct *task, struct mms_kernel_faults *sum)
{
	/* A thread that has been unlinked, and its count moved to the group, is not in the list. */
	unsigned int bits = order_base_2(2 * (get_nr_threads(task) + 1));
	struct mms_midlife *midlife;
	struct task_struct *thread;

	midlife = kzalloc(struct_size(midlife, row, 1U << bits), GFP_ATOMIC | __GFP_NOWARN);
	if (!midlife)
		return NULL;
	midlife->bits = bits;
	/* What ended threads left; it only changes under siglock (exit.c, __exit_signal()). */
	sum->min = task->signal->min_flt;
	sum->maj = task->signal->maj_flt;
	for_each_thread(task, thread) {
		struct row *row = row_of(midlife, thread);

		row->task = get_task_struct(thread);
		row->noted.min = READ_ONCE(thread->min_flt);
		row->noted.maj = READ_ONCE(thread->maj_flt);
		sum->min += row->noted.min;
		sum->maj += row->noted.maj;
		atomic_inc(&midlife->left);
	}
	return midlife;
}

static void settle(struct mms_midlife *midlife, struct row *row)
{
	struct mms_kernel_faults faults = grown(row);

	atomic64_add(faults.min, &midlife->min);
	atomic64_add(faults.maj, &midlife->maj);
	/* A reader that still sees the thread unsettled uses it under RCU, which frees tasks. */
	WRITE_ONCE(row->settled, true);
	put_task_struct(row->task);
	atomic_dec(&midlife->left);
}

bool mms_midlife_settle(struct mms_midlife *midlife)
{
	struct row *row = row_of(midlife, current);

	if (row->task && !row->settled)
		settle(midlife, row);
	return atomic_read(&midlife->left);
}

void mms_midlife_close(struct mms_midlife *midlife)
{
	unsigned int i;

	for (i = 0; i < 1U << midlife->bits; i++)
		if (midlife->row[i].task && !midlife->row[i].settled)
			settle(midlife, &midlife->row[i]);
}

struct mms_kernel_faults mms_midlife_uncounted(struct mms_midlife *midlife)
{
	struct mms_kernel_faults sum, faults;
	unsigned int i;

	rcu_read_lock();
	sum.min = atomic64_read(&midlife->min);
	sum.maj = atomic64_read(&midlife->maj);
	for (i = 0; i < 1U << midlife->bits; i++) {
		const struct row *row = &midlife->row[i];

		if (!row->task || READ_ONCE(row->settled))
			continue;
		faults = grown(row);
		sum.min += faults.min;
		sum.maj += faults.maj;
	}
	rcu_read_unlock();
	return sum;
}

void mms_midlife_destroy(struct mms_midlife *midlife)
{
	if (!midlife)
		return;
	mms_midlife_close(midlife);
	kfree(midlife);
}
