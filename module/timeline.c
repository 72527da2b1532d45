// SPDX-License-Identifier: GPL-2.0
/*
 * timeline.c - the whole life of an address space in bounded memory
 */
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "loss.h"
#include "timeline.h"

void mms_timeline_create(struct mms_timeline *timeline, unsigned int max, gfp_t gfp)
{
	raw_spin_lock_init(&timeline->lock);
	timeline->point = kcalloc(max, sizeof(*timeline->point), gfp | __GFP_NOWARN);
	if (timeline->point) {
		timeline->max = max;
	} else {
		timeline->next_ns = U64_MAX;
		mms_loss_count(MMS_LOSS_TIMELINE_NOMEM);
	}
}

void mms_timeline_destroy(struct mms_timeline *timeline)
{
	kfree(timeline->point);
}

/* Half of the points go: of each pair the lower one. The first and the newest stay. */
static void thin_out(struct mms_timeline *timeline)
{
	struct mms_point *point = timeline->point;
	u64 life = point[timeline->nr - 1].t_ns - point[0].t_ns;
	unsigned int from, to = 1;

	for (from = 1; from + 2 < timeline->nr; from += 2) {
		bool second = mms_state_rss_pages(&point[from + 1].state) >
			      mms_state_rss_pages(&point[from].state);

		point[to++] = point[from + second];
	}
	point[to++] = point[timeline->nr - 1];
	timeline->nr = to;
	/* The free half lasts for twice the life so far. */
	timeline->gap_ns = max(2 * timeline->gap_ns, div_u64(life, timeline->max / 4) + 1);
}

void mms_timeline_add(struct mms_timeline *timeline, const struct mms_point *point)
{
	unsigned long flags;

	if (!timeline->point)
		return;
	/* Handlers must not wait for each other; the next event takes the next point. */
	if (!raw_spin_trylock_irqsave(&timeline->lock, flags)) {
		mms_loss_count(MMS_LOSS_TIMELINE_BUSY);
		return;
	}
	if (timeline->nr == timeline->max)
		thin_out(timeline);
	timeline->point[timeline->nr++] = *point;
	WRITE_ONCE(timeline->next_ns, point->t_ns + timeline->gap_ns);
	raw_spin_unlock_irqrestore(&timeline->lock, flags);
}

void mms_timeline_clear(struct mms_timeline *timeline)
{
	unsigned long flags;

	if (!timeline->point)
		return;
	raw_spin_lock_irqsave(&timeline->lock, flags);
	timeline->nr = 0;
	timeline->gap_ns = 0;
	WRITE_ONCE(timeline->next_ns, 0);
	raw_spin_unlock_irqrestore(&timeline->lock, flags);
}

unsigned int mms_timeline_copy(struct mms_timeline *timeline, struct mms_point *out,
			       unsigned int max)
{
	unsigned long flags;
	unsigned int nr;

	raw_spin_lock_irqsave(&timeline->lock, flags);
	nr = min(timeline->nr, max);
	if (nr)
		memcpy(out, timeline->point, nr * sizeof(*out));
	raw_spin_unlock_irqrestore(&timeline->lock, flags);
	return nr;
}
