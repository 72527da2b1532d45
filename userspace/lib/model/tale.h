/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tale.h - a list of events seen as the story of one command
 *
 * Which process it is about, where its story begins, how its sizes moved,
 * and what entering the kernel cost in all.
 */
#ifndef MMS_TALE_H
#define MMS_TALE_H

#include "model/evlist.h"
#include "model/series.h"

/**
 * struct mms_tale - figures of a story
 * @tgid: the command's process
 * @from: index of the first event to tell: the exec that made it the command
 * @first_step: index of the first mark or step that the program told; @from if it told none
 * @start_ns: trace clock of that event; times in a story count from it
 * @nr_tgids: processes that occur
 * @faults: faults told, of all processes
 * @fault_ns: time in them
 * @calls: brk, mmap, munmap and mremap told
 * @call_ns: time in them
 * @crossings: @calls and the faults from user mode
 * @inexact: events whose RSS is a cheap read
 */
struct mms_tale {
	int32_t tgid;
	size_t from;
	size_t first_step;
	uint64_t start_ns;
	size_t nr_tgids;
	uint64_t faults;
	uint64_t fault_ns;
	uint64_t calls;
	uint64_t call_ns;
	uint64_t crossings;
	uint64_t inexact;
};

/**
 * mms_tale_make() - look a list of events through
 * @tale: filled
 * @list: sorted events
 * @tgid: the command's process; 0: the first one that occurs
 *
 * Return: 0 or -ENOMEM.
 */
int mms_tale_make(struct mms_tale *tale, const struct mms_evlist *list, int32_t tgid);

/**
 * mms_tale_series() - VSZ and RSS of the command's process from its events
 * @series: filled; release with mms_series_free()
 * @tale: the story
 * @list: its events
 * @page_kb: kB of a page
 *
 * Return: 0 or -ENOMEM.
 */
int mms_tale_series(struct mms_series *series, const struct mms_tale *tale,
		    const struct mms_evlist *list, unsigned int page_kb);

#endif /* MMS_TALE_H */
