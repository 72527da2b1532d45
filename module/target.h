/* SPDX-License-Identifier: GPL-2.0 */
/*
 * target.h - the rows of the file "targets": which processes are followed
 *
 * The first row arms the probes, the last one to go disarms them: nothing is
 * probed while there is no target. A "pid" row goes by itself when the last
 * process that came in by it has exited.
 */
#ifndef MMSCOPE_TARGET_H
#define MMSCOPE_TARGET_H

#include <linux/types.h>

struct mms_target;
struct seq_file;
struct task_struct;

/* Removes all rows, releases all records, disarms. */
void mms_targets_exit(void);

/**
 * mms_targets_write() - carry out a write to the file "targets"
 * @text: one command per line, writable, NUL-terminated
 * @replace: remove all rows that were there before (the file was opened with O_TRUNC)
 *
 * All lines are checked before the first is carried out, so that a bad write
 * changes nothing; only a process that ends meanwhile can stop it half-way.
 * Context: may sleep.
 * Return: 0, or a negative errno that error_log explains.
 */
int mms_targets_write(char *text, bool replace);

/**
 * mms_targets_show() - print all rows as they could be written back
 * @file: where to; pids are shown as the reader's pid namespace sees them
 */
void mms_targets_show(struct seq_file *file);

/**
 * mms_targets_number() - how many rows there are
 */
unsigned int mms_targets_number(void);

/**
 * mms_target_match() - the "comm", "cgroup" or "all" row that a task fits
 * @task: a new task, or one that has just been given a new name
 *
 * Context: handlers; the row is valid while preemption stays off.
 */
struct mms_target *mms_target_match(const struct task_struct *task);

/**
 * mms_target_keeps_child() - is a child followed by the row of its parent?
 * @target: the row
 * @child: a new task; clone3() may have put it into another cgroup
 *
 * Context: as for mms_target_match().
 */
bool mms_target_keeps_child(const struct mms_target *target, const struct task_struct *child);

/* Is there a "cgroup" row? Else nobody cares who is moved where. Context: any. */
bool mms_targets_have_cgroup(void);

/* A process has been moved to another cgroup. Context: handlers; the rest is done by a worker. */
void mms_targets_moved(void);

/* Waits for that worker. Context: may sleep. */
void mms_targets_settle(void);

/* For a row that was found without a lock: false when it is being freed. */
bool mms_target_tryget(struct mms_target *target);
void mms_target_put(struct mms_target *target);

/* A process that came in by this row begins or ends to be followed. Context: any. */
void mms_target_process_begins(struct mms_target *target);
void mms_target_process_ends(struct mms_target *target);

/* The row is no longer in the list. */
bool mms_target_removed(const struct mms_target *target);

/* Are children of followed processes followed? */
bool mms_follow_fork(void);
void mms_follow_fork_set(bool follow);

#endif /* MMSCOPE_TARGET_H */
