// SPDX-License-Identifier: GPL-2.0
/*
 * outcomes.c - faults that fail, and what the kernel does without a fault: pages go to
 * swap, small pages become a huge one, the OOM killer strikes
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mechanism.h"
#include "step.h"
#include "tap.h"
#include "zram.h"

#define PAGES 100
#define HUGE_BYTES (2L << 20)
#define HUGE_PAGES (HUGE_BYTES / 4096)
#define THP "/sys/kernel/mm/transparent_hugepage/"
#define CGROUP "/sys/fs/cgroup/"
#define OOM_BYTES (16L << 20)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static sigjmp_buf back;

static void jump_back(int signal)
{
	(void)signal;
	siglongjmp(back, 1);
}

/* One access that fails; a read, or a write of a byte. */
static void fail(volatile char *at, bool write)
{
	signal(SIGSEGV, jump_back);
	signal(SIGBUS, jump_back);
	if (sigsetjmp(back, 1))
		return;
	if (write)
		*at = 1;
	else
		*at;
	_exit(99);
}

/* Once before, so that what the handlers need is there. */
static void fail_once(volatile char *at, bool write)
{
	fail(at, write);
	step_begins();
	fail(at, write);
	step_ends();
	said->address = (uintptr_t)at;
}

static void check_outcome(const char *key, enum mms_outcome outcome, bool write, int origin)
{
	const struct event *event = step_event(MMS_EVENT_FAULT_ERROR, 0);

	is_call(key, MMS_EVENT_FAULT_ERROR, 1);
	if (!event)
		return;
	is(event->outcome, outcome, "outcome");
	is(event->address, said->address, "address");
	is(event->origin, origin, "origin");
	is(event->flags & MMS_FAULT_WRITE, write, "write");
	is(!event->ip, 0, "no instruction");
	is(growth("FaultsSegvMaperr") + growth("FaultsSegvAccerr") + growth("FaultsSigbus") +
	   growth("FaultsOom"), 1, "failed faults of any outcome");
}

static void do_maperr(void)
{
	char *area = map_anon(PAGES);

	munmap(area, PAGES * page);
	fail_once(area + 5 * page, true);
}

static void check_maperr(void)
{
	check_outcome("FaultsSegvMaperr", MMS_OUTCOME_SEGV_MAPERR, true, MMS_ORIGIN_USER);
	is(growth("FaultErrors"), 0, "FaultErrors");
}

static void do_accerr_write(void)
{
	fail_once(map(PAGES, PROT_READ) + 5 * page, true);
}

static void check_accerr_write(void)
{
	check_outcome("FaultsSegvAccerr", MMS_OUTCOME_SEGV_ACCERR, true, MMS_ORIGIN_USER);
}

static void do_accerr_read(void)
{
	fail_once(map(PAGES, PROT_NONE) + 5 * page, false);
}

static void check_accerr_read(void)
{
	check_outcome("FaultsSegvAccerr", MMS_OUTCOME_SEGV_ACCERR, false, MMS_ORIGIN_USER);
}

/* A mapping of a file that has become shorter. */
static char *map_truncated(void)
{
	char name[] = "/selftest-XXXXXX", *area;
	int fd = mkstemp(name);

	if (fd < 0 || unlink(name) || ftruncate(fd, PAGES * page))
		_exit(98);
	area = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (area == MAP_FAILED || ftruncate(fd, page))
		_exit(97);
	return area;
}

static void do_sigbus(void)
{
	fail_once(map_truncated() + 5 * page, false);
}

static void check_sigbus(void)
{
	check_outcome("FaultsSigbus", MMS_OUTCOME_SIGBUS, false, MMS_ORIGIN_USER);
	is(growth("FaultErrors"), 1, "FaultErrors");
}

/* A system call that reads one word of user memory, and once. */
static bool kernel_fails(char *at)
{
	return syscall(SYS_futex, at, FUTEX_WAIT_PRIVATE, 1, NULL) == -1 && errno == EFAULT;
}

/* The same by the kernel: EFAULT and no signal. */
static void do_efault(void)
{
	char *area = map_truncated() + 5 * page, *none = map_anon(1);

	munmap(none, page);
	if (!kernel_fails(area))
		_exit(96);
	step_begins();
	if (!kernel_fails(area) || !kernel_fails(none))
		_exit(95);
	step_ends();
	said->address = (uintptr_t)area;
}

static void check_efault(void)
{
	check_outcome("FaultsSigbus", MMS_OUTCOME_SIGBUS, false, MMS_ORIGIN_KERNEL);
}

/* --- the OOM killer --- */

static bool make_cgroup(void)
{
	return set_file(CGROUP "cgroup.subtree_control", "+memory") &&
	       (!mkdir(CGROUP "oom", 0700) || errno == EEXIST) &&
	       set_file(CGROUP "oom/memory.max", "16777216") &&
	       set_file(CGROUP "oom/memory.swap.max", "0");
}

static void do_oom(void)
{
	long pages = 2 * OOM_BYTES / page;
	char *area;

	if (!set_file(CGROUP "oom/cgroup.procs", "0"))
		_exit(94);
	area = map_anon(pages);
	step_begins();
	said->to_ns = 0; /* we shall not see the end */
	said->signal = SIGKILL;
	touch(area, pages);
}

static long pages_of(const char *key)
{
	return figures_status(&said->before, key) * 1024 / page;
}

/* Faults of a kind that were done before another event; they are in order of time. */
static long step_faults(enum mms_kind kind, const struct event *end)
{
	const struct event *event;
	long n, number = 0;

	for (n = 0; (event = step_event(MMS_EVENT_FAULT, n)) && event < end; n++)
		number += event->kind == (int)kind;
	return number;
}

/*
 * The fault that the killer strikes in fails, unless the OOM reaper is faster: then
 * there is memory again, and it is done before its task ends (try_charge_memcg()).
 */
static void check_oom(void)
{
	const struct event *kill = step_event(MMS_EVENT_OOM_KILL, 0);
	const struct event *error = step_event(MMS_EVENT_FAULT_ERROR, 0);

	is_call("OomKill", MMS_EVENT_OOM_KILL, 1);
	is_call("FaultsOom", MMS_EVENT_FAULT_ERROR, error ? 1 : 0);
	if (error)
		is(error->outcome, MMS_OUTCOME_OOM, "outcome");
	is(step_count(MMS_EVENT_EXIT), 1, "exit events");
	/* All pages that it has had, and none of them is back yet. */
	if (kill)
		is(kill->anon_pages, pages_of("RssAnon") + step_faults(MMS_KIND_ANON_ALLOC, kill),
		   "anonymous pages at the kill");
}

/* --- swap --- */

/* Pages of an area that pagemap says are in swap (bit 62). */
static long count_swapped(const char *area, long pages)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	long i, swapped = 0;
	uint64_t entry;

	for (i = 0; i < pages; i++) {
		if (pread(fd, &entry, sizeof(entry), ((long)area / page + i) * sizeof(entry)) !=
		    sizeof(entry))
			_exit(93);
		swapped += entry >> 62 & 1;
	}
	close(fd);
	return swapped;
}

/* Every page different, and not yet on reclaim's lists perhaps: ask until all are gone. */
static void page_out(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		memset(area + i * page, 1 + i % 255, page);
	step_begins();
	do {
		if (madvise(area, pages * page, MADV_PAGEOUT))
			_exit(92);
	} while (count_swapped(area, pages) != pages);
	step_ends();
	said->number = pages;
}

static void do_swap_out(void)
{
	page_out(map_anon(PAGES), PAGES);
}

static void check_swap_out(void)
{
	const struct event *event;
	long n, pages = 0;

	for (n = 0; (event = step_event(MMS_EVENT_SWAP_OUT, n)); n++)
		pages += event->pages;
	is(growth("SwapOut"), said->number, "SwapOut");
	is(pages, said->number, "pages of the events");
	is(growth("Swap"), said->number * page / 1024, "Swap");
	is(growth("RssAnon"), -said->number * page / 1024, "RssAnon");
}

static char *map_huge(void)
{
	char *room = map_anon(2 * HUGE_PAGES);

	if (prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0))
		_exit(91);
	return (char *)(((uintptr_t)room + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
}

static void do_swap_out_huge(void)
{
	char *area = map_huge();

	if (madvise(area, HUGE_BYTES, MADV_HUGEPAGE))
		_exit(90);
	page_out(area, HUGE_PAGES);
}

/* Pages of a file are dropped, not swapped; shared memory goes to swap, but not from this mm. */
static void do_page_out_shared(void)
{
	char *area = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);

	if (area == MAP_FAILED)
		_exit(89);
	touch(area, PAGES);
	step_begins();
	if (madvise(area, PAGES * page, MADV_PAGEOUT))
		_exit(88);
	step_ends();
	said->number = 0;
}

static void check_page_out_shared(void)
{
	is(growth("SwapOut"), 0, "SwapOut");
	is(step_count(MMS_EVENT_SWAP_OUT), 0, "events");
}

/* --- huge pages out of small ones --- */

static void check_collapse(void)
{
	const struct event *event = step_event(MMS_EVENT_COLLAPSE, 0);

	is_call("Collapse", MMS_EVENT_COLLAPSE, 1);
	is(growth("RssAnon"), (HUGE_PAGES - PAGES) * page / 1024, "RssAnon");
	if (!event)
		return;
	is(event->address, said->address, "address");
	is(event->pages, HUGE_PAGES, "pages");
	is(event->rss_delta_pages, HUGE_PAGES - PAGES, "RSS");
}

/* Small pages first: huge ones are not wanted yet. */
static char *map_small(void)
{
	char *area = map_huge();

	if (madvise(area, HUGE_BYTES, MADV_NOHUGEPAGE))
		_exit(87);
	touch(area, PAGES);
	/* A zero page is in no RSS, and becomes part of the huge page. */
	*(volatile char *)(area + PAGES * page);
	said->address = (uintptr_t)area;
	return area;
}

static void do_collapse(void)
{
	char *area;

	/* Not by khugepaged, which might be faster. */
	if (!set_file(THP "enabled", "never"))
		_exit(84);
	area = map_small();
	if (madvise(area, HUGE_BYTES, MADV_HUGEPAGE))
		_exit(86);

	step_begins();
	if (madvise(area, HUGE_BYTES, MADV_COLLAPSE))
		_exit(85);
	step_ends();
}

/* khugepaged comes by in its own time: wait until it has been here. */
static void do_khugepaged(void)
{
	char *area;

	if (!set_file(THP "enabled", "madvise"))
		_exit(83);
	area = map_small();
	step_begins();
	/* Only now: it can be there at once. */
	if (madvise(area, HUGE_BYTES, MADV_HUGEPAGE))
		_exit(86);
	do
		step_look();
	while (!growth("Collapse"));
	step_ends();
}

static const struct step_test tests[] = {
	{ "a write to where nothing is mapped", do_maperr, check_maperr },
	{ "a write to read-only memory", do_accerr_write, check_accerr_write },
	{ "a read of memory without rights", do_accerr_read, check_accerr_read },
	{ "a read behind the end of a file", do_sigbus, check_sigbus },
	{ "the same by the kernel: counted for the file, not for what is not mapped", do_efault,
	  check_efault },
	{ "MADV_PAGEOUT: the pages that went to swap", do_swap_out, check_swap_out },
	{ "MADV_PAGEOUT of a huge page: 512 pages", do_swap_out_huge, check_swap_out },
	{ "MADV_PAGEOUT of shared memory: no swap entries of the mm", do_page_out_shared,
	  check_page_out_shared },
	{ "the OOM killer; the record stays whole", do_oom, check_oom },
};

/* Where collapse_huge_page() can be probed (docs/compat.md): not on 5.10. */
static const struct step_test collapses[] = {
	{ "MADV_COLLAPSE of 100 pages and a zero page", do_collapse, check_collapse },
	{ "khugepaged does the same", do_khugepaged, check_collapse },
};

static bool can_see_collapse(void)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	char line[256], name[128];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*s %*s %127s", name) == 1 &&
			!strcmp(name, "collapse_huge_page");
	if (file)
		fclose(file);
	return found;
}

int main(void)
{
	step_init();
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	if (!zram_swap_on("64M"))
		tap_bail("no swap on zram: %s", strerror(errno));
	if (!make_cgroup())
		tap_bail("no memory cgroup: %s", strerror(errno));
	if (!set_file(THP "enabled", "madvise") ||
	    !set_file(THP "khugepaged/scan_sleep_millisecs", "0") ||
	    !set_file(THP "khugepaged/alloc_sleep_millisecs", "0"))
		tap_bail("transparent huge pages: %s", strerror(errno));
	step_run(tests, sizeof(tests) / sizeof(*tests));
	if (can_see_collapse())
		step_run(collapses, sizeof(collapses) / sizeof(*collapses));
	else
		tap_skip("collapse_huge_page() is inlined", "MADV_COLLAPSE, khugepaged");
	return step_end();
}
