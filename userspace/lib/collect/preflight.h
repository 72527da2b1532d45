/* SPDX-License-Identifier: GPL-2.0 */
/* preflight.h - is everything there that following a process needs? */
#ifndef MMS_PREFLIGHT_H
#define MMS_PREFLIGHT_H

#include "error.h"
#include "model/run.h"

/**
 * mms_preflight() - check rights, debugfs, module, ABI version and probes
 * @run: receives the module's losses so far and the probes that are missing
 * @err: receives one line: what is missing and what to do about it
 *
 * Return: 0, or a negative errno.
 */
int mms_preflight(struct mms_run *run, struct mms_error *err);

#endif /* MMS_PREFLIGHT_H */
