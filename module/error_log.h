/* SPDX-License-Identifier: GPL-2.0 */
/*
 * error_log.h - why the last writes were refused, in words
 */
#ifndef MMSCOPE_ERROR_LOG_H
#define MMSCOPE_ERROR_LOG_H

#include <linux/compiler_attributes.h>

struct seq_file;

/**
 * mms_error_log() - add a line; the oldest goes when the log is full
 * @format: one line, without a newline; says what to do
 *
 * Context: may sleep.
 */
__printf(1, 2) void mms_error_log(const char *format, ...);

void mms_error_log_show(struct seq_file *file);
void mms_error_log_clear(void);

#endif /* MMSCOPE_ERROR_LOG_H */
