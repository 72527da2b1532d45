/* SPDX-License-Identifier: GPL-2.0 */
/*
 * classify.h - what a fault did, and to which region it belongs
 *
 * Pure functions: they look at what they are given and at nothing else, so that
 * the engine that took the fault does not matter.
 */
#ifndef MMSCOPE_CLASSIFY_H
#define MMSCOPE_CLASSIFY_H

#include <linux/types.h>

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

/**
 * mms_backing_of() - what backs a VMA
 * @vma: a VMA that cannot change (mmap_lock or its own lock held)
 */
enum mms_backing mms_backing_of(const struct vm_area_struct *vma);

/**
 * mms_region_of() - the region of an address
 * @vma: its VMA, which cannot change
 * @backing: mms_backing_of(@vma)
 * @exe: inode of the main program, only compared; may be NULL
 * @user_sp: user stack pointer of the task that faulted, 0 when there is none
 */
enum mms_region mms_region_of(const struct vm_area_struct *vma, enum mms_backing backing,
			      const struct inode *exe, unsigned long user_sp);

/**
 * mms_kind_of() - the kind of a completed fault
 * @backing: mms_backing_of() its VMA
 * @shared: VM_SHARED was set
 * @write: the access was a write (or FAULT_FLAG_UNSHARE asked for a private copy)
 * @before: entry when the fault was taken
 * @after: entry when it was done
 */
enum mms_kind mms_kind_of(enum mms_backing backing, bool shared, bool write, struct mms_pte before,
			  struct mms_pte after);

#endif /* MMSCOPE_CLASSIFY_H */
