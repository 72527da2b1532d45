// SPDX-License-Identifier: GPL-2.0
/*
 * attach.c - a process that becomes a target while its threads fault
 *
 * The kernel counts a fault when it is done, so those under way at that moment are
 * in its count and not in the module's. Law 1 must hold all the same.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "tap.h"

#define THREADS 4
#define PAGES 64
#define ROUNDS 60

static long page;

/* Shared with the process that faults. */
static struct {
	atomic_bool run; /* threads fault while it is set */
	atomic_int parked; /* threads that do not fault, and will not until it is set again */
	atomic_bool end;
	atomic_long faults; /* of all threads since the last parking, at least so many */
} *said;

static void *work(void *unused)
{
	char *area = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	int i;

	(void)unused;
	if (area == MAP_FAILED)
		_exit(99);
	while (!atomic_load(&said->end)) {
		for (i = 0; i < PAGES; i++)
			((volatile char *)area)[i * page] = 1;
		atomic_fetch_add(&said->faults, PAGES);
		madvise(area, PAGES * page, MADV_DONTNEED);
		if (atomic_load(&said->run))
			continue;
		atomic_fetch_add(&said->parked, 1);
		while (!atomic_load(&said->run) && !atomic_load(&said->end))
			sched_yield();
		atomic_fetch_sub(&said->parked, 1);
	}
	return NULL;
}

static void child(void)
{
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, work, NULL))
			_exit(98);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

static void wait_parked(int threads)
{
	while (atomic_load(&said->parked) != threads)
		sched_yield();
}

/* At least THREADS * PAGES faults begin and end within; some pages may have been begun before. */
static void wait_faults(void)
{
	atomic_store(&said->faults, 0);
	while (atomic_load(&said->faults) < 2 * THREADS * PAGES)
		sched_yield();
}

static bool follow(pid_t pid, const char *verb)
{
	char line[32];

	snprintf(line, sizeof(line), "%spid %d", verb, pid);
	return !debugfs_write("targets", line);
}

/* One attachment amid faults; the residual once the process is at rest. */
static bool attach(pid_t pid)
{
	static struct figures figures;
	bool ok;

	atomic_store(&said->run, true);
	wait_parked(0);
	wait_faults();
	ok = follow(pid, "");
	wait_faults();
	atomic_store(&said->run, false);
	wait_parked(THREADS);
	ok = ok && figures_read(pid, &figures) && figures_law1(&figures) &&
	     figures_status(&figures, "Faults") >= THREADS * PAGES;
	return follow(pid, "-") && ok;
}

int main(void)
{
	pid_t pid, other;
	int i, good = 0;

	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	/* One page must be one fault. */
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	said = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	/* Somebody is followed all the time: no probe is armed or disarmed while others fault. */
	other = fork();
	if (!other) {
		pause();
		_exit(0);
	}
	pid = fork();
	if (!pid)
		child();
	wait_parked(THREADS);
	if (!follow(other, ""))
		tap_bail("cannot follow a process");
	for (i = 0; i < ROUNDS; i++)
		good += attach(pid);
	tap_note("%d of %d attachments with a residual of 0", good, ROUNDS);
	tap_result(good == ROUNDS, "law 1 holds for a process that is attached while %d threads fault",
		   THREADS);
	tap_result(!stats_read("lost_probe_missed") && !stats_read("lost_process_nomem"),
		   "nothing was missed or lost");
	atomic_store(&said->end, true);
	waitpid(pid, NULL, 0);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return tap_end();
}
