// SPDX-License-Identifier: GPL-2.0
/*
 * expect.c - collect expectations while a scenario runs, print them at its end
 */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "mark.h"
#include "out.h"

static struct {
	struct window window;
	const char *counter;
	const char *op;
	long value;
	const char *law;
} table[EXPECT_MAX];
static unsigned int nr;

static void add(const struct window *window, const char *counter, const char *op, long value,
		const char *law)
{
	if (nr == EXPECT_MAX)
		abort();
	table[nr].window = *window;
	table[nr].counter = counter;
	table[nr].op = op;
	table[nr].value = value;
	table[nr].law = law;
	nr++;
}

/**
 * expect_eq() - the change of a figure over a window is exactly this
 * @window:  the window; copied
 * @counter: name of the figure (docs/allocgen-json.md); not copied
 * @value:   the change
 * @law:     why; not copied
 */
void expect_eq(const struct window *window, const char *counter, long value, const char *law)
{
	add(window, counter, "==", value, law);
}

/**
 * expect_ge() - the change of a figure over a window is this or more
 * @window:  the window; copied
 * @counter: name of the figure; not copied
 * @value:   the bound, which the law itself gives as a bound
 * @law:     why; not copied
 */
void expect_ge(const struct window *window, const char *counter, long value, const char *law)
{
	add(window, counter, ">=", value, law);
}

/**
 * expect_le() - the change of a figure over a window is this or less
 * @window:  the window; copied
 * @counter: name of the figure; not copied
 * @value:   the bound, which the law itself gives as a bound
 * @law:     why; not copied
 */
void expect_le(const struct window *window, const char *counter, long value, const char *law)
{
	add(window, counter, "<=", value, law);
}

/**
 * expect_silence() - over a window the process does not enter the kernel for memory
 * @window: the window; copied
 * @law:    why; not copied
 */
void expect_silence(const struct window *window, const char *law)
{
	static const char *const counters[] = {
		"crossings", "brk", "mmap", "munmap", "fault.*.*", "vsz_pages", "rss_pages",
	};

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		expect_eq(window, counters[i], 0, law);
}

/**
 * expect_rehearse() - make the table resident, so that expect_eq() faults nowhere
 */
void expect_rehearse(void)
{
	memset(table, 0, sizeof(table));
	nr = 0;
}

static void print_json(unsigned int i)
{
	const struct window *w = &table[i].window;

	out_printf("{\"type\":\"expect\",\"from\":\"%s\",\"to\":\"%s\",\"role\":\"%s\",\"pid\":%d,",
		   w->from, w->to, w->role, role_pid(w->role));
	out_printf("\"counter\":\"%s\",\"op\":\"%s\",\"value\":%ld,", table[i].counter,
		   table[i].op, table[i].value);
	if (w->area.addr)
		out_printf("\"address\":%lu,\"length\":%zu,", (unsigned long)w->area.addr,
			   w->area.bytes);
	out_printf("\"law\":");
	out_json_string(table[i].law);
	out_printf("}\n");
}

static void print_text(unsigned int i)
{
	const struct window *w = &table[i].window;
	const struct window *before = i ? &table[i - 1].window : NULL;
	const char *law = table[i].law;

	if (!before || strcmp(before->from, w->from) || strcmp(before->to, w->to) ||
	    strcmp(before->role, w->role))
		out_printf("  %s -> %s, %s\n", w->from, w->to, w->role);
	out_printf("    %-24s %s %s\n", table[i].counter, table[i].op,
		   out_grouped(table[i].value));
	if (i + 1 == nr || table[i + 1].law != law)
		out_wrap(8, law);
}

/**
 * expect_print() - print every expectation
 * @json: as JSON Lines, else as a list for a person
 */
void expect_print(bool json)
{
	if (!json)
		out_printf("\nWhat must have changed, exactly\n");
	for (unsigned int i = 0; i < nr; i++) {
		if (json)
			print_json(i);
		else
			print_text(i);
	}
	out_flush();
}
