// SPDX-License-Identifier: GPL-2.0
/*
 * resident.c - pages of a VMA that are in memory or in swap, told from its page tables
 */
#include <linux/hugetlb.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "compat/leaf.h"
#include "pte.h"
#include "resident.h"

/* pte_special: no ordinary page, or the zero page; see vm_normal_page() in mm/memory.c. */
static void add_table(pmd_t pmd, unsigned long address, unsigned long end,
		      struct mms_resident *sum)
{
	const pte_t *ptep = pte_offset_kernel(&pmd, address);

	for (; address < end; address += PAGE_SIZE, ptep++) {
		pte_t pte = READ_ONCE(*ptep);

		if (pte_none(pte))
			continue;
		if (pte_present(pte))
			sum->rss_pages += !pte_special(pte) && pte_pfn(pte) != mms_zero_pfn;
		else if (mms_pte_is_swap(pte))
			sum->swap_pages++;
		else
			sum->rss_pages += mms_pte_is_migration(pte);
	}
}

/* Is a huge leaf in RSS? In an anonymous VMA it may be the huge zero page. */
static bool leaf_counts(const struct vm_area_struct *vma, unsigned long pfn)
{
	if (is_vm_hugetlb_page((struct vm_area_struct *)vma))
		return true;
	if (vma->vm_ops && !(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)))
		return true;
	return pfn_valid(pfn) && PageAnon(pfn_to_page(pfn));
}

static unsigned long add_below_pud(const struct vm_area_struct *vma, pud_t pud,
				   unsigned long address, unsigned long end,
				   struct mms_resident *sum)
{
	unsigned long next = pmd_addr_end(address, end);
	pmd_t pmd = READ_ONCE(*pmd_offset(&pud, address));

	if (pmd_none(pmd))
		return next;
	if (!pmd_present(pmd)) {
		if (mms_pmd_is_migration(pmd))
			sum->rss_pages += (next - address) >> PAGE_SHIFT;
	} else if (pmd_leaf(pmd)) {
		if (leaf_counts(vma, pmd_pfn(pmd)))
			sum->rss_pages += (next - address) >> PAGE_SHIFT;
	} else if (!pmd_bad(pmd)) {
		add_table(pmd, address, next, sum);
	}
	return next;
}

static unsigned long add(const struct vm_area_struct *vma, unsigned long address,
			 unsigned long end, struct mms_resident *sum)
{
	unsigned long next;
	pgd_t pgd;
	p4d_t p4d;
	pud_t pud;

	pgd = READ_ONCE(*pgd_offset(vma->vm_mm, address));
	if (pgd_none(pgd) || pgd_bad(pgd))
		return pgd_addr_end(address, end);
	p4d = READ_ONCE(*p4d_offset(&pgd, address));
	if (p4d_none(p4d) || p4d_bad(p4d))
		return p4d_addr_end(address, end);
	pud = READ_ONCE(*pud_offset(&p4d, address));
	next = pud_addr_end(address, end);
	if (pud_none(pud) || !pud_present(pud))
		return next;
	if (pud_leaf(pud)) {
		if (is_vm_hugetlb_page((struct vm_area_struct *)vma))
			sum->rss_pages += (next - address) >> PAGE_SHIFT;
		return next;
	}
	return pud_bad(pud) ? next : add_below_pud(vma, pud, address, end, sum);
}

unsigned long mms_resident_add(const struct vm_area_struct *vma, unsigned long address,
			       unsigned long end, struct mms_resident *sum)
{
	unsigned long flags;

	/* khugepaged may take a page table away even so; see mms_pte_read(). */
	local_irq_save(flags);
	address = add(vma, address, end, sum);
	local_irq_restore(flags);
	return address;
}
