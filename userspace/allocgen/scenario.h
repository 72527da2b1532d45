/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scenario.h - the table of scenarios and what each is run with
 */
#ifndef ALLOCGEN_SCENARIO_H
#define ALLOCGEN_SCENARIO_H

#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

#define EXIT_OK       0
#define EXIT_RESOURCE 1 /* a resource could not be had, or malloc broke its own rule */
#define EXIT_USAGE    2
#define EXIT_SKIP     4 /* as kselftest has it */

#define PAGES_DEFAULT 1009ul
#define PAGES_MIN     64ul
#define PAGES_MAX     4194304ul

/* x86-64 and arm64 as Debian builds it; main() refuses any other. */
#define PAGE_BYTES ((size_t)4096)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct area - a range of this process's addresses
 * @addr:  first byte, page-aligned
 * @bytes: length
 */
struct area {
	void *addr;
	size_t bytes;
};

/**
 * struct run - what the command line asked for
 * @pages:   n, the size of what the scenario works on
 * @touched: k, the greatest prime not above n / 10 + 1
 * @seed:    of every pseudo-random choice
 */
struct run {
	unsigned long pages;
	unsigned long touched;
	uint64_t seed;
};

/**
 * struct scenario - one row of the table
 * @name:    public name
 * @summary: one line for `allocgen list`
 * @shows:   paragraph for a person who runs it
 * @run:     does it; returns 0 or what fail() or skip() returned
 */
struct scenario {
	const char *name;
	const char *summary;
	const char *shows;
	int (*run)(const struct run *run);
};

extern const struct scenario scenarios[];
extern const size_t nr_scenarios;

const struct scenario *scenario_find(const char *name);

/* Leave a scenario: the reason is a sentence without a full stop that says what to do about it. */
__printf(1, 2) int fail(const char *fmt, ...);
__printf(1, 2) int skip(const char *fmt, ...);
const char *leave_reason(void);

int run_story(const struct run *run);
int run_freelist(const struct run *run);
int run_brk_grow(const struct run *run);
int run_mmap_threshold(const struct run *run);
int run_calloc_lazy(const struct run *run);
int run_arenas(const struct run *run);
int run_anon_lazy(const struct run *run);
int run_zero_page(const struct run *run);
int run_stack_grow(const struct run *run);
int run_file_private(const struct run *run);
int run_cow_child(const struct run *run);
int run_cow_parent(const struct run *run);
int run_cow_read(const struct run *run);

#endif /* ALLOCGEN_SCENARIO_H */
