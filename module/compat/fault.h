/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/fault.h - flags of faults and tasks that not every kernel has
 *
 * FAULT_FLAG_UNSHARE came with 5.19 (c89357e27f20 "mm: support GUP-triggered
 * unsharing of anonymous pages"). It is an enumerator, so it cannot be tested for.
 */
#ifndef MMSCOPE_COMPAT_FAULT_H
#define MMSCOPE_COMPAT_FAULT_H

#include <linux/mm.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
#define MMS_FAULT_FLAG_UNSHARE FAULT_FLAG_UNSHARE
#else
#define MMS_FAULT_FLAG_UNSHARE 0
#endif

/*
 * VM_FAULT_COMPLETED (the fault is done and the lock has been dropped) came with
 * 6.0 (d92725256b4f "mm: avoid unnecessary page fault retires on shared memory
 * types"). An enumerator too.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
#define MMS_VM_FAULT_COMPLETED VM_FAULT_COMPLETED
#else
#define MMS_VM_FAULT_COMPLETED ((__force vm_fault_t)0)
#endif

/*
 * PF_USER_WORKER came with 6.4 (54e6842d0775 "fork/vm: Move common PF_IO_WORKER
 * behavior to new flag") and is set for io workers too. Such tasks have an mm but
 * no user registers of their own.
 */
#ifdef PF_USER_WORKER
#define MMS_PF_USER_WORKER PF_USER_WORKER
#else
#define MMS_PF_USER_WORKER PF_IO_WORKER
#endif

#endif /* MMSCOPE_COMPAT_FAULT_H */
