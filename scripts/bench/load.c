// SPDX-License-Identifier: GPL-2.0
/*
 * load.c - page faults of one kind, counted in instructions
 *
 * usage: load KIND PAGES ROUNDS | load steady | load hold
 *
 * Runs in a guest under -icount, where the time stamp counter advances by one
 * per instruction. A round makes PAGES faults of one kind and nothing else: page
 * tables are there before (and VmPTE must not change), huge pages are off, and
 * the kernel's own count of faults must grow by PAGES exactly. The same loop over
 * the pages that are mapped now is what the loop itself costs, and is taken off.
 *
 * Prints one line per round, in thousandths of an instruction per fault: what
 * passed while this thread was on the CPU, and what passed by the clock.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define PAGE 4096UL

/*
 * MADV_DONTNEED goes in steps below the size of a page table's range: since 6.14
 * a larger step frees page tables that it leaves empty (CONFIG_PT_RECLAIM).
 */
#define ZAP_STEP (256 * PAGE)

struct area {
	char *start;
	unsigned long bytes;
};

struct cost {
	unsigned long long elapsed; /* time stamp counter */
	unsigned long long own;     /* CPU time of this thread, ns */
};

#define die(...)                              \
	do {                                  \
		fprintf(stderr, "load: ");    \
		fprintf(stderr, __VA_ARGS__); \
		fprintf(stderr, "\n");        \
		exit(1);                      \
	} while (0)

static void touch_read(const struct area *area)
{
	const char *end = area->start + area->bytes;
	const char *page;

	for (page = area->start; page < end; page += PAGE)
		__atomic_load_n(page, __ATOMIC_RELAXED);
}

static void touch_write(const struct area *area)
{
	char *end = area->start + area->bytes;
	char *page;

	for (page = area->start; page < end; page += PAGE)
		__atomic_store_n(page, 1, __ATOMIC_RELAXED);
}

static void zap(const struct area *area)
{
	unsigned long at, step;

	for (at = 0; at < area->bytes; at += step) {
		step = area->bytes - at < ZAP_STEP ? area->bytes - at : ZAP_STEP;
		if (madvise(area->start + at, step, MADV_DONTNEED))
			die("madvise: %s", strerror(errno));
	}
}

/* Until the child sleeps: what it did not do before it would do during the loop. */
static void wait_asleep(pid_t pid)
{
	char path[32], line[256], *state;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		length = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
		if (length <= 0)
			die("%s: %s", path, strerror(errno));
		close(fd);
		line[length] = 0;
		state = strrchr(line, ')');
		if (!state)
			die("%s: not understood", path);
	} while (state[2] != 'S');
}

static pid_t sharer;

static void share(void)
{
	sharer = fork();
	if (sharer < 0)
		die("fork: %s", strerror(errno));
	if (sharer)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void unshare_all(void)
{
	if (!sharer)
		return;
	kill(sharer, SIGKILL);
	if (waitpid(sharer, NULL, 0) != sharer)
		die("waitpid: %s", strerror(errno));
	sharer = 0;
}

static void prepare_anon_zero(const struct area *area)
{
	zap(area);
}

static void prepare_cow_zero(const struct area *area)
{
	zap(area);
	touch_read(area);
}

static void prepare_cow_copy(const struct area *area)
{
	touch_write(area);
	share();
	wait_asleep(sharer);
}

static void prepare_cow_reuse(const struct area *area)
{
	touch_write(area);
	share();
	unshare_all();
}

static const struct load {
	const char *kind;
	void (*prepare)(const struct area *area);
	void (*touch)(const struct area *area);
} loads[] = {
	{ "anon_zero", prepare_anon_zero, touch_read },
	{ "cow_zero", prepare_cow_zero, touch_write },
	{ "cow_copy", prepare_cow_copy, touch_write },
	{ "cow_reuse", prepare_cow_reuse, touch_write },
	{ NULL, NULL, NULL }
};

static unsigned long long own_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now))
		die("clock_gettime: %s", strerror(errno));
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static struct cost cost_of(void (*touch)(const struct area *area), const struct area *area)
{
	struct cost cost;

	cost.own = own_ns();
	cost.elapsed = __rdtsc();
	touch(area);
	cost.elapsed = __rdtsc() - cost.elapsed;
	cost.own = own_ns() - cost.own;
	return cost;
}

static long minor_faults(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		die("getrusage: %s", strerror(errno));
	if (usage.ru_majflt)
		die("%ld major faults", usage.ru_majflt);
	return usage.ru_minflt;
}

static long page_table_kb(void)
{
	static char status[8192];
	const char *line;
	ssize_t length;
	int fd;

	fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
	if (length <= 0)
		die("/proc/self/status: %s", strerror(errno));
	close(fd);
	status[length] = 0;
	line = strstr(status, "VmPTE:");
	if (!line)
		die("/proc/self/status has no VmPTE");
	return strtol(line + 6, NULL, 10);
}

static void run_round(const struct load *load, const struct area *area, int print)
{
	const struct area nothing = { area->start, 0 };
	unsigned long pages = area->bytes / PAGE;
	struct cost cost, loop;
	long tables, faults;

	load->prepare(area);
	/* After a fork our own stack and data are shared too: fault them in here. */
	cost_of(load->touch, &nothing);
	page_table_kb();
	tables = page_table_kb();
	minor_faults();
	faults = minor_faults();
	cost = cost_of(load->touch, area);
	faults = minor_faults() - faults;
	if (page_table_kb() != tables)
		die("%s: page tables were made in the measured loop", load->kind);
	if (faults != (long)pages)
		die("%s: %ld faults for %lu pages", load->kind, faults, pages);
	loop = cost_of(load->touch, area);
	unshare_all();
	if (print)
		printf("%llu %llu\n", (cost.own - loop.own) * 1000 / pages,
		       (cost.elapsed - loop.elapsed) * 1000 / pages);
}

static void measure(const struct load *load, unsigned long pages, unsigned long rounds)
{
	struct area area = { .bytes = pages * PAGE };
	unsigned long round;

	area.start = mmap(NULL, area.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	if (area.start == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) ||
	    madvise(area.start, area.bytes, MADV_NOHUGEPAGE))
		die("huge pages cannot be switched off: %s", strerror(errno));
	/* Makes the page tables; each load drops the pages or goes on from here. */
	touch_write(&area);
	/* The first round fills the allocators' caches and is not printed. */
	for (round = 0; round <= rounds; round++)
		run_round(load, &area, round > 0);
}

#define SPIN_ROUNDS 1000000UL

/* Two instructions a round. */
static unsigned long long spin(void)
{
	unsigned long long start = __rdtsc();
	unsigned long left = SPIN_ROUNDS;

	asm volatile("1: dec %0; jnz 1b" : "+r"(left) : : "cc");
	return __rdtsc() - start;
}

/*
 * Until the rest of the system is quiet: 50 loops in a row that were disturbed by
 * no more than 1 %. A clock that does not count instructions is an error.
 */
static void wait_steady(void)
{
	unsigned long long ticks, least = ~0ULL;
	int calm = 0, tries;

	for (tries = 0; calm < 50; tries++) {
		if (tries == 10000)
			die("the system does not come to rest");
		ticks = spin();
		if (ticks < least)
			least = ticks;
		calm = ticks < 2 * SPIN_ROUNDS * 101 / 100 ? calm + 1 : 0;
	}
	if (least < 2 * SPIN_ROUNDS || least > 2 * SPIN_ROUNDS * 1001 / 1000)
		die("%llu ticks for %lu instructions: not under -icount shift=0?", least,
		    2 * SPIN_ROUNDS);
	printf("%d %llu\n", tries, least);
}

int main(int argc, char **argv)
{
	unsigned long pages, rounds;
	unsigned int i;

	if (argc == 2 && !strcmp(argv[1], "steady")) {
		wait_steady();
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "hold"))
		for (;;)
			pause();
	if (argc != 4)
		die("usage: load KIND PAGES ROUNDS | load steady | load hold");
	pages = strtoul(argv[2], NULL, 10);
	rounds = strtoul(argv[3], NULL, 10);
	if (!pages || !rounds)
		die("PAGES and ROUNDS are numbers above 0");
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	for (i = 0; loads[i].kind; i++) {
		if (strcmp(argv[1], loads[i].kind))
			continue;
		measure(&loads[i], pages, rounds);
		return fflush(stdout) ? 1 : 0;
	}
	die("no load '%s'", argv[1]);
}
