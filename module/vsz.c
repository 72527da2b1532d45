// SPDX-License-Identifier: GPL-2.0
/*
 * vsz.c - how the size of an address space came to be what it is (laws 2 and 3)
 */
#include <linux/mm.h>

#include "state.h"
#include "vsz.h"

void mms_vsz_begin(struct mms_vsz *vsz, const struct mm_struct *mm)
{
	raw_spin_lock_init(&vsz->lock);
	vsz->begin = READ_ONCE(mm->total_vm);
	vsz->last = vsz->begin;
	vsz->heap_begin = mms_state_heap(mm);
	vsz->heap_last = vsz->heap_begin;
}

void mms_vsz_add(struct mms_vsz *vsz, const struct mm_struct *mm, s64 pages)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&vsz->lock, flags);
	vsz->sum += pages;
	vsz->last = READ_ONCE(mm->total_vm);
	raw_spin_unlock_irqrestore(&vsz->lock, flags);
}

void mms_vsz_see(struct mms_vsz *vsz, const struct mm_struct *mm)
{
	mms_vsz_add(vsz, mm, 0);
}

s64 mms_vsz_heap(struct mms_vsz *vsz, const struct mm_struct *mm)
{
	unsigned long flags;
	s64 delta;
	u64 now;

	raw_spin_lock_irqsave(&vsz->lock, flags);
	now = mms_state_heap(mm);
	delta = now - vsz->heap_last;
	vsz->heap_last = now;
	vsz->heap_sum += delta;
	raw_spin_unlock_irqrestore(&vsz->lock, flags);
	return delta;
}

s64 mms_vsz_account(struct mms_vsz *vsz, const struct mm_struct *mm, s64 pages)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&vsz->lock, flags);
	/* We are at the entry: the kernel does it next. */
	vsz->last = READ_ONCE(mm->total_vm) + pages;
	vsz->halves += pages;
	pages = 0;
	if (vsz->halves >= 0) {
		pages = vsz->halves;
		vsz->halves = 0;
		vsz->sum += pages;
	}
	raw_spin_unlock_irqrestore(&vsz->lock, flags);
	return pages;
}

u64 mms_vsz_grown(struct mms_vsz *vsz)
{
	unsigned long flags;
	u64 number;

	raw_spin_lock_irqsave(&vsz->lock, flags);
	number = vsz->grown_number;
	raw_spin_unlock_irqrestore(&vsz->lock, flags);
	return number;
}

s64 mms_vsz_grow(struct mms_vsz *vsz, const struct vm_area_struct *vma, unsigned long before,
		 u64 number)
{
	unsigned long flags, now;
	s64 pages = 0;

	raw_spin_lock_irqsave(&vsz->lock, flags);
	now = READ_ONCE(vma->vm_start);
	/* mmap_lock is held since @before was read, so nothing but growth has happened to it. */
	if (vsz->grown_number != number && vsz->grown == vma)
		before = min(before, vsz->grown_start);
	if (now < before) {
		pages = (before - now) >> PAGE_SHIFT;
		vsz->grown = vma;
		vsz->grown_start = now;
		vsz->grown_number++;
	}
	raw_spin_unlock_irqrestore(&vsz->lock, flags);
	return pages;
}

struct mms_vsz_sums mms_vsz_read(struct mms_vsz *vsz)
{
	struct mms_vsz_sums sums;
	unsigned long flags;

	raw_spin_lock_irqsave(&vsz->lock, flags);
	sums.begin = vsz->begin;
	sums.sum = vsz->sum;
	sums.last = vsz->last;
	sums.heap_begin = vsz->heap_begin;
	sums.heap_sum = vsz->heap_sum;
	raw_spin_unlock_irqrestore(&vsz->lock, flags);
	return sums;
}
