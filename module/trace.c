// SPDX-License-Identifier: GPL-2.0
/* trace.c - the one file in which the trace events are defined */
#include <linux/mm.h>
#include <linux/string.h>

#define CREATE_TRACE_POINTS
#include "mmscope_trace.h"
