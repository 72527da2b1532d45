/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/kretprobe.h - from a call of a probed function to its kretprobe
 *
 * get_kretprobe() came with 5.11 (d741bf41d7c7 "kprobes: Remove kretprobe hash");
 * before, the instance had a plain pointer.
 */
#ifndef MMSCOPE_COMPAT_KRETPROBE_H
#define MMSCOPE_COMPAT_KRETPROBE_H

#include <linux/kprobes.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)

/**
 * get_kretprobe() - the probe that an instance belongs to
 * @instance: of the call
 *
 * Context: a handler of the probe. Unlike its namesake it never returns NULL:
 * unregister_kretprobes() of these kernels leaves the pointer alone until all
 * instances have come back or been orphaned, after a grace period.
 */
static inline struct kretprobe *get_kretprobe(struct kretprobe_instance *instance)
{
	return instance->rp;
}

#endif

#endif /* MMSCOPE_COMPAT_KRETPROBE_H */
