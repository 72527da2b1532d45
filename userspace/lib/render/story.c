// SPDX-License-Identifier: GPL-2.0
/* story.c - a run told event by event */
#include <stdio.h>
#include <stdlib.h>

#include "render/digest.h"
#include "render/numbers.h"
#include "render/sentence.h"
#include "render/story.h"

/* Columns of time, VSZ and RSS before each sentence. */
#define TIME_WIDTH   8
#define FIGURE_WIDTH 9
#define INDENT	     (TIME_WIDTH + 2 * (1 + FIGURE_WIDTH) + 2)

static void tell_event(const struct mms_out *out, const struct mms_item *item,
		       const struct mms_evlist *list, const struct mms_tale *tale,
		       unsigned int page_kb, const char *sentence)
{
	const struct mms_record *first = &list->records[item->first];
	const struct mms_record *last = &list->records[item->last];
	struct mms_num rss = mms_count(mms_rss_pages(&last->after) * page_kb);
	char approximate[48];

	snprintf(approximate, sizeof(approximate), "%s%s", last->after.exact ? "" : "~", rss.s);
	fprintf(out->file, "%*s%s %*s%s%s %*s%s  ", TIME_WIDTH,
		mms_ms(first->t_ns - tale->start_ns).s, mms_style(out, MMS_VSZ), FIGURE_WIDTH,
		mms_count((int64_t)last->after.vsz * page_kb).s, mms_style(out, MMS_PLAIN),
		mms_style(out, MMS_RSS), FIGURE_WIDTH, approximate, mms_style(out, MMS_PLAIN));
	if (tale->nr_tgids > 1) {
		char *whose;

		if (asprintf(&whose, "%d: %s", first->tgid, sentence) < 0)
			return;
		mms_wrap(out, INDENT, whose);
		free(whose);
	} else {
		mms_wrap(out, INDENT, sentence);
	}
}

void mms_story(const struct mms_out *out, const struct mms_items *items,
	       const struct mms_evlist *list, const struct mms_tale *tale, unsigned int page_kb,
	       bool all)
{
	size_t first = all ? tale->from : tale->first_step;
	size_t i;

	if (first > tale->from) {
		fprintf(out->file, "%sBefore its first step: the program and its libraries are loaded%s\n",
			mms_style(out, MMS_HEAD), mms_style(out, MMS_PLAIN));
		mms_digest_print(out, list, tale->from, first, page_kb);
		fprintf(out->file, "%10s  (--all-events tells them one by one)\n\n", "");
	}
	fprintf(out->file, "%s%*s %*s %*s  WHAT HAPPENED%s\n", mms_style(out, MMS_DIM), TIME_WIDTH,
		"TIME ms", FIGURE_WIDTH, "VSZ KiB", FIGURE_WIDTH, "RSS KiB",
		mms_style(out, MMS_PLAIN));
	for (i = 0; i < items->nr; i++) {
		const struct mms_item *item = &items->items[i];
		const struct mms_record *record = &list->records[item->first];
		char *sentence;

		if (item->first < first)
			continue;
		sentence = mms_sentence(item, list, page_kb);
		if (!sentence)
			continue;
		switch (record->what) {
		case MMS_WHAT_SAY:
			fprintf(out->file, "\n%s", mms_style(out, MMS_HEAD));
			mms_wrap(out, 0, sentence);
			fputs(mms_style(out, MMS_PLAIN), out->file);
			break;
		case MMS_WHAT_MARK:
			fprintf(out->file, "%s%*s%*s-- at rest: %s --%s\n", mms_style(out, MMS_DIM),
				TIME_WIDTH, mms_ms(record->t_ns - tale->start_ns).s,
				INDENT - TIME_WIDTH, "", sentence, mms_style(out, MMS_PLAIN));
			break;
		case MMS_WHAT_LOST:
			fprintf(out->file, "%s*** ", mms_style(out, MMS_ALARM));
			mms_wrap(out, 4, sentence);
			fputs(mms_style(out, MMS_PLAIN), out->file);
			break;
		default:
			tell_event(out, item, list, tale, page_kb, sentence);
		}
		free(sentence);
	}
}

void mms_story_end(const struct mms_out *out, const struct mms_evlist *list,
		   const struct mms_tale *tale)
{
	uint64_t lost = mms_evlist_lost(list);
	size_t cpu;

	fprintf(out->file, "%s crossings into the kernel: %s calls (%s)",
		mms_count((int64_t)tale->crossings).s, mms_count((int64_t)tale->calls).s,
		mms_ns(tale->call_ns).s);
	fprintf(out->file, " and %s faults from user mode\n",
		mms_count((int64_t)(tale->crossings - tale->calls)).s);
	fprintf(out->file, "%s faults in all (%s in them)\n", mms_count((int64_t)tale->faults).s,
		mms_ns(tale->fault_ns).s);
	fprintf(out->file, "%s events read, ", mms_count((int64_t)list->read).s);
	if (!lost && !list->lost_unknown && !list->over_limit) {
		fprintf(out->file, "none lost\n");
	} else {
		fprintf(out->file, "%s%s lost%s%s\n", mms_style(out, MMS_ALARM),
			mms_count((int64_t)lost).s,
			list->lost_unknown ? " and more in an unknown number" : "",
			mms_style(out, MMS_PLAIN));
		for (cpu = 0; cpu < MMS_MAX_CPUS; cpu++)
			if (list->lost[cpu])
				fprintf(out->file, "  CPU %zu: %s lost (a larger --buffer-kb keeps them)\n",
					cpu, mms_count((int64_t)list->lost[cpu]).s);
		if (list->over_limit)
			fprintf(out->file, "  %s not told: more than --max-events\n",
				mms_count((int64_t)list->over_limit).s);
	}
	if (tale->inexact)
		fprintf(out->file, "~ marks an RSS read cheaply on the fault path (%s events); the rest is exact\n",
			mms_count((int64_t)tale->inexact).s);
}
