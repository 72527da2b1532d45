/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fold.h - long runs of equal events become one item of the story
 *
 * Two events of one process belong to one run when nothing else of that
 * process happened between them, they are of the same sort (for a fault:
 * kind, region, origin, flags and order) and their addresses advance by one
 * step. What is left of short runs of the same sort is joined as scattered.
 */
#ifndef MMS_FOLD_H
#define MMS_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/evlist.h"

/**
 * struct mms_item - one sentence of the story: an event or a run of equal ones
 * @first: index of the first event
 * @last: index of the last one
 * @count: how many
 * @stride: bytes from address to address; 0 when scattered or single
 * @low: lowest address
 * @high: highest address
 * @pages: pages of all
 * @vsz_delta: change of VSZ by all, pages
 * @ns: time of all, nanoseconds
 * @ns_min: shortest
 * @ns_max: longest
 * @rss_before: RSS that the process had before the first, pages; only if @before_known
 * @before_known: an earlier event told RSS before
 * @before_exact: that figure was an exact sum
 */
struct mms_item {
	size_t first;
	size_t last;
	uint64_t count;
	int64_t stride;
	uint64_t low;
	uint64_t high;
	uint64_t pages;
	int64_t vsz_delta;
	uint64_t ns;
	uint64_t ns_min;
	uint64_t ns_max;
	int64_t rss_before;
	bool before_known;
	bool before_exact;
};

/**
 * struct mms_items - the story's items in order of their first events
 * @items: the items
 * @nr: how many
 * @room: how many there is room for
 */
struct mms_items {
	struct mms_item *items;
	size_t nr;
	size_t room;
};

/**
 * mms_fold() - make the items of a story
 * @items: filled; release with mms_items_free()
 * @list: sorted events
 * @from: index of the first event to tell
 * @fold: false: one item per event
 *
 * A cow_break event is absorbed by the fault that it follows.
 *
 * Return: 0 or -ENOMEM.
 */
int mms_fold(struct mms_items *items, const struct mms_evlist *list, size_t from, bool fold);

/** mms_items_free() - release the items. */
void mms_items_free(struct mms_items *items);

#endif /* MMS_FOLD_H */
