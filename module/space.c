// SPDX-License-Identifier: GPL-2.0
/*
 * space.c - address spaces that are followed
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "space.h"
#include "ticks.h"

/* Writers hold table_lock; it is taken in probe handlers, which must not sleep on any kernel. */
static DEFINE_RAW_SPINLOCK(table_lock);
struct hlist_head mms_space_table[1 << MMS_SPACE_BITS];
static struct workqueue_struct *free_queue;
static unsigned int max_points;
static atomic64_t generation;
static atomic_t nr_spaces;
static atomic64_t nr_points; /* room in all timelines */

int mms_spaces_init(unsigned int timeline_points)
{
	max_points = timeline_points;
	free_queue = alloc_workqueue("mmscope_free", WQ_UNBOUND, 0);
	return free_queue ? 0 : -ENOMEM;
}

void mms_spaces_limit(unsigned int timeline_points)
{
	WRITE_ONCE(max_points, timeline_points);
}

void mms_spaces_exit(void)
{
	/* queue_rcu_work() queues after a grace period: wait for that first, then for the work. */
	rcu_barrier();
	destroy_workqueue(free_queue);
	WARN_ON_ONCE(atomic_read(&nr_spaces));
}

static void destroy(struct mms_space *space)
{
	atomic64_sub(space->timeline.max, &nr_points);
	mms_timeline_destroy(&space->timeline);
	mms_counters_destroy(&space->counters);
	mms_midlife_destroy(space->midlife);
	mmdrop(space->mm);
	kfree(space);
	atomic_dec(&nr_spaces);
}

static void free_work(struct work_struct *work)
{
	destroy(container_of(to_rcu_work(work), struct mms_space, free));
}

static const struct inode *exe_of(struct mm_struct *mm)
{
	const struct inode *inode = NULL;
	struct file *exe;

	rcu_read_lock();
	exe = rcu_dereference(mm->exe_file);
	if (exe)
		inode = file_inode(exe);
	rcu_read_unlock();
	return inode;
}

static struct mms_space *find_locked(const struct mm_struct *mm)
{
	struct mms_space *space;

	hlist_for_each_entry(space, mms_space_bucket(mm), node)
		if (space->mm == mm)
			return space;
	return NULL;
}

static struct mms_space *alloc_space(struct mm_struct *mm, pid_t owner,
				     struct mms_midlife *midlife)
{
	struct mms_space *space = kzalloc(sizeof(*space), GFP_ATOMIC | __GFP_NOWARN);

	if (!space)
		return NULL;
	if (mms_counters_create(&space->counters, GFP_ATOMIC)) {
		kfree(space);
		return NULL;
	}
	mms_timeline_create(&space->timeline, READ_ONCE(max_points), GFP_NOWAIT);
	atomic64_add(space->timeline.max, &nr_points);
	mms_claims_init(&space->claims);
	mms_retries_init(&space->retries);
	atomic_set(&space->users, 1);
	mmgrab(mm);
	space->mm = mm;
	space->owner = owner;
	space->exe = exe_of(mm);
	space->midlife = midlife;
	space->unsettled = midlife;
	space->start_ns = mms_clock_ns();
	mms_vsz_begin(&space->vsz, mm);
	refcount_set(&space->refs, 2); /* the table's and the caller's */
	INIT_RCU_WORK(&space->free, free_work);
	atomic_inc(&nr_spaces);
	return space;
}

struct mms_space *mms_space_create(struct mm_struct *mm, pid_t owner,
				   struct mms_midlife *midlife)
{
	struct mms_space *space = alloc_space(mm, owner, midlife), *other;
	unsigned long flags;

	if (!space) {
		mms_midlife_destroy(midlife);
		return NULL;
	}
	raw_spin_lock_irqsave(&table_lock, flags);
	other = find_locked(mm);
	if (other) {
		refcount_inc(&other->refs);
		atomic_inc(&other->users);
	} else {
		space->gen = atomic64_inc_return(&generation);
		hlist_add_head_rcu(&space->node, mms_space_bucket(mm));
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!other)
		return space;
	/* Never published; freed by the work all the same, since mmdrop() may not be for here. */
	queue_rcu_work(free_queue, &space->free);
	return other;
}

struct mms_space *mms_space_create_running(struct task_struct *task, struct mm_struct *mm,
					   struct mms_kernel_faults *base)
{
	struct sighand_struct *sighand;
	struct mms_midlife *midlife;
	struct mms_space *space = NULL;
	unsigned long flags;

	rcu_read_lock();
	sighand = rcu_dereference(task->sighand);
	if (!sighand)
		goto out;
	/* Keeps threads from being added, and the counts of those that end from being moved. */
	spin_lock_irqsave(&sighand->siglock, flags);
	/* It is the task's still, or the task has been released. */
	if (sighand == rcu_access_pointer(task->sighand)) {
		midlife = mms_midlife_create(task, base);
		if (midlife)
			space = mms_space_create(mm, task->tgid, midlife);
	}
	spin_unlock_irqrestore(&sighand->siglock, flags);
out:
	rcu_read_unlock();
	return space;
}

bool mms_space_leave(struct mms_space *space)
{
	return atomic_dec_and_test(&space->users);
}

void mms_space_end(struct mms_space *space, const struct mms_state *last)
{
	unsigned long flags;
	bool first;

	raw_spin_lock_irqsave(&table_lock, flags);
	first = !hlist_unhashed(&space->node);
	if (first)
		hlist_del_init_rcu(&space->node);
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!first)
		return;
	space->last = *last;
	/* Whoever sees @ended sees @last. */
	smp_store_release(&space->ended, true);
	mms_space_put(space);
}

void mms_space_restart(struct mms_space *space)
{
	WRITE_ONCE(space->start_ns, mms_clock_ns());
	mms_timeline_clear(&space->timeline);
}

struct mms_state mms_space_state(struct mms_space *space)
{
	/* Pairs with the release in mms_space_end(). */
	return smp_load_acquire(&space->ended) ? space->last : mms_state_exact(space->mm);
}

static struct mms_point point_of(struct mms_space *space, u64 now_ns, const struct mms_state *state)
{
	return (struct mms_point){
		.t_ns = now_ns,
		.state = *state,
		.faults = mms_counters_one(&space->counters, MMS_COUNT_FAULTS),
		.cow = mms_counters_one(&space->counters, MMS_COUNT_COW_PAGES),
	};
}

void mms_space_point(struct mms_space *space, u64 now_ns, const struct mms_state *state)
{
	struct mms_point point = point_of(space, now_ns, state);

	mms_timeline_add(&space->timeline, &point);
}

bool mms_space_now(struct mms_space *space, struct mms_point *now)
{
	struct mms_state state = mms_space_state(space);

	if (READ_ONCE(space->ended))
		return false;
	*now = point_of(space, mms_clock_ns(), &state);
	return true;
}

struct mms_space *mms_space_get(struct mms_space *space)
{
	refcount_inc(&space->refs);
	return space;
}

bool mms_space_tryget(struct mms_space *space)
{
	return refcount_inc_not_zero(&space->refs);
}

void mms_space_put(struct mms_space *space)
{
	if (refcount_dec_and_test(&space->refs))
		queue_rcu_work(free_queue, &space->free);
}

u64 mms_spaces_bytes(void)
{
	u64 each = sizeof(struct mms_space) + nr_cpu_ids * sizeof(void *);

	return atomic_read(&nr_spaces) * each +
	       atomic64_read(&nr_points) * sizeof(struct mms_point) + mms_counters_bytes();
}

unsigned int mms_spaces_number(void)
{
	return atomic_read(&nr_spaces);
}
