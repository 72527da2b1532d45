// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs_limits.c - limits/: a file for each limit
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "debugfs.h"
#include "limits.h"

static int limit_show(struct seq_file *file, void *unused)
{
	const struct mms_limit *limit = file->private;

	seq_printf(file, "%u\n", READ_ONCE(*limit->value));
	return 0;
}

static int limit_open(struct inode *inode, struct file *file)
{
	return single_open(file, limit_show, inode->i_private);
}

static ssize_t limit_write(struct file *file, const char __user *buffer, size_t count,
			   loff_t *position)
{
	struct seq_file *seq = file->private_data;
	char *text = mms_debugfs_copy_write(buffer, count, *position);
	int error;

	if (IS_ERR(text))
		return PTR_ERR(text);
	error = mms_limit_write(seq->private, strim(text));
	kfree(text);
	if (error)
		return error;
	/* Records may have gone. */
	mms_debugfs_processes_sync();
	return count;
}

static const struct file_operations limit_fops = {
	.owner = THIS_MODULE,
	.open = limit_open,
	.read = seq_read,
	.write = limit_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void mms_debugfs_limits_init(struct dentry *root)
{
	struct dentry *folder = debugfs_create_dir("limits", root);
	unsigned int i;

	for (i = 0; i < mms_limit_number; i++)
		debugfs_create_file(mms_limit_table[i].name,
				    mms_limit_table[i].apply ? 0600 : 0400, folder,
				    (void *)&mms_limit_table[i], &limit_fops);
}
