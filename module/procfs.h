/* SPDX-License-Identifier: GPL-2.0 */
/* procfs.h - /proc/mmscope: the table of processes for everyone */
#ifndef MMSCOPE_PROCFS_H
#define MMSCOPE_PROCFS_H

int mms_procfs_init(void);
void mms_procfs_exit(void);

#endif /* MMSCOPE_PROCFS_H */
