// SPDX-License-Identifier: GPL-2.0
/*
 * sharing.c - one fault that maps many pages, many faults on one page, and
 * processes that share an address space
 *
 * A target compares the module's figures before and after with its own page
 * tables. It goes through every step once before it measures, so that its own
 * code and buffers are mapped by then: all figures are exact.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "tap.h"
#include "target.h"

#define PAGES 2000
#define PEER_PAGES 211
#define THREADS 2
#define FILE_PAGES 64
#define TABLE_BYTES (2L << 20) /* what one page table maps */
#define STACK_BYTES (64 << 10)

static long page;

/* Shared between a test and its target: what the target has to say. */
static struct {
	long count[MMS_NR_KINDS]; /* growth, over all regions */
	long pages[MMS_NR_KINDS];
	long anon; /* growth of RssAnon, pages */
	long present; /* entries of the page tables that are in use */
	pid_t peer;
} *said;

static char *map(size_t bytes, int protection, int flags)
{
	char *area = mmap(NULL, bytes, protection, flags | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	return area;
}

static char *map_anon(long pages)
{
	return map(pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static void touch(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		((volatile char *)area)[i * page] = 1;
}

/* Pages of our own that are mapped, by the kernel's account (pagemap, bit 63). */
static long count_present(const char *area, long pages)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	long i, present = 0;
	uint64_t entry;

	if (fd < 0)
		_exit(98);
	for (i = 0; i < pages; i++) {
		if (pread(fd, &entry, sizeof(entry), ((long)area / page + i) * sizeof(entry)) !=
		    sizeof(entry))
			_exit(98);
		present += entry >> 63;
	}
	close(fd);
	return present;
}

static struct figures before, after;

static void look(struct figures *figures)
{
	if (!figures_read(getpid(), figures))
		_exit(97);
}

static void say_growth(void)
{
	int kind, region;

	memset(said, 0, sizeof(*said));
	for (kind = 0; kind < MMS_NR_KINDS; kind++)
		for (region = 0; region < MMS_NR_REGIONS; region++) {
			said->count[kind] +=
				after.cell[kind][region].count - before.cell[kind][region].count;
			said->pages[kind] +=
				after.cell[kind][region].pages - before.cell[kind][region].pages;
		}
	said->anon = (figures_status(&after, "RssAnon") - figures_status(&before, "RssAnon")) *
		     1024 / page;
}

static bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, __WALL) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Say what was counted, kind by kind. */
static void note_growth(void)
{
	static const char *const names[] = { MMSCOPE_KINDS(MMSCOPE_KIND_NAME) };
	int kind;

	for (kind = 0; kind < MMS_NR_KINDS; kind++)
		if (said->count[kind])
			tap_note("%s: %ld faults, %ld pages", names[kind], said->count[kind],
				 said->pages[kind]);
	tap_note("RssAnon grew by %ld pages, %ld pages are present", said->anon, said->present);
}

/* Where the mapping begins in its page table, in pages. */
static long begins_at;

/* Map a cached file there, read one byte, compare. */
static void read_one(int fd)
{
	char *room = map(3 * TABLE_BYTES, PROT_NONE, MAP_PRIVATE);
	char *table = (char *)(((uintptr_t)room + TABLE_BYTES - 1) & ~(TABLE_BYTES - 1));
	char *area = mmap(table + begins_at * page, FILE_PAGES * page, PROT_READ,
			  MAP_PRIVATE | MAP_FIXED, fd, 0);

	if (area == MAP_FAILED)
		_exit(96);
	look(&after);
	look(&before);
	*(volatile char *)area;
	look(&after);
	say_growth();
	said->present = count_present(area, FILE_PAGES);
	munmap(room, 3 * TABLE_BYTES);
}

static void do_fault_around(void)
{
	char name[] = "/selftest-XXXXXX";
	char *text = map_anon(FILE_PAGES);
	int fd = mkstemp(name);

	/* Written, hence in the page cache; on a ramfs it stays there. */
	if (fd < 0 || unlink(name) || write(fd, text, FILE_PAGES * page) != FILE_PAGES * page)
		_exit(95);
	read_one(fd);
	read_one(fd);
}

static void test_fault_around(long at, long pages, const char *name)
{
	struct figures figures;
	bool ok;

	begins_at = at;
	ok = target_run(do_fault_around, &figures) && said->count[MMS_KIND_FILE_READ] == 1 &&
	     said->pages[MMS_KIND_FILE_READ] == said->present && said->present == pages;
	if (!ok)
		note_growth();
	tap_result(ok, "%s", name);
}

/* What two threads do in lock-step to the pages of one area. */
static struct {
	bool mixed; /* the second thread only reads */
	bool again; /* all rounds are on the first page, which is given back each time */
	char *area;
	atomic_uint arrived;
} step;

/* Wait until both threads have come here for the n-th time. */
static void meet(unsigned int n)
{
	atomic_fetch_add(&step.arrived, 1);
	while (atomic_load(&step.arrived) < n * THREADS)
		sched_yield();
}

static void walk(unsigned int number)
{
	unsigned int n = 0;
	volatile char *at;
	long i;

	/* The first meeting is before main looks, the second one after. */
	meet(++n);
	if (!number) {
		look(&after);
		look(&before);
	}
	meet(++n);
	for (i = 0; i < PAGES; i++) {
		at = step.area + (step.again ? 0 : i * page);
		meet(++n);
		if (step.mixed && number)
			*at;
		else
			*at = 2;
		meet(++n);
		if (step.again && !number && i < PAGES - 1 &&
		    madvise(step.area, page, MADV_DONTNEED))
			_exit(94);
	}
	meet(++n);
	if (!number)
		look(&after);
}

static void *walker(void *number)
{
	walk((uintptr_t)number);
	return NULL;
}

static void walk_together(void)
{
	pthread_t second;

	if (pthread_create(&second, NULL, walker, (void *)1))
		_exit(93);
	walk(0);
	pthread_join(second, NULL);
	say_growth();
	said->present = count_present(step.area, PAGES);
}

static void do_untouched(void)
{
	step.area = map_anon(PAGES);
	walk_together();
}

static void do_zero_pages(void)
{
	long i;

	step.area = map_anon(PAGES);
	for (i = 0; i < PAGES; i++)
		((volatile char *)step.area)[i * page];
	walk_together();
}

static void do_shared(void)
{
	step.area = map(PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED);
	walk_together();
}

static void do_forked(void)
{
	struct figures figures;
	pid_t child;

	step.area = map_anon(PAGES);
	touch(step.area, PAGES);
	child = fork();
	if (!child) {
		walk_together();
		_exit(0);
	}
	if (!ended_well(child) || !figures_read(child, &figures) || !figures_law1(&figures))
		_exit(92);
}

/* Run in lock-step. */
static void test_threads(void (*function)(void), enum mms_kind kind, long anon, const char *name)
{
	struct figures figures;
	bool ok = target_run(function, &figures);

	ok = ok && said->count[kind] == PAGES && said->anon == anon &&
	     said->present == (step.again ? 1 : PAGES);
	if (!ok)
		note_growth();
	tap_result(ok, "two threads %s", name);
}

/* A read may be first: then the zero page comes, and a frame of its own in its place. */
static void test_reader_and_writer(void)
{
	struct figures figures;
	bool ok;

	step.mixed = true;
	ok = target_run(do_untouched, &figures);
	ok = ok && said->anon == PAGES &&
	     said->count[MMS_KIND_ANON_ALLOC] + said->count[MMS_KIND_COW_ZERO] == PAGES;
	if (!ok)
		note_growth();
	tap_result(ok, "one thread reads, one writes the same fresh page: one frame for each");
	step.mixed = false;
}

static void test_same_page(void)
{
	test_threads(do_untouched, MMS_KIND_ANON_ALLOC, PAGES,
		     "write the same fresh page: one anon_alloc for each page");
	test_threads(do_zero_pages, MMS_KIND_COW_ZERO, PAGES,
		     "write the same zero page: one cow_zero for each page");
	test_threads(do_shared, MMS_KIND_SHMEM, 0,
		     "write the same shared memory: one shmem for each page");
	test_threads(do_forked, MMS_KIND_COW_COPY, 0,
		     "write the same page after fork: one cow_copy for each page");
	step.again = true;
	test_threads(do_untouched, MMS_KIND_ANON_ALLOC, 1,
		     "write a page that is given back again and again: each time counts");
	step.again = false;
}

/* A process that shares our memory and waits for a byte before it faults. */
static int go[2], hold[2];
static char *peer_area;

static int peer(void *unused)
{
	char byte;

	(void)unused;
	close(go[1]);
	if (read(go[0], &byte, 1) != 1)
		_exit(91);
	touch(peer_area, PEER_PAGES);
	_exit(0);
}

static void start_peer(void)
{
	char *stack = map(STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	peer_area = map_anon(PEER_PAGES);
	/* Without a signal: a shell that its owner becomes does not wait for it. */
	said->peer = clone(peer, stack + STACK_BYTES, CLONE_VM, NULL);
	if (said->peer < 0)
		_exit(90);
}

/* The new program lets the peer go, and stays until the peer has ended. */
static void do_peer_exec(void)
{
	if (pipe(go) || pipe(hold))
		_exit(89);
	start_peer();
	close(hold[1]);
	if (dup2(go[1], 3) < 0 || dup2(hold[0], 4) < 0)
		_exit(88);
	execlp("busybox", "busybox", "sh", "-c", "echo >&3; read end <&4; exit 0", NULL);
	_exit(87);
}

static bool peer_law1(void)
{
	struct figures figures;
	bool ok = ended_well(said->peer) && figures_read(said->peer, &figures) &&
		  figures_law1(&figures);

	/* The faults are seen: the address space is still the owner's. */
	return ok && figures_status(&figures, "RemoteOut") >= PEER_PAGES;
}

static void test_peer(void)
{
	struct figures figures;
	bool ok;

	ok = target_run(do_peer_exec, &figures);
	tap_result(peer_law1() && ok,
		   "a process that shares memory by CLONE_VM is followed on after its owner's exec");
	if (pipe(go))
		tap_bail("pipe: %s", strerror(errno));
	ok = target_run(start_peer, &figures);
	ok = write(go[1], "", 1) == 1 && ok;
	ok = peer_law1() && ok;
	tap_result(ok && figures_read(figures_status(&figures, "Pid"), &figures) &&
		   figures_law1(&figures),
		   "a process that shares memory by CLONE_VM is followed on after its owner's end");
	close(go[0]);
	close(go[1]);
}

int main(void)
{
	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	said = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	/* One page must be one fault; and a peer whose parent has ended becomes our child. */
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	test_fault_around(16, 16, "a file mapped at a 64 KiB boundary: one fault counts 16 pages");
	test_fault_around(5, 16,
			  "a file mapped 5 pages past a 64 KiB boundary: one fault counts 16 pages");
	test_fault_around(TABLE_BYTES / page - 5, 5,
			  "a file mapped 5 pages before the end of a page table: one fault counts 5");
	test_same_page();
	test_reader_and_writer();
	test_peer();
	tap_result(!stats_read("lost_probe_missed") && !stats_read("lost_process_nomem") &&
		   !stats_read("lost_call_released"),
		   "nothing was missed or lost");
	debugfs_write("targets", "clear");
	return tap_end();
}
