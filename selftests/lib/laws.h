/* SPDX-License-Identifier: GPL-2.0 */
/*
 * laws.h - residuals of the laws of docs/design.md, gathered over a suite
 *
 * Every check of a law tells its residual here, 0 or not. tap_end() prints one line
 * for each law that was looked at, and scripts/test makes its table of them:
 *
 *	# law 1 residual 0 over 37
 */
#ifndef SELFTESTS_LAWS_H
#define SELFTESTS_LAWS_H

#include <stdbool.h>

#define LAW_MAX 6

/**
 * law_see() - a law was checked
 * @law: its number
 * @residual: by how much it does not hold
 *
 * Returns whether it holds.
 */
bool law_see(int law, long residual);

/**
 * law_of() - what was seen since law_mark()
 * @law: its number
 * @number: how many checks
 *
 * Returns the residual that is farthest from 0.
 */
long law_of(int law, unsigned int *number);
void law_mark(void);

/* The lines for scripts/test. */
void laws_print(void);

#endif /* SELFTESTS_LAWS_H */
