// SPDX-License-Identifier: GPL-2.0
/*
 * laws.c - the laws of docs/design.md over programs that know nothing of us
 *
 * Each workload runs as a target with all its descendants while all trace events
 * are recorded. Every process is held at its exit, where the module's sizes, its
 * last event and the kernel's own files must say the same; when all have ended,
 * each record is held against the events and against what the kernel told us
 * itself by wait4(). All residuals are printed, and all must be 0.
 *
 *	laws programs     bash, python3, gcc, sort (full root)
 *	laws scenarios    every scenario of allocgen, running freely; and law 6 with
 *	                  buffers that are too small: recorded + lost = emitted
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "events.h"
#include "figures.h"
#include "laws.h"
#include "tap.h"
#include "target.h"

#define MAX_PROCESSES 1024
#define MAX_SCENARIOS 256
#define PTRACE_OPTIONS                                                                       \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT)

/* A program and how it is run, by sh. */
struct workload {
	const char *name;
	const char *prepare; /* not followed; NULL: nothing */
	const char *command;
};

static const struct workload programs[] = {
	{ "bash", NULL,
	  "exec bash -c 'for i in {1..20}; do x=$(echo $i | cat); done; (: sub)\n"
	  "cat /dev/null & wait'" },
	{ "python3", NULL,
	  "exec python3 -c 'l = [str(i) for i in range(200000)]; d = dict(zip(l, l)); del l'" },
	{ "python3-pool", NULL,
	  "exec python3 -c 'import multiprocessing as m\nd = list(range(200000))\n"
	  "with m.get_context(\"fork\").Pool(4) as p:\n"
	  "  assert sum(p.map(abs, d)) == sum(d)\n  p.close()\n  p.join()'" },
	{ "python3-threads", NULL,
	  "exec python3 -c 'import threading as t\n"
	  "def f(): x = [bytearray(4096) for i in range(500)]\n"
	  "a = [t.Thread(target=f) for i in range(8)]\n"
	  "[x.start() for x in a]; [x.join() for x in a]'" },
	{ "gcc",
	  "printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include <string.h>\\n"
	  "int main(void) { puts(getenv(\"PATH\")); return 0; }\\n' >/tmp/laws.c",
	  "exec gcc -O2 -Wall -o /tmp/laws.bin /tmp/laws.c" },
	{ "gcc-pipe", NULL, "exec gcc -O2 -pipe -o /tmp/laws.bin /tmp/laws.c" },
	{ "sort", "seq 2000000 -1 1 >/tmp/laws.in",
	  "exec sort --parallel=2 -o /tmp/laws.out /tmp/laws.in" },
	{ "sort-files", NULL, "exec sort -S 1M -T /tmp -n -o /tmp/laws.out /tmp/laws.in" },
};

/**
 * struct life - an address space as its events tell it
 * @tgid: its process, 0 when no event told of it
 * @by_exec: exec is still mapping the program: not calls of its own
 * @begins: pages at fork or exec; -1: before the first event
 * @vsz: pages, the deltas of its vsz events
 * @heap: bytes, from the brk deltas
 * @calls: events by enum mms_event
 * @cell: the table "faults" as the events have it
 */
struct life {
	int tgid;
	bool by_exec;
	long begins;
	long vsz;
	long heap;
	long calls[MMS_NR_EVENTS];
	struct cell cell[MMS_NR_KINDS][MMS_NR_REGIONS];
};

static struct events events;
static struct life *lives; /* by generation, from first_gen on */
static uint64_t first_gen;
static unsigned int nr_lives;
static pid_t pids[MAX_PROCESSES]; /* the root, and every child that a fork event names */
static long own[MAX_PROCESSES]; /* fault events by its own tasks in its own address spaces */
static unsigned int nr_pids;
static unsigned int wrong;

__attribute__((format(printf, 2, 3)))
static void hold(bool ok, const char *format, ...)
{
	char text[256];
	va_list arguments;

	if (ok)
		return;
	wrong++;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	tap_note("%s", text);
}

/* What the kernel has counted for a process so far, without its children. */
static long kernel_faults(pid_t pid)
{
	unsigned long min, maj;
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file ||
	    fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %lu %*u %lu", &min, &maj) != 2)
		tap_bail("cannot read %s", path);
	fclose(file);
	return min + maj;
}

static bool single_threaded(pid_t pid)
{
	char path[32];
	long threads;
	FILE *file;
	bool read;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return false; /* a thread: /proc/TID is there, but not for one that is released */
	read = fscanf(file, "%*d (%*[^)]) %*c" /* ppid to tpgid, flags to cstime, priority, nice */
			    "%*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %*d %ld",
		      &threads) == 1;
	fclose(file);
	return read && threads == 1;
}

static const struct event *last_of(uint64_t gen)
{
	unsigned int i;

	/* A fork event carries the state of the child. */
	for (i = events.number; i > 0; i--)
		if (events.event[i - 1].gen == gen && events.event[i - 1].event != MMS_EVENT_FORK)
			return &events.event[i - 1];
	return NULL;
}

/* Law 2, of a process that is held at its exit: nothing of it is torn down yet. */
static void check_at_exit(const char *name, pid_t pid)
{
	static struct figures figures;
	const long page_kb = sysconf(_SC_PAGESIZE) / 1024;
	const struct event *last;
	struct sizes sizes;
	long rss;

	if (!single_threaded(pid))
		return;
	events_drain(&events);
	if (!figures_read(pid, &figures) || !sizes_read(pid, &sizes)) {
		hold(false, "%s: %d at its exit cannot be read", name, pid);
		return;
	}
	hold(law_see(2, figures_status(&figures, "VSZ") - sizes.vsz), "%s, %d: VSZ %ld, kernel %ld",
	     name, pid, figures_status(&figures, "VSZ"), sizes.vsz);
	hold(law_see(2, figures_status(&figures, "RSS") - sizes.rss), "%s, %d: RSS %ld, kernel %ld",
	     name, pid, figures_status(&figures, "RSS"), sizes.rss);
	hold(law_see(2, figures_status(&figures, "RssAnon") - sizes.anon),
	     "%s, %d: RssAnon %ld, kernel %ld", name, pid, figures_status(&figures, "RssAnon"),
	     sizes.anon);
	hold(law_see(2, figures_status(&figures, "Law2Residual")), "%s, %d: Law2Residual %ld", name,
	     pid, figures_status(&figures, "Law2Residual"));
	last = last_of(figures_status(&figures, "Generation"));
	if (!last)
		return;
	hold(law_see(2, last->vsz_pages * page_kb - sizes.vsz),
	     "%s, %d: VSZ of the last event %ld, kernel %ld", name, pid, last->vsz_pages * page_kb,
	     sizes.vsz);
	rss = (last->anon_pages + last->file_pages + last->shmem_pages) * page_kb;
	if (last->rss_exact)
		hold(law_see(2, rss - sizes.rss), "%s, %d: RSS of the last event %ld, kernel %ld",
		     name, pid, rss, sizes.rss);
}

/* One stop of a traced task. */
static void stopped(const char *name, pid_t pid, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);

	if (event == PTRACE_EVENT_EXIT)
		check_at_exit(name, pid);
	if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
		ptrace(PTRACE_LISTEN, pid, 0, 0);
		return;
	}
	ptrace(PTRACE_CONT, pid, 0, event ? 0 : signal);
}

/* Until all have ended. Returns the root's status and what the kernel counted for the tree. */
static int watch(const char *name, pid_t root, long *faults)
{
	struct rusage usage;
	int status, end = -1;
	pid_t pid;

	for (;;) {
		pid = wait4(-1, &status, __WALL, &usage);
		if (pid < 0 && errno == ECHILD)
			return end;
		if (pid < 0)
			tap_bail("wait4: %s", strerror(errno));
		if (WIFSTOPPED(status)) {
			stopped(name, pid, status);
		} else if (pid == root) {
			end = status;
			*faults = usage.ru_minflt + usage.ru_majflt;
		}
	}
}

static int index_of(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < nr_pids; i++)
		if (pids[i] == pid)
			return i;
	return -1;
}

static void remember(pid_t pid)
{
	if (nr_pids == MAX_PROCESSES)
		tap_bail("more than %d processes", MAX_PROCESSES);
	if (index_of(pid) < 0)
		pids[nr_pids++] = pid;
}

static struct life *life_of(uint64_t gen)
{
	static struct life none;

	return gen >= first_gen && gen - first_gen < nr_lives ? &lives[gen - first_gen] : &none;
}

static void find_lives(pid_t root)
{
	uint64_t last_gen = 0;
	unsigned int i;

	first_gen = UINT64_MAX;
	remember(root);
	for (i = 0; i < events.number; i++) {
		const struct event *event = &events.event[i];

		first_gen = event->gen < first_gen ? event->gen : first_gen;
		last_gen = event->gen > last_gen ? event->gen : last_gen;
		if (event->event != MMS_EVENT_FORK)
			continue;
		last_gen = event->child_gen > last_gen ? event->child_gen : last_gen;
		remember(event->child_tgid);
	}
	nr_lives = events.number ? last_gen - first_gen + 1 : 0;
	lives = calloc(nr_lives ?: 1, sizeof(*lives));
	if (!lives)
		tap_bail("no memory");
	for (i = 0; i < nr_lives; i++)
		lives[i].begins = -1;
}

static void take_fault(struct life *life, const struct event *event)
{
	struct cell *cell = &life->cell[event->kind][event->region];
	int owner = index_of(event->tgid), task = index_of(event->task);

	cell->count++;
	cell->pages += event->pages;
	/* A task whose number is that of another process is that process's (vfork). */
	if (owner >= 0 && (task < 0 || task == owner))
		own[owner]++;
	if (event->ip)
		life->by_exec = false;
}

/* Events that exec causes too, and then no counter of calls takes them. */
static bool is_map(int event)
{
	return event == MMS_EVENT_MMAP || event == MMS_EVENT_MUNMAP ||
	       event == MMS_EVENT_STACK_GROW;
}

/* Build every address space from its events. */
static void live(pid_t root, long heap)
{
	unsigned int i;

	find_lives(root);
	/* The root was followed before its first exec; its heap was its parent's. */
	if (events.number)
		lives[0].heap = heap;
	for (i = 0; i < events.number; i++) {
		const struct event *event = &events.event[i];
		struct life *life = life_of(event->gen);

		life->tgid = event->tgid;
		switch (event->event) {
		case MMS_EVENT_FORK:
			/* After vfork it is the same one. */
			if (event->child_gen == event->gen)
				break;
			life_of(event->child_gen)->heap = life->heap;
			life_of(event->child_gen)->begins = event->vsz_pages;
			break;
		case MMS_EVENT_EXEC:
			life->heap = 0;
			life->begins = event->vsz_pages;
			life->by_exec = true;
			break;
		case MMS_EVENT_VSZ:
			life->vsz += event->delta_pages;
			break;
		case MMS_EVENT_FAULT:
			take_fault(life, event);
			break;
		case MMS_EVENT_BRK:
			life->heap += event->heap_delta_bytes;
			break;
		}
		if (!life->by_exec || !is_map(event->event))
			life->calls[event->event]++;
	}
}

/* Law 6: what debugfs counted is what the trace events say, cell by cell. */
static void check_events(const char *name, pid_t pid, const struct figures *figures)
{
	static const struct {
		const char *key;
		int event;
	} calls[] = {
		{ "CowBreaks", MMS_EVENT_COW_BREAK }, { "Brk", MMS_EVENT_BRK },
		{ "Mmap", MMS_EVENT_MMAP }, { "Munmap", MMS_EVENT_MUNMAP },
		{ "Mremap", MMS_EVENT_MREMAP }, { "StackGrow", MMS_EVENT_STACK_GROW },
		{ "Mprotect", MMS_EVENT_MPROTECT }, { "Madvise", MMS_EVENT_MADVISE },
		{ "Collapse", MMS_EVENT_COLLAPSE }, { "OomKill", MMS_EVENT_OOM_KILL },
	};
	const struct life *life = life_of(figures_status(figures, "Generation"));
	unsigned int i;
	int k, r;
	long seen;

	/* A vfork child without exec shows its parent's address space; the parent checks it. */
	if (life->tgid && life->tgid != pid)
		return;
	for (k = 0; k < MMS_NR_KINDS; k++)
		for (r = 0; r < MMS_NR_REGIONS; r++) {
			const struct cell *a = &figures->cell[k][r], *b = &life->cell[k][r];

			if (!a->count && !b->count)
				continue;
			hold(law_see(6, a->count - b->count) && law_see(6, a->pages - b->pages),
			     "%s, %d: kind %d region %d: debugfs %ld, %ld pages; events %ld, %ld",
			     name, pid, k, r, a->count, a->pages, b->count, b->pages);
		}
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		seen = figures_status(figures, calls[i].key);
		hold(law_see(6, seen - life->calls[calls[i].event]),
		     "%s, %d: %s: debugfs %ld, events %ld", name, pid, calls[i].key, seen,
		     life->calls[calls[i].event]);
	}
}

/* Law 3: how VSZ and heap came to be what they are, by debugfs and by the events. */
static void check_law3(const char *name, pid_t pid, const struct figures *figures)
{
	const long page_kb = sysconf(_SC_PAGESIZE) / 1024;
	const struct life *life = life_of(figures_status(figures, "Generation"));
	long residual;

	hold(law_see(3, figures_status(figures, "Law3Residual")), "%s, %d: Law3Residual %ld", name,
	     pid, figures_status(figures, "Law3Residual"));
	hold(law_see(3, figures_status(figures, "Law3Heap")), "%s, %d: Law3Heap %ld", name, pid,
	     figures_status(figures, "Law3Heap"));
	if (life->tgid != pid)
		return;
	hold(law_see(3, (life->heap >> 10) - figures_status(figures, "Heap")),
	     "%s, %d: heap of the brk events %ld bytes, of debugfs %ld kB", name, pid, life->heap,
	     figures_status(figures, "Heap"));
	if (life->begins < 0)
		return;
	residual = (life->begins + life->vsz) * page_kb - figures_status(figures, "VSZ");
	hold(law_see(3, residual), "%s, %d: VSZ %ld pages, then %ld by the events, %ld kB at last",
	     name, pid, life->begins, life->vsz, figures_status(figures, "VSZ"));
}

/* All of one process that has ended. Returns the faults that its tasks completed. */
static long check_process(const char *name, unsigned int index)
{
	static struct figures figures;
	pid_t pid = pids[index];

	if (!figures_read(pid, &figures)) {
		hold(false, "%s: no record of process %d is left", name, pid);
		return 0;
	}
	hold(figures_law1(&figures), "%s, %d: law 1", name, pid);
	hold(law_see(2, figures_status(&figures, "Law2Residual")),
	     "%s, %d: Law2Residual %ld at the end", name, pid,
	     figures_status(&figures, "Law2Residual"));
	check_law3(name, pid, &figures);
	check_events(name, pid, &figures);
	hold(law_see(6, figures_status(&figures, "ProcessFaults") - own[index]),
	     "%s, %d: own faults over all generations: debugfs %ld, events %ld", name, pid,
	     figures_status(&figures, "ProcessFaults"), own[index]);
	return figures_status(&figures, "ProcessFaults") + figures_status(&figures, "RemoteOut");
}

static void note_laws(const char *name)
{
	unsigned int number;
	long residual;
	int law;

	for (law = 1; law <= LAW_MAX; law++) {
		residual = law_of(law, &number);
		if (number)
			tap_note("%s: law %d: %ld (%u figures, %u processes)", name, law, residual,
				 number, nr_pids);
	}
}

static void forget(void)
{
	debugfs_write("targets", "clear");
	events_end();
	events_free(&events);
	free(lives);
	lives = NULL;
	nr_pids = 0;
	memset(own, 0, sizeof(own));
	wrong = 0;
}

static long heap_of(pid_t pid)
{
	static struct figures figures;

	if (!figures_read(pid, &figures))
		tap_bail("%d is not followed", pid);
	return figures_status(&figures, "Heap") << 10;
}

static void check_all(const char *name, long base, long faults)
{
	long completed = 0;
	unsigned int i;

	for (i = 0; i < nr_pids; i++)
		completed += check_process(name, i);
	/* The kernel's sum over the tree, by a road that the module does not use. */
	hold(law_see(1, faults - base - completed), "%s: wait4() has %ld faults, the records %ld",
	     name, faults - base, completed);
	hold(!events_lost(), "%s: %ld events were lost", name, events_lost());
	hold(!stats_read("lost_probe_missed"), "%s: calls were missed", name);
	hold(!stats_read("lost_call_released"), "%s: calls outlived their record", name);
	hold(!stats_read("lost_exited_evicted"), "%s: records were pushed out", name);
}

static void run(const struct workload *workload)
{
	char *const argv[] = { "sh", "-c", (char *)workload->command, NULL };
	long base, heap, faults = 0;
	struct target target;
	int status;

	if (workload->prepare && system(workload->prepare))
		tap_bail("%s: \"%s\" failed", workload->name, workload->prepare);
	law_mark();
	events_begin();
	target_prepare(&target, argv);
	base = kernel_faults(target.pid);
	heap = heap_of(target.pid);
	if (ptrace(PTRACE_SEIZE, target.pid, 0, PTRACE_OPTIONS))
		tap_bail("ptrace: %s", strerror(errno));
	target_go(&target);
	fclose(target.in);
	status = watch(workload->name, target.pid, &faults);
	fclose(target.out);
	events_drain(&events);
	live(target.pid, heap);
	if (WIFEXITED(status) && WEXITSTATUS(status) == TAP_SKIP) {
		tap_skip("it says that it cannot run here", "%s", workload->name);
	} else {
		hold(WIFEXITED(status) && !WEXITSTATUS(status), "%s ended with status 0x%x",
		     workload->name, status);
		check_all(workload->name, base, faults);
		note_laws(workload->name);
		tap_result(!wrong, "laws 1, 2, 3, 6 over %s: %u processes, %ld faults, %u events",
			   workload->name, nr_pids, faults - base, events.number);
	}
	forget();
}

static void run_scenarios(void)
{
	FILE *list = popen("allocgen list", "r");
	char line[256], command[128];
	static char names[MAX_SCENARIOS][64];
	unsigned int number = 0, i;

	if (!list)
		tap_bail("cannot run allocgen list: %s", strerror(errno));
	while (number < MAX_SCENARIOS && fgets(line, sizeof(line), list))
		if (sscanf(line, "%63[a-z0-9-]", names[number]) == 1)
			number++;
	/* Before the first one runs: watch() waits for every child. */
	if (pclose(list) || !number || number == MAX_SCENARIOS)
		tap_bail("allocgen list names %u scenarios", number);
	for (i = 0; i < number; i++) {
		snprintf(command, sizeof(command), "exec allocgen run %s >/dev/null", names[i]);
		run(&(struct workload){ names[i], NULL, command });
	}
}

static pid_t *said; /* shared with the target: its child */

static void fork_and_touch(void)
{
	long page = sysconf(_SC_PAGESIZE), i;
	char *area = malloc(2000 * page);
	pid_t child;

	if (!area)
		_exit(99);
	for (i = 0; i < 2000; i++)
		((volatile char *)area)[i * page] = 1;
	child = fork();
	for (i = 0; i < 2000; i++)
		((volatile char *)area)[i * page] = 2;
	if (!child)
		return;
	*said = child;
	waitpid(child, NULL, 0);
}

/* Law 6 where it has something to say: the buffer is too small by far. */
static void test_loss(bool overwrite, const char *what)
{
	static struct figures figures;
	long emitted = 0, lost;
	unsigned int i;
	pid_t pid;

	law_mark();
	events_begin_with("8", "fault");
	events_overwrite(overwrite);
	if (target_call(fork_and_touch, &pid))
		tap_bail("the target did not end well");
	events_drain(&events);
	lost = events_lost();
	remember(pid);
	remember(*said);
	for (i = 0; i < nr_pids; i++) {
		hold(figures_read(pids[i], &figures), "no record of %d", pids[i]);
		emitted += figures_status(&figures, "Faults");
	}
	hold(law_see(6, emitted - events.number - lost), "law 6: residual %ld",
	     emitted - events.number - lost);
	hold(lost > 0, "nothing was lost: the test says nothing");
	tap_result(!wrong, "%s: %ld emitted = %u recorded + %ld lost", what, emitted, events.number,
		   lost);
	forget();
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned int i;

	tap_begin();
	said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	if (!strcmp(what, "programs")) {
		for (i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
			run(&programs[i]);
	} else if (!strcmp(what, "scenarios")) {
		run_scenarios();
		test_loss(true, "a buffer that is overwritten");
		test_loss(false, "a buffer that is full");
	} else {
		tap_bail("usage: laws programs|scenarios");
	}
	return tap_end();
}
