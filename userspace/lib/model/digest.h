/* SPDX-License-Identifier: GPL-2.0 */
/* digest.h - a stretch of a story in a few sums, one for each sort of event */
#ifndef MMS_DIGEST_H
#define MMS_DIGEST_H

#include "model/evlist.h"

/* As many sorts as there can be: faults by kind, other events by themselves. */
#define MMS_DIGEST_MAX (MMS_NR_KINDS + MMS_NR_EVENTS)

/**
 * struct mms_digest_row - all events of one sort
 * @what: enum mms_event
 * @kind: enum mms_kind of faults; 0 else
 * @count: how many
 * @vsz_delta: change of VSZ, pages
 * @rss_delta: change of RSS by the law of the kind, pages
 * @rss_told: the law tells it
 * @ns: time in them, nanoseconds
 */
struct mms_digest_row {
	uint8_t what;
	uint8_t kind;
	uint64_t count;
	int64_t vsz_delta;
	int64_t rss_delta;
	bool rss_told;
	uint64_t ns;
};

/**
 * mms_digest() - sum a stretch of events up
 * @rows: receives at most MMS_DIGEST_MAX rows, in order of their first events
 * @list: sorted events
 * @from: index of the first
 * @to: index behind the last
 * @page_bytes: bytes of a page
 *
 * Return: number of rows.
 */
size_t mms_digest(struct mms_digest_row *rows, const struct mms_evlist *list, size_t from,
		  size_t to, unsigned int page_bytes);

#endif /* MMS_DIGEST_H */
