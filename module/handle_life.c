// SPDX-License-Identifier: GPL-2.0
/*
 * handle_life.c - the life of a process: fork, exec, exit
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "handle.h"
#include "loss.h"
#include "mmscope_trace.h"
#include "process.h"
#include "space.h"
#include "target.h"
#include "ticks.h"

static void log_event(struct mms_space *space, enum mms_event event, const struct mms_state *state)
{
	unsigned long irq_flags;
	struct mms_slot *slot = mms_slot_get(&space->counters, &irq_flags);
	u64 now_ns = mms_clock_ns();

	mms_slot_log(slot, &(struct mms_last_event){
		.t_ns = now_ns, .event = event, .pages = state->vsz_pages });
	mms_slot_put(&space->counters, slot, irq_flags);
	mms_space_point(space, now_ns, state);
}

/* The row that a new process comes in by: its parent's, or one that it fits itself. */
static struct mms_target *row_of_child(const struct mms_process *parent,
				       const struct task_struct *child)
{
	struct mms_target *row;

	if (parent && !READ_ONCE(parent->exited) && mms_follow_fork()) {
		row = READ_ONCE(parent->target);
		if (mms_target_keeps_child(row, child))
			return row;
	}
	return mms_target_match(child);
}

void mms_fork(struct task_struct *child)
{
	struct mms_process *parent = mms_process_of(current), *process;
	struct mms_space *from = NULL, *space;
	struct mms_target *row;
	struct mms_state state;

	/* A thread belongs to its process already; a kernel thread has no mm. */
	if (!child->mm || (child->flags & PF_KTHREAD) || child->tgid == current->tgid)
		return;
	row = row_of_child(parent, child);
	if (!row || mms_process_follow(child, child->mm, row, false))
		return;
	process = mms_process_of(child);
	if (!process)
		return;
	space = mms_process_space(process);
	state = mms_state_exact(child->mm);
	if (space->owner == child->tgid)
		log_event(space, MMS_EVENT_FORK, &state);
	if (parent)
		from = mms_process_space(parent);
	trace_fork(current->tgid, from ? from->gen : 0, child->tgid, space->gen, &state);
	if (from)
		mms_space_put(from);
	mms_space_put(space);
}

void mms_exec(const char *filename)
{
	struct mms_process *process = mms_process_of(current);
	struct mm_struct *mm = current->mm;
	struct mms_target *row;
	struct mms_space *space;
	struct mms_state state;
	u64 old_gen = 0;

	if (process) {
		space = mms_process_space(process);
		old_gen = space->gen;
		mms_space_put(space);
		if (mms_process_exec(process, mm))
			return;
	} else {
		/* exec has just given it a new name: a "comm" row may fit now. */
		row = mms_target_match(current);
		if (!row || mms_process_follow(current, mm, row, false))
			return;
		process = mms_process_of(current);
		if (!process)
			return;
	}
	space = mms_process_space(process);
	state = mms_state_exact(mm);
	log_event(space, MMS_EVENT_EXEC, &state);
	trace_exec(current->tgid, space->gen, old_gen, filename, &state);
	mms_space_put(space);
}

/* exec tears down the old mm while the task has the new one; an exiting task has none. */
static bool is_exec(const struct mms_space *space)
{
	return current->tgid == space->owner && current->mm;
}

bool mms_move_enter(void)
{
	return mms_targets_have_cgroup();
}

void mms_move_leave(void)
{
	mms_targets_moved();
}

void mms_exit_mm(struct mm_struct *mm)
{
	struct mms_space *space = mms_space_find(mm);
	struct mms_process *process;
	struct mms_vsz_sums vsz;
	struct mms_state state;

	if (!space || !mms_space_tryget(space))
		return;
	/* Our own task tears it down: last chance to read the kernel's counts of a whole group. */
	process = mms_process_of(current);
	if (process && process->tgid == space->owner)
		mms_process_note_kernel(process);
	state = mms_state_exact(mm);
	vsz = mms_vsz_read(&space->vsz);
	if (state.vsz_pages != vsz.begin + vsz.sum)
		mms_loss_count(MMS_LOSS_VSZ_UNSEEN);
	log_event(space, MMS_EVENT_EXIT, &state);
	mms_space_end(space, &state);
	if (trace_exit_enabled() && !is_exec(space))
		trace_exit(space->owner, space->gen,
			   mms_counters_one(&space->counters, MMS_COUNT_FAULTS),
			   mms_counters_one(&space->counters, MMS_COUNT_COW_BREAKS),
			   mms_counters_fault_ns(&space->counters), &state);
	mms_space_put(space);
}

void mms_exit_task(void)
{
	struct mms_process *process = mms_process_of(current);

	/* signal->live counts the threads that have not begun to end. */
	if (process && !atomic_read(&current->signal->live))
		mms_process_exit(process);
}
