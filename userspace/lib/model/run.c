// SPDX-License-Identifier: GPL-2.0
/* run.c - what is known about one run of a command */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "array.h"
#include "model/run.h"
#include "model/table.h"

/* Where the numbers of `processes` go. */
static const struct {
	const char *column;
	size_t offset;
} process_figures[] = {
	{ "VSZ", offsetof(struct mms_process, vsz) },
	{ "RSS", offsetof(struct mms_process, rss) },
	{ "ANON", offsetof(struct mms_process, anon) },
	{ "HEAP", offsetof(struct mms_process, heap) },
	{ "MINFLT", offsetof(struct mms_process, minflt) },
	{ "MAJFLT", offsetof(struct mms_process, majflt) },
	{ "COW", offsetof(struct mms_process, cow) },
};

static int read_process(struct mms_process *process, const struct mms_table *table, size_t row,
			struct mms_error *err)
{
	enum { PID, PPID, STATE, COMM, NR };
	static const char *const names[NR] = { "PID", "PPID", "STATE", "COMM" };
	int columns[NR];
	int64_t pid;
	int64_t ppid;
	size_t i;
	int ret;

	*process = (struct mms_process){ 0 };
	ret = mms_table_columns(table, "processes", names, columns, NR, err);
	if (ret)
		return ret;
	ret = mms_number(mms_table_cell(table, row, columns[PID]), &pid, NULL) ?:
	      mms_number(mms_table_cell(table, row, columns[PPID]), &ppid, NULL);
	for (i = 0; !ret && i < MMS_ARRAY_SIZE(process_figures); i++) {
		int column = mms_table_column(table, process_figures[i].column);
		int64_t *to = (int64_t *)((char *)process + process_figures[i].offset);

		if (column >= 0)
			ret = mms_number(mms_table_cell(table, row, column), to, NULL);
	}
	if (ret)
		return mms_fail(err, ret, "processes is not understood: row %zu has a figure that is no number",
				row + 1);
	process->pid = (int)pid;
	process->ppid = (int)ppid;
	mms_copy_text(process->comm, sizeof(process->comm),
		      mms_table_cell(table, row, columns[COMM]));
	mms_copy_text(process->state, sizeof(process->state),
		      mms_table_cell(table, row, columns[STATE]));
	return 0;
}

static bool is_kept(const struct mms_run *run, const struct mms_process *process)
{
	size_t i;

	for (i = 0; i < run->nr_processes; i++)
		if (run->processes[i].pid == process->pid)
			return true;
	return false;
}

static bool has_parent(const struct mms_run *run, const struct mms_process *process)
{
	size_t i;

	for (i = 0; i < run->nr_processes; i++)
		if (run->processes[i].pid == process->ppid)
			return true;
	return false;
}

/* Keep the command's process, then, as long as that finds more, every child of a kept one. */
static void keep_descendants(struct mms_run *run, const struct mms_process *all, size_t nr)
{
	bool found = true;
	size_t i;

	for (i = 0; i < nr; i++)
		if (all[i].pid == run->pid && !run->nr_processes)
			run->processes[run->nr_processes++] = all[i];
	while (found) {
		found = false;
		for (i = 0; i < nr; i++) {
			if (is_kept(run, &all[i]) || !has_parent(run, &all[i]))
				continue;
			run->processes[run->nr_processes++] = all[i];
			found = true;
		}
	}
}

static int by_pid(const void *a, const void *b)
{
	const struct mms_process *x = a;
	const struct mms_process *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

int mms_processes_parse(struct mms_run *run, const char *text, struct mms_error *err)
{
	struct mms_process *all = NULL;
	struct mms_table table;
	size_t i;
	int ret;

	ret = mms_table_parse(&table, text, "processes", err);
	if (!ret) {
		all = calloc(table.nr_rows + 1, sizeof(*all));
		run->processes = calloc(table.nr_rows + 1, sizeof(*all));
		if (!all || !run->processes)
			ret = mms_fail(err, -ENOMEM, "no memory to read processes");
	}
	for (i = 0; !ret && i < table.nr_rows; i++)
		ret = read_process(&all[i], &table, i, err);
	if (!ret)
		keep_descendants(run, all, table.nr_rows);
	if (!ret && !run->nr_processes)
		ret = mms_fail(err, -ESRCH,
			       "the module kept no record of process %d (does its stats show lost records? is exited_kept too small?)",
			       run->pid);
	if (!ret)
		qsort(run->processes + 1, run->nr_processes - 1, sizeof(*run->processes), by_pid);
	free(all);
	mms_table_free(&table);
	return ret;
}

int mms_stats_parse(struct mms_stats *stats, const char *text, struct mms_error *err)
{
	char *copy = strdup(text);
	size_t room = 0;
	char *rest = copy;
	char *line;
	int ret = copy ? 0 : -ENOMEM;

	*stats = (struct mms_stats){ 0 };
	while (!ret && (line = strsep(&rest, "\n"))) {
		struct mms_stat stat = { 0 };
		char *value = line + strcspn(line, " \t");

		if (!*line)
			continue;
		if (*value)
			*value++ = '\0';
		value += strspn(value, " \t");
		value[strcspn(value, " \t\r")] = '\0';
		mms_copy_text(stat.key, sizeof(stat.key), line);
		ret = mms_number(value, &stat.value, NULL) ?:
		      mms_grow(&stats->list, stats->nr, &room, sizeof(stat));
		if (!ret)
			stats->list[stats->nr++] = stat;
	}
	free(copy);
	if (ret == -EINVAL)
		return mms_fail(err, ret, "stats is not understood at line %zu: do module and mmscope have the same version?",
				stats->nr + 1);
	return ret ? mms_fail(err, ret, "no memory to read stats") : 0;
}

int mms_probes_parse(struct mms_run *run, const char *text, struct mms_error *err)
{
	enum { NAME, SYMBOL, STATE, NR };
	static const char *const names[NR] = { "NAME", "SYMBOL", "STATE" };
	int consequence;
	struct mms_table table;
	size_t room = 0;
	int columns[NR];
	size_t i;
	int ret;

	ret = mms_table_parse(&table, text, "probes", err);
	if (!ret)
		ret = mms_table_columns(&table, "probes", names, columns, NR, err);
	consequence = ret ? -1 : mms_table_column(&table, "IF_MISSING");
	for (i = 0; !ret && i < table.nr_rows; i++) {
		struct mms_missing missing = { 0 };

		if (strcmp(mms_table_cell(&table, i, columns[STATE]), "missing"))
			continue;
		mms_copy_text(missing.name, sizeof(missing.name),
			      mms_table_cell(&table, i, columns[NAME]));
		mms_copy_text(missing.symbol, sizeof(missing.symbol),
			      mms_table_cell(&table, i, columns[SYMBOL]));
		if (consequence >= 0)
			mms_copy_text(missing.consequence, sizeof(missing.consequence),
				      mms_table_cell(&table, i, consequence));
		ret = mms_grow(&run->missing, run->nr_missing, &room, sizeof(missing));
		if (ret)
			mms_fail(err, ret, "no memory to read probes");
		else
			run->missing[run->nr_missing++] = missing;
	}
	mms_table_free(&table);
	return ret;
}

bool mms_stat_is_loss(const struct mms_stat *stat)
{
	return !strncmp(stat->key, "lost", 4);
}

int64_t mms_stat_before(const struct mms_run *run, const char *key)
{
	size_t i;

	for (i = 0; i < run->before.nr; i++)
		if (!strcmp(run->before.list[i].key, key))
			return run->before.list[i].value;
	return 0;
}

int mms_run_exit_status(const struct mms_run *run)
{
	if (WIFSIGNALED(run->wait_status))
		return 128 + WTERMSIG(run->wait_status);
	return WEXITSTATUS(run->wait_status);
}

void mms_run_free(struct mms_run *run)
{
	size_t i;

	for (i = 0; i < run->nr_processes; i++) {
		free(run->processes[i].faults);
		mms_series_free(&run->processes[i].timeline);
	}
	free(run->processes);
	free(run->before.list);
	free(run->stats.list);
	free(run->missing);
	free(run->command);
	*run = (struct mms_run){ 0 };
}
