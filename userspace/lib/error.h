/* SPDX-License-Identifier: GPL-2.0 */
/*
 * error.h - how a lower layer says what went wrong without printing it
 *
 * Functions that can fail for reasons a person must read take a struct
 * mms_error and return a negative errno; the command prints the one line.
 */
#ifndef MMS_ERROR_H
#define MMS_ERROR_H

/**
 * struct mms_error - one line for a person: what failed and what to do about it
 * @text: the line, without newline; empty while nothing failed
 */
struct mms_error {
	char text[512];
};

/**
 * mms_fail() - note the reason of a failure
 * @err: receives the line; may be NULL
 * @code: negative errno to return
 * @format: printf format of the line
 *
 * Return: @code, so that a caller can write `return mms_fail(...)`.
 */
int mms_fail(struct mms_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* MMS_ERROR_H */
