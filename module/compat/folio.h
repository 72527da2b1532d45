/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/folio.h - how many pages one anonymous fault can map
 *
 * Multi-size anonymous folios came with 6.8 (19eaf44954df "mm: thp: support
 * allocation of anonymous multi-size THP"). Before, a page mapped by a
 * page-table entry at an anonymous fault has order 0.
 */
#ifndef MMSCOPE_COMPAT_FOLIO_H
#define MMSCOPE_COMPAT_FOLIO_H

#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)

/**
 * mms_fault_order() - order of the anonymous folio that a fault has just mapped
 * @pfn: frame in the page-table entry after the fault
 *
 * Context: any. Lockless; the folio cannot be freed while its mm maps it, and
 * were it split meanwhile the answer is that of a moment ago.
 */
static inline unsigned int mms_fault_order(unsigned long pfn)
{
	return pfn_valid(pfn) ? folio_order(page_folio(pfn_to_page(pfn))) : 0;
}

#else

static inline unsigned int mms_fault_order(unsigned long pfn)
{
	return 0;
}

#endif

/*
 * try_to_unmap_one() takes a folio since 5.18 (869f7ee6f647 "mm/rmap: Convert
 * try_to_unmap() to take a folio"), a page before; never a tail page.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
static inline unsigned long mms_folio_pages(const void *folio)
{
	return folio_nr_pages((struct folio *)folio);
}
#else
static inline unsigned long mms_folio_pages(const void *page)
{
	return compound_nr((struct page *)page);
}
#endif

#endif /* MMSCOPE_COMPAT_FOLIO_H */
