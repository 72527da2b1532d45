/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vsz.h - how the size of an address space came to be what it is (laws 2 and 3)
 *
 * Law 3 holds by measurement: the sizes when following began, and every change
 * measured on its own while mmap_lock kept others out. What no probe saw is the
 * residual.
 */
#ifndef MMSCOPE_VSZ_H
#define MMSCOPE_VSZ_H

#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct mm_struct;
struct vm_area_struct;

/**
 * struct mms_vsz - sizes and their changes
 * @lock: makes reading a size and noting it one step; protects what follows but for @inside
 * @begin: total_vm when following began, pages
 * @sum: all changes of it that were measured
 * @last: total_vm after the last change or call that was seen
 * @heap_begin: mm->brk - mm->start_brk when following began, bytes
 * @heap_last: the same after the last brk
 * @heap_sum: all changes that were handed out to brk calls
 * @halves: what mprotect has taken from one class of pages and not yet given to another
 * @grown: stack VMA that has grown last; only compared
 * @grown_start: where it began afterwards
 * @grown_number: number of growths
 * @inside: task inside of a function whose change is measured as a whole. Written
 * under mmap_lock; a task asks for nothing but whether it is itself
 */
struct mms_vsz {
	raw_spinlock_t lock;
	u64 begin;
	s64 sum;
	u64 last;
	u64 heap_begin;
	u64 heap_last;
	s64 heap_sum;
	s64 halves;
	const struct vm_area_struct *grown;
	unsigned long grown_start;
	u64 grown_number;
	const struct task_struct *inside;
};

/**
 * mms_vsz_begin() - the record of a new address space
 * @vsz: zeroed
 * @mm: no change of it is under way: mmap_lock is held for writing, or no task runs in it yet
 */
void mms_vsz_begin(struct mms_vsz *vsz, const struct mm_struct *mm);

/**
 * mms_vsz_add() - a change was measured
 * @vsz: whose
 * @mm: the address space
 * @pages: the change
 */
void mms_vsz_add(struct mms_vsz *vsz, const struct mm_struct *mm, s64 pages);

/**
 * mms_vsz_see() - a call has returned: note the size
 * @vsz: whose
 * @mm: the address space
 */
void mms_vsz_see(struct mms_vsz *vsz, const struct mm_struct *mm);

/**
 * mms_vsz_heap() - a brk call has returned
 * @vsz: whose
 * @mm: the address space
 *
 * Return: how the heap has changed since the last one returned, bytes. Of two calls
 * at the same time the first to return may be given the change of both: the sum is
 * exact, and nothing is given twice.
 */
s64 mms_vsz_heap(struct mms_vsz *vsz, const struct mm_struct *mm);

/**
 * mms_vsz_account() - the kernel itself accounts for pages
 * @vsz: whose
 * @mm: the address space, total_vm about to be changed
 * @pages: the change
 *
 * mprotect moves pages from one class to another in two halves, which together
 * change nothing.
 *
 * Return: the change to be shown.
 */
s64 mms_vsz_account(struct mms_vsz *vsz, const struct mm_struct *mm, s64 pages);

/**
 * mms_vsz_inside() - current enters a function whose change is measured as a whole
 * @vsz: whose; mmap_lock is held
 */
static inline void mms_vsz_inside(struct mms_vsz *vsz)
{
	WRITE_ONCE(vsz->inside, current);
}

/**
 * mms_vsz_is_inside() - is current in such a function?
 * @vsz: whose
 */
static inline bool mms_vsz_is_inside(const struct mms_vsz *vsz)
{
	return READ_ONCE(vsz->inside) == current;
}

/* The other way. If the function has dropped the lock, somebody else may be in one by now. */
static inline void mms_vsz_outside(struct mms_vsz *vsz)
{
	cmpxchg(&vsz->inside, current, NULL);
}

/**
 * mms_vsz_grown() - the number of growths of stacks so far
 * @vsz: whose
 */
u64 mms_vsz_grown(struct mms_vsz *vsz);

/**
 * mms_vsz_grow() - a stack has grown
 * @vsz: whose
 * @vma: the stack, mmap_lock held
 * @before: where it began before the call
 * @number: mms_vsz_grown() before the call
 *
 * Before 6.5 two threads may be at this at once, with mmap_lock held for reading:
 * what the other one has been given is not given again.
 *
 * Return: pages it has grown by.
 */
s64 mms_vsz_grow(struct mms_vsz *vsz, const struct vm_area_struct *vma, unsigned long before,
		 u64 number);

/**
 * struct mms_vsz_sums - a consistent copy for a reader
 * @begin: see &struct mms_vsz
 * @sum: see there
 * @last: see there
 * @heap_begin: see there
 * @heap_sum: see there
 */
struct mms_vsz_sums {
	u64 begin;
	s64 sum;
	u64 last;
	u64 heap_begin;
	s64 heap_sum;
};

struct mms_vsz_sums mms_vsz_read(struct mms_vsz *vsz);

#endif /* MMSCOPE_VSZ_H */
