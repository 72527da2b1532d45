// SPDX-License-Identifier: GPL-2.0
/* series.c - VSZ and RSS of one process over time */
#include <stdlib.h>

#include "array.h"
#include "model/series.h"

int mms_series_add(struct mms_series *series, const struct mms_point *point)
{
	int ret = mms_grow(&series->points, series->nr, &series->room, sizeof(*point));

	if (!ret)
		series->points[series->nr++] = *point;
	return ret;
}

void mms_series_free(struct mms_series *series)
{
	free(series->points);
	*series = (struct mms_series){ 0 };
}

struct mms_point mms_series_peak(const struct mms_series *series)
{
	struct mms_point peak = { 0 };
	size_t i;

	for (i = 0; i < series->nr; i++) {
		const struct mms_point *point = &series->points[i];

		if (point->vsz_kb > peak.vsz_kb)
			peak.vsz_kb = point->vsz_kb;
		if (point->heap_kb > peak.heap_kb)
			peak.heap_kb = point->heap_kb;
		if (point->rss_kb > peak.rss_kb) {
			peak.rss_kb = point->rss_kb;
			peak.exact = point->exact;
		}
	}
	return peak;
}

void mms_series_columns(const struct mms_series *series, bool vsz, int64_t *columns, size_t nr)
{
	uint64_t start = series->points[0].t_ns;
	uint64_t span = series->points[series->nr - 1].t_ns - start;
	int64_t held = vsz ? series->points[0].vsz_kb : series->points[0].rss_kb;
	size_t next = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		/* double: span * column would overflow 64 bits after some years of nanoseconds */
		uint64_t end = start + (uint64_t)((double)span * (double)(i + 1) / (double)nr);
		int64_t highest = held;

		if (i + 1 == nr)
			end = UINT64_MAX;	/* the last slice takes the last point */
		for (; next < series->nr && series->points[next].t_ns < end; next++) {
			held = vsz ? series->points[next].vsz_kb : series->points[next].rss_kb;
			if (held > highest)
				highest = held;
		}
		columns[i] = highest;
	}
}
