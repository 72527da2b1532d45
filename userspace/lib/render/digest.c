// SPDX-License-Identifier: GPL-2.0
/* digest.c - print a stretch of a story as sums */
#include "model/digest.h"
#include "model/names.h"
#include "render/digest.h"
#include "render/numbers.h"

void mms_digest_print(const struct mms_out *out, const struct mms_evlist *list, size_t from,
		      size_t to, unsigned int page_kb)
{
	struct mms_digest_row rows[MMS_DIGEST_MAX];
	size_t nr = mms_digest(rows, list, from, to, page_kb * 1024);
	size_t i;

	fprintf(out->file, "%s%10s  %-24s%16s%16s%10s%s\n", mms_style(out, MMS_DIM), "COUNT",
		"WHAT", "VSZ", "RSS", "TIME", mms_style(out, MMS_PLAIN));
	for (i = 0; i < nr; i++) {
		const struct mms_digest_row *row = &rows[i];
		bool is_fault = row->what == MMS_EVENT_FAULT;

		fprintf(out->file, "%10s  %-12s%-12s%16s%16s%10s\n",
			mms_count((int64_t)row->count).s,
			is_fault ? "page fault" : mms_event_name(row->what),
			is_fault ? mms_kind_name(row->kind) : "",
			row->vsz_delta ? mms_kib_change(row->vsz_delta * page_kb).s : "",
			row->rss_told ? mms_kib_change(row->rss_delta * page_kb).s : "",
			row->ns ? mms_ns(row->ns).s : "");
	}
}
