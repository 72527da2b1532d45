// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs.c - the files that are not about one process
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "debugfs.h"
#include "error_log.h"
#include "limits.h"
#include "loss.h"
#include "probe.h"
#include "process.h"
#include "process_table.h"
#include "reset.h"
#include "target.h"

/* A write longer than this is refused whole: no file takes more at once. */
#define MAX_WRITE 4096

static struct dentry *root;

char *mms_debugfs_copy_write(const char __user *buffer, size_t count, loff_t position)
{
	if (position) {
		mms_error_log("a write must begin at the start of the file and come in one piece");
		return ERR_PTR(-EINVAL);
	}
	if (count > MAX_WRITE) {
		mms_error_log("a write of %zu bytes is too long; at most %d at once", count,
			      MAX_WRITE);
		return ERR_PTR(-E2BIG);
	}
	return memdup_user_nul(buffer, count);
}

static int targets_show(struct seq_file *file, void *unused)
{
	mms_targets_show(file);
	return 0;
}

/*
 * ">" opens with O_TRUNC and replaces all targets, ">>" adds. Nothing is removed
 * at the opening itself, so that a bad write changes nothing. The flag is only
 * there during open (fs/open.c, do_dentry_open() drops it), so it is kept.
 */
static int targets_open(struct inode *inode, struct file *file)
{
	return single_open(file, targets_show, (void *)(unsigned long)(file->f_flags & O_TRUNC));
}

static ssize_t targets_write(struct file *file, const char __user *buffer, size_t count,
			     loff_t *position)
{
	struct seq_file *seq = file->private_data;
	char *text = mms_debugfs_copy_write(buffer, count, 0);
	bool replace = seq->private;
	int error;

	/* Only the first write replaces, and one that is refused changes nothing. */
	seq->private = NULL;
	if (IS_ERR(text))
		return PTR_ERR(text);
	error = mms_targets_write(text, replace);
	kfree(text);
	if (error)
		return error;
	mms_debugfs_processes_sync();
	return count;
}

/* ": > targets": nothing was written, so nothing is what is to be followed. */
static int targets_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;
	char nothing[] = "";

	if (seq->private)
		mms_targets_write(nothing, true);
	return single_release(inode, file);
}

static const struct file_operations targets_fops = {
	.owner = THIS_MODULE,
	.open = targets_open,
	.read = seq_read,
	.write = targets_write,
	.llseek = seq_lseek,
	.release = targets_release,
};

static int follow_fork_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "%d\n", mms_follow_fork());
	return 0;
}

static int follow_fork_open(struct inode *inode, struct file *file)
{
	return single_open(file, follow_fork_show, NULL);
}

static ssize_t follow_fork_write(struct file *file, const char __user *buffer, size_t count,
				 loff_t *position)
{
	char *text = mms_debugfs_copy_write(buffer, count, *position);
	bool follow;
	int error;

	if (IS_ERR(text))
		return PTR_ERR(text);
	error = kstrtobool(strim(text), &follow);
	if (error)
		mms_error_log("follow_fork: \"%s\" is neither 0 nor 1", strim(text));
	else
		mms_follow_fork_set(follow);
	kfree(text);
	return error ?: count;
}

static const struct file_operations follow_fork_fops = {
	.owner = THIS_MODULE,
	.open = follow_fork_open,
	.read = seq_read,
	.write = follow_fork_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int probes_show(struct seq_file *file, void *unused)
{
	mms_probes_show(file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(probes);

static int stats_show(struct seq_file *file, void *unused)
{
	unsigned int cause;

	seq_printf(file, "abi_version %d\n", MMSCOPE_ABI_VERSION);
	seq_printf(file, "targets %u\n", mms_targets_number());
	seq_printf(file, "processes_live %u\n", mms_processes_number(false));
	seq_printf(file, "processes_exited %u\n", mms_processes_number(true));
	seq_printf(file, "spaces %u\n", mms_spaces_number());
	seq_printf(file, "memory_bytes %llu\n", mms_spaces_bytes() + mms_processes_bytes());
	seq_printf(file, "limit_processes %u\n", mms_limits.max_processes);
	seq_printf(file, "limit_exited %u\n", mms_limits.exited_kept);
	seq_printf(file, "limit_timeline_points %u\n", mms_limits.timeline_points);
	seq_printf(file, "limit_probe_slots %u\n", mms_limits.probe_slots);
	seq_printf(file, "lost_probe_missed %llu\n", mms_probes_missed());
	for (cause = 0; cause < MMS_NR_LOSSES; cause++)
		seq_printf(file, "lost_%s %llu\n", mms_loss_name(cause), mms_loss_read(cause));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(stats);

static int processes_show(struct seq_file *file, void *unused)
{
	return mms_process_table_show(file, NULL);
}

/* Whoever reads the table may look into "pid" next. */
static int processes_open(struct inode *inode, struct file *file)
{
	mms_targets_settle();
	mms_debugfs_processes_sync();
	return single_open(file, processes_show, NULL);
}

static const struct file_operations processes_fops = {
	.owner = THIS_MODULE,
	.open = processes_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static ssize_t reset_write(struct file *file, const char __user *buffer, size_t count,
			   loff_t *position)
{
	char *text = mms_debugfs_copy_write(buffer, count, *position);
	int error;

	if (IS_ERR(text))
		return PTR_ERR(text);
	if (strcmp(strim(text), "1")) {
		mms_error_log("reset: \"%s\" is not understood; write 1", strim(text));
		error = -EINVAL;
	} else {
		error = mms_reset();
	}
	kfree(text);
	if (error)
		return error;
	/* Records of exited processes have gone. */
	mms_debugfs_processes_sync();
	return count;
}

static const struct file_operations reset_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = reset_write,
	.llseek = noop_llseek,
};

static int error_log_show(struct seq_file *file, void *unused)
{
	mms_error_log_show(file);
	return 0;
}

static int error_log_open(struct inode *inode, struct file *file)
{
	return single_open(file, error_log_show, NULL);
}

static ssize_t error_log_write(struct file *file, const char __user *buffer, size_t count,
			       loff_t *position)
{
	mms_error_log_clear();
	return count;
}

static const struct file_operations error_log_fops = {
	.owner = THIS_MODULE,
	.open = error_log_open,
	.read = seq_read,
	.write = error_log_write,
	.llseek = seq_lseek,
	.release = single_release,
};

int mms_debugfs_init(void)
{
	int error;

	root = debugfs_create_dir(MMSCOPE_DEBUGFS_DIR, NULL);
	if (IS_ERR(root))
		return PTR_ERR(root);
	error = mms_debugfs_processes_init(root);
	if (error) {
		debugfs_remove_recursive(root);
		return error;
	}
	debugfs_create_file("targets", 0600, root, NULL, &targets_fops);
	debugfs_create_file("follow_fork", 0600, root, NULL, &follow_fork_fops);
	debugfs_create_file("probes", 0400, root, NULL, &probes_fops);
	debugfs_create_file("stats", 0400, root, NULL, &stats_fops);
	debugfs_create_file("processes", 0400, root, NULL, &processes_fops);
	debugfs_create_file("reset", 0200, root, NULL, &reset_fops);
	mms_debugfs_limits_init(root);
	debugfs_create_file("error_log", 0600, root, NULL, &error_log_fops);
	return 0;
}

void mms_debugfs_exit(void)
{
	mms_debugfs_processes_exit();
	debugfs_remove_recursive(root);
}
