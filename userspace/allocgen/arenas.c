// SPDX-License-Identifier: GPL-2.0
/*
 * arenas.c - one malloc arena per thread
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "expect.h"
#include "heap_model.h"
#include "mark.h"
#include "settle.h"
#include "sizes.h"

#define WORKERS      4 /* the first makes the first arena before the measurement */
#define MEASURED     (WORKERS - 1)
#define WORKER_STACK ((size_t)256 << 10)
#define REQUEST      ((size_t)100)

/**
 * struct worker - a thread that mallocs once per byte on its pipe
 * @tid:     as /proc names it
 * @command: pipe to the thread
 * @done:    pipe from it
 * @chunk:   what malloc returned last
 */
struct worker {
	pid_t tid;
	int command[2];
	int done[2];
	void *chunk;
};

static struct worker workers[WORKERS];

static void *work(void *data)
{
	struct worker *worker = data;
	char byte = 0;

	settle_stack();
	worker->tid = gettid();
	while (write(worker->done[1], &byte, 1) == 1 && read(worker->command[0], &byte, 1) == 1)
		worker->chunk = ask_malloc(REQUEST);
	return NULL;
}

static int await(struct worker *worker)
{
	char byte;

	if (read(worker->done[0], &byte, 1) != 1)
		return fail("no answer from a thread: %s", strerror(errno));
	while (!task_asleep(getpid(), worker->tid))
		sched_yield();
	return 0;
}

static int let_malloc(struct worker *worker)
{
	int ret;

	if (write(worker->command[1], "", 1) != 1)
		return fail("cannot wake a thread: %s", strerror(errno));
	ret = await(worker);
	if (!ret && !worker->chunk)
		return fail("malloc has no memory for an arena");
	return ret;
}

static int start_workers(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	int ret = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, WORKER_STACK);
	for (int i = 0; i < WORKERS && !ret; i++) {
		if (pipe(workers[i].command) || pipe(workers[i].done))
			return fail("no pipe to a thread: %s", strerror(errno));
		ret = pthread_create(&thread, &attr, work, &workers[i]);
		if (ret)
			return fail("cannot start a thread: %s", strerror(ret));
		ret = await(&workers[i]);
	}
	pthread_attr_destroy(&attr);
	return ret;
}

/* Each chunk must lie in an arena of its own: arenas begin at multiples of 64 MiB. */
static int check_arenas(void)
{
	uintptr_t arena[WORKERS];

	for (int i = 0; i < WORKERS; i++) {
		arena[i] = (uintptr_t)workers[i].chunk / MALLOC_HEAP_MAX;
		for (int j = 0; j < i; j++)
			if (arena[j] == arena[i])
				return fail("a thread got no arena of its own: allow more address space (ulimit -v)");
	}
	return 0;
}

/**
 * run_arenas() - three threads get an arena each
 * @run: not used
 *
 * Return: 0 or what fail() or skip() returned.
 */
int run_arenas(const struct run *run)
{
	const char *new_law =
		"an arena reserves 64 MiB; its header, thread cache and first chunk share a page";
	const char *again_law = "the arenas have room: the kernel is not entered";
	const struct window made = { "threads", "arenas", "self", { NULL, 0 } };
	const struct window again = { "arenas", "again", "self", { NULL, 0 } };
	struct heap_model model;
	int ret;

	(void)run;
	ret = heap_model_sync(&model);
	if (ret)
		return ret;
	mallopt(M_ARENA_MAX, WORKERS + 1);
	ret = start_workers();
	if (!ret)
		ret = let_malloc(&workers[0]);
	if (!ret)
		ret = settle(NULL);
	if (ret)
		return ret;
	role_add("self", getpid());
	mark_rehearse();

	mark("threads", "Three threads wait; none of them has called malloc yet.");
	for (int i = 1; i < WORKERS && !ret; i++)
		ret = let_malloc(&workers[i]);
	mark("arenas",
	     "Each called malloc(100) once: VSZ has jumped by 3 x 64 MiB, RSS by 3 pages.");
	for (int i = 1; i < WORKERS && !ret; i++)
		ret = let_malloc(&workers[i]);
	mark("again", "Each called malloc(100) again: nothing.");

	if (!ret)
		ret = check_arenas();
	if (ret)
		return ret;
	expect_eq(&made, "vsz_pages", MEASURED * (MALLOC_HEAP_MAX / PAGE_BYTES), new_law);
	expect_eq(&made, "fault.anon_alloc.anon", MEASURED, new_law);
	expect_eq(&made, "fault.*.*", MEASURED, new_law);
	expect_eq(&made, "anon_pages", MEASURED, new_law);
	expect_eq(&made, "rss_pages", MEASURED, new_law);
	expect_eq(&made, "brk", 0, new_law);
	expect_ge(&made, "mmap", MEASURED, new_law);
	expect_le(&made, "mmap", 2 * MEASURED, new_law);
	expect_silence(&again, again_law);
	return 0;
}
