// SPDX-License-Identifier: GPL-2.0
/* laws.c - residuals of the laws of docs/design.md, gathered over a suite */
#include <stdlib.h>
#include <string.h>

#include "laws.h"
#include "tap.h"

/* The residual farthest from 0, and how many were looked at. */
struct seen {
	long residual;
	unsigned int number;
};

static struct seen total[LAW_MAX + 1], since_mark[LAW_MAX + 1];

static void add(struct seen *seen, long residual)
{
	seen->number++;
	if (labs(residual) > labs(seen->residual))
		seen->residual = residual;
}

bool law_see(int law, long residual)
{
	add(&total[law], residual);
	add(&since_mark[law], residual);
	return !residual;
}

long law_of(int law, unsigned int *number)
{
	*number = since_mark[law].number;
	return since_mark[law].residual;
}

void law_mark(void)
{
	memset(since_mark, 0, sizeof(since_mark));
}

void laws_print(void)
{
	int law;

	for (law = 1; law <= LAW_MAX; law++)
		if (total[law].number)
			tap_note("law %d residual %ld over %u", law, total[law].residual,
				 total[law].number);
}
