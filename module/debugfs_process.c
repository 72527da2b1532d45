// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs_process.c - pid/<tgid>/: the files about one process
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "debugfs.h"
#include "loss.h"
#include "names.h"
#include "process.h"
#include "report.h"

/* A folder that is shown; holds a reference to its record. */
struct folder {
	struct list_head node;
	struct mms_process *process;
	struct dentry *dentry;
};

static struct dentry *root;
static LIST_HEAD(folders);
static DEFINE_MUTEX(folders_lock); /* folders, and mms_process::surfaced */

static void sync_work(struct work_struct *work);
static DECLARE_WORK(sync, sync_work);

static u64 kb(u64 pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static struct mms_report *gather(struct mms_process *process)
{
	struct mms_report *report = kmalloc(sizeof(*report), GFP_KERNEL);

	if (report)
		mms_report_gather(process, report);
	return report;
}

static void show_kb(struct seq_file *file, const char *key, u64 value)
{
	seq_printf(file, "%-16s %llu kB\n", key, value);
}

static void show_count(struct seq_file *file, const char *key, u64 value)
{
	seq_printf(file, "%-16s %llu\n", key, value);
}

static void show_ns(struct seq_file *file, const char *key, u64 value)
{
	seq_printf(file, "%-16s %llu ns\n", key, value);
}

static void show_signed(struct seq_file *file, const char *key, s64 value)
{
	seq_printf(file, "%-16s %lld\n", key, value);
}

static void show_sizes(struct seq_file *file, const struct mms_state *state)
{
	show_kb(file, "VSZ:", kb(state->vsz_pages));
	show_kb(file, "RSS:", kb(mms_state_rss_pages(state)));
	show_kb(file, "RssAnon:", kb(state->anon_pages));
	show_kb(file, "RssFile:", kb(state->file_pages));
	show_kb(file, "RssShmem:", kb(state->shmem_pages));
	show_kb(file, "Swap:", kb(state->swap_pages));
	show_kb(file, "Heap:", state->heap_bytes >> 10);
}

static void show_figures(struct seq_file *file, const struct mms_report *report)
{
	const u64 *counter = report->figures.counter;
	unsigned int reason;

	show_count(file, "Faults:", report->faults);
	show_count(file, "MinFlt:", report->faults - counter[MMS_COUNT_MAJOR]);
	show_count(file, "MajFlt:", counter[MMS_COUNT_MAJOR]);
	show_count(file, "FaultsUser:", report->user);
	show_count(file, "FaultsKernel:", counter[MMS_COUNT_KERNEL]);
	show_count(file, "FaultsGup:", counter[MMS_COUNT_GUP]);
	show_count(file, "FaultsRemote:", counter[MMS_COUNT_REMOTE]);
	show_count(file, "FaultPages:", report->pages);
	show_ns(file, "FaultTime:", report->fault_ns);
	show_count(file, "FaultRetries:", counter[MMS_COUNT_RETRY]);
	show_ns(file, "FaultRetryTime:", counter[MMS_COUNT_RETRY_NS]);
	show_count(file, "FaultErrors:", counter[MMS_COUNT_ERROR]);
	show_count(file, "CowBreaks:", counter[MMS_COUNT_COW_BREAKS]);
	show_count(file, "CowPages:", counter[MMS_COUNT_COW_PAGES]);
	show_count(file, "CowHugetlb:", counter[MMS_COUNT_COW_HUGETLB]);
	show_count(file, "Brk:", counter[MMS_COUNT_BRK]);
	show_count(file, "Mmap:", counter[MMS_COUNT_MMAP]);
	show_count(file, "Munmap:", counter[MMS_COUNT_MUNMAP]);
	show_count(file, "Mremap:", counter[MMS_COUNT_MREMAP]);
	show_count(file, "StackGrow:", counter[MMS_COUNT_STACK_GROW]);
	show_ns(file, "SyscallTime:", counter[MMS_COUNT_SYSCALL_NS]);
	show_count(file, "Crossings:", report->crossings);
	/* Why faults are of the kind "other". */
	for (reason = 0; reason < MMS_NR_REASONS; reason++)
		seq_printf(file, "Other.%s:%*s%llu\n", mms_reason_names[reason],
			   10 - (int)strlen(mms_reason_names[reason]), " ",
			   report->figures.reason[reason]);
}

/* Of the kinds of show_figures(), but at the end: older lines are never moved. */
static void show_changes(struct seq_file *file, const struct mms_report *report)
{
	const u64 *counter = report->figures.counter, *outcome = report->figures.outcome;

	show_count(file, "Mprotect:", counter[MMS_COUNT_MPROTECT]);
	show_count(file, "Madvise:", counter[MMS_COUNT_MADVISE]);
	show_count(file, "FaultsSegvMaperr:", outcome[MMS_OUTCOME_SEGV_MAPERR]);
	show_count(file, "FaultsSegvAccerr:", outcome[MMS_OUTCOME_SEGV_ACCERR]);
	show_count(file, "FaultsSigbus:", outcome[MMS_OUTCOME_SIGBUS]);
	show_count(file, "FaultsOom:", outcome[MMS_OUTCOME_OOM]);
	show_count(file, "SwapOut:", counter[MMS_COUNT_SWAP_OUT]);
	show_count(file, "Collapse:", counter[MMS_COUNT_COLLAPSE]);
	show_count(file, "OomKill:", counter[MMS_COUNT_OOM_KILL]);
}

static int status_show(struct seq_file *file, void *unused)
{
	struct mms_process *process = file->private;
	struct pid_namespace *namespace = task_active_pid_ns(current);
	struct mms_report *report = gather(process);
	char comm[TASK_COMM_LEN];

	if (!report)
		return -ENOMEM;
	mms_process_comm(process, comm);
	seq_printf(file, "%-16s %s\n", "Name:", comm);
	/* 0: not visible in the reader's namespace. */
	show_count(file, "Pid:", pid_nr_ns(process->pid, namespace));
	show_count(file, "PPid:", pid_nr_ns(process->parent, namespace));
	seq_printf(file, "%-16s %s\n", "State:", report->live ? "live" : "exited");
	show_count(file, "Generation:", report->gen);
	show_sizes(file, &report->state);
	show_figures(file, report);
	show_count(file, "ProcessFaults:", report->process_faults);
	show_count(file, "RemoteIn:", report->figures.counter[MMS_COUNT_REMOTE_IN]);
	show_count(file, "RemoteOut:", report->remote_out);
	show_count(file, "KernelMinFlt:", report->kernel.min);
	show_count(file, "KernelMajFlt:", report->kernel.maj);
	show_signed(file, "Law1Residual:", report->law1);
	show_signed(file, "Law2Residual:", report->law2);
	show_kb(file, "VszBegin:", kb(report->vsz_begin));
	show_kb(file, "HeapBegin:", report->heap_begin >> 10);
	show_signed(file, "Law3Residual:", report->law3);
	show_signed(file, "Law3Heap:", report->law3_heap);
	show_kb(file, "VszPeak:", kb(report->state.vsz_peak_pages));
	show_kb(file, "RssPeak:", kb(report->state.rss_peak_pages));
	show_changes(file, report);
	kfree(report);
	return 0;
}

static int faults_show(struct seq_file *file, void *unused)
{
	struct mms_report *report = gather(file->private);
	unsigned int kind, region;

	if (!report)
		return -ENOMEM;
	seq_printf(file, "%-10s %-12s %12s %12s %15s %12s\n", "KIND", "REGION", "COUNT", "PAGES",
		   "NS", "MAJOR");
	for (kind = 0; kind < MMS_NR_KINDS; kind++) {
		for (region = 0; region < MMS_NR_REGIONS; region++) {
			const struct mms_cell *cell = &report->figures.cell[kind][region];

			if (cell->count)
				seq_printf(file, "%-10s %-12s %12llu %12llu %15llu %12llu\n",
					   mms_kind_names[kind], mms_region_names[region],
					   cell->count, cell->pages, cell->ns, cell->major);
		}
	}
	kfree(report);
	return 0;
}

static void show_point(struct seq_file *file, const struct mms_point *point, u64 start_ns)
{
	const struct mms_state *state = &point->state;

	seq_printf(file, "%llu%s %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu\n",
		   point->t_ns > start_ns ? point->t_ns - start_ns : 0, state->exact ? "" : "~",
		   kb(state->vsz_pages), kb(mms_state_rss_pages(state)), kb(state->anon_pages),
		   kb(state->file_pages), kb(state->shmem_pages), kb(state->swap_pages),
		   state->heap_bytes >> 10, point->faults, point->cow, kb(state->vsz_peak_pages),
		   kb(state->rss_peak_pages));
}

static int timeline_show(struct seq_file *file, void *unused)
{
	struct mms_space *space = mms_process_space(file->private);
	unsigned int max = space->timeline.max, number, i;
	struct mms_point *points = NULL, now;

	if (max) {
		points = kvmalloc_array(max, sizeof(*points), GFP_KERNEL);
		if (!points) {
			mms_space_put(space);
			return -ENOMEM;
		}
	}
	seq_puts(file, "T_NS VSZ RSS ANON FILE SHMEM SWAP HEAP FAULTS COW VSZ_PEAK RSS_PEAK\n");
	number = mms_timeline_copy(&space->timeline, points, max);
	for (i = 0; i < number; i++)
		show_point(file, &points[i], space->start_ns);
	/* However coarse the points have become, the last row of a live one is the present. */
	if (mms_space_now(space, &now))
		show_point(file, &now, space->start_ns);
	kvfree(points);
	mms_space_put(space);
	return 0;
}

static void show_event(struct seq_file *file, const struct mms_logged *logged, u64 start_ns)
{
	const struct mms_last_event *event = &logged->event;
	bool fault = event->event == MMS_EVENT_FAULT;
	const char *kind = fault ? mms_kind_names[event->kind] :
			   event->event == MMS_EVENT_FAULT_ERROR ? mms_outcome_names[event->kind] :
								   "-";

	seq_printf(file, "%13llu %3d %-10s 0x%012llx %-10s %-12s %8llu %10llu\n",
		   event->t_ns > start_ns ? event->t_ns - start_ns : 0, logged->cpu,
		   mms_event_names[event->event], event->address,
		   kind,
		   fault ? mms_region_names[event->region] : "-", event->pages, event->ns);
}

static int events_show(struct seq_file *file, void *unused)
{
	struct mms_space *space = mms_process_space(file->private);
	struct mms_logged *events;
	unsigned int number, i;

	events = kvmalloc_array(mms_counters_last_max(), sizeof(*events), GFP_KERNEL);
	if (!events) {
		mms_space_put(space);
		return -ENOMEM;
	}
	seq_printf(file, "%13s %3s %-10s %-14s %-10s %-12s %8s %10s\n", "T_NS", "CPU", "EVENT",
		   "ADDRESS", "KIND", "REGION", "PAGES", "NS");
	number = mms_counters_last(&space->counters, events);
	for (i = 0; i < number; i++)
		show_event(file, &events[i], space->start_ns);
	kvfree(events);
	mms_space_put(space);
	return 0;
}

DEFINE_SHOW_ATTRIBUTE(status);
DEFINE_SHOW_ATTRIBUTE(faults);
DEFINE_SHOW_ATTRIBUTE(timeline);
DEFINE_SHOW_ATTRIBUTE(events);

static const struct mms_process_file files[] = {
	{ "status", &status_fops },
	{ "faults", &faults_fops },
	{ "timeline", &timeline_fops },
	{ "events", &events_fops },
	{ },
};

static void add_files(struct folder *folder, const struct mms_process_file *file)
{
	for (; file->name; file++)
		debugfs_create_file(file->name, 0400, folder->dentry, folder->process, file->fops);
}

static void remove_folder(struct folder *folder)
{
	/* Waits for readers; afterwards nobody holds the record through a file. */
	debugfs_remove_recursive(folder->dentry);
	list_del(&folder->node);
	mms_process_put(folder->process);
	kfree(folder);
}

static void add_folder(struct mms_process *process)
{
	struct folder *folder = kzalloc(sizeof(*folder), GFP_KERNEL);
	char name[12];

	if (!folder) {
		mms_loss_count(MMS_LOSS_FOLDER_NOMEM);
		return;
	}
	snprintf(name, sizeof(name), "%d", process->tgid);
	folder->dentry = debugfs_create_dir(name, root);
	if (IS_ERR(folder->dentry)) {
		mms_loss_count(MMS_LOSS_FOLDER_NOMEM);
		kfree(folder);
		return;
	}
	folder->process = mms_process_get(process);
	process->surfaced = true;
	list_add(&folder->node, &folders);
	add_files(folder, files);
	add_files(folder, mms_process_tables);
}

static void sync_work(struct work_struct *work)
{
	struct folder *folder, *next;
	struct mms_process **all;
	int number, i;

	mutex_lock(&folders_lock);
	/* First, because a new process may have the number of one that is gone. */
	list_for_each_entry_safe(folder, next, &folders, node)
		if (READ_ONCE(folder->process->gone))
			remove_folder(folder);
	number = mms_processes_snapshot(&all);
	if (number >= 0) {
		for (i = 0; i < number; i++)
			if (!all[i]->surfaced && !READ_ONCE(all[i]->gone))
				add_folder(all[i]);
		mms_processes_unsnapshot(all, number);
	}
	mutex_unlock(&folders_lock);
}

static void queue_sync(void)
{
	schedule_work(&sync);
}

void mms_debugfs_processes_sync(void)
{
	queue_sync();
	flush_work(&sync);
}

int mms_debugfs_processes_init(struct dentry *parent)
{
	root = debugfs_create_dir("pid", parent);
	if (IS_ERR(root))
		return PTR_ERR(root);
	mms_processes_on_change(queue_sync);
	return 0;
}

void mms_debugfs_processes_exit(void)
{
	struct folder *folder, *next;

	mms_processes_on_change(NULL);
	cancel_work_sync(&sync);
	mutex_lock(&folders_lock);
	list_for_each_entry_safe(folder, next, &folders, node)
		remove_folder(folder);
	mutex_unlock(&folders_lock);
}
