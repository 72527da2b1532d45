/* SPDX-License-Identifier: GPL-2.0 */
/*
 * classify.h - what a fault did, and to which region it belongs
 *
 * The functions look at what they are given and at current, so that the engine that took
 * the fault does not matter.
 */
#ifndef MMSCOPE_CLASSIFY_H
#define MMSCOPE_CLASSIFY_H

#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/task_stack.h>
#include <linux/types.h>

#include "compat/fault.h"
#include "mmscope_abi.h"
#include "pte.h"

struct inode;
struct vm_area_struct;

/* What backs a VMA, as far as the kinds of fault care. */
enum mms_backing {
	MMS_BACKING_ANON,    /* no vm_ops: anonymous, or private /dev/zero */
	MMS_BACKING_FILE,    /* page cache of a file system */
	MMS_BACKING_SHMEM,   /* tmpfs, memfd, shared anonymous */
	MMS_BACKING_HUGETLB,
	MMS_BACKING_SPECIAL, /* vdso, device memory, other frames without page cache */
};

/* The parts of the two functions below that are not for every fault. */
enum mms_backing mms_backing_of_ops(const struct vm_area_struct *vma);
enum mms_region mms_region_of_anon(const struct vm_area_struct *vma);
enum mms_region mms_region_of_ops(const struct vm_area_struct *vma, enum mms_backing backing,
				  const struct inode *exe);

/**
 * mms_backing_of() - what backs a VMA
 * @vma: a VMA that cannot change (mmap_lock or its own lock held)
 */
static __always_inline enum mms_backing mms_backing_of(const struct vm_area_struct *vma)
{
	return likely(!vma->vm_ops) ? MMS_BACKING_ANON : mms_backing_of_ops(vma);
}

/**
 * mms_region_of() - the region of an address
 * @vma: its VMA, which cannot change
 * @backing: mms_backing_of(@vma)
 * @exe: inode of the main program, only compared; may be NULL
 *
 * Whether an address is on a thread's stack is told by current's user stack
 * pointer, so current must be the task that faulted.
 */
static __always_inline enum mms_region mms_region_of(const struct vm_area_struct *vma,
						     enum mms_backing backing,
						     const struct inode *exe)
{
	return likely(backing == MMS_BACKING_ANON) ? mms_region_of_anon(vma) :
						     mms_region_of_ops(vma, backing, exe);
}

/**
 * mms_region_of_vma() - the region of a whole VMA, for a reader
 * @vma: a VMA that cannot change
 * @exe: as for mms_region_of()
 *
 * Return: the region; MMS_REGION_ANON for threads' stacks, which no bounds tell.
 */
enum mms_region mms_region_of_vma(const struct vm_area_struct *vma, const struct inode *exe);

/**
 * mms_user_regs() - the user registers of current: of the system call, when the kernel made the
 * access; NULL where there are none. Until exec is done they are those of the program that goes
 * away.
 */
static __always_inline struct pt_regs *mms_user_regs(void)
{
	if ((current->flags & (PF_KTHREAD | MMS_PF_USER_WORKER)) || current->in_execve)
		return NULL;
	return task_pt_regs(current);
}

/**
 * struct mms_access - what is known of a fault besides the entries
 * @vm_flags: of the VMA, when the fault was taken
 * @fault_flags: FAULT_FLAG_*
 * @backing: enum mms_backing
 */
struct mms_access {
	unsigned long vm_flags;
	unsigned int fault_flags;
	u8 backing;
};

/**
 * struct mms_verdict - what a fault did
 * @kind: enum mms_kind
 * @reason: enum mms_reason; with MMS_KIND_OTHER only
 */
struct mms_verdict {
	u8 kind;
	u8 reason;
};

/**
 * mms_judge() - what a completed fault did
 * @access: the fault
 * @before: entry when it was taken
 * @after: entry when it was done
 *
 * Context: any; looks at nothing but its arguments.
 */
struct mms_verdict mms_judge(const struct mms_access *access, struct mms_pte before,
			     struct mms_pte after);

#endif /* MMSCOPE_CLASSIFY_H */
