/* SPDX-License-Identifier: GPL-2.0 */
/*
 * resident.h - pages of a VMA that are in memory or in swap, told from its page tables
 */
#ifndef MMSCOPE_RESIDENT_H
#define MMSCOPE_RESIDENT_H

#include <linux/types.h>

struct vm_area_struct;

/**
 * struct mms_resident - a sum
 * @rss_pages: what the kernel counts in MM_ANONPAGES, MM_FILEPAGES and MM_SHMEMPAGES; in a
 * hugetlb VMA: what is mapped, which the kernel does not count there
 * @swap_pages: MM_SWAPENTS
 */
struct mms_resident {
	u64 rss_pages;
	u64 swap_pages;
};

/**
 * mms_resident_add() - add up one page table, or a stretch without one
 * @vma: the caller holds mmap_lock
 * @address: where to begin, page aligned
 * @end: where to end at the latest
 * @sum: to be added to
 *
 * Not counted, as the kernel does not: the zero pages and frames that are no
 * ordinary pages (VM_PFNMAP, vvar). Missing: device memory (ZONE_DEVICE).
 *
 * Context: interrupts are off for one page table at a time.
 * Return: the first address that was not looked at.
 */
unsigned long mms_resident_add(const struct vm_area_struct *vma, unsigned long address,
			       unsigned long end, struct mms_resident *sum);

#endif /* MMSCOPE_RESIDENT_H */
