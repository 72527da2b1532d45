// SPDX-License-Identifier: GPL-2.0
/*
 * regions.c - the address space of a live process, region by region
 */
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "classify.h"
#include "regions.h"
#include "space.h"

/* Page tables and VMAs that are looked at before mmap_lock is given to others. */
#define STEPS_AT_ONCE 512

/* User stack pointers of all threads, sorted. */
struct stacks {
	unsigned long *pointer;
	unsigned int number;
};

/* As many as fit; returns how many threads there are. */
static unsigned int copy_pointers(struct pid *pid, const struct mm_struct *mm,
				  unsigned long *pointer, unsigned int room)
{
	struct task_struct *leader, *thread;
	unsigned int number = 0;

	rcu_read_lock();
	leader = pid_task(pid, PIDTYPE_TGID);
	if (!leader)
		goto out;
	for_each_thread(leader, thread) {
		/* A task that still has its mm has its kernel stack, where the registers are. */
		task_lock(thread);
		if (thread->mm == mm && !(thread->flags & (PF_KTHREAD | MMS_PF_USER_WORKER)) &&
		    number++ < room)
			pointer[number - 1] = user_stack_pointer(task_pt_regs(thread));
		task_unlock(thread);
	}
out:
	rcu_read_unlock();
	return number;
}

static int compare(const void *a, const void *b)
{
	unsigned long first = *(const unsigned long *)a, second = *(const unsigned long *)b;

	if (first == second)
		return 0;
	return first < second ? -1 : 1;
}

static int read_stacks(struct stacks *stacks, struct pid *pid, const struct mm_struct *mm)
{
	unsigned int room = 0, number;

	stacks->pointer = NULL;
	while ((number = copy_pointers(pid, mm, stacks->pointer, room)) > room) {
		kvfree(stacks->pointer);
		room = number + 16;
		stacks->pointer = kvmalloc_array(room, sizeof(*stacks->pointer), GFP_KERNEL);
		if (!stacks->pointer)
			return -ENOMEM;
	}
	stacks->number = number;
	sort(stacks->pointer, number, sizeof(*stacks->pointer), compare, NULL);
	return 0;
}

/* Does a thread have its stack there? */
static bool has_stack(const struct stacks *stacks, const struct vm_area_struct *vma)
{
	unsigned int from = 0, to = stacks->number;

	/* The first pointer that is not below the VMA. */
	while (from < to) {
		unsigned int middle = from + (to - from) / 2;

		if (stacks->pointer[middle] < vma->vm_start)
			from = middle + 1;
		else
			to = middle;
	}
	return from < stacks->number && stacks->pointer[from] < vma->vm_end;
}

static enum mms_region region_of(const struct vm_area_struct *vma, const struct inode *exe,
				 const struct stacks *stacks)
{
	enum mms_region region = mms_region_of_vma(vma, exe);

	return region == MMS_REGION_ANON && has_stack(stacks, vma) ? MMS_REGION_THREAD_STACK :
								    region;
}

/* Look at some of the address space from @address on. Returns where to go on, 0 at the end. */
static unsigned long walk_some(struct mm_struct *mm, unsigned long address,
			       const struct inode *exe, const struct stacks *stacks,
			       struct mms_region_size size[MMS_NR_REGIONS])
{
	unsigned int steps = 0;

	while (steps < STEPS_AT_ONCE) {
		struct vm_area_struct *vma = find_vma(mm, address);
		struct mms_region_size *region;
		unsigned long from;

		if (!vma)
			return 0;
		region = &size[region_of(vma, exe, stacks)];
		/* Else the lock was given away in the middle of it. */
		if (address <= vma->vm_start) {
			address = vma->vm_start;
			region->vmas++;
		}
		from = address;
		while (address < vma->vm_end && steps++ < STEPS_AT_ONCE)
			address = mms_resident_add(vma, address, vma->vm_end, &region->resident);
		region->vsz_pages += (address - from) >> PAGE_SHIFT;
	}
	return address;
}

static int walk(struct mms_space *space, const struct stacks *stacks,
		struct mms_region_size size[MMS_NR_REGIONS])
{
	struct mm_struct *mm = space->mm;
	unsigned long address = 0;

	do {
		if (mmap_read_lock_killable(mm))
			return -EINTR;
		address = walk_some(mm, address, space->exe, stacks, size);
		mmap_read_unlock(mm);
		cond_resched();
	} while (address);
	return 0;
}

int mms_regions_read(struct mms_space *space, struct pid *pid,
		     struct mms_region_size size[MMS_NR_REGIONS])
{
	struct stacks stacks;
	int error;

	memset(size, 0, MMS_NR_REGIONS * sizeof(*size));
	/* As /proc does: the last user of an mm may end while it is being read. */
	if (!mmget_not_zero(space->mm))
		return -ESRCH;
	error = read_stacks(&stacks, pid, space->mm);
	if (!error)
		error = walk(space, &stacks, size);
	kvfree(stacks.pointer);
	mmput(space->mm);
	return error;
}
