/* SPDX-License-Identifier: GPL-2.0 */
/*
 * state.h - the size of an address space at one moment
 */
#ifndef MMSCOPE_STATE_H
#define MMSCOPE_STATE_H

#include <linux/types.h>

struct mm_struct;

/**
 * struct mms_state - VSZ and RSS
 * @vsz_pages: mm->total_vm
 * @anon_pages: MM_ANONPAGES
 * @file_pages: MM_FILEPAGES
 * @shmem_pages: MM_SHMEMPAGES
 * @swap_pages: MM_SWAPENTS
 * @heap_bytes: mm->brk - mm->start_brk
 * @vsz_peak_pages: largest @vsz_pages of the mm's life, as VmPeak in /proc/PID/status
 * @rss_peak_pages: largest RSS that the kernel has noted (VmHWM), or the present one
 * @exact: the four page counts are exact sums of the kernel's counters
 */
struct mms_state {
	u64 vsz_pages;
	u64 heap_bytes;
	u64 vsz_peak_pages;
	u32 anon_pages;
	u32 file_pages;
	u32 shmem_pages;
	u32 swap_pages;
	u32 rss_peak_pages;
	bool exact;
};

/**
 * mms_state_heap() - size of the heap, bytes
 * @mm: alive or pinned
 */
u64 mms_state_heap(const struct mm_struct *mm);

/**
 * mms_state_cheap() - read without locks, for the fault path
 * @mm: alive or pinned
 *
 * Context: any. @exact tells whether the figures may be shown without a mark.
 */
struct mms_state mms_state_cheap(struct mm_struct *mm);

/**
 * mms_state_exact() - read exactly
 * @mm: alive or pinned
 *
 * Context: any; walks all tasks under RCU before 6.2, takes counter locks since.
 */
struct mms_state mms_state_exact(struct mm_struct *mm);

static inline u64 mms_state_rss_pages(const struct mms_state *state)
{
	return (u64)state->anon_pages + state->file_pages + state->shmem_pages;
}

#endif /* MMSCOPE_STATE_H */
