// SPDX-License-Identifier: GPL-2.0
/*
 * regions.c - pid/<tgid>/regions: that the regions of a process at rest add up to its sizes
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "rows.h"
#include "tap.h"
#include "target.h"

#define PAGES 211
#define STACK_PAGES 40
#define SWAP_PAGES 64
#define HUGE_BYTES (2UL << 20)
/* More page tables than are looked at before mmap_lock is given away. */
#define TABLES 1100

static long page;

/* Shared between a test and its target. */
static struct {
	long seen; /* written by the target, so that it maps this page */
} *said;

static char *map(size_t bytes, int flags, int fd)
{
	char *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (area == MAP_FAILED)
		_exit(99);
	return area;
}

static char *map_anon(size_t bytes)
{
	char *area = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	madvise(area, bytes, MADV_NOHUGEPAGE);
	return area;
}

static void touch(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		((volatile char *)area)[i * page] = 1;
}

static void look(const char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		(void)((volatile const char *)area)[i * page];
}

static long swapped(void)
{
	char line[128];
	FILE *file = fopen("/proc/self/status", "r");
	long kb = -1;

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "VmSwap: %ld", &kb);
	if (file)
		fclose(file);
	return kb;
}

static pthread_barrier_t stack_is_deep;

static void *sleep_deep(void *unused)
{
	char deep[STACK_PAGES * page];

	touch(deep, STACK_PAGES);
	pthread_barrier_wait(&stack_is_deep);
	pause();
	return unused;
}

static void do_files(void)
{
	char name[] = "/tmp/regions.XXXXXX";
	int fd = mkstemp(name);
	char *area;

	if (fd < 0 || ftruncate(fd, 32 * page))
		_exit(98);
	touch(map(16 * page, MAP_SHARED, fd), 16);
	area = map(16 * page, MAP_PRIVATE, fd);
	look(area, 16);
	touch(area, 5);
	fd = memfd_create("regions", 0);
	if (fd < 0 || ftruncate(fd, 32 * page))
		_exit(97);
	touch(map(32 * page, MAP_SHARED, fd), 10);
	said->seen = 1;
}

/* Something of everything. */
static void do_everything(void)
{
	pthread_t thread;
	char *area;
	int i;

	touch(sbrk(64 * page), 20);
	area = map_anon(3 * PAGES * page);
	touch(area, PAGES);
	look(area + PAGES * page, PAGES);
	do_files();
	area = map_anon(TABLES * HUGE_BYTES);
	for (i = 0; i < TABLES; i++)
		touch(area + i * HUGE_BYTES, 1);
	pthread_barrier_init(&stack_is_deep, NULL, 2);
	if (pthread_create(&thread, NULL, sleep_deep, NULL))
		_exit(96);
	pthread_barrier_wait(&stack_is_deep);
	area = map_anon(SWAP_PAGES * page);
	touch(area, SWAP_PAGES);
	while (swapped() < SWAP_PAGES * page / 1024)
		madvise(area, SWAP_PAGES * page, MADV_PAGEOUT);
}

static long maps(pid_t pid)
{
	char path[32], line[512];
	long lines = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		lines += !strstr(line, "[vsyscall]");
	if (file)
		fclose(file);
	return lines;
}

static bool same(const char *what, long sum, long figure)
{
	if (sum != figure)
		tap_note("%s: the regions have %ld, the process %ld", what, sum, figure);
	return sum == figure;
}

static long of(const struct rows *regions, const char *region, const char *column)
{
	return rows_sum(regions, column, "REGION", region);
}

/* VMAS, VSZ and RSS of one region, kB. */
static bool region_is(const struct rows *regions, const char *region, long vmas, long vsz, long rss)
{
	bool ok = of(regions, region, "VMAS") == vmas && of(regions, region, "VSZ") == vsz &&
		  of(regions, region, "RSS") == rss;

	if (!ok)
		tap_note("%s: %ld VMAs, %ld kB, %ld resident", region, of(regions, region, "VMAS"),
			 of(regions, region, "VSZ"), of(regions, region, "RSS"));
	return ok;
}

static bool sizes_add_up(pid_t pid, const struct rows *regions)
{
	struct figures figures;
	bool ok = figures_read(pid, &figures);

	ok &= same("VSZ", rows_sum(regions, "VSZ", NULL, NULL), figures_status(&figures, "VSZ"));
	ok &= same("RSS", rows_sum(regions, "RSS", NULL, NULL) - of(regions, "hugetlb", "RSS"),
		   figures_status(&figures, "RSS"));
	ok &= same("SWAP", rows_sum(regions, "SWAP", NULL, NULL), figures_status(&figures, "Swap"));
	ok &= same("VMAS", rows_sum(regions, "VMAS", NULL, NULL), maps(pid));
	return ok;
}

static bool figures_add_up(pid_t pid, const struct rows *regions)
{
	struct figures figures;
	bool ok = figures_read(pid, &figures);

	ok &= same("FAULTS", rows_sum(regions, "FAULTS", NULL, NULL),
		   figures_status(&figures, "Faults"));
	ok &= same("PAGES", rows_sum(regions, "PAGES", NULL, NULL),
		   figures_status(&figures, "FaultPages"));
	ok &= same("COW", rows_sum(regions, "COW", NULL, NULL),
		   figures_status(&figures, "CowBreaks"));
	return ok;
}

static void test_everything(void)
{
	pid_t pid = target_rest(do_everything);
	long kb = page / 1024;
	struct rows regions;
	int row;
	bool ok;

	rows_read_process(&regions, pid, "regions");
	tap_result(sizes_add_up(pid, &regions),
		   "sizes: the regions add up to VSZ, RSS, swap and the lines of maps");
	tap_result(figures_add_up(pid, &regions),
		   "figures: the regions add up to Faults, FaultPages and CowBreaks");
	tap_result(region_is(&regions, "shmem", 2, 33 * kb, 11 * kb),
		   "shmem: a memfd and a shared page");
	ok = of(&regions, "thread_stack", "VMAS") == 1 &&
	     of(&regions, "thread_stack", "RSS") >= STACK_PAGES * kb;
	tap_result(ok, "thread_stack: the stack of a thread that is asleep");
	/* The kernel may have put the area beside the stack, as one VMA with it. */
	ok = of(&regions, "anon", "SWAP") + of(&regions, "thread_stack", "SWAP") == SWAP_PAGES * kb;
	tap_result(ok, "swap: what was paged out");
	rows_free(&regions);

	target_end(pid);
	rows_read_process(&regions, pid, "regions");
	ok = regions.number && figures_add_up(pid, &regions);
	for (row = 0; row < regions.number; row++)
		ok = ok && !strcmp(rows_word(&regions, row, "RSS"), "-") &&
		     !strcmp(rows_word(&regions, row, "VSZ"), "-") &&
		     !strcmp(rows_word(&regions, row, "SWAP"), "-");
	tap_result(ok, "exited: no sizes, the figures stay");
	rows_free(&regions);
}

static char *huge_aligned(char *area)
{
	return (char *)(((unsigned long)area + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES);
}

/* A huge page, one that is only read, and one of which half is unmapped again. */
static void do_huge(void)
{
	char *area = huge_aligned(map(4 * HUGE_BYTES, MAP_PRIVATE | MAP_ANONYMOUS, -1));

	madvise(area, 3 * HUGE_BYTES, MADV_HUGEPAGE);
	touch(area, 1);
	look(area + HUGE_BYTES, 1);
	touch(area + 2 * HUGE_BYTES, 1);
	munmap(area + 2 * HUGE_BYTES, HUGE_BYTES / 2);
}

static void do_hugetlb(void)
{
	touch(map(2 * HUGE_BYTES, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1), 1);
}

static bool set(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	return file && fputs(text, file) >= 0 && !fclose(file);
}

static void test_huge(void)
{
	struct rows regions;
	pid_t pid;
	bool ok;

	if (!set("/sys/kernel/mm/transparent_hugepage/enabled", "madvise")) {
		tap_skip("no transparent huge pages", "huge: they count with all their pages");
	} else {
		pid = target_rest(do_huge);
		rows_read_process(&regions, pid, "regions");
		ok = sizes_add_up(pid, &regions) &&
		     of(&regions, "anon", "RSS") >= (long)(HUGE_BYTES / 1024 * 3 / 2);
		tap_result(ok, "huge: they count with all their pages, the huge zero page does not");
		rows_free(&regions);
		target_end(pid);
	}
	if (!set("/proc/sys/vm/nr_hugepages", "2")) {
		tap_skip("no hugetlb", "hugetlb: a row of its own");
		return;
	}
	pid = target_rest(do_hugetlb);
	rows_read_process(&regions, pid, "regions");
	ok = sizes_add_up(pid, &regions) && region_is(&regions, "hugetlb", 1, 4096, 2048);
	tap_result(ok, "hugetlb: a row of its own, which is not in the process's RSS");
	rows_free(&regions);
	target_end(pid);
	set("/proc/sys/vm/nr_hugepages", "0");
}

/* Reading must neither disturb nor be disturbed by a process that maps and faults. */
static void test_running(void)
{
	pid_t busy = fork();
	struct rows regions;
	char line[32];
	int i;

	if (!busy)
		for (;;) {
			char *area = map_anon(PAGES * page);

			touch(area, PAGES);
			munmap(area, PAGES * page);
		}
	snprintf(line, sizeof(line), "pid %d", busy);
	debugfs_write("targets", line);
	for (i = 0; i < 200; i++) {
		rows_read_process(&regions, busy, "regions");
		rows_free(&regions);
	}
	tap_result(true, "running: 200 readings of a process that maps, faults and unmaps");
	kill(busy, SIGKILL);
	waitpid(busy, NULL, 0);
}

int main(void)
{
	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	said = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED || system("modprobe zram num_devices=1") ||
	    !set("/sys/block/zram0/disksize", "64M") ||
	    system("mkswap /dev/zram0 >/dev/null && swapon /dev/zram0"))
		tap_bail("no swap on zram");
	test_everything();
	test_huge();
	test_running();
	debugfs_write("targets", "clear");
	return tap_end();
}
