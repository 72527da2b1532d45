/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs.h - the files under /sys/kernel/debug/mmscope; docs/abi.md says what is in them
 */
#ifndef MMSCOPE_DEBUGFS_H
#define MMSCOPE_DEBUGFS_H

#include <linux/fs.h>
#include <linux/types.h>

struct dentry;

/* A file in the folder of a process; the inode's private data is its record. */
struct mms_process_file {
	const char *name;
	const struct file_operations *fops;
};

/* Ends with an empty row. */
extern const struct mms_process_file mms_process_tables[];

int mms_debugfs_init(void);
void mms_debugfs_exit(void);

/* The folder "limits" below @root; goes with it. */
void mms_debugfs_limits_init(struct dentry *root);

/**
 * mms_debugfs_copy_write() - copy a write, NUL-terminated
 * @buffer: what was written
 * @count: its length
 * @position: must be 0: a write comes in one piece, since a line cut in two would be two others
 *
 * Return: the copy, to be given to kfree(), or an ERR_PTR.
 */
char *mms_debugfs_copy_write(const char __user *buffer, size_t count, loff_t position);

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
