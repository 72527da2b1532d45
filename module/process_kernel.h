/* SPDX-License-Identifier: GPL-2.0 */
/*
 * process_kernel.h - what the kernel itself knows of a process: its fault counts, its owner
 *
 * For process.c. What surfaces ask is in process.h: mms_process_comm(),
 * mms_process_owner(), mms_process_kernel().
 */
#ifndef MMSCOPE_PROCESS_KERNEL_H
#define MMSCOPE_PROCESS_KERNEL_H

#include <linux/types.h>

#include "process.h"

/**
 * mms_kernel_faults_read() - the kernel's own counts of a thread group, ended threads included
 * @pid: the group's
 * @sum: result
 *
 * Context: any but NMI.
 * Return: false when the group has been released.
 */
bool mms_kernel_faults_read(struct pid *pid, struct mms_kernel_faults *sum);

/**
 * mms_owner_of() - whose process it is now
 * @process: the record
 * @task: a thread of it
 *
 * Context: under rcu_read_lock(). The mm is that of the space, which lives as long as the record.
 */
struct mms_owner mms_owner_of(const struct mms_process *process, const struct task_struct *task);

#endif /* MMSCOPE_PROCESS_KERNEL_H */
