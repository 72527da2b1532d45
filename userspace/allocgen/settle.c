// SPDX-License-Identifier: GPL-2.0
/*
 * settle.c - make everything resident and writable but the measured area
 *
 * A window is exact when nothing in it faults but the measured work. What
 * else could: code and constants that run for the first time, data, stack and
 * thread-local pages that are written for the first time, and after a fork
 * all of these again, since fork write-protects every private page and does
 * not copy the page tables of file mappings. Instead of listing such pages,
 * settle() walks /proc/self/maps and touches what is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "compiler.h"
#include "settle.h"

#define STACK_DEPTH   ((size_t)65536)
#define PAGEMAP_CHUNK 512
#define TOO_LARGE     ((size_t)32 << 30) /* a sanitizer's shadow; twice PAGES_MAX */
#define PAGE_PRESENT  0x8000000000000000ull /* bit 63, Documentation/admin-guide/mm/pagemap.rst */

struct mapping {
	uintptr_t start;
	uintptr_t end;
	char perms[5];
	const char *name;
};

typedef int (*mapping_visit)(const struct mapping *mapping, void *data);

/*
 * Calls visit() for each line of /proc/self/maps. Nothing that visit() does may add or remove a
 * mapping.
 */
static int walk_mappings(mapping_visit visit, void *data)
{
	static char text[16384];
	size_t len = 0;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0)
		return fail("cannot read /proc/self/maps (%s): mount /proc", strerror(errno));
	while (!ret) {
		ssize_t n = read(fd, text + len, sizeof(text) - 1 - len);
		char *line = text;
		char *newline;

		if (n <= 0)
			break;
		len += n;
		text[len] = '\0';
		while (!ret && (newline = strchr(line, '\n'))) {
			struct mapping mapping = { .name = "" };
			char *at;

			*newline = '\0';
			mapping.start = strtoul(line, &at, 16);
			mapping.end = strtoul(at + 1, &at, 16);
			memcpy(mapping.perms, at + 1, 4);
			at = strpbrk(at, "/[");
			if (at)
				mapping.name = at;
			ret = visit(&mapping, data);
			line = newline + 1;
		}
		len -= line - text;
		memmove(text, line, len);
	}
	close(fd);
	return ret;
}

static int open_pagemap(void)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fail("cannot read /proc/self/pagemap (%s): mount /proc", strerror(errno));
	return fd;
}

/* Pages of the range that have an entry; 0 for what pagemap does not cover. */
static size_t read_pagemap(int fd, uintptr_t addr, uintptr_t end, uint64_t *entry)
{
	size_t pages = (end - addr) / PAGE_BYTES;
	ssize_t n;

	if (pages > PAGEMAP_CHUNK)
		pages = PAGEMAP_CHUNK;
	n = pread(fd, entry, pages * sizeof(*entry), addr / PAGE_BYTES * sizeof(*entry));
	return n > 0 ? n / sizeof(*entry) : 0;
}

/*
 * A write that changes nothing, also when the kernel writes there at the same time (rseq). If the
 * compiler saw that it is nothing it would make a read of it.
 */
static no_asan void write_in_place(uintptr_t addr)
{
	__atomic_fetch_or((unsigned char *)addr, (unsigned char)launder(0), __ATOMIC_RELAXED);
}

struct settle_walk {
	const struct area *keep_out;
	int pagemap;
};

static bool kept_out(const struct area *keep_out, uintptr_t addr)
{
	return keep_out && addr - (uintptr_t)keep_out->addr < keep_out->bytes;
}

static void unshare_present(const struct mapping *mapping, const struct settle_walk *walk)
{
	static uint64_t entry[PAGEMAP_CHUNK];
	uintptr_t addr = mapping->start;
	size_t pages;

	while (addr < mapping->end) {
		pages = read_pagemap(walk->pagemap, addr, mapping->end, entry);
		if (!pages)
			return;
		for (size_t i = 0; i < pages; i++, addr += PAGE_BYTES)
			if (entry[i] & PAGE_PRESENT && !kept_out(walk->keep_out, addr))
				write_in_place(addr);
	}
}

static no_asan void read_all(const struct mapping *mapping, const struct settle_walk *walk)
{
	for (uintptr_t addr = mapping->start; addr < mapping->end; addr += PAGE_BYTES)
		if (!kept_out(walk->keep_out, addr))
			keep((const void *)(uintptr_t)*(const unsigned char *)addr);
}

static int settle_mapping(const struct mapping *mapping, void *data)
{
	const struct settle_walk *walk = data;

	if (mapping->perms[0] != 'r' || mapping->perms[3] != 'p' ||
	    mapping->end - mapping->start > TOO_LARGE)
		return 0;
	if (mapping->perms[1] == 'w')
		unshare_present(mapping, walk);
	else if (mapping->name[0] == '/')
		read_all(mapping, walk);
	return 0;
}

/**
 * settle() - make code resident and every present private page writable again
 * @keep_out: the area that is measured, untouched by this; NULL: none
 *
 * Call before the first mark, and in parent and child after a fork.
 *
 * Return: 0 or what fail() returned.
 */
int settle(const struct area *keep_out)
{
	struct settle_walk walk = { .keep_out = keep_out, .pagemap = open_pagemap() };
	int ret;

	if (walk.pagemap < 0)
		return EXIT_RESOURCE;
	settle_stack();
	ret = walk_mappings(settle_mapping, &walk);
	close(walk.pagemap);
	return ret;
}

/**
 * settle_stack() - write the stack pages that later calls will use
 *
 * STACK_DEPTH bytes below the caller; in every thread of its own.
 */
noinline void settle_stack(void)
{
	unsigned char depth[STACK_DEPTH];

	for (size_t i = STACK_DEPTH; i; i -= PAGE_BYTES)
		poke(&depth[i - 1], 0);
	keep(depth);
}

/**
 * settle_process() - what holds for every scenario, once at the start
 *
 * No transparent huge pages of any size (so one fault is one page), and one
 * CPU: since 5.9 the kernel copies instead of reusing a page that still waits
 * in another CPU's LRU batch.
 *
 * Return: 0 or what fail() returned.
 */
int settle_process(void)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		return fail("cannot switch huge pages off for this process: %s", strerror(errno));
	CPU_ZERO(&one);
	CPU_SET(cpu < 0 ? 0 : cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return fail("cannot stay on CPU %d: %s", cpu, strerror(errno));
	return settle(NULL);
}

/**
 * settle_lru() - let the pages written last go from this CPU's LRU batch to the LRU
 *
 * Until then the batch holds a reference, and do_wp_page() of 5.9 to 5.17
 * copies such a page instead of reusing it. A batch holds 15 pages (31 since
 * 6.9), so others take the place.
 */
void settle_lru(void)
{
	size_t bytes = 128 * PAGE_BYTES;
	void *scratch = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);

	if (scratch == MAP_FAILED)
		return;
	for (size_t at = 0; at < bytes; at += PAGE_BYTES)
		poke((char *)scratch + at, 1);
	munmap(scratch, bytes);
}

/**
 * count_absent() - pages of an area that have no page-table entry
 * @area: the area
 *
 * Return: the number; all of them if pagemap cannot be read.
 */
unsigned long count_absent(const struct area *area)
{
	static uint64_t entry[PAGEMAP_CHUNK];
	uintptr_t addr = (uintptr_t)area->addr;
	uintptr_t end = addr + area->bytes;
	unsigned long absent = area->bytes / PAGE_BYTES;
	int fd = open_pagemap();
	size_t pages;

	if (fd < 0)
		return absent;
	while (addr < end && (pages = read_pagemap(fd, addr, end, entry)) > 0)
		for (size_t i = 0; i < pages; i++, addr += PAGE_BYTES)
			absent -= !!(entry[i] & PAGE_PRESENT);
	close(fd);
	return absent;
}

struct find_walk {
	const char *name;
	struct area *area;
};

static int find_visit(const struct mapping *mapping, void *data)
{
	struct find_walk *walk = data;

	if (!strcmp(mapping->name, walk->name)) {
		walk->area->addr = (void *)mapping->start;
		walk->area->bytes = mapping->end - mapping->start;
	}
	return 0;
}

/**
 * find_mapping() - where the kernel says that a mapping is
 * @name: as in /proc/self/maps, "[stack]"
 * @area: filled in
 *
 * Return: 0 or what fail() returned.
 */
int find_mapping(const char *name, struct area *area)
{
	struct find_walk walk = { .name = name, .area = area };
	int ret;

	area->addr = NULL;
	ret = walk_mappings(find_visit, &walk);
	if (!ret && !area->addr)
		return fail("/proc/self/maps names no %s", name);
	return ret;
}
