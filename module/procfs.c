// SPDX-License-Identifier: GPL-2.0
/*
 * procfs.c - /proc/mmscope: the table of processes for everyone
 *
 * A reader sees the processes that are wholly of his own user. The rule is that
 * of ptrace_may_access(), which modules cannot call, as far as user ids go. Who
 * the reader is was decided when the file was opened: a descriptor that is handed
 * on shows what its opener may see.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/user_namespace.h>

#include "mmscope_abi.h"
#include "process_table.h"
#include "procfs.h"

static int processes_show(struct seq_file *file, void *unused)
{
	bool all = file_ns_capable(file->file, &init_user_ns, CAP_SYS_PTRACE);

	return mms_process_table_show(file, all ? NULL : file->file->f_cred);
}

static int processes_open(struct inode *inode, struct file *file)
{
	return single_open(file, processes_show, NULL);
}

static const struct proc_ops processes_ops = {
	.proc_open = processes_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

int mms_procfs_init(void)
{
	return proc_create(MMSCOPE_PROCFS_FILE, 0444, NULL, &processes_ops) ? 0 : -ENOMEM;
}

void mms_procfs_exit(void)
{
	/* Waits for readers; who still has the file open gets EIO from then on. */
	remove_proc_entry(MMSCOPE_PROCFS_FILE, NULL);
}
