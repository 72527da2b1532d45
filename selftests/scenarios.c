// SPDX-License-Identifier: GPL-2.0
/*
 * scenarios.c - every scenario of allocgen does to the figures what it promises
 *
 * allocgen runs as a target, step by step. At each of its marks all its
 * processes are at rest: the module's files are read and the trace events
 * drained. Then each expectation is held against both, and they against each
 * other; the laws of docs/design.md are checked on the way, all of it exactly.
 *
 *	scenarios [NAME [ARGUMENT...]]    all scenarios, or one
 */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "events.h"
#include "figures.h"
#include "laws.h"
#include "tap.h"
#include "target.h"

#define MAX_MARKS 64
#define MAX_PROCESSES 8
#define MAX_EXPECTATIONS 256

/* One process at one mark. */
struct snapshot {
	pid_t pid;
	struct figures figures;
};

/**
 * struct mark - a moment at which all is at rest
 * @name: as allocgen calls it
 * @nr: processes
 * @process: their figures
 * @events: number of trace events before it
 */
struct mark {
	char *name;
	unsigned int nr;
	struct snapshot process[MAX_PROCESSES];
	unsigned int events;
};

static struct mark marks[MAX_MARKS];
static unsigned int nr_marks;
static struct json_object *expectations[MAX_EXPECTATIONS];
static unsigned int nr_expectations;
static struct events events;
static pid_t pids[MAX_PROCESSES]; /* every process that was ever named */
static unsigned int nr_pids;
static unsigned int wrong; /* statements about the scenario that did not hold */
static unsigned int held;

__attribute__((format(printf, 2, 3)))
static void hold(bool ok, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (ok) {
		held++;
		return;
	}
	wrong++;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	tap_note("%s", text);
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ? json_object_get_string(value) : "";
}

static int64_t number_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ? json_object_get_int64(value) : 0;
}

/* Law 2: the module's sizes are the kernel's, and the last event says the same. */
static void check_law2(const struct mark *mark, const struct snapshot *process)
{
	const struct figures *figures = &process->figures;
	const struct event *last = NULL;
	struct sizes sizes;
	unsigned int i;
	long page_kb = sysconf(_SC_PAGESIZE) / 1024;

	if (!sizes_read(process->pid, &sizes)) {
		hold(false, "%s: cannot read the kernel's sizes of %d", mark->name, process->pid);
		return;
	}
	hold(law_see(2, figures_status(figures, "VSZ") - sizes.vsz),
	     "law 2 at %s, %d: VSZ %ld, kernel %ld kB",
	     mark->name, process->pid, figures_status(figures, "VSZ"), sizes.vsz);
	hold(law_see(2, figures_status(figures, "RSS") - sizes.rss),
	     "law 2 at %s, %d: RSS %ld, kernel %ld kB",
	     mark->name, process->pid, figures_status(figures, "RSS"), sizes.rss);
	hold(law_see(2, figures_status(figures, "RssAnon") - sizes.anon),
	     "law 2 at %s, %d: RssAnon %ld, kernel %ld kB", mark->name, process->pid,
	     figures_status(figures, "RssAnon"), sizes.anon);
	hold(law_see(2, figures_status(figures, "Law2Residual")),
	     "law 2 at %s, %d: residual %ld", mark->name, process->pid,
	     figures_status(figures, "Law2Residual"));
	/* A fork event carries the state of the child. */
	for (i = 0; i < events.number; i++)
		if (events.event[i].tgid == process->pid && events.event[i].event != MMS_EVENT_FORK)
			last = &events.event[i];
	if (!last)
		return;
	hold(law_see(2, last->vsz_pages * page_kb - sizes.vsz),
	     "law 2 at %s, %d: VSZ of the last event %ld, kernel %ld kB", mark->name, process->pid,
	     last->vsz_pages * page_kb, sizes.vsz);
	if (!last->rss_exact)
		return;
	hold(law_see(2, (last->anon_pages + last->file_pages + last->shmem_pages) * page_kb -
				sizes.rss),
	     "law 2 at %s, %d: RSS of the last event %ld, kernel %ld kB", mark->name, process->pid,
	     (last->anon_pages + last->file_pages + last->shmem_pages) * page_kb, sizes.rss);
}

static void check_law1(const struct figures *figures, const char *when, pid_t pid)
{
	hold(law_see(1, figures_status(figures, "Law1Residual")),
	     "law 1 %s, %d: residual %ld (kernel %ld + %ld, own %ld, remote_out %ld)", when, pid,
	     figures_status(figures, "Law1Residual"), figures_status(figures, "KernelMinFlt"),
	     figures_status(figures, "KernelMajFlt"), figures_status(figures, "ProcessFaults"),
	     figures_status(figures, "RemoteOut"));
}

static void remember(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < nr_pids; i++)
		if (pids[i] == pid)
			return;
	if (nr_pids == MAX_PROCESSES)
		tap_bail("more than %d processes in a scenario", MAX_PROCESSES);
	pids[nr_pids++] = pid;
}

static void take_mark(struct json_object *object)
{
	struct mark *mark = &marks[nr_marks++];
	struct json_object *processes;
	size_t i;

	if (nr_marks > MAX_MARKS)
		tap_bail("more than %d marks in a scenario", MAX_MARKS);
	mark->name = strdup(text_of(object, "name"));
	events_drain(&events);
	mark->events = events.number;
	mark->nr = 0;
	if (!json_object_object_get_ex(object, "processes", &processes))
		return;
	for (i = 0; i < json_object_array_length(processes) && i < MAX_PROCESSES; i++) {
		struct snapshot *process = &mark->process[mark->nr++];

		process->pid = number_of(json_object_array_get_idx(processes, i), "pid");
		remember(process->pid);
		if (!figures_read(process->pid, &process->figures)) {
			hold(false, "%s: process %d is not followed", mark->name, process->pid);
			mark->nr--;
			continue;
		}
		check_law1(&process->figures, mark->name, process->pid);
		check_law2(mark, process);
	}
}

static const struct mark *find_mark(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_marks; i++)
		if (!strcmp(marks[i].name, name))
			return &marks[i];
	return NULL;
}

static const struct figures *figures_at(const struct mark *mark, pid_t pid)
{
	static const struct figures nothing;
	unsigned int i;

	for (i = 0; i < mark->nr; i++)
		if (mark->process[i].pid == pid)
			return &mark->process[i].figures;
	return &nothing;
}

/* A counter of docs/allocgen-json.md, taken apart. */
struct counter {
	enum { COUNTER_FAULTS, COUNTER_PAGES, COUNTER_SIZE, COUNTER_CALLS } what;
	int kind;   /* -1: all */
	int region; /* -1: all */
	const char *key; /* of "status" */
	int event;  /* COUNTER_CALLS: the trace event that counts the same, or -1 */
};

static const struct {
	const char *name;
	struct counter counter;
} plain_counters[] = {
	{ "vsz_pages", { COUNTER_SIZE, 0, 0, "VSZ", -1 } },
	{ "rss_pages", { COUNTER_SIZE, 0, 0, "RSS", -1 } },
	{ "anon_pages", { COUNTER_SIZE, 0, 0, "RssAnon", -1 } },
	{ "file_pages", { COUNTER_SIZE, 0, 0, "RssFile", -1 } },
	{ "shmem_pages", { COUNTER_SIZE, 0, 0, "RssShmem", -1 } },
	{ "heap_pages", { COUNTER_SIZE, 0, 0, "Heap", -1 } },
	{ "brk", { COUNTER_CALLS, 0, 0, "Brk", MMS_EVENT_BRK } },
	{ "mmap", { COUNTER_CALLS, 0, 0, "Mmap", MMS_EVENT_MMAP } },
	{ "munmap", { COUNTER_CALLS, 0, 0, "Munmap", MMS_EVENT_MUNMAP } },
	{ "mremap", { COUNTER_CALLS, 0, 0, "Mremap", MMS_EVENT_MREMAP } },
	{ "stack_grow", { COUNTER_CALLS, 0, 0, "StackGrow", MMS_EVENT_STACK_GROW } },
	{ "cow_breaks", { COUNTER_CALLS, 0, 0, "CowBreaks", MMS_EVENT_COW_BREAK } },
	{ "crossings", { COUNTER_CALLS, 0, 0, "Crossings", -1 } },
};

static bool parse_counter(const char *name, struct counter *counter)
{
	char what[16], kind[32], region[32];
	unsigned int i;

	for (i = 0; i < sizeof(plain_counters) / sizeof(plain_counters[0]); i++)
		if (!strcmp(name, plain_counters[i].name)) {
			*counter = plain_counters[i].counter;
			return true;
		}
	if (sscanf(name, "%15[^.].%31[^.].%31s", what, kind, region) != 3)
		return false;
	counter->what = !strcmp(what, "pages") ? COUNTER_PAGES : COUNTER_FAULTS;
	counter->kind = kind_by_name(kind);
	counter->region = region_by_name(region);
	return (!strcmp(what, "pages") || !strcmp(what, "fault")) &&
	       (counter->kind >= 0 || !strcmp(kind, "*")) &&
	       (counter->region >= 0 || !strcmp(region, "*"));
}

static long cells_of(const struct figures *figures, const struct counter *counter)
{
	long sum = 0;
	int k, r;

	for (k = 0; k < MMS_NR_KINDS; k++)
		for (r = 0; r < MMS_NR_REGIONS; r++)
			if ((counter->kind < 0 || counter->kind == k) &&
			    (counter->region < 0 || counter->region == r))
				sum += counter->what == COUNTER_PAGES ? figures->cell[k][r].pages :
									figures->cell[k][r].count;
	return sum;
}

static long value_of(const struct figures *figures, const struct counter *counter)
{
	if (counter->what == COUNTER_FAULTS || counter->what == COUNTER_PAGES)
		return cells_of(figures, counter);
	if (!*figures->status)
		return 0;
	if (counter->what == COUNTER_SIZE)
		return figures_status(figures, counter->key) / (sysconf(_SC_PAGESIZE) / 1024);
	return figures_status(figures, counter->key);
}

/* The same figure from the trace events between two marks. */
static long events_between(const struct mark *from, const struct mark *to, pid_t pid,
			   const struct counter *counter, uint64_t address, uint64_t length)
{
	bool faults = counter->what != COUNTER_CALLS;
	int wanted = faults ? MMS_EVENT_FAULT : counter->event;
	long sum = 0;
	unsigned int i;

	for (i = from->events; i < to->events; i++) {
		const struct event *event = &events.event[i];

		if (event->tgid != pid || event->event != wanted)
			continue;
		if (faults && ((counter->kind >= 0 && event->kind != counter->kind) ||
			       (counter->region >= 0 && event->region != counter->region)))
			continue;
		if (faults && length && (event->address < address ||
					 event->address >= address + length))
			continue;
		sum += counter->what == COUNTER_PAGES ? event->pages : 1;
	}
	return sum;
}

/* Law 4: by how much an expectation is missed; an operator that is none always is. */
static long missed_by(long seen, const char *op, long value)
{
	if (!strcmp(op, "=="))
		return seen - value;
	if (!strcmp(op, ">="))
		return seen < value ? seen - value : 0;
	if (!strcmp(op, "<="))
		return seen > value ? seen - value : 0;
	return LONG_MAX;
}

static void check_expectation(struct json_object *expected)
{
	const struct mark *from = find_mark(text_of(expected, "from"));
	const struct mark *to = find_mark(text_of(expected, "to"));
	const char *name = text_of(expected, "counter"), *op = text_of(expected, "op");
	uint64_t address = number_of(expected, "address"), length = number_of(expected, "length");
	long value = number_of(expected, "value"), seen, traced;
	pid_t pid = number_of(expected, "pid");
	struct counter counter;

	if (!from || !to || !parse_counter(name, &counter)) {
		hold(false, "not understood: %s", json_object_to_json_string(expected));
		return;
	}
	seen = value_of(figures_at(to, pid), &counter) - value_of(figures_at(from, pid), &counter);
	hold(law_see(4, missed_by(seen, op, value)),
	     "%s..%s %s(%d) %s: expected %s %ld, debugfs has %ld (%s)", from->name, to->name,
	     text_of(expected, "role"), pid, name, op, value, seen, text_of(expected, "law"));
	if (counter.what == COUNTER_SIZE || (counter.what == COUNTER_CALLS && counter.event < 0))
		return;
	traced = events_between(from, to, pid, &counter, 0, 0);
	hold(law_see(6, traced - seen), "%s..%s %s(%d) %s: debugfs has %ld, the trace events %ld",
	     from->name, to->name, text_of(expected, "role"), pid, name, seen, traced);
	if (!length)
		return;
	traced = events_between(from, to, pid, &counter, address, length);
	hold(law_see(4, missed_by(traced, op, value)),
	     "%s..%s %s(%d) %s: expected %s %ld, the events in the area have %ld", from->name,
	     to->name, text_of(expected, "role"), pid, name, op, value, traced);
}

/* Read allocgen's lines and answer its marks; returns its last word, to be put. */
static struct json_object *follow(struct target *target)
{
	struct json_object *object, *end = NULL;
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, target->out) > 0) {
		const char *type;

		object = json_tokener_parse(line);
		if (!object) {
			hold(false, "not JSON: %s", line);
			break;
		}
		type = text_of(object, "type");
		if (!strcmp(type, "mark")) {
			take_mark(object);
			fputc('\n', target->in);
			fflush(target->in);
		} else if (!strcmp(type, "expect") && nr_expectations < MAX_EXPECTATIONS) {
			expectations[nr_expectations++] = json_object_get(object);
		} else if (!strcmp(type, "end")) {
			end = json_object_get(object);
		}
		json_object_put(object);
	}
	free(line);
	return end;
}

static void forget(void)
{
	unsigned int i;

	for (i = 0; i < nr_marks; i++)
		free(marks[i].name);
	for (i = 0; i < nr_expectations; i++)
		json_object_put(expectations[i]);
	events_free(&events);
	memset(marks, 0, sizeof(marks));
	nr_marks = 0;
	nr_expectations = 0;
	nr_pids = 0;
	wrong = 0;
	held = 0;
}

static void check_end(int status, struct json_object *end)
{
	static struct figures figures;
	unsigned int i;

	hold(WIFEXITED(status) && !WEXITSTATUS(status), "allocgen ended with status 0x%x", status);
	hold(end && !strcmp(text_of(end, "status"), "ok"), "allocgen did not end well: %s",
	     end ? text_of(end, "reason") : "no last line");
	hold(nr_expectations > 0, "the scenario promises nothing");
	for (i = 0; i < nr_expectations; i++)
		check_expectation(expectations[i]);
	for (i = 0; i < nr_pids; i++)
		if (figures_read(pids[i], &figures))
			check_law1(&figures, "at the end", pids[i]);
		else
			hold(false, "no record of process %d is left", pids[i]);
	hold(!events_lost(), "%ld trace events were lost", events_lost());
	hold(!stats_read("lost_probe_missed"), "probes missed %ld calls",
	     stats_read("lost_probe_missed"));
}

static void run_scenario(char *name, int argc, char *const arguments[])
{
	char *argv[16] = { "allocgen", "run", name, "--json", "--step" };
	struct json_object *end;
	struct target target;
	int i, status;

	for (i = 0; i < argc && i + 5 < 15; i++)
		argv[i + 5] = arguments[i];
	events_begin();
	target_start(&target, argv);
	end = follow(&target);
	status = target_finish(&target);
	events_drain(&events);
	if (end && !strcmp(text_of(end, "status"), "skip")) {
		tap_skip(text_of(end, "reason"), "scenario %s", name);
	} else {
		check_end(status, end);
		tap_result(!wrong, "scenario %s: %u expectations, %u marks, %u events; %u of %u statements hold",
			   name, nr_expectations, nr_marks, events.number, held, held + wrong);
	}
	json_object_put(end);
	events_end();
	debugfs_write("targets", "clear");
	forget();
}

static void run_all(void)
{
	FILE *list = popen("allocgen list", "r");
	char line[256], name[64];
	unsigned int number = 0;

	if (!list)
		tap_bail("cannot run allocgen list: %s", strerror(errno));
	while (fgets(line, sizeof(line), list))
		if (sscanf(line, "%63[a-z0-9-]", name) == 1) {
			run_scenario(name, 0, NULL);
			number++;
		}
	if (pclose(list) || !number)
		tap_bail("allocgen list names no scenario");
}

int main(int argc, char *argv[])
{
	tap_begin();
	if (argc > 1)
		run_scenario(argv[1], argc - 2, &argv[2]);
	else
		run_all();
	return tap_end();
}
