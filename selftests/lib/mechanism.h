/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mechanism.h - what the kernel does to one piece of memory, fault by fault
 *
 * A mechanism is a function that runs as a target and names an area of its
 * memory. Every fault in that area, of the target and of its children, must be
 * one that the mechanism's rows expect, and as many as they expect. The faults are
 * taken from the trace events; over its whole life, kind by kind and region by
 * region, the counts of the events must be those of debugfs.
 */
#ifndef SELFTESTS_MECHANISM_H
#define SELFTESTS_MECHANISM_H

#include <stdbool.h>
#include <stddef.h>

#include "mmscope_abi.h"

#define MECHANISM_ROWS 6
#define ANY (-1) /* for a count that the kernel is free to choose */
/*
 * For a count of major faults: n more, where n faults dirty a page of a shared mapping
 * and that takes two attempts, which the kernel counts as major: before 6.0
 * (docs/compat.md).
 */
#define DIRTYING(n) ((n) << 16)
#define MECHANISM_SKIP 77 /* exit status of a target: said->reason tells why */

/* Whose address space was faulted in. */
enum mechanism_who { SELF, CHILD };

/**
 * struct faults_row - faults that are expected in the area
 * @who: in the target's address space, or in that of the child it named
 * @kind: enum mms_kind
 * @origin: enum mms_origin
 * @count: how many, or ANY
 * @pages: pages that they mapped or replaced, together
 * @major: of @count
 * @reason: enum mms_reason, for the kind "other"
 * @flags: MMS_FAULT_COW and MMS_FAULT_UNSHARE, as all of them have it
 */
struct faults_row {
	enum mechanism_who who;
	enum mms_kind kind;
	enum mms_origin origin;
	long count;
	long pages;
	long major;
	enum mms_reason reason;
	unsigned int flags;
};

/**
 * struct mechanism - one test
 * @name: what it shows
 * @run: in the target; ends by returning, or by mechanism_skip()
 * @row: what is expected, as far as @count is not 0
 */
struct mechanism {
	const char *name;
	void (*run)(void);
	struct faults_row row[MECHANISM_ROWS];
};

/* Call once, before the first test. */
void mechanisms_begin(void);

/* Run each, one result for each. */
void mechanisms_run(const struct mechanism *mechanisms, size_t number);

/* Call once, after the last test. One more result: nothing was lost. */
void mechanisms_end(void);

/* In the target: */

/* The area that the rows are about. */
void mechanism_area(const void *start, size_t bytes);

/* The child that rows with CHILD are about. */
void mechanism_child(int pid);

/* A child of the target that runs a function; ends the target when the child does not end well. */
void mechanism_in_child(void (*function)(void));

/* The kernel or the machine cannot do it. */
void mechanism_skip(const char *reason) __attribute__((noreturn));

/* Something that must work did not. */
void mechanism_fail(const char *what) __attribute__((noreturn));

/* Memory, with the checks that a test would have to repeat. */
char *map_pages(long pages, int flags);
char *map_huge_aligned(size_t bytes);
void write_pages(char *area, long pages);
void read_pages(const char *area, long pages);

/*
 * Nobody but the page tables holds the pages any more. New pages wait in a list of
 * their processor for a place on those of reclaim, and before 5.18 the reference
 * that this list holds makes a write copy them, even the last sharer's.
 */
void let_go_of_pages(void);
extern long page_bytes;

/* Write a line to a file of the kernel; false when that cannot be done. */
bool set_file(const char *path, const char *text);

/* A number that a file of the kernel holds; -1 when it cannot be read. */
long read_file_number(const char *path);

#endif /* SELFTESTS_MECHANISM_H */
