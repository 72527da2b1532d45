// SPDX-License-Identifier: GPL-2.0
/*
 * changes.c - calls that change an address space, and changes without a call
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include "laws.h"
#include "step.h"
#include "tap.h"

#define PAGES 64
#define THREADS 8
#define ROUNDS 200

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

/* A part of an area, and one that does not exist. Once before, for the C library's pages. */
static void do_mprotect(void)
{
	char *area = map_anon(PAGES);
	int i;

	touch(area, PAGES);
	for (i = 0; i < 2; i++) {
		step_begins();
		if (mprotect(area + 8 * page, 4 * page, PROT_READ) ||
		    !mprotect(area - 4096 * page, 4096 * page, PROT_NONE) || errno != ENOMEM)
			_exit(86);
		step_ends();
	}
	said->address = (uintptr_t)area;
}

static void check_mprotect(void)
{
	const struct event *event = step_event(MMS_EVENT_MPROTECT, 0);

	is_call("Mprotect", MMS_EVENT_MPROTECT, 2);
	is(growth("Crossings"), 2 + growth("FaultsUser"), "Crossings");
	is(step_count(MMS_EVENT_VSZ), 0, "changes of VSZ");
	if (!event)
		return;
	is(event->address, said->address + 8 * page, "address");
	is(event->length_bytes, 4 * page, "length");
	is(event->prot, PROT_READ, "prot");
	is(event->error, 0, "error");
	event = step_event(MMS_EVENT_MPROTECT, 1);
	is(event ? event->error : 0, -ENOMEM, "error of the second one");
}

/* What is given back is faulted in again. */
static void do_madvise(void)
{
	char *area = map_anon(PAGES);
	int i;

	touch(area, PAGES);
	for (i = 0; i < 2; i++) {
		step_begins();
		if (madvise(area + 8 * page, 16 * page, MADV_DONTNEED))
			_exit(85);
		touch(area, PAGES);
		if (!madvise(area, page, 99) || errno != EINVAL)
			_exit(84);
		step_ends();
	}
	said->address = (uintptr_t)area;
}

static void check_madvise(void)
{
	const struct event *event = step_event(MMS_EVENT_MADVISE, 0);

	is_call("Madvise", MMS_EVENT_MADVISE, 2);
	is_call("Faults", MMS_EVENT_FAULT, 16);
	is(growth("Crossings"), 2 + 16, "Crossings");
	is(growth("RssAnon"), 0, "RssAnon");
	if (!event)
		return;
	is(event->address, said->address + 8 * page, "address");
	is(event->length_bytes, 16 * page, "length");
	is(event->behavior, MADV_DONTNEED, "behavior");
	is(event->error, 0, "error");
	event = step_event(MMS_EVENT_MADVISE, 1);
	is(event ? event->error : 0, -EINVAL, "error of the second one");
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
	is(step_vsz_of(figures_status(&child, "Generation")), growth_pages,
	   "sum of the child's events");
	is(growth_pages > 0, 1, "the child's address space has grown");
}

static const struct step_test tests[] = {
	{ "mmap and munmap", do_mmap, check_mmap },
	{ "munmap in the middle leaves two areas", do_munmap_middle, check_munmap_middle },
	{ "munmap over holes counts what is there, and once", do_munmap_holes, check_munmap_holes },
	{ "a mapping that takes the place of another changes nothing", do_map_fixed,
	  check_map_fixed },
	{ "mremap grows in place, shrinks, moves", do_mremap, check_mremap },
	{ "brk grows, shrinks, moves inside of a page", do_brk, check_brk },
	{ "mprotect of a part, and of nothing", do_mprotect, check_mprotect },
	{ "madvise gives pages back, and they are faulted in again", do_madvise, check_madvise },
	{ "the stack grows at a fault", do_stack, check_stack },
	{ "shmat and shmdt, which are no mmap and no munmap", do_shm, check_shm },
	{ "8 threads map, unmap and move the break at once", do_threads, check_threads },
	{ "exec", do_exec, NULL },
	{ "vfork and exec in the child", do_vfork_exec, check_vfork_exec },
};

/* --- a target that is added while it maps --- */

#define ATTACH_ROUNDS 20
#define ATTACH_THREADS 2

/* Shared with the process that is being added. */
static struct {
	atomic_bool stop;
	atomic_int running;
	atomic_bool at_rest;
} *attach;

static void *map_until_stopped(void *number)
{
	long pages = (intptr_t)number + 1;
	char *area;

	atomic_fetch_add(&attach->running, 1);
	while (!atomic_load(&attach->stop)) {
		area = map_anon(2 * pages);
		munmap(area, pages * page);
		munmap(area + pages * page, pages * page);
		sbrk(pages * page);
		sbrk(-pages * page);
	}
	return NULL;
}

static void be_attached(void)
{
	pthread_t thread[ATTACH_THREADS];
	intptr_t i;

	for (i = 0; i < ATTACH_THREADS; i++)
		if (pthread_create(&thread[i], NULL, map_until_stopped, (void *)i))
			_exit(83);
	for (i = 0; i < ATTACH_THREADS; i++)
		pthread_join(thread[i], NULL);
	atomic_store(&attach->at_rest, true);
	pause();
}

/* Law 3 from the first moment: no change may be half in VszBegin and half in an event. */
static bool attach_once(void)
{
	struct figures figures;
	char line[32];
	pid_t pid;
	bool ok;

	atomic_store(&attach->stop, false);
	atomic_store(&attach->running, 0);
	atomic_store(&attach->at_rest, false);
	pid = fork();
	if (!pid)
		be_attached();
	while (atomic_load(&attach->running) < ATTACH_THREADS)
		sched_yield();
	snprintf(line, sizeof(line), "pid %d", pid);
	ok = pid > 0 && !debugfs_write("targets", line);
	atomic_store(&attach->stop, true);
	while (!atomic_load(&attach->at_rest))
		sched_yield();
	ok = ok && figures_read(pid, &figures) &&
	     law_see(3, figures_status(&figures, "Law3Residual")) &&
	     law_see(3, figures_status(&figures, "Law3Heap")) &&
	     law_see(2, figures_status(&figures, "Law2Residual"));
	if (!ok)
		tap_note("residuals %ld pages, %ld bytes; law 2 %ld",
			 figures_status(&figures, "Law3Residual"),
			 figures_status(&figures, "Law3Heap"),
			 figures_status(&figures, "Law2Residual"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return ok;
}

static void test_attach(void)
{
	int i, good = 0;

	attach = mmap(NULL, sizeof(*attach), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (attach == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	for (i = 0; i < ATTACH_ROUNDS; i++)
		good += attach_once();
	tap_result(good == ATTACH_ROUNDS, "a target that is added while its threads map");
}

int main(void)
{
	step_init();
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	test_attach();
	step_run(tests, sizeof(tests) / sizeof(*tests));
	return step_end();
}
