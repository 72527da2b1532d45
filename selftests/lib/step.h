/* SPDX-License-Identifier: GPL-2.0 */
/*
 * step.h - a step of a target, seen by debugfs and by the trace events
 *
 * A case is a function that a target runs. It looks at its own figures before and
 * after the step that counts; the events of the time between are read from the trace.
 * Then the case's check compares both with what follows from the step. On top of that
 * laws 1, 2 and 3 must hold for every process and every generation of the case, from
 * debugfs and from the events.
 */
#ifndef SELFTESTS_STEP_H
#define SELFTESTS_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "events.h"
#include "figures.h"

/* Of a page. */
extern long page;

/**
 * struct step_said - shared between a case and its target: what that has seen of itself
 * @before: figures before the step
 * @after: figures after it; empty when the target did not live to see it
 * @vsz_before: kB, the kernel's own
 * @vsz_after: likewise
 * @from_ns: the step begins
 * @to_ns: the step ends; until the target's end, if it does not say so
 * @signal: that the target is to die of
 * @address: for the case
 * @address2: for the case
 * @number: for the case
 */
struct step_said {
	struct figures before;
	struct figures after;
	long vsz_before;
	long vsz_after;
	uint64_t from_ns;
	uint64_t to_ns;
	int signal;
	uintptr_t address;
	uintptr_t address2;
	long number;
};

extern struct step_said *said;

/**
 * struct step_test - a case
 * @name: what it shows
 * @function: run by the target
 * @check: compares, by is(); NULL: the laws are all
 */
struct step_test {
	const char *name;
	void (*function)(void);
	void (*check)(void);
};

/* Before anything else, but for what needs no target. */
void step_init(void);
void step_run(const struct step_test *tests, unsigned int number);

/* Nothing was lost; the exit status. */
int step_end(void);

/* --- for the target --- */

void step_begins(void);
void step_ends(void);

/* How it stands now; growth() tells by how much since the begin. */
void step_look(void);

/* Anonymous private memory, and a write to each page. */
char *map(long pages, int protection);
char *map_anon(long pages);
void touch(char *area, long pages);

/* --- for the check --- */

/* The n-th event of a sort in the step, counted from 0; NULL when there are fewer. */
const struct event *step_event(enum mms_event what, unsigned int n);
long step_count(enum mms_event what);

/* Sum of the changes of VSZ in the step by one cause, pages. */
long step_vsz(enum mms_cause cause);

/* The same of a generation, from its begin to its end. */
long step_vsz_of(uint64_t gen);

/* Growth of a line of "status" in the step. */
long growth(const char *key);

/* Says what does not hold, and fails the case. Returns whether it holds. */
bool is(long seen, long wanted, const char *what);

/* A counter of "status" and the events of the step: both so many. */
void is_call(const char *key, enum mms_event what, long number);

/* Laws 2 and 3 in a process's "status". */
void check_residuals(const struct figures *figures, const char *when);

#endif /* SELFTESTS_STEP_H */
