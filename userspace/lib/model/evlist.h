/* SPDX-License-Identifier: GPL-2.0 */
/* evlist.h - the events of a run in order of time */
#ifndef MMS_EVLIST_H
#define MMS_EVLIST_H

#include "error.h"
#include "model/event.h"

/* How many CPUs' losses are kept apart. */
#define MMS_MAX_CPUS 1024

/**
 * struct mms_evlist - events, with what was lost of them
 * @records: the events
 * @nr: how many
 * @room: how many there is room for
 * @limit: how many are kept at most; 0: no limit
 * @read: events read, those beyond @limit included
 * @over_limit: events read but not kept because of @limit
 * @lost: events lost, by CPU
 * @lost_unknown: CPUs' places where an unknown number was lost
 * @texts: the words that records point to
 * @nr_texts: how many
 * @room_texts: how many there is room for
 */
struct mms_evlist {
	struct mms_record *records;
	size_t nr;
	size_t room;
	size_t limit;
	uint64_t read;
	uint64_t over_limit;
	uint64_t lost[MMS_MAX_CPUS];
	uint64_t lost_unknown;
	char **texts;
	size_t nr_texts;
	size_t room_texts;
};

/**
 * mms_evlist_add() - append a record, counting it
 * @list: the list
 * @record: copied; its text must stay or come from mms_evlist_text()
 *
 * Return: 0 or -ENOMEM. Beyond the limit a record is counted, not kept, and 0 is returned.
 */
int mms_evlist_add(struct mms_evlist *list, const struct mms_record *record);

/**
 * mms_evlist_add_words() - append what a program wrote into the trace marker
 * @list: the list
 * @at: record that tells time, thread and CPU
 * @words: `mark NAME` or `say TEXT`, one or several lines; other lines are told as they are
 * @len: bytes of @words
 *
 * Return: 0 or -ENOMEM.
 */
int mms_evlist_add_words(struct mms_evlist *list, const struct mms_record *at, const char *words,
			 size_t len);

/**
 * mms_evlist_text() - keep a word for a record; equal neighbours are kept once
 * @list: the list
 * @text: bytes, not necessarily terminated
 * @len: how many at most
 *
 * Return: the kept word, or NULL without memory.
 */
const char *mms_evlist_text(struct mms_evlist *list, const char *text, size_t len);

/** mms_evlist_sort() - merge the CPUs' streams: by time; equal times keep the order of arrival. */
void mms_evlist_sort(struct mms_evlist *list);

/** mms_evlist_lost() - events lost on all CPUs together, where their number is known. */
uint64_t mms_evlist_lost(const struct mms_evlist *list);

/** mms_evlist_free() - release everything. */
void mms_evlist_free(struct mms_evlist *list);

#endif /* MMS_EVLIST_H */
