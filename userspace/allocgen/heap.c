// SPDX-License-Identifier: GPL-2.0
/*
 * heap.c - glibc's main heap: free lists, and growth by brk
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ask.h"
#include "compiler.h"
#include "expect.h"
#include "heap_model.h"
#include "mark.h"
#include "settle.h"

#define SMALL_OBJECT ((size_t)1000)
#define LARGE_OBJECT ((size_t)100000) /* below M_MMAP_THRESHOLD, 24 pages and a bit */

/*
 * More of each than the 7 that a thread cache bin holds, so that fast, small and large bins serve
 * too; in all below the 64 KiB from which free() looks at trimming.
 */
static const struct {
	size_t bytes;
	unsigned int count;
} mix[] = { { 24, 12 }, { 100, 12 }, { 600, 10 }, { 2000, 9 }, { 9000, 1 } };

#define MIX_OBJECTS (12 + 12 + 10 + 9 + 1)
#define WARM_ROUNDS 32

static bool freelist_round(void)
{
	static void *held[MIX_OBJECTS];
	unsigned int nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(mix); i++)
		for (unsigned int j = 0; j < mix[i].count; j++) {
			held[nr] = ask_malloc(mix[i].bytes);
			if (!held[nr++])
				return false;
		}
	while (nr)
		free(held[--nr]);
	return true;
}

/**
 * run_freelist() - at least 10 n malloc/free pairs of five sizes
 * @run: n
 *
 * Return: 0 or what fail() or skip() returned.
 */
int run_freelist(const struct run *run)
{
	const char *law = "pairs served from the free lists: the kernel is not entered";
	const struct window window = { "warm", "done", "self", { NULL, 0 } };
	unsigned long rounds = (10 * run->pages + MIX_OBJECTS - 1) / MIX_OBJECTS;
	struct heap_model model;
	int ret;

	ret = heap_model_sync(&model);
	if (ret)
		return ret;
	for (int i = 0; i < WARM_ROUNDS; i++)
		if (!freelist_round())
			return fail("malloc has no memory");
	role_add("self", getpid());
	mark_rehearse();

	mark("warm", "The free lists hold chunks of all sizes in use.");
	for (unsigned long i = 0; i < rounds; i++)
		if (!freelist_round())
			return fail("malloc has no memory");
	mark("done", "10 n malloc/free pairs later: not one system call, not one fault.");

	expect_silence(&window, law);
	expect_eq(&window, "mremap", 0, law);
	expect_eq(&window, "heap_pages", 0, law);
	return 0;
}

/* Where chunks go; resident, so that storing one is no fault. */
static void **make_list(unsigned long count)
{
	void **list = mmap(NULL, count * sizeof(*list), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (list == MAP_FAILED)
		return NULL;
	memset(list, 0, count * sizeof(*list));
	return list;
}

static void touch_chunk(void *chunk, size_t bytes)
{
	uintptr_t page = ((uintptr_t)chunk / PAGE_BYTES + 1) * PAGE_BYTES;

	poke(chunk, 1);
	for (; page < (uintptr_t)chunk + bytes; page += PAGE_BYTES)
		poke((void *)page, 1);
}

static void grow_window(const char *from, const char *to, const struct heap_model *before,
			const struct heap_model *after, const char *law)
{
	const struct window w = { from, to, "self", { NULL, 0 } };
	unsigned long calls = after->brk_calls - before->brk_calls;
	unsigned long pages = (after->grown_bytes - before->grown_bytes) / PAGE_BYTES;
	unsigned long faults = after->faults - before->faults;

	expect_eq(&w, "brk", calls, law);
	expect_eq(&w, "mmap", 0, law);
	expect_eq(&w, "heap_pages", pages, law);
	expect_eq(&w, "vsz_pages", pages, law);
	expect_eq(&w, "fault.anon_alloc.heap", faults, law);
	expect_eq(&w, "fault.*.*", faults, law);
	expect_eq(&w, "anon_pages", faults, law);
	expect_eq(&w, "crossings", calls + faults, law);
}

/**
 * run_brk_grow() - n pages of small objects, n pages of large ones, then touch these
 * @run: n
 *
 * Return: 0 or what fail() or skip() returned.
 */
int run_brk_grow(const struct run *run)
{
	const char *small_law =
		"heap + (request + M_TOP_PAD) when the top is used up; a header in every page";
	const char *large_law =
		"the same steps of the break, but only pages with headers become resident";
	const char *touch_law =
		"every page of the objects that had no header: one fault each, VSZ the same";
	const struct window touching = { "large", "touched", "self", { NULL, 0 } };
	unsigned long smalls = run->pages * PAGE_BYTES / SMALL_OBJECT;
	unsigned long larges = run->pages * PAGE_BYTES / LARGE_OBJECT + 1;
	void **list = make_list(larges);
	struct heap_model start, small, large;
	unsigned long untouched;
	int ret;

	if (!list)
		return fail("no memory for a list of %lu objects: %s", larges, strerror(errno));
	ret = heap_model_sync(&start);
	if (ret)
		return ret;
	small = start;
	for (unsigned long i = 0; i < smalls; i++)
		heap_model_malloc(&small, SMALL_OBJECT);
	large = small;
	for (unsigned long i = 0; i < larges; i++)
		heap_model_malloc(&large, LARGE_OBJECT);
	untouched = (large.resident_end - small.resident_end) / PAGE_BYTES -
		    (large.faults - small.faults);
	touch_chunk(list, 1);
	ret = settle(NULL);
	if (ret)
		return ret;
	role_add("self", getpid());
	mark_rehearse();

	mark("start", "A nearly empty heap.");
	for (unsigned long i = 0; i < smalls; i++)
		if (!ask_malloc(SMALL_OBJECT))
			return fail("malloc(%zu) has no memory: give fewer with --pages",
				    SMALL_OBJECT);
	mark("small",
	     "n pages of 1,000-byte objects, not written by the program: Heap and RSS have\n"
	     "grown alike, a brk call for every 128 KiB.");
	for (unsigned long i = 0; i < larges; i++) {
		list[i] = ask_malloc(LARGE_OBJECT);
		if (!list[i])
			return fail("malloc(%zu) has no memory: give fewer with --pages",
				    LARGE_OBJECT);
	}
	mark("large",
	     "n pages of 100,000-byte objects: Heap has grown as much, RSS by one page per\n"
	     "object.");
	for (unsigned long i = 0; i < larges; i++)
		touch_chunk(list[i], LARGE_OBJECT);
	mark("touched", "The large objects were written: RSS has caught up.");

	ret = heap_model_check(&large);
	if (ret)
		return ret;
	grow_window("start", "small", &start, &small, small_law);
	grow_window("small", "large", &small, &large, large_law);
	expect_eq(&touching, "fault.anon_alloc.heap", untouched, touch_law);
	expect_eq(&touching, "fault.*.*", untouched, touch_law);
	expect_eq(&touching, "anon_pages", untouched, touch_law);
	expect_eq(&touching, "vsz_pages", 0, touch_law);
	expect_eq(&touching, "brk", 0, touch_law);
	return 0;
}
