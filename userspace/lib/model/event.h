/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event.h - one thing that happened, whatever told it
 *
 * The trace buffer, a trace.dat and the tests' text files all fill the same
 * struct mms_record through one table of fields (docs/events.md), so that no
 * source can differ from another. (enum mms_event in mmscope_abi.h numbers
 * the events of the module; a record's @what continues it.)
 */
#ifndef MMS_EVENT_H
#define MMS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mmscope_abi.h"

/* What a record is besides an event of the module. */
enum mms_what {
	MMS_WHAT_MARK = MMS_NR_EVENTS,	/* `mark NAME` in the trace_marker: everything is at rest */
	MMS_WHAT_SAY,			/* `say TEXT`: a step of the story begins */
	MMS_WHAT_LOST,			/* the buffer overflowed here */
	MMS_NR_WHATS
};

/* A signed 64-bit number in a lost record: it is known that, but not how many, were lost. */
#define MMS_LOST_UNKNOWN (-1)

/**
 * struct mms_state - the address space after an event, pages
 * @vsz: VSZ
 * @anon: anonymous part of RSS
 * @file: file part of RSS
 * @shmem: shmem part of RSS
 * @swap: swap entries
 * @exact: the RSS parts are exact sums (not cheap reads)
 */
struct mms_state {
	uint64_t vsz;
	uint32_t anon;
	uint32_t file;
	uint32_t shmem;
	uint32_t swap;
	uint8_t exact;
};

/**
 * struct mms_record - one event
 * @t_ns: trace clock (mono), nanoseconds
 * @gen: generation of the address space
 * @address: user address; new break of a brk; 0 where it does not apply
 * @ip: user-mode instruction
 * @latency_ns: time in the kernel, nanoseconds
 * @vsz_delta: change of VSZ, pages
 * @text: file of mmap and exec, words of a mark; "" if none; owned by the list
 * @after: the address space afterwards
 * @tgid: process
 * @tid: thread that the trace buffer names (0 if unknown)
 * @error: 0 or -errno
 * @pages: pages that a fault mapped, by which a stack grew, that went to swap, of a huge page
 * @cpu: the CPU's buffer it came from
 * @what: enum mms_event or enum mms_what
 * @kind: enum mms_kind; of a fault_error enum mms_outcome, of a vsz enum mms_cause
 * @origin: enum mms_origin
 * @region: enum mms_region
 * @flags: MMS_FAULT_*
 * @order: order of the allocation of a fault
 * @brk: figures of a brk, bytes
 * @map: figures of mmap, munmap, mremap, mprotect and madvise, bytes; @flags is madvise's behavior
 * @fork: the child of a fork
 * @rss_delta: change of RSS by a collapse, pages
 * @old_gen: generation that an exec ended
 * @exit: totals of the address space that ended
 * @lost: events lost, or MMS_LOST_UNKNOWN
 */
struct mms_record {
	uint64_t t_ns;
	uint64_t gen;
	uint64_t address;
	uint64_t ip;
	uint64_t latency_ns;
	int64_t vsz_delta;
	const char *text;
	struct mms_state after;
	int32_t tgid;
	int32_t tid;
	int32_t error;
	uint32_t pages;
	uint16_t cpu;
	uint8_t what;
	uint8_t kind;
	uint8_t origin;
	uint8_t region;
	uint8_t flags;
	uint8_t order;
	union {
		struct {
			uint64_t old_brk;
			uint64_t requested;
			uint64_t heap_bytes;
			int64_t heap_delta;
		} brk;
		struct {
			uint64_t length;
			uint64_t old_length;
			uint64_t offset;
			uint64_t new_address;
			uint32_t prot;
			uint32_t flags;
		} map;
		struct {
			uint64_t gen;
			int32_t tgid;
		} fork;
		struct {
			uint64_t faults;
			uint64_t cow_breaks;
			uint64_t ns;
		} exit;
		uint64_t old_gen;
		int32_t rss_delta;
		int64_t lost;
	};
};

/**
 * struct mms_field - where a field of an event goes
 * @name: name in docs/events.md
 * @offset: offset in struct mms_record
 * @size: bytes there: 1, 2, 4 or 8; 0 for text
 */
struct mms_field {
	const char *name;
	uint16_t offset;
	uint8_t size;
};

/**
 * mms_event_fields() - the fields of an event of the module
 * @event: enum mms_event
 * @nr: receives how many
 *
 * Return: the table's rows; constant.
 */
const struct mms_field *mms_event_fields(unsigned int event, size_t *nr);

/** mms_record_store() - put a number into the place that @field names; cuts off higher bits. */
void mms_record_store(struct mms_record *record, const struct mms_field *field, uint64_t value);

/** mms_rss_pages() - RSS of a state, pages. */
static inline int64_t mms_rss_pages(const struct mms_state *state)
{
	return (int64_t)state->anon + state->file + state->shmem;
}

/**
 * mms_fault_rss_pages() - by how much a fault changed RSS, told by the law of its kind
 * @record: a fault
 * @pages: receives the change, pages; exact
 *
 * Return: false for a kind whose law does not tell it (file_write, other).
 */
bool mms_fault_rss_pages(const struct mms_record *record, int64_t *pages);

#endif /* MMS_EVENT_H */
