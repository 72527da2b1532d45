// SPDX-License-Identifier: GPL-2.0
/* mechanism.c - what the kernel does to one piece of memory, fault by fault */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "events.h"
#include "figures.h"
#include "mechanism.h"
#include "tap.h"
#include "target.h"

static const char *const kinds[] = { MMSCOPE_KINDS(MMSCOPE_KIND_NAME) };
static const char *const origins[] = { MMSCOPE_ORIGINS(MMSCOPE_ORIGIN_NAME) };
static const char *const reasons[] = { MMSCOPE_REASONS(MMSCOPE_REASON_NAME) };

/* What faults are told apart by. */
struct sort {
	int who;
	int kind;
	int origin;
	int reason;
	int flags;
	long count;
	long pages;
	long major;
};

#define SORTS 64

long page_bytes;

/* Shared between a test and its target: what the target has to say. */
static struct {
	uint64_t start;
	uint64_t end;
	pid_t child;
	char reason[128];
} *said;

/* ---- in the target ---- */

void mechanism_area(const void *start, size_t bytes)
{
	said->start = (uintptr_t)start;
	said->end = said->start + bytes;
}

void mechanism_child(int pid)
{
	said->child = pid;
}

void mechanism_skip(const char *reason)
{
	snprintf(said->reason, sizeof(said->reason), "%s", reason);
	_exit(MECHANISM_SKIP);
}

void mechanism_fail(const char *what)
{
	snprintf(said->reason, sizeof(said->reason), "%s: %s", what, strerror(errno));
	_exit(1);
}

void mechanism_in_child(void (*function)(void))
{
	int status;
	pid_t child = fork();

	if (child < 0)
		mechanism_fail("fork");
	if (!child) {
		function();
		_exit(0);
	}
	mechanism_child(child);
	if (waitpid(child, &status, 0) != child || status)
		mechanism_fail("the child ended badly");
}

char *map_pages(long pages, int flags)
{
	char *area = mmap(NULL, pages * page_bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS,
			  -1, 0);

	if (area == MAP_FAILED)
		mechanism_fail("mmap");
	return area;
}

char *map_huge_aligned(size_t bytes)
{
	const size_t huge = 2UL << 20;
	char *area = map_pages((bytes + huge) / page_bytes, MAP_PRIVATE);

	return (char *)(((uintptr_t)area + huge - 1) & ~(huge - 1));
}

void write_pages(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		((volatile char *)area)[i * page_bytes] = 1;
}

void read_pages(const char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		(void)((const volatile char *)area)[i * page_bytes];
}

void let_go_of_pages(void)
{
	char *scratch = map_pages(1, MAP_PRIVATE);

	/* Unmapping empties the list (lru_add_drain() in unmap_region(), zap_page_range()). */
	write_pages(scratch, 1);
	if (madvise(scratch, page_bytes, MADV_DONTNEED) || munmap(scratch, page_bytes))
		mechanism_fail("munmap");
}

bool set_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok;
}

long read_file_number(const char *path)
{
	FILE *file = fopen(path, "r");
	long number;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

/* ---- in the test ---- */

static struct sort sorts[SORTS];
static unsigned int nr_sorts;

static struct sort *find_sort(const struct sort *key)
{
	unsigned int i;

	for (i = 0; i < nr_sorts; i++)
		if (sorts[i].who == key->who && sorts[i].kind == key->kind &&
		    sorts[i].origin == key->origin && sorts[i].reason == key->reason &&
		    sorts[i].flags == key->flags)
			return &sorts[i];
	return NULL;
}

static struct sort *sort_of(const struct sort *key)
{
	struct sort *sort = find_sort(key);

	if (sort)
		return sort;
	if (nr_sorts == SORTS)
		tap_bail("more than %d sorts of fault", SORTS);
	sorts[nr_sorts] = *key;
	return &sorts[nr_sorts++];
}

static int who_of(int tgid, pid_t self)
{
	return tgid == self ? SELF : tgid == said->child ? CHILD : -1;
}

static void sort_events(const struct events *events, pid_t self)
{
	unsigned int i;

	nr_sorts = 0;
	for (i = 0; i < events->number; i++) {
		const struct event *event = &events->event[i];
		struct sort key = {
			.who = who_of(event->tgid, self),
			.kind = event->kind,
			.origin = event->origin,
			.reason = event->kind == MMS_KIND_OTHER ? event->reason : 0,
			.flags = event->flags & (MMS_FAULT_COW | MMS_FAULT_UNSHARE),
		}, *sort;

		if (event->event != MMS_EVENT_FAULT || event->address < said->start ||
		    event->address >= said->end)
			continue;
		sort = sort_of(&key);
		sort->count++;
		sort->pages += event->pages;
		sort->major += !!(event->flags & MMS_FAULT_MAJOR);
	}
}

static void note_sort(const char *what, const struct sort *sort)
{
	static const char *const who[] = { [SELF] = "self", [CHILD] = "child" };

	tap_note("%s: %s %s%s%s origin=%s flags=0x%x count=%ld pages=%ld major=%ld", what,
		 sort->who < 0 ? "?" : who[sort->who], kinds[sort->kind],
		 sort->kind == MMS_KIND_OTHER ? "/" : "",
		 sort->kind == MMS_KIND_OTHER ? reasons[sort->reason] : "", origins[sort->origin],
		 (unsigned int)sort->flags, sort->count, sort->pages, sort->major);
}

static bool kernel_before(int version)
{
	struct utsname name;

	return !uname(&name) && atoi(name.release) < version;
}

static struct sort expected_of(const struct faults_row *row)
{
	const long more = kernel_before(6) ? row->major / DIRTYING(1) : 0;
	const long major = row->major % DIRTYING(1) + more;

	return (struct sort){ row->who,   row->kind,  row->origin, row->reason,
			      row->flags, row->count, row->pages,  major };
}

/* Everything that is expected was seen, and nothing else. */
static bool same_as_expected(const struct mechanism *mechanism)
{
	unsigned int i, wanted = 0;

	for (i = 0; i < MECHANISM_ROWS && mechanism->row[i].count; i++) {
		struct sort row = expected_of(&mechanism->row[i]);
		const struct sort *seen = find_sort(&row);

		if (!seen || (row.count != ANY && seen->count != row.count) ||
		    seen->pages != row.pages || seen->major != row.major)
			return false;
		wanted++;
	}
	return nr_sorts == wanted;
}

/* What debugfs says of a process is what its events say, by kind and region, and by reason. */
static bool agree(const struct events *events, pid_t pid, const struct figures *figures)
{
	static struct cell cells[MMS_NR_KINDS][MMS_NR_REGIONS];
	long reason[MMS_NR_REASONS] = { 0 };
	char key[48];
	unsigned int i;
	bool same;

	memset(cells, 0, sizeof(cells));
	for (i = 0; i < events->number; i++) {
		const struct event *event = &events->event[i];

		if (event->event != MMS_EVENT_FAULT || event->tgid != pid)
			continue;
		cells[event->kind][event->region].count++;
		cells[event->kind][event->region].pages += event->pages;
		if (event->kind == MMS_KIND_OTHER)
			reason[event->reason]++;
	}
	same = !memcmp(cells, figures->cell, sizeof(cells));
	for (i = 0; i < MMS_NR_REASONS; i++) {
		snprintf(key, sizeof(key), "Other.%s", reasons[i]);
		same = same && figures_status(figures, key) == reason[i];
	}
	if (!same)
		tap_note("debugfs and the trace events differ for process %d", pid);
	return same;
}

static bool process_agrees(const struct events *events, pid_t pid)
{
	static struct figures figures;

	return figures_read(pid, &figures) && figures_law1(&figures) &&
	       agree(events, pid, &figures);
}

static void run(const struct mechanism *mechanism)
{
	struct events events = { 0 };
	unsigned int i;
	pid_t pid;
	int status;
	bool ok;

	memset(said, 0, sizeof(*said));
	debugfs_write("targets", "clear");
	events_drain(&events);
	events_free(&events);
	status = target_call(mechanism->run, &pid);
	events_drain(&events);
	if (WIFEXITED(status) && WEXITSTATUS(status) == MECHANISM_SKIP) {
		tap_skip(said->reason, "%s", mechanism->name);
		events_free(&events);
		return;
	}
	if (status)
		tap_note("the target ended with status 0x%x: %s", status, said->reason);
	sort_events(&events, pid);
	ok = same_as_expected(mechanism);
	if (!ok) {
		for (i = 0; i < MECHANISM_ROWS && mechanism->row[i].count; i++) {
			struct sort row = expected_of(&mechanism->row[i]);

			note_sort("expected", &row);
		}
		for (i = 0; i < nr_sorts; i++)
			note_sort("seen", &sorts[i]);
	}
	ok = !status && ok && process_agrees(&events, pid);
	if (ok && said->child)
		ok = process_agrees(&events, said->child);
	tap_result(ok, "%s", mechanism->name);
	events_free(&events);
}

void mechanisms_begin(void)
{
	cpu_set_t one;

	/* One processor: let_go_of_pages() empties the lists of the one it runs on. */
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		tap_bail("sched_setaffinity: %s", strerror(errno));
	page_bytes = sysconf(_SC_PAGESIZE);
	said = mmap(NULL, page_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	events_begin();
}

void mechanisms_run(const struct mechanism *mechanisms, size_t number)
{
	size_t i;

	for (i = 0; i < number; i++)
		run(&mechanisms[i]);
}

void mechanisms_end(void)
{
	bool lost = events_lost() || stats_read("lost_probe_missed") ||
		    stats_read("lost_call_released");

	tap_result(!lost, "no event and no fault was lost");
	events_end();
}
