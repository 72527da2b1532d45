// SPDX-License-Identifier: GPL-2.0
/*
 * probe_table.c - every probe: the function it sits on and the handler behind it
 *
 * The adapters below are the only place that knows in which registers the
 * arguments are. Why these functions: docs/compat.md.
 */
#include <linux/binfmts.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/signal.h>

#include <asm/trap_pf.h>

#include "compat/folio.h"
#include "compat/madvise.h"
#include "compat/vma.h"
#include "handle.h"
#include "probe.h"

/* Argument of the probed function. */
static __always_inline unsigned long arg(struct pt_regs *regs, unsigned int n)
{
	return regs_get_kernel_argument(regs, n);
}

/* Since 4.17 the __x64_sys_*() functions get the user's registers as their only argument. */
static __always_inline struct pt_regs *user_regs(struct pt_regs *regs)
{
	return (struct pt_regs *)arg(regs, 0);
}

static bool enter_fault(void *data, struct pt_regs *regs)
{
	return mms_fault_enter(data, (struct vm_area_struct *)arg(regs, 0), arg(regs, 1),
			       arg(regs, 2), (struct pt_regs *)arg(regs, 3));
}

static void leave_fault(void *data, unsigned long result)
{
	mms_fault_leave(data, (__force vm_fault_t)result);
}

static bool enter_brk(void *data, struct pt_regs *regs)
{
	return mms_brk_enter(data, user_regs(regs)->di);
}

static void leave_brk(void *data, unsigned long result)
{
	mms_brk_leave(data, result);
}

static bool enter_mmap(void *data, struct pt_regs *regs)
{
	return mms_mmap_enter(data, (struct file *)arg(regs, 0), arg(regs, 1), arg(regs, 2),
			      arg(regs, 3), arg(regs, 4), arg(regs, 5));
}

static void leave_mmap(void *data, unsigned long result)
{
	mms_mmap_leave(data, result);
}

static bool enter_munmap(void *data, struct pt_regs *regs)
{
	return mms_munmap_enter(data, arg(regs, 0), arg(regs, 1));
}

static void leave_munmap(void *data, unsigned long result)
{
	mms_munmap_leave(data, result);
}

static bool enter_mremap(void *data, struct pt_regs *regs)
{
	struct pt_regs *user = user_regs(regs);

	return mms_mremap_enter(data, user->di, user->si, user->dx, user->r10);
}

static void leave_mremap(void *data, unsigned long result)
{
	mms_mremap_leave(data, result);
}

static bool enter_mprotect(void *data, struct pt_regs *regs)
{
	return mms_mprotect_enter(data, arg(regs, 0), arg(regs, 1), arg(regs, 2));
}

static void leave_mprotect(void *data, unsigned long result)
{
	mms_mprotect_leave(data, (int)result);
}

static bool enter_madvise(void *data, struct pt_regs *regs)
{
	struct mms_madvise advice = mms_madvise_of(regs);

	return mms_madvise_enter(data, advice.mm, advice.start, advice.length, advice.behavior);
}

static void leave_madvise(void *data, unsigned long result)
{
	mms_madvise_leave(data, (int)result);
}

static bool enter_stack_grow(void *data, struct pt_regs *regs)
{
	return mms_stack_grow_enter(data, (struct vm_area_struct *)arg(regs, 0), arg(regs, 1));
}

static void leave_stack_grow(void *data, unsigned long result)
{
	mms_stack_grow_leave(data, result);
}

static bool enter_vsz_current(void *data, struct pt_regs *regs)
{
	return mms_vsz_enter(data, current->mm);
}

static void leave_vsz_map(void *data, unsigned long result)
{
	mms_vsz_map_leave(data);
}

static void leave_vsz_brk(void *data, unsigned long result)
{
	mms_vsz_brk_leave(data);
}

static bool enter_vsz_special(void *data, struct pt_regs *regs)
{
	return mms_vsz_enter(data, (struct mm_struct *)arg(regs, 0));
}

static void leave_vsz_special(void *data, unsigned long result)
{
	mms_vsz_special_leave(data);
}

static bool enter_vsz_unmap(void *data, struct pt_regs *regs)
{
	struct mms_unmap unmap = mms_unmap_of(regs);

	return mms_vsz_unmap_enter(data, unmap.mm, unmap.start, unmap.end);
}

static void leave_vsz_unmap(void *data, unsigned long result)
{
	mms_vsz_unmap_leave(data, (int)result);
}

static bool enter_vsz_change(void *data, struct pt_regs *regs)
{
	mms_vsz_change((struct mm_struct *)arg(regs, 0), (long)arg(regs, 2));
	return false;
}

/* The page fault has left its error code in the thread (set_signal_archinfo() in mm/fault.c). */
static void segv(unsigned long address, enum mms_outcome outcome)
{
	unsigned long code = current->thread.error_code;

	mms_segv(address, outcome, (code & X86_PF_WRITE ? MMS_FAULT_WRITE : 0) |
				   (code & X86_PF_INSTR ? MMS_FAULT_EXEC : 0));
}

static bool enter_segv(void *data, struct pt_regs *regs)
{
	int signal = arg(regs, 0), code = arg(regs, 1);

	if (signal == SIGSEGV && (code == SEGV_MAPERR || code == SEGV_ACCERR))
		segv(arg(regs, 2), code == SEGV_MAPERR ? MMS_OUTCOME_SEGV_MAPERR :
							  MMS_OUTCOME_SEGV_ACCERR);
	return false;
}

static bool enter_segv_pkey(void *data, struct pt_regs *regs)
{
	segv(arg(regs, 0), MMS_OUTCOME_SEGV_ACCERR);
	return false;
}

static bool enter_swap_out(void *data, struct pt_regs *regs)
{
	return mms_swap_out_enter(data, (struct vm_area_struct *)arg(regs, 1), arg(regs, 2),
				  mms_folio_pages((void *)arg(regs, 0)));
}

static void leave_swap_out(void *data, unsigned long result)
{
	mms_swap_out_leave(data);
}

static bool enter_collapse(void *data, struct pt_regs *regs)
{
	return mms_collapse_enter(data, (struct mm_struct *)arg(regs, 0), arg(regs, 1));
}

/* SCAN_SUCCEED of enum scan_result, which is private to mm/khugepaged.c. */
static void leave_collapse(void *data, unsigned long result)
{
	mms_collapse_leave(data, (int)result == 1);
}

static bool enter_oom_kill(void *data, struct pt_regs *regs)
{
	mms_oom_kill((struct task_struct *)arg(regs, 0));
	return false;
}

static bool enter_fork(void *data, struct pt_regs *regs)
{
	mms_fork((struct task_struct *)arg(regs, 0));
	return false;
}

static bool enter_exec(void *data, struct pt_regs *regs)
{
	mms_exec(((struct linux_binprm *)arg(regs, 0))->filename);
	return false;
}

static bool enter_exit_mm(void *data, struct pt_regs *regs)
{
	mms_exit_mm((struct mm_struct *)arg(regs, 0));
	return false;
}

/* copy_process() calls exit_files() too, for a task that never lived: that is not current. */
static bool enter_exit_task(void *data, struct pt_regs *regs)
{
	if ((struct task_struct *)arg(regs, 0) == current && (current->flags & PF_EXITING))
		mms_exit_task();
	return false;
}

static bool enter_move(void *data, struct pt_regs *regs)
{
	return mms_move_enter();
}

static void leave_move(void *data, unsigned long result)
{
	mms_move_leave();
}

NOKPROBE_SYMBOL(enter_fault);
NOKPROBE_SYMBOL(leave_fault);

const struct mms_probe mms_probe_table[] = {
	{
		/* Ends records: before the ones that make them. */
		.name = "exit_mm",
		.symbol = { "exit_mmap" },
		.required = true,
		.if_missing = "the end of address spaces, their last state",
		.enter = enter_exit_mm,
	}, {
		/* The first plain function that do_exit() calls after exit_mm() on every kernel. */
		.name = "exit_task",
		.symbol = { "exit_files", "exit_fs" },
		.required = true,
		.if_missing = "the end of processes, their last fault counts",
		.enter = enter_exit_task,
	}, {
		.name = "exec",
		.symbol = { "setup_new_exec" },
		.required = true,
		.if_missing = "everything after exec",
		.enter = enter_exec,
	}, {
		.name = "fork",
		.symbol = { "wake_up_new_task" },
		.required = true,
		.if_missing = "children of followed processes",
		.enter = enter_fork,
	}, {
		.name = "fault",
		.symbol = { "handle_mm_fault" },
		.required = true,
		.if_missing = "page faults",
		.sleeps = true,
		.data_size = sizeof(struct mms_fault_call),
		.enter = enter_fault,
		.leave = leave_fault,
	}, {
		.name = "brk",
		.symbol = { "__x64_sys_brk" },
		.if_missing = "brk calls; the heap's size is still shown",
		.data_size = sizeof(struct mms_map_call),
		.enter = enter_brk,
		.leave = leave_brk,
	}, {
		.name = "mmap",
		.symbol = { "vm_mmap_pgoff" },
		.if_missing = "mmap calls; VSZ is still shown",
		.data_size = sizeof(struct mms_map_call),
		.enter = enter_mmap,
		.leave = leave_mmap,
	}, {
		.name = "munmap",
		.symbol = { "__vm_munmap" },
		.if_missing = "munmap calls; VSZ is still shown",
		.data_size = sizeof(struct mms_map_call),
		.enter = enter_munmap,
		.leave = leave_munmap,
	}, {
		.name = "mremap",
		.symbol = { "__x64_sys_mremap" },
		.if_missing = "mremap calls; VSZ is still shown",
		.data_size = sizeof(struct mms_map_call),
		.enter = enter_mremap,
		.leave = leave_mremap,
	}, {
		.name = "stack_grow",
		.symbol = { "expand_downwards" },
		.if_missing = "growth of the stack; VSZ is still shown",
		.data_size = sizeof(struct mms_map_call),
		.enter = enter_stack_grow,
		.leave = leave_stack_grow,
	}, {
		.name = "vsz_map",
		.symbol = { "mmap_region" },
		.if_missing = "changes of VSZ by mapping; Law3Residual shows them",
		.data_size = sizeof(struct mms_vsz_call),
		.enter = enter_vsz_current,
		.leave = leave_vsz_map,
	}, {
		.name = "vsz_unmap",
		.symbol = { MMS_UNMAP_SYMBOL },
		.if_missing = "changes of VSZ by unmapping; Law3Residual shows them",
		.data_size = sizeof(struct mms_vsz_call),
		.enter = enter_vsz_unmap,
		.leave = leave_vsz_unmap,
	}, {
		.name = "vsz_brk",
		.symbol = { "do_brk_flags" },
		.if_missing = "changes of VSZ by growth of the heap; Law3Residual shows them",
		.data_size = sizeof(struct mms_vsz_call),
		.enter = enter_vsz_current,
		.leave = leave_vsz_brk,
	}, {
		.name = "vsz_special",
		.symbol = { "_install_special_mapping" },
		.if_missing = "changes of VSZ by the vdso; Law3Residual shows them",
		.data_size = sizeof(struct mms_vsz_call),
		.enter = enter_vsz_special,
		.leave = leave_vsz_special,
	}, {
		.name = "vsz_change",
		.symbol = { "vm_stat_account" },
		.if_missing = "changes of VSZ by mremap; Law3Residual shows them",
		.enter = enter_vsz_change,
	}, {
		.name = "cgroup",
		.symbol = { "cgroup_attach_task" },
		.if_missing = "processes that are moved into or out of a target's cgroup; those in it, and their children, are followed",
		.enter = enter_move,
		.leave = leave_move,
	}, {
		.name = "mprotect",
		.symbol = { "do_mprotect_pkey" },
		.if_missing = "mprotect calls",
		.data_size = sizeof(struct mms_map_call),
		.enter = enter_mprotect,
		.leave = leave_mprotect,
	}, {
		.name = "madvise",
		.symbol = { MMS_MADVISE_SYMBOL },
		.if_missing = "madvise calls",
		.data_size = sizeof(struct mms_map_call),
		.enter = enter_madvise,
		.leave = leave_madvise,
	}, {
		.name = "segv",
		.symbol = { "force_sig_fault" },
		.if_missing = "failed faults segv_maperr and segv_accerr",
		.enter = enter_segv,
	}, {
		.name = "segv_pkey",
		.symbol = { "force_sig_pkuerr" },
		.if_missing = "failed faults segv_accerr by protection keys",
		.enter = enter_segv_pkey,
	}, {
		.name = "swap_out",
		.symbol = { "try_to_unmap_one" },
		.if_missing = "pages that go to swap; Swap is still shown",
		.data_size = sizeof(struct mms_reclaim_call),
		.enter = enter_swap_out,
		.leave = leave_swap_out,
	}, {
		.name = "collapse",
		.symbol = { "collapse_huge_page" },
		.if_missing = "huge pages that khugepaged and MADV_COLLAPSE make",
		.data_size = sizeof(struct mms_collapse_call),
		.enter = enter_collapse,
		.leave = leave_collapse,
	}, {
		.name = "oom_kill",
		.symbol = { "__oom_kill_process" },
		.if_missing = "kills by the OOM killer",
		.enter = enter_oom_kill,
	},
};

const unsigned int mms_probe_number = ARRAY_SIZE(mms_probe_table);
