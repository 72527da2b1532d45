/* SPDX-License-Identifier: GPL-2.0 */
/*
 * events.h - the module's trace events, from a private tracefs instance
 */
#ifndef SELFTESTS_EVENTS_H
#define SELFTESTS_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "mmscope_abi.h"

/* Fields that a test asks for; those that an event does not have are 0. */
struct event {
	uint64_t t_ns; /* CLOCK_MONOTONIC */
	int event; /* enum mms_event */
	int tgid;
	int task; /* that made it: a thread's number */
	uint64_t gen;
	uint64_t address;
	int kind;
	int region;
	int origin;
	int flags;
	int reason;
	long pages;
	long heap_delta_bytes;
	long vsz_pages;
	long anon_pages;
	long file_pages;
	long shmem_pages;
	bool rss_exact;
	uint64_t ip;
	int child_tgid;
	uint64_t child_gen;
	long heap_bytes;
	long vsz_delta_pages; /* grown_pages of stack_grow */
	int cause; /* enum mms_cause */
	long delta_pages;
	int error;
	int prot;
	int behavior;
	int outcome; /* enum mms_outcome */
	long rss_delta_pages;
	uint64_t length_bytes;
	uint64_t old_bytes;
	uint64_t new_bytes;
	uint64_t new_address;
};

/* An array that grows. */
struct events {
	struct event *event;
	unsigned int number;
	unsigned int room;
};

/* Make the instance and switch the events on; bails out when that cannot be done. */
void events_begin(void);

/* The same with a buffer of so many kB for each processor, and one event only unless NULL. */
void events_begin_with(const char *buffer_kb, const char *event);

/* What goes when the buffer is full: the oldest event (as it is at first), or the new one. */
void events_overwrite(bool overwrite);

/* Append all events since the last call, in order of time. */
void events_drain(struct events *events);

/* Events that the ring buffer lost since the beginning. */
long events_lost(void);
void events_end(void);
void events_free(struct events *events);

#endif /* SELFTESTS_EVENTS_H */
