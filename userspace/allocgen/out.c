// SPDX-License-Identifier: GPL-2.0
/*
 * out.c - formatted output through a static buffer and write(2)
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "scenario.h"

#define OUT_SIZE     16384
#define LINE_SIZE    1024
#define GROUPED_SIZE 32
#define GROUPED_NR   8
#define BLANKS       "\n "

static char buffer[OUT_SIZE];
static size_t used;
static bool muted;

/**
 * out_mute() - format without writing, to rehearse a path before it is measured
 * @mute: true to begin, false to end
 */
void out_mute(bool mute)
{
	out_flush();
	muted = mute;
}

/**
 * out_flush() - write what was printed so far
 *
 * A failing standard output ends the program with status 1: whoever reads the
 * marks is gone, and its numbers with it.
 */
void out_flush(void)
{
	size_t done = 0;

	/* Muted, the system call is made all the same, with nothing to write. */
	if (muted)
		used = 0;
	do {
		ssize_t n = write(STDOUT_FILENO, buffer + done, used - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && !muted && used) {
			complain("cannot write to standard output: %s", strerror(errno));
			_exit(EXIT_RESOURCE);
		}
		if (n > 0)
			done += n;
	} while (done < used);
	used = 0;
}

/**
 * out_printf() - append to the output
 * @fmt: as printf(3); no floating point, which may allocate
 */
void out_printf(const char *fmt, ...)
{
	va_list args;
	int len;

	if (used > OUT_SIZE - LINE_SIZE)
		out_flush();
	va_start(args, fmt);
	len = vsnprintf(buffer + used, OUT_SIZE - used, fmt, args);
	va_end(args);
	if (len > 0)
		used += (size_t)len < OUT_SIZE - used ? (size_t)len : OUT_SIZE - used - 1;
}

/**
 * out_json_string() - append a JSON string literal
 * @text: bytes; quotes, backslashes and control characters are escaped
 */
void out_json_string(const char *text)
{
	out_printf("\"");
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			out_printf("\\%c", c);
		else if (c < 0x20)
			out_printf("\\u%04x", c);
		else
			out_printf("%c", c);
	}
	out_printf("\"");
}

/**
 * out_wrap() - append a paragraph, broken into lines of OUT_COLUMNS
 * @indent: columns to leave empty on the left
 * @text:   words; a newline between them, which breaks a line of the source, counts as a space
 */
void out_wrap(int indent, const char *text)
{
	int column = 0;

	while (*text) {
		int len = strcspn(text, BLANKS);

		if (column && column + 1 + len > OUT_COLUMNS) {
			out_printf("\n");
			column = 0;
		}
		if (column)
			out_printf(" %.*s", len, text);
		else
			out_printf("%*s%.*s", indent, "", len, text);
		column += (column ? 1 : indent) + len;
		text += len;
		text += strspn(text, BLANKS);
	}
	out_printf("\n");
}

/**
 * out_grouped() - a number with a comma between groups of three digits
 * @value: the number
 *
 * Return: a static string, valid until GROUPED_NR further calls.
 */
const char *out_grouped(long value)
{
	static char strings[GROUPED_NR][GROUPED_SIZE];
	static unsigned int turn;
	char *at = strings[turn++ % GROUPED_NR] + GROUPED_SIZE - 1;
	unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
	int digits = 0;

	*at = '\0';
	do {
		if (digits && digits % 3 == 0)
			*--at = ',';
		*--at = '0' + rest % 10;
		rest /= 10;
		digits++;
	} while (rest);
	if (value < 0)
		*--at = '-';
	return at;
}

/**
 * complain() - one line on standard error, with the program's name
 * @fmt: as printf(3), without a newline
 */
void complain(const char *fmt, ...)
{
	char line[LINE_SIZE] = "allocgen: ";
	size_t len = strlen(line);
	va_list args;
	ssize_t written;

	va_start(args, fmt);
	vsnprintf(line + len, sizeof(line) - len - 1, fmt, args);
	va_end(args);
	len = strlen(line);
	line[len++] = '\n';
	written = write(STDERR_FILENO, line, len);
	(void)written; /* there is no place left to complain to */
}
