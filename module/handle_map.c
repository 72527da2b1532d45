// SPDX-License-Identifier: GPL-2.0
/*
 * handle_map.c - calls that change the address space: brk, mmap, munmap, mremap, mprotect,
 * madvise; and growth of the stack
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "handle.h"
#include "loss.h"
#include "mmscope_trace.h"
#include "space.h"
#include "ticks.h"

/*
 * total_vm is read before and after without mmap_lock. What other threads map or
 * unmap between is then part of the difference; the size after is right always, and
 * handle_vsz.c measures every change on its own.
 */
static bool enter(struct mms_map_call *call, struct mm_struct *mm)
{
	struct mms_space *space = mm ? mms_space_find(mm) : NULL;

	if (!space)
		return false;
	call->mm = mm;
	call->gen = space->gen;
	call->vsz_before = READ_ONCE(mm->total_vm);
	call->t0_ns = mms_clock_ns();
	return true;
}

/*
 * What every leave function begins with: the record again, the time and the
 * state after. NULL when the process was released meanwhile.
 */
static struct mms_space *leave(const struct mms_map_call *call, u64 *ns, struct mms_state *state)
{
	struct mms_space *space = mms_space_find(call->mm);

	*ns = mms_clock_ns() - call->t0_ns;
	if (!space || space->gen != call->gen) {
		mms_loss_count(MMS_LOSS_CALL_RELEASED);
		return NULL;
	}
	*state = mms_state_cheap(call->mm);
	return space;
}

/*
 * What every event does at its end: count, log, take a point. @counter is
 * MMS_NR_COUNTERS when the kernel itself maps (exec): that is no crossing.
 */
static void account(struct mms_space *space, const struct mms_map_call *call,
		    enum mms_event event, enum mms_counter counter, u64 address, u64 ns,
		    const struct mms_state *state)
{
	u64 now_ns = call->t0_ns + ns;
	unsigned long irq_flags;
	struct mms_slot *slot = mms_slot_get(&space->counters, &irq_flags);
	u64 *counters = slot->figures.counter;

	if (counter != MMS_NR_COUNTERS) {
		counters[counter]++;
		if (counter != MMS_COUNT_STACK_GROW)
			counters[MMS_COUNT_SYSCALL_NS] += ns;
	}
	mms_slot_log(slot, &(struct mms_last_event){
		.t_ns = now_ns, .address = address, .ns = ns, .event = event,
		.pages = state->vsz_pages > call->vsz_before ?
				 state->vsz_pages - call->vsz_before :
				 call->vsz_before - state->vsz_pages });
	mms_slot_put(&space->counters, slot, irq_flags);
	mms_vsz_see(&space->vsz, call->mm);
	if (mms_timeline_due(&space->timeline, now_ns))
		mms_space_point(space, now_ns, state);
}

static enum mms_counter unless_exec(enum mms_counter counter)
{
	return current->in_execve ? MMS_NR_COUNTERS : counter;
}

/*
 * Of every process, followed or not: a call that waits for mmap_lock while its process
 * becomes a target moves the break afterwards, and nothing but its return tells (law 3).
 */
bool mms_brk_enter(struct mms_map_call *call, unsigned long requested)
{
	if (!enter(call, current->mm)) {
		call->mm = current->mm;
		call->gen = 0;
		call->vsz_before = READ_ONCE(call->mm->total_vm);
		call->t0_ns = mms_clock_ns();
	}
	call->arg[0] = requested;
	call->arg[1] = READ_ONCE(call->mm->brk);
	return true;
}

void mms_brk_leave(struct mms_map_call *call, unsigned long result)
{
	struct mms_space *space;
	struct mms_state state;
	u64 ns;

	if (!call->gen) {
		space = mms_space_find(call->mm);
		if (likely(!space))
			return;
		call->gen = space->gen;
	}
	space = leave(call, &ns, &state);
	if (!space)
		return;
	call->arg[2] = mms_vsz_heap(&space->vsz, call->mm);
	account(space, call, MMS_EVENT_BRK, MMS_COUNT_BRK, result, ns, &state);
	trace_brk(space->owner, call, result, ns, &state);
}

bool mms_mmap_enter(struct mms_map_call *call, struct file *file, unsigned long address,
		    unsigned long length, unsigned long prot, unsigned long flags,
		    unsigned long page_offset)
{
	if (!enter(call, current->mm))
		return false;
	call->arg[0] = address;
	call->arg[1] = length;
	call->arg[2] = prot;
	call->arg[3] = flags;
	call->arg[4] = page_offset;
	memset(call->file, 0, sizeof(call->file));
	/* %pd reads the name safely against a rename, without a lock. */
	if (file)
		scnprintf(call->file, sizeof(call->file), "%pd", file->f_path.dentry);
	/* The name took a while, and that is not the call's. */
	call->t0_ns = mms_clock_ns();
	return true;
}

void mms_mmap_leave(struct mms_map_call *call, unsigned long result)
{
	struct mms_state state;
	u64 ns;
	struct mms_space *space = leave(call, &ns, &state);
	int error = IS_ERR_VALUE(result) ? (int)(long)result : 0;
	u64 address = error ? call->arg[0] : result;

	if (!space)
		return;
	account(space, call, MMS_EVENT_MMAP, unless_exec(MMS_COUNT_MMAP), address, ns, &state);
	trace_mmap(space->owner, call, address, error, ns, &state);
}

bool mms_munmap_enter(struct mms_map_call *call, unsigned long address, unsigned long length)
{
	if (!enter(call, current->mm))
		return false;
	call->arg[0] = address;
	call->arg[1] = length;
	return true;
}

void mms_munmap_leave(struct mms_map_call *call, unsigned long result)
{
	struct mms_state state;
	u64 ns;
	struct mms_space *space = leave(call, &ns, &state);

	if (!space)
		return;
	account(space, call, MMS_EVENT_MUNMAP, unless_exec(MMS_COUNT_MUNMAP), call->arg[0], ns,
		&state);
	trace_munmap(space->owner, call, (int)result, ns, &state);
}

bool mms_mremap_enter(struct mms_map_call *call, unsigned long address, unsigned long old_length,
		      unsigned long new_length, unsigned long flags)
{
	if (!enter(call, current->mm))
		return false;
	call->arg[0] = address;
	call->arg[1] = old_length;
	call->arg[2] = new_length;
	call->arg[3] = flags;
	return true;
}

void mms_mremap_leave(struct mms_map_call *call, unsigned long result)
{
	struct mms_state state;
	u64 ns;
	struct mms_space *space = leave(call, &ns, &state);
	int error = IS_ERR_VALUE(result) ? (int)(long)result : 0;

	if (!space)
		return;
	account(space, call, MMS_EVENT_MREMAP, MMS_COUNT_MREMAP, call->arg[0], ns, &state);
	trace_mremap(space->owner, call, error ? 0 : result, error, ns, &state);
}

bool mms_mprotect_enter(struct mms_map_call *call, unsigned long address, unsigned long length,
			unsigned long prot)
{
	if (!enter(call, current->mm))
		return false;
	call->arg[0] = address;
	call->arg[1] = length;
	call->arg[2] = prot;
	return true;
}

void mms_mprotect_leave(struct mms_map_call *call, int result)
{
	struct mms_state state;
	u64 ns;
	struct mms_space *space = leave(call, &ns, &state);

	if (!space)
		return;
	account(space, call, MMS_EVENT_MPROTECT, unless_exec(MMS_COUNT_MPROTECT), call->arg[0], ns,
		&state);
	trace_mprotect(space->owner, call, result, ns, &state);
}

bool mms_madvise_enter(struct mms_map_call *call, struct mm_struct *mm, unsigned long address,
		       unsigned long length, int behavior)
{
	if (!enter(call, mm))
		return false;
	call->arg[0] = address;
	call->arg[1] = length;
	call->arg[2] = behavior;
	return true;
}

void mms_madvise_leave(struct mms_map_call *call, int result)
{
	struct mms_state state;
	u64 ns;
	struct mms_space *space = leave(call, &ns, &state);

	if (!space)
		return;
	account(space, call, MMS_EVENT_MADVISE, MMS_COUNT_MADVISE, call->arg[0], ns, &state);
	trace_madvise(space->owner, call, result, ns, &state);
}

bool mms_stack_grow_enter(struct mms_map_call *call, struct vm_area_struct *vma,
			  unsigned long address)
{
	struct mms_space *space;

	if (!enter(call, vma->vm_mm))
		return false;
	space = mms_space_find(call->mm);
	mms_vsz_inside(&space->vsz);
	call->arg[0] = address & PAGE_MASK;
	call->arg[1] = mms_vsz_grown(&space->vsz);
	call->arg[2] = READ_ONCE(vma->vm_start);
	call->vma = vma;
	return true;
}

void mms_stack_grow_leave(struct mms_map_call *call, unsigned long result)
{
	struct mms_state state;
	u64 ns;
	struct mms_space *space = leave(call, &ns, &state);

	if (!space)
		return;
	mms_vsz_outside(&space->vsz);
	/* Called for an address inside the VMA as well, and then nothing grows. */
	call->grown_pages = (int)result ? 0 : mms_vsz_grow(&space->vsz, call->vma, call->arg[2],
							   call->arg[1]);
	if (!call->grown_pages)
		return;
	mms_vsz_add(&space->vsz, call->mm, call->grown_pages);
	account(space, call, MMS_EVENT_STACK_GROW, unless_exec(MMS_COUNT_STACK_GROW), call->arg[0],
		ns, &state);
	mms_vsz_show(space, MMS_CAUSE_STACK, call->grown_pages);
	trace_stack_grow(space->owner, call, &state);
}
