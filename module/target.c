// SPDX-License-Identifier: GPL-2.0
/*
 * target.c - the rows of the file "targets": which processes are followed
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "compat/cgroup.h"
#include "error_log.h"
#include "probe.h"
#include "process.h"
#include "target.h"
#include "target_command.h"

/**
 * struct mms_target - one row
 * @node: in the list; under rows_lock, read under RCU
 * @kind: which of the following is valid
 * @pid: of a MMS_TARGET_PID row
 * @comm: of a MMS_TARGET_COMM row
 * @cgroup: of a MMS_TARGET_CGROUP row, with a reference: once removed it is none any more
 * @path: of @cgroup, as it was written
 * @live: live processes that came in by this row
 * @removed: set before the grace period that precedes the release of its processes
 * @refs: the list's, and one per process record
 * @rcu: handlers may still hold the row when the last reference goes
 */
struct mms_target {
	struct list_head node;
	enum mms_target_kind kind;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct cgroup *cgroup;
	char *path;
	atomic_t live;
	bool removed;
	refcount_t refs;
	struct rcu_head rcu;
};

static LIST_HEAD(rows);
static unsigned int nr_rows;
static DEFINE_MUTEX(rows_lock); /* protects rows, nr_rows, arming; never taken in a handler */
static atomic_t nr_cgroup_rows;
static bool follow_fork = true;

static void reap_work(struct work_struct *work);
static DECLARE_WORK(reap, reap_work);
static void moved_work(struct work_struct *work);
static DECLARE_WORK(moved, moved_work);

bool mms_follow_fork(void)
{
	return READ_ONCE(follow_fork);
}

void mms_follow_fork_set(bool follow)
{
	WRITE_ONCE(follow_fork, follow);
}

bool mms_target_tryget(struct mms_target *target)
{
	return refcount_inc_not_zero(&target->refs);
}

static void free_row(struct rcu_head *rcu)
{
	struct mms_target *target = container_of(rcu, struct mms_target, rcu);

	put_pid(target->pid);
	if (target->cgroup)
		mms_cgroup_put(target->cgroup);
	kfree(target->path);
	kfree(target);
}

void mms_target_put(struct mms_target *target)
{
	if (refcount_dec_and_test(&target->refs))
		call_rcu(&target->rcu, free_row);
}

bool mms_target_removed(const struct mms_target *target)
{
	return READ_ONCE(target->removed);
}

void mms_target_process_begins(struct mms_target *target)
{
	atomic_inc(&target->live);
}

void mms_target_process_ends(struct mms_target *target)
{
	if (atomic_dec_and_test(&target->live) &&
	    (target->kind == MMS_TARGET_PID || target->kind == MMS_TARGET_CGROUP))
		schedule_work(&reap);
}

/* Does a row other than "pid" want a process? Under rcu_read_lock(), or with preemption off. */
static bool fits(const struct mms_target *row, const struct task_struct *task)
{
	switch (row->kind) {
	case MMS_TARGET_PID:
		return false;
	case MMS_TARGET_COMM:
		return !strncmp(row->comm, task->comm, TASK_COMM_LEN);
	case MMS_TARGET_CGROUP:
		return mms_cgroup_has(row->cgroup, task);
	case MMS_TARGET_ALL:
		return true;
	}
	return false;
}

bool mms_target_keeps_child(const struct mms_target *target, const struct task_struct *child)
{
	return target->kind != MMS_TARGET_CGROUP || fits(target, child);
}

bool mms_targets_have_cgroup(void)
{
	return atomic_read(&nr_cgroup_rows);
}

void mms_targets_moved(void)
{
	schedule_work(&moved);
}

void mms_targets_settle(void)
{
	flush_work(&moved);
}

struct mms_target *mms_target_match(const struct task_struct *task)
{
	struct mms_target *row;

	list_for_each_entry_rcu(row, &rows, node)
		if (fits(row, task))
			return row;
	return NULL;
}

/* The mm of a user process, pinned; NULL for kernel threads and what has ended. */
static struct mm_struct *grab_mm(struct task_struct *task)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->flags & PF_KTHREAD ? NULL : task->mm;
	if (mm)
		mmgrab(mm);
	task_unlock(task);
	return mm;
}

/*
 * Follow the process of a task, if it is one of user space and alive. While we
 * make the record the task may call exec or end, and the handlers, which find no
 * record yet, do nothing: so its mm is looked at again. mmap_lock is held for
 * writing meanwhile: no change of VSZ is half done when its first value is read
 * (law 3), and the handlers see every later one from its begin.
 */
static int follow_task(struct task_struct *task, struct mms_target *row)
{
	struct mm_struct *mm, *now;
	int error;

	for (;;) {
		mm = grab_mm(task);
		if (!mm)
			return -ESRCH;
		if (mmap_write_lock_killable(mm)) {
			mmdrop(mm);
			return -EINTR;
		}
		/* Ended, or in another one by exec, while we waited. */
		if (READ_ONCE(task->mm) != mm) {
			mmap_write_unlock(mm);
			mmdrop(mm);
			continue;
		}
		/* Handlers look records up with preemption off, and so does whoever makes them. */
		preempt_disable();
		error = mms_process_follow(task, mm, row, true);
		preempt_enable();
		mmap_write_unlock(mm);
		now = grab_mm(task);
		if (now)
			mmdrop(now);
		mmdrop(mm);
		if (error || now == mm)
			return error;
		mms_process_forget(task);
	}
}

static bool is_followed(struct task_struct *task)
{
	struct mms_process *process;

	preempt_disable();
	process = mms_process_of(task);
	preempt_enable();
	return process;
}

/*
 * All processes that fit a row now, each with a reference. Those that come later are
 * caught by the handlers. Returns their number, or -ENOMEM.
 */
static int find_matching(const struct mms_target *row, struct task_struct ***array)
{
	struct task_struct **all = NULL, *task;
	unsigned int room = 0, number;

	for (;;) {
		number = 0;
		rcu_read_lock();
		for_each_process(task) {
			if (!fits(row, task))
				continue;
			if (number < room)
				all[number] = get_task_struct(task);
			number++;
		}
		rcu_read_unlock();
		if (number <= room)
			break;
		while (room)
			put_task_struct(all[--room]);
		kvfree(all);
		/* Some more, since processes may come while we allocate. */
		room = number + 64;
		all = kvmalloc_array(room, sizeof(struct task_struct *), GFP_KERNEL);
		if (!all)
			return -ENOMEM;
	}
	*array = all;
	return number;
}

static int follow_matching(struct mms_target *row)
{
	struct task_struct **all;
	int number = find_matching(row, &all), i;

	if (number < 0)
		return number;
	for (i = 0; i < number; i++) {
		/* One that cannot be followed (limit, memory) is counted; the others are. */
		if (!is_followed(all[i]))
			follow_task(all[i], row);
		put_task_struct(all[i]);
	}
	kvfree(all);
	return 0;
}

static int follow_pid(struct mms_target *row)
{
	struct task_struct *task = get_pid_task(row->pid, PIDTYPE_PID);
	int error;

	if (!task)
		return -ESRCH;
	error = follow_task(task, row);
	put_task_struct(task);
	return error;
}

static bool same_row(const struct mms_target *row, const struct mms_command *command)
{
	if (row->kind != command->kind || strcmp(row->comm, command->comm))
		return false;
	if (row->kind == MMS_TARGET_CGROUP)
		return !strcmp(row->path, command->path);
	/* A struct pid keeps its numbers after the process is gone. */
	return row->kind != MMS_TARGET_PID || (command->pid ? row->pid == command->pid :
					   pid_vnr(row->pid) == command->number);
}

static struct mms_target *find_row(const struct mms_command *command)
{
	struct mms_target *row;

	list_for_each_entry(row, &rows, node)
		if (same_row(row, command))
			return row;
	return NULL;
}

/* The row that keeps a process when the one it came in by goes; under rows_lock. */
static struct mms_target *heir_of(const struct mms_process *process)
{
	struct task_struct *task;
	struct mms_target *row;

	rcu_read_lock();
	task = pid_task(process->pid, PIDTYPE_TGID);
	list_for_each_entry(row, &rows, node)
		if ((row->kind == MMS_TARGET_PID && row->pid == process->pid) ||
		    (row->kind == MMS_TARGET_COMM &&
		     !strncmp(row->comm, process->comm, TASK_COMM_LEN)) ||
		    (row->kind != MMS_TARGET_COMM && task && fits(row, task)))
			goto found;
	row = NULL;
found:
	rcu_read_unlock();
	return row;
}

/*
 * Under rows_lock. When this returns, the processes of the row are no longer
 * followed, but for those that another row wants too.
 */
static void remove_row(struct mms_target *row)
{
	list_del_rcu(&row->node);
	nr_rows--;
	if (row->kind == MMS_TARGET_CGROUP)
		atomic_dec(&nr_cgroup_rows);
	WRITE_ONCE(row->removed, true);
	/* Handlers that began before, and may not have seen @removed, are done after this. */
	synchronize_rcu();
	mms_processes_release(row, heir_of);
	mms_target_put(row);
	if (!nr_rows)
		mms_probes_disarm();
}

static void remove_all(void)
{
	struct mms_target *row, *next;

	list_for_each_entry_safe(row, next, &rows, node)
		remove_row(row);
}

static int add_row(struct mms_command *command)
{
	struct mms_target *row;
	int error = 0;

	if (find_row(command))
		return 0;
	row = kzalloc(sizeof(*row), GFP_KERNEL);
	if (!row)
		return -ENOMEM;
	row->kind = command->kind;
	row->pid = get_pid(command->pid);
	strscpy(row->comm, command->comm, sizeof(row->comm));
	refcount_set(&row->refs, 1);
	if (row->kind == MMS_TARGET_CGROUP) {
		row->path = kstrdup(command->path, GFP_KERNEL);
		error = row->path ? 0 : -ENOMEM;
		/* The command's reference becomes the row's. */
		row->cgroup = command->cgroup;
		command->cgroup = NULL;
	}
	if (!error && !nr_rows)
		error = mms_probes_arm();
	if (error) {
		mms_target_put(row);
		return error;
	}
	if (row->kind == MMS_TARGET_CGROUP)
		atomic_inc(&nr_cgroup_rows);
	list_add_tail_rcu(&row->node, &rows);
	nr_rows++;
	error = row->kind == MMS_TARGET_PID ? follow_pid(row) : follow_matching(row);
	/* Followed already: from now on by this row, which says so by name. */
	if (error == -EEXIST && !mms_process_adopt(row->pid, row))
		return 0;
	if (error)
		remove_row(row);
	switch (error) {
	case -ESRCH:
		mms_error_log("pid: the process has no address space (kernel thread or already ended)");
		break;
	case -ENOSPC:
		mms_error_log("pid: as many processes are followed as max_processes allows");
		break;
	}
	return error;
}

/* Under rows_lock: a row that nobody can fit any more goes by itself. */
static void reap_rows(void)
{
	struct mms_target *row, *next;

	list_for_each_entry_safe(row, next, &rows, node)
		if (!atomic_read(&row->live) &&
		    (row->kind == MMS_TARGET_PID ||
		     (row->kind == MMS_TARGET_CGROUP && mms_cgroup_is_gone(row->cgroup))))
			remove_row(row);
}

static void reap_work(struct work_struct *work)
{
	mutex_lock(&rows_lock);
	reap_rows();
	mutex_unlock(&rows_lock);
}

/* Under rows_lock: a process that has left the cgroup of its row is another row's, or nobody's. */
static void release_if_moved(struct mms_process *process)
{
	struct task_struct *task = get_pid_task(process->pid, PIDTYPE_TGID);
	struct mms_target *row, *heir;
	bool moved_out;

	if (!task)
		return;
	rcu_read_lock();
	/* The record's reference keeps it: only we, under rows_lock, give it another row. */
	row = process->target;
	moved_out = row->kind == MMS_TARGET_CGROUP && !fits(row, task);
	rcu_read_unlock();
	if (moved_out && !READ_ONCE(process->exited)) {
		heir = heir_of(process);
		if (!heir || mms_process_adopt(process->pid, heir))
			mms_process_forget(task);
	}
	put_task_struct(task);
}

/*
 * Processes have been moved to other cgroups. Done here rather than by the handler, because
 * mmap_lock is taken to follow a process.
 */
static void moved_work(struct work_struct *work)
{
	struct mms_process **all;
	struct mms_target *row;
	int number, i;

	mutex_lock(&rows_lock);
	number = mms_processes_snapshot(&all);
	if (number >= 0) {
		for (i = 0; i < number; i++)
			release_if_moved(all[i]);
		mms_processes_unsnapshot(all, number);
	}
	list_for_each_entry(row, &rows, node)
		if (row->kind == MMS_TARGET_CGROUP)
			follow_matching(row);
	mutex_unlock(&rows_lock);
}

static int no_such_row(void)
{
	mms_error_log("there is no such target to remove; \"cat targets\" lists them");
	return -ESRCH;
}

/*
 * Under rows_lock: what is to be removed is there now, or is added by an earlier
 * line. With @replace only the lines count.
 */
static int check_removals(const struct mms_command *commands, unsigned int number, bool replace)
{
	unsigned int i, j;

	for (i = 0; i < number; i++) {
		if (commands[i].what != MMS_COMMAND_REMOVE)
			continue;
		if (!replace && find_row(&commands[i]))
			continue;
		for (j = 0; j < i; j++)
			if (commands[j].what == MMS_COMMAND_ADD &&
			    commands[j].kind == commands[i].kind &&
			    commands[j].number == commands[i].number &&
			    !strcmp(commands[j].comm, commands[i].comm) &&
			    !strcmp(commands[j].path, commands[i].path))
				break;
		if (j == i)
			return no_such_row();
	}
	return 0;
}

static int carry_out(struct mms_command *command)
{
	struct mms_target *row;

	switch (command->what) {
	case MMS_COMMAND_ADD:
		return add_row(command);
	case MMS_COMMAND_REMOVE:
		row = find_row(command);
		if (!row)
			return no_such_row();
		remove_row(row);
		return 0;
	case MMS_COMMAND_CLEAR:
		remove_all();
		mms_processes_release(NULL, NULL);
		return 0;
	}
	return -EINVAL;
}

int mms_targets_write(char *text, bool replace)
{
	struct mms_command *commands = kcalloc(MMS_COMMANDS_MAX, sizeof(*commands), GFP_KERNEL);
	unsigned int number, i;
	int error;

	if (!commands)
		return -ENOMEM;
	error = mms_commands_parse(text, commands, &number);
	if (!error) {
		mutex_lock(&rows_lock);
		reap_rows();
		error = check_removals(commands, number, replace);
		if (!error && replace)
			remove_all();
		for (i = 0; !error && i < number; i++)
			error = carry_out(&commands[i]);
		mutex_unlock(&rows_lock);
	}
	mms_commands_put(commands, number);
	kfree(commands);
	return error;
}

void mms_targets_show(struct seq_file *file)
{
	struct pid_namespace *namespace = task_active_pid_ns(current);
	struct mms_target *row;

	mutex_lock(&rows_lock);
	reap_rows();
	list_for_each_entry(row, &rows, node) {
		switch (row->kind) {
		case MMS_TARGET_PID:
			/* 0: not visible in the reader's namespace */
			if (pid_nr_ns(row->pid, namespace))
				seq_printf(file, "pid %d\n", pid_nr_ns(row->pid, namespace));
			break;
		case MMS_TARGET_COMM:
			seq_printf(file, "comm %s\n", row->comm);
			break;
		case MMS_TARGET_CGROUP:
			seq_printf(file, "cgroup %s\n", row->path);
			break;
		case MMS_TARGET_ALL:
			seq_puts(file, "all\n");
			break;
		}
	}
	mutex_unlock(&rows_lock);
}

unsigned int mms_targets_number(void)
{
	return READ_ONCE(nr_rows);
}

void mms_targets_exit(void)
{
	mutex_lock(&rows_lock);
	remove_all();
	mms_processes_release(NULL, NULL);
	mutex_unlock(&rows_lock);
	/* Nobody is followed and nothing is probed, so nothing queues them again. */
	cancel_work_sync(&moved);
	cancel_work_sync(&reap);
	/* Rows that are waiting for their grace period. */
	rcu_barrier();
}
