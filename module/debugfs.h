/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs.h - the files under /sys/kernel/debug/mmscope; docs/abi.md says what is in them
 */
#ifndef MMSCOPE_DEBUGFS_H
#define MMSCOPE_DEBUGFS_H

#include <linux/fs.h>
#include <linux/types.h>

struct dentry;

/* Limits that the module was loaded with, shown in "stats". */
struct mms_limits {
	unsigned int max_processes;
	unsigned int exited_kept;
	unsigned int timeline_points;
	unsigned int probe_slots;
};

/* A file in the folder of a process; the inode's private data is its record. */
struct mms_process_file {
	const char *name;
	const struct file_operations *fops;
};

/* Ends with an empty row. */
extern const struct mms_process_file mms_process_tables[];

int mms_debugfs_init(const struct mms_limits *limits);
void mms_debugfs_exit(void);

/**
 * mms_debugfs_processes_init() - the folder "pid" with a folder for each process
 * @root: the folder "mmscope"
 *
 * Folders are made by a worker, because records are made where one cannot sleep.
 */
int mms_debugfs_processes_init(struct dentry *root);
void mms_debugfs_processes_exit(void);

/**
 * mms_debugfs_processes_sync() - wait until "pid" shows all records there are now
 *
 * Context: may sleep.
 */
void mms_debugfs_processes_sync(void);

#endif /* MMSCOPE_DEBUGFS_H */
