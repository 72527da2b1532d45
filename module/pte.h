/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pte.h - a lockless look at one page-table entry
 *
 * The kinds of fault are told by the entry before and after (docs/design.md,
 * "Kinds"), not by the functions that the kernel went through: those are
 * inlined differently by every compiler.
 */
#ifndef MMSCOPE_PTE_H
#define MMSCOPE_PTE_H

#include <linux/types.h>

struct mm_struct;

enum mms_pte_flag {
	MMS_PTE_PRESENT = 1 << 0,  /* maps a frame that the user may reach */
	MMS_PTE_WRITE = 1 << 1,    /* writable */
	MMS_PTE_HUGE = 1 << 2,     /* a PMD or PUD leaf */
	MMS_PTE_ZERO = 1 << 3,     /* the shared zero page */
	MMS_PTE_SWAP = 1 << 4,     /* not present: in swap */
	MMS_PTE_SPECIAL = 1 << 5,  /* not present: migration, device memory, marker, ... */
	MMS_PTE_PROTNONE = 1 << 6, /* present but fenced off: a NUMA hint */
	MMS_PTE_ANON = 1 << 7,     /* a huge leaf whose page is anonymous (huge leaves only) */
};

/**
 * struct mms_pte - what the walk found
 * @pfn: frame of the 4 KiB page at the address, also inside a huge leaf; 0 unless present
 * @flags: enum mms_pte_flag; 0 is an empty entry
 */
struct mms_pte {
	unsigned long pfn;
	u8 flags;
};

/**
 * mms_pte_read() - read the entry that maps an address
 * @mm: address space whose page tables are walked; the caller keeps it alive
 * @address: user address
 *
 * Context: any but NMI; neither mmap_lock nor the page-table lock is needed.
 * Interrupts are off during the walk, which keeps page tables from being freed
 * in the same way as for get_user_pages_fast() (mm/gup.c: freeing waits for an
 * IPI or an RCU grace period, MMU_GATHER_RCU_TABLE_FREE).
 */
struct mms_pte mms_pte_read(struct mm_struct *mm, unsigned long address);

/**
 * mms_pte_count() - count the entries in use in a range of one page table
 * @mm: as for mms_pte_read()
 * @start: first address, page aligned
 * @end: end of the range; in the same PMD as @start
 *
 * Context: as for mms_pte_read().
 * Return: number of entries that are present.
 */
unsigned int mms_pte_count(struct mm_struct *mm, unsigned long start, unsigned long end);

#endif /* MMSCOPE_PTE_H */
