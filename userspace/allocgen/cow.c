// SPDX-License-Identifier: GPL-2.0
/*
 * cow.c - copy-on-write after fork: who copies, who reuses
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "child.h"
#include "expect.h"
#include "mark.h"
#include "settle.h"
#include "touch.h"

#define DUMMY_PAGES 8
#define DO_WRITE    'w'
#define DO_READ     'r'

/**
 * struct cow - a parent, its child, and the n pages they share
 * @area:       the pages
 * @dummy:      others, to rehearse on
 * @all:        every page of @area
 * @some:       k pages of it
 * @dummy_all:  every page of @dummy
 * @child:      the child
 * @sum:        of what was read last
 */
struct cow {
	struct area area;
	struct area dummy;
	struct touch_order all;
	struct touch_order some;
	struct touch_order dummy_all;
	struct child child;
	unsigned long sum;
};

static void cow_work(void *data, char command)
{
	struct cow *cow = data;

	switch (command) {
	case CHILD_REHEARSE:
		touch_write(cow->dummy.addr, &cow->dummy_all, 3);
		cow->sum = touch_read(cow->dummy.addr, &cow->dummy_all);
		break;
	case DO_WRITE:
		touch_write(cow->area.addr, &cow->some, 2);
		break;
	case DO_READ:
		cow->sum = touch_read(cow->area.addr, &cow->all);
		break;
	}
}

static int make_area(struct area *area, unsigned long pages)
{
	area->bytes = pages * PAGE_BYTES;
	area->addr = ask_mmap(area->bytes);
	if (!area->addr)
		return fail("cannot map %lu pages (%s): give fewer with --pages", pages,
			    strerror(errno));
	return 0;
}

static int cow_start(struct cow *cow, const struct run *run)
{
	int ret;

	ret = touch_order_make(&cow->all, TOUCH_FORWARD, run->pages, run->pages, 0);
	if (!ret)
		ret = touch_order_make(&cow->some, TOUCH_RANDOM, run->pages, run->touched,
				       run->seed);
	if (!ret)
		ret = touch_order_make(&cow->dummy_all, TOUCH_FORWARD, DUMMY_PAGES, DUMMY_PAGES, 0);
	if (!ret)
		ret = make_area(&cow->area, run->pages);
	if (!ret)
		ret = make_area(&cow->dummy, DUMMY_PAGES);
	if (ret)
		return ret;
	touch_write(cow->area.addr, &cow->all, 1);
	cow_work(cow, CHILD_REHEARSE);
	settle_lru();
	role_add("parent", getpid());
	ret = child_start(&cow->child, "child", cow_work, cow, &cow->area);
	if (ret)
		return ret;
	/* The fork made the parent's own data shared once more. */
	cow_work(cow, CHILD_REHEARSE);
	return 0;
}

/* A process that wrote k shared pages and copied them. */
static void expect_copies(const struct window *w, unsigned long k, const char *law)
{
	expect_eq(w, "fault.cow_copy.anon", k, law);
	expect_eq(w, "fault.cow_reuse.anon", 0, law);
	expect_eq(w, "fault.*.*", k, law);
	expect_eq(w, "cow_breaks", k, law);
	expect_eq(w, "crossings", k, law);
	expect_eq(w, "anon_pages", 0, law);
	expect_eq(w, "rss_pages", 0, law);
	expect_eq(w, "vsz_pages", 0, law);
}

static void expect_no_break(const struct window *w, const char *law)
{
	expect_silence(w, law);
	expect_eq(w, "cow_breaks", 0, law);
}

/**
 * run_cow_child() - the child writes k of n shared pages, twice
 * @run: n, k, seed
 *
 * Return: 0 or what fail() returned.
 */
int run_cow_child(const struct run *run)
{
	const char *copy_law = "k writes to k shared pages: k copies in the child, RSS the same";
	const char *idle_law = "the parent did nothing: no fault, no copy";
	const char *again_law = "the copies are the child's own: writing them again does not fault";
	struct window child = { "ready", "written", "child", { NULL, 0 } };
	struct window parent = { "ready", "written", "parent", { NULL, 0 } };
	struct window again = { "written", "again", "child", { NULL, 0 } };
	static struct cow cow;
	int ret;

	ret = cow_start(&cow, run);
	if (ret)
		return ret;
	mark("ready", "Parent and child share all n pages; both have them in their RSS.");
	ret = child_do(&cow.child, DO_WRITE);
	if (ret)
		return ret;
	mark("written",
	     "The child wrote k pages: k faults of kind cow_copy in the child's `faults`, none\n"
	     "in the parent's. RSS of both is the same.");
	ret = child_do(&cow.child, DO_WRITE);
	if (ret)
		return ret;
	mark("again", "The child wrote the same pages again: no fault.");

	child.area = cow.area;
	parent.area = cow.area;
	again.area = cow.area;
	expect_copies(&child, run->touched, copy_law);
	expect_no_break(&parent, idle_law);
	expect_no_break(&again, again_law);
	return 0;
}

/**
 * run_cow_parent() - the parent writes k shared pages, then the child writes them
 * @run: n, k, seed
 *
 * Return: 0 or what fail() returned.
 */
int run_cow_parent(const struct run *run)
{
	const char *copy_law = "who writes first copies: k copies in the parent, RSS the same";
	const char *idle_law = "the other process did nothing: no fault, no copy";
	const char *reuse_law = "the last sharer's page is made writable: k reuses, no copy";
	struct window first = { "ready", "parent-wrote", "parent", { NULL, 0 } };
	struct window idle_child = { "ready", "parent-wrote", "child", { NULL, 0 } };
	struct window second = { "parent-wrote", "child-wrote", "child", { NULL, 0 } };
	struct window idle_parent = { "parent-wrote", "child-wrote", "parent", { NULL, 0 } };
	unsigned long k = run->touched;
	static struct cow cow;
	int ret;

	ret = cow_start(&cow, run);
	if (ret)
		return ret;
	mark("ready", "Parent and child share all n pages.");
	cow_work(&cow, DO_WRITE);
	mark("parent-wrote", "The parent wrote k pages: k faults of kind cow_copy in the parent.");
	ret = child_do(&cow.child, DO_WRITE);
	if (ret)
		return ret;
	mark("child-wrote", "The child wrote the same pages: k faults of kind cow_reuse, no copy.");

	first.area = cow.area;
	idle_child.area = cow.area;
	second.area = cow.area;
	idle_parent.area = cow.area;
	expect_copies(&first, k, copy_law);
	expect_no_break(&idle_child, idle_law);
	expect_eq(&second, "fault.cow_reuse.anon", k, reuse_law);
	expect_eq(&second, "fault.cow_copy.anon", 0, reuse_law);
	expect_eq(&second, "fault.*.*", k, reuse_law);
	expect_eq(&second, "cow_breaks", 0, reuse_law);
	expect_eq(&second, "anon_pages", 0, reuse_law);
	expect_eq(&second, "rss_pages", 0, reuse_law);
	expect_no_break(&idle_parent, idle_law);
	return 0;
}

/**
 * run_cow_read() - the child reads n shared pages, then the parent does
 * @run: n
 *
 * Return: 0 or what fail() returned.
 */
int run_cow_read(const struct run *run)
{
	const char *law = "reads of pages that fork left mapped: no fault, no copy";
	struct window window = { .area = { NULL, 0 } };
	static const char *const roles[] = { "parent", "child" };
	static struct cow cow;
	int ret;

	ret = cow_start(&cow, run);
	if (ret)
		return ret;
	mark("ready", "Parent and child share all n pages.");
	ret = child_do(&cow.child, DO_READ);
	if (ret)
		return ret;
	mark("child-read", "The child read every page: nothing has changed.");
	cow_work(&cow, DO_READ);
	if (cow.sum != run->pages)
		return fail("the parent did not read what it wrote");
	mark("parent-read", "The parent read every page: nothing has changed.");

	window.area = cow.area;
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		window.role = roles[i];
		window.from = "ready";
		window.to = "child-read";
		expect_no_break(&window, law);
		window.from = "child-read";
		window.to = "parent-read";
		expect_no_break(&window, law);
	}
	return 0;
}
