// SPDX-License-Identifier: GPL-2.0
/*
 * process.c - processes that are followed
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "loss.h"
#include "process.h"
#include "process_kernel.h"
#include "target.h"

#define TABLE_BITS 10

/*
 * table_lock protects the table, both lists and their lengths, and every change
 * of process->space. It is taken in probe handlers, hence raw and with
 * interrupts off; target.c's and space.c's locks are never taken inside it.
 */
static DEFINE_RAW_SPINLOCK(table_lock);
static struct hlist_head table[1 << TABLE_BITS];
static LIST_HEAD(live);
static LIST_HEAD(exited);
static unsigned int nr_live, nr_exited;
static unsigned int limit_live, limit_exited;
static atomic_t nr_records;
static struct workqueue_struct *free_queue;
static mms_change_fn on_change;

static struct hlist_head *bucket_of(pid_t tgid)
{
	return &table[hash_32(tgid, TABLE_BITS)];
}

int mms_processes_init(unsigned int max_live, unsigned int max_exited)
{
	limit_live = max_live;
	limit_exited = max_exited;
	free_queue = alloc_workqueue("mmscope_process", WQ_UNBOUND, 0);
	return free_queue ? 0 : -ENOMEM;
}

void mms_processes_exit(void)
{
	/* queue_rcu_work() queues after a grace period: wait for that first, then for the work. */
	rcu_barrier();
	destroy_workqueue(free_queue);
	WARN_ON_ONCE(atomic_read(&nr_records));
}

void mms_processes_on_change(mms_change_fn changed)
{
	WRITE_ONCE(on_change, changed);
}

static void tell_change(void)
{
	mms_change_fn changed = READ_ONCE(on_change);

	if (changed)
		changed();
}

static void free_work(struct work_struct *work)
{
	struct mms_process *process = container_of(to_rcu_work(work), struct mms_process, free);

	mms_space_put(rcu_dereference_protected(process->space, true));
	mms_target_put(process->target);
	put_pid(process->parent);
	put_pid(process->pid);
	kfree(process);
	atomic_dec(&nr_records);
}

struct mms_process *mms_process_get(struct mms_process *process)
{
	refcount_inc(&process->refs);
	return process;
}

void mms_process_put(struct mms_process *process)
{
	if (refcount_dec_and_test(&process->refs))
		queue_rcu_work(free_queue, &process->free);
}

static struct mms_process *find_locked(pid_t tgid)
{
	struct mms_process *process;

	hlist_for_each_entry(process, bucket_of(tgid), node)
		if (process->tgid == tgid)
			return process;
	return NULL;
}

/* The record leaves the table; the caller puts the table's reference after unlocking. */
static void unlink_locked(struct mms_process *process)
{
	hlist_del_init_rcu(&process->node);
	list_del_init(&process->order);
	if (process->exited)
		nr_exited--;
	else
		nr_live--;
	WRITE_ONCE(process->gone, true);
}

static struct mms_process *alloc_process(struct task_struct *task, struct mm_struct *mm,
					 struct mms_target *target, bool running)
{
	struct mms_process *process = kzalloc(sizeof(*process), GFP_ATOMIC | __GFP_NOWARN);
	struct mms_space *space;

	if (!process)
		return NULL;
	if (running)
		space = mms_space_create_running(task, mm, &process->base);
	else
		space = mms_space_create(mm, task->tgid, NULL);
	if (!space) {
		kfree(process);
		return NULL;
	}
	process->tgid = task->tgid;
	process->pid = get_pid(task_tgid(task));
	rcu_read_lock();
	process->parent = get_pid(task_tgid(rcu_dereference(task->real_parent)));
	rcu_read_unlock();
	strscpy(process->comm, task->comm, sizeof(process->comm));
	process->target = target;
	rcu_assign_pointer(process->space, space);
	if (!running)
		mms_kernel_faults_read(process->pid, &process->base);
	refcount_set(&process->refs, 1); /* the table's */
	INIT_RCU_WORK(&process->free, free_work);
	INIT_LIST_HEAD(&process->order);
	atomic_inc(&nr_records);
	return process;
}

struct mms_space *mms_process_space(struct mms_process *process)
{
	struct mms_space *space;
	unsigned long flags;

	/* The lock keeps exec from putting the space before we have our reference. */
	raw_spin_lock_irqsave(&table_lock, flags);
	space = rcu_dereference_protected(process->space, lockdep_is_held(&table_lock));
	mms_space_get(space);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return space;
}

/* The process is no longer followed; the last one of an mm takes the mm with it. */
static void leave_space(struct mms_process *process)
{
	struct mms_space *space = mms_process_space(process);
	struct mms_state state;

	if (mms_space_leave(space)) {
		state = mms_state_exact(space->mm);
		mms_space_end(space, &state);
	}
	mms_space_put(space);
}

int mms_process_follow(struct task_struct *task, struct mm_struct *mm, struct mms_target *target,
		       bool running)
{
	struct mms_process *process, *same_pid;
	unsigned long flags;
	int error = 0;

	/* A row that is being removed takes in nobody; the order is in remove_row(), target.c. */
	if (mms_target_removed(target))
		return -ESHUTDOWN;
	if (READ_ONCE(nr_live) >= READ_ONCE(limit_live)) {
		mms_loss_count(MMS_LOSS_PROCESS_LIMIT);
		return -ENOSPC;
	}
	if (!mms_target_tryget(target))
		return -ESHUTDOWN;
	process = alloc_process(task, mm, target, running);
	if (!process) {
		mms_target_put(target);
		mms_loss_count(MMS_LOSS_PROCESS_NOMEM);
		return -ENOMEM;
	}
	/* Before others can see the record, and so before it can end. */
	mms_target_process_begins(target);
	raw_spin_lock_irqsave(&table_lock, flags);
	same_pid = find_locked(process->tgid);
	if (same_pid && !same_pid->exited) {
		same_pid = NULL;
		error = -EEXIST;
	} else {
		/* The number of an exited process that is still shown: its place is taken. */
		if (same_pid)
			unlink_locked(same_pid);
		hlist_add_head_rcu(&process->node, bucket_of(process->tgid));
		list_add_tail(&process->order, &live);
		nr_live++;
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (same_pid) {
		mms_loss_count(MMS_LOSS_EXITED_EVICTED);
		mms_process_put(same_pid);
	}
	if (error) {
		mms_target_process_ends(target);
		leave_space(process);
		mms_process_put(process);
		return error;
	}
	tell_change();
	return 0;
}

struct mms_process *mms_process_of(struct task_struct *task)
{
	struct pid *pid = task_tgid(task);
	struct mms_process *process;

	hlist_for_each_entry_rcu_notrace(process, bucket_of(task->tgid), node)
		if (process->pid == pid)
			return process;
	return NULL;
}

void mms_process_settle(struct mms_process *process)
{
	struct mms_space *space = rcu_dereference_check(process->space, !preemptible());

	if (space->owner == process->tgid)
		mms_space_settle(space);
}

/* Take a record out of the table, whether it has exited or not. */
static void drop(struct mms_process *process)
{
	unsigned long flags;
	bool dropped = false, was_live;

	raw_spin_lock_irqsave(&table_lock, flags);
	was_live = !process->exited;
	if (!process->gone) {
		unlink_locked(process);
		dropped = true;
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!dropped)
		return;
	if (was_live) {
		leave_space(process);
		mms_target_process_ends(process->target);
	}
	mms_process_put(process);
	tell_change();
}

/* The other threads are gone, and current does not fault: nothing is under way any more. */
static void keep_uncounted(struct mms_process *process, struct mms_space *space)
{
	struct mms_kernel_faults faults;

	if (!space->midlife)
		return;
	mms_midlife_close(space->midlife);
	faults = mms_midlife_uncounted(space->midlife);
	process->uncounted.min += faults.min;
	process->uncounted.maj += faults.maj;
}

int mms_process_exec(struct mms_process *process, struct mm_struct *mm)
{
	struct mms_space *space = mms_space_create(mm, process->tgid, NULL), *old;
	unsigned long flags;

	if (!space) {
		mms_loss_count(MMS_LOSS_PROCESS_NOMEM);
		drop(process);
		return -ENOMEM;
	}
	raw_spin_lock_irqsave(&table_lock, flags);
	old = rcu_dereference_protected(process->space, lockdep_is_held(&table_lock));
	rcu_assign_pointer(process->space, space);
	/*
	 * None of our tasks uses the old space any more: its own faults are final. Under the
	 * lock, so that a restart finds them either there or here.
	 */
	if (old != space && old->owner == process->tgid)
		atomic64_add(mms_counters_own(&old->counters), &process->earlier_own);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (old != space && old->owner == process->tgid)
		keep_uncounted(process, old);
	/* It ends at its exit_mmap(); that comes later when others use the mm too. */
	mms_space_leave(old);
	mms_space_put(old);
	strscpy(process->comm, current->comm, sizeof(process->comm));
	return 0;
}

void mms_process_exit(struct mms_process *process)
{
	struct mms_process *oldest = NULL;
	struct mms_space *space;
	unsigned long flags;
	bool first = false;

	mms_process_note_kernel(process);
	if (!READ_ONCE(process->exited)) {
		strscpy(process->comm, current->group_leader->comm, sizeof(process->comm));
		rcu_read_lock();
		process->owner = mms_owner_of(process, current);
		rcu_read_unlock();
	}
	raw_spin_lock_irqsave(&table_lock, flags);
	if (!process->exited && !process->gone) {
		first = true;
		list_move_tail(&process->order, &exited);
		nr_live--;
		nr_exited++;
		/* Whoever sees @exited sees @final. */
		smp_store_release(&process->exited, true);
		if (nr_exited > limit_exited) {
			oldest = list_first_entry(&exited, struct mms_process, order);
			unlink_locked(oldest);
		}
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!first)
		return;
	space = mms_process_space(process);
	if (space->midlife && space->owner == process->tgid)
		mms_midlife_close(space->midlife);
	mms_space_leave(space);
	mms_space_put(space);
	mms_target_process_ends(process->target);
	if (oldest) {
		mms_loss_count(MMS_LOSS_EXITED_EVICTED);
		mms_process_put(oldest);
		tell_change();
	}
}

/* The oldest record of an exited process that is one too many, out of the table; or NULL. */
static struct mms_process *take_surplus(void)
{
	struct mms_process *oldest = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	if (nr_exited > limit_exited) {
		oldest = list_first_entry(&exited, struct mms_process, order);
		unlink_locked(oldest);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return oldest;
}

void mms_processes_limit(unsigned int max_live, unsigned int max_exited)
{
	struct mms_process *oldest;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	WRITE_ONCE(limit_live, max_live);
	limit_exited = max_exited;
	raw_spin_unlock_irqrestore(&table_lock, flags);
	/* One by one: the lock is not for long. */
	while ((oldest = take_surplus())) {
		mms_loss_count(MMS_LOSS_EXITED_EVICTED);
		mms_process_put(oldest);
		tell_change();
	}
}

/* Under table_lock: the row a process came in by becomes another one. */
static struct mms_target *retarget_locked(struct mms_process *process, struct mms_target *target)
{
	struct mms_target *old = process->target;

	mms_target_process_begins(target);
	/* Handlers read it with preemption off; a row is freed after a grace period. */
	WRITE_ONCE(process->target, target);
	return old;
}

int mms_process_adopt(struct pid *pid, struct mms_target *target)
{
	struct mms_process *process;
	struct mms_target *old = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	list_for_each_entry(process, &live, order)
		if (process->pid == pid && mms_target_tryget(target)) {
			old = retarget_locked(process, target);
			break;
		}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!old)
		return -ESRCH;
	mms_target_process_ends(old);
	mms_target_put(old);
	return 0;
}

void mms_process_forget(struct task_struct *task)
{
	struct mms_process *process;

	preempt_disable();
	process = mms_process_of(task);
	if (process)
		drop(process);
	preempt_enable();
}

/* The first record that a release concerns, with a reference. */
static struct mms_process *first_of(const struct mms_target *target)
{
	struct mms_process *process, *found = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&table_lock, flags);
	list_for_each_entry(process, &live, order)
		if (!target || process->target == target) {
			found = process;
			break;
		}
	if (!found && !target)
		found = list_first_entry_or_null(&exited, struct mms_process, order);
	if (found)
		mms_process_get(found);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	return found;
}

void mms_processes_release(const struct mms_target *target, mms_heir_fn heir_of)
{
	struct mms_process *process;
	struct mms_target *heir;

	while ((process = first_of(target))) {
		heir = heir_of ? heir_of(process) : NULL;
		if (!heir || mms_process_adopt(process->pid, heir))
			drop(process);
		mms_process_put(process);
	}
}

/* A process between the beginning and the end of a restart. */
struct restart {
	struct mms_process *process;
	struct mms_space *space; /* with a reference; NULL: it has exited */
	u64 counted; /* on our side of law 1, and no longer shown */
};

/* Take away what has been counted. Nothing is lost: what is counted from now on, is shown. */
static void restart_begin(struct restart *restart)
{
	struct mms_process *process = restart->process;
	struct mms_space *space;
	unsigned long flags;

	/* shared_lock of the counters is taken inside, nowhere else the other way round. */
	raw_spin_lock_irqsave(&table_lock, flags);
	if (!process->exited && !process->gone) {
		space = rcu_dereference_protected(process->space, lockdep_is_held(&table_lock));
		restart->space = mms_space_get(space);
		mms_counters_retire(&space->counters);
		restart->counted = atomic64_xchg(&process->earlier_own, 0) +
				   atomic64_xchg(&process->remote_out, 0);
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!restart->space)
		drop(process);
}

/*
 * A grace period later. The kernel counts a fault before we do, so that a fault
 * which is just between the two is in its counts and not yet in ours: the new base
 * is not the kernel's count but what both have counted.
 */
static void restart_end(struct restart *restart)
{
	struct mms_process *process = restart->process;
	struct mms_kernel_faults shown = mms_process_kernel(process);

	if (restart->space->owner == process->tgid)
		restart->counted += mms_counters_retired_own(&restart->space->counters);
	/* Major ones are told apart as far as the kernel has counted them. */
	process->base.min += restart->counted - shown.maj;
	process->base.maj += shown.maj;
	mms_space_restart(restart->space);
}

int mms_processes_restart(void)
{
	struct mms_process **all;
	struct restart *restart;
	int number, i;

	number = mms_processes_snapshot(&all);
	if (number < 0)
		return number;
	restart = kvcalloc(number, sizeof(*restart), GFP_KERNEL);
	if (!restart && number) {
		mms_processes_unsnapshot(all, number);
		return -ENOMEM;
	}
	for (i = 0; i < number; i++) {
		restart[i].process = all[i];
		restart_begin(&restart[i]);
	}
	/* Handlers that write to what was retired are done after this. */
	synchronize_rcu();
	for (i = 0; i < number; i++)
		if (restart[i].space)
			restart_end(&restart[i]);
	/* A space may be that of several processes; only now has its owner had its share. */
	for (i = 0; i < number; i++)
		if (restart[i].space) {
			mms_counters_forget(&restart[i].space->counters);
			mms_space_put(restart[i].space);
		}
	kvfree(restart);
	mms_processes_unsnapshot(all, number);
	return 0;
}

int mms_processes_snapshot(struct mms_process ***array)
{
	struct mms_process **all = NULL, *process;
	unsigned int room = 0, number;
	unsigned long flags;

	for (;;) {
		raw_spin_lock_irqsave(&table_lock, flags);
		number = nr_live + nr_exited;
		if (number <= room)
			break;
		raw_spin_unlock_irqrestore(&table_lock, flags);
		kvfree(all);
		/* Some more, since processes may come while we allocate. */
		room = number + 64;
		all = kvmalloc_array(room, sizeof(*all), GFP_KERNEL);
		if (!all)
			return -ENOMEM;
	}
	number = 0;
	list_for_each_entry(process, &live, order)
		all[number++] = mms_process_get(process);
	list_for_each_entry(process, &exited, order)
		all[number++] = mms_process_get(process);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	*array = all;
	return number;
}

void mms_processes_unsnapshot(struct mms_process **array, int number)
{
	int i;

	for (i = 0; i < number; i++)
		mms_process_put(array[i]);
	kvfree(array);
}

unsigned int mms_processes_number(bool of_exited)
{
	return of_exited ? READ_ONCE(nr_exited) : READ_ONCE(nr_live);
}

u64 mms_processes_bytes(void)
{
	return atomic_read(&nr_records) * (u64)sizeof(struct mms_process);
}
