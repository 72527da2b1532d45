/* SPDX-License-Identifier: GPL-2.0 */
/*
 * handle.h - what is done at each probe
 *
 * Handlers know records and trace events; they know neither the engine that
 * calls them nor a surface. All run with preemption off, in the context of the
 * task that made the call, and neither sleep nor fault.
 *
 * enter functions return whether the leave function is wanted for this call.
 */
#ifndef MMSCOPE_HANDLE_H
#define MMSCOPE_HANDLE_H

#include <linux/mm_types.h>
#include <linux/types.h>

#include "classify.h"
#include "mmscope_abi.h"
#include "pte.h"

struct file;
struct mm_struct;
struct mms_space;
struct pt_regs;
struct task_struct;
struct vm_area_struct;

/**
 * struct mms_fault_call - a page fault between entry and return
 *
 * Everything that the return needs is taken at entry: after VM_FAULT_RETRY or
 * VM_FAULT_COMPLETED the VMA may be gone.
 *
 * @mm: vma->vm_mm
 * @gen: its generation; 0: the mm is not followed, only the task's process is (remote_out)
 * @address: page-aligned fault address
 * @t0: mms_ticks() at entry
 * @seen_ns: mms_clock_ns() before @entry was read; 0 where the mm has one user
 * @entry: page-table entry at entry
 * @window_start: first address that fault-around may map with it; the window is only
 * valid when a page-cache page was absent at entry
 * @window_end: end of that range
 * @window_used: entries in use there at entry
 * @window_edges: were the entries beside it in use: 1 before its start, 2 at its end
 * @huge_order: of a page of a hugetlb mapping
 * @access: VMA and fault flags
 * @region: enum mms_region
 * @origin: enum mms_origin
 * @flags: MMS_FAULT_MAJOR and MMS_FAULT_COW, as they become known
 */
struct mms_fault_call {
	struct mm_struct *mm;
	u64 gen;
	unsigned long address;
	u64 t0;
	u64 seen_ns;
	struct mms_entry entry;
	unsigned long window_start;
	unsigned long window_end;
	u16 window_used;
	u8 window_edges;
	u8 huge_order;
	struct mms_access access;
	u8 region;
	u8 origin;
	u8 flags;
};

/**
 * mms_fault_flags() - MMS_FAULT_* as an event shows them
 * @call: the fault; kept out of the way of faults that nobody records
 */
static inline u8 mms_fault_flags(const struct mms_fault_call *call)
{
	unsigned int flags = call->access.fault_flags;

	return call->flags | (flags & FAULT_FLAG_WRITE ? MMS_FAULT_WRITE : 0) |
	       (flags & FAULT_FLAG_INSTRUCTION ? MMS_FAULT_EXEC : 0) |
	       (flags & MMS_FAULT_FLAG_UNSHARE ? MMS_FAULT_UNSHARE : 0);
}

bool mms_fault_enter(struct mms_fault_call *call, struct vm_area_struct *vma, unsigned long address,
		     unsigned int flags, struct pt_regs *regs);
void mms_fault_leave(struct mms_fault_call *call, vm_fault_t result);

/**
 * struct mms_map_call - a change of the address space between entry and return
 * @mm: the address space
 * @gen: its generation
 * @t0_ns: mms_clock_ns() at entry
 * @vsz_before: total_vm at entry, pages
 * @arg: arguments, as the enter function of the call left them
 * @vma: stack that is to grow
 * @grown_pages: by how much it has
 * @file: base name of the mapped file, empty for none
 */
struct mms_map_call {
	struct mm_struct *mm;
	u64 gen;
	u64 t0_ns;
	u64 vsz_before;
	unsigned long arg[6];
	const struct vm_area_struct *vma;
	u64 grown_pages;
	char file[32];
};

bool mms_brk_enter(struct mms_map_call *call, unsigned long requested);
void mms_brk_leave(struct mms_map_call *call, unsigned long result);
bool mms_mmap_enter(struct mms_map_call *call, struct file *file, unsigned long address,
		    unsigned long length, unsigned long prot, unsigned long flags,
		    unsigned long page_offset);
void mms_mmap_leave(struct mms_map_call *call, unsigned long result);
bool mms_munmap_enter(struct mms_map_call *call, unsigned long address, unsigned long length);
void mms_munmap_leave(struct mms_map_call *call, unsigned long result);
bool mms_mremap_enter(struct mms_map_call *call, unsigned long address, unsigned long old_length,
		      unsigned long new_length, unsigned long flags);
void mms_mremap_leave(struct mms_map_call *call, unsigned long result);
bool mms_mprotect_enter(struct mms_map_call *call, unsigned long address, unsigned long length,
			unsigned long prot);
void mms_mprotect_leave(struct mms_map_call *call, int result);

/* @mm is not always current's: process_madvise(). */
bool mms_madvise_enter(struct mms_map_call *call, struct mm_struct *mm, unsigned long address,
		       unsigned long length, int behavior);
void mms_madvise_leave(struct mms_map_call *call, int result);
bool mms_stack_grow_enter(struct mms_map_call *call, struct vm_area_struct *vma,
			  unsigned long address);
void mms_stack_grow_leave(struct mms_map_call *call, unsigned long result);

/**
 * struct mms_vsz_call - a change of the size of an address space, between entry and return
 * @mm: the address space
 * @gen: its generation
 * @pages: total_vm at entry, or what is going to be unmapped
 */
struct mms_vsz_call {
	struct mm_struct *mm;
	u64 gen;
	u64 pages;
};

/* Functions that hold mmap_lock until they return, all on current's own mm but for special. */
bool mms_vsz_enter(struct mms_vsz_call *call, struct mm_struct *mm);
void mms_vsz_map_leave(struct mms_vsz_call *call);
void mms_vsz_brk_leave(struct mms_vsz_call *call);
void mms_vsz_special_leave(struct mms_vsz_call *call);

/* The one that may drop it before: what it unmaps is counted at entry. */
bool mms_vsz_unmap_enter(struct mms_vsz_call *call, struct mm_struct *mm, unsigned long start,
			 unsigned long end);
void mms_vsz_unmap_leave(struct mms_vsz_call *call, int result);

/**
 * mms_vsz_change() - the kernel is about to add to total_vm
 * @mm: whose
 * @pages: how many
 */
void mms_vsz_change(struct mm_struct *mm, long pages);

/**
 * mms_vsz_show() - a change was measured: the trace event
 * @space: whose
 * @cause: what did it
 * @pages: the change; nothing is shown for 0
 */
void mms_vsz_show(struct mms_space *space, enum mms_cause cause, s64 pages);

/**
 * mms_fault_failed() - handle_mm_fault() has returned an error
 * @space: vma->vm_mm's
 * @call: the call
 * @result: what it returned
 *
 * SIGBUS and OOM are counted here, whoever made the access. SIGSEGV is not: it is
 * counted by its signal, as most of them never get so far as handle_mm_fault().
 */
void mms_fault_failed(struct mms_space *space, const struct mms_fault_call *call,
		      vm_fault_t result);

/**
 * mms_segv() - current is about to get SIGSEGV for an access from user mode
 * @address: what it accessed
 * @outcome: MMS_OUTCOME_SEGV_MAPERR or MMS_OUTCOME_SEGV_ACCERR
 * @flags: MMS_FAULT_*
 */
void mms_segv(unsigned long address, enum mms_outcome outcome, u8 flags);

/**
 * struct mms_reclaim_call - reclaim takes a folio out of an address space, between entry and return
 * @mm: the address space
 * @gen: its generation
 * @start: first address that the folio is mapped at
 * @end: behind the last one
 * @swapped: entries there that were in swap before
 */
struct mms_reclaim_call {
	struct mm_struct *mm;
	u64 gen;
	unsigned long start;
	unsigned long end;
	u32 swapped;
};

bool mms_swap_out_enter(struct mms_reclaim_call *call, struct vm_area_struct *vma,
			unsigned long address, unsigned long pages);
void mms_swap_out_leave(struct mms_reclaim_call *call);

/**
 * struct mms_collapse_call - small pages become a huge one, between entry and return
 * @mm: the address space
 * @gen: its generation
 * @address: first address
 * @t0_ns: mms_clock_ns() at entry
 * @resident: of its pages, how many were in RSS before
 */
struct mms_collapse_call {
	struct mm_struct *mm;
	u64 gen;
	unsigned long address;
	u64 t0_ns;
	u32 resident;
};

bool mms_collapse_enter(struct mms_collapse_call *call, struct mm_struct *mm,
			unsigned long address);
void mms_collapse_leave(struct mms_collapse_call *call, bool collapsed);

/**
 * mms_oom_kill() - the OOM killer is about to kill a process
 * @victim: a task of it, with a reference
 */
void mms_oom_kill(struct task_struct *victim);

/**
 * mms_fork() - a new task is about to run for the first time
 * @child: the task; current is its parent
 */
void mms_fork(struct task_struct *child);

/**
 * mms_exec() - current has its new address space, and nothing is mapped in it yet but the stack
 * @filename: path of the program, a kernel pointer
 */
void mms_exec(const char *filename);

/**
 * mms_exit_mm() - the last user of an mm is gone; it is about to be torn down
 * @mm: the mm
 */
void mms_exit_mm(struct mm_struct *mm);

/* Processes are being moved to another cgroup, or threads. */
bool mms_move_enter(void);
void mms_move_leave(void);

/**
 * mms_exit_task() - current is ending and has no mm any more
 */
void mms_exit_task(void);

#endif /* MMSCOPE_HANDLE_H */
