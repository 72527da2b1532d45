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

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/types.h>

enum mms_pte_flag {
	MMS_PTE_PRESENT = 1 << 0,    /* maps a frame that the user may reach */
	MMS_PTE_WRITE = 1 << 1,      /* writable */
	MMS_PTE_HUGE = 1 << 2,       /* a PMD or PUD leaf */
	MMS_PTE_ZERO = 1 << 3,       /* the shared zero page */
	MMS_PTE_SWAP = 1 << 4,       /* not present: in swap */
	MMS_PTE_MIGRATION = 1 << 5,  /* not present: being moved */
	MMS_PTE_MARKER = 1 << 6,     /* not present: empty but for a mark */
	MMS_PTE_SPECIAL = 1 << 7,    /* not present: device memory, poison, ... */
	MMS_PTE_PROTNONE = 1 << 8,   /* present but fenced off: a NUMA hint */
	MMS_PTE_ANON = 1 << 9,       /* a huge leaf whose page is anonymous (huge leaves only) */
	MMS_PTE_UFFD_WP = 1 << 10,   /* write-protected by userfaultfd */
	MMS_PTE_SOFT_DIRTY = 1 << 11, /* written since the soft-dirty bits were cleared */
};

/**
 * struct mms_pte - what the walk found
 * @pfn: frame of the 4 KiB page at the address, also inside a huge leaf; 0 unless present
 * @flags: enum mms_pte_flag; 0 is an empty entry
 */
struct mms_pte {
	unsigned long pfn;
	u16 flags;
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

/* The frame of the shared zero page; set by mms_pte_init(). */
extern unsigned long mms_zero_pfn;
extern unsigned long mms_zero_frame; /* the same, as a present entry holds it */

void mms_pte_init(void);

/**
 * mms_pte_decode() - what an entry of a page table says
 * @pte: the entry
 */
struct mms_pte mms_pte_decode(pte_t pte);

/*
 * Page tables may be read as they stand. Not under Xen PV, where entries hold
 * machine frames and must go through pv_ops. Set by mms_pte_init().
 */
extern bool mms_native_tables;

/**
 * struct mms_entry - the entry at an address, as it was read; decoding it can wait
 * @pmdp: the PMD that leads to its page table; NULL: there is none, see @seen
 * @pmd: value of that
 * @ptep: the entry in that page table
 * @pte: its value
 * @seen: what was found instead of a page table
 */
struct mms_entry {
	pmd_t *pmdp;
	pmd_t pmd;
	pte_t *ptep;
	pte_t pte;
	struct mms_pte seen;
};

/*
 * Does an entry of any level lead to a table? It does not when it is empty, not
 * present, or a leaf. These bits mean the same on each level (Intel SDM 3A, 4.5).
 */
static __always_inline bool mms_is_table(unsigned long entry)
{
	return likely((entry & (_PAGE_PRESENT | _PAGE_PSE)) == _PAGE_PRESENT);
}

/* That table. Never NULL, but the compiler would not know and test for it. */
static __always_inline void *mms_table_of(unsigned long entry)
{
	return __va(entry & PTE_PFN_MASK);
}

/**
 * mms_entry_read() - read the entry at an address on the fault path
 * @entry: result
 * @mm: vma->vm_mm
 * @address: in the VMA
 *
 * Context: at entry of handle_mm_fault(), with preemption off. Its caller holds
 * mmap_lock or the VMA's lock, so that no table above the entry can be freed; a
 * page table itself may go (retract_page_tables() in mm/khugepaged.c), but not
 * before an RCU grace period. Hence interrupts may stay on, unlike in
 * mms_pte_read().
 */
static __always_inline void mms_entry_read(struct mms_entry *entry, struct mm_struct *mm,
					   unsigned long address)
{
	pgd_t *pgds = mm->pgd;
	p4d_t *p4ds = (p4d_t *)pgds;
	pud_t *puds;
	pmd_t *pmds;
	pte_t *ptes;
	unsigned long above;

	if (unlikely(!mms_native_tables))
		goto no_table;
	/* With four levels the PGD is the P4D, and PGDIR_SHIFT is P4D_SHIFT. */
	if (pgtable_l5_enabled()) {
		above = native_pgd_val(READ_ONCE(pgds[pgd_index(address)]));
		if (!mms_is_table(above))
			goto no_table;
		p4ds = mms_table_of(above);
	}
	above = native_p4d_val(READ_ONCE(p4ds[(address >> P4D_SHIFT) & (PTRS_PER_PGD - 1)]));
	if (!mms_is_table(above))
		goto no_table;
	puds = mms_table_of(above);
	above = native_pud_val(READ_ONCE(puds[pud_index(address)]));
	if (!mms_is_table(above))
		goto no_table;
	pmds = mms_table_of(above);
	entry->pmdp = &pmds[pmd_index(address)];
	entry->pmd = READ_ONCE(*entry->pmdp);
	above = native_pmd_val(entry->pmd);
	if (!mms_is_table(above))
		goto no_table;
	ptes = mms_table_of(above);
	entry->ptep = &ptes[pte_index(address)];
	entry->pte = READ_ONCE(*entry->ptep);
	return;

no_table:
	entry->pmdp = NULL;
	entry->seen = mms_pte_read(mm, address);
}

/**
 * mms_entry_settle() - read the entry again under the page-table lock
 * @entry: from mms_entry_read()
 * @mm: the same
 *
 * For an mm with several users: copy-on-write clears the entry before it sets the
 * new one (wp_page_copy() in mm/memory.c), and a fault that another thread takes
 * in between must not look like a first touch. The lock is held from the one to
 * the other. The caller of handle_mm_fault() holds no page-table lock.
 *
 * Context: as for mms_entry_read().
 */
static inline void mms_entry_settle(struct mms_entry *entry, struct mm_struct *mm)
{
	spinlock_t *lock; /* of the page table */

	if (!entry->pmdp)
		return;
	lock = pte_lockptr(mm, &entry->pmd);
	spin_lock(lock);
	entry->pte = READ_ONCE(*entry->ptep);
	spin_unlock(lock);
}

/**
 * mms_entry_again() - read the entry once more at the end of the fault
 * @entry: from mms_entry_read()
 * @now: result
 *
 * Context: as for mms_entry_read(), and the lock has been held all the time.
 * Return: false when there is no page table, or another one: use mms_pte_read().
 */
static __always_inline bool mms_entry_again(const struct mms_entry *entry, pte_t *now)
{
	if (unlikely(!entry->pmdp ||
		     native_pmd_val(READ_ONCE(*entry->pmdp)) != native_pmd_val(entry->pmd)))
		return false;
	*now = READ_ONCE(*entry->ptep);
	return true;
}

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

/* How many entries of a range are what. */
struct mms_pte_tally {
	unsigned int resident; /* present, and no zero page */
	unsigned int swapped;
};

/**
 * mms_pte_tally() - count what a range is made of
 * @mm: as for mms_pte_read()
 * @start: first address, page aligned
 * @end: end of the range
 *
 * Context: as for mms_pte_read(). Pages that are mapped by a huge leaf are left out.
 */
struct mms_pte_tally mms_pte_tally(struct mm_struct *mm, unsigned long start, unsigned long end);

#endif /* MMSCOPE_PTE_H */
