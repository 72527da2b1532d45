// SPDX-License-Identifier: GPL-2.0
/*
 * resets.c - all figures begin anew, and what they must add up to still adds up
 */
#include <errno.h>
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
#define THREADS 3
#define RESETS 100
#define EXECS 50

static long page;

static char *map(int flags)
{
	char *area = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	madvise(area, PAGES * page, MADV_NOHUGEPAGE);
	return area;
}

static void touch(char *area)
{
	long i;

	for (i = 0; i < PAGES; i++)
		((volatile char *)area)[i * page] = 1;
}

/* Write pages that a child shares. */
static void copy(char *area)
{
	pid_t child = fork();

	if (!child)
		pause();
	touch(area);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void reset(void)
{
	int error = debugfs_write("reset", "1\n");

	if (error)
		tap_bail("reset: %s", strerror(-error));
}

/* Every figure of which something breaks down is the sum of that. */
static bool adds_up(pid_t pid)
{
	struct rows faults, latency, cow;
	struct figures figures;
	bool ok = figures_read(pid, &figures) && figures_law1(&figures);
	long number = figures_status(&figures, "Faults");
	long by_origin = figures_status(&figures, "FaultsUser") +
			 figures_status(&figures, "FaultsKernel") +
			 figures_status(&figures, "FaultsGup") +
			 figures_status(&figures, "FaultsRemote");

	rows_read_process(&faults, pid, "faults");
	rows_read_process(&latency, pid, "latency");
	rows_read_process(&cow, pid, "cow");
	if (rows_sum(&faults, "COUNT", NULL, NULL) != number ||
	    rows_sum(&latency, "COUNT", NULL, NULL) != number ||
	    figures_status(&figures, "MinFlt") + figures_status(&figures, "MajFlt") != number ||
	    by_origin != number ||
	    rows_sum(&cow, "BREAKS", NULL, NULL) != figures_status(&figures, "CowBreaks")) {
		tap_note("%ld faults, %ld, %ld in latency; %ld breaks, %ld in cow", number,
			 rows_sum(&faults, "COUNT", NULL, NULL),
			 rows_sum(&latency, "COUNT", NULL, NULL),
			 figures_status(&figures, "CowBreaks"),
			 rows_sum(&cow, "BREAKS", NULL, NULL));
		ok = false;
	}
	rows_free(&faults);
	rows_free(&latency);
	rows_free(&cow);
	return ok;
}

static void do_nothing(void)
{
}

/* Comes to rest in the middle. */
static void do_two_halves(void)
{
	char *area = map(MAP_PRIVATE | MAP_ANONYMOUS);

	touch(area);
	copy(area);
	raise(SIGSTOP);
	touch(map(MAP_PRIVATE | MAP_ANONYMOUS));
}

static bool is_empty(pid_t pid, const char *file, int number)
{
	struct rows rows;
	bool ok;

	rows_read_process(&rows, pid, file);
	ok = rows.number == number;
	if (!ok)
		tap_note("%s has %d rows", file, rows.number);
	rows_free(&rows);
	return ok;
}

static void test_at_rest(void)
{
	static const char *const zero[] = {
		"Faults", "MinFlt", "MajFlt", "FaultsUser", "FaultsKernel", "FaultPages", "FaultTime",
		"CowBreaks", "CowPages", "Brk", "Mmap", "Munmap", "SyscallTime", "Crossings",
		"ProcessFaults", "RemoteIn", "RemoteOut", "KernelMinFlt", "KernelMajFlt",
		"Law1Residual", "Law2Residual", "Law3Residual",
	};
	static const char *const kept[] = { "Generation", "VSZ", "RSS", "VszPeak", "RssPeak" };
	pid_t ended = target_rest(do_nothing), pid;
	long lost = stats_read("lost_exited_evicted");
	struct figures before, after;
	struct rows processes;
	char number[16];
	bool ok = true;
	unsigned int i;
	int status;

	target_end(ended);
	debugfs_write("limits/exited_kept", "1");
	pid = target_rest(do_nothing);
	target_end(pid);
	debugfs_write("limits/exited_kept", "256");
	ok = stats_read("lost_exited_evicted") == lost + 1;
	pid = target_rest(do_two_halves);
	ok &= figures_read(pid, &before) && figures_status(&before, "CowBreaks") >= PAGES;
	reset();
	ok &= figures_read(pid, &after);
	for (i = 0; i < sizeof(zero) / sizeof(*zero); i++)
		if (figures_status(&after, zero[i])) {
			tap_note("%s is %ld", zero[i], figures_status(&after, zero[i]));
			ok = false;
		}
	ok &= is_empty(pid, "faults", 0) & is_empty(pid, "latency", 0) & is_empty(pid, "cow", 0) &
	      is_empty(pid, "events", 0) & is_empty(pid, "timeline", 1);
	tap_result(ok, "a process at rest: every figure is 0, every table is empty");
	ok = true;
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		ok = ok && figures_status(&before, kept[i]) == figures_status(&after, kept[i]);
	tap_result(ok, "sizes, peaks and the generation stay");

	rows_read(&processes, "processes");
	snprintf(number, sizeof(number), "%d", pid);
	ok = processes.number == 1 && rows_find(&processes, "PID", number) == 0 &&
	     stats_read("processes_exited") == 0 && stats_read("targets") == 1;
	tap_result(ok, "records of exited processes go, targets stay");
	rows_free(&processes);
	tap_result(stats_read("lost_exited_evicted") == 0 && stats_read("lost_probe_missed") == 0,
		   "losses count from 0");

	/* The second half is counted as if following had begun here. */
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		tap_bail("the target is gone");
	ok = figures_read(pid, &after) && adds_up(pid) &&
	     after.cell[MMS_KIND_ANON_ALLOC][MMS_REGION_ANON].count == PAGES;
	tap_result(ok, "what comes afterwards is counted exactly");
	target_end(pid);
	tap_result(adds_up(pid), "and at its end it adds up");
}

static void *run_thread(void *unused)
{
	for (;;) {
		char *area = map(MAP_PRIVATE | MAP_ANONYMOUS);

		touch(area);
		munmap(area, PAGES * page);
	}
	return unused;
}

/* Threads that fault, and copies that a forked child makes them make. */
static void do_run(void)
{
	char *area = map(MAP_PRIVATE | MAP_ANONYMOUS);
	pthread_t thread;
	int i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&thread, NULL, run_thread, NULL))
			_exit(98);
	for (;;)
		copy(area);
}

static void test_running(void)
{
	pid_t pid = target_fork(do_run);
	int i, status;

	for (i = 0; i < RESETS; i++)
		reset();
	kill(pid, SIGSTOP);
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		tap_bail("the target is gone");
	tap_result(adds_up(pid), "a process whose threads fault, %d resets: all laws hold at rest",
		   RESETS);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	tap_result(adds_up(pid), "and at its end");
}

static void do_execs(void)
{
	execl("/proc/self/exe", "resets", "0", NULL);
	_exit(97);
}

/* The program calls exec again and again, each time with the next number. */
static int next_exec(const char *argument)
{
	char next[16];
	int number = atoi(argument);

	page = sysconf(_SC_PAGESIZE);
	touch(map(MAP_PRIVATE | MAP_ANONYMOUS));
	if (number == EXECS) {
		raise(SIGSTOP);
		return 0;
	}
	snprintf(next, sizeof(next), "%d", number + 1);
	execl("/proc/self/exe", "resets", next, NULL);
	return 1;
}

static void test_exec(void)
{
	pid_t pid = target_fork(do_execs);
	int resets = 0, status;

	do {
		reset();
		resets++;
	} while (!waitpid(pid, &status, WNOHANG | WUNTRACED));
	if (!WIFSTOPPED(status))
		tap_bail("the target ended with status 0x%x", status);
	tap_note("%d resets", resets);
	tap_result(adds_up(pid), "a process that calls exec %d times: law 1 holds", EXECS);
	target_end(pid);
	tap_result(adds_up(pid), "and at its end");
}

static void test_writes(void)
{
	static const char *const bad[] = { "0\n", "2\n", "\n", "1 1\n", "yes\n" };
	pid_t pid = target_rest(do_two_halves);
	struct figures figures;
	bool ok = true;
	unsigned int i;
	char log[256];
	FILE *file;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		debugfs_write("error_log", "x");
		ok = ok && debugfs_write("reset", bad[i]) == -EINVAL;
		file = fopen(DEBUGFS "/error_log", "r");
		ok = ok && file && fgets(log, sizeof(log), file) && strstr(log, "write 1");
		if (file)
			fclose(file);
	}
	ok = ok && figures_read(pid, &figures) && figures_status(&figures, "CowBreaks") >= PAGES;
	tap_result(ok, "anything but 1 is refused: EINVAL, a line in error_log, nothing changes");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(int argc, char *argv[])
{
	if (argc > 1)
		return next_exec(argv[1]);
	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	test_at_rest();
	debugfs_write("targets", "clear");
	test_running();
	debugfs_write("targets", "clear");
	test_exec();
	test_writes();
	debugfs_write("targets", "clear");
	return tap_end();
}
