/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/vma.h - walking VMAs, and the function that unmaps them
 *
 * The maple tree came with 6.1 (524e00b36e8c "mm: remove rb tree"). The function
 * behind every unmapping was __do_munmap() before, do_mas_align_munmap() then
 * (11f9a21ab655 "mm/mmap: reorganize munmap to use maple states"), and is
 * do_vmi_align_munmap() since 6.3 (183654ce26a5 "mmap: change do_mas_munmap and
 * do_mas_aligned_munmap() to use vma iterator").
 */
#ifndef MMSCOPE_COMPAT_VMA_H
#define MMSCOPE_COMPAT_VMA_H

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/version.h>

/* Pages of all VMAs between two addresses; mmap_lock is held. */
static inline u64 mms_vma_pages_between(struct mm_struct *mm, unsigned long start,
					unsigned long end)
{
	struct vm_area_struct *vma;
	u64 pages = 0;
#ifdef VMA_ITERATOR
	VMA_ITERATOR(vmi, mm, start);

	for_each_vma_range(vmi, vma, end)
#else
	for (vma = find_vma(mm, start); vma && vma->vm_start < end; vma = vma->vm_next)
#endif
		pages += (min(vma->vm_end, end) - max(vma->vm_start, start)) >> PAGE_SHIFT;
	return pages;
}

/* Which mm and what of it is to be unmapped. */
struct mms_unmap {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long end;
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define MMS_UNMAP_SYMBOL "do_vmi_align_munmap"
#elif defined(VMA_ITERATOR)
#define MMS_UNMAP_SYMBOL "do_mas_align_munmap"
#else
#define MMS_UNMAP_SYMBOL "__do_munmap"
#endif

static inline struct mms_unmap mms_unmap_of(struct pt_regs *regs)
{
#ifdef VMA_ITERATOR
	/* (mas or vmi, vma, mm, start, end, ...), both page-aligned */
	return (struct mms_unmap){
		.mm = (struct mm_struct *)regs_get_kernel_argument(regs, 2),
		.start = regs_get_kernel_argument(regs, 3),
		.end = regs_get_kernel_argument(regs, 4),
	};
#else
	/* (mm, start, length, ...), not checked yet */
	unsigned long start = regs_get_kernel_argument(regs, 1);

	return (struct mms_unmap){
		.mm = (struct mm_struct *)regs_get_kernel_argument(regs, 0),
		.start = start,
		.end = start + PAGE_ALIGN(regs_get_kernel_argument(regs, 2)),
	};
#endif
}

#endif /* MMSCOPE_COMPAT_VMA_H */
