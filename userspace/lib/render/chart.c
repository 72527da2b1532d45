// SPDX-License-Identifier: GPL-2.0
/* chart.c - the picture of VSZ and RSS over time */
#include <stdlib.h>

#include "array.h"
#include "render/chart.h"
#include "render/numbers.h"

#define ROWS	   6
#define AXIS_WIDTH 12

/* A cell that is filled by n eighths; ASCII knows halves only. */
static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const ascii[] = { " ", " ", ".", ".", ".", "o", "o", "#", "#" };

_Static_assert(MMS_ARRAY_SIZE(blocks) == MMS_ARRAY_SIZE(ascii), "one for each eighth");

#define EIGHTHS 8

/*
 * The top of an axis: the least of 1, 1.5, 2, 3, 4, 6, 8 times a power of two that holds @peak, so
 * that half of it reads well too.
 */
static int64_t axis_top(int64_t peak)
{
	static const int halves[] = { 2, 3, 4, 6, 8, 12 };
	int64_t unit = 4;
	size_t i;

	while (unit * 8 <= peak)
		unit *= 8;
	for (i = 0; i < MMS_ARRAY_SIZE(halves); i++)
		if (unit * halves[i] / 2 >= peak)
			return unit * halves[i] / 2;
	return unit * 8;
}

/* Eighths of a cell that @value fills in @row (0 is the lowest); anything at all shows. */
static int filled(int64_t value, int64_t top, int row)
{
	int64_t eighths = (int64_t)((double)value / (double)top * ROWS * EIGHTHS + 0.5);

	if (value > 0 && !eighths)
		eighths = 1;
	eighths -= row * EIGHTHS;
	if (eighths < 0)
		return 0;
	return eighths > EIGHTHS ? EIGHTHS : (int)eighths;
}

static void panel(const struct mms_out *out, const struct mms_series *series, bool vsz,
		  int64_t *columns, int nr)
{
	const char *const *cells = out->utf8 ? blocks : ascii;
	struct mms_point peak = mms_series_peak(series);
	int64_t top = axis_top(vsz ? peak.vsz_kb : peak.rss_kb);
	const char *corner = out->utf8 ? "┤" : "|";
	const char *bar = out->utf8 ? "│" : "|";
	int row;
	int i;

	mms_series_columns(series, vsz, columns, (size_t)nr);
	for (row = ROWS - 1; row >= 0; row--) {
		struct mms_num label = { "" };

		if (row == ROWS - 1)
			label = mms_short_kib(top);
		else if (row == ROWS / 2 - 1)
			label = mms_short_kib(top / 2);
		fprintf(out->file, "%s%9s %s", row == ROWS - 1 ? (vsz ? "VSZ" : "RSS") : "   ",
			label.s, label.s[0] ? corner : bar);
		fputs(mms_style(out, vsz ? MMS_VSZ : MMS_RSS), out->file);
		for (i = 0; i < nr; i++)
			fputs(cells[filled(columns[i], top, row)], out->file);
		fprintf(out->file, "%s\n", mms_style(out, MMS_PLAIN));
	}
	fprintf(out->file, "%12s %s", "0", out->utf8 ? "└" : "+");
	for (i = 0; i < nr; i++)
		fputs(out->utf8 ? "─" : "-", out->file);
	fputc('\n', out->file);
}

static void time_axis(const struct mms_out *out, const struct mms_series *series, int nr)
{
	uint64_t start = series->points[0].t_ns;
	uint64_t span = series->points[series->nr - 1].t_ns - start;
	struct mms_num middle = mms_ns(start + span / 2);
	struct mms_num end = mms_ns(start + span);

	fprintf(out->file, "%14s%-*s%-*s%s\n", "", nr / 2, mms_ns(start).s,
		nr - nr / 2 - (int)sizeof("999.9 ms") + 1, middle.s, end.s);
}

void mms_chart(const struct mms_out *out, const struct mms_series *series)
{
	int nr = out->width - AXIS_WIDTH - 3;
	int64_t *columns;
	size_t inexact = 0;
	size_t i;

	if (!series->nr) {
		fprintf(out->file, "no picture: not one point of VSZ and RSS was recorded\n");
		return;
	}
	columns = calloc((size_t)nr, sizeof(*columns));
	if (!columns)
		return;
	panel(out, series, true, columns, nr);
	panel(out, series, false, columns, nr);
	time_axis(out, series, nr);
	for (i = 0; i < series->nr; i++)
		inexact += !series->points[i].exact;
	fprintf(out->file, "%s%14severy column shows its highest value%s%s\n",
		mms_style(out, MMS_DIM), "",
		inexact ? "; some RSS are cheap reads (~)" : "", mms_style(out, MMS_PLAIN));
	free(columns);
}
