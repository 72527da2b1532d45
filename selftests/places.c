// SPDX-License-Identifier: GPL-2.0
/*
 * places.c - every region, told from an address in it
 *
 * A target touches some pages of each kind of memory and names where they are. All
 * faults there must have that region, and the pages that they mapped there must be
 * those that were touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "events.h"
#include "figures.h"
#include "tap.h"
#include "target.h"

#define PAGE 4096
#define PAGES 32 /* two windows of fault-around */
#define BYTES (PAGES * PAGE)
#define WINDOW 65536

static const char *const regions[] = { MMSCOPE_REGIONS(MMSCOPE_REGION_NAME) };

/* Shared between the test and its target: what was touched. */
static struct {
	struct {
		uint64_t start;
		long pages;
		bool told;
		bool absent; /* the kernel has no such memory to give */
	} region[MMS_NR_REGIONS];
} *said;

static const char rodata[BYTES] __attribute__((aligned(WINDOW))) = { 1 };
static char data[BYTES] __attribute__((aligned(WINDOW))) = { 1 };
static char bss[BYTES] __attribute__((aligned(WINDOW)));

static void tell(enum mms_region region, const volatile void *start, long pages)
{
	said->region[region].start = (uintptr_t)start;
	said->region[region].pages = pages;
	said->region[region].told = true;
}

static void read_all(enum mms_region region, const volatile char *area)
{
	long i;

	tell(region, area, PAGES);
	for (i = 0; i < PAGES; i++)
		(void)area[i * PAGE];
}

static void write_all(enum mms_region region, volatile char *area)
{
	long i;

	tell(region, area, PAGES);
	for (i = 0; i < PAGES; i++)
		area[i * PAGE] = 1;
}

static char *map(int protection, int flags, int fd)
{
	char *area = mmap(NULL, BYTES + WINDOW, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	area = (char *)(((uintptr_t)area + WINDOW - 1) & ~(uintptr_t)(WINDOW - 1));
	area = mmap(area, BYTES, protection, flags | MAP_FIXED, fd, 0);
	if (area == MAP_FAILED)
		_exit(99);
	return area;
}

static void touch_stack(void)
{
	volatile char buffer[BYTES + 8 * PAGE];

	/* The first pages are below what has been used so far. */
	write_all(MMS_REGION_STACK,
		  (volatile char *)(((uintptr_t)buffer + PAGE - 1) & ~(uintptr_t)(PAGE - 1)));
}

static void *touch_thread_stack(void *unused)
{
	volatile char buffer[BYTES + 8 * PAGE];

	write_all(MMS_REGION_THREAD_STACK,
		  (volatile char *)(((uintptr_t)buffer + PAGE - 1) & ~(uintptr_t)(PAGE - 1)));
	return unused;
}

static void touch_file(void)
{
	static char content[BYTES];
	char name[] = "/places-XXXXXX";
	int fd = mkstemp(name);

	if (fd < 0 || unlink(name) || write(fd, content, sizeof(content)) != BYTES)
		_exit(98);
	write_all(MMS_REGION_FILE, map(PROT_READ | PROT_WRITE, MAP_SHARED, fd));
}

static void touch_hugetlb(void)
{
	volatile char *area;
	int fd = open("/proc/sys/vm/nr_hugepages", O_WRONLY);

	said->region[MMS_REGION_HUGETLB].absent = true;
	if (fd < 0 || write(fd, "1", 1) != 1)
		return;
	area = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (area == MAP_FAILED)
		return;
	said->region[MMS_REGION_HUGETLB].absent = false;
	tell(MMS_REGION_HUGETLB, area, (2 << 20) / PAGE);
	*area = 1;
}

static void touch(void)
{
	volatile const char *vdso = (const char *)getauxval(AT_SYSINFO_EHDR);
	int self = open("/proc/self/exe", O_RDONLY);
	pthread_t thread;
	char *heap;

	read_all(MMS_REGION_RODATA, rodata);
	write_all(MMS_REGION_DATA, data);
	write_all(MMS_REGION_BSS, bss);
	read_all(MMS_REGION_TEXT, map(PROT_READ | PROT_EXEC, MAP_PRIVATE, self));
	heap = sbrk(BYTES + PAGE);
	write_all(MMS_REGION_HEAP, (char *)(((uintptr_t)heap + PAGE - 1) & ~(uintptr_t)(PAGE - 1)));
	touch_stack();
	if (pthread_create(&thread, NULL, touch_thread_stack, NULL) || pthread_join(thread, NULL))
		_exit(97);
	write_all(MMS_REGION_ANON, map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1));
	touch_file();
	write_all(MMS_REGION_SHMEM, map(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1));
	touch_hugetlb();
	/* In no RSS, and so no pages: told apart by its fault alone. */
	if (vdso) {
		tell(MMS_REGION_VDSO, vdso, 0);
		(void)*vdso;
	}
}

/* The faults in what was touched of one region. */
static bool region_holds(const struct events *events, enum mms_region region)
{
	uint64_t start = said->region[region].start;
	uint64_t end = start + (said->region[region].pages ?: 1) * PAGE;
	long pages = 0, faults = 0, foreign = 0;
	unsigned int i;

	for (i = 0; i < events->number; i++) {
		const struct event *event = &events->event[i];

		if (event->event != MMS_EVENT_FAULT || event->address < start ||
		    event->address >= end)
			continue;
		faults++;
		pages += event->pages;
		if (event->region != (int)region) {
			tap_note("a fault at 0x%llx has region %s",
				 (unsigned long long)event->address, regions[event->region]);
			foreign++;
		}
	}
	if (!faults || foreign || pages != said->region[region].pages)
		tap_note("%s: %ld faults, %ld pages, of %ld", regions[region], faults, pages,
			 said->region[region].pages);
	return faults && !foreign && pages == said->region[region].pages;
}

int main(void)
{
	struct events events = { 0 };
	static struct figures figures;
	int region;
	bool ok;

	tap_begin();
	/* One page must be one fault. */
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	events_begin();
	ok = target_run(touch, &figures);
	events_drain(&events);
	tap_result(ok && !events_lost(), "law 1 holds, and no event was lost");
	for (region = 0; region < MMS_NR_REGIONS; region++) {
		if (said->region[region].told)
			tap_result(region_holds(&events, region), "faults in %s are told as such",
				   regions[region]);
		else if (said->region[region].absent)
			tap_skip("the kernel has none to give", "faults in %s are told as such",
				 regions[region]);
	}
	events_end();
	events_free(&events);
	return tap_end();
}
