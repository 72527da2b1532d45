// SPDX-License-Identifier: GPL-2.0
/*
 * handle_fault.c - page faults
 */
#include <linux/hugetlb.h>
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

/* Is a page mapped just before the window (1), one at its end (2)? Within its page table. */
static u8 edges_of(const struct mms_fault_call *call)
{
	u8 edges = 0;

	if (call->window_start & ~PMD_MASK)
		edges |= mms_pte_count(call->mm, call->window_start - PAGE_SIZE,
				       call->window_start);
	if (call->window_end & ~PMD_MASK)
		edges |= mms_pte_count(call->mm, call->window_end, call->window_end + PAGE_SIZE)
			 << 1;
	return edges;
}

/*
 * Other pages can come with this one: remember how many are there already. The
 * bounds are those of do_fault_around() in mm/memory.c: from the aligned start or
 * that of the VMA, so far as VMA and page table reach. A large folio can come whole,
 * and be larger: the edges tell.
 */
static void note_window(struct mms_fault_call *call, const struct vm_area_struct *vma)
{
	unsigned long start = call->address & ~((unsigned long)WINDOW_BYTES - 1);

	call->window_start = max(start, vma->vm_start);
	call->window_end = min3(call->window_start + WINDOW_BYTES,
				(call->address & PMD_MASK) + PMD_SIZE, vma->vm_end);
	call->window_used = mms_pte_count(call->mm, call->window_start, call->window_end);
	call->window_edges = edges_of(call);
}

/* Can more than the page at the address come with it? */
static bool wants_window(const struct mms_fault_call *call)
{
	u16 before = before_of(call).flags;

	switch (call->access.backing) {
	case MMS_BACKING_ANON:
		return before & MMS_PTE_SWAP;
	case MMS_BACKING_FILE:
	case MMS_BACKING_SHMEM:
		return !(before & MMS_PTE_PRESENT);
	default:
		return false;
	}
}

/* What only some mappings need to be known of. */
static noinline void note_details(struct mms_fault_call *call, struct vm_area_struct *vma)
{
	if (call->access.backing == MMS_BACKING_HUGETLB)
		call->huge_order = huge_page_order(hstate_vma(vma));
	else if (wants_window(call))
		note_window(call, vma);
}

/* In swap, say. An entry that was not read (no page table) is of no interest here. */
static __always_inline bool is_absent(pte_t entry)
{
	return !pte_none(entry) && !pte_present(entry);
}

/*
 * The fault is on an mm that is not followed. It concerns us all the same when
 * a task of a followed process makes it: the kernel counts it in that task
 * (law 1). exec filling the new mm, ptrace, process_vm_writev() do so.
 */
static bool enter_remote(struct mms_fault_call *call, const struct mm_struct *mm)
{
	struct mms_process *process;

	if (likely(mm == current->mm))
		return false;
	process = mms_process_of(current);
	if (!process)
		return false;
	mms_process_settle(process);
	call->gen = 0;
	return true;
}

/* The task may have moved to a CPU whose counter is a few cycles behind. */
static __always_inline u64 passed_ns(u64 earlier, u64 now)
{
	return likely(now > earlier) ? mms_ticks_to_ns(now - earlier) : 0;
}

/*
 * Before 6.0 such an access can have done its work and end with VM_FAULT_RETRY
 * (compat/retry.h). With userfaultfd it is the monitor that has done it.
 */
static __always_inline bool writes_shared(const struct mms_fault_call *call)
{
	const vm_flags_t flags = call->access.vm_flags;

	return (flags & VM_SHARED) && !(flags & (VM_UFFD_MISSING | VM_UFFD_WP)) &&
	       (call->access.fault_flags & FAULT_FLAG_WRITE);
}

/* An attempt before this one may have done the work: then what it saw counts. */
static __always_inline void recall(struct mms_space *space, struct mms_fault_call *call)
{
	if (unlikely(call->access.fault_flags & FAULT_FLAG_TRIED) && writes_shared(call) &&
	    mms_retry_take(&space->retries, call->address, &call->entry.seen, &call->seen_ns))
		call->entry.pmdp = NULL;
}

bool mms_fault_enter(struct mms_fault_call *call, struct vm_area_struct *vma, unsigned long address,
		     unsigned int flags, struct pt_regs *regs)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mms_space *space = mms_space_find(mm);

	if (!space)
		return enter_remote(call, mm);
	mms_space_settle(space);
	call->mm = mm;
	call->gen = space->gen;
	call->address = address & PAGE_MASK;
	call->origin = origin_of(regs, mm);
	call->flags = 0;
	call->access.vm_flags = vma->vm_flags;
	call->access.fault_flags = flags;
	call->access.backing = mms_backing_of(vma);
	call->region = mms_region_of(vma, call->access.backing, space->exe);
	call->seen_ns = unlikely(atomic_read(&mm->mm_users) > 1) ? mms_clock_ns() : 0;
	mms_entry_read(&call->entry, mm, address);
	if (unlikely(call->seen_ns))
		mms_entry_settle(&call->entry, mm);
	recall(space, call);
	if (unlikely(call->access.backing != MMS_BACKING_ANON || is_absent(call->entry.pte)))
		note_details(call, vma);
	call->t0 = mms_ticks();
	return true;
}
NOKPROBE_SYMBOL(mms_fault_enter);

/* Pages that came with this fault; none when it only made one writable. */
static unsigned int pages_mapped(const struct mms_fault_call *call, struct mms_pte before,
				 struct mms_pte after)
{
	unsigned int used, order = mms_fault_order(after.pfn);

	if (before.flags & MMS_PTE_PRESENT)
		return 0;
	if (after.flags & MMS_PTE_HUGE)
		return HPAGE_PMD_NR;
	/*
	 * A folio that comes whole (finish_fault(), do_swap_page()) is mapped where all
	 * of it was absent, and nothing else is. Fault-around stays in the window.
	 */
	if (order && (edges_of(call) & ~call->window_edges))
		return 1U << order;
	used = mms_pte_count(call->mm, call->window_start, call->window_end);
	/* Others may have unmapped meanwhile; the page at the address is there. */
	return used > call->window_used ? used - call->window_used : 1;
}

/* Pages that the fault mapped or replaced, and the order of what it mapped. */
static void measure(const struct mms_fault_call *call, struct mms_pte before, struct mms_pte after,
		    struct mms_fault_result *result)
{
	result->order = after.flags & MMS_PTE_HUGE ? HPAGE_PMD_ORDER : 0;
	switch (result->verdict.kind) {
	case MMS_KIND_OTHER:
		result->pages = 0;
		break;
	case MMS_KIND_HUGETLB: /* not in RSS */
		result->order = call->huge_order;
		result->pages = 1U << result->order;
		break;
	case MMS_KIND_FILE_READ:
	case MMS_KIND_FILE_WRITE:
	case MMS_KIND_SHMEM:
	case MMS_KIND_SWAP_IN:
		result->pages = pages_mapped(call, before, after);
		break;
	case MMS_KIND_ANON_ALLOC:
		result->order = mms_fault_order(after.pfn);
		fallthrough;
	default:
		result->pages = 1U << result->order;
		break;
	}
}

/* Has a fault of the kind hugetlb copied a page that was shared? */
static bool is_hugetlb_cow(const struct mms_fault_call *call, struct mms_pte before,
			   struct mms_pte after)
{
	return (call->access.fault_flags & (FAULT_FLAG_WRITE | MMS_FAULT_FLAG_UNSHARE)) &&
	       !(call->access.vm_flags & VM_SHARED) && (before.flags & MMS_PTE_PRESENT) &&
	       (after.flags & MMS_PTE_PRESENT) && before.pfn != after.pfn;
}

/* Every case, told from the decoded entries. */
static noinline void judge(struct mms_space *space, struct mms_fault_call *call,
			   struct mms_pte after, u64 now_ns, struct mms_fault_result *result)
{
	struct mms_pte before = before_of(call);

	result->verdict = mms_judge(&call->access, before, after);
	/* Other threads may have been at the same page at the same time. */
	if (call->seen_ns && result->verdict.kind != MMS_KIND_OTHER &&
	    !mms_claim(&space->claims, call->address, after, call->seen_ns, now_ns)) {
		result->verdict.kind = MMS_KIND_OTHER;
		result->verdict.reason = MMS_REASON_RACE;
	}
	if (result->verdict.kind == MMS_KIND_HUGETLB && is_hugetlb_cow(call, before, after))
		call->flags |= MMS_FAULT_COW;
	measure(call, before, after, result);
}

/*
 * The hot cases, told from the raw entries: anonymous memory of an mm with one
 * user, mapped by page tables. What it says is what mms_judge() would say of the
 * decoded entries. Returns false for everything else.
 */
static __always_inline bool judge_hot(const struct mms_fault_call *call, pte_t after,
				      struct mms_fault_result *result)
{
	const unsigned int change = FAULT_FLAG_WRITE | MMS_FAULT_FLAG_UNSHARE;
	pte_t before = call->entry.pte;
	/* An entry that is present holds its frame as it is (no inversion as for L1TF). */
	unsigned long was = native_pte_val(before) & PTE_PFN_MASK;
	unsigned long is = native_pte_val(after) & PTE_PFN_MASK;
	enum mms_kind kind;

	if (call->access.backing != MMS_BACKING_ANON || call->seen_ns ||
	    !(native_pte_val(after) & _PAGE_PRESENT))
		return false;
	result->order = 0;
	if (pte_none(before)) {
		if (is == mms_zero_frame) {
			kind = MMS_KIND_ANON_ZERO;
		} else if (call->access.fault_flags & FAULT_FLAG_WRITE) {
			kind = MMS_KIND_ANON_ALLOC;
			result->order = mms_fault_order(is >> PAGE_SHIFT);
		} else {
			return false;
		}
	} else if ((native_pte_val(before) & _PAGE_PRESENT) && !pte_write(before) &&
		   (call->access.fault_flags & change)) {
		if (was != is)
			kind = was == mms_zero_frame ? MMS_KIND_COW_ZERO : MMS_KIND_COW_COPY;
		else if (pte_write(after) && pte_soft_dirty(before) &&
			 !(call->access.vm_flags & VM_UFFD_WP))
			kind = MMS_KIND_COW_REUSE;
		else
			return false;
	} else {
		return false;
	}
	result->verdict.kind = kind;
	result->pages = 1U << result->order;
	return true;
}

static __always_inline bool is_cow_break(const struct mms_fault_call *call, u8 kind)
{
	return kind == MMS_KIND_COW_COPY || kind == MMS_KIND_COW_FILE ||
	       unlikely(call->flags & MMS_FAULT_COW);
}

static __always_inline void count(struct mms_slot *slot, const struct mms_fault_call *call,
				  const struct mms_fault_result *result, u64 now_ns)
{
	u8 kind = result->verdict.kind;
	struct mms_cell *cell = &slot->figures.cell[kind][call->region];
	struct mms_last_event *event = mms_slot_next(slot);
	u64 *counter = slot->figures.counter;

	cell->count++;
	cell->pages += result->pages;
	cell->ns += result->ns;
	slot->figures.latency[kind][mms_latency_bucket(result->ns)]++;
	counter[MMS_COUNT_FAULTS]++;
	if (unlikely(call->origin != MMS_ORIGIN_USER))
		counter[MMS_COUNT_KERNEL + call->origin - MMS_ORIGIN_KERNEL]++;
	if (unlikely(call->flags & MMS_FAULT_MAJOR)) {
		counter[MMS_COUNT_MAJOR]++;
		cell->major++;
	}
	if (is_cow_break(call, kind)) {
		counter[MMS_COUNT_COW_BREAKS]++;
		counter[MMS_COUNT_COW_PAGES] += result->pages;
		mms_areas_count(&slot->areas, call->address, call->region, result->pages);
	}
	if (unlikely(kind == MMS_KIND_OTHER))
		slot->figures.reason[result->verdict.reason]++;
	if (unlikely(call->flags & MMS_FAULT_COW))
		counter[MMS_COUNT_COW_HUGETLB]++;
	event->t_ns = now_ns;
	event->address = call->address;
	event->ns = result->ns;
	event->pages = result->pages;
	event->event = MMS_EVENT_FAULT;
	event->kind = kind;
	event->region = call->region;
	mms_slot_logged(slot);
}

/* Somebody else's task has faulted in this address space (law 1). */
static noinline void count_remote(struct mms_slot *slot)
{
	struct mms_process *other = mms_process_of(current);

	slot->figures.counter[MMS_COUNT_REMOTE_IN]++;
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
	result.flags = mms_fault_flags(call);
	trace_fault(space->owner, call, &result, &state);
	if (is_cow_break(call, result.verdict.kind))
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
	/* In the same slot, or a reset in between would part the two. */
	if (unlikely(current->tgid != space->owner))
		count_remote(slot);
	mms_slot_put(&space->counters, slot, irq_flags);
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
	if ((result & VM_FAULT_RETRY) && writes_shared(call))
		mms_retry_note(&space->retries, call->mm, call->address, before_of(call),
			       call->seen_ns);
	if (result & VM_FAULT_ERROR)
		mms_fault_failed(space, call, result);
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
	if ((result & VM_FAULT_MAJOR) || (call->access.fault_flags & FAULT_FLAG_TRIED))
		call->flags |= MMS_FAULT_MAJOR;
	leave_completed(space, call, result, mms_ticks_to_ns(now), passed_ns(call->t0, now));
}
NOKPROBE_SYMBOL(mms_fault_leave);
