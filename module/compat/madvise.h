/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/madvise.h - the function behind madvise()
 *
 * do_madvise(mm, start, length, behavior) has an mm since 5.10 (ac1e9acc5acf
 * "mm/madvise: pass mm to do_madvise"), and serves process_madvise() until 6.14. On
 * 5.10 the compiler splits it, and its body does not carry its name: there the
 * system call's own function is probed.
 */
#ifndef MMSCOPE_COMPAT_MADVISE_H
#define MMSCOPE_COMPAT_MADVISE_H

#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/version.h>

struct mms_madvise {
	struct mm_struct *mm;
	unsigned long start;
	unsigned long length;
	int behavior;
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
#define MMS_MADVISE_SYMBOL "do_madvise"

static inline struct mms_madvise mms_madvise_of(struct pt_regs *regs)
{
	return (struct mms_madvise){
		.mm = (struct mm_struct *)regs_get_kernel_argument(regs, 0),
		.start = regs_get_kernel_argument(regs, 1),
		.length = regs_get_kernel_argument(regs, 2),
		.behavior = regs_get_kernel_argument(regs, 3),
	};
}
#else
#define MMS_MADVISE_SYMBOL "__x64_sys_madvise"

static inline struct mms_madvise mms_madvise_of(struct pt_regs *regs)
{
	struct pt_regs *user = (struct pt_regs *)regs_get_kernel_argument(regs, 0);

	return (struct mms_madvise){
		.mm = current->mm,
		.start = user->di,
		.length = user->si,
		.behavior = user->dx,
	};
}
#endif

#endif /* MMSCOPE_COMPAT_MADVISE_H */
