// SPDX-License-Identifier: GPL-2.0
/*
 * surfaces.c - the tables of a process: that each adds up to the figures that it breaks down
 */
#include <signal.h>
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

static long page;

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

int main(void)
{
	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	test_latency();
	debugfs_write("targets", "clear");
	return tap_end();
}
