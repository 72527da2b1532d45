/* SPDX-License-Identifier: GPL-2.0 */
/*
 * evtext.h - events written as text, for tests without a kernel
 *
 * One event per line: `T_NS CPU EVENT name=value...` with the names of
 * docs/events.md; kinds, origins and regions by name. `T_NS CPU say TEXT`,
 * `T_NS CPU mark NAME`, `T_NS CPU lost N` (or `lost ?`). `#` begins a comment line.
 */
#ifndef MMS_EVTEXT_H
#define MMS_EVTEXT_H

#include "model/evlist.h"

/* A text of events begins with this line. */
#define MMS_EVTEXT_MAGIC "# mmscope events"

/**
 * mms_evtext_parse() - read a text of events
 * @list: receives the events
 * @text: NUL-terminated text
 * @what: name of the file, for the error line
 * @err: receives the reason
 *
 * Return: 0, -EINVAL for a line that is not understood, or -ENOMEM.
 */
int mms_evtext_parse(struct mms_evlist *list, const char *text, const char *what,
		     struct mms_error *err);

#endif /* MMS_EVTEXT_H */
