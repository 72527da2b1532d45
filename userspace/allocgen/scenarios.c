// SPDX-License-Identifier: GPL-2.0
/*
 * scenarios.c - the table of scenarios, and how one is left early
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenario.h"

const struct scenario scenarios[] = {
	{
		.name = "story",
		.summary = "a malloc's life: free list, brk, mmap, first touch, fork, free",
		.shows =
			"What happens below malloc, step by step: a free chunk costs nothing, a\n"
			"larger heap is only a moved boundary, and a physical page comes with\n"
			"the first touch, one page fault each.",
		.run = run_story,
	},
	{
		.name = "freelist",
		.summary = "malloc/free pairs served from free lists: no kernel entry",
		.shows =
			"Once the free lists hold chunks of the sizes in use, malloc and free\n"
			"stay in user mode: no brk, no mmap, no page fault, however many pairs\n"
			"there are.",
		.run = run_freelist,
	},
	{
		.name = "brk-grow",
		.summary = "the heap grows by request + 128 KiB, RSS follows touch",
		.shows =
			"Small requests: every page gets a chunk header, so RSS follows malloc\n"
			"itself. Large requests below the mmap threshold: only the pages with\n"
			"headers become resident, the rest when it is written.",
		.run = run_brk_grow,
	},
	{
		.name = "mmap-threshold",
		.summary = "from 128 KiB its own mapping; a free moves the threshold up",
		.shows =
			"The byte that makes the difference between brk and mmap, and glibc's\n"
			"dynamic threshold: after the free of a mapped chunk the same size is\n"
			"served from the heap. Above 32 MiB the threshold does not follow.",
		.run = run_mmap_threshold,
	},
	{
		.name = "arenas",
		.summary = "each new thread's arena reserves 64 MiB: VSZ jumps, RSS does not",
		.shows =
			"Why the VSZ of a threaded program is huge: at its first malloc a\n"
			"thread gets an arena, for which glibc reserves 64 MiB of address\n"
			"space. One page of it becomes resident.",
		.run = run_arenas,
	},
	{
		.name = "calloc-lazy",
		.summary = "calloc touches nothing of fresh memory, all of a recycled chunk",
		.shows =
			"Fresh pages from the kernel are zero already, so calloc leaves them\n"
			"alone; malloc and memset touch them all. A recycled chunk holds old\n"
			"bytes, so calloc must clear it, and brings its pages back if they were\n"
			"given to the kernel.",
		.run = run_calloc_lazy,
	},
	{
		.name = "anon-lazy",
		.summary = "mmap n pages, touch k in four orders: VSZ +n, RSS +k, k faults",
		.shows =
			"mmap only promises memory. Each first touch is one fault and one page,\n"
			"whether pages are touched upwards, downwards, in strides or at random.",
		.run = run_anon_lazy,
	},
	{
		.name = "zero-page",
		.summary = "reads map the zero page: RSS +0; the first write: RSS +1",
		.shows =
			"Reading untouched memory costs a fault per page and no memory: all of\n"
			"it is the one zero page. The first write to a page then gets a private\n"
			"one.",
		.run = run_zero_page,
	},
	{
		.name = "stack-grow",
		.summary = "recursion: VSZ and RSS grow at faults, with no system call",
		.shows =
			"The kernel extends the stack when a fault hits below its lower end.\n"
			"VSZ and RSS grow by a page each time, and the program has not asked\n"
			"for anything.",
		.run = run_stack_grow,
	},
	{
		.name = "file-private",
		.summary = "private file mapping: fault-around, write after and before read",
		.shows =
			"A read fault maps up to 16 cached pages at once. Writing a page that\n"
			"was read copies it; writing a page that was not copies straight from\n"
			"the page cache, with no read fault before.",
		.run = run_file_private,
	},
	{
		.name = "cow-child",
		.summary = "fork, the child writes k of n pages: k copies, 0 in the parent",
		.shows =
			"After a fork both processes share every page. A write by the child\n"
			"costs it a fault and a copy; RSS of neither changes, the machine's\n"
			"free memory falls by k pages.",
		.run = run_cow_child,
	},
	{
		.name = "cow-parent",
		.summary = "fork, the parent writes first: k copies; the child: k reuses",
		.shows =
			"Who writes first pays for the copy, also if it is the parent. The\n"
			"other one is then the last sharer: its write faults, but nothing is\n"
			"copied.",
		.run = run_cow_parent,
	},
	{
		.name = "cow-read",
		.summary = "fork, both only read: no fault, no copy",
		.shows =
			"Reading shared pages never breaks the sharing: fork copied the\n"
			"page-table entries, so there is not even a fault.",
		.run = run_cow_read,
	},
};

const size_t nr_scenarios = ARRAY_SIZE(scenarios);

static char reason[256];

/**
 * scenario_find() - look a scenario up
 * @name: its public name
 *
 * Return: the row, or NULL.
 */
const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < nr_scenarios; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	return NULL;
}

/**
 * fail() - leave a scenario: a resource could not be had
 * @fmt: the reason, as printf(3)
 *
 * Return: EXIT_RESOURCE, for the caller to return.
 */
int fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return EXIT_RESOURCE;
}

/**
 * skip() - leave a scenario: it makes no sense here
 * @fmt: the reason, as printf(3)
 *
 * Return: EXIT_SKIP, for the caller to return.
 */
int skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return EXIT_SKIP;
}

/**
 * leave_reason() - why the scenario was left
 *
 * Return: what the last fail() or skip() said.
 */
const char *leave_reason(void)
{
	return reason;
}
