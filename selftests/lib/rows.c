// SPDX-License-Identifier: GPL-2.0
/* rows.c - a table of the module: whitespace-separated columns under one header line */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "rows.h"
#include "tap.h"

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t room = 1 << 20, used;
	char *text = malloc(room);

	if (!file || !text)
		tap_bail("cannot read %s: %s", path, strerror(errno));
	used = fread(text, 1, room - 1, file);
	if (ferror(file) || used == room - 1)
		tap_bail("cannot read all of %s", path);
	text[used] = '\0';
	fclose(file);
	return text;
}

static int split(char *line, char *word[ROWS_COLUMNS])
{
	char *rest = NULL;
	int number = 0;

	for (line = strtok_r(line, " ", &rest); line; line = strtok_r(NULL, " ", &rest)) {
		if (number == ROWS_COLUMNS)
			tap_bail("a table of more than %d columns", ROWS_COLUMNS);
		word[number++] = line;
	}
	return number;
}

void rows_read(struct rows *rows, const char *file)
{
	char path[128], *line, *rest = NULL;

	snprintf(path, sizeof(path), "%s%s", *file == '/' ? "" : DEBUGFS "/", file);
	memset(rows, 0, sizeof(*rows));
	rows->text = read_all(path);
	line = strtok_r(rows->text, "\n", &rest);
	if (!line)
		tap_bail("%s is empty", path);
	rows->columns = split(line, rows->name);
	while ((line = strtok_r(NULL, "\n", &rest))) {
		rows->word = realloc(rows->word, (rows->number + 1) * sizeof(*rows->word));
		if (!rows->word)
			tap_bail("no memory");
		if (split(line, rows->word[rows->number]) != rows->columns)
			tap_bail("%s: row %d has not as many words as the header", path,
				 rows->number + 1);
		rows->number++;
	}
}

void rows_read_process(struct rows *rows, pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "pid/%d/%s", pid, file);
	rows_read(rows, path);
}

void rows_free(struct rows *rows)
{
	free(rows->word);
	free(rows->text);
	memset(rows, 0, sizeof(*rows));
}

const char *rows_word(const struct rows *rows, int row, const char *column)
{
	int i;

	for (i = 0; i < rows->columns; i++)
		if (!strcmp(rows->name[i], column))
			return rows->word[row][i];
	tap_bail("there is no column %s", column);
}

long rows_long(const struct rows *rows, int row, const char *column)
{
	const char *word = rows_word(rows, row, column);
	char *end;
	long value = strtol(word, &end, 0);

	if (!strcmp(word, "-"))
		return 0;
	if (*end || end == word)
		tap_bail("%s is not a number: %s", column, word);
	return value;
}

int rows_find(const struct rows *rows, const char *column, const char *word)
{
	int i;

	for (i = 0; i < rows->number; i++)
		if (!strcmp(rows_word(rows, i, column), word))
			return i;
	return -1;
}

long rows_sum(const struct rows *rows, const char *column, const char *key, const char *word)
{
	long sum = 0;
	int i;

	for (i = 0; i < rows->number; i++)
		if (!key || !strcmp(rows_word(rows, i, key), word))
			sum += rows_long(rows, i, column);
	return sum;
}
