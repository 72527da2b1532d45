/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/leaf.h - what a page-table entry that is neither none nor present holds
 *
 * Swap-entry helpers became "leaf entries" in 6.19 (linux/leafops.h,
 * softleaf_t); before, pte_to_swp_entry() and non_swap_entry() said the same.
 */
#ifndef MMSCOPE_COMPAT_LEAF_H
#define MMSCOPE_COMPAT_LEAF_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/swap.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)

#include <linux/leafops.h>

/**
 * mms_pte_is_swap() - does the entry stand for a page in swap?
 * @pte: an entry that is neither none nor present
 *
 * Return: true for swap; false for migration, device memory, hwpoison and markers.
 */
static inline bool mms_pte_is_swap(pte_t pte)
{
	return softleaf_is_swap(softleaf_from_pte(pte));
}

#else

#include <linux/swapops.h>

static inline bool mms_pte_is_swap(pte_t pte)
{
	return !non_swap_entry(pte_to_swp_entry(pte));
}

#endif

#endif /* MMSCOPE_COMPAT_LEAF_H */
