/* SPDX-License-Identifier: GPL-2.0 */
/*
 * table.h - the module's text tables, cut into cells
 *
 * A table is whitespace-separated columns under one header line. Columns are
 * found by their names, so that a module that adds some stays readable. The
 * last column takes the rest of its line (a command name may hold blanks).
 */
#ifndef MMS_TABLE_H
#define MMS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/**
 * struct mms_table - one parsed table
 * @text: the table's own copy of the text; cells point into it
 * @cells: header cells first, then the rows, each of @nr_cols
 * @nr_cols: columns
 * @nr_rows: rows without the header
 * @room: cells there is room for
 */
struct mms_table {
	char *text;
	char **cells;
	size_t nr_cols;
	size_t nr_rows;
	size_t room;
};

/**
 * mms_table_parse() - cut a text into a table
 * @table: filled; release with mms_table_free(), also after a failure
 * @text: NUL-terminated text
 * @what: name of the file, for the error line
 * @err: receives the reason
 *
 * Return: 0, -EINVAL for a text that is no table (no header, a row too short), or -ENOMEM.
 */
int mms_table_parse(struct mms_table *table, const char *text, const char *what,
		    struct mms_error *err);

/** mms_table_free() - release what mms_table_parse() took. */
void mms_table_free(struct mms_table *table);

/**
 * mms_table_column() - find a column by name
 * Return: its index, or -ENOENT.
 */
int mms_table_column(const struct mms_table *table, const char *name);

/**
 * mms_table_columns() - find several columns at once
 * @table: the table
 * @what: name of the file, for the error line
 * @names: @nr names
 * @columns: receives @nr indices
 * @nr: how many
 * @err: receives the reason
 *
 * Return: 0, or -EINVAL when one of them is missing.
 */
int mms_table_columns(const struct mms_table *table, const char *what, const char *const *names,
		      int *columns, size_t nr, struct mms_error *err);

/** mms_table_cell() - the text in row @row (from 0) and column @column. */
const char *mms_table_cell(const struct mms_table *table, size_t row, int column);

/**
 * mms_number() - read a whole cell as a decimal number
 * @text: the cell
 * @value: receives the number
 * @exact: receives 0 when a `~` is glued to the number, else 1; NULL: no `~` allowed
 *
 * Return: 0, or -EINVAL when the cell is anything else than one number.
 */
int mms_number(const char *text, int64_t *value, int *exact);

/**
 * mms_copy_text() - keep a name that a traced process chose
 * @to: receives it, cut if need be
 * @size: bytes of @to
 * @from: the name
 *
 * Control characters become `?`: a terminal must not obey a process's name.
 */
void mms_copy_text(char *to, size_t size, const char *from);

#endif /* MMS_TABLE_H */
