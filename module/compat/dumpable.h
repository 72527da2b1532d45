/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/dumpable.h - may others of the same user look into a process?
 *
 * The answer moved from the mm's flags (get_dumpable()) to task->exec_state in
 * 7.2 (linux/sched/exec_state.h). SUID_DUMP_USER, a macro, went with it.
 */
#ifndef MMSCOPE_COMPAT_DUMPABLE_H
#define MMSCOPE_COMPAT_DUMPABLE_H

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>

#ifdef SUID_DUMP_USER

/**
 * mms_dumpable() - as PR_GET_DUMPABLE, 1
 * @task: a task that cannot be released meanwhile
 * @mm: its mm, or the one that it had; pinned
 *
 * Context: under rcu_read_lock().
 */
static inline bool mms_dumpable(const struct task_struct *task, struct mm_struct *mm)
{
	return get_dumpable(mm) == SUID_DUMP_USER;
}

#else

#include <linux/sched/exec_state.h>

static inline bool mms_dumpable(const struct task_struct *task, struct mm_struct *mm)
{
	const struct task_exec_state *state = rcu_dereference(task->exec_state);

	return state && READ_ONCE(state->dumpable) == TASK_DUMPABLE_OWNER;
}

#endif

#endif /* MMSCOPE_COMPAT_DUMPABLE_H */
