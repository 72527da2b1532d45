// SPDX-License-Identifier: GPL-2.0
/*
 * handle_vsz.c - every change of total_vm, measured on its own (law 3)
 *
 * total_vm changes in few functions, under mmap_lock. While one of them runs
 * nobody else changes it, so that what it did is total_vm after less before. They
 * call each other; the outermost one owns the change. munmap may drop the lock
 * before it returns; the pages that it takes away are counted at its entry.
 * mprotect and mremap change total_vm by vm_stat_account() alone, in functions of
 * their own; there the argument tells. docs/compat.md has the list by kernel.
 */
#include <linux/mm.h>

#include "compat/vma.h"
#include "handle.h"
#include "loss.h"
#include "mmscope_trace.h"
#include "space.h"

bool mms_vsz_enter(struct mms_vsz_call *call, struct mm_struct *mm)
{
	struct mms_space *space = mm ? mms_space_find(mm) : NULL;

	if (!space || mms_vsz_is_inside(&space->vsz))
		return false;
	mms_vsz_inside(&space->vsz);
	call->mm = mm;
	call->gen = space->gen;
	call->pages = READ_ONCE(mm->total_vm);
	return true;
}

static struct mms_space *leave(const struct mms_vsz_call *call)
{
	struct mms_space *space = mms_space_find(call->mm);

	if (!space || space->gen != call->gen) {
		mms_loss_count(MMS_LOSS_CALL_RELEASED);
		return NULL;
	}
	mms_vsz_outside(&space->vsz);
	return space;
}

void mms_vsz_show(struct mms_space *space, enum mms_cause cause, s64 pages)
{
	struct mms_state state;

	if (!pages || !trace_vsz_enabled())
		return;
	state = mms_state_cheap(space->mm);
	trace_vsz(space->owner, space->gen, cause, pages, &state);
}

static void changed(struct mms_space *space, enum mms_cause cause, s64 pages)
{
	if (!pages)
		return;
	mms_vsz_add(&space->vsz, space->mm, pages);
	mms_vsz_show(space, cause, pages);
}

static void leave_locked(const struct mms_vsz_call *call, enum mms_cause cause)
{
	struct mms_space *space = leave(call);

	if (space)
		changed(space, cause, READ_ONCE(call->mm->total_vm) - call->pages);
}

void mms_vsz_map_leave(struct mms_vsz_call *call)
{
	leave_locked(call, MMS_CAUSE_MAP);
}

void mms_vsz_brk_leave(struct mms_vsz_call *call)
{
	leave_locked(call, MMS_CAUSE_BRK);
}

void mms_vsz_special_leave(struct mms_vsz_call *call)
{
	leave_locked(call, MMS_CAUSE_SPECIAL);
}

bool mms_vsz_unmap_enter(struct mms_vsz_call *call, struct mm_struct *mm, unsigned long start,
			 unsigned long end)
{
	if (!mms_vsz_enter(call, mm))
		return false;
	call->pages = mms_vma_pages_between(mm, start, end);
	return true;
}

void mms_vsz_unmap_leave(struct mms_vsz_call *call, int result)
{
	struct mms_space *space = leave(call);

	/* 0 or 1 (the lock was dropped) is success; an error has unmapped nothing. */
	if (space && result >= 0)
		changed(space, MMS_CAUSE_UNMAP, -(s64)call->pages);
}

void mms_vsz_change(struct mm_struct *mm, long pages)
{
	struct mms_space *space = mms_space_find(mm);
	struct mms_state state;

	if (!space || mms_vsz_is_inside(&space->vsz))
		return;
	pages = mms_vsz_account(&space->vsz, mm, pages);
	if (!pages || !trace_vsz_enabled())
		return;
	state = mms_state_cheap(mm);
	/* We are at the entry: the kernel does it next. */
	state.vsz_pages += pages;
	trace_vsz(space->owner, space->gen, MMS_CAUSE_REMAP, pages, &state);
}
