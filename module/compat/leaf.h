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

static inline bool mms_pte_is_swap(pte_t pte)
{
	return softleaf_is_swap(softleaf_from_pte(pte));
}

static inline bool mms_pte_is_migration(pte_t pte)
{
	return softleaf_is_migration(softleaf_from_pte(pte));
}

static inline bool mms_pte_is_marker(pte_t pte)
{
	return softleaf_is_marker(softleaf_from_pte(pte));
}

static inline bool mms_pmd_is_migration(pmd_t pmd)
{
	return pmd_is_migration_entry(pmd);
}

#else

#include <linux/swapops.h>

/**
 * mms_pte_is_swap() - does the entry stand for a page in swap?
 * @pte: an entry that is neither none nor present
 *
 * Return: true for swap; false for migration, device memory, hwpoison and markers.
 */
static inline bool mms_pte_is_swap(pte_t pte)
{
	return !non_swap_entry(pte_to_swp_entry(pte));
}

/**
 * mms_pte_is_migration() - is the page being moved?
 * @pte: an entry that is neither none nor present
 */
static inline bool mms_pte_is_migration(pte_t pte)
{
	return is_migration_entry(pte_to_swp_entry(pte));
}

/*
 * Marks of userfaultfd and others in an entry that is else empty: since 5.19
 * (679d10331910 "mm: introduce PTE_MARKER swap entry"), told by their constant.
 */
#ifdef PTE_MARKER_MASK
static inline bool mms_pte_is_marker(pte_t pte)
{
	return is_pte_marker_entry(pte_to_swp_entry(pte));
}
#else
static inline bool mms_pte_is_marker(pte_t pte)
{
	return false;
}
#endif

/**
 * mms_pmd_is_migration() - is the huge page being moved?
 * @pmd: an entry that is neither none nor present
 */
static inline bool mms_pmd_is_migration(pmd_t pmd)
{
	return is_pmd_migration_entry(pmd);
}

#endif

#endif /* MMSCOPE_COMPAT_LEAF_H */
