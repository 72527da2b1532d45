/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/rss.h - the kernel's RSS counters of a foreign kernel version
 *
 * Since 6.2 (f1a7941243c1 "mm: convert mm's rss stats into percpu_counter")
 * mm->rss_stat is an array of per-CPU counters. Before, it was an array of
 * atomics beside which every task kept a cache of up to 64 events
 * (task->rss_stat, SPLIT_RSS_COUNTING, 34e55232e59f).
 *
 * Both are offered here as one pair:
 *   mms_rss_cheap()  what the fault path can afford; says whether it is exact
 *   mms_rss_sums()   the exact sum, for everything that a person reads
 */
#ifndef MMSCOPE_COMPAT_RSS_H
#define MMSCOPE_COMPAT_RSS_H

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)

#include <linux/percpu_counter.h>

/* Above this many CPUs adding up all of them is too much for the fault path. */
#define MMS_RSS_CHEAP_CPUS 8

/**
 * mms_rss_cheap_is_exact() - will mms_rss_cheap() return exact sums now?
 * @mm: the address space
 *
 * With one user (thread) of the mm no other task of user space changes the
 * counters while current adds them up, so that the unlocked sum over all CPUs is
 * exact. Reclaim, khugepaged and KSM may still change them at the same moment.
 */
static inline bool mms_rss_cheap_is_exact(struct mm_struct *mm)
{
	return nr_cpu_ids <= MMS_RSS_CHEAP_CPUS && current->mm == mm &&
	       atomic_read(&mm->mm_users) == 1;
}

/**
 * mms_rss_cheap() - one RSS counter in pages, without a lock
 * @mm: the address space, pinned
 * @member: MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS or MM_SHMEMPAGES
 *
 * Context: any. Not exact unless mms_rss_cheap_is_exact(): never show it as such.
 */
static inline unsigned long mms_rss_cheap(struct mm_struct *mm, int member)
{
	struct percpu_counter *counter = &mm->rss_stat[member];
	s64 sum = READ_ONCE(counter->count);
	int cpu;

	if (nr_cpu_ids <= MMS_RSS_CHEAP_CPUS) {
		for_each_possible_cpu(cpu)
			sum += READ_ONCE(*per_cpu_ptr(counter->counters, cpu));
	} else {
		sum += READ_ONCE(*raw_cpu_ptr(counter->counters));
	}
	return sum > 0 ? sum : 0;
}

/**
 * mms_rss_sums() - all RSS counters in pages, exact for an mm at rest
 * @mm: the address space, pinned
 * @sum: result, by member
 *
 * Context: any; takes each counter's raw spinlock with interrupts off.
 */
static inline void mms_rss_sums(struct mm_struct *mm, unsigned long sum[NR_MM_COUNTERS])
{
	int member;

	for (member = 0; member < NR_MM_COUNTERS; member++)
		sum[member] = percpu_counter_sum_positive(&mm->rss_stat[member]);
}

#else

static inline bool mms_rss_cheap_is_exact(struct mm_struct *mm)
{
	return current->mm == mm && atomic_read(&mm->mm_users) == 1;
}

static inline unsigned long mms_rss_cheap(struct mm_struct *mm, int member)
{
	long sum = atomic_long_read(&mm->rss_stat.count[member]);

#ifdef SPLIT_RSS_COUNTING
	if (current->mm == mm)
		sum += READ_ONCE(current->rss_stat.count[member]);
#endif
	return sum > 0 ? sum : 0;
}

static inline void mms_rss_read_mm(struct mm_struct *mm, long count[NR_MM_COUNTERS])
{
	int member;

	for (member = 0; member < NR_MM_COUNTERS; member++)
		count[member] = atomic_long_read(&mm->rss_stat.count[member]);
}

#ifdef SPLIT_RSS_COUNTING
/*
 * The caches live in the tasks. A vfork or CLONE_VM child is another process with
 * the same mm, so every process is looked at.
 */
static inline void mms_rss_add_caches(struct mm_struct *mm, long count[NR_MM_COUNTERS])
{
	struct task_struct *process, *thread;
	int member;

	rcu_read_lock();
	for_each_process(process) {
		if (process->flags & PF_KTHREAD)
			continue;
		for_each_thread(process, thread) {
			if (READ_ONCE(thread->mm) != mm)
				continue;
			for (member = 0; member < NR_MM_COUNTERS; member++)
				count[member] += READ_ONCE(thread->rss_stat.count[member]);
		}
	}
	rcu_read_unlock();
}
#else
static inline void mms_rss_add_caches(struct mm_struct *mm, long count[NR_MM_COUNTERS])
{
}
#endif

/* A thread that gives its cache back while they are added up would be missed, or counted twice. */
#define MMS_RSS_TRIES 16

static inline void mms_rss_sums(struct mm_struct *mm, unsigned long sum[NR_MM_COUNTERS])
{
	long count[NR_MM_COUNTERS], before[NR_MM_COUNTERS], after[NR_MM_COUNTERS];
	int member, tries = MMS_RSS_TRIES;

	do {
		mms_rss_read_mm(mm, before);
		memcpy(count, before, sizeof(count));
		/* Without users (the mm is being torn down) all caches have been given back. */
		if (!atomic_read(&mm->mm_users))
			break;
		smp_rmb(); /* mm first: sync_mm_rss() adds to it before it empties the cache */
		mms_rss_add_caches(mm, count);
		smp_rmb(); /* and mm last */
		mms_rss_read_mm(mm, after);
	} while (memcmp(before, after, sizeof(before)) && --tries);
	for (member = 0; member < NR_MM_COUNTERS; member++)
		sum[member] = count[member] > 0 ? count[member] : 0;
}

#endif

#endif /* MMSCOPE_COMPAT_RSS_H */
