// SPDX-License-Identifier: GPL-2.0
/*
 * storm.c - all files of the module are read while 1,000 processes fork, fault and exit
 *
 * The workers live all at once, and fork children that touch memory and exit, one for
 * every few files that the readers have read, until the readers have been through all
 * files so many times. A witness with real-time priority faults meanwhile and notes how
 * long that took at most; its forks are not timed, since they wait for preempted
 * relatives in the kernel's own locks (one anon_vma root for a whole family). Afterwards
 * the laws must hold for every record that is left, and every record that is not must
 * have been counted.
 *
 *	storm [WORKERS [PASSES]]    1,000 and 2
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "figures.h"
#include "laws.h"
#include "tap.h"
#include "target.h"

#define PAGES 16
#define READERS 2
#define FILES_PER_ROUND 4
#define FAULTS_ALONE 2000 /* of the witness before the storm */

static long page;
static unsigned int workers = 1000;
static long passes_wanted = 2;

/*
 * A byte is a round for a worker, whoever takes it: readers write one for every few
 * files, so that storm and reading keep pace on any machine.
 */
static int rounds[2];

/* The longest fault of the witness, and how many it made. */
struct stall {
	long fault_ns;
	long faults;
};

/* Shared by all. Numbers are added to atomically. */
static struct {
	long forked;  /* processes of the tree, its root included */
	unsigned int begun; /* workers that are alive */
	long failed;  /* forks that failed */
	long passes;  /* readers have been through all files */
	long files;
	long gone;    /* files that vanished meanwhile */
	long errors;  /* of other kinds */
	long read_ns; /* the longest read of one file */
	int warm;     /* the witness has been alone */
	int all;      /* all workers are alive */
	struct stall alone;
	struct stall storm;
} *said;

static long load(long *number)
{
	return __atomic_load_n(number, __ATOMIC_RELAXED);
}

static void add(long *number, long delta)
{
	__atomic_add_fetch(number, delta, __ATOMIC_RELAXED);
}

static void raise_to(long *number, long value)
{
	long old = load(number);

	while (old < value &&
	       !__atomic_compare_exchange_n(number, &old, value, true, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

static void wait_for(int *word)
{
	while (!__atomic_load_n(word, __ATOMIC_ACQUIRE))
		syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static void tell(int *word)
{
	__atomic_store_n(word, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

static char *map_pages(void)
{
	char *area = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	return area;
}

static void touch(char *area)
{
	long i;

	for (i = 0; i < PAGES; i++)
		((volatile char *)area)[i * page]++;
}

/* A child that breaks copy-on-write and exits. Returns false when it cannot be had. */
static bool fork_once(char *area)
{
	pid_t child = fork();
	int status;

	if (child < 0) {
		add(&said->failed, 1);
		return false;
	}
	if (!child) {
		touch(area);
		_exit(0);
	}
	add(&said->forked, 1);
	touch(area);
	return waitpid(child, &status, 0) == child && !status;
}

static void work(void)
{
	char *area = map_pages(), go;

	if (__atomic_add_fetch(&said->begun, 1, __ATOMIC_RELAXED) == workers)
		tell(&said->all);
	/* The readers begin when all are alive; the pipe ends with them. */
	while (read(rounds[0], &go, 1) == 1) {
		char *more = map_pages();

		touch(more);
		if (!fork_once(area))
			_exit(98);
		munmap(more, PAGES * page);
	}
}

/* The target: the workers, and all that they fork, are its descendants. */
static void do_storm(void)
{
	unsigned int i;
	int status;

	close(rounds[1]);
	add(&said->forked, 1);
	for (i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			_exit(97);
		if (!pid) {
			work();
			_exit(0);
		}
		add(&said->forked, 1);
	}
	for (i = 0; i < workers; i++)
		if (wait(&status) < 0 || status)
			_exit(96);
}

/* The storm has been read often enough; who still reads or looks on stops. */
static bool enough(void)
{
	return load(&said->passes) >= passes_wanted;
}

static void read_file(int folder, const char *name)
{
	static char buffer[1 << 16];
	long from = now_ns();
	ssize_t got;
	int fd = openat(folder, name, O_RDONLY);

	if (fd >= 0) {
		do
			got = read(fd, buffer, sizeof(buffer));
		while (got > 0);
		close(fd);
	} else {
		got = -1;
	}
	raise_to(&said->read_ns, now_ns() - from);
	if (!got) {
		if (!(__atomic_add_fetch(&said->files, 1, __ATOMIC_RELAXED) % FILES_PER_ROUND) &&
		    write(rounds[1], "", 1) != 1)
			add(&said->errors, 1);
	} else if (errno == ENOENT || errno == EIO) {
		/* Its process is gone: debugfs says so at open or at read. */
		add(&said->gone, 1);
	} else {
		tap_note("%s: %s", name, strerror(errno));
		add(&said->errors, 1);
	}
}

/* Every file that can be read, in every folder. */
static void walk(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	struct stat status;
	DIR *folder;

	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		add(&said->gone, 1);
		return;
	}
	while (!enough() && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		if (fstatat(fd, entry->d_name, &status, 0))
			add(&said->gone, 1);
		else if (S_ISDIR(status.st_mode))
			walk(fd, entry->d_name);
		else if (status.st_mode & 0444)
			read_file(fd, entry->d_name);
	}
	closedir(folder);
}

static void be_reader(void)
{
	wait_for(&said->all);
	while (!enough()) {
		walk(AT_FDCWD, DEBUGFS);
		if (!access("/proc/mmscope", R_OK))
			read_file(AT_FDCWD, "/proc/mmscope");
		if (!enough())
			add(&said->passes, 1);
	}
	_exit(0);
}

/* One page after the other, and now and then a child. */
static void witness(struct stall *stall)
{
	char *area = map_pages();
	long i, from;

	for (i = 0; i < PAGES; i++) {
		from = now_ns();
		((volatile char *)area)[i * page] = 1;
		raise_to(&stall->fault_ns, now_ns() - from);
		add(&stall->faults, 1);
	}
	fork_once(area);
	munmap(area, PAGES * page);
}

static void do_witness(void)
{
	const struct sched_param parameter = { .sched_priority = 1 };
	const struct timespec pause = { .tv_nsec = 1000000 };

	close(rounds[1]);
	add(&said->forked, 1);
	if (sched_setscheduler(0, SCHED_FIFO, &parameter))
		_exit(95);
	while (load(&said->alone.faults) < FAULTS_ALONE)
		witness(&said->alone);
	tell(&said->warm);
	wait_for(&said->all);
	/* It leaves the processors to the others most of the time. */
	while (!enough()) {
		witness(&said->storm);
		nanosleep(&pause, NULL);
	}
}

static bool ended_well(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return false;
	if (status)
		tap_note("%d ended with status 0x%x", pid, status);
	return !status;
}

static bool check_residual(const char *pid, int law, long residual)
{
	if (law_see(law, residual))
		return true;
	tap_note("%s: law %d: residual %ld", pid, law, residual);
	return false;
}

/* Laws 1, 2 and 3 of every record that is left. */
static void check_records(long evicted_before)
{
	static const struct {
		const char *key;
		int law;
	} residuals[] = {
		{ "Law1Residual", 1 },
		{ "Law2Residual", 2 },
		{ "Law3Residual", 3 },
		{ "Law3Heap", 3 },
	};
	static struct figures figures;
	struct dirent *entry;
	long wrong = 0, number = 0, evicted;
	unsigned int i;
	DIR *folder;

	/* Opening the table brings the folders up to date. */
	close(open(DEBUGFS "/processes", O_RDONLY));
	folder = opendir(DEBUGFS "/pid");
	if (!folder)
		tap_bail("cannot open %s", DEBUGFS "/pid");
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		number++;
		if (!figures_read(atoi(entry->d_name), &figures)) {
			wrong++;
			continue;
		}
		for (i = 0; i < sizeof(residuals) / sizeof(residuals[0]); i++)
			wrong += !check_residual(entry->d_name, residuals[i].law,
						 figures_status(&figures, residuals[i].key));
	}
	closedir(folder);
	tap_result(number && !wrong, "laws 1, 2 and 3 hold for all %ld records that are left",
		   number);
	evicted = stats_read("lost_exited_evicted") - evicted_before;
	tap_result(number == stats_read("limit_exited") && evicted == said->forked - number,
		   "%ld processes: %ld records kept, %ld pushed out and counted", said->forked,
		   number, evicted);
}

static void check_losses(void)
{
	static const char *const losses[] = {
		"lost_probe_missed", "lost_process_limit", "lost_process_nomem", "lost_call_released",
		"lost_timeline_nomem", "lost_folder_nomem", "lost_vsz_unseen",
	};
	bool ok = true;
	unsigned int i;

	for (i = 0; i < sizeof(losses) / sizeof(losses[0]); i++)
		if (stats_read(losses[i])) {
			tap_note("%s %ld", losses[i], stats_read(losses[i]));
			ok = false;
		}
	tap_result(ok, "nothing was missed or lost; %ld points of timelines not taken, and counted",
		   stats_read("lost_timeline_busy"));
}

int main(int argc, char *argv[])
{
	pid_t readers[READERS], storm, observer;
	long evicted = stats_read("lost_exited_evicted");
	bool ok = true;
	int i;

	if (argc > 1)
		workers = atoi(argv[1]);
	if (argc > 2)
		passes_wanted = atol(argv[2]);
	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	said = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED || pipe(rounds))
		tap_bail("mmap, pipe: %s", strerror(errno));
	fflush(stdout);
	for (i = 0; i < READERS; i++) {
		readers[i] = fork();
		if (!readers[i])
			be_reader();
	}
	observer = target_fork(do_witness);
	wait_for(&said->warm);
	storm = target_fork(do_storm);
	close(rounds[1]);
	ok = ended_well(storm);
	ok = ended_well(observer) && ok;
	for (i = 0; i < READERS; i++)
		ok = ended_well(readers[i]) && ok;
	tap_result(ok && !said->failed, "%u workers alive at once, %ld processes in all, all ended well",
		   workers, said->forked);
	tap_result(said->passes >= passes_wanted && said->files && !said->errors,
		   "%ld passes over all files: %ld files read, %ld gone meanwhile, longest read %ld us",
		   said->passes, said->files, said->gone, said->read_ns / 1000);
	tap_result(said->storm.faults > 0,
		   "longest of %ld faults in the storm: %ld us; of %ld alone: %ld us",
		   said->storm.faults, said->storm.fault_ns / 1000, said->alone.faults,
		   said->alone.fault_ns / 1000);
	check_records(evicted);
	check_losses();
	debugfs_write("targets", "clear");
	return tap_end();
}
