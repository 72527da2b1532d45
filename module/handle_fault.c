// SPDX-License-Identifier: GPL-2.0
/*
 * handle_fault.c - page faults
 */
#include <linux/kprobes.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
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
#include "ticks.h"

/*
 * Fault-around maps at most this much around the address, aligned to its own
 * size (mm/memory.c, fault_around_bytes, 64 KiB unless an administrator changes
 * it in debugfs).
 */
#define WINDOW_BYTES SZ_64K

static __always_inline enum mms_origin origin_of(const struct pt_regs *regs,
						 const struct mm_struct *mm)
{
	if (regs)
		return user_mode((struct pt_regs *)regs) ? MMS_ORIGIN_USER : MMS_ORIGIN_KERNEL;
	return mm == current->mm ? MMS_ORIGIN_GUP : MMS_ORIGIN_REMOTE;
}

/* The entry before the fault. */
static struct mms_pte before_of(const struct mms_fault_call *call)
{
	return call->entry.pmdp ? mms_pte_decode(call->entry.pte) : call->entry.seen;
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

/* The task may have moved to a CPU whose counter is a few cycles behind. */
static __always_inline u64 passed_ns(u64 earlier, u64 now)
{
	return likely(now > earlier) ? mms_ticks_to_ns(now - earlier) : 0;
}

static __always_inline u8 flags_of(unsigned int flags)
{
	return (flags & FAULT_FLAG_WRITE ? MMS_FAULT_WRITE : 0) |
	       (flags & FAULT_FLAG_INSTRUCTION ? MMS_FAULT_EXEC : 0);
}

bool mms_fault_enter(struct mms_fault_call *call, struct vm_area_struct *vma, unsigned long address,
		     unsigned int flags, struct pt_regs *regs)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mms_space *space = mms_space_find(mm);

	if (!space)
		return enter_remote(call, mm);
	call->mm = mm;
	call->gen = space->gen;
	call->address = address & PAGE_MASK;
	call->origin = origin_of(regs, mm);
	call->flags = flags_of(flags);
	call->private_wanted = flags & (FAULT_FLAG_WRITE | MMS_FAULT_FLAG_UNSHARE);
	call->tried = flags & FAULT_FLAG_TRIED;
	call->shared = vma->vm_flags & VM_SHARED;
	call->backing = mms_backing_of(vma);
	call->region = mms_region_of(vma, call->backing, space->exe);
	call->seen_ns = unlikely(atomic_read(&mm->mm_users) > 1) ? mms_clock_ns() : 0;
	mms_entry_read(&call->entry, mm, address);
	if (unlikely(call->seen_ns))
		mms_entry_settle(&call->entry, mm);
	if ((call->backing == MMS_BACKING_FILE || call->backing == MMS_BACKING_SHMEM) &&
	    !(before_of(call).flags & MMS_PTE_PRESENT))
		note_window(call, vma);
	call->t0 = mms_ticks();
	return true;
}
NOKPROBE_SYMBOL(mms_fault_enter);

/* Page-cache pages that came with this fault; none when it only made one writable. */
static unsigned int cache_pages(const struct mms_fault_call *call, struct mms_pte before,
				struct mms_pte after)
{
	unsigned int used;

	if (before.flags & MMS_PTE_PRESENT)
		return 0;
	if (after.flags & MMS_PTE_HUGE)
		return HPAGE_PMD_NR;
	used = mms_pte_count(call->mm, call->window_start, call->window_end);
	/* Others may have unmapped meanwhile; the page at the address is there. */
	return used > call->window_used ? used - call->window_used : 1;
}

/* Pages that the fault mapped or replaced, and the order of what it mapped. */
static void measure(const struct mms_fault_call *call, struct mms_pte before, struct mms_pte after,
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
		result->pages = cache_pages(call, before, after);
		break;
	case MMS_KIND_ANON_ALLOC:
		result->order = mms_fault_order(after.pfn);
		fallthrough;
	default:
		result->pages = 1U << result->order;
		break;
	}
}

/* Every case, told from the decoded entries. */
static noinline void judge(struct mms_space *space, const struct mms_fault_call *call,
			   struct mms_pte after, u64 now_ns, struct mms_fault_result *result)
{
	struct mms_pte before = before_of(call);

	result->kind = mms_kind_of(call->backing, call->shared, call->private_wanted, before,
				   after);
	/* Other threads may have been at the same page at the same time. */
	if (call->seen_ns && result->kind != MMS_KIND_OTHER &&
	    !mms_claim(&space->claims, call->address, after, call->seen_ns, now_ns))
		result->kind = MMS_KIND_OTHER;
	measure(call, before, after, result);
}

/*
 * The hot cases, told from the raw entries: anonymous memory of an mm with one
 * user, mapped by page tables. What it says is what mms_kind_of() would say of the
 * decoded entries. Returns false for everything else.
 */
static __always_inline bool judge_hot(const struct mms_fault_call *call, pte_t after,
				      struct mms_fault_result *result)
{
	pte_t before = call->entry.pte;
	unsigned long pfn, pfn_before;

	if (call->backing != MMS_BACKING_ANON || call->seen_ns || !pte_present(after))
		return false;
	pfn = pte_pfn(after);
	result->order = 0;
	if (pte_none(before)) {
		if (pfn == mms_zero_pfn) {
			result->kind = MMS_KIND_ANON_ZERO;
		} else if (call->private_wanted) {
			result->kind = MMS_KIND_ANON_ALLOC;
			result->order = mms_fault_order(pfn);
		} else {
			return false;
		}
	} else if (pte_present(before) && !pte_protnone(before) && !pte_write(before) &&
		   call->private_wanted) {
		pfn_before = pte_pfn(before);
		if (pfn_before != pfn)
			result->kind = pfn_before == mms_zero_pfn ? MMS_KIND_COW_ZERO :
								    MMS_KIND_COW_COPY;
		else if (pte_write(after))
			result->kind = MMS_KIND_COW_REUSE;
		else
			return false;
	} else {
		return false;
	}
	result->pages = 1U << result->order;
	return true;
}

static __always_inline void count(struct mms_slot *slot, const struct mms_fault_call *call,
				  const struct mms_fault_result *result, u64 now_ns)
{
	struct mms_cell *cell = &slot->figures.cell[result->kind][call->region];
	struct mms_last_event *event = mms_slot_next(slot);
	u64 *counter = slot->figures.counter;

	cell->count++;
	cell->pages += result->pages;
	cell->ns += result->ns;
	slot->figures.latency[result->kind][mms_latency_bucket(result->ns)]++;
	counter[MMS_COUNT_FAULTS]++;
	if (unlikely(call->origin != MMS_ORIGIN_USER))
		counter[MMS_COUNT_KERNEL + call->origin - MMS_ORIGIN_KERNEL]++;
	if (unlikely(call->flags & MMS_FAULT_MAJOR)) {
		counter[MMS_COUNT_MAJOR]++;
		cell->major++;
	}
	if (result->kind == MMS_KIND_COW_COPY || result->kind == MMS_KIND_COW_FILE) {
		counter[MMS_COUNT_COW_BREAKS]++;
		counter[MMS_COUNT_COW_PAGES] += result->pages;
	}
	event->t_ns = now_ns;
	event->address = call->address;
	event->ns = result->ns;
	event->pages = result->pages;
	event->event = MMS_EVENT_FAULT;
	event->kind = result->kind;
	event->region = call->region;
	mms_slot_logged(slot);
}

/* Somebody else's task has faulted in this address space (law 1). */
static noinline void count_remote(struct mms_space *space)
{
	struct mms_process *other = mms_process_of(current);
	unsigned long irq_flags;
	struct mms_slot *slot = mms_slot_get(&space->counters, &irq_flags);

	slot->figures.counter[MMS_COUNT_REMOTE_IN]++;
	mms_slot_put(&space->counters, slot, irq_flags);
	if (other)
		atomic64_inc(&other->remote_out);
}

/* Somebody records, or a point of the timeline is due. */
static noinline void show(struct mms_space *space, const struct mms_fault_call *call,
			  const struct mms_fault_result *judged, u64 now_ns)
{
	struct mms_state state = mms_state_cheap(call->mm);
	struct pt_regs *user = mms_user_regs();
	struct mms_fault_result result = *judged;

	result.ip = user ? instruction_pointer(user) : 0;
	trace_fault(space->owner, call, &result, &state);
	if (result.kind == MMS_KIND_COW_COPY || result.kind == MMS_KIND_COW_FILE)
		trace_cow_break(space->owner, call, &result, &state);
	if (mms_timeline_due(&space->timeline, now_ns))
		mms_space_point(space, now_ns, &state);
}

static __always_inline void leave_completed(struct mms_space *space, struct mms_fault_call *call,
					    vm_fault_t returned, u64 now_ns, u64 ns)
{
	struct mms_fault_result result = { .ns = ns };
	unsigned long irq_flags;
	struct mms_slot *slot;
	bool same_table;
	pte_t after;

	/* COMPLETED: the lock has been dropped, and what it protected may be gone. */
	same_table = !(returned & MMS_VM_FAULT_COMPLETED) &&
		     mms_entry_again(&call->entry, &after);
	if (unlikely(!same_table))
		judge(space, call, mms_pte_read(call->mm, call->address), now_ns, &result);
	else if (!judge_hot(call, after, &result))
		judge(space, call, mms_pte_decode(after), now_ns, &result);
	slot = mms_slot_get(&space->counters, &irq_flags);
	count(slot, call, &result, now_ns);
	mms_slot_put(&space->counters, slot, irq_flags);
	if (unlikely(current->tgid != space->owner))
		count_remote(space);
	if (trace_fault_enabled() || trace_cow_break_enabled() ||
	    mms_timeline_due(&space->timeline, now_ns))
		show(space, call, &result, now_ns);
}

/* The call did not complete: the access will be tried again, or it failed. */
static noinline void leave_incomplete(struct mms_space *space, const struct mms_fault_call *call,
				      vm_fault_t result)
{
	unsigned long irq_flags;
	struct mms_slot *slot = mms_slot_get(&space->counters, &irq_flags);
	u64 *counter = slot->figures.counter;

	if (result & VM_FAULT_ERROR) {
		counter[MMS_COUNT_ERROR]++;
	} else {
		counter[MMS_COUNT_RETRY]++;
		counter[MMS_COUNT_RETRY_NS] += passed_ns(call->t0, mms_ticks());
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
	u64 now = mms_ticks();
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
		leave_incomplete(space, call, result);
		return;
	}
	/* As mm_account_fault() in mm/memory.c decides. */
	if ((result & VM_FAULT_MAJOR) || call->tried)
		call->flags |= MMS_FAULT_MAJOR;
	leave_completed(space, call, result, mms_ticks_to_ns(now), passed_ns(call->t0, now));
}
NOKPROBE_SYMBOL(mms_fault_leave);
