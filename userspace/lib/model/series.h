/* SPDX-License-Identifier: GPL-2.0 */
/* series.h - VSZ and RSS of one process over time */
#ifndef MMS_SERIES_H
#define MMS_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct mms_point - the sizes at one moment
 * @t_ns: nanoseconds since the start of the series
 * @vsz_kb: VSZ, kB
 * @rss_kb: RSS, kB
 * @heap_kb: heap, kB
 * @exact: RSS is an exact sum (not a cheap read on the fault path)
 */
struct mms_point {
	uint64_t t_ns;
	int64_t vsz_kb;
	int64_t rss_kb;
	int64_t heap_kb;
	bool exact;
};

/**
 * struct mms_series - points in order of time
 * @points: the points
 * @nr: how many
 * @room: how many there is room for
 */
struct mms_series {
	struct mms_point *points;
	size_t nr;
	size_t room;
};

/**
 * mms_series_add() - append a point
 * Return: 0 or -ENOMEM.
 */
int mms_series_add(struct mms_series *series, const struct mms_point *point);

/** mms_series_free() - release the points. */
void mms_series_free(struct mms_series *series);

/** mms_series_peak() - the highest of each size, each at its own moment; zeros if empty. */
struct mms_point mms_series_peak(const struct mms_series *series);

/**
 * mms_series_columns() - spread a size over equal slices of time
 * @series: at least one point
 * @vsz: true for VSZ, false for RSS
 * @columns: receives @nr values, kB
 * @nr: slices, at least one
 *
 * A slice shows the highest value that held at any moment in it, so that no peak is lost.
 */
void mms_series_columns(const struct mms_series *series, bool vsz, int64_t *columns, size_t nr);

#endif /* MMS_SERIES_H */
