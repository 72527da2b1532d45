// SPDX-License-Identifier: GPL-2.0
/* error.c - how a lower layer says what went wrong without printing it */
#include <stdarg.h>
#include <stdio.h>

#include "error.h"

int mms_fail(struct mms_error *err, int code, const char *format, ...)
{
	va_list ap;

	if (err) {
		va_start(ap, format);
		vsnprintf(err->text, sizeof(err->text), format, ap);
		va_end(ap);
	}
	return code;
}
