/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat/cgroup.h - the cgroup of a task, also where the kernel has no cgroups
 *
 * Not a matter of version but of configuration: without CONFIG_CGROUPS
 * cgroup_get_from_path() is declared nowhere.
 */
#ifndef MMSCOPE_COMPAT_CGROUP_H
#define MMSCOPE_COMPAT_CGROUP_H

#include <linux/err.h>
#include <linux/sched.h>
#include <linux/types.h>

struct cgroup;

#ifdef CONFIG_CGROUPS

#include <linux/cgroup.h>

/**
 * mms_cgroup_get() - a cgroup of the unified hierarchy by its path, with a reference
 * @path: as in /proc/PID/cgroup, line "0::", from current's cgroup namespace
 *
 * Context: may sleep.
 * Return: the cgroup, or an ERR_PTR: -ENOENT, -ENOTDIR.
 */
static inline struct cgroup *mms_cgroup_get(const char *path)
{
	return cgroup_get_from_path(path);
}

static inline void mms_cgroup_put(struct cgroup *cgroup)
{
	cgroup_put(cgroup);
}

/* Has it been removed? As cgroup_is_dead() in kernel/cgroup/cgroup-internal.h. */
static inline bool mms_cgroup_is_gone(const struct cgroup *cgroup)
{
	return !(READ_ONCE(cgroup->self.flags) & CSS_ONLINE);
}

/**
 * mms_cgroup_has() - is a process in the cgroup, or in one below?
 * @cgroup: the cgroup
 * @task: a thread of the process; its leader decides
 *
 * Context: under rcu_read_lock(), or with preemption off.
 */
static inline bool mms_cgroup_has(struct cgroup *cgroup, const struct task_struct *task)
{
	return cgroup_is_descendant(task_dfl_cgroup(task->group_leader), cgroup);
}

#else

static inline struct cgroup *mms_cgroup_get(const char *path)
{
	return ERR_PTR(-ENOENT);
}

static inline void mms_cgroup_put(struct cgroup *cgroup)
{
}

static inline bool mms_cgroup_is_gone(const struct cgroup *cgroup)
{
	return true;
}

static inline bool mms_cgroup_has(struct cgroup *cgroup, const struct task_struct *task)
{
	return false;
}

#endif

#endif /* MMSCOPE_COMPAT_CGROUP_H */
