/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rows.h - a table of the module: whitespace-separated columns under one header line
 */
#ifndef SELFTESTS_ROWS_H
#define SELFTESTS_ROWS_H

#include <stdbool.h>
#include <sys/types.h>

#define ROWS_COLUMNS 20

/**
 * struct rows - a table
 * @number: rows below the header
 * @columns: words in the header
 * @name: the header
 * @word: the words of each row; a row with another number of words than the header is refused
 * @text: what the words point into
 */
struct rows {
	int number;
	int columns;
	char *name[ROWS_COLUMNS];
	char *(*word)[ROWS_COLUMNS];
	char *text;
};

/* Read a file of the module; bails out when it cannot be read or is no table. */
void rows_read(struct rows *rows, const char *file);

/* Read pid/<tgid>/FILE. */
void rows_read_process(struct rows *rows, pid_t pid, const char *file);
void rows_free(struct rows *rows);

/* A word by its column; bails out when there is no such column. */
const char *rows_word(const struct rows *rows, int row, const char *column);
long rows_long(const struct rows *rows, int row, const char *column);

/* The first row whose word in a column is this one; -1 when there is none. */
int rows_find(const struct rows *rows, const char *column, const char *word);

/* A sum over all rows, or over those whose word in the column @key is @word; "-" counts 0. */
long rows_sum(const struct rows *rows, const char *column, const char *key, const char *word);

#endif /* SELFTESTS_ROWS_H */
