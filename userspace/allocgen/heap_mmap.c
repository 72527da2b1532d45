// SPDX-License-Identifier: GPL-2.0
/*
 * heap_mmap.c - requests that malloc serves by a mapping of their own
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "compiler.h"
#include "expect.h"
#include "heap_model.h"
#include "mark.h"
#include "settle.h"

/* The greatest request whose chunk is below the threshold: 16 + 8 bytes of rounding and header. */
#define BELOW       (MALLOC_MMAP_THRESHOLD - 24)
#define ABOVE       (BELOW + 1)
#define HUGE        MALLOC_MMAP_MAX
#define TOP_LIMIT   ((size_t)64 << 10)
#define RECYCLED    ((size_t)100000)
#define CHUNK_START ((size_t)16) /* from the chunk to what malloc returns */
#define CHUNK_LINKS ((size_t)48) /* what malloc_trim() leaves of a free chunk */

/* Kept: the compiler drops a memset() that a free() follows. */
static void fill(void *bytes, size_t len)
{
	memset(bytes, 0xa5, len);
	keep(bytes);
}

static void expect_heap_served(const struct window *w, const struct heap_model *before,
			       const struct heap_model *after, const char *law)
{
	unsigned long pages = (after->grown_bytes - before->grown_bytes) / PAGE_BYTES;

	expect_eq(w, "brk", after->brk_calls - before->brk_calls, law);
	expect_eq(w, "mmap", 0, law);
	expect_eq(w, "heap_pages", pages, law);
	expect_eq(w, "vsz_pages", pages, law);
	expect_eq(w, "fault.anon_alloc.heap", after->faults - before->faults, law);
	expect_eq(w, "fault.*.*", after->faults - before->faults, law);
}

static void expect_mapped(const struct window *w, size_t request, const char *law)
{
	expect_eq(w, "mmap", 1, law);
	expect_eq(w, "brk", 0, law);
	expect_eq(w, "munmap", 0, law);
	expect_eq(w, "vsz_pages", malloc_mmap_bytes(request) / PAGE_BYTES, law);
	expect_eq(w, "heap_pages", 0, law);
	expect_eq(w, "fault.anon_alloc.anon", 1, law);
	expect_eq(w, "fault.*.*", 1, law);
	expect_eq(w, "anon_pages", 1, law);
}

static void threshold_windows(const struct heap_model *model)
{
	const char *below_law = "a chunk of less than 128 KiB: the heap grows by brk";
	const char *above_law =
		"a chunk of 128 KiB or more: its own mapping; malloc writes one page, its header";
	const char *freed_law = "free of a mapped chunk: munmap, VSZ and RSS fall at once";
	const char *again_law =
		"that free moved the threshold above this size: now it comes from the heap";
	const char *huge_law =
		"above 32 MiB the threshold does not follow: mapped, and mapped again after a free";
	const struct window below = { "start", "below", "self", { NULL, 0 } };
	const struct window above = { "used-up", "above", "self", { NULL, 0 } };
	const struct window freed = { "above", "freed", "self", { NULL, 0 } };
	const struct window again = { "freed", "again", "self", { NULL, 0 } };
	const struct window huge = { "again", "huge", "self", { NULL, 0 } };
	const struct window huge_again = { "huge", "huge-again", "self", { NULL, 0 } };

	expect_heap_served(&below, &model[0], &model[1], below_law);
	expect_mapped(&above, ABOVE, above_law);
	expect_eq(&freed, "munmap", 1, freed_law);
	expect_eq(&freed, "vsz_pages", -(long)(malloc_mmap_bytes(ABOVE) / PAGE_BYTES), freed_law);
	expect_eq(&freed, "anon_pages", -1, freed_law);
	expect_eq(&freed, "fault.*.*", 0, freed_law);
	expect_heap_served(&again, &model[2], &model[3], again_law);
	expect_mapped(&huge, HUGE, huge_law);
	expect_eq(&huge_again, "munmap", 1, huge_law);
	expect_eq(&huge_again, "mmap", 1, huge_law);
	expect_eq(&huge_again, "brk", 0, huge_law);
	expect_eq(&huge_again, "vsz_pages", 0, huge_law);
	expect_eq(&huge_again, "anon_pages", 0, huge_law);
	expect_eq(&huge_again, "fault.anon_alloc.anon", 1, huge_law);
}

/**
 * run_mmap_threshold() - one byte below the threshold, at it, and after it has moved
 * @run: not used, the sizes are malloc's own
 *
 * Return: 0 or what fail() or skip() returned.
 */
int run_mmap_threshold(const struct run *run)
{
	struct heap_model model[4];
	void *p;
	int ret;

	(void)run;
	ret = heap_model_sync(&model[0]);
	if (!ret)
		ret = heap_shrink_top(&model[0], TOP_LIMIT);
	if (ret)
		return ret;
	role_add("self", getpid());
	mark_rehearse();

	mark("start", "The heap's top is too small for what comes.");
	if (!ask_malloc(BELOW))
		return fail("malloc(%zu) has no memory", BELOW);
	mark("below", "malloc(131,048): Brk + 1, Heap has grown by it and 128 KiB.");
	model[1] = model[0];
	heap_model_malloc(&model[1], BELOW);
	model[2] = model[1];
	ret = heap_shrink_top(&model[2], TOP_LIMIT);
	if (ret)
		return ret;
	mark("used-up", "What brk brought beyond the request is used up again.");
	p = ask_malloc(ABOVE);
	mark("above", "malloc(131,049): Mmap + 1, VSZ + 132 KiB, RSS + 1 page for the header.");
	free(p);
	mark("freed", "Freed: Munmap + 1, VSZ and RSS are back.");
	p = ask_malloc(ABOVE);
	mark("again", "malloc(131,049) again: now by brk, for the threshold has moved up.");
	p = ask_malloc(HUGE);
	mark("huge", "malloc(32 MiB): a mapping of its own.");
	free(p);
	p = ask_malloc(HUGE);
	mark("huge-again",
	     "Freed and asked for again: munmap and mmap, the threshold stays below 32 MiB.");

	model[3] = model[2];
	heap_model_malloc(&model[3], ABOVE);
	ret = heap_model_check(&model[3]);
	if (ret)
		return ret;
	threshold_windows(model);
	return 0;
}

/* Whole pages of a free chunk that malloc_trim() gives back. */
static unsigned long trimmable_pages(const void *p)
{
	uintptr_t chunk = (uintptr_t)p - CHUNK_START;
	uintptr_t first = (chunk + CHUNK_LINKS + PAGE_BYTES - 1) / PAGE_BYTES;
	uintptr_t end = (chunk + malloc_chunk_bytes(RECYCLED)) / PAGE_BYTES;

	return end - first;
}

static int all_zero(const unsigned char *bytes, size_t len)
{
	while (len && !*bytes) {
		bytes++;
		len--;
	}
	return !len;
}

static void calloc_windows(size_t bytes, unsigned long trimmed)
{
	const char *fresh_law = "fresh pages are zero: calloc writes nothing but malloc's header";
	const char *malloc_law = "malloc of the same size costs the same";
	const char *memset_law = "memset touches every page but the one that had the header";
	const char *recycled_law =
		"a recycled resident chunk is cleared in user mode: the kernel is not entered";
	const char *trimmed_law = "malloc_trim gives the whole pages of the free chunk back";
	const char *again_law =
		"calloc clears the recycled chunk, so it touches every page that was given back";
	const struct window fresh = { "start", "calloc", "self", { NULL, 0 } };
	const struct window same = { "calloc", "malloc", "self", { NULL, 0 } };
	const struct window set = { "malloc", "memset", "self", { NULL, 0 } };
	const struct window recycled = { "freed", "recycled", "self", { NULL, 0 } };
	const struct window trim = { "used", "trimmed", "self", { NULL, 0 } };
	const struct window again = { "trimmed", "calloc-again", "self", { NULL, 0 } };
	/* From the header at the start of the first page to the last byte. */
	unsigned long touched = (CHUNK_START + bytes + PAGE_BYTES - 1) / PAGE_BYTES - 1;

	expect_mapped(&fresh, bytes, fresh_law);
	expect_mapped(&same, bytes, malloc_law);
	expect_eq(&set, "fault.anon_alloc.anon", touched, memset_law);
	expect_eq(&set, "fault.*.*", touched, memset_law);
	expect_eq(&set, "anon_pages", touched, memset_law);
	expect_eq(&set, "vsz_pages", 0, memset_law);
	expect_silence(&recycled, recycled_law);
	expect_eq(&trim, "anon_pages", -(long)trimmed, trimmed_law);
	expect_eq(&trim, "fault.*.*", 0, trimmed_law);
	expect_eq(&again, "fault.anon_alloc.heap", trimmed, again_law);
	expect_eq(&again, "fault.*.*", trimmed, again_law);
	expect_eq(&again, "anon_pages", trimmed, again_law);
	expect_eq(&again, "vsz_pages", 0, again_law);
	expect_eq(&again, "brk", 0, again_law);
	expect_eq(&again, "mmap", 0, again_law);
}

/**
 * run_calloc_lazy() - calloc against malloc and memset, fresh and recycled
 * @run: n
 *
 * Return: 0 or what fail() or skip() returned.
 */
int run_calloc_lazy(const struct run *run)
{
	size_t bytes = run->pages * PAGE_BYTES;
	struct heap_model model;
	unsigned char *fresh, *old, *recycled, *again;
	uintptr_t freed;
	int ret;

	ret = heap_model_sync(&model);
	if (ret)
		return ret;
	role_add("self", getpid());
	mark_rehearse();

	mark("start", "Nothing allocated yet.");
	if (!ask_calloc(run->pages, PAGE_BYTES))
		return fail("calloc(%lu, 4096) has no memory: give fewer with --pages", run->pages);
	mark("calloc", "calloc of n pages: VSZ + n + 1, RSS + 1.");
	fresh = ask_malloc(bytes);
	if (!fresh)
		return fail("malloc(%zu) has no memory: give fewer with --pages", bytes);
	mark("malloc", "malloc of n pages: the same.");
	fill(fresh, bytes);
	mark("memset", "memset of it: now RSS has grown by all its pages.");

	/* A chunk with a neighbour above, so that freeing it does not join it to the top. */
	old = ask_malloc(RECYCLED);
	if (!old || !ask_malloc(MALLOC_MINSIZE))
		return fail("malloc(%zu) has no memory", RECYCLED);
	fill(old, RECYCLED);
	freed = (uintptr_t)old;
	free(old);
	mark("freed", "A chunk of 100,000 bytes was filled and freed; it is still resident.");
	recycled = ask_calloc(1, RECYCLED);
	mark("recycled", "calloc returned that chunk, cleared: no system call, no fault.");
	if ((uintptr_t)recycled != freed || !all_zero(recycled, RECYCLED))
		return fail("calloc did not return the chunk that was just freed, cleared");
	fill(recycled, RECYCLED);
	free(recycled);
	mark("used", "Filled and freed again.");
	malloc_trim(0);
	mark("trimmed", "malloc_trim has given the chunk's whole pages back: RSS has fallen.");
	again = ask_calloc(1, RECYCLED);
	mark("calloc-again",
	     "calloc of the same chunk had to clear it: a fault for each of these pages.");
	if ((uintptr_t)again != freed || !all_zero(again, RECYCLED))
		return fail("calloc did not return the chunk that was just freed, cleared");
	calloc_windows(bytes, trimmable_pages(again));
	return 0;
}
