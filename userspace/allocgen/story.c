// SPDX-License-Identifier: GPL-2.0
/*
 * story.c - what happens below one malloc, in eight steps
 */
#include <stdlib.h>
#include <unistd.h>

#include "ask.h"
#include "child.h"
#include "compiler.h"
#include "expect.h"
#include "heap_model.h"
#include "mark.h"
#include "out.h"
#include "settle.h"
#include "touch.h"

#define PAIRS     1000
#define FREE_SIZE ((size_t)100)
#define HEAP_SIZE ((size_t)100000)
#define CUT_SIZE  ((size_t)1000)
#define LARGE     ((size_t)1 << 20)
#define TOP_LIMIT ((size_t)64 << 10)
#define SHARED    101 /* pages that the child writes; prime */
#define MAPPED    (LARGE / PAGE_BYTES) /* pages of the large chunk behind the one with the header */
#define DO_WRITE  'w'

/**
 * struct story - what the steps hand on
 * @start:  the heap before step 2
 * @grown:  after step 2
 * @cut:    after step 3
 * @pages:  the pages of the large chunk behind its first
 * @first:  order of one page
 * @rest:   all others
 * @some:   those that the child writes
 * @dummy:  a page to rehearse on
 * @child:  the child
 */
struct story {
	struct heap_model start;
	struct heap_model grown;
	struct heap_model cut;
	struct area pages;
	struct touch_order first;
	struct touch_order rest;
	struct touch_order some;
	struct area dummy;
	struct child child;
};

static void child_work_story(void *data, char command)
{
	struct story *story = data;

	if (command == CHILD_REHEARSE)
		touch_write(story->dummy.addr, &story->first, 2);
	else if (command == DO_WRITE)
		touch_write(story->pages.addr, &story->some, 2);
}

static bool free_pairs(void)
{
	for (int i = 0; i < PAIRS; i++) {
		void *p = ask_malloc(FREE_SIZE);

		if (!p)
			return false;
		free(p);
	}
	return true;
}

/* Work of the program's own, in registers. */
static unsigned long compute(unsigned long rounds)
{
	unsigned long x = rounds;

	for (unsigned long i = 0; i < rounds; i++)
		x = x * 6364136223846793005ul + 1442695040888963407ul;
	return x;
}

static int prepare(struct story *story, const struct run *run)
{
	int ret;

	ret = heap_model_sync(&story->start);
	if (!ret)
		ret = touch_order_make(&story->first, TOUCH_FORWARD, 1, 1, 0);
	if (!ret)
		ret = touch_order_make(&story->rest, TOUCH_FORWARD, MAPPED, MAPPED, 0);
	if (!ret)
		ret = touch_order_make(&story->some, TOUCH_RANDOM, MAPPED, SHARED, run->seed);
	if (ret)
		return ret;
	/* The rest is all but the first. */
	story->rest.page++;
	story->rest.count--;
	story->dummy.bytes = PAGE_BYTES;
	story->dummy.addr = ask_mmap(PAGE_BYTES);
	if (!story->dummy.addr || !free_pairs())
		return fail("no memory for a single page");
	child_work_story(story, CHILD_REHEARSE);
	launder(compute(launder(1)));
	/* The pairs left a chunk in the free lists: where the top is now. */
	ret = heap_model_sync(&story->start);
	if (!ret)
		ret = heap_shrink_top(&story->start, TOP_LIMIT);
	if (!ret)
		ret = settle(NULL);
	return ret;
}

static int tell_heap(struct story *story)
{
	say("1. malloc finds a free chunk. %s times malloc(%zu) and free: a list in user memory gives and takes, the kernel is not asked.",
	    out_grouped(PAIRS), FREE_SIZE);
	if (!free_pairs())
		return fail("malloc(%zu) has no memory", FREE_SIZE);
	mark("free-chunk", "No system call, no fault, nothing has grown.");

	say("2. malloc(%s): no free chunk is large enough. malloc enters the kernel with brk and asks for the request and 128 KiB in reserve.",
	    out_grouped(HEAP_SIZE));
	if (!ask_malloc(HEAP_SIZE))
		return fail("malloc(%zu) has no memory", HEAP_SIZE);
	story->grown = story->start;
	heap_model_malloc(&story->grown, HEAP_SIZE);
	mark("brk",
	     "Brk + 1. The kernel moved a boundary: Heap and VSZ have grown by all of it, RSS\n"
	     "only by the page in which malloc wrote the next chunk's header.");

	say("3. malloc(%s): back in user mode malloc cuts chunks from what it got; no kernel, until that is used up.",
	    out_grouped(CUT_SIZE));
	if (!ask_malloc(CUT_SIZE))
		return fail("malloc(%zu) has no memory", CUT_SIZE);
	story->cut = story->grown;
	heap_model_malloc(&story->cut, CUT_SIZE);
	mark("cut", "No system call.");
	return 0;
}

static void *tell_mapping(struct story *story)
{
	char *p;

	say("4. malloc(1 MiB): from 128 KiB on malloc maps an area of its own: 1,028 KiB, the request, its header, and what fills the last page.");
	p = ask_malloc(LARGE);
	if (!p)
		return NULL;
	story->pages.addr = (char *)((uintptr_t)p / PAGE_BYTES * PAGE_BYTES) + PAGE_BYTES;
	story->pages.bytes = MAPPED * PAGE_BYTES;
	mark("mmap",
	     "Mmap + 1, VSZ + 1,028 kB. RSS + 4 kB: that is malloc's header, which malloc\n"
	     "itself wrote into the first page. The megabyte is a promise.");

	say("5. The program goes on. It has its pointer, and no memory behind it yet.");
	launder(compute(launder(100000)));
	mark("goes-on", "Nothing has changed: no memory comes by waiting.");

	say("6. The first write, to the second page: the processor finds no page-table entry and faults into the kernel; the kernel zeroes one physical page, enters it, and returns to the same instruction.");
	touch_write(story->pages.addr, &story->first, 1);
	mark("first-touch", "One fault of kind anon_alloc, RSS + 4 kB.");

	say("6, continued. The other %zu pages, one by one.", MAPPED - 1);
	touch_write(story->pages.addr, &story->rest, 1);
	mark("all-touched", "A fault and a page for each: RSS has caught up with VSZ.");
	return p;
}

static int tell_fork(struct story *story)
{
	int ret;

	say("7. fork: the child gets the same pages, write-protected for both. It writes %d of them, and only these are copied.",
	    SHARED);
	ret = child_start(&story->child, "child", child_work_story, story, &story->pages);
	if (ret)
		return ret;
	mark("forked", "Two processes, each with the megabyte in its RSS, one copy in memory.");
	ret = child_do(&story->child, DO_WRITE);
	if (ret)
		return ret;
	mark("child-wrote",
	     "In the child 101 faults of kind cow_copy, RSS of both the same: copy-on-write.");
	return 0;
}

static void heap_laws(const struct window *w, const struct heap_model *before,
		      const struct heap_model *after, const char *law)
{
	unsigned long calls = after->brk_calls - before->brk_calls;
	unsigned long faults = after->faults - before->faults;
	unsigned long pages = (after->grown_bytes - before->grown_bytes) / PAGE_BYTES;

	expect_eq(w, "brk", calls, law);
	expect_eq(w, "mmap", 0, law);
	expect_eq(w, "heap_pages", pages, law);
	expect_eq(w, "vsz_pages", pages, law);
	expect_eq(w, "fault.anon_alloc.heap", faults, law);
	expect_eq(w, "fault.*.*", faults, law);
	expect_eq(w, "rss_pages", faults, law);
	expect_eq(w, "crossings", calls + faults, law);
}

static void touch_laws(const struct window *w, unsigned long pages, const char *law)
{
	expect_eq(w, "fault.anon_alloc.anon", pages, law);
	expect_eq(w, "fault.*.*", pages, law);
	expect_eq(w, "rss_pages", pages, law);
	expect_eq(w, "anon_pages", pages, law);
	expect_eq(w, "vsz_pages", 0, law);
	expect_eq(w, "crossings", pages, law);
}

static void story_laws(const struct story *story)
{
	long mapped = malloc_mmap_bytes(LARGE) / PAGE_BYTES;
	const char *free_law = "a free chunk: the kernel is not entered";
	const char *brk_law =
		"one brk: VSZ + (request + M_TOP_PAD), RSS + the page of the next header";
	const char *cut_law = "cut from the top chunk: no system call";
	const char *mmap_law =
		"one mmap of request and header in whole pages; RSS + the page of the header";
	const char *idle_law = "nothing happens until a page is touched";
	const char *touch_law = "each first touch: one fault, one page";
	const char *cow_law =
		"each shared page that the child writes: one fault, one copy, RSS the same";
	const char *parent_law = "the parent has done nothing";
	const char *free_map_law = "free of a mapped chunk: munmap, VSZ and RSS fall at once";
	const struct window chunk = { "start", "free-chunk", "self", { NULL, 0 } };
	const struct window brk_w = { "free-chunk", "brk", "self", { NULL, 0 } };
	const struct window cut = { "brk", "cut", "self", { NULL, 0 } };
	const struct window map = { "cut", "mmap", "self", { NULL, 0 } };
	const struct window idle = { "mmap", "goes-on", "self", { NULL, 0 } };
	const struct window first = { "goes-on", "first-touch", "self", story->pages };
	const struct window all = { "first-touch", "all-touched", "self", story->pages };
	const struct window child = { "forked", "child-wrote", "child", story->pages };
	const struct window parent = { "forked", "child-wrote", "self", story->pages };
	const struct window freed = { "child-wrote", "freed", "self", { NULL, 0 } };

	expect_silence(&chunk, free_law);
	heap_laws(&brk_w, &story->start, &story->grown, brk_law);
	heap_laws(&cut, &story->grown, &story->cut, cut_law);
	expect_eq(&map, "mmap", 1, mmap_law);
	expect_eq(&map, "brk", 0, mmap_law);
	expect_eq(&map, "vsz_pages", mapped, mmap_law);
	expect_eq(&map, "rss_pages", 1, mmap_law);
	expect_eq(&map, "fault.anon_alloc.anon", 1, mmap_law);
	expect_eq(&map, "crossings", 2, mmap_law);
	expect_silence(&idle, idle_law);
	touch_laws(&first, 1, touch_law);
	touch_laws(&all, MAPPED - 1, touch_law);
	expect_eq(&child, "fault.cow_copy.anon", SHARED, cow_law);
	expect_eq(&child, "fault.*.*", SHARED, cow_law);
	expect_eq(&child, "cow_breaks", SHARED, cow_law);
	expect_eq(&child, "rss_pages", 0, cow_law);
	expect_silence(&parent, parent_law);
	expect_eq(&freed, "munmap", 1, free_map_law);
	expect_eq(&freed, "vsz_pages", -mapped, free_map_law);
	expect_eq(&freed, "rss_pages", -(long)(MAPPED + 1), free_map_law);
	expect_eq(&freed, "fault.*.*", 0, free_map_law);
}

/**
 * run_story() - one malloc after another, and what each costs
 * @run: seed
 *
 * Return: 0 or what fail() or skip() returned.
 */
int run_story(const struct run *run)
{
	static struct story story;
	void *large;
	int ret;

	ret = prepare(&story, run);
	if (ret)
		return ret;
	role_add("self", getpid());
	mark_rehearse();

	mark("start", "The program has started; its free lists and its heap are small.");
	ret = tell_heap(&story);
	if (ret)
		return ret;
	large = tell_mapping(&story);
	if (!large)
		return fail("malloc(%zu) has no memory", LARGE);
	ret = tell_fork(&story);
	if (ret)
		return ret;
	say("8. free: a mapped chunk goes straight back to the kernel with munmap.");
	free(large);
	mark("freed",
	     "Munmap + 1, VSZ - 1,028 kB, RSS - 1,028 kB. The child has its own address space\n"
	     "and keeps its pages.");

	ret = heap_model_check(&story.cut);
	if (ret)
		return ret;
	story_laws(&story);
	return 0;
}
