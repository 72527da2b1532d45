// SPDX-License-Identifier: GPL-2.0
/* table.c - the module's text tables, cut into cells */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "model/table.h"

static char *skip_blanks(char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '\r')
		s++;
	return s;
}

static void trim_end(char *s)
{
	size_t len = strlen(s);

	while (len && isspace((unsigned char)s[len - 1]))
		s[--len] = '\0';
}

static int add_cell(struct mms_table *table, size_t *nr, char *cell)
{
	if (mms_grow(&table->cells, *nr, &table->room, sizeof(*table->cells)))
		return -ENOMEM;
	table->cells[(*nr)++] = cell;
	return 0;
}

/*
 * Cut one line; at most @limit cells, the last of which takes the rest. Returns the number of
 * cells or -ENOMEM.
 */
static int cut_line(struct mms_table *table, size_t *nr, char *line, size_t limit)
{
	size_t cut = 0;

	trim_end(line);
	for (line = skip_blanks(line); *line && cut < limit; line = skip_blanks(line)) {
		if (add_cell(table, nr, line))
			return -ENOMEM;
		if (++cut == limit)
			break;
		line += strcspn(line, " \t\r");
		if (*line)
			*line++ = '\0';
	}
	return (int)cut;
}

int mms_table_parse(struct mms_table *table, const char *text, const char *what,
		    struct mms_error *err)
{
	unsigned int line_nr = 0;
	size_t nr = 0;
	char *line;
	char *rest;
	int cut;

	*table = (struct mms_table){ .text = strdup(text) };
	if (!table->text)
		return mms_fail(err, -ENOMEM, "no memory to read %s", what);

	rest = table->text;
	while ((line = strsep(&rest, "\n"))) {
		line_nr++;
		if (!*skip_blanks(line))
			continue;
		cut = cut_line(table, &nr, line, table->nr_cols ?: SIZE_MAX);
		if (cut < 0)
			return mms_fail(err, cut, "no memory to read %s", what);
		if (!table->nr_cols)
			table->nr_cols = (size_t)cut;
		else if ((size_t)cut < table->nr_cols)
			return mms_fail(err, -EINVAL,
					"%s is not understood at line %u: %d columns instead of %zu",
					what, line_nr, cut, table->nr_cols);
		else
			table->nr_rows++;
	}
	if (!table->nr_cols)
		return mms_fail(err, -EINVAL, "%s is empty: not even a header line", what);
	return 0;
}

void mms_table_free(struct mms_table *table)
{
	free(table->cells);
	free(table->text);
	*table = (struct mms_table){ 0 };
}

int mms_table_column(const struct mms_table *table, const char *name)
{
	size_t i;

	for (i = 0; i < table->nr_cols; i++)
		if (!strcmp(table->cells[i], name))
			return (int)i;
	return -ENOENT;
}

int mms_table_columns(const struct mms_table *table, const char *what, const char *const *names,
		      int *columns, size_t nr, struct mms_error *err)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		columns[i] = mms_table_column(table, names[i]);
		if (columns[i] < 0)
			return mms_fail(err, -EINVAL, "%s has no column %s: is the module as old as this mmscope?",
					what, names[i]);
	}
	return 0;
}

const char *mms_table_cell(const struct mms_table *table, size_t row, int column)
{
	return table->cells[(row + 1) * table->nr_cols + (size_t)column];
}

int mms_number(const char *text, int64_t *value, int *exact)
{
	char *end;

	if (!isdigit((unsigned char)*text) && !(*text == '-' && isdigit((unsigned char)text[1])))
		return -EINVAL;
	errno = 0;
	*value = strtoll(text, &end, 10);
	if (errno)
		return -EINVAL;
	if (exact) {
		*exact = *end != '~';
		if (!*exact)
			end++;
	}
	return *end ? -EINVAL : 0;
}

void mms_copy_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)size - 1, from);
	for (; *to; to++)
		if (iscntrl((unsigned char)*to))
			*to = '?';
}
