/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/retry.h - an attempt that did the work and asks for another all the same
 *
 * From 5.5 (89b15332af7c "mm: drop mmap_sem before calling balance_dirty_pages()
 * in write fault") to 6.0 (d92725256b4f "mm: avoid unnecessary page fault retires
 * on shared memory types") a write to a shared mapping can map its page, or make
 * it writable, and return VM_FAULT_RETRY. The next attempt is the one that
 * completes and that the kernel counts, and it finds nothing left to do. What the
 * first one saw is kept for it here.
 *
 * Newer kernels return VM_FAULT_COMPLETED, and all this is empty there.
 */
#ifndef MMSCOPE_COMPAT_RETRY_H
#define MMSCOPE_COMPAT_RETRY_H

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/version.h>

#include "../loss.h"
#include "../pte.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 0, 0)

#define MMS_RETRIES 64 /* a power of two */

/**
 * struct mms_retry - what a task saw at its last attempt, if that did the work
 * @lock: protects the rest
 * @task: pid (initial pid namespace); 0: none
 * @address: page
 * @seen_ns: mms_clock_ns() before the entry was read, 0 with one user of the mm
 * @before: the entry
 */
struct mms_retry {
	raw_spinlock_t lock;
	pid_t task;
	unsigned long address;
	u64 seen_ns;
	struct mms_pte before;
};

/*
 * Those of an address space, by pid. A task has one at a time, from one attempt
 * to the next; threads have neighbouring pids and so places of their own.
 */
struct mms_retries {
	struct mms_retry retry[MMS_RETRIES];
};

static inline void mms_retries_init(struct mms_retries *retries)
{
	unsigned int i;

	for (i = 0; i < MMS_RETRIES; i++)
		raw_spin_lock_init(&retries->retry[i].lock);
}

static inline struct mms_retry *mms_retry_of_current(struct mms_retries *retries)
{
	return &retries->retry[current->pid & (MMS_RETRIES - 1)];
}

static inline bool mms_pte_may_write(struct mms_pte pte)
{
	const u8 both = MMS_PTE_PRESENT | MMS_PTE_WRITE;

	return (pte.flags & both) == both;
}

/**
 * mms_retry_note() - an attempt of current has ended with VM_FAULT_RETRY
 * @retries: of the address space
 * @mm: the address space
 * @address: page
 * @before: entry before
 * @seen_ns: mms_clock_ns() before it was read, 0 with one user of the mm
 *
 * Context: handlers; a write to a shared mapping.
 */
static inline void mms_retry_note(struct mms_retries *retries, struct mm_struct *mm,
				  unsigned long address, struct mms_pte before, u64 seen_ns)
{
	bool done = mms_pte_may_write(mms_pte_read(mm, address)) && !mms_pte_may_write(before);
	struct mms_retry *retry = mms_retry_of_current(retries);
	unsigned long flags;

	raw_spin_lock_irqsave(&retry->lock, flags);
	if (done) {
		if (retry->task && retry->task != current->pid)
			mms_loss_count(MMS_LOSS_RETRY_CROWDED);
		retry->task = current->pid;
		retry->address = address;
		retry->seen_ns = seen_ns;
		retry->before = before;
	} else if (retry->task == current->pid) {
		retry->task = 0;
	}
	raw_spin_unlock_irqrestore(&retry->lock, flags);
}

/**
 * mms_retry_take() - what the attempt before this one saw, if it did the work
 * @retries: of the address space
 * @address: page
 * @before: the entry as it was
 * @seen_ns: mms_clock_ns() before it was read; left alone with one user of the mm
 *
 * Context: handlers; an attempt with FAULT_FLAG_TRIED.
 * Return: false, and nothing changed, when there is nothing to take.
 */
static inline bool mms_retry_take(struct mms_retries *retries, unsigned long address,
				  struct mms_pte *before, u64 *seen_ns)
{
	struct mms_retry *retry = mms_retry_of_current(retries);
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&retry->lock, flags);
	found = retry->task == current->pid && retry->address == address;
	if (found) {
		*before = retry->before;
		if (retry->seen_ns)
			*seen_ns = retry->seen_ns;
		retry->task = 0;
	}
	raw_spin_unlock_irqrestore(&retry->lock, flags);
	return found;
}

#else

struct mms_retries {
};

static inline void mms_retries_init(struct mms_retries *retries)
{
}

static inline void mms_retry_note(struct mms_retries *retries, struct mm_struct *mm,
				  unsigned long address, struct mms_pte before, u64 seen_ns)
{
}

static inline bool mms_retry_take(struct mms_retries *retries, unsigned long address,
				  struct mms_pte *before, u64 *seen_ns)
{
	return false;
}

#endif

#endif /* MMSCOPE_COMPAT_RETRY_H */
