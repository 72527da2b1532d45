// SPDX-License-Identifier: GPL-2.0
/*
 * handle_fault.c - page faults
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/clock.h>
#include <linux/sched/task_stack.h>
#include <linux/sizes.h>

#include "classify.h"
#include "compat/fault.h"
#include "compat/folio.h"
#include "handle.h"
#include "loss.h"
#include "mmscope_trace.h"
#include "process.h"
#include "space.h"

/*
 * Fault-around maps at most this much around the address, aligned to its own
 * size (mm/memory.c, fault_around_bytes, 64 KiB unless an administrator changes
 * it in debugfs).
 */
#define WINDOW_BYTES SZ_64K

/*
 * User registers of current: of the system call, when the kernel made the
 * access. Until exec is done they are those of the program that goes away.
 */
static struct pt_regs *user_regs_of_current(void)
{
	if ((current->flags & (PF_KTHREAD | MMS_PF_USER_WORKER)) || current->in_execve)
		return NULL;
	return task_pt_regs(current);
}

static enum mms_origin origin_of(const struct pt_regs *regs, const struct mm_struct *mm)
{
	if (regs)
		return user_mode((struct pt_regs *)regs) ? MMS_ORIGIN_USER : MMS_ORIGIN_KERNEL;
	return mm == current->mm ? MMS_ORIGIN_GUP : MMS_ORIGIN_REMOTE;
}

/*
 * Other file pages can come with this one: remember how many are there already.
 * The bounds are those of do_fault_around() in mm/memory.c: from the aligned
 * start or that of the VMA, so far as VMA and page table reach.
 */
static void note_window(struct mms_fault_call *call, const struct vm_area_struct *vma)
{
	unsigned long start = call->address & ~((unsigned long)WINDOW_BYTES - 1);

	call->window_start = max(start, vma->vm_start);
	call->window_end = min3(call->window_start + WINDOW_BYTES,
				(call->address & PMD_MASK) + PMD_SIZE, vma->vm_end);
	call->window_used = mms_pte_count(call->mm, call->window_start, call->window_end);
}

/*
 * The fault is on an mm that is not followed. It concerns us all the same when
 * a task of a followed process makes it: the kernel counts it in that task
 * (law 1). exec filling the new mm, ptrace, process_vm_writev() do so.
 */
static bool enter_remote(struct mms_fault_call *call, const struct mm_struct *mm)
{
	if (likely(mm == current->mm) || !mms_process_of(current))
		return false;
	call->gen = 0;
	return true;
}

bool mms_fault_enter(struct mms_fault_call *call, struct vm_area_struct *vma, unsigned long address,
		     unsigned int flags, struct pt_regs *regs)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mms_space *space = mms_space_find(mm);
	const struct pt_regs *user;

	if (!space)
		return enter_remote(call, mm);
	user = user_regs_of_current();
	call->mm = mm;
	call->gen = space->gen;
	call->address = address & PAGE_MASK;
	call->ip = user ? instruction_pointer((struct pt_regs *)user) : 0;
	call->origin = origin_of(regs, mm);
	call->flags = (flags & FAULT_FLAG_WRITE ? MMS_FAULT_WRITE : 0) |
		      (flags & FAULT_FLAG_INSTRUCTION ? MMS_FAULT_EXEC : 0);
	call->private_wanted = flags & (FAULT_FLAG_WRITE | MMS_FAULT_FLAG_UNSHARE);
	call->tried = flags & FAULT_FLAG_TRIED;
	call->shared = vma->vm_flags & VM_SHARED;
	call->backing = mms_backing_of(vma);
	call->region = mms_region_of(vma, call->backing, space->exe,
				     user ? user_stack_pointer((struct pt_regs *)user) : 0);
	call->seen_ns = atomic_read(&mm->mm_users) > 1 ? local_clock() : 0;
	call->before = mms_pte_read(mm, address);
	if (!call->before.flags &&
	    (call->backing == MMS_BACKING_FILE || call->backing == MMS_BACKING_SHMEM))
		note_window(call, vma);
	call->t0_ns = local_clock();
	return true;
}
NOKPROBE_SYMBOL(mms_fault_enter);

/* Page-cache pages that came with this fault; none when it only made one writable. */
static unsigned int cache_pages(const struct mms_fault_call *call, struct mms_pte after)
{
	unsigned int used;

	if (call->before.flags & MMS_PTE_PRESENT)
		return 0;
	if (after.flags & MMS_PTE_HUGE)
		return HPAGE_PMD_NR;
	used = mms_pte_count(call->mm, call->window_start, call->window_end);
	/* Others may have unmapped meanwhile; the page at the address is there. */
	return used > call->window_used ? used - call->window_used : 1;
}

/* Pages that the fault mapped or replaced, and the order of what it mapped. */
static void measure(const struct mms_fault_call *call, struct mms_pte after,
		    struct mms_fault_result *result)
{
	result->order = after.flags & MMS_PTE_HUGE ? HPAGE_PMD_ORDER : 0;
	switch (result->kind) {
	case MMS_KIND_HUGETLB: /* not in RSS; its size is the hstate's */
	case MMS_KIND_OTHER:
		result->pages = 0;
		break;
	case MMS_KIND_FILE_READ:
	case MMS_KIND_FILE_WRITE:
	case MMS_KIND_SHMEM:
		result->pages = cache_pages(call, after);
		break;
	case MMS_KIND_ANON_ALLOC:
		result->order = mms_fault_order(after.pfn);
		fallthrough;
	default:
		result->pages = 1U << result->order;
		break;
	}
}

static void count(struct mms_slot *slot, const struct mms_fault_call *call,
		  const struct mms_fault_result *result, bool own)
{
	struct mms_cell *cell = &slot->figures.cell[result->kind][call->region];
	u64 *counter = slot->figures.counter;

	cell->count++;
	cell->pages += result->pages;
	cell->ns += result->ns;
	counter[own ? MMS_COUNT_OWN : MMS_COUNT_REMOTE_IN]++;
	counter[MMS_COUNT_USER + call->origin]++;
	if (call->flags & MMS_FAULT_MAJOR)
		counter[MMS_COUNT_MAJOR]++;
	if (result->kind == MMS_KIND_COW_COPY || result->kind == MMS_KIND_COW_FILE) {
		counter[MMS_COUNT_COW_BREAKS]++;
		counter[MMS_COUNT_COW_PAGES] += result->pages;
	}
}

static void emit(const struct mms_space *space, const struct mms_fault_call *call,
		 const struct mms_fault_result *result, const struct mms_state *state)
{
	trace_fault(space->owner, call, result, state);
	if (result->kind == MMS_KIND_COW_COPY || result->kind == MMS_KIND_COW_FILE)
		trace_cow_break(space->owner, call, result, state);
}

static void leave_completed(struct mms_space *space, struct mms_fault_call *call, u64 now_ns)
{
	struct mms_fault_result result = { .ns = now_ns - call->t0_ns };
	struct mms_pte after = mms_pte_read(call->mm, call->address);
	bool own = current->tgid == space->owner;
	struct mms_process *other;
	unsigned long irq_flags;
	struct mms_slot *slot;

	result.kind = mms_kind_of(call->backing, call->shared, call->private_wanted, call->before,
				  after);
	/* Other threads may have been at the same page at the same time. */
	if (atomic_read(&call->mm->mm_users) > 1 && result.kind != MMS_KIND_OTHER &&
	    !mms_claim(&space->claims, call->address, call->before, after, call->seen_ns, now_ns))
		result.kind = MMS_KIND_OTHER;
	measure(call, after, &result);
	slot = mms_slot_get(&space->counters, &irq_flags);
	count(slot, call, &result, own);
	mms_slot_log(slot, &(struct mms_last_event){
		.t_ns = now_ns, .address = call->address, .ns = result.ns, .pages = result.pages,
		.event = MMS_EVENT_FAULT, .kind = result.kind, .region = call->region });
	mms_slot_put(&space->counters, slot, irq_flags);
	if (unlikely(!own)) {
		other = mms_process_of(current);
		if (other)
			atomic64_inc(&other->remote_out);
	}
	if (trace_fault_enabled() || trace_cow_break_enabled() ||
	    mms_timeline_due(&space->timeline, now_ns)) {
		struct mms_state state = mms_state_cheap(call->mm);

		emit(space, call, &result, &state);
		if (mms_timeline_due(&space->timeline, now_ns))
			mms_space_point(space, now_ns, &state);
	}
}

/* The call did not complete: the access will be tried again, or it failed. */
static void leave_incomplete(struct mms_space *space, const struct mms_fault_call *call,
			     vm_fault_t result, u64 now_ns)
{
	unsigned long irq_flags;
	struct mms_slot *slot = mms_slot_get(&space->counters, &irq_flags);
	u64 *counter = slot->figures.counter;

	if (result & VM_FAULT_ERROR) {
		counter[MMS_COUNT_ERROR]++;
	} else {
		counter[MMS_COUNT_RETRY]++;
		counter[MMS_COUNT_RETRY_NS] += now_ns - call->t0_ns;
	}
	mms_slot_put(&space->counters, slot, irq_flags);
}

static void leave_remote(vm_fault_t result)
{
	struct mms_process *process;

	if (result & (VM_FAULT_RETRY | VM_FAULT_ERROR))
		return;
	process = mms_process_of(current);
	if (process)
		atomic64_inc(&process->remote_out);
}

void mms_fault_leave(struct mms_fault_call *call, vm_fault_t result)
{
	u64 now_ns = local_clock();
	struct mms_space *space;

	if (!call->gen) {
		leave_remote(result);
		return;
	}
	/* The call may have slept: the record is looked up again rather than referenced. */
	space = mms_space_find(call->mm);
	if (!space || space->gen != call->gen) {
		mms_loss_count(MMS_LOSS_CALL_RELEASED);
		return;
	}
	if (result & (VM_FAULT_RETRY | VM_FAULT_ERROR)) {
		leave_incomplete(space, call, result, now_ns);
		return;
	}
	/* As mm_account_fault() in mm/memory.c decides. */
	if ((result & VM_FAULT_MAJOR) || call->tried)
		call->flags |= MMS_FAULT_MAJOR;
	leave_completed(space, call, now_ns);
}
NOKPROBE_SYMBOL(mms_fault_leave);
