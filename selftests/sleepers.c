// SPDX-License-Identifier: GPL-2.0
/*
 * sleepers.c - many threads asleep in page faults at once: none is missed, and
 * what does not fit into a pool that is too small is counted, one by one
 *
 * A fault sleeps inside of handle_mm_fault() as long as the test wants: on a page
 * of a FUSE file that the test serves itself (a real major fault), or on a page
 * that userfaultfd is to fill.
 *
 *	sleepers [THREADS]...    1,000
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "laws.h"
#include "slowfile.h"
#include "tap.h"
#include "target.h"

#define SLOW_PATH "/slowfile"
#define FEW_SLOTS 16
#define FEW_THREADS 200
#define MAX_THREADS 8192
#define MODULE "/.vm/module.ko" /* where the test VM has it */

static long page;
static unsigned int threads;

/* Shared with the target. */
static struct {
	int asleep;  /* the target says: all of them sleep */
	int done;    /* likewise: those that were missed have completed */
	int proceed; /* the test says: so many steps may be taken */
	bool unsupported;
} *said;

static char *area;
static pthread_t thread_ids[MAX_THREADS];
static int released[MAX_THREADS], finished[MAX_THREADS]; /* futexes of the threads */

static void futex_wait(int *word, int value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void futex_set(int *word, int value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void *sleeper(void *argument)
{
	long i = (long)argument;

	futex_wait(&released[i], 0);
	((volatile char *)area)[i * page];
	futex_set(&finished[i], 1);
	futex_wait(&released[i], 1);
	return NULL;
}

static void start_threads(unsigned int number)
{
	pthread_attr_t attributes;
	long i;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 << 10);
	for (i = 0; i < number; i++)
		if (pthread_create(&thread_ids[i], &attributes, sleeper, (void *)i))
			_exit(98);
}

static void end_threads(unsigned int number)
{
	unsigned int i;

	for (i = 0; i < number; i++) {
		futex_wait(&finished[i], 0);
		futex_set(&released[i], 2);
		pthread_join(thread_ids[i], NULL);
	}
}

static void do_file(void)
{
	int fd = open(SLOW_PATH, O_RDONLY);
	struct stat status;
	unsigned int i;

	/* The kernel asks for the size only when somebody asks it, and else it is 0. */
	if (fd < 0 || fstat(fd, &status))
		_exit(99);
	area = mmap(NULL, threads * page, PROT_READ, MAP_PRIVATE, fd, 0);
	if (area == MAP_FAILED || madvise(area, threads * page, MADV_RANDOM))
		_exit(97);
	/* Now, because it is answered only while the test serves. */
	close(fd);
	start_threads(threads);
	for (i = 0; i < threads; i++)
		futex_set(&released[i], 1);
	end_threads(threads);
}

/* Faults on the file. One whose page came with a neighbour's (fault-around) is "other". */
static long on_file(const struct figures *figures)
{
	return figures->cell[MMS_KIND_FILE_READ][MMS_REGION_FILE].count +
	       figures->cell[MMS_KIND_OTHER][MMS_REGION_FILE].count;
}

static bool ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Major faults as the kernel counts them are what the module counts, and nothing is left over. */
static bool check_major(pid_t pid, struct figures *figures)
{
	bool ok = figures_read(pid, figures) && figures_law1(figures);
	long residual;

	if (!ok)
		return false;
	residual = figures_status(figures, "MajFlt") - figures_status(figures, "KernelMajFlt");
	return law_see(1, residual);
}

static void test_file(void)
{
	long missed = stats_read("lost_probe_missed");
	struct figures figures;
	struct slowfile file;
	pid_t pid;
	bool ok;

	if (!slowfile_mount(&file, SLOW_PATH, threads)) {
		tap_skip("the kernel has no FUSE", "threads asleep in major faults");
		return;
	}
	slowfile_wait(&file, 0);
	pid = target_fork(do_file);
	/* Each has asked for its page, and no page has come: all of them sleep. */
	slowfile_wait(&file, threads);
	missed = stats_read("lost_probe_missed") - missed;
	slowfile_answer(&file);
	ok = ended_well(pid) && check_major(pid, &figures);
	tap_result(ok && !missed && !stats_read("lost_probe_missed"),
		   "%u threads asleep in major faults at once: %ld missed", threads, missed);
	ok = ok && on_file(&figures) >= threads;
	tap_result(ok && figures_status(&figures, "MajFlt") == threads,
		   "%u major faults, each counted once: MajFlt %ld", threads,
		   ok ? figures_status(&figures, "MajFlt") : -1);
	slowfile_unmount(&file, SLOW_PATH);
}

/* An area whose pages userfaultfd is to fill; -1 where it cannot be had. */
static int map_uffd(unsigned int pages)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	/* One page more, touched first: the area has all that a fault would have to make. */
	area = mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	if (fd < 0 || area == MAP_FAILED || ioctl(fd, UFFDIO_API, &api))
		return -1;
	madvise(area, (pages + 1) * page, MADV_NOHUGEPAGE);
	((volatile char *)area)[pages * page] = 1;
	range.range.start = (unsigned long)area;
	range.range.len = pages * page;
	return ioctl(fd, UFFDIO_REGISTER, &range) ? -1 : fd;
}

/* One thread more sleeps in its fault. */
static void see_fault(int fd)
{
	struct uffd_msg message;

	if (read(fd, &message, sizeof(message)) != sizeof(message) ||
	    message.event != UFFD_EVENT_PAGEFAULT)
		_exit(96);
}

static void fill(int fd, unsigned int index)
{
	static char content[4096];
	struct uffdio_copy copy = {
		.dst = (unsigned long)area + index * page,
		.src = (unsigned long)content,
		.len = page,
	};

	if (ioctl(fd, UFFDIO_COPY, &copy))
		_exit(95);
}

static void do_uffd(void)
{
	int fd = map_uffd(threads);
	unsigned int i;

	if (fd < 0) {
		said->unsupported = true;
		futex_set(&said->asleep, 1);
		_exit(0);
	}
	start_threads(threads);
	for (i = 0; i < threads; i++)
		futex_set(&released[i], 1);
	for (i = 0; i < threads; i++)
		see_fault(fd);
	futex_set(&said->asleep, 1);
	futex_wait(&said->proceed, 0);
	for (i = 0; i < threads; i++)
		fill(fd, i);
	end_threads(threads);
}

static void test_uffd(void)
{
	long missed = stats_read("lost_probe_missed");
	struct figures figures;
	pid_t pid;
	bool ok;

	memset(said, 0, sizeof(*said));
	pid = target_fork(do_uffd);
	futex_wait(&said->asleep, 0);
	missed = stats_read("lost_probe_missed") - missed;
	futex_set(&said->proceed, 1);
	ok = ended_well(pid);
	if (said->unsupported) {
		tap_skip("the kernel has no userfaultfd", "threads asleep in userfaultfd");
		return;
	}
	ok = ok && check_major(pid, &figures);
	ok = ok && figures_status(&figures, "FaultRetries") >= threads;
	tap_result(ok && !missed && !stats_read("lost_probe_missed"),
		   "%u threads asleep in userfaultfd at once: %ld missed, %ld major, %ld retries",
		   threads, missed, ok ? figures_status(&figures, "MajFlt") : -1,
		   ok ? figures_status(&figures, "FaultRetries") : -1);
}

/*
 * The first FEW_SLOTS threads take all slots and keep them. From then on every
 * call of handle_mm_fault() is missed, anybody's: nobody else may fault, so all
 * memory is locked and the threads run one after the other.
 */
static void do_few(void)
{
	unsigned int i;
	int fd;

	start_threads(FEW_THREADS);
	/* Without the area: locking would fill it, and that would sleep. */
	if (mlockall(MCL_CURRENT))
		_exit(93);
	fd = map_uffd(FEW_THREADS);
	if (fd < 0)
		_exit(94);
	futex_wait(&said->proceed, 0);
	for (i = 0; i < FEW_THREADS; i++) {
		futex_set(&released[i], 1);
		see_fault(fd);
	}
	futex_set(&said->asleep, 1);
	futex_wait(&said->proceed, 1);
	/* Those without a slot go first: their second call finds none either. */
	for (i = FEW_SLOTS; i < FEW_THREADS; i++) {
		fill(fd, i);
		futex_wait(&finished[i], 0);
	}
	futex_set(&said->done, 1);
	futex_wait(&said->proceed, 2);
	for (i = 0; i < FEW_SLOTS; i++) {
		fill(fd, i);
		futex_wait(&finished[i], 0);
	}
	end_threads(FEW_THREADS);
}

static bool reload(const char *parameters)
{
	char command[128];

	snprintf(command, sizeof(command), "rmmod mmscope && insmod " MODULE " %s", parameters);
	return !system(command);
}

static void test_few(void)
{
	const long left_over = FEW_THREADS - FEW_SLOTS;
	char parameters[32];
	struct figures figures;
	long asleep, done, end;
	pid_t pid;
	bool ok;

	snprintf(parameters, sizeof(parameters), "probe_slots=%d", FEW_SLOTS);
	if (!reload(parameters))
		tap_bail("cannot load the module again");
	memset(said, 0, sizeof(*said));
	/* Once before it counts: what this needs is there then. */
	stats_read("lost_probe_missed");
	pid = target_fork(do_few);
	/* After the fork, which leaves our pages to be copied at the next write. */
	if (mlockall(MCL_CURRENT))
		tap_bail("mlockall: %s", strerror(errno));
	futex_set(&said->proceed, 1);
	futex_wait(&said->asleep, 0);
	asleep = stats_read("lost_probe_missed");
	futex_set(&said->proceed, 2);
	futex_wait(&said->done, 0);
	done = stats_read("lost_probe_missed");
	futex_set(&said->proceed, 3);
	ok = ended_well(pid) && figures_read(pid, &figures);
	end = stats_read("lost_probe_missed");
	munlockall();
	tap_result(ok && asleep == left_over,
		   "%d slots, %d sleepers: %ld calls missed, as many as did not fit", FEW_SLOTS,
		   FEW_THREADS, asleep);
	tap_result(ok && done == 2 * left_over && end == done,
		   "their second attempts too, and no more: %ld, then %ld", done, end);
	tap_result(ok && figures_status(&figures, "Law1Residual") == left_over,
		   "law 1 shows the faults that were missed: residual %ld",
		   ok ? figures_status(&figures, "Law1Residual") : -1);
	debugfs_write("targets", "clear");
	tap_result(reload(""), "the module is loaded again as it was");
}

int main(int argc, char *argv[])
{
	int i;

	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	said = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	for (i = 1; i < argc || i == 1; i++) {
		threads = argc > 1 ? atoi(argv[i]) : 1000;
		if (!threads || threads > MAX_THREADS)
			tap_bail("1 to %d threads", MAX_THREADS);
		test_file();
		test_uffd();
	}
	test_few();
	return tap_end();
}
