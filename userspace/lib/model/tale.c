// SPDX-License-Identifier: GPL-2.0
/* tale.c - a list of events seen as the story of one command */
#include <errno.h>
#include <stdlib.h>

#include "array.h"
#include "model/tale.h"

static bool is_event(const struct mms_record *record)
{
	return record->what < MMS_NR_EVENTS;
}

static void find_start(struct mms_tale *tale, const struct mms_evlist *list)
{
	size_t i;

	for (i = 0; !tale->tgid && i < list->nr; i++)
		if (is_event(&list->records[i]))
			tale->tgid = list->records[i].tgid;
	for (i = 0; i < list->nr; i++) {
		if (list->records[i].what == MMS_EVENT_EXEC &&
		    list->records[i].tgid == tale->tgid) {
			tale->from = i;
			break;
		}
	}
	if (tale->from < list->nr)
		tale->start_ns = list->records[tale->from].t_ns;
	tale->first_step = tale->from;
	for (i = tale->from; i < list->nr; i++) {
		if (list->records[i].what == MMS_WHAT_MARK ||
		    list->records[i].what == MMS_WHAT_SAY) {
			tale->first_step = i;
			break;
		}
	}
}

static void count(struct mms_tale *tale, const struct mms_record *record)
{
	switch (record->what) {
	case MMS_EVENT_FAULT:
		tale->faults++;
		tale->fault_ns += record->latency_ns;
		if (record->origin == MMS_ORIGIN_USER)
			tale->crossings++;
		break;
	case MMS_EVENT_BRK:
	case MMS_EVENT_MMAP:
	case MMS_EVENT_MUNMAP:
	case MMS_EVENT_MREMAP:
	case MMS_EVENT_MPROTECT:
	case MMS_EVENT_MADVISE:
		tale->calls++;
		tale->call_ns += record->latency_ns;
		tale->crossings++;
		break;
	default:
		break;
	}
	if (is_event(record) && record->what != MMS_EVENT_VSZ && !record->after.exact)
		tale->inexact++;
}

static int count_tgid(const struct mms_record *record, int32_t **tgids, size_t *nr, size_t *room)
{
	size_t i;

	for (i = *nr; i--;)
		if ((*tgids)[i] == record->tgid)
			return 0;
	if (mms_grow(tgids, *nr, room, sizeof(**tgids)))
		return -ENOMEM;
	(*tgids)[(*nr)++] = record->tgid;
	return 0;
}

int mms_tale_make(struct mms_tale *tale, const struct mms_evlist *list, int32_t tgid)
{
	int32_t *tgids = NULL;
	size_t room = 0;
	int ret = 0;
	size_t i;

	*tale = (struct mms_tale){ .tgid = tgid };
	find_start(tale, list);
	for (i = tale->from; !ret && i < list->nr; i++) {
		count(tale, &list->records[i]);
		if (is_event(&list->records[i]))
			ret = count_tgid(&list->records[i], &tgids, &tale->nr_tgids, &room);
	}
	free(tgids);
	return ret;
}

int mms_tale_series(struct mms_series *series, const struct mms_tale *tale,
		    const struct mms_evlist *list, unsigned int page_kb)
{
	int64_t heap_kb = 0;
	int ret = 0;
	size_t i;

	*series = (struct mms_series){ 0 };
	for (i = tale->from; !ret && i < list->nr; i++) {
		const struct mms_record *record = &list->records[i];
		struct mms_point point;

		/* a fork tells the child's state */
		if (!is_event(record) || record->tgid != tale->tgid ||
		    record->what == MMS_EVENT_FORK)
			continue;
		if (record->what == MMS_EVENT_BRK)
			heap_kb = (int64_t)(record->brk.heap_bytes / 1024);
		point = (struct mms_point){
			.t_ns = record->t_ns - tale->start_ns,
			.vsz_kb = (int64_t)(record->after.vsz * page_kb),
			.rss_kb = mms_rss_pages(&record->after) * page_kb,
			.heap_kb = heap_kb,
			.exact = record->after.exact,
		};
		ret = mms_series_add(series, &point);
	}
	if (ret)
		mms_series_free(series);
	return ret;
}
