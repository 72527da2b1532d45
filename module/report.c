// SPDX-License-Identifier: GPL-2.0
/*
 * report.c - the figures of a process, gathered for a surface
 */
#include <linux/string.h>

#include "report.h"

DECLARE_RWSEM(mms_report_lock);

static void sum_cells(struct mms_report *report)
{
	unsigned int kind, region;

	for (kind = 0; kind < MMS_NR_KINDS; kind++) {
		for (region = 0; region < MMS_NR_REGIONS; region++) {
			const struct mms_cell *cell = &report->figures.cell[kind][region];

			report->faults += cell->count;
			report->pages += cell->pages;
			report->fault_ns += cell->ns;
		}
	}
}

static void gather(struct mms_process *process, struct mms_report *report)
{
	struct mms_space *space = mms_process_space(process);
	const u64 *counter = report->figures.counter;
	struct mms_vsz_sums vsz = mms_vsz_read(&space->vsz);

	/* Too large for a compound literal: that would go over the stack. */
	memset(report, 0, sizeof(*report));
	report->live = !READ_ONCE(process->exited) && !READ_ONCE(process->gone);
	report->gen = space->gen;
	report->state = mms_space_state(space);
	report->process_faults = atomic64_read(&process->earlier_own);
	report->remote_out = atomic64_read(&process->remote_out);
	report->kernel = mms_process_kernel(process);
	mms_counters_sum(&space->counters, &report->figures);
	sum_cells(report);
	report->user = report->faults - counter[MMS_COUNT_KERNEL] - counter[MMS_COUNT_GUP] -
		       counter[MMS_COUNT_REMOTE];
	report->crossings = counter[MMS_COUNT_BRK] + counter[MMS_COUNT_MMAP] +
			    counter[MMS_COUNT_MUNMAP] + counter[MMS_COUNT_MREMAP] +
			    counter[MMS_COUNT_MPROTECT] + counter[MMS_COUNT_MADVISE] +
			    report->user;
	/* A vfork child that has not called exec has no address space of its own. */
	if (space->owner == process->tgid)
		report->process_faults += report->faults - counter[MMS_COUNT_REMOTE_IN];
	report->law1 = report->kernel.min + report->kernel.maj - report->process_faults -
		       report->remote_out;
	report->law2 = report->state.vsz_pages - vsz.last;
	report->vsz_begin = vsz.begin;
	report->heap_begin = vsz.heap_begin;
	report->law3 = report->state.vsz_pages - vsz.begin - vsz.sum;
	report->law3_heap = report->state.heap_bytes - vsz.heap_begin - vsz.heap_sum;
	mms_space_put(space);
}

void mms_report_gather(struct mms_process *process, struct mms_report *report)
{
	down_read(&mms_report_lock);
	gather(process, report);
	up_read(&mms_report_lock);
}

struct mms_region_figures mms_report_region(const struct mms_report *report,
					    enum mms_region region)
{
	const struct mms_figures *figures = &report->figures;
	struct mms_region_figures sum = { 0 };
	unsigned int kind;

	for (kind = 0; kind < MMS_NR_KINDS; kind++) {
		sum.faults += figures->cell[kind][region].count;
		sum.pages += figures->cell[kind][region].pages;
	}
	sum.cow = figures->cell[MMS_KIND_COW_COPY][region].count +
		  figures->cell[MMS_KIND_COW_FILE][region].count;
	if (region == MMS_REGION_HUGETLB)
		sum.cow += figures->counter[MMS_COUNT_COW_HUGETLB];
	return sum;
}
