/* SPDX-License-Identifier: GPL-2.0 */
/*
 * regions.h - the address space of a live process, region by region
 */
#ifndef MMSCOPE_REGIONS_H
#define MMSCOPE_REGIONS_H

#include <linux/types.h>

#include "mmscope_abi.h"
#include "resident.h"

struct mms_space;
struct pid;

/**
 * struct mms_region_size - one region
 * @vmas: VMAs
 * @vsz_pages: their pages
 * @resident: of these in memory and in swap
 */
struct mms_region_size {
	u64 vmas;
	u64 vsz_pages;
	struct mms_resident resident;
};

/**
 * mms_regions_read() - walk the VMAs and page tables
 * @space: the address space; the caller has a reference
 * @pid: the process whose threads' stacks are told apart
 * @size: result
 *
 * Exact for a process at rest. One that runs meanwhile changes what has been
 * looked at, and its threads' stack pointers are those of their last entry into
 * the kernel. mmap_lock is held for reading, for a few hundred page tables at a time.
 *
 * Context: may sleep.
 * Return: 0; -ESRCH when the address space is gone; -EINTR; -ENOMEM.
 */
int mms_regions_read(struct mms_space *space, struct pid *pid,
		     struct mms_region_size size[MMS_NR_REGIONS]);

#endif /* MMSCOPE_REGIONS_H */
