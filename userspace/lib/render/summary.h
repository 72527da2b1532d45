/* SPDX-License-Identifier: GPL-2.0 */
/* summary.h - the figures of a run */
#ifndef MMS_SUMMARY_H
#define MMS_SUMMARY_H

#include "model/run.h"
#include "render/out.h"

/**
 * mms_summary() - print the figures of a run
 * @out: the paper
 * @run: the run; its first process is the command's
 */
void mms_summary(const struct mms_out *out, const struct mms_run *run);

#endif /* MMS_SUMMARY_H */
