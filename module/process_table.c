// SPDX-License-Identifier: GPL-2.0
/*
 * process_table.c - the table of all processes, for every surface that shows it
 */
#include <linux/cred.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uidgid.h>

#include "process.h"
#include "process_table.h"
#include "report.h"

static u64 kb(u64 pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static bool may_see(struct mms_process *process, const struct cred *reader)
{
	struct mms_owner owner;

	if (!reader)
		return true;
	owner = mms_process_owner(process);
	return owner.open && uid_eq(owner.uid, reader->euid);
}

static void show_process(struct seq_file *file, struct mms_process *process,
			 struct mms_report *report)
{
	struct pid_namespace *namespace = task_active_pid_ns(current);
	const struct mms_state *state = &report->state;
	pid_t pid = pid_nr_ns(process->pid, namespace);
	/* Read at another moment than the faults: never more than they. */
	u64 major;
	char comm[TASK_COMM_LEN];

	/*
	 * 0: not visible in the reader's namespace. A struct pid keeps its numbers
	 * after the process is gone, so exited ones are shown too.
	 */
	if (!pid)
		return;
	mms_report_gather(process, report);
	major = min(report->figures.counter[MMS_COUNT_MAJOR], report->faults);
	mms_process_comm(process, comm);
	seq_printf(file, "%7d %7d %10llu %9llu %9llu %9llu %9llu %9llu %9llu %9llu %7llu %7llu %-6s %s\n",
		   pid, pid_nr_ns(process->parent, namespace), kb(state->vsz_pages),
		   kb(mms_state_rss_pages(state)), kb(state->anon_pages), kb(state->file_pages),
		   kb(state->shmem_pages), kb(state->swap_pages), state->heap_bytes >> 10,
		   report->faults - major, major, report->figures.counter[MMS_COUNT_COW_BREAKS],
		   report->live ? "live" : "exited", comm);
}

int mms_process_table_show(struct seq_file *file, const struct cred *reader)
{
	struct mms_report *report = kmalloc(sizeof(*report), GFP_KERNEL);
	struct mms_process **all;
	int number, i;

	if (!report)
		return -ENOMEM;
	number = mms_processes_snapshot(&all);
	if (number < 0) {
		kfree(report);
		return number;
	}
	seq_printf(file, "%7s %7s %10s %9s %9s %9s %9s %9s %9s %9s %7s %7s %-6s %s\n", "PID",
		   "PPID", "VSZ", "RSS", "ANON", "FILE", "SHMEM", "SWAP", "HEAP", "MINFLT",
		   "MAJFLT", "COW", "STATE", "COMM");
	for (i = 0; i < number; i++)
		if (may_see(all[i], reader))
			show_process(file, all[i], report);
	mms_processes_unsnapshot(all, number);
	kfree(report);
	return 0;
}
