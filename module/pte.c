// SPDX-License-Identifier: GPL-2.0
/*
 * pte.c - a lockless look at one page-table entry
 */
#include <linux/irqflags.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "compat/leaf.h"
#include "compat/uffd.h"
#include "pte.h"

unsigned long mms_zero_pfn __read_mostly;
unsigned long mms_zero_frame __read_mostly;
bool mms_native_tables __read_mostly;

void mms_pte_init(void)
{
	/* ZERO_PAGE() works for modules everywhere; on 7.x is_zero_pfn() does not. */
	mms_zero_pfn = page_to_pfn(ZERO_PAGE(0));
	mms_zero_frame = mms_zero_pfn << PAGE_SHIFT;
	mms_native_tables = !boot_cpu_has(X86_FEATURE_XENPV);
}

struct mms_pte mms_pte_decode(pte_t pte)
{
	struct mms_pte seen = { 0 };

	if (pte_none(pte))
		return seen;
	if (!pte_present(pte)) {
		seen.flags = mms_pte_is_swap(pte)      ? MMS_PTE_SWAP :
			     mms_pte_is_migration(pte) ? MMS_PTE_MIGRATION :
			     mms_pte_is_marker(pte)    ? MMS_PTE_MARKER :
							 MMS_PTE_SPECIAL;
		return seen;
	}
	seen.pfn = pte_pfn(pte);
	seen.flags = MMS_PTE_PRESENT;
	if (pte_write(pte))
		seen.flags |= MMS_PTE_WRITE;
	if (pte_protnone(pte))
		seen.flags |= MMS_PTE_PROTNONE;
	if (pte_uffd(pte))
		seen.flags |= MMS_PTE_UFFD_WP;
	if (pte_soft_dirty(pte))
		seen.flags |= MMS_PTE_SOFT_DIRTY;
	if (seen.pfn == mms_zero_pfn)
		seen.flags |= MMS_PTE_ZERO;
	return seen;
}

/* A huge leaf is laid out as the entry of a page table, but for its frame (Intel SDM 3A, 4.5). */
static struct mms_pte read_huge(unsigned long pfn, bool writable, pte_t bits)
{
	struct mms_pte seen = { .pfn = pfn, .flags = MMS_PTE_PRESENT | MMS_PTE_HUGE };

	if (writable)
		seen.flags |= MMS_PTE_WRITE;
	if (pte_protnone(bits))
		seen.flags |= MMS_PTE_PROTNONE;
	if (pte_uffd(bits))
		seen.flags |= MMS_PTE_UFFD_WP;
	if (pte_soft_dirty(bits))
		seen.flags |= MMS_PTE_SOFT_DIRTY;
	/* The huge zero page has no mapping of its own, so it is not anonymous. */
	if (pfn_valid(pfn) && PageAnon(pfn_to_page(pfn)))
		seen.flags |= MMS_PTE_ANON;
	return seen;
}

/*
 * Walk down to the PMD. Returns false when the walk ended above a page table,
 * with *seen filled in. Interrupts are off.
 */
static bool walk_to_pmd(struct mm_struct *mm, unsigned long address, pmd_t *found,
			struct mms_pte *seen)
{
	pgd_t *pgdp, pgd;
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;
	pmd_t *pmdp, pmd;

	*seen = (struct mms_pte){ 0 };
	pgdp = pgd_offset(mm, address);
	pgd = READ_ONCE(*pgdp);
	if (pgd_none(pgd) || pgd_bad(pgd))
		return false;
	p4dp = p4d_offset(&pgd, address);
	p4d = READ_ONCE(*p4dp);
	if (p4d_none(p4d) || p4d_bad(p4d))
		return false;
	pudp = pud_offset(&p4d, address);
	pud = READ_ONCE(*pudp);
	if (pud_none(pud) || !pud_present(pud))
		return false;
	if (pud_leaf(pud)) {
		*seen = read_huge(pud_pfn(pud) + ((address & ~PUD_MASK) >> PAGE_SHIFT),
				  pud_write(pud), native_make_pte(native_pud_val(pud)));
		return false;
	}
	if (pud_bad(pud))
		return false;
	pmdp = pmd_offset(&pud, address);
	pmd = READ_ONCE(*pmdp);
	if (pmd_none(pmd))
		return false;
	if (!pmd_present(pmd)) {
		seen->flags = mms_pmd_is_migration(pmd) ? MMS_PTE_MIGRATION : MMS_PTE_SPECIAL;
		return false;
	}
	if (pmd_leaf(pmd)) {
		*seen = read_huge(pmd_pfn(pmd) + ((address & ~PMD_MASK) >> PAGE_SHIFT),
				  pmd_write(pmd), native_make_pte(native_pmd_val(pmd)));
		return false;
	}
	if (pmd_bad(pmd))
		return false;
	*found = pmd;
	return true;
}

struct mms_pte mms_pte_read(struct mm_struct *mm, unsigned long address)
{
	struct mms_pte seen;
	unsigned long flags;
	pmd_t pmd;

	local_irq_save(flags);
	if (walk_to_pmd(mm, address, &pmd, &seen))
		seen = mms_pte_decode(READ_ONCE(*pte_offset_kernel(&pmd, address)));
	local_irq_restore(flags);
	return seen;
}

unsigned int mms_pte_count(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned int count = 0;
	struct mms_pte seen;
	unsigned long flags;
	pmd_t pmd;
	pte_t *pte;

	local_irq_save(flags);
	if (walk_to_pmd(mm, start, &pmd, &seen)) {
		pte = pte_offset_kernel(&pmd, start);
		for (; start < end; start += PAGE_SIZE, pte++)
			count += !!pte_present(READ_ONCE(*pte));
	}
	local_irq_restore(flags);
	return count;
}

struct mms_pte_tally mms_pte_tally(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct mms_pte_tally tally = { 0 };
	struct mms_pte seen;
	unsigned long flags, next;
	pmd_t pmd;
	pte_t *pte;

	/* A page table at a time, so that interrupts are not off for long. */
	for (; start < end; start = next) {
		next = min(end, (start & PMD_MASK) + PMD_SIZE);
		local_irq_save(flags);
		if (walk_to_pmd(mm, start, &pmd, &seen)) {
			pte = pte_offset_kernel(&pmd, start);
			for (; start < next; start += PAGE_SIZE, pte++) {
				seen = mms_pte_decode(READ_ONCE(*pte));
				tally.swapped += !!(seen.flags & MMS_PTE_SWAP);
				tally.resident += (seen.flags & MMS_PTE_PRESENT) &&
						  !(seen.flags & MMS_PTE_ZERO);
			}
		}
		local_irq_restore(flags);
	}
	return tally;
}
