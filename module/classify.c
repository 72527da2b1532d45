// SPDX-License-Identifier: GPL-2.0
/*
 * classify.c - what a fault did, and to which region it belongs
 */
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>

#include "classify.h"

enum mms_backing mms_backing_of_ops(const struct vm_area_struct *vma)
{
	if (is_vm_hugetlb_page((struct vm_area_struct *)vma))
		return MMS_BACKING_HUGETLB;
	if (!vma->vm_file || (vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP | VM_IO)))
		return MMS_BACKING_SPECIAL;
	/*
	 * shmem_aops is not exported everywhere; the magic of its superblock is
	 * public. devtmpfs has the same, but its files are devices.
	 */
	if (file_inode(vma->vm_file)->i_sb->s_magic == TMPFS_MAGIC &&
	    S_ISREG(file_inode(vma->vm_file)->i_mode))
		return MMS_BACKING_SHMEM;
	return MMS_BACKING_FILE;
}

/*
 * Heap and stack as in fs/proc/task_mmu.c, show_map_vma(); but a VMA that only
 * borders on an empty heap is none.
 */
enum mms_region mms_region_of_anon(const struct vm_area_struct *vma)
{
	const struct mm_struct *mm = vma->vm_mm;
	struct pt_regs *user;

	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return MMS_REGION_HEAP;
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return MMS_REGION_STACK;
	/* The part of .bss behind the last file page: mapped by the ELF loader next to .data. */
	if (vma->vm_start == PAGE_ALIGN(mm->end_data) && vma->vm_end <= mm->start_brk)
		return MMS_REGION_BSS;
	user = mms_user_regs();
	if (user && user_stack_pointer(user) >= vma->vm_start &&
	    user_stack_pointer(user) < vma->vm_end)
		return MMS_REGION_THREAD_STACK;
	return MMS_REGION_ANON;
}

enum mms_region mms_region_of_ops(const struct vm_area_struct *vma, enum mms_backing backing,
				  const struct inode *exe)
{
	switch (backing) {
	case MMS_BACKING_ANON:
		return mms_region_of_anon(vma);
	case MMS_BACKING_HUGETLB:
		return MMS_REGION_HUGETLB;
	case MMS_BACKING_SPECIAL:
		return vma->vm_file ? MMS_REGION_OTHER : MMS_REGION_VDSO;
	case MMS_BACKING_FILE:
	case MMS_BACKING_SHMEM:
		break;
	}
	if (vma->vm_flags & VM_EXEC)
		return MMS_REGION_TEXT;
	if (exe && file_inode(vma->vm_file) == exe && !(vma->vm_flags & VM_SHARED))
		return vma->vm_flags & VM_WRITE ? MMS_REGION_DATA : MMS_REGION_RODATA;
	return backing == MMS_BACKING_SHMEM ? MMS_REGION_SHMEM : MMS_REGION_FILE;
}

/* The entry was empty: something was mapped for the first time. */
static enum mms_kind kind_of_first_touch(enum mms_backing backing, bool shared, bool write,
					 struct mms_pte after)
{
	switch (backing) {
	case MMS_BACKING_ANON:
		if (after.flags & MMS_PTE_ZERO)
			return MMS_KIND_ANON_ZERO;
		if (after.flags & MMS_PTE_HUGE)
			return after.flags & MMS_PTE_ANON ? MMS_KIND_ANON_HUGE : MMS_KIND_ANON_ZERO;
		/* A page behind a read means that another thread's write was faster. */
		return write ? MMS_KIND_ANON_ALLOC : MMS_KIND_OTHER;
	case MMS_BACKING_FILE:
		if (write)
			return shared ? MMS_KIND_FILE_WRITE : MMS_KIND_COW_FILE;
		return MMS_KIND_FILE_READ;
	case MMS_BACKING_SHMEM:
		return write && !shared ? MMS_KIND_COW_FILE : MMS_KIND_SHMEM;
	case MMS_BACKING_HUGETLB:
		return MMS_KIND_HUGETLB;
	case MMS_BACKING_SPECIAL:
		break;
	}
	return MMS_KIND_OTHER;
}

/* The entry was present and read-only, and somebody wrote. */
static enum mms_kind kind_of_write_protect(enum mms_backing backing, bool shared,
					   struct mms_pte before, struct mms_pte after)
{
	bool huge_zero = backing == MMS_BACKING_ANON && (before.flags & MMS_PTE_HUGE) &&
			 !(before.flags & MMS_PTE_ANON);

	if ((before.flags & MMS_PTE_ZERO) || huge_zero) {
		if (after.pfn == before.pfn)
			return MMS_KIND_OTHER;
		return after.flags & MMS_PTE_HUGE ? MMS_KIND_ANON_HUGE : MMS_KIND_COW_ZERO;
	}
	if (shared) {
		if (!(after.flags & MMS_PTE_WRITE))
			return MMS_KIND_OTHER;
		return backing == MMS_BACKING_SHMEM ? MMS_KIND_SHMEM : MMS_KIND_FILE_WRITE;
	}
	if (after.pfn != before.pfn)
		return MMS_KIND_COW_COPY;
	return after.flags & MMS_PTE_WRITE ? MMS_KIND_COW_REUSE : MMS_KIND_OTHER;
}

enum mms_kind mms_kind_of(enum mms_backing backing, bool shared, bool write, struct mms_pte before,
			  struct mms_pte after)
{
	if (backing == MMS_BACKING_HUGETLB)
		return MMS_KIND_HUGETLB;
	/* Unmapped again, or never resolved: the access will be tried again. */
	if (!(after.flags & MMS_PTE_PRESENT))
		return MMS_KIND_OTHER;
	if (before.flags & MMS_PTE_SWAP)
		return MMS_KIND_SWAP_IN;
	if (!before.flags)
		return kind_of_first_touch(backing, shared, write, after);
	if ((before.flags & (MMS_PTE_PRESENT | MMS_PTE_PROTNONE)) == MMS_PTE_PRESENT && write &&
	    !(before.flags & MMS_PTE_WRITE))
		return kind_of_write_protect(backing, shared, before, after);
	return MMS_KIND_OTHER;
}
