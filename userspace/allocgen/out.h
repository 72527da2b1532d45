/* SPDX-License-Identifier: GPL-2.0 */
/*
 * out.h - what allocgen prints
 *
 * Everything goes through one static buffer and write(2): no stdio stream, so
 * that printing between two marks allocates nothing and, once rehearsed,
 * faults on nothing.
 */
#ifndef ALLOCGEN_OUT_H
#define ALLOCGEN_OUT_H

#include <stdbool.h>

#include "compiler.h"

#define OUT_COLUMNS 80

/* Between out_mute(true) and out_mute(false) everything is formatted and nothing is written. */
void out_mute(bool mute);

__printf(1, 2) void out_printf(const char *fmt, ...);
void out_json_string(const char *text);
void out_wrap(int indent, const char *text);
void out_flush(void);

const char *out_grouped(long value);

__printf(1, 2) void complain(const char *fmt, ...);

#endif /* ALLOCGEN_OUT_H */
