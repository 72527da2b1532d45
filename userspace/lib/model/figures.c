// SPDX-License-Identifier: GPL-2.0
/* figures.c - what the module's files say about one process */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "model/figures.h"
#include "model/table.h"

#define FIGURE_KEY(id, key) [MMS_FIG_##id] = key,
static const char *const keys[] = { MMS_FIGURES(FIGURE_KEY) };

_Static_assert(MMS_ARRAY_SIZE(keys) == MMS_NR_FIGURES, "every figure has a key");

const char *mms_figure_key(enum mms_figure figure)
{
	return keys[figure];
}

static int take_figure(struct mms_status *status, const char *key, char *value)
{
	size_t i;

	if (!strcmp(key, "Name"))
		mms_copy_text(status->name, sizeof(status->name), value);
	else if (!strcmp(key, "State"))
		mms_copy_text(status->state, sizeof(status->state), value);

	for (i = 0; i < MMS_NR_FIGURES; i++) {
		if (strcmp(key, keys[i]))
			continue;
		value[strcspn(value, " \t")] = '\0';	/* the unit is part of the key's meaning */
		status->told[i] = true;
		return mms_number(value, &status->value[i], NULL);
	}
	return 0;
}

int mms_status_parse(struct mms_status *status, const char *text, const char *what,
		     struct mms_error *err)
{
	char *copy = strdup(text);
	unsigned int line_nr = 0;
	char *rest = copy;
	char *value;
	char *line;
	int ret = 0;

	*status = (struct mms_status){ 0 };
	if (!copy)
		return mms_fail(err, -ENOMEM, "no memory to read %s", what);
	while (!ret && (line = strsep(&rest, "\n"))) {
		line_nr++;
		if (!line[strspn(line, " \t\r")])
			continue;
		value = strchr(line, ':');
		if (value) {
			*value++ = '\0';
			value += strspn(value, " \t");
		}
		if (!value || take_figure(status, line, value))
			ret = mms_fail(err, -EINVAL,
				       "%s is not understood at line %u (\"%.40s\"): do module and mmscope have the same version?",
				       what, line_nr, line);
	}
	free(copy);
	return ret;
}

int mms_faults_parse(struct mms_fault_row **rows, size_t *nr, const char *text, const char *what,
		     struct mms_error *err)
{
	enum { KIND, REGION, COUNT, PAGES, NS, NR };
	static const char *const names[NR] = { "KIND", "REGION", "COUNT", "PAGES", "NS" };
	struct mms_table table;
	int columns[NR];
	size_t i;
	int ret;

	*rows = NULL;
	*nr = 0;
	ret = mms_table_parse(&table, text, what, err);
	if (!ret)
		ret = mms_table_columns(&table, what, names, columns, NR, err);
	if (!ret && table.nr_rows) {
		*rows = calloc(table.nr_rows, sizeof(**rows));
		if (!*rows)
			ret = mms_fail(err, -ENOMEM, "no memory to read %s", what);
	}
	for (i = 0; !ret && i < table.nr_rows; i++) {
		struct mms_fault_row *row = &(*rows)[i];

		mms_copy_text(row->kind, sizeof(row->kind),
			      mms_table_cell(&table, i, columns[KIND]));
		mms_copy_text(row->region, sizeof(row->region),
			      mms_table_cell(&table, i, columns[REGION]));
		if (mms_number(mms_table_cell(&table, i, columns[COUNT]), &row->count, NULL) ||
		    mms_number(mms_table_cell(&table, i, columns[PAGES]), &row->pages, NULL) ||
		    mms_number(mms_table_cell(&table, i, columns[NS]), &row->ns, NULL))
			ret = mms_fail(err, -EINVAL, "%s is not understood: row %zu (%s %s) has a figure that is no number",
				       what, i + 1, row->kind, row->region);
	}
	if (!ret)
		*nr = table.nr_rows;
	mms_table_free(&table);
	if (ret) {
		free(*rows);
		*rows = NULL;
	}
	return ret;
}

int mms_timeline_parse(struct mms_series *series, const char *text, const char *what,
		       struct mms_error *err)
{
	enum { T, VSZ, RSS, HEAP, NR };
	static const char *const names[NR] = { "T_NS", "VSZ", "RSS", "HEAP" };
	struct mms_table table;
	int columns[NR];
	size_t i;
	int ret;

	*series = (struct mms_series){ 0 };
	ret = mms_table_parse(&table, text, what, err);
	if (!ret)
		ret = mms_table_columns(&table, what, names, columns, NR, err);
	for (i = 0; !ret && i < table.nr_rows; i++) {
		struct mms_point point = { 0 };
		int64_t t = 0;
		int exact = 1;

		if (mms_number(mms_table_cell(&table, i, columns[T]), &t, &exact) ||
		    mms_number(mms_table_cell(&table, i, columns[VSZ]), &point.vsz_kb, NULL) ||
		    mms_number(mms_table_cell(&table, i, columns[RSS]), &point.rss_kb, NULL) ||
		    mms_number(mms_table_cell(&table, i, columns[HEAP]), &point.heap_kb, NULL)) {
			ret = mms_fail(err, -EINVAL, "%s is not understood: row %zu has a figure that is no number",
				       what, i + 1);
			break;
		}
		point.t_ns = (uint64_t)t;
		point.exact = exact;
		ret = mms_series_add(series, &point);
		if (ret)
			mms_fail(err, ret, "no memory to read %s", what);
	}
	mms_table_free(&table);
	if (ret)
		mms_series_free(series);
	return ret;
}
