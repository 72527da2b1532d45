/* SPDX-License-Identifier: GPL-2.0 */
/*
 * report.h - the figures of a process, gathered for a surface
 *
 * Surfaces print; they do not reckon. All sums, differences and residuals that a
 * person reads are made here.
 */
#ifndef MMSCOPE_REPORT_H
#define MMSCOPE_REPORT_H

#include <linux/rwsem.h>
#include <linux/types.h>

#include "counters.h"
#include "process.h"
#include "state.h"

/**
 * struct mms_report - one process at one moment
 * @live: has it not exited?
 * @gen: generation of its current (or last) address space
 * @state: exact VSZ and RSS of that
 * @figures: its counters
 * @faults: completed faults charged to it
 * @user: of these from user mode
 * @pages: pages that they mapped or replaced
 * @fault_ns: time in them
 * @crossings: traced system calls and faults from user mode
 * @process_faults: own completed faults of own tasks, all generations (law 1)
 * @remote_out: faults of own tasks elsewhere (law 1)
 * @kernel: the kernel's own counts over the same time
 * @law1: kernel's counts - process_faults - remote_out
 * @law2: total_vm - VSZ after the last address-space event, pages
 * @law3: total_vm - @vsz_begin - the sum of all changes that were measured, pages
 * @law3_heap: heap - @heap_begin - the sum of all brk deltas, bytes
 * @vsz_begin: total_vm when following this address space began
 * @heap_begin: its heap then, bytes
 */
struct mms_report {
	bool live;
	u64 gen;
	struct mms_state state;
	struct mms_figures figures;
	u64 faults;
	u64 user;
	u64 pages;
	u64 fault_ns;
	u64 crossings;
	u64 process_faults;
	u64 remote_out;
	struct mms_kernel_faults kernel;
	s64 law1;
	s64 law2;
	s64 law3;
	s64 law3_heap;
	u64 vsz_begin;
	u64 heap_begin;
};

/*
 * Held for writing while all figures begin anew, so that no report has some from
 * before and some from after. Outside of every other lock of the module.
 */
extern struct rw_semaphore mms_report_lock;

/**
 * mms_report_gather() - fill in a report
 * @process: the caller has a reference
 * @report: result, large: not for the stack
 *
 * Context: may sleep.
 */
void mms_report_gather(struct mms_process *process, struct mms_report *report);

/**
 * struct mms_region_figures - faults of one region
 * @faults: completed
 * @pages: that they mapped or replaced
 * @cow: of the faults, COW breaks
 */
struct mms_region_figures {
	u64 faults;
	u64 pages;
	u64 cow;
};

/**
 * mms_report_region() - what the regions' share of a report is
 * @report: filled in
 * @region: which; all of them add up to @faults, @pages and CowBreaks
 */
struct mms_region_figures mms_report_region(const struct mms_report *report,
					    enum mms_region region);

#endif /* MMSCOPE_REPORT_H */
