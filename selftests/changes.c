// SPDX-License-Identifier: GPL-2.0
/*
 * changes.c - changes of the address space, and what happens to it without a fault
 *
 * Each case is a function that a target runs. It looks at its own figures in
 * debugfs before and after the step that counts; the events of the time between are
 * read from the trace. Both must say what follows from the step. On top of that laws
 * 1, 2 and 3 must hold for every process and every generation, from debugfs and from
 * the events.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "figures.h"
#include "laws.h"
#include "tap.h"
#include "target.h"

#define PAGES 64
#define THREADS 8
#define ROUNDS 200

static long page;

/* Shared between a test and its target: what the target has seen of itself. */
static struct {
	struct figures before;
	struct figures after;
	long vsz_before; /* kB, the kernel's own */
	long vsz_after;
	uint64_t from_ns; /* the step that counts */
	uint64_t to_ns;
	uintptr_t address;
	uintptr_t address2;
	long number;
} *said;

/* Events of the case that is under way, all processes. */
static struct events events;
static pid_t target;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void look(struct figures *figures, long *vsz)
{
	struct sizes sizes;

	if (!figures_read(getpid(), figures) || !sizes_read(getpid(), &sizes))
		_exit(97);
	*vsz = sizes.vsz;
}

/* The first look makes what the second one needs (buffers, pages of the C library). */
static void step_begins(void)
{
	look(&said->after, &said->vsz_after);
	look(&said->before, &said->vsz_before);
	said->from_ns = now_ns();
}

static void step_ends(void)
{
	said->to_ns = now_ns();
	look(&said->after, &said->vsz_after);
}

static char *map(long pages, int protection)
{
	char *area = mmap(NULL, pages * page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	return area;
}

static char *map_anon(long pages)
{
	return map(pages, PROT_READ | PROT_WRITE);
}

static void touch(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		((volatile char *)area)[i * page] = 1;
}

/* VMAs between two addresses, by /proc/self/maps. */
static long count_vmas(const char *area, long pages)
{
	uintptr_t start = (uintptr_t)area, end = start + pages * page;
	FILE *file = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	char line[512];
	long number = 0;

	if (!file)
		_exit(98);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 && from < end && to > start)
			number++;
	fclose(file);
	return number;
}

/* --- what a test asks of the events --- */

static bool in_step(const struct event *event)
{
	return event->tgid == target && event->t_ns >= said->from_ns && event->t_ns <= said->to_ns;
}

/* The n-th event of a sort in the step, counted from 0; NULL when there are fewer. */
static const struct event *step_event(enum mms_event what, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < events.number; i++)
		if (in_step(&events.event[i]) && events.event[i].event == (int)what && !n--)
			return &events.event[i];
	return NULL;
}

static long step_count(enum mms_event what)
{
	long number = 0;

	while (step_event(what, number))
		number++;
	return number;
}

/* Sum of the changes of VSZ in the step by one cause, pages. */
static long step_vsz(enum mms_cause cause)
{
	unsigned int n;
	long sum = 0;
	const struct event *event;

	for (n = 0; (event = step_event(MMS_EVENT_VSZ, n)); n++)
		if (event->cause == (int)cause)
			sum += event->delta_pages;
	return sum;
}

static long growth(const char *key)
{
	return figures_status(&said->after, key) - figures_status(&said->before, key);
}

static bool failed;

/* Say what does not hold. */
static bool is(long seen, long wanted, const char *what)
{
	if (seen == wanted)
		return true;
	tap_note("%s: %ld, expected %ld", what, seen, wanted);
	failed = true;
	return false;
}

/* A counter of "status" and the events of the step. */
static void is_call(const char *key, enum mms_event what, long number)
{
	is(growth(key), number, key);
	is(step_count(what), number, "events of it");
}

/* --- laws 2 and 3 --- */

static void check_residuals(const struct figures *figures, const char *when)
{
	static const struct {
		const char *key;
		int law;
	} lines[] = { { "Law2Residual", 2 }, { "Law3Residual", 3 }, { "Law3Heap", 3 } };
	unsigned int i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!law_see(lines[i].law, figures_status(figures, lines[i].key))) {
			tap_note("%s: %s %ld", when, lines[i].key,
				 figures_status(figures, lines[i].key));
			failed = true;
		}
}

/* What the events say of one generation. */
struct life {
	uint64_t gen;
	pid_t tgid;
	long begin; /* VSZ, pages; -1: it began before the first event */
	long sum; /* of the changes */
	long end; /* -1: replaced by exec, whose last size no event tells */
};

static struct life lives[64];
static unsigned int nr_lives;

static struct life *life_of(uint64_t gen)
{
	unsigned int i;

	for (i = 0; i < nr_lives; i++)
		if (lives[i].gen == gen)
			return &lives[i];
	if (nr_lives == sizeof(lives) / sizeof(lives[0]))
		tap_bail("too many generations");
	lives[nr_lives] = (struct life){ .gen = gen, .begin = -1, .end = -1 };
	return &lives[nr_lives++];
}

static void gather_lives(void)
{
	unsigned int i;

	nr_lives = 0;
	for (i = 0; i < events.number; i++) {
		const struct event *event = &events.event[i];

		switch (event->event) {
		case MMS_EVENT_FORK:
			life_of(event->child_gen)->begin = event->vsz_pages;
			break;
		case MMS_EVENT_EXEC:
			life_of(event->gen)->begin = event->vsz_pages;
			break;
		case MMS_EVENT_VSZ:
			life_of(event->gen)->sum += event->delta_pages;
			break;
		case MMS_EVENT_EXIT:
			life_of(event->gen)->end = event->vsz_pages;
			break;
		}
	}
}

/*
 * Law 3 by the events alone: where a generation began + all changes = where it ended.
 * The first one of the target began before the first event: debugfs tells where.
 */
static void check_lives(void)
{
	const struct figures *first = &said->before;
	unsigned int i;

	gather_lives();
	for (i = 0; i < nr_lives; i++) {
		struct life *life = &lives[i];

		if (first->status[0] && life->gen == (uint64_t)figures_status(first, "Generation"))
			life->begin = figures_status(first, "VszBegin") * 1024 / page;
		if (life->begin < 0 || life->end < 0)
			continue;
		if (!law_see(3, life->end - life->begin - life->sum)) {
			tap_note("generation %lu: VSZ %ld + changes %ld, but %ld at its end",
				 (unsigned long)life->gen, life->begin, life->sum, life->end);
			failed = true;
		}
	}
}

/* --- the cases --- */

static void do_mmap(void)
{
	char *area;

	step_begins();
	area = map_anon(PAGES);
	munmap(area, PAGES * page);
	step_ends();
	said->address = (uintptr_t)area;
}

static void check_mmap(void)
{
	is_call("Mmap", MMS_EVENT_MMAP, 1);
	is_call("Munmap", MMS_EVENT_MUNMAP, 1);
	is(step_count(MMS_EVENT_VSZ), 2, "changes");
	is(step_vsz(MMS_CAUSE_MAP), PAGES, "mapped");
	is(step_vsz(MMS_CAUSE_UNMAP), -PAGES, "unmapped");
}

static void do_munmap_middle(void)
{
	char *area = map_anon(PAGES);

	/* An area of its own on both sides, so that no neighbour is merged with it. */
	mprotect(area, page, PROT_NONE);
	mprotect(area + (PAGES - 1) * page, page, PROT_NONE);
	step_begins();
	munmap(area + 20 * page, 3 * page);
	step_ends();
	said->address = (uintptr_t)area + 20 * page;
	said->number = count_vmas(area, PAGES);
}

static void check_munmap_middle(void)
{
	const struct event *event = step_event(MMS_EVENT_MUNMAP, 0);

	is_call("Munmap", MMS_EVENT_MUNMAP, 1);
	is(step_vsz(MMS_CAUSE_UNMAP), -3, "unmapped");
	is(said->number, 4, "areas: the two ends, and the two halves that are left");
	if (is(!!event, 1, "munmap events")) {
		is(event->address, said->address, "address");
		is(event->length_bytes, 3 * page, "length");
		is(event->vsz_delta_pages, -3, "VSZ");
	}
}

/* A hole inside of the range, and VMAs with other rights: what is there counts. */
static void do_munmap_holes(void)
{
	char *area = map_anon(PAGES);

	munmap(area + 10 * page, 5 * page);
	mprotect(area + 30 * page, 7 * page, PROT_READ);
	step_begins();
	munmap(area + 5 * page, 40 * page);
	munmap(area + 5 * page, 40 * page);
	step_ends();
}

static void check_munmap_holes(void)
{
	is_call("Munmap", MMS_EVENT_MUNMAP, 2);
	is(step_count(MMS_EVENT_VSZ), 1, "changes");
	is(step_vsz(MMS_CAUSE_UNMAP), -35, "unmapped");
}

static void do_map_fixed(void)
{
	char *area = map_anon(PAGES);

	step_begins();
	if (mmap(area + 10 * page, 20 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		_exit(96);
	step_ends();
}

static void check_map_fixed(void)
{
	is_call("Mmap", MMS_EVENT_MMAP, 1);
	is(step_count(MMS_EVENT_VSZ), 0, "changes");
}

/* Room behind an area: grow in place, then shrink; then no room: move. */
static void mremap_once(void)
{
	char *area = map(3 * PAGES, PROT_NONE), *moved;

	munmap(area + PAGES * page, 2 * PAGES * page);
	mprotect(area, PAGES * page, PROT_READ | PROT_WRITE);
	touch(area, PAGES);
	step_begins();
	if (mremap(area, PAGES * page, 2 * PAGES * page, 0) != area ||
	    mremap(area, 2 * PAGES * page, PAGES / 2 * page, 0) != area)
		_exit(95);
	moved = mremap(area, PAGES / 2 * page, PAGES * page, MREMAP_MAYMOVE | MREMAP_FIXED,
		       area + PAGES * page);
	step_ends();
	if (moved != area + PAGES * page)
		_exit(94);
	said->address = (uintptr_t)area;
	said->address2 = (uintptr_t)moved;
}

/* Once before, for the pages of the C library. */
static void do_mremap(void)
{
	mremap_once();
	mremap_once();
}

static void check_mremap(void)
{
	static const long vsz[] = { PAGES, -(2 * PAGES - PAGES / 2), PAGES - PAGES / 2 };
	const struct event *event;
	unsigned int i;

	is_call("Mremap", MMS_EVENT_MREMAP, 3);
	for (i = 0; i < 3; i++) {
		event = step_event(MMS_EVENT_MREMAP, i);
		if (!event)
			return;
		is(event->address, said->address, "old address");
		is(event->new_address, i == 2 ? said->address2 : said->address, "new address");
		is(event->vsz_delta_pages, vsz[i], "VSZ");
		is(event->error, 0, "error");
	}
	is(step_vsz(MMS_CAUSE_REMAP) + step_vsz(MMS_CAUSE_UNMAP), 0, "changes");
	is(growth("Faults"), 0, "Faults");
	is(growth("RssAnon"), -PAGES / 2 * page / 1024, "RssAnon");
}

static void do_brk(void)
{
	char *begin = sbrk(0);

	step_begins();
	if (brk(begin + 10 * page) || brk(begin + 4 * page) || brk(begin + 4 * page + 100))
		_exit(93);
	step_ends();
}

static void check_brk(void)
{
	static const long pages[] = { 10, -6 };
	const struct event *event;
	long i, sum = 0;

	is_call("Brk", MMS_EVENT_BRK, 3);
	for (i = 0; (event = step_event(MMS_EVENT_BRK, i)); i++) {
		is(event->heap_delta_bytes, i < 2 ? pages[i] * page : 100, "heap");
		sum += event->heap_delta_bytes;
	}
	is(sum, 4 * page + 100, "growth of the heap");
	is(growth("Heap"), (4 * page + 100) / 1024, "Heap");
	is(step_vsz(MMS_CAUSE_BRK), 11, "grown");
	is(step_vsz(MMS_CAUSE_UNMAP), -6, "shrunk");
}

#define STACK_PAGES 100

/* Not below what is mapped by far, or the kernel takes it for a stray access. */
static __attribute__((noinline)) void use_stack(void)
{
	char room[STACK_PAGES * 4096];

	*(volatile char *)room = 1;
}

static uintptr_t stack_start(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	unsigned long from = 0;
	char line[512];

	if (!file)
		_exit(98);
	while (fgets(line, sizeof(line), file))
		if (strstr(line, "[stack]"))
			sscanf(line, "%lx", &from);
	fclose(file);
	return from;
}

static void do_stack(void)
{
	uintptr_t before;

	step_begins();
	before = stack_start();
	step_begins();
	use_stack();
	step_ends();
	said->address = stack_start();
	said->number = (before - said->address) / page;
}

static void check_stack(void)
{
	const struct event *event = step_event(MMS_EVENT_STACK_GROW, 0);

	is_call("StackGrow", MMS_EVENT_STACK_GROW, 1);
	is(step_vsz(MMS_CAUSE_STACK), said->number, "grown");
	is(said->number > 0, 1, "the stack has grown");
	if (event) {
		is(event->vsz_delta_pages, said->number, "grown_pages");
		is(event->address, said->address, "address");
	}
	is(growth("Faults"), 1, "Faults");
}

/* shmat() and shmdt() go round the mmap and munmap calls. */
static void do_shm(void)
{
	int id = shmget(IPC_PRIVATE, PAGES * page, 0600);
	char *area;

	if (id < 0)
		_exit(92);
	step_begins();
	area = shmat(id, NULL, 0);
	if (area == (char *)-1 || shmdt(area))
		_exit(91);
	step_ends();
	shmctl(id, IPC_RMID, NULL);
}

static void check_shm(void)
{
	is_call("Mmap", MMS_EVENT_MMAP, 0);
	is_call("Munmap", MMS_EVENT_MUNMAP, 0);
	is(step_vsz(MMS_CAUSE_MAP), PAGES, "mapped");
	is(step_vsz(MMS_CAUSE_UNMAP), -PAGES, "unmapped");
}

static void *map_and_unmap(void *number)
{
	long pages = (intptr_t)number + 1, i;
	char *kept;

	for (i = 0; i < ROUNDS; i++) {
		kept = map_anon(2 * pages);
		munmap(kept, pages * page);
		sbrk(pages * 16);
	}
	return NULL;
}

static void do_threads(void)
{
	pthread_t thread[THREADS];
	intptr_t i;

	step_begins();
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&thread[i], NULL, map_and_unmap, (void *)i))
			_exit(90);
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	step_ends();
}

static void check_threads(void)
{
	const struct event *event;
	long sum = 0, i;

	is(growth("Mmap") >= THREADS * ROUNDS, 1, "as many mmaps at least");
	is(growth("Munmap") >= THREADS * ROUNDS, 1, "as many munmaps at least");
	is(growth("Brk"), step_count(MMS_EVENT_BRK), "Brk");
	for (i = 0; (event = step_event(MMS_EVENT_BRK, i)); i++)
		sum += event->heap_delta_bytes;
	/* What they ask for is not what they get: sbrk() takes no lock. The sum is right. */
	is(sum >> 10, growth("Heap"), "sum of the brk deltas, kB");
}

static void do_exec(void)
{
	execlp("busybox", "busybox", "true", NULL);
	_exit(89);
}

static void do_vfork_exec(void)
{
	pid_t child;
	int status;

	step_begins();
	child = vfork();
	if (!child) {
		execlp("busybox", "busybox", "true", NULL);
		_exit(88);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		_exit(87);
	step_ends();
	said->number = child;
}

static void check_vfork_exec(void)
{
	struct figures child;
	long growth_pages;

	if (!is(figures_read(said->number, &child), 1, "the child's record"))
		return;
	check_residuals(&child, "child");
	growth_pages = (figures_status(&child, "VSZ") - figures_status(&child, "VszBegin")) * 1024 /
		       page;
	is(life_of(figures_status(&child, "Generation"))->sum, growth_pages,
	   "sum of the child's events");
	is(growth_pages > 0, 1, "the child's address space has grown");
}

static void check_nothing(void)
{
}

static const struct test {
	const char *name;
	void (*function)(void);
	void (*check)(void);
} tests[] = {
	{ "mmap and munmap", do_mmap, check_mmap },
	{ "munmap in the middle leaves two areas", do_munmap_middle, check_munmap_middle },
	{ "munmap over holes counts what is there, and once", do_munmap_holes, check_munmap_holes },
	{ "a mapping that takes the place of another changes nothing", do_map_fixed,
	  check_map_fixed },
	{ "mremap grows in place, shrinks, moves", do_mremap, check_mremap },
	{ "brk grows, shrinks, moves inside of a page", do_brk, check_brk },
	{ "the stack grows at a fault", do_stack, check_stack },
	{ "shmat and shmdt, which are no mmap and no munmap", do_shm, check_shm },
	{ "8 threads map, unmap and move the break at once", do_threads, check_threads },
	{ "exec", do_exec, check_nothing },
	{ "vfork and exec in the child", do_vfork_exec, check_vfork_exec },
};

static void run(const struct test *test)
{
	struct figures end;
	int status;

	memset(said, 0, sizeof(*said));
	failed = false;
	status = target_call(test->function, &target);
	events.number = 0;
	events_drain(&events);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		tap_note("the target ended with status 0x%x", status);
		tap_result(false, "%s", test->name);
		return;
	}
	failed |= !figures_read(target, &end) || !figures_law1(&end);
	check_residuals(&end, "end");
	check_lives();
	if (said->after.status[0]) {
		check_residuals(&said->before, "before the step");
		check_residuals(&said->after, "after the step");
		is(growth("VSZ"), said->vsz_after - said->vsz_before, "growth of VSZ");
	}
	test->check();
	tap_result(!failed, "%s", test->name);
}

int main(void)
{
	unsigned int i;

	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	/* A row that nobody fits: the probes stay armed from one case to the next. */
	if (debugfs_write("targets", "comm no-such-name"))
		tap_bail("cannot add a target");
	events_begin();
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		run(&tests[i]);
	tap_result(!stats_read("lost_vsz_unseen"),
		   "no address space has ended with a residual of law 3");
	tap_result(!stats_read("lost_probe_missed") && !stats_read("lost_process_nomem") &&
		   !stats_read("lost_call_released") && !events_lost(),
		   "nothing was missed or lost");
	events_end();
	events_free(&events);
	debugfs_write("targets", "clear");
	return tap_end();
}
