/* SPDX-License-Identifier: GPL-2.0 */
/* story.h - a run told event by event */
#ifndef MMS_STORY_H
#define MMS_STORY_H

#include "model/fold.h"
#include "model/tale.h"
#include "render/out.h"

/**
 * mms_story() - tell the items of a story
 * @out: the paper
 * @items: the items
 * @list: their events
 * @tale: figures of the story
 * @page_kb: kB of a page
 * @all: tell also what came before the program's first step one by one, not in sums
 */
void mms_story(const struct mms_out *out, const struct mms_items *items,
	       const struct mms_evlist *list, const struct mms_tale *tale, unsigned int page_kb,
	       bool all);

/**
 * mms_story_end() - the crossings and what became of the events
 * @out: the paper
 * @list: the events
 * @tale: figures of the story
 */
void mms_story_end(const struct mms_out *out, const struct mms_evlist *list,
		   const struct mms_tale *tale);

#endif /* MMS_STORY_H */
