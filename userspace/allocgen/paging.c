// SPDX-License-Identifier: GPL-2.0
/*
 * paging.c - anonymous memory: lazy allocation and the zero page
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "expect.h"
#include "mark.h"
#include "touch.h"

static int map_area(struct area *area, unsigned long pages)
{
	area->bytes = pages * PAGE_BYTES;
	area->addr = ask_mmap(area->bytes);
	if (!area->addr)
		return fail("cannot map %lu pages (%s): give fewer with --pages", pages,
			    strerror(errno));
	return 0;
}

/* Touches k pages of one quarter of the mapping, then the next quarter in the next order. */
static void lazy_windows(const struct area *area, unsigned long k)
{
	struct window mapped = { "start", "mapped", "self", .area = *area };
	const char *promise = "mmap only promises: VSZ + n, nothing resident, one system call";
	const char *touch = "k first writes: k faults, k pages, in any order";

	expect_eq(&mapped, "vsz_pages", area->bytes / PAGE_BYTES, promise);
	expect_eq(&mapped, "mmap", 1, promise);
	expect_eq(&mapped, "rss_pages", 0, promise);
	expect_eq(&mapped, "fault.*.*", 0, promise);
	expect_eq(&mapped, "crossings", 1, promise);
	for (int p = 0; p < TOUCH_NR_PATTERNS; p++) {
		size_t quarter = area->bytes / PAGE_BYTES / TOUCH_NR_PATTERNS * PAGE_BYTES;
		struct window w = {
			p ? touch_names[p - 1] : "mapped", touch_names[p], "self",
			.area = { (char *)area->addr + p * quarter, quarter },
		};

		expect_eq(&w, "fault.anon_alloc.anon", k, touch);
		expect_eq(&w, "pages.anon_alloc.anon", k, touch);
		expect_eq(&w, "fault.*.*", k, touch);
		expect_eq(&w, "crossings", k, touch);
		expect_eq(&w, "anon_pages", k, touch);
		expect_eq(&w, "rss_pages", k, touch);
		expect_eq(&w, "vsz_pages", 0, touch);
		expect_eq(&w, "cow_breaks", 0, touch);
	}
}

/**
 * run_anon_lazy() - map n pages, touch k of each quarter in its own order
 * @run: n, k, seed
 *
 * Return: 0 or what fail() returned.
 */
int run_anon_lazy(const struct run *run)
{
	struct touch_order order[TOUCH_NR_PATTERNS];
	unsigned long quarter = run->pages / TOUCH_NR_PATTERNS;
	struct area area;
	int ret;

	for (int p = 0; p < TOUCH_NR_PATTERNS; p++) {
		ret = touch_order_make(&order[p], p, quarter, run->touched, run->seed);
		if (ret)
			return ret;
	}
	role_add("self", getpid());
	mark_rehearse();

	mark("start", "Everything is as it was before the mapping.");
	ret = map_area(&area, run->pages);
	if (ret)
		return ret;
	mark("mapped", "VSZ has grown by the whole mapping, RSS has not.");
	for (int p = 0; p < TOUCH_NR_PATTERNS; p++) {
		touch_write((char *)area.addr + p * quarter * PAGE_BYTES, &order[p], 1);
		mark(touch_names[p],
		     "k more pages written in this order: `faults` has k more anon_alloc in\n"
		     "region anon, RSS k pages more.");
	}
	lazy_windows(&area, run->touched);
	return 0;
}

/**
 * run_zero_page() - read n untouched pages, then write k of them
 * @run: n, k, seed
 *
 * Return: 0 or what fail() returned.
 */
int run_zero_page(const struct run *run)
{
	const char *read_law = "a read of an untouched page maps the zero page: a fault, RSS + 0";
	const char *write_law = "the first write to a zero page gets a private page: RSS + 1 each";
	struct window read_window = { "mapped", "read", "self", { NULL, 0 } };
	struct window write_window = { "read", "written", "self", { NULL, 0 } };
	struct touch_order all, some;
	struct area area;
	int ret;

	ret = touch_order_make(&all, TOUCH_FORWARD, run->pages, run->pages, 0);
	if (!ret)
		ret = touch_order_make(&some, TOUCH_RANDOM, run->pages, run->touched, run->seed);
	if (!ret)
		ret = map_area(&area, run->pages);
	if (ret)
		return ret;
	role_add("self", getpid());
	mark_rehearse();

	mark("mapped", "The mapping is there, nothing of it is resident.");
	if (touch_read(area.addr, &all))
		return fail("fresh memory did not read as zeroes");
	mark("read", "All n pages were read: n faults of kind anon_zero, and RSS is the same.");
	touch_write(area.addr, &some, 1);
	mark("written",
	     "k of them were written: k faults of kind cow_zero, RSS + k. No page was copied:\n"
	     "CowBreaks is the same.");

	read_window.area = area;
	expect_eq(&read_window, "fault.anon_zero.anon", run->pages, read_law);
	expect_eq(&read_window, "fault.*.*", run->pages, read_law);
	expect_eq(&read_window, "anon_pages", 0, read_law);
	expect_eq(&read_window, "rss_pages", 0, read_law);
	expect_eq(&read_window, "vsz_pages", 0, read_law);
	write_window.area = area;
	expect_eq(&write_window, "fault.cow_zero.anon", run->touched, write_law);
	expect_eq(&write_window, "fault.*.*", run->touched, write_law);
	expect_eq(&write_window, "anon_pages", run->touched, write_law);
	expect_eq(&write_window, "rss_pages", run->touched, write_law);
	expect_eq(&write_window, "vsz_pages", 0, write_law);
	expect_eq(&write_window, "cow_breaks", 0, write_law);
	return 0;
}
