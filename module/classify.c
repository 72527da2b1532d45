// SPDX-License-Identifier: GPL-2.0
/*
 * classify.c - what a fault did, and to which region it belongs
 */
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/mm.h>

#include "classify.h"
#include "compat/uffd.h"

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
static __always_inline enum mms_region anon_by_bounds(const struct vm_area_struct *vma)
{
	const struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return MMS_REGION_HEAP;
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return MMS_REGION_STACK;
	/* The part of .bss behind the last file page: mapped by the ELF loader next to .data. */
	if (vma->vm_start == PAGE_ALIGN(mm->end_data) && vma->vm_end <= mm->start_brk)
		return MMS_REGION_BSS;
	return MMS_REGION_ANON;
}

enum mms_region mms_region_of_anon(const struct vm_area_struct *vma)
{
	enum mms_region region = anon_by_bounds(vma);
	struct pt_regs *user;

	if (region != MMS_REGION_ANON)
		return region;
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

enum mms_region mms_region_of_vma(const struct vm_area_struct *vma, const struct inode *exe)
{
	enum mms_backing backing = mms_backing_of(vma);

	return backing == MMS_BACKING_ANON ? anon_by_bounds(vma) :
					     mms_region_of_ops(vma, backing, exe);
}

static struct mms_verdict is(enum mms_kind kind)
{
	return (struct mms_verdict){ .kind = kind };
}

static struct mms_verdict other(enum mms_reason reason)
{
	return (struct mms_verdict){ .kind = MMS_KIND_OTHER, .reason = reason };
}

/* The entry was empty: something was mapped for the first time. */
static struct mms_verdict judge_first_touch(const struct mms_access *access, struct mms_pte after)
{
	/* FAULT_FLAG_UNSHARE without a write maps as a read does; the copy is another fault. */
	bool write = access->fault_flags & FAULT_FLAG_WRITE;
	bool shared = access->vm_flags & VM_SHARED;

	switch (access->backing) {
	case MMS_BACKING_ANON:
		if (after.flags & MMS_PTE_ZERO)
			return is(MMS_KIND_ANON_ZERO);
		if (after.flags & MMS_PTE_HUGE)
			return is(after.flags & MMS_PTE_ANON ? MMS_KIND_ANON_HUGE :
							       MMS_KIND_ANON_ZERO);
		/* A page behind a read means that another thread's write was faster. */
		return write ? is(MMS_KIND_ANON_ALLOC) : other(MMS_REASON_RACE);
	case MMS_BACKING_FILE:
		if (write)
			return is(shared ? MMS_KIND_FILE_WRITE : MMS_KIND_COW_FILE);
		return is(MMS_KIND_FILE_READ);
	case MMS_BACKING_SHMEM:
		return is(write && !shared ? MMS_KIND_COW_FILE : MMS_KIND_SHMEM);
	default:
		return other(MMS_REASON_DEVICE);
	}
}

/*
 * The entry was present and read-only, its frame is still there, and now it is
 * writable, or a pin may rely on it.
 */
static struct mms_verdict judge_reuse(const struct mms_access *access, struct mms_pte before,
				      struct mms_pte after)
{
	if ((before.flags & MMS_PTE_UFFD_WP) ||
	    ((access->vm_flags & VM_UFFD_WP) && (access->fault_flags & FAULT_FLAG_TRIED)))
		return other(MMS_REASON_UFFD_WP);
	/* /proc/PID/clear_refs clears the flag, and in the entry the bit and the right. */
	if (VM_SOFTDIRTY && !(access->vm_flags & VM_SOFTDIRTY) &&
	    !(before.flags & MMS_PTE_SOFT_DIRTY) && (after.flags & MMS_PTE_SOFT_DIRTY))
		return other(MMS_REASON_SOFT_DIRTY);
	if (!(access->vm_flags & VM_SHARED))
		return is(MMS_KIND_COW_REUSE);
	return is(access->backing == MMS_BACKING_SHMEM ? MMS_KIND_SHMEM : MMS_KIND_FILE_WRITE);
}

/* The entry was present and read-only, and somebody wrote, or a pin wants a page of its own. */
static struct mms_verdict judge_write_protect(const struct mms_access *access,
					      struct mms_pte before, struct mms_pte after)
{
	bool huge_zero = access->backing == MMS_BACKING_ANON && (before.flags & MMS_PTE_HUGE) &&
			 !(before.flags & MMS_PTE_ANON);
	bool unshare = access->fault_flags & MMS_FAULT_FLAG_UNSHARE;

	if (after.pfn == before.pfn) {
		if (!(after.flags & MMS_PTE_WRITE) && !unshare)
			return other(MMS_REASON_SPURIOUS);
		return judge_reuse(access, before, after);
	}
	if (before.flags & MMS_PTE_ZERO || huge_zero)
		return is(after.flags & MMS_PTE_HUGE ? MMS_KIND_ANON_HUGE : MMS_KIND_COW_ZERO);
	/* A shared mapping is never copied: the page was replaced by somebody else. */
	if (access->vm_flags & VM_SHARED)
		return other(MMS_REASON_RACE);
	return is(MMS_KIND_COW_COPY);
}

/*
 * The entry was as it should be: nothing was left to be done. Where a monitor of
 * userfaultfd is at work, it has done it: a fault that waits for it returns
 * VM_FAULT_RETRY, and finds the page when it comes back (mm/userfaultfd.c).
 */
static struct mms_verdict judge_nothing(const struct mms_access *access)
{
	if (access->vm_flags & (VM_UFFD_MISSING | VM_UFFD_MINOR))
		return other(MMS_REASON_USERFAULTFD);
	if (access->vm_flags & VM_UFFD_WP)
		return other(MMS_REASON_UFFD_WP);
	return other(MMS_REASON_SPURIOUS);
}

struct mms_verdict mms_judge(const struct mms_access *access, struct mms_pte before,
			     struct mms_pte after)
{
	if (access->backing == MMS_BACKING_HUGETLB)
		return is(MMS_KIND_HUGETLB);
	if (before.flags & MMS_PTE_MIGRATION)
		return other(MMS_REASON_MIGRATION);
	if (before.flags & MMS_PTE_PROTNONE)
		return other(MMS_REASON_NUMA_HINT);
	if (before.flags & MMS_PTE_SPECIAL)
		return other(MMS_REASON_DEVICE);
	/* Unmapped again, or never resolved: the access will be tried again. */
	if (!(after.flags & MMS_PTE_PRESENT))
		return other(MMS_REASON_RACE);
	if (before.flags & MMS_PTE_SWAP)
		return is(MMS_KIND_SWAP_IN);
	if (!(before.flags & MMS_PTE_PRESENT))
		return judge_first_touch(access, after);
	if ((access->fault_flags & (FAULT_FLAG_WRITE | MMS_FAULT_FLAG_UNSHARE)) &&
	    !(before.flags & MMS_PTE_WRITE))
		return judge_write_protect(access, before, after);
	return judge_nothing(access);
}
