// SPDX-License-Identifier: GPL-2.0
/* evlist.c - the events of a run in order of time */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "model/evlist.h"
#include "model/table.h"

int mms_evlist_add(struct mms_evlist *list, const struct mms_record *record)
{
	int ret;

	if (record->what == MMS_WHAT_LOST) {
		if (record->lost == MMS_LOST_UNKNOWN)
			list->lost_unknown++;
		else if (record->cpu < MMS_MAX_CPUS)
			list->lost[record->cpu] += (uint64_t)record->lost;
	} else {
		list->read++;
		if (list->limit && list->nr >= list->limit) {
			list->over_limit++;
			return 0;
		}
	}
	ret = mms_grow(&list->records, list->nr, &list->room, sizeof(*record));
	if (ret)
		return ret;
	list->records[list->nr] = *record;
	if (!record->text)
		list->records[list->nr].text = "";
	list->nr++;
	return 0;
}

static int add_line(struct mms_evlist *list, const struct mms_record *at, const char *line,
		    size_t len)
{
	struct mms_record record = {
		.t_ns = at->t_ns, .tid = at->tid, .tgid = at->tgid, .cpu = at->cpu,
		.what = MMS_WHAT_SAY,
	};

	if (len > 5 && !strncmp(line, "mark ", 5)) {
		record.what = MMS_WHAT_MARK;
		line += 5;
		len -= 5;
	} else if (len > 4 && !strncmp(line, "say ", 4)) {
		line += 4;
		len -= 4;
	}
	record.text = mms_evlist_text(list, line, len);
	return record.text ? mms_evlist_add(list, &record) : -ENOMEM;
}

int mms_evlist_add_words(struct mms_evlist *list, const struct mms_record *at, const char *words,
			 size_t len)
{
	const char *end = words + strnlen(words, len);
	int ret = 0;

	while (!ret && words < end) {
		const char *eol = memchr(words, '\n', (size_t)(end - words)) ?: end;

		if (eol > words)
			ret = add_line(list, at, words, (size_t)(eol - words));
		words = eol + 1;
	}
	return ret;
}

const char *mms_evlist_text(struct mms_evlist *list, const char *text, size_t len)
{
	char *copy;

	len = strnlen(text, len);
	if (!len)
		return "";
	if (list->nr_texts) {
		char *last = list->texts[list->nr_texts - 1];

		if (strlen(last) == len && !memcmp(last, text, len))
			return last;
	}
	copy = malloc(len + 1);
	if (!copy || mms_grow(&list->texts, list->nr_texts, &list->room_texts,
			      sizeof(*list->texts))) {
		free(copy);
		return NULL;
	}
	mms_copy_text(copy, len + 1, text);
	list->texts[list->nr_texts++] = copy;
	return copy;
}

static int by_time(const void *a, const void *b)
{
	const struct mms_record *x = a;
	const struct mms_record *y = b;

	return (x->t_ns > y->t_ns) - (x->t_ns < y->t_ns);
}

/*
 * A stable merge sort: the streams arrive as long ascending runs, and records of one time (a
 * fault and its cow_break cannot be told apart by a coarse clock) must keep their order.
 * glibc's qsort promises no stability.
 */
static void merge(struct mms_record *to, const struct mms_record *a, size_t nr_a,
		  const struct mms_record *b, size_t nr_b)
{
	while (nr_a && nr_b) {
		if (by_time(a, b) <= 0) {
			*to++ = *a++;
			nr_a--;
		} else {
			*to++ = *b++;
			nr_b--;
		}
	}
	if (nr_a)	/* what is left of b already stands at its place */
		memcpy(to, a, nr_a * sizeof(*a));
}

static void sort_range(struct mms_record *records, struct mms_record *spare, size_t nr)
{
	size_t half = nr / 2;

	if (nr < 2)
		return;
	sort_range(records, spare, half);
	sort_range(records + half, spare, nr - half);
	if (by_time(&records[half - 1], &records[half]) <= 0)
		return;
	memcpy(spare, records, half * sizeof(*records));
	merge(records, spare, half, records + half, nr - half);
}

void mms_evlist_sort(struct mms_evlist *list)
{
	struct mms_record *spare = malloc((list->nr / 2 + 1) * sizeof(*spare));

	if (spare)
		sort_range(list->records, spare, list->nr);
	else
		qsort(list->records, list->nr, sizeof(*list->records), by_time);
	free(spare);
}

uint64_t mms_evlist_lost(const struct mms_evlist *list)
{
	uint64_t lost = 0;
	size_t i;

	for (i = 0; i < MMS_MAX_CPUS; i++)
		lost += list->lost[i];
	return lost;
}

void mms_evlist_free(struct mms_evlist *list)
{
	size_t i;

	for (i = 0; i < list->nr_texts; i++)
		free(list->texts[i]);
	free(list->texts);
	free(list->records);
	*list = (struct mms_evlist){ 0 };
}
