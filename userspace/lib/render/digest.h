/* SPDX-License-Identifier: GPL-2.0 */
/* digest.h - print a stretch of a story as sums */
#ifndef MMS_RENDER_DIGEST_H
#define MMS_RENDER_DIGEST_H

#include "model/evlist.h"
#include "render/out.h"

/**
 * mms_digest_print() - print the sums of a stretch of events
 * @out: the paper
 * @list: sorted events
 * @from: index of the first
 * @to: index behind the last
 * @page_kb: kB of a page
 */
void mms_digest_print(const struct mms_out *out, const struct mms_evlist *list, size_t from,
		      size_t to, unsigned int page_kb);

#endif /* MMS_RENDER_DIGEST_H */
