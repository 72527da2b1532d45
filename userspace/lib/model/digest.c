// SPDX-License-Identifier: GPL-2.0
/* digest.c - a stretch of a story in a few sums, one for each sort of event */
#include "model/digest.h"

static struct mms_digest_row *row_of(struct mms_digest_row *rows, size_t *nr,
				     const struct mms_record *record)
{
	uint8_t kind = record->what == MMS_EVENT_FAULT ? record->kind : 0;
	size_t i;

	for (i = 0; i < *nr; i++)
		if (rows[i].what == record->what && rows[i].kind == kind)
			return &rows[i];
	if (*nr == MMS_DIGEST_MAX)
		return NULL;
	rows[*nr] = (struct mms_digest_row){ .what = record->what, .kind = kind };
	return &rows[(*nr)++];
}

size_t mms_digest(struct mms_digest_row *rows, const struct mms_evlist *list, size_t from,
		  size_t to, unsigned int page_bytes)
{
	size_t nr = 0;
	size_t i;

	for (i = from; i < to; i++) {
		const struct mms_record *record = &list->records[i];
		struct mms_digest_row *row;
		int64_t pages;

		if (record->what >= MMS_NR_EVENTS || record->what == MMS_EVENT_COW_BREAK ||
		    record->what == MMS_EVENT_VSZ)
			continue;	/* a COW break is told by its fault */
		row = row_of(rows, &nr, record);
		if (!row)
			continue;
		row->count++;
		row->ns += record->latency_ns;
		if (record->what == MMS_EVENT_FAULT) {
			row->rss_told = mms_fault_rss_pages(record, &pages);
			row->rss_delta += pages;
		} else if (record->what == MMS_EVENT_BRK) {
			row->vsz_delta += record->brk.heap_delta / (int64_t)page_bytes;
		} else if (record->what == MMS_EVENT_STACK_GROW) {
			row->vsz_delta += record->pages;
		} else {
			row->vsz_delta += record->vsz_delta;
		}
	}
	return nr;
}
