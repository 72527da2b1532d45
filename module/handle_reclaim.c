// SPDX-License-Identifier: GPL-2.0
/*
 * handle_reclaim.c - what the kernel does to an address space without a fault: pages go to
 * swap, small pages become a huge one, the OOM killer strikes
 *
 * It happens in any task's context (kswapd, khugepaged, whoever needs memory): charged
 * is the mm.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "compat/folio.h"
#include "handle.h"
#include "loss.h"
#include "mmscope_trace.h"
#include "process.h"
#include "space.h"
#include "ticks.h"

/* Count @number in @counter, and keep the event. */
static void account(struct mms_space *space, enum mms_counter counter, u64 number,
		    struct mms_last_event *event)
{
	unsigned long irq_flags;
	struct mms_slot *slot = mms_slot_get(&space->counters, &irq_flags);

	event->t_ns = mms_clock_ns();
	slot->figures.counter[counter] += number;
	mms_slot_log(slot, event);
	mms_slot_put(&space->counters, slot, irq_flags);
}

static struct mms_space *find(struct mm_struct *mm, u64 gen)
{
	struct mms_space *space = mms_space_find(mm);

	if (space && space->gen == gen)
		return space;
	mms_loss_count(MMS_LOSS_CALL_RELEASED);
	return NULL;
}

/*
 * The folio is locked and mapped: its page tables stay until the call returns, and what
 * it put into swap cannot come back before the folio is unlocked. So the entries tell
 * exactly. The rest of the range is looked at before, since other pages of it may be in
 * swap already.
 */
bool mms_swap_out_enter(struct mms_reclaim_call *call, struct vm_area_struct *vma,
			unsigned long address, unsigned long pages)
{
	struct mms_space *space = mms_space_find(vma->vm_mm);

	if (!space)
		return false;
	call->mm = vma->vm_mm;
	call->gen = space->gen;
	call->start = address;
	call->end = min(address + (pages << PAGE_SHIFT), vma->vm_end);
	call->swapped = mms_pte_tally(call->mm, call->start, call->end).swapped;
	return true;
}

void mms_swap_out_leave(struct mms_reclaim_call *call)
{
	struct mms_space *space = find(call->mm, call->gen);
	struct mms_state state;
	u32 now;

	if (!space)
		return;
	now = mms_pte_tally(call->mm, call->start, call->end).swapped;
	if (now <= call->swapped)
		return;
	now -= call->swapped;
	account(space, MMS_COUNT_SWAP_OUT, now, &(struct mms_last_event){
		.event = MMS_EVENT_SWAP_OUT, .address = call->start, .pages = now });
	state = mms_state_cheap(call->mm);
	trace_swap_out(space->owner, space->gen, call->start, now, &state);
	mms_space_point(space, mms_clock_ns(), &state);
}

bool mms_collapse_enter(struct mms_collapse_call *call, struct mm_struct *mm,
			unsigned long address)
{
	struct mms_space *space = mms_space_find(mm);

	if (!space)
		return false;
	call->mm = mm;
	call->gen = space->gen;
	call->address = address & PMD_MASK;
	call->resident = mms_pte_tally(mm, call->address, call->address + PMD_SIZE).resident;
	call->t0_ns = mms_clock_ns();
	return true;
}

void mms_collapse_leave(struct mms_collapse_call *call, bool collapsed)
{
	u64 ns = mms_clock_ns() - call->t0_ns;
	struct mms_space *space = find(call->mm, call->gen);
	struct mms_state state;

	if (!space || !collapsed)
		return;
	state = mms_state_cheap(call->mm);
	/* khugepaged is another task than its victim: who sees the count finds the event. */
	trace_collapse(space->owner, call, HPAGE_PMD_NR, ns, &state);
	account(space, MMS_COUNT_COLLAPSE, 1, &(struct mms_last_event){
		.event = MMS_EVENT_COLLAPSE, .address = call->address, .ns = ns,
		.pages = HPAGE_PMD_NR });
	mms_space_point(space, mms_clock_ns(), &state);
}

void mms_oom_kill(struct task_struct *victim)
{
	struct mms_process *process = mms_process_of(victim);
	struct mms_space *space;
	struct mms_state state;

	if (!process)
		return;
	space = mms_process_space(process);
	account(space, MMS_COUNT_OOM_KILL, 1, &(struct mms_last_event){
		.event = MMS_EVENT_OOM_KILL });
	if (!READ_ONCE(space->ended)) {
		state = mms_state_exact(space->mm);
		trace_oom_kill(process->tgid, space->gen, &state);
		mms_space_point(space, mms_clock_ns(), &state);
	}
	mms_space_put(space);
}
