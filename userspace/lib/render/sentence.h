/* SPDX-License-Identifier: GPL-2.0 */
/* sentence.h - what happened, in a plain sentence with figures */
#ifndef MMS_SENTENCE_H
#define MMS_SENTENCE_H

#include "model/fold.h"

/**
 * mms_sentence() - tell an item of a story
 * @item: an event or a run of equal ones
 * @list: the events
 * @page_kb: kB of a page
 *
 * Cause, place, effect on VSZ and RSS, time. Changes of RSS by a fault are told by the law of its
 * kind, which is exact; a `~` stands before a figure that rests on a cheap read.
 *
 * Return: the sentence, to be freed by the caller, or NULL without memory.
 */
char *mms_sentence(const struct mms_item *item, const struct mms_evlist *list,
		   unsigned int page_kb);

#endif /* MMS_SENTENCE_H */
