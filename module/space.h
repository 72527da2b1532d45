/* SPDX-License-Identifier: GPL-2.0 */
/*
 * space.h - address spaces that are followed
 *
 * A record belongs to one mm_struct for as long as it is in the table. The mm is
 * pinned (mmgrab), so that its address cannot be given to another mm meanwhile,
 * and it carries a generation number that is never used again.
 *
 * Life: mms_space_create() -> found by mms_space_find() -> mms_space_end() when
 * the mm is torn down or no longer followed -> readable until the last
 * mms_space_put().
 */
#ifndef MMSCOPE_SPACE_H
#define MMSCOPE_SPACE_H

#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "claim.h"
#include "compat/retry.h"
#include "counters.h"
#include "midlife.h"
#include "state.h"
#include "timeline.h"
#include "vsz.h"

struct inode;
struct mm_struct;
struct task_struct;

/**
 * struct mms_space - one address space
 * @node: in the table, by @mm; under the table's lock, read under RCU
 * @mm: pinned until the record is freed
 * @gen: generation
 * @owner: tgid (initial pid namespace) of the process that it belongs to
 * @exe: inode of the main program at the time of exec; only compared, never followed
 * @start_ns: mms_clock_ns() when following, or counting, began
 * @users: live process records that point here; more than one after vfork and CLONE_VM
 * @midlife: of the owner, if it became a target while it ran; else NULL
 * @unsettled: it has threads that have not called mms_midlife_settle()
 * @claims: who did the work when threads fault on one page at once
 * @retries: what attempts saw that are made again though they did the work
 * @counters: figures
 * @timeline: VSZ and RSS over time
 * @vsz: how VSZ and the heap came to be what they are (laws 2 and 3)
 * @ended: set once, after @last; pairs acquire/release
 * @last: state at the end
 * @refs: references
 * @free: frees the record after a grace period, where sleeping is allowed
 */
struct mms_space {
	struct hlist_node node;
	struct mm_struct *mm;
	u64 gen;
	pid_t owner;
	const struct inode *exe;
	u64 start_ns;
	atomic_t users;
	struct mms_midlife *midlife;
	bool unsettled;
	struct mms_claims claims;
	struct mms_retries retries;
	struct mms_counters counters;
	struct mms_timeline timeline;
	struct mms_vsz vsz;
	bool ended;
	struct mms_state last;
	refcount_t refs;
	struct rcu_work free;
};

#define MMS_SPACE_BITS 10

/* Writers hold a lock of space.c. Here for mms_space_find(), which is on the fault path. */
extern struct hlist_head mms_space_table[1 << MMS_SPACE_BITS];

static __always_inline struct hlist_head *mms_space_bucket(const struct mm_struct *mm)
{
	return &mms_space_table[hash_ptr(mm, MMS_SPACE_BITS)];
}

int mms_spaces_init(unsigned int timeline_points);

/* Address spaces that begin from now on have timelines of so many points. */
void mms_spaces_limit(unsigned int timeline_points);

/* No handler runs any more and every reference is gone. Waits for records that are being freed. */
void mms_spaces_exit(void);

/**
 * mms_space_create() - follow an address space
 * @mm: alive or pinned by the caller
 * @owner: tgid of its process
 * @midlife: NULL, or what is known of its threads; is the record's from now on
 *
 * Context: any but NMI; allocates atomically.
 * Return: the record with a reference and a use for the caller: a new one, or the
 * one that another process with the same mm (vfork, CLONE_VM) made; NULL without
 * memory. The use is given back by mms_space_leave().
 */
struct mms_space *mms_space_create(struct mm_struct *mm, pid_t owner,
				   struct mms_midlife *midlife);

/**
 * mms_space_create_running() - the same for a process whose threads may be faulting
 * @task: one of them
 * @mm: alive or pinned by the caller
 * @base: result: the kernel's counts of the group when the record was published
 *
 * Context: preemption off; takes the process' siglock.
 * Return: as mms_space_create(); NULL also when the process has been released.
 */
struct mms_space *mms_space_create_running(struct task_struct *task, struct mm_struct *mm,
					   struct mms_kernel_faults *base);

/**
 * mms_space_find() - the record of an mm, if it is followed
 * @mm: any mm
 *
 * Context: preemption off (an RCU read-side section since 4.20 and what every
 * probe handler has); the record is valid as long as it stays off.
 */
static __always_inline struct mms_space *mms_space_find(const struct mm_struct *mm)
{
	struct mms_space *space;

	hlist_for_each_entry_rcu_notrace(space, mms_space_bucket(mm), node)
		if (likely(space->mm == mm))
			return space;
	return NULL;
}

/**
 * mms_space_settle() - current begins a fault
 * @space: of its process
 *
 * Context: handlers.
 */
static __always_inline void mms_space_settle(struct mms_space *space)
{
	if (unlikely(READ_ONCE(space->unsettled)) && !mms_midlife_settle(space->midlife))
		WRITE_ONCE(space->unsettled, false);
}

/**
 * mms_space_end() - the mm is being torn down, or is no longer followed
 * @space: whose; idempotent
 * @last: its last state
 *
 * Takes the record out of the table. Context: any but NMI.
 */
void mms_space_end(struct mms_space *space, const struct mms_state *last);

/**
 * mms_space_leave() - a process no longer uses it
 * @space: whose
 *
 * Return: true when that was the last followed process. The mm may live on (a
 * reader of /proc, a process that is not followed) until exit_mmap().
 */
bool mms_space_leave(struct mms_space *space);

/**
 * mms_space_restart() - its time and its timeline begin anew
 * @space: whose
 */
void mms_space_restart(struct mms_space *space);

/**
 * mms_space_state() - exact state: now, or at the end
 * @space: whose; the caller has a reference
 */
struct mms_state mms_space_state(struct mms_space *space);

/**
 * mms_space_now() - what a point of the timeline would be now, exactly
 * @space: whose; the caller has a reference
 * @now: result
 *
 * Return: false when the address space has ended: its last point is its end.
 */
bool mms_space_now(struct mms_space *space, struct mms_point *now);

/**
 * mms_space_point() - take a point of the timeline
 * @space: whose
 * @now_ns: mms_clock_ns()
 * @state: the state to be kept
 */
void mms_space_point(struct mms_space *space, u64 now_ns, const struct mms_state *state);

struct mms_space *mms_space_get(struct mms_space *space);

/* For a record that was looked up without a lock: false when it is being freed. */
bool mms_space_tryget(struct mms_space *space);
void mms_space_put(struct mms_space *space);

/**
 * mms_spaces_bytes() - memory that the records use now, counters and timelines included
 */
u64 mms_spaces_bytes(void);

/**
 * mms_spaces_number() - records in memory now
 */
unsigned int mms_spaces_number(void);

#endif /* MMSCOPE_SPACE_H */
