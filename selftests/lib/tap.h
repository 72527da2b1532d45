/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tap.h - results as kselftest prints them (TAP 13, Documentation/dev-tools/ktap.rst)
 */
#ifndef SELFTESTS_TAP_H
#define SELFTESTS_TAP_H

#include <stdbool.h>

/* Exit statuses of kselftest. */
enum { TAP_PASS = 0, TAP_FAIL = 1, TAP_SKIP = 4 };

void tap_begin(void);

/**
 * tap_result() - one test is done
 * @ok: did it hold?
 * @format: its name; ends the line
 */
void tap_result(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
void tap_skip(const char *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line of explanation. */
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints residuals of laws, the plan and the totals. Returns the exit status. */
int tap_end(void);

/* The tests cannot go on: says why, prints the totals, exits with TAP_FAIL. */
void tap_bail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif /* SELFTESTS_TAP_H */
