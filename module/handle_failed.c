// SPDX-License-Identifier: GPL-2.0
/*
 * handle_failed.c - accesses that came to nothing
 *
 * A bad access from user mode mostly never reaches handle_mm_fault(): no VMA, or no
 * right. What they all come to is a signal. An access by the kernel for a system call
 * that goes wrong in this way is EFAULT and leaves no trace here.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include "classify.h"
#include "handle.h"
#include "mmscope_trace.h"
#include "space.h"
#include "ticks.h"

static void failed(struct mms_space *space, struct mms_failed_fault *fault)
{
	unsigned long irq_flags;
	struct mms_slot *slot = mms_slot_get(&space->counters, &irq_flags);
	struct mms_state state;
	struct pt_regs *user;

	slot->figures.outcome[fault->outcome]++;
	mms_slot_log(slot, &(struct mms_last_event){
		.t_ns = mms_clock_ns(), .address = fault->address,
		.event = MMS_EVENT_FAULT_ERROR, .kind = fault->outcome });
	mms_slot_put(&space->counters, slot, irq_flags);
	if (!trace_fault_error_enabled())
		return;
	user = mms_user_regs();
	fault->ip = user ? instruction_pointer(user) : 0;
	state = mms_state_cheap(space->mm);
	trace_fault_error(space->owner, space->gen, fault, &state);
}

void mms_fault_failed(struct mms_space *space, const struct mms_fault_call *call,
		      vm_fault_t result)
{
	struct mms_failed_fault fault = {
		.address = call->address,
		.origin = call->origin,
		.flags = mms_fault_flags(call),
	};

	if (result & VM_FAULT_OOM)
		fault.outcome = MMS_OUTCOME_OOM;
	else if (result & (VM_FAULT_SIGBUS | VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE))
		fault.outcome = MMS_OUTCOME_SIGBUS;
	else
		return;
	failed(space, &fault);
}

void mms_segv(unsigned long address, enum mms_outcome outcome, u8 flags)
{
	struct mms_space *space = current->mm ? mms_space_find(current->mm) : NULL;
	struct mms_failed_fault fault = {
		.address = address,
		.outcome = outcome,
		.origin = MMS_ORIGIN_USER,
		.flags = flags,
	};

	if (space)
		failed(space, &fault);
}
