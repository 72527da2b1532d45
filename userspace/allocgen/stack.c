// SPDX-License-Identifier: GPL-2.0
/*
 * stack.c - the stack grows at faults
 */
#include <sys/resource.h>
#include <unistd.h>

#include "compiler.h"
#include "expect.h"
#include "mark.h"
#include "settle.h"

#define FRAME_BYTES 2048

typedef void (*descend_function)(uintptr_t target);

/*
 * Recurses until the page of target is touched, and none below. A frame is about half a page, so
 * that the stack pointer leaves out no page on its way down; the last three pages, in which a frame
 * might reach too far, are written one by one.
 */
static noinline void descend(uintptr_t target)
{
	/* The compiler does not see whom it calls: else it might make one frame of several. */
	descend_function deeper = (descend_function)launder((uintptr_t)descend);
	unsigned char frame[FRAME_BYTES];
	uintptr_t here = (uintptr_t)frame;

	poke(frame, 1);
	if (here > target + 3 * PAGE_BYTES) {
		deeper(target);
	} else {
		uintptr_t page = here / PAGE_BYTES * PAGE_BYTES;

		while (page > target) {
			page -= PAGE_BYTES;
			poke((void *)page, 1);
		}
	}
	keep(frame); /* after the call: so it is no tail call */
}

static int check_limit(uintptr_t target, uintptr_t end, unsigned long pages)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur == RLIM_INFINITY ||
	    end - target + PAGE_BYTES <= limit.rlim_cur)
		return 0;
	return fail("the stack may not grow by %lu pages: allow more with `ulimit -s`, or give fewer with --pages",
		    pages);
}

/**
 * run_stack_grow() - recursion down to the lower end of the stack, then k pages on
 * @run: k
 *
 * Return: 0 or what fail() returned.
 */
int run_stack_grow(const struct run *run)
{
	const char *inside_law =
		"inside the stack's mapping: a page for each first write, VSZ the same";
	const char *grown_law =
		"one page below the lower end each: k growths, k pages, VSZ + k, no system call";
	struct window inside = { "ready", "inside", "self", { NULL, 0 } };
	struct window grown = { "inside", "grown", "self", { NULL, 0 } };
	unsigned long k = run->touched;
	unsigned long absent;
	struct area stack;
	uintptr_t target;
	int ret;

	ret = find_mapping("[stack]", &stack);
	if (ret)
		return ret;
	target = (uintptr_t)stack.addr - k * PAGE_BYTES;
	ret = check_limit(target, (uintptr_t)stack.addr + stack.bytes, k);
	if (ret)
		return ret;
	role_add("self", getpid());
	stack.bytes = (uintptr_t)&stack / PAGE_BYTES * PAGE_BYTES - (uintptr_t)stack.addr;
	descend(((uintptr_t)&stack - 8 * PAGE_BYTES) / PAGE_BYTES * PAGE_BYTES);
	mark_rehearse();
	absent = count_absent(&stack);

	mark("ready", "The stack's mapping is larger than what is resident of it.");
	descend((uintptr_t)stack.addr);
	mark("inside",
	     "The recursion has reached the lower end of the mapping: faults of kind anon_alloc\n"
	     "in region stack, VSZ is the same.");
	descend(target);
	mark("grown",
	     "k pages deeper: StackGrow + k, VSZ + k pages and RSS + k pages, and not one\n"
	     "system call.");

	inside.area = stack;
	expect_eq(&inside, "fault.anon_alloc.stack", absent, inside_law);
	expect_eq(&inside, "fault.*.*", absent, inside_law);
	expect_eq(&inside, "anon_pages", absent, inside_law);
	expect_eq(&inside, "vsz_pages", 0, inside_law);
	expect_eq(&inside, "stack_grow", 0, inside_law);
	grown.area.addr = (void *)target;
	grown.area.bytes = k * PAGE_BYTES;
	expect_eq(&grown, "stack_grow", k, grown_law);
	expect_eq(&grown, "fault.anon_alloc.stack", k, grown_law);
	expect_eq(&grown, "fault.*.*", k, grown_law);
	expect_eq(&grown, "vsz_pages", k, grown_law);
	expect_eq(&grown, "anon_pages", k, grown_law);
	expect_eq(&grown, "rss_pages", k, grown_law);
	expect_eq(&grown, "brk", 0, grown_law);
	expect_eq(&grown, "mmap", 0, grown_law);
	expect_eq(&grown, "crossings", k, grown_law);
	return 0;
}
