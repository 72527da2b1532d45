// SPDX-License-Identifier: GPL-2.0
/*
 * surfaces.c - the tables of a process: that each adds up to the figures that it breaks down
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "rows.h"
#include "tap.h"
#include "target.h"

#define PAGES 211
#define AREA_BYTES (2UL << 20)

static long page;

/* Shared between a test and its target: what the target has to say. */
static struct {
	long vm_peak;
	long vm_hwm;
	unsigned long area;
} *said;

static const char *const kinds[] = { MMSCOPE_KINDS(MMSCOPE_KIND_NAME) };

static char *map(long pages)
{
	char *area = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	/* One fault for each page, whatever the machine does by itself. */
	madvise(area, pages * page, MADV_NOHUGEPAGE);
	return area;
}

static void touch(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		((volatile char *)area)[i * page] = 1;
}

static void look(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		(void)((volatile char *)area)[i * page];
}

static pid_t run(void (*function)(void))
{
	pid_t pid;
	int status = target_call(function, &pid);

	if (!WIFEXITED(status) || WEXITSTATUS(status))
		tap_bail("the target ended with status 0x%x", status);
	return pid;
}

/* Some of several kinds. */
static void do_several_kinds(void)
{
	char *area = map(3 * PAGES);
	int status;
	pid_t child;

	touch(area, PAGES);
	look(area + PAGES * page, PAGES);
	touch(area + PAGES * page, PAGES);
	child = fork();
	if (!child)
		pause();
	touch(area, PAGES);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
}

static void test_latency(void)
{
	pid_t pid = run(do_several_kinds);
	struct rows latency, faults;
	bool counts = true, bounds = true;
	int kind, row;

	rows_read_process(&latency, pid, "latency");
	rows_read_process(&faults, pid, "faults");
	for (kind = 0; kind < MMS_NR_KINDS; kind++)
		if (rows_sum(&latency, "COUNT", "KIND", kinds[kind]) !=
		    rows_sum(&faults, "COUNT", "KIND", kinds[kind])) {
			tap_note("%s: %ld in latency, %ld in faults", kinds[kind],
				 rows_sum(&latency, "COUNT", "KIND", kinds[kind]),
				 rows_sum(&faults, "COUNT", "KIND", kinds[kind]));
			counts = false;
		}
	tap_result(counts && rows_sum(&latency, "COUNT", "KIND", "anon_zero") == PAGES,
		   "latency: the buckets of a kind add up to its COUNT in faults");

	/* Of each kind the total time lies between the sums of the buckets' bounds. */
	for (kind = 0; kind < MMS_NR_KINDS; kind++) {
		long least = 0, most = 0, ns = rows_sum(&faults, "NS", "KIND", kinds[kind]);
		bool open = false;

		for (row = 0; row < latency.number; row++) {
			long count = rows_long(&latency, row, "COUNT");

			if (strcmp(rows_word(&latency, row, "KIND"), kinds[kind]))
				continue;
			least += count * rows_long(&latency, row, "NS_FROM");
			most += count * (rows_long(&latency, row, "NS_TO") - 1);
			open = open || !strcmp(rows_word(&latency, row, "NS_TO"), "-");
		}
		if (ns < least || (ns > most && !open)) {
			tap_note("%s: %ld ns, not %ld to %ld", kinds[kind], ns, least, most);
			bounds = false;
		}
	}
	tap_result(bounds, "latency: the time of a kind lies within the bounds of its buckets");
	rows_free(&latency);
	rows_free(&faults);
}

/* A line of /proc/PID/status, kB. */
static long proc_status(pid_t pid, const char *key)
{
	char path[32], line[128];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)) && line[strlen(key)] == ':')
			value = atol(line + strlen(key) + 1);
	if (file)
		fclose(file);
	return value;
}

/* A peak, and then more events than a small timeline has points for. */
static void do_peak(void)
{
	char *area = map(5 * PAGES);
	int i;

	touch(area, 5 * PAGES);
	munmap(area, 5 * PAGES * page);
	for (i = 0; i < PAGES; i++) {
		area = map(1);
		touch(area, 1);
		munmap(area, page);
	}
	said->vm_peak = proc_status(getpid(), "VmPeak");
	said->vm_hwm = proc_status(getpid(), "VmHWM");
}

static void do_grow(void)
{
	touch(map(5 * PAGES), 5 * PAGES);
}

static bool never_falls(const struct rows *timeline, int row, const char *column)
{
	return rows_long(timeline, row - 1, column) <= rows_long(timeline, row, column);
}

static bool peaks_are(pid_t pid, long vsz, long rss)
{
	struct figures figures;
	struct rows timeline;
	bool ok = figures_read(pid, &figures);
	int row;

	ok = ok && figures_status(&figures, "VszPeak") == vsz &&
	     figures_status(&figures, "RssPeak") == rss;
	if (!ok)
		tap_note("peaks %ld and %ld, should be %ld and %ld",
			 figures_status(&figures, "VszPeak"), figures_status(&figures, "RssPeak"),
			 vsz, rss);
	rows_read_process(&timeline, pid, "timeline");
	row = timeline.number - 1;
	if (row < 0 || rows_long(&timeline, row, "VSZ_PEAK") != vsz ||
	    rows_long(&timeline, row, "RSS_PEAK") != rss) {
		tap_note("the timeline ends with other peaks");
		ok = false;
	}
	/* Not so RSS_PEAK: the kernel notes a cheap sum, which can be below what was seen. */
	for (; row > 0; row--)
		ok = ok && never_falls(&timeline, row, "VSZ_PEAK");
	rows_free(&timeline);
	return ok;
}

static void test_peaks(void)
{
	struct figures figures;
	struct rows timeline;
	pid_t pid;
	bool ok;

	debugfs_write("limits/timeline_points", "8");
	pid = target_rest(do_peak);
	ok = said->vm_hwm >= 5 * PAGES * page / 1024 &&
	     peaks_are(pid, said->vm_peak, said->vm_hwm) &&
	     said->vm_peak == proc_status(pid, "VmPeak") &&
	     said->vm_hwm == proc_status(pid, "VmHWM");
	tap_result(ok, "peaks: of a life of many events, 8 points: VmPeak and VmHWM of /proc");
	target_end(pid);
	rows_read_process(&timeline, pid, "timeline");
	tap_result(timeline.number <= 8 && peaks_are(pid, said->vm_peak, said->vm_hwm),
		   "peaks: they stay when the process has ended");
	rows_free(&timeline);
	debugfs_write("limits/timeline_points", "512");

	/* The kernel has noted nothing yet: the peak is what there is now. */
	pid = target_rest(do_grow);
	ok = figures_read(pid, &figures);
	ok = ok && peaks_are(pid, figures_status(&figures, "VSZ"), figures_status(&figures, "RSS"));
	tap_result(ok, "peaks: of a process that only grew: its size");
	target_end(pid);
}

/* Pages that are written in each of a few areas while a child shares them. */
static const int cow_pages[] = { 7, PAGES, 512 };

#define AREAS ((long)(sizeof(cow_pages) / sizeof(*cow_pages)))

static char *map_areas(long number)
{
	unsigned long size = number * AREA_BYTES;
	char *area = mmap(NULL, size + AREA_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	madvise(area, size + AREA_BYTES, MADV_NOHUGEPAGE);
	said->area = ((unsigned long)area + AREA_BYTES - 1) / AREA_BYTES * AREA_BYTES;
	return (char *)said->area;
}

/* A child that shares all pages as long as it lives. */
static pid_t share(void)
{
	pid_t child = fork();

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
	}
	return child;
}

static void unshare_by_end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void do_cow(void)
{
	char *area = map_areas(AREAS);
	pid_t child;
	int i;

	for (i = 0; i < AREAS; i++)
		touch(area + i * AREA_BYTES, cow_pages[i]);
	child = share();
	for (i = 0; i < AREAS; i++)
		touch(area + i * AREA_BYTES, cow_pages[i]);
	unshare_by_end(child);
}

static bool cow_adds_up(const struct rows *cow, pid_t pid)
{
	struct figures figures;

	if (!figures_read(pid, &figures))
		return false;
	if (rows_sum(cow, "BREAKS", NULL, NULL) == figures_status(&figures, "CowBreaks") &&
	    rows_sum(cow, "PAGES", NULL, NULL) == figures_status(&figures, "CowPages"))
		return true;
	tap_note("%ld breaks, %ld pages in cow; %ld and %ld in status",
		 rows_sum(cow, "BREAKS", NULL, NULL), rows_sum(cow, "PAGES", NULL, NULL),
		 figures_status(&figures, "CowBreaks"), figures_status(&figures, "CowPages"));
	return false;
}

static void test_cow(void)
{
	pid_t pid = run(do_cow);
	struct rows cow;
	bool ok = true;
	int i;

	rows_read_process(&cow, pid, "cow");
	for (i = 0; i < AREAS; i++) {
		char address[32];
		int row;

		snprintf(address, sizeof(address), "0x%012lx", said->area + i * AREA_BYTES);
		row = rows_find(&cow, "AREA", address);
		ok = ok && row >= 0 && !strcmp(rows_word(&cow, row, "REGION"), "anon") &&
		     rows_long(&cow, row, "BREAKS") == cow_pages[i] &&
		     rows_long(&cow, row, "PAGES") == cow_pages[i];
	}
	tap_result(ok, "cow: each area has the breaks that were made in it");
	tap_result(cow_adds_up(&cow, pid), "cow: all areas add up to CowBreaks and CowPages");
	rows_free(&cow);
}

/* As in module/areas.h: areas that one CPU keeps apart. */
#define AREAS_KEPT 12288
#define AREAS_MORE 100

static void do_cow_many(void)
{
	char *area = map_areas(AREAS_KEPT + AREAS_MORE);
	cpu_set_t one;
	pid_t child;
	long i;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		_exit(98);
	for (i = 0; i < AREAS_KEPT + AREAS_MORE; i++)
		touch(area + i * AREA_BYTES, 1);
	child = share();
	for (i = 0; i < AREAS_KEPT + AREAS_MORE; i++)
		touch(area + i * AREA_BYTES, 1);
	unshare_by_end(child);
}

static void test_cow_many(void)
{
	long lost = stats_read("lost_cow_area_limit"), left, kept = 0;
	pid_t pid = run(do_cow_many);
	struct rows cow;
	bool ok;
	int i;

	lost = stats_read("lost_cow_area_limit") - lost;
	rows_read_process(&cow, pid, "cow");
	left = rows_sum(&cow, "BREAKS", "AREA", "-");
	for (i = 0; i < cow.number; i++)
		kept += !!strcmp(rows_word(&cow, i, "AREA"), "-");
	if (kept != AREAS_KEPT || left < AREAS_MORE || left != lost)
		tap_note("%ld areas, %ld breaks without one, %ld lost", kept, left, lost);
	ok = kept == AREAS_KEPT && left >= AREAS_MORE && left == lost &&
	     stats_read("lost_cow_area_nomem") == 0;
	tap_result(ok, "cow: what is more than one CPU keeps apart is counted by region, and as a loss");
	tap_result(cow_adds_up(&cow, pid), "cow: it still adds up");
	rows_free(&cow);
}

int main(void)
{
	page = sysconf(_SC_PAGESIZE);
	said = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		return TAP_FAIL;
	tap_begin();
	test_latency();
	test_peaks();
	test_cow();
	test_cow_many();
	debugfs_write("targets", "clear");
	return tap_end();
}
