// SPDX-License-Identifier: GPL-2.0
/* tap.c - results as kselftest prints them */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "laws.h"
#include "tap.h"

static unsigned int passed, failed, skipped;

void tap_begin(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	puts("TAP version 13");
}

static unsigned int next_number(void)
{
	return passed + failed + skipped;
}

void tap_result(bool ok, const char *format, ...)
{
	va_list arguments;

	if (ok)
		passed++;
	else
		failed++;
	printf("%s %u - ", ok ? "ok" : "not ok", next_number());
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

void tap_skip(const char *reason, const char *format, ...)
{
	va_list arguments;

	skipped++;
	printf("ok %u - ", next_number());
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf(" # SKIP %s\n", reason);
}

void tap_note(const char *format, ...)
{
	va_list arguments;

	printf("# ");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
}

int tap_end(void)
{
	laws_print();
	printf("1..%u\n", next_number());
	printf("# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:0\n", passed, failed,
	       skipped);
	if (failed)
		return TAP_FAIL;
	return passed ? TAP_PASS : TAP_SKIP;
}

void tap_bail(const char *format, ...)
{
	va_list arguments;

	failed++;
	printf("not ok %u - ", next_number());
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	exit(tap_end());
}
