/* SPDX-License-Identifier: GPL-2.0 */
/*
 * process.h - processes that are followed
 *
 * A record stands for one thread group and points to its current address space;
 * exec gives it a new one. Records of exited processes stay, up to a limit, and
 * the oldest goes first.
 *
 * Ownership: the table holds one reference to each record in it, a record one to
 * its address space and one to its target row.
 */
#ifndef MMSCOPE_PROCESS_H
#define MMSCOPE_PROCESS_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "space.h"

struct mms_target;
struct pid;
struct seq_file;

/**
 * struct mms_owner - whose a process is
 * @uid: real user
 * @open: effective and saved user are the same, and the process is dumpable: its user may look
 * into it
 */
struct mms_owner {
	kuid_t uid;
	bool open;
};

/**
 * struct mms_process - one followed process
 * @node: in the table by @tgid; under the table's lock, read under RCU
 * @order: live ones in order of arrival, exited ones in order of exit; under the table's lock
 * @pid: the thread group's struct pid
 * @tgid: its number in the initial pid namespace
 * @parent: struct pid of the parent's thread group when following began
 * @comm: name at fork, exec and exit; mms_process_comm() tells the present one
 * @target: the row that it is followed by; changed under the table's lock
 * @space: current address space, NULL never; under the table's lock, read under RCU
 * @earlier_own: completed faults of own tasks on former address spaces (law 1)
 * @remote_out: completed faults of own tasks on address spaces that are not its own (law 1)
 * @uncounted: faults in former address spaces that had begun before following did
 * @base: the kernel's counts when following, or counting, began
 * @final: the kernel's counts when it exited; valid once @exited
 * @owner: whose it was when it exited; valid once @exited
 * @exited: set once; pairs acquire/release with @final and @owner
 * @gone: no longer in the table: surfaces drop it
 * @surfaced: belongs to the surface that shows it
 * @refs: references
 * @free: frees the record after a grace period, where sleeping is allowed
 */
struct mms_process {
	struct hlist_node node;
	struct list_head order;
	struct pid *pid;
	pid_t tgid;
	struct pid *parent;
	char comm[TASK_COMM_LEN];
	struct mms_target *target;
	struct mms_space __rcu *space;
	atomic64_t earlier_own;
	atomic64_t remote_out;
	struct mms_kernel_faults uncounted;
	struct mms_kernel_faults base;
	struct mms_kernel_faults final;
	struct mms_owner owner;
	bool exited;
	bool gone;
	bool surfaced;
	refcount_t refs;
	struct rcu_work free;
};

/**
 * mms_processes_init() - make the table
 * @max_live: limit of followed live processes
 * @max_exited: limit of records of exited processes
 */
int mms_processes_init(unsigned int max_live, unsigned int max_exited);
void mms_processes_exit(void);

/**
 * mms_processes_limit() - new limits
 * @max_live: live processes that are followed already stay
 * @max_exited: of more records than that the oldest go at once, and are counted as pushed out
 */
void mms_processes_limit(unsigned int max_live, unsigned int max_exited);

typedef void (*mms_change_fn)(void);

/**
 * mms_processes_on_change() - who is told when a record comes or goes
 * @changed: called in any context, also in handlers: may only queue work; NULL for nobody
 */
void mms_processes_on_change(mms_change_fn changed);

/**
 * mms_process_follow() - begin to follow a process
 * @task: a thread of it; alive at least until the call returns
 * @mm: its mm, alive or pinned
 * @target: the row that asks for it
 * @running: its threads may be faulting just now: it is neither new nor current, in exec
 *
 * Context: any but NMI; allocates atomically.
 * Return: 0; -EEXIST when it is followed already; -ESHUTDOWN when the row is being
 * removed; -ENOSPC at the limit and -ENOMEM, both counted.
 */
int mms_process_follow(struct task_struct *task, struct mm_struct *mm, struct mms_target *target,
		       bool running);

/**
 * mms_process_of() - the record of a task's process
 * @task: current, or a task that cannot be released meanwhile
 *
 * The record of an ended process whose number the task has been given is not
 * found: struct pid tells them apart, and the record keeps its own from reuse.
 *
 * Context: preemption off; valid as long as it stays off.
 */
struct mms_process *mms_process_of(struct task_struct *task);

/**
 * mms_process_settle() - current begins a fault in an address space that is not its own
 * @process: its process
 *
 * Context: handlers.
 */
void mms_process_settle(struct mms_process *process);

/**
 * mms_process_exec() - the process has a new address space
 * @process: whose; the caller runs in it
 * @mm: the new one
 *
 * Return: 0, or -ENOMEM: then the process is no longer followed, and that is counted.
 */
int mms_process_exec(struct mms_process *process, struct mm_struct *mm);

/**
 * mms_process_exit() - the last thread of the process ends
 * @process: whose; may be called again by another thread that ends at the same time
 */
void mms_process_exit(struct mms_process *process);

/**
 * mms_process_note_kernel() - take the kernel's fault counts while the task group still has them
 * @process: whose
 */
void mms_process_note_kernel(struct mms_process *process);

/**
 * mms_process_kernel() - growth of the kernel's counts by faults that began since following did
 * @process: whose
 */
struct mms_kernel_faults mms_process_kernel(struct mms_process *process);

/**
 * mms_processes_restart() - the figures of all live processes begin anew, records of exited ones go
 *
 * What has been counted is taken from the kernel's counts too, so that law 1's
 * residual is the same before and after, also while the processes run.
 *
 * Context: may sleep; waits for a grace period. Serialised by the caller.
 * Return: 0, or -ENOMEM, and then nothing has changed.
 */
int mms_processes_restart(void);

/* The row that is to keep a process, or NULL. */
typedef struct mms_target *(*mms_heir_fn)(const struct mms_process *process);

/**
 * mms_processes_release() - stop following all that came in by one row
 * @target: the row, or NULL for every record, exited ones included
 * @heir_of: says which other row wants a process; NULL: none does
 */
void mms_processes_release(const struct mms_target *target, mms_heir_fn heir_of);

/**
 * mms_process_adopt() - a live process is followed by another row from now on
 * @pid: its struct pid
 * @target: the row
 *
 * Return: 0, or -ESRCH when it is not followed.
 */
int mms_process_adopt(struct pid *pid, struct mms_target *target);

/**
 * mms_process_forget() - stop following the process of a task
 * @task: a task that cannot be released meanwhile
 */
void mms_process_forget(struct task_struct *task);

/**
 * mms_processes_snapshot() - all records, live and exited, each with a reference
 * @array: the result; to be given to mms_processes_unsnapshot()
 *
 * Context: may sleep.
 * Return: their number, or -ENOMEM.
 */
int mms_processes_snapshot(struct mms_process ***array);
void mms_processes_unsnapshot(struct mms_process **array, int number);

/**
 * mms_process_space() - the current address space, with a reference
 * @process: whose
 */
struct mms_space *mms_process_space(struct mms_process *process);

/**
 * mms_process_comm() - the name of the process: its leader's now, or at its end
 * @process: whose
 * @comm: result, always terminated
 */
void mms_process_comm(struct mms_process *process, char comm[TASK_COMM_LEN]);

/**
 * mms_process_owner() - whose the process is now, or was at its end
 * @process: whose
 */
struct mms_owner mms_process_owner(struct mms_process *process);

struct mms_process *mms_process_get(struct mms_process *process);
void mms_process_put(struct mms_process *process);

/**
 * mms_processes_bytes() - memory that the records use now, without their address spaces
 */
u64 mms_processes_bytes(void);

/**
 * mms_processes_number() - how many records there are
 * @exited: of exited processes, or of live ones
 */
unsigned int mms_processes_number(bool exited);

#endif /* MMSCOPE_PROCESS_H */
