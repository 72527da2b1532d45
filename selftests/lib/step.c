// SPDX-License-Identifier: GPL-2.0
/* step.c - a step of a target, seen by debugfs and by the trace events */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "laws.h"
#include "step.h"
#include "tap.h"
#include "target.h"

long page;
struct step_said *said;

static struct events events;
static pid_t target;
static bool failed;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void look(struct figures *figures, long *vsz)
{
	struct sizes sizes;

	if (!figures_read(getpid(), figures) || !sizes_read(getpid(), &sizes))
		_exit(97);
	*vsz = sizes.vsz;
}

/* The first look makes what the second one needs (buffers, pages of the C library). */
void step_begins(void)
{
	look(&said->after, &said->vsz_after);
	look(&said->before, &said->vsz_before);
	said->from_ns = now_ns();
}

void step_look(void)
{
	look(&said->after, &said->vsz_after);
}

void step_ends(void)
{
	said->to_ns = now_ns();
	look(&said->after, &said->vsz_after);
}

char *map(long pages, int protection)
{
	char *area = mmap(NULL, pages * page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED)
		_exit(99);
	return area;
}

char *map_anon(long pages)
{
	return map(pages, PROT_READ | PROT_WRITE);
}

void touch(char *area, long pages)
{
	long i;

	for (i = 0; i < pages; i++)
		((volatile char *)area)[i * page] = 1;
}

/* --- what a test asks of the events --- */

static bool in_step(const struct event *event)
{
	return event->tgid == target && event->t_ns >= said->from_ns && event->t_ns <= said->to_ns;
}

/* The n-th event of a sort in the step, counted from 0; NULL when there are fewer. */
const struct event *step_event(enum mms_event what, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < events.number; i++)
		if (in_step(&events.event[i]) && events.event[i].event == (int)what && !n--)
			return &events.event[i];
	return NULL;
}

long step_count(enum mms_event what)
{
	long number = 0;

	while (step_event(what, number))
		number++;
	return number;
}

/* Sum of the changes of VSZ in the step by one cause, pages. */
long step_vsz(enum mms_cause cause)
{
	unsigned int n;
	long sum = 0;
	const struct event *event;

	for (n = 0; (event = step_event(MMS_EVENT_VSZ, n)); n++)
		if (event->cause == (int)cause)
			sum += event->delta_pages;
	return sum;
}

long growth(const char *key)
{
	return figures_status(&said->after, key) - figures_status(&said->before, key);
}

/* Say what does not hold. */
bool is(long seen, long wanted, const char *what)
{
	if (seen == wanted)
		return true;
	tap_note("%s: %ld, expected %ld", what, seen, wanted);
	failed = true;
	return false;
}

/* A counter of "status" and the events of the step. */
void is_call(const char *key, enum mms_event what, long number)
{
	is(growth(key), number, key);
	is(step_count(what), number, "events of it");
}

/* --- laws 2 and 3 --- */

void check_residuals(const struct figures *figures, const char *when)
{
	static const struct {
		const char *key;
		int law;
	} lines[] = { { "Law2Residual", 2 }, { "Law3Residual", 3 }, { "Law3Heap", 3 } };
	unsigned int i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!law_see(lines[i].law, figures_status(figures, lines[i].key))) {
			tap_note("%s: %s %ld", when, lines[i].key,
				 figures_status(figures, lines[i].key));
			failed = true;
		}
}

/* What the events say of one generation. */
struct life {
	uint64_t gen;
	pid_t tgid;
	long begin; /* VSZ, pages; -1: it began before the first event */
	long sum; /* of the changes */
	long end; /* -1: replaced by exec, whose last size no event tells */
};

static struct life lives[64];
static unsigned int nr_lives;

static struct life *life_of(uint64_t gen)
{
	unsigned int i;

	for (i = 0; i < nr_lives; i++)
		if (lives[i].gen == gen)
			return &lives[i];
	if (nr_lives == sizeof(lives) / sizeof(lives[0]))
		tap_bail("too many generations");
	lives[nr_lives] = (struct life){ .gen = gen, .begin = -1, .end = -1 };
	return &lives[nr_lives++];
}

static void gather_lives(void)
{
	unsigned int i;

	nr_lives = 0;
	for (i = 0; i < events.number; i++) {
		const struct event *event = &events.event[i];

		switch (event->event) {
		case MMS_EVENT_FORK:
			life_of(event->child_gen)->begin = event->vsz_pages;
			break;
		case MMS_EVENT_EXEC:
			life_of(event->gen)->begin = event->vsz_pages;
			break;
		case MMS_EVENT_VSZ:
			life_of(event->gen)->sum += event->delta_pages;
			break;
		case MMS_EVENT_EXIT:
			life_of(event->gen)->end = event->vsz_pages;
			break;
		}
	}
}

/*
 * Law 3 by the events alone: where a generation began + all changes = where it ended.
 * The first one of the target began before the first event: debugfs tells where.
 */
static void check_lives(void)
{
	const struct figures *first = &said->before;
	unsigned int i;

	gather_lives();
	for (i = 0; i < nr_lives; i++) {
		struct life *life = &lives[i];

		if (first->status[0] && life->gen == (uint64_t)figures_status(first, "Generation"))
			life->begin = figures_status(first, "VszBegin") * 1024 / page;
		if (life->begin < 0 || life->end < 0)
			continue;
		if (!law_see(3, life->end - life->begin - life->sum)) {
			tap_note("generation %lu: VSZ %ld + changes %ld, but %ld at its end",
				 (unsigned long)life->gen, life->begin, life->sum, life->end);
			failed = true;
		}
	}
}

long step_vsz_of(uint64_t gen)
{
	return life_of(gen)->sum;
}

/* --- running --- */

static void run(const struct step_test *test)
{
	struct figures end;
	int status;

	memset(said, 0, sizeof(*said));
	failed = false;
	status = target_call(test->function, &target);
	events.number = 0;
	events_drain(&events);
	if (WIFSIGNALED(status) ? WTERMSIG(status) != said->signal : status || said->signal) {
		tap_note("the target ended with status 0x%x", status);
		tap_result(false, "%s", test->name);
		return;
	}
	failed |= !figures_read(target, &end) || !figures_law1(&end);
	check_residuals(&end, "end");
	check_lives();
	if (said->to_ns) {
		check_residuals(&said->before, "before the step");
		check_residuals(&said->after, "after the step");
		is(growth("VSZ"), said->vsz_after - said->vsz_before, "growth of VSZ");
	} else {
		said->after = end;
		said->to_ns = UINT64_MAX;
	}
	if (test->check)
		test->check();
	tap_result(!failed, "%s", test->name);
}

void step_run(const struct step_test *tests, unsigned int number)
{
	unsigned int i;

	for (i = 0; i < number; i++)
		run(&tests[i]);
}

int step_end(void)
{
	tap_result(!stats_read("lost_vsz_unseen"),
		   "no address space has ended with a residual of law 3");
	tap_result(!stats_read("lost_probe_missed") && !stats_read("lost_process_nomem") &&
		   !stats_read("lost_call_released") && !events_lost(),
		   "nothing was missed or lost");
	events_end();
	events_free(&events);
	debugfs_write("targets", "clear");
	return tap_end();
}

void step_init(void)
{
	page = sysconf(_SC_PAGESIZE);
	tap_begin();
	said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (said == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	/* A row that nobody fits: the probes stay armed from one case to the next. */
	if (debugfs_write("targets", "comm no-such-name"))
		tap_bail("cannot add a target");
	events_begin();
}
