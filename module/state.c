// SPDX-License-Identifier: GPL-2.0
/*
 * state.c - the size of an address space at one moment
 */
#include <linux/minmax.h>
#include <linux/mm.h>

#include "compat/rss.h"
#include "state.h"

/* VSZ and heap are plain words that only change under mmap_lock held for writing. */
u64 mms_state_heap(const struct mm_struct *mm)
{
	unsigned long start = READ_ONCE(mm->start_brk), end = READ_ONCE(mm->brk);

	return end > start ? end - start : 0;
}

/*
 * After RSS. The kernel notes a peak when something is about to be unmapped
 * (update_hiwater_rss()), so that the peak of a growing mm is its present size.
 */
static void read_rest(struct mms_state *state, struct mm_struct *mm)
{
	state->vsz_pages = READ_ONCE(mm->total_vm);
	state->heap_bytes = mms_state_heap(mm);
	state->vsz_peak_pages = max_t(u64, READ_ONCE(mm->hiwater_vm), state->vsz_pages);
	state->rss_peak_pages = max_t(u64, READ_ONCE(mm->hiwater_rss), mms_state_rss_pages(state));
}

struct mms_state mms_state_cheap(struct mm_struct *mm)
{
	struct mms_state state = {
		.anon_pages = mms_rss_cheap(mm, MM_ANONPAGES),
		.file_pages = mms_rss_cheap(mm, MM_FILEPAGES),
		.shmem_pages = mms_rss_cheap(mm, MM_SHMEMPAGES),
		.swap_pages = mms_rss_cheap(mm, MM_SWAPENTS),
		.exact = mms_rss_cheap_is_exact(mm),
	};

	read_rest(&state, mm);
	return state;
}

struct mms_state mms_state_exact(struct mm_struct *mm)
{
	unsigned long sum[NR_MM_COUNTERS];
	struct mms_state state = { .exact = true };

	mms_rss_sums(mm, sum);
	state.anon_pages = sum[MM_ANONPAGES];
	state.file_pages = sum[MM_FILEPAGES];
	state.shmem_pages = sum[MM_SHMEMPAGES];
	state.swap_pages = sum[MM_SWAPENTS];
	read_rest(&state, mm);
	return state;
}
