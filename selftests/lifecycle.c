// SPDX-License-Identifier: GPL-2.0
/*
 * lifecycle.c - who is followed, to whom a fault is charged, and that law 1 holds
 *
 * Each test runs a function in a process that is a target before its first
 * instruction, and looks at the records when it has ended. All figures are
 * exact.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "tap.h"
#include "target.h"

#define PAGES 211
#define THREADS 7

static long page;

/* Shared between a test and its target: what the target has to say. */
static struct {
	pid_t child;
	pid_t other;
} *said;

static void touch(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		((volatile char *)area)[i * page] = 1;
}

static char *map(long pages, int flags)
{
	char *area = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	return area;
}

static char *map_anon(long pages)
{
	return map(pages, MAP_PRIVATE | MAP_ANONYMOUS);
}

static long cells(const struct figures *figures, const char *kind, const char *region)
{
	return figures->cell[kind_by_name(kind)][region_by_name(region)].count;
}

static bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static void *thread(void *area)
{
	touch(area, PAGES);
	return NULL;
}

static void do_threads(void)
{
	pthread_t threads[THREADS];
	char *area = map_anon(THREADS * PAGES);
	int i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, thread, area + i * PAGES * page))
			_exit(98);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void test_threads(void)
{
	struct figures figures;
	bool ok = target_run(do_threads, &figures);

	/*
	 * The kernel merges the area with a thread's stack when they are neighbours,
	 * so that either region may get its pages. glibc's own come on top.
	 */
	ok = ok && cells(&figures, "anon_alloc", "anon") +
			   cells(&figures, "anon_alloc", "thread_stack") >=
		   THREADS * PAGES;
	tap_result(ok, "threads of one process are one address space, law 1 holds with ended threads");
}

static void do_fork(void)
{
	char *area = map_anon(PAGES);
	pid_t child;

	touch(area, PAGES);
	child = fork();
	if (!child) {
		touch(area, PAGES);
		_exit(0);
	}
	said->child = child;
	if (!ended_well(child))
		_exit(97);
}

static void test_fork(void)
{
	struct figures parent, child;
	bool ok = target_run(do_fork, &parent) && figures_read(said->child, &child) &&
		  figures_law1(&child);

	tap_result(ok && child.cell[MMS_KIND_COW_COPY][MMS_REGION_ANON].count >= PAGES,
		   "a child is followed and charged for its own copies");
	debugfs_write("targets", "clear");
	debugfs_write("follow_fork", "0");
	ok = target_run(do_fork, &parent);
	tap_result(ok && access(DEBUGFS "/pid", F_OK) == 0 && stats_read("processes_exited") == 1,
		   "a child is not followed when follow_fork is 0");
	debugfs_write("follow_fork", "1");
}

static void do_exec(void)
{
	char *area = map_anon(PAGES);

	touch(area, PAGES);
	execlp("busybox", "busybox", "true", NULL);
	_exit(96);
}

static void test_exec(void)
{
	struct figures figures;
	bool ok = target_run(do_exec, &figures);

	ok = ok && cells(&figures, "anon_alloc", "anon") < PAGES;
	tap_result(ok && figures_status(&figures, "ProcessFaults") >
				 figures_status(&figures, "Faults") + PAGES - 1,
		   "exec begins new counts in the same record, law 1 spans both generations");
	tap_result(ok && figures_status(&figures, "RemoteOut") >= 1,
		   "exec's writes into the new address space are remote_out");
}

/* A pointer that both sides of vfork can reach. */
static char *volatile vfork_area;

static void do_vfork(void)
{
	pid_t child;

	vfork_area = map_anon(PAGES);
	child = vfork();
	if (!child) {
		touch(vfork_area, PAGES);
		_exit(0);
	}
	said->child = child;
	if (!ended_well(child))
		_exit(97);
}

static void test_vfork(void)
{
	struct figures parent, child;
	bool ok = target_run(do_vfork, &parent) && figures_read(said->child, &child) &&
		  figures_law1(&child);

	tap_result(ok && cells(&parent, "anon_alloc", "anon") >= PAGES &&
		   figures_status(&parent, "RemoteIn") >= PAGES &&
		   figures_status(&child, "RemoteOut") ==
			   figures_status(&parent, "RemoteIn"),
		   "a vfork child's faults are charged to the parent's address space");
}

static void do_vfork_exec(void)
{
	pid_t child = vfork();

	if (!child) {
		execlp("busybox", "busybox", "true", NULL);
		_exit(96);
	}
	said->child = child;
	if (!ended_well(child))
		_exit(97);
}

static void test_vfork_exec(void)
{
	struct figures parent, child;
	bool ok = target_run(do_vfork_exec, &parent) && figures_read(said->child, &child) &&
		  figures_law1(&child);

	tap_result(ok && figures_status(&child, "Faults") > 0,
		   "vfork and exec: the child gets an address space of its own");
}

static void do_gup(void)
{
	map(PAGES, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE);
}

static void do_kernel(void)
{
	int fd = open("/dev/zero", O_RDONLY);
	char *area = map_anon(PAGES);

	if (fd < 0 || read(fd, area, PAGES * page) != PAGES * page)
		_exit(95);
}

static void test_origins(void)
{
	struct figures figures;
	bool ok = target_run(do_gup, &figures);

	tap_result(ok && figures_status(&figures, "FaultsGup") == PAGES &&
		   cells(&figures, "anon_alloc", "anon") >= PAGES,
		   "MAP_POPULATE: origin gup, once per page");
	ok = target_run(do_kernel, &figures);
	tap_result(ok && figures_status(&figures, "FaultsKernel") >= PAGES &&
		   cells(&figures, "anon_alloc", "anon") >= PAGES,
		   "read(2) into fresh memory: origin kernel, once per page");
}

/* Write n pages into another process. */
static bool poke(pid_t pid, char *remote, long pages)
{
	char *local = map_anon(pages);
	struct iovec from = { local, pages * page }, to = { remote, pages * page };
	bool ok;

	touch(local, pages);
	ok = process_vm_writev(pid, &from, 1, &to, 1, 0) == pages * page;
	munmap(local, pages * page);
	return ok;
}

static char *remote_area; /* mapped before the fork, so that all have it at one address */

static void do_poke(void)
{
	if (!poke(said->other, remote_area, PAGES))
		_exit(94);
}

static void test_remote(void)
{
	struct figures figures;
	char line[32];
	pid_t victim;
	bool ok;

	remote_area = map_anon(PAGES);
	victim = fork();
	if (!victim) {
		pause();
		_exit(0);
	}
	said->other = victim;
	ok = target_run(do_poke, &figures);
	tap_result(ok && figures_status(&figures, "RemoteOut") == PAGES,
		   "process_vm_writev into a process that is not followed: remote_out, once per page");
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);

	victim = fork();
	if (!victim) {
		pause();
		_exit(0);
	}
	snprintf(line, sizeof(line), "pid %d", victim);
	ok = !debugfs_write("targets", line) && poke(victim, remote_area, PAGES) &&
	     figures_read(victim, &figures);
	tap_result(ok && figures_status(&figures, "RemoteIn") == PAGES &&
		   figures_status(&figures, "FaultsRemote") == PAGES && figures_law1(&figures),
		   "process_vm_writev by a process that is not followed: remote_in, once per page");
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
	munmap(remote_area, PAGES * page);
}

static void do_shared(void)
{
	touch(map(PAGES, MAP_SHARED | MAP_ANONYMOUS), PAGES);
}

/* A shared mapping of a new file, which is gone when it is unmapped. */
static char *map_shared_file(void)
{
	char name[] = "/selftest-XXXXXX";
	int fd = mkstemp(name);
	char *area;

	if (fd < 0 || ftruncate(fd, PAGES * page) || unlink(name))
		_exit(93);
	area = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (area == MAP_FAILED)
		_exit(92);
	return area;
}

static void do_shared_file(void)
{
	touch(map_shared_file(), PAGES);
}

/* Before 6.0 the attempt that makes a page writable asks for another one. */
static void do_shared_file_read_first(void)
{
	char *area = map_shared_file();
	int i;

	for (i = 0; i < PAGES; i++)
		(void)*(volatile char *)(area + i * page);
	touch(area, PAGES);
}

static void test_shared(void)
{
	struct figures figures;
	bool ok = target_run(do_shared, &figures);

	tap_result(ok && cells(&figures, "shmem", "shmem") == PAGES &&
		   figures.cell[MMS_KIND_SHMEM][MMS_REGION_SHMEM].pages == PAGES,
		   "shared anonymous memory: kind shmem, once per page");
	ok = target_run(do_shared_file, &figures);
	tap_result(ok && cells(&figures, "file_write", "file") == PAGES,
		   "first writes to a shared file mapping: kind file_write, once per page");
	ok = target_run(do_shared_file_read_first, &figures);
	tap_result(ok && cells(&figures, "file_write", "file") == PAGES &&
		   figures.cell[MMS_KIND_FILE_WRITE][MMS_REGION_FILE].pages == 0,
		   "writes to a shared file mapping that was read: kind file_write, once per page, no page more");
}

static void do_huge(void)
{
	const long huge = 2L << 20;
	char *area = map_anon(3 * huge / page);
	char *aligned = (char *)(((unsigned long)area + huge - 1) & ~(huge - 1));

	if (madvise(aligned, huge, MADV_HUGEPAGE))
		_exit(0);
	*(volatile char *)aligned = 1;
}

static void test_huge(void)
{
	struct figures figures;
	bool ok = target_run(do_huge, &figures);
	const struct cell *cell = &figures.cell[MMS_KIND_ANON_HUGE][MMS_REGION_ANON];

	if (access("/sys/kernel/mm/transparent_hugepage/enabled", R_OK)) {
		tap_skip("the kernel has no transparent huge pages", "one fault maps a huge page");
		return;
	}
	tap_result(ok && cell->count == 1 && cell->pages == 512,
		   "MADV_HUGEPAGE: one fault maps 512 pages, kind anon_huge");
}

static void do_nothing(void)
{
}

/* Fork a process that gets a number of our choice and calls exec; false when it got another. */
static bool exec_as(pid_t pid)
{
	FILE *file = fopen("/proc/sys/kernel/ns_last_pid", "w");
	pid_t child;

	if (!file)
		return false;
	fprintf(file, "%d", pid - 1);
	fclose(file);
	child = fork();
	if (!child) {
		execlp("busybox", "busybox", "true", NULL);
		_exit(96);
	}
	return ended_well(child) && child == pid;
}

static void test_pid_reuse(void)
{
	struct figures after;
	pid_t other = fork(), pid;
	char line[32];
	int status;

	if (!other) {
		pause();
		_exit(0);
	}
	/* Somebody must be followed all the time, or nothing is probed. */
	snprintf(line, sizeof(line), "pid %d", other);
	if (debugfs_write("targets", line))
		tap_bail("cannot make %d a target", other);
	status = target_call(do_nothing, &pid);
	if (!exec_as(pid))
		tap_skip("the kernel gave another number", "a number that is used again");
	else
		tap_result(!status && figures_read(pid, &after) &&
			   strstr(after.status, "lifecycle") && strstr(after.status, "exited") &&
			   figures_law1(&after),
			   "a process with the number of an exited one is not taken for it");
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
}

static void do_many(void)
{
	int i;

	for (i = 0; i < 300; i++) {
		pid_t child = fork();

		if (!child)
			_exit(0);
		if (!ended_well(child))
			_exit(97);
	}
}

static void test_limit(void)
{
	struct figures figures;
	long limit = stats_read("limit_exited"), before = stats_read("lost_exited_evicted");
	bool ok;

	debugfs_write("targets", "clear");
	ok = target_run(do_many, &figures);
	tap_result(ok && stats_read("processes_exited") == limit &&
		   stats_read("lost_exited_evicted") - before == 301 - limit,
		   "300 children: the oldest records go, and each is counted");
}

static void test_idle(void)
{
	debugfs_write("targets", "clear");
	tap_result(!stats_read("targets") && !stats_read("processes_live") &&
		   !stats_read("processes_exited"),
		   "\"clear\" leaves no target and no record");
}

int main(void)
{
	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	/* One page must be one fault, but where a test asks for a huge page. */
	said = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	test_huge();
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	test_threads();
	test_fork();
	test_exec();
	test_vfork();
	test_vfork_exec();
	test_origins();
	test_remote();
	test_shared();
	test_pid_reuse();
	test_limit();
	tap_result(!stats_read("lost_probe_missed") && !stats_read("lost_process_nomem") &&
		   !stats_read("lost_call_released"),
		   "nothing was missed or lost");
	test_idle();
	return tap_end();
}
