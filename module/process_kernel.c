// SPDX-License-Identifier: GPL-2.0
/*
 * process_kernel.c - what the kernel itself knows of a process: its fault counts, its owner
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>
#include <linux/string.h>

#include "compat/dumpable.h"
#include "process_kernel.h"

/* The same sum as /proc/PID/stat makes: what ended threads left in signal, and the living ones. */
bool mms_kernel_faults_read(struct pid *pid, struct mms_kernel_faults *sum)
{
	struct task_struct *leader, *thread;
	bool found = false;
	unsigned int seq = 0;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (leader) {
		struct signal_struct *signal = leader->signal;

		found = true;
		/* A thread that is being released moves its counts under stats_lock (exit.c). */
		do {
			seq = read_seqbegin(&signal->stats_lock);
			sum->min = READ_ONCE(signal->min_flt);
			sum->maj = READ_ONCE(signal->maj_flt);
			for_each_thread(leader, thread) {
				sum->min += READ_ONCE(thread->min_flt);
				sum->maj += READ_ONCE(thread->maj_flt);
			}
		} while (read_seqretry(&signal->stats_lock, seq));
	}
	rcu_read_unlock();
	return found;
}

void mms_process_comm(struct mms_process *process, char comm[TASK_COMM_LEN])
{
	struct task_struct *leader = NULL;

	rcu_read_lock();
	/* Pairs with the release in mms_process_exit(), which comes after the last name. */
	if (!smp_load_acquire(&process->exited))
		leader = pid_task(process->pid, PIDTYPE_TGID);
	strscpy(comm, leader ? leader->comm : process->comm, TASK_COMM_LEN);
	rcu_read_unlock();
}

struct mms_owner mms_owner_of(const struct mms_process *process, const struct task_struct *task)
{
	const struct cred *cred = __task_cred(task);
	struct mms_owner owner = { .uid = cred->uid };
	bool one_user = uid_eq(cred->uid, cred->euid) && uid_eq(cred->uid, cred->suid);

	/* Credentials first: commit_creds() takes dumpability away before it gives others. */
	smp_rmb();
	owner.open = one_user && mms_dumpable(task, rcu_dereference(process->space)->mm);
	return owner;
}

struct mms_owner mms_process_owner(struct mms_process *process)
{
	struct task_struct *leader = NULL;
	struct mms_owner owner;

	rcu_read_lock();
	/* Pairs with the release in mms_process_exit(). */
	if (!smp_load_acquire(&process->exited))
		leader = pid_task(process->pid, PIDTYPE_TGID);
	/* Neither there nor exited: it is just ending, and is shown to its user a moment later. */
	owner = leader ? mms_owner_of(process, leader) : process->owner;
	rcu_read_unlock();
	return owner;
}

void mms_process_note_kernel(struct mms_process *process)
{
	struct mms_kernel_faults now;

	if (mms_kernel_faults_read(process->pid, &now))
		process->final = now;
}

struct mms_kernel_faults mms_process_kernel(struct mms_process *process)
{
	struct mms_kernel_faults now = { 0 }, uncounted;
	struct mms_space *space;

	/* Pairs with the release in mms_process_exit(). */
	if (smp_load_acquire(&process->exited) || !mms_kernel_faults_read(process->pid, &now))
		now = process->final;
	now.min -= process->base.min + process->uncounted.min;
	now.maj -= process->base.maj + process->uncounted.maj;
	space = mms_process_space(process);
	if (space->midlife && space->owner == process->tgid) {
		uncounted = mms_midlife_uncounted(space->midlife);
		now.min -= uncounted.min;
		now.maj -= uncounted.maj;
	}
	mms_space_put(space);
	return now;
}
