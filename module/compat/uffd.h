/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/uffd.h - what userfaultfd leaves in VMAs and page tables
 *
 * The bit of an entry that was pte_uffd_wp() is pte_uffd() since 7.3: it marks
 * access protection (VM_UFFD_RWP) too, by the series that added it. Minor faults
 * came with 5.13 (7677f7fd8be7 "userfaultfd: add minor fault registration mode").
 */
#ifndef MMSCOPE_COMPAT_UFFD_H
#define MMSCOPE_COMPAT_UFFD_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0)
static inline int pte_uffd(pte_t pte)
{
	return pte_uffd_wp(pte);
}
#endif

#ifndef VM_UFFD_MINOR
#define VM_UFFD_MINOR VM_NONE
#endif

#endif /* MMSCOPE_COMPAT_UFFD_H */
