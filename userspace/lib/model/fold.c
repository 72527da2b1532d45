// SPDX-License-Identifier: GPL-2.0
/* fold.c - long runs of equal events become one item of the story */
#include <errno.h>
#include <stdlib.h>

#include "array.h"
#include "model/fold.h"

/* A run of fewer events than this may be joined with its neighbours as scattered. */
#define SHORT_RUN 4

/* The process whose run may still grow. */
struct open_run {
	int32_t tgid;
	size_t item;		/* the last item of this process */
	bool is_open;
	int64_t rss;		/* after its last event */
	bool rss_exact;
};

struct folder {
	const struct mms_evlist *list;
	struct mms_items *items;
	struct open_run *runs;
	size_t nr_runs;
	size_t room_runs;
	bool fold;
};

static bool same_fault(const struct mms_record *a, const struct mms_record *b)
{
	/* how the state was read says nothing about the fault */
	uint8_t differ = (a->flags ^ b->flags) & (uint8_t)~MMS_FAULT_RSS_EXACT;

	return a->kind == b->kind && a->region == b->region && a->origin == b->origin &&
	       !differ && a->order == b->order;
}

static bool same_brk(const struct mms_record *a, const struct mms_record *b)
{
	return a->brk.heap_delta == b->brk.heap_delta && a->brk.requested && b->brk.requested;
}

static bool same_map(const struct mms_record *a, const struct mms_record *b)
{
	return a->map.length == b->map.length && a->map.prot == b->map.prot &&
	       a->map.flags == b->map.flags && a->error == b->error && !a->text[0] && !b->text[0];
}

static bool same_munmap(const struct mms_record *a, const struct mms_record *b)
{
	return a->map.length == b->map.length && a->error == b->error;
}

static bool same_mprotect(const struct mms_record *a, const struct mms_record *b)
{
	return a->map.length == b->map.length && a->map.prot == b->map.prot &&
	       a->error == b->error;
}

static bool same_madvise(const struct mms_record *a, const struct mms_record *b)
{
	return a->map.length == b->map.length && a->map.flags == b->map.flags &&
	       a->error == b->error;
}

static bool same_collapse(const struct mms_record *a, const struct mms_record *b)
{
	return a->rss_delta == b->rss_delta;
}

static bool same_pages(const struct mms_record *a, const struct mms_record *b)
{
	return a->pages == b->pages;
}

/* Whether two events of one process are of the same sort; events without a row never fold. */
static bool (*const same[MMS_NR_WHATS])(const struct mms_record *, const struct mms_record *) = {
	[MMS_EVENT_FAULT] = same_fault,
	[MMS_EVENT_BRK] = same_brk,
	[MMS_EVENT_MMAP] = same_map,
	[MMS_EVENT_MUNMAP] = same_munmap,
	[MMS_EVENT_STACK_GROW] = same_pages,
	[MMS_EVENT_MPROTECT] = same_mprotect,
	[MMS_EVENT_MADVISE] = same_madvise,
	[MMS_EVENT_SWAP_OUT] = same_pages,
	[MMS_EVENT_COLLAPSE] = same_collapse,
};

static bool same_sort(const struct mms_record *a, const struct mms_record *b)
{
	return a->what == b->what && a->tgid == b->tgid && a->gen == b->gen && same[a->what] &&
	       same[a->what](a, b);
}

static struct mms_item single(const struct mms_record *record, size_t index)
{
	return (struct mms_item){
		.first = index,
		.last = index,
		.count = 1,
		.low = record->address,
		.high = record->address,
		.pages = record->pages,
		.vsz_delta = record->vsz_delta,
		.ns = record->latency_ns,
		.ns_min = record->latency_ns,
		.ns_max = record->latency_ns,
	};
}

/* Join @b, which comes later, to @a. */
static void join(struct mms_item *a, const struct mms_item *b)
{
	a->last = b->last;
	a->count += b->count;
	a->pages += b->pages;
	a->vsz_delta += b->vsz_delta;
	a->ns += b->ns;
	if (b->low < a->low)
		a->low = b->low;
	if (b->high > a->high)
		a->high = b->high;
	if (b->ns_min < a->ns_min)
		a->ns_min = b->ns_min;
	if (b->ns_max > a->ns_max)
		a->ns_max = b->ns_max;
}

static struct open_run *run_of(struct folder *folder, int32_t tgid)
{
	size_t i;

	for (i = folder->nr_runs; i--;)
		if (folder->runs[i].tgid == tgid)
			return &folder->runs[i];
	if (mms_grow(&folder->runs, folder->nr_runs, &folder->room_runs, sizeof(*folder->runs)))
		return NULL;
	folder->runs[folder->nr_runs] = (struct open_run){ .tgid = tgid, .rss = -1 };
	return &folder->runs[folder->nr_runs++];
}

static int start_item(struct folder *folder, struct open_run *run, struct mms_item item)
{
	struct mms_items *items = folder->items;

	if (mms_grow(&items->items, items->nr, &items->room, sizeof(item)))
		return -ENOMEM;
	if (run->rss >= 0) {
		item.before_known = true;
		item.rss_before = run->rss;
		item.before_exact = run->rss_exact;
	}
	run->item = items->nr;
	run->is_open = folder->fold;
	items->items[items->nr++] = item;
	return 0;
}

/*
 * Two events make no direction: when the third does not go on where the second led, the
 * second may be the first of a run of its own. Give it one.
 */
static int restart_from_last(struct folder *folder, struct open_run *run, size_t index)
{
	const struct mms_record *records = folder->list->records;
	struct mms_item *item = &folder->items->items[run->item];
	const struct mms_record *a = &records[item->first];
	const struct mms_record *b = &records[item->last];
	struct mms_item second = single(b, item->last);
	struct mms_item first = single(a, item->first);
	struct mms_item third = single(&records[index], index);

	first.before_known = item->before_known;
	first.before_exact = item->before_exact;
	first.rss_before = item->rss_before;
	*item = first;
	run->rss = mms_rss_pages(&a->after);
	run->rss_exact = a->after.exact;
	second.stride = (int64_t)(records[index].address - b->address);
	join(&second, &third);
	return start_item(folder, run, second);
}

static int add_event(struct folder *folder, size_t index)
{
	const struct mms_record *record = &folder->list->records[index];
	struct open_run *run = run_of(folder, record->tgid);
	struct mms_item item = single(record, index);
	struct mms_item *open;
	int64_t step;
	int ret = 0;

	if (!run)
		return -ENOMEM;
	open = run->is_open ? &folder->items->items[run->item] : NULL;
	if (open && same_sort(&folder->list->records[open->last], record)) {
		step = (int64_t)(record->address - folder->list->records[open->last].address);
		if (open->count == 1 || step == open->stride) {
			open->stride = step;
			join(open, &item);
		} else if (open->count == 2) {
			ret = restart_from_last(folder, run, index);
		} else {
			ret = start_item(folder, run, item);
		}
	} else {
		ret = start_item(folder, run, item);
	}
	if (record->what != MMS_EVENT_FORK) {	/* a fork tells the child's state */
		run->rss = mms_rss_pages(&record->after);
		run->rss_exact = record->after.exact;
	}
	return ret;
}

/* A cow_break that follows its own fault tells nothing new, and vsz no more than its call. */
static bool absorbed(struct folder *folder, const struct mms_record *record)
{
	struct open_run *run;
	const struct mms_record *fault;
	const struct mms_item *item;

	if (record->what == MMS_EVENT_VSZ)
		return true;
	run = run_of(folder, record->tgid);
	if (!run || run->rss < 0 || record->what != MMS_EVENT_COW_BREAK)
		return false;
	item = &folder->items->items[run->item];
	fault = &folder->list->records[item->last];
	return fault->what == MMS_EVENT_FAULT && fault->address == record->address &&
	       fault->kind == record->kind && fault->tgid == record->tgid;
}

/* A mark or a loss stands between what came before and what comes after, for every process. */
static void close_all(struct folder *folder)
{
	size_t i;

	for (i = 0; i < folder->nr_runs; i++)
		folder->runs[i].is_open = false;
}

/* Nothing of this process was told between the two items, and no mark stands between them. */
static bool neighbours(const struct mms_evlist *list, const struct mms_item *a,
		       const struct mms_item *b, size_t barrier)
{
	return barrier <= a->first &&
	       same_sort(&list->records[a->last], &list->records[b->first]);
}

/*
 * Join short runs of the same sort. For each process, the last item kept is the only one that
 * the next may join; @folder's runs are reused to remember it.
 */
static void join_scattered(struct folder *folder)
{
	const struct mms_evlist *list = folder->list;
	struct mms_items *items = folder->items;
	size_t barrier = 0;
	size_t kept = 0;
	size_t i;

	close_all(folder);
	for (i = 0; i < items->nr; i++) {
		struct mms_item *item = &items->items[i];
		const struct mms_record *record = &list->records[item->first];
		struct open_run *run = NULL;
		struct mms_item *last;

		if (record->what >= MMS_NR_EVENTS) {
			barrier = item->first;
		} else {
			run = run_of(folder, record->tgid);
			last = run && run->is_open ? &items->items[run->item] : NULL;
			if (last && neighbours(list, last, item, barrier) &&
			    (last->count < SHORT_RUN || (!last->stride && last->count > 1)) &&
			    item->count < SHORT_RUN) {
				join(last, item);
				last->stride = 0;
				continue;
			}
		}
		if (run) {
			run->item = kept;
			run->is_open = true;
		}
		items->items[kept++] = *item;
	}
	items->nr = kept;
}

int mms_fold(struct mms_items *items, const struct mms_evlist *list, size_t from, bool fold)
{
	struct folder folder = { .list = list, .items = items, .fold = fold };
	struct open_run nobody = { .rss = -1 };
	int ret = 0;
	size_t i;

	*items = (struct mms_items){ 0 };
	for (i = from; !ret && i < list->nr; i++) {
		const struct mms_record *record = &list->records[i];

		if (record->what >= MMS_NR_EVENTS) {
			close_all(&folder);
			ret = start_item(&folder, &nobody, single(record, i));
		} else if (!absorbed(&folder, record)) {
			ret = add_event(&folder, i);
		}
	}
	if (!ret && fold)
		join_scattered(&folder);
	free(folder.runs);
	if (ret)
		mms_items_free(items);
	return ret;
}

void mms_items_free(struct mms_items *items)
{
	free(items->items);
	*items = (struct mms_items){ 0 };
}
