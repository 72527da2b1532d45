// SPDX-License-Identifier: GPL-2.0
/* summary.c - the figures of a run */
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include "array.h"
#include "render/numbers.h"
#include "render/summary.h"

#define NAME_WIDTH 12
#define FIGURE_WIDTH 15

/* A figure, or "-" when this module does not tell it. */
static struct mms_num figure(const struct mms_status *status, enum mms_figure id)
{
	struct mms_num untold = { "-" };

	return status->told[id] ? mms_count(status->value[id]) : untold;
}

static struct mms_num size(const struct mms_status *status, enum mms_figure id)
{
	struct mms_num untold = { "-" };

	return status->told[id] ? mms_kib(status->value[id]) : untold;
}

static struct mms_num duration(const struct mms_status *status, enum mms_figure id)
{
	struct mms_num untold = { "-" };

	return status->told[id] ? mms_ns((uint64_t)status->value[id]) : untold;
}

static void headline(const struct mms_out *out, const struct mms_run *run)
{
	fprintf(out->file, "\n%s%s%s (pid %d) ", mms_style(out, MMS_HEAD), run->command,
		mms_style(out, MMS_PLAIN), run->pid);
	if (WIFSIGNALED(run->wait_status))
		fprintf(out->file, "was killed by SIG%s",
			sigabbrev_np(WTERMSIG(run->wait_status)) ?: "?");
	else
		fprintf(out->file, "ended with status %d", WEXITSTATUS(run->wait_status));
	fprintf(out->file, " after %s\n", mms_ns(run->wall_ns).s);
}

static void line(const struct mms_out *out, const char *name, const char *value,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* "name   value  details" */
static void line(const struct mms_out *out, const char *name, const char *value,
		 const char *format, ...)
{
	char details[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(details, sizeof(details), format, ap);
	va_end(ap);
	fprintf(out->file, "  %-*s%*s  ", NAME_WIDTH, name, FIGURE_WIDTH, value);
	mms_wrap(out, 2 + NAME_WIDTH + FIGURE_WIDTH + 2, details);
}

static void sizes(const struct mms_out *out, const struct mms_process *process)
{
	struct mms_point peak = mms_series_peak(&process->timeline);
	const struct mms_status *status = &process->status;
	struct {
		const char *name;
		enum mms_figure id;
		int64_t peak;
		bool exact;
		enum mms_style style;
		const char *meaning;
	} rows[] = {
		{ "VSZ", MMS_FIG_VSZ, peak.vsz_kb, true, MMS_VSZ, "promised" },
		{ "RSS", MMS_FIG_RSS, peak.rss_kb, peak.exact, MMS_RSS, "in physical memory" },
		{ "heap", MMS_FIG_HEAP, peak.heap_kb, true, MMS_PLAIN, "by brk" },
	};
	size_t i;

	fprintf(out->file, "%s  %-*s%*s%*s%s\n", mms_style(out, MMS_DIM), NAME_WIDTH, "",
		FIGURE_WIDTH, "at the end", FIGURE_WIDTH, "peak", mms_style(out, MMS_PLAIN));
	for (i = 0; i < MMS_ARRAY_SIZE(rows); i++) {
		struct mms_num highest = { "-" };
		char marked[48];

		if (process->timeline.nr)
			highest = mms_kib(rows[i].peak);
		snprintf(marked, sizeof(marked), "%s%s", rows[i].exact ? "" : "~", highest.s);
		fprintf(out->file, "  %s%-*s%*s%*s%s  %s\n", mms_style(out, rows[i].style),
			NAME_WIDTH, rows[i].name, FIGURE_WIDTH, size(status, rows[i].id).s,
			FIGURE_WIDTH, marked, mms_style(out, MMS_PLAIN), rows[i].meaning);
	}
	line(out, "of RSS", "", "anon %s, file %s, shmem %s; swapped out %s",
	     size(status, MMS_FIG_RSS_ANON).s, size(status, MMS_FIG_RSS_FILE).s,
	     size(status, MMS_FIG_RSS_SHMEM).s, size(status, MMS_FIG_SWAP).s);
}

static void counts(const struct mms_out *out, const struct mms_status *status)
{
	int64_t faults = status->value[MMS_FIG_FAULTS];
	int64_t ns = status->value[MMS_FIG_FAULT_TIME];

	fputc('\n', out->file);
	line(out, "page faults", figure(status, MMS_FIG_FAULTS).s,
	     "minor %s, major %s; by user %s, kernel %s, gup %s, remote %s",
	     figure(status, MMS_FIG_MIN_FLT).s, figure(status, MMS_FIG_MAJ_FLT).s,
	     figure(status, MMS_FIG_FAULTS_USER).s, figure(status, MMS_FIG_FAULTS_KERNEL).s,
	     figure(status, MMS_FIG_FAULTS_GUP).s, figure(status, MMS_FIG_FAULTS_REMOTE).s);
	if (status->value[MMS_FIG_FAULT_RETRIES] || status->value[MMS_FIG_FAULT_ERRORS])
		line(out, "", "", "besides: %s retried, %s ended in an error",
		     figure(status, MMS_FIG_FAULT_RETRIES).s,
		     figure(status, MMS_FIG_FAULT_ERRORS).s);
	line(out, "in faults", duration(status, MMS_FIG_FAULT_TIME).s, "%s each, %s pages mapped",
	     mms_ns(faults > 0 && ns > 0 ? (uint64_t)(ns / faults) : 0).s,
	     figure(status, MMS_FIG_FAULT_PAGES).s);
	line(out, "COW breaks", figure(status, MMS_FIG_COW_BREAKS).s, "%s pages copied",
	     figure(status, MMS_FIG_COW_PAGES).s);
	line(out, "crossings", figure(status, MMS_FIG_CROSSINGS).s,
	     "brk %s, mmap %s, munmap %s, mremap %s, faults from user mode %s",
	     figure(status, MMS_FIG_BRK).s, figure(status, MMS_FIG_MMAP).s,
	     figure(status, MMS_FIG_MUNMAP).s, figure(status, MMS_FIG_MREMAP).s,
	     figure(status, MMS_FIG_FAULTS_USER).s);
	line(out, "in calls", duration(status, MMS_FIG_SYSCALL_TIME).s,
	     "brk, mmap, munmap, mremap; the stack grew %s times by itself",
	     figure(status, MMS_FIG_STACK_GROW).s);
}

static void faults(const struct mms_out *out, const struct mms_process *process)
{
	size_t i;

	if (!process->nr_faults)
		return;
	mms_heading(out, "Page faults by kind and region");
	fprintf(out->file, "%s  %-12s%-14s%12s%12s%12s%12s%s\n", mms_style(out, MMS_DIM), "KIND",
		"REGION", "COUNT", "PAGES", "TIME", "EACH", mms_style(out, MMS_PLAIN));
	for (i = 0; i < process->nr_faults; i++) {
		const struct mms_fault_row *row = &process->faults[i];

		fprintf(out->file, "  %-12s%-14s%12s%12s%12s%12s\n", row->kind, row->region,
			mms_count(row->count).s, mms_count(row->pages).s,
			mms_ns((uint64_t)row->ns).s,
			mms_ns(row->count > 0 ? (uint64_t)(row->ns / row->count) : 0).s);
	}
}

static void processes(const struct mms_out *out, const struct mms_run *run)
{
	size_t i;

	if (run->nr_processes < 2)
		return;
	mms_heading(out, "Processes (sizes in KiB)");
	fprintf(out->file, "%s%7s%8s%12s%10s%10s%9s%7s %-7s%s%s\n", mms_style(out, MMS_DIM), "PID",
		"PPID", "VSZ", "RSS", "ANON", "FAULTS", "COW", "STATE", "COMMAND",
		mms_style(out, MMS_PLAIN));
	for (i = 0; i < run->nr_processes; i++) {
		const struct mms_process *p = &run->processes[i];

		fprintf(out->file, "%7d%8d%12s%10s%10s%9s%7s %-7s%s\n", p->pid, p->ppid,
			mms_count(p->vsz).s, mms_count(p->rss).s, mms_count(p->anon).s,
			mms_count(p->minflt + p->majflt).s, mms_count(p->cow).s, p->state,
			p->comm);
	}
}

static void verdict(const struct mms_out *out, enum mms_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void verdict(const struct mms_out *out, enum mms_style style, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fprintf(out->file, "  %s", mms_style(out, style));
	mms_wrap(out, 2, text);
	fputs(mms_style(out, MMS_PLAIN), out->file);
}

/* The laws of every process; a residual that is not 0 means that figures above are wrong. */
static void laws(const struct mms_out *out, const struct mms_run *run)
{
	static const struct {
		enum mms_figure id;
		const char *law;
	} rows[] = {
		{ MMS_FIG_LAW1_RESIDUAL, "faults = the kernel's own count" },
		{ MMS_FIG_LAW2_RESIDUAL, "VSZ and RSS = the kernel's own" },
	};
	bool broken = false;
	size_t gone = 0;
	size_t i;
	size_t j;

	for (i = 0; i < run->nr_processes; i++) {
		const struct mms_status *status = &run->processes[i].status;

		if (run->processes[i].gone) {
			gone++;
			continue;
		}
		for (j = 0; j < MMS_ARRAY_SIZE(rows); j++) {
			if (status->told[rows[j].id] && !status->value[rows[j].id])
				continue;
			broken = true;
			verdict(out, MMS_ALARM, "law broken in process %d: %s, residual %s",
				run->processes[i].pid, rows[j].law, figure(status, rows[j].id).s);
		}
	}
	if (!broken)
		verdict(out, MMS_PLAIN, "laws hold: %s, %s (residuals 0)", rows[0].law,
			rows[1].law);
	if (gone)
		verdict(out, MMS_ALARM, "not checked: %zu processes whose records newer ones had pushed out",
			gone);
}

static void losses(const struct mms_out *out, const struct mms_run *run)
{
	bool lost = false;
	size_t i;

	for (i = 0; i < run->stats.nr; i++) {
		const struct mms_stat *stat = &run->stats.list[i];
		int64_t during;

		if (!mms_stat_is_loss(stat) || !stat->value)
			continue;
		during = stat->value - mms_stat_before(run, stat->key);
		lost |= during > 0;
		if (during > 0)
			verdict(out, MMS_ALARM, "LOST during this run: %s %s", stat->key,
				mms_count(during).s);
		else
			verdict(out, MMS_PLAIN, "lost before this run: %s %s", stat->key,
				mms_count(stat->value).s);
	}
	if (!lost)
		verdict(out, MMS_PLAIN, "nothing lost during this run");
	for (i = 0; i < run->nr_missing; i++)
		verdict(out, MMS_ALARM, "not seen, as this kernel has no %s: %s",
			run->missing[i].symbol, run->missing[i].consequence);
}

void mms_summary(const struct mms_out *out, const struct mms_run *run)
{
	const struct mms_process *process = &run->processes[0];

	headline(out, run);
	sizes(out, process);
	counts(out, &process->status);
	faults(out, process);
	processes(out, run);
	mms_heading(out, "Can these figures be trusted?");
	laws(out, run);
	losses(out, run);
}
