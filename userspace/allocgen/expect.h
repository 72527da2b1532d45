/* SPDX-License-Identifier: GPL-2.0 */
/*
 * expect.h - the exact changes that a scenario promises
 */
#ifndef ALLOCGEN_EXPECT_H
#define ALLOCGEN_EXPECT_H

#include <stdbool.h>

#include "scenario.h"

#define EXPECT_MAX 160

/**
 * struct window - between which marks, of whom, and where
 * @from: name of the mark at which it begins
 * @to:   name of the mark at which it ends
 * @role: of the process whose figures change
 * @area: what the measured work touches; addr NULL: not one area
 */
struct window {
	const char *from;
	const char *to;
	const char *role;
	struct area area;
};

void expect_eq(const struct window *window, const char *counter, long value, const char *law);
void expect_ge(const struct window *window, const char *counter, long value, const char *law);
void expect_le(const struct window *window, const char *counter, long value, const char *law);

/* Nothing at all: no system call on memory, no fault, no size changed. */
void expect_silence(const struct window *window, const char *law);

void expect_print(bool json);
void expect_rehearse(void);

#endif /* ALLOCGEN_EXPECT_H */
