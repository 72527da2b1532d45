/* SPDX-License-Identifier: GPL-2.0 */
/*
 * loss.h - everything that could not be recorded, counted by cause
 *
 * A loss is never silent: each cause has a counter here and a line in the
 * debugfs file "stats". Probe misses are counted by the kernel and are shown in
 * "probes".
 */
#ifndef MMSCOPE_LOSS_H
#define MMSCOPE_LOSS_H

#include <linux/types.h>

enum mms_loss {
	MMS_LOSS_PROCESS_LIMIT,     /* not followed: max_processes reached */
	MMS_LOSS_PROCESS_NOMEM,     /* not followed: no memory for the records */
	MMS_LOSS_TIMELINE_NOMEM,    /* no memory for a timeline; figures are unharmed */
	MMS_LOSS_TIMELINE_BUSY,     /* a timeline point not taken: another CPU was taking one */
	MMS_LOSS_CALL_RELEASED,     /* a call ended after its process was no longer followed */
	MMS_LOSS_EXITED_EVICTED,    /* records of exited processes pushed out by newer ones */
	MMS_LOSS_FOLDER_NOMEM,      /* a process without its folder in "pid" */
	MMS_LOSS_VSZ_UNSEEN,        /* an address space ended with a residual of law 3 */
	MMS_LOSS_RETRY_CROWDED,     /* a kind not told: first attempt forgotten (compat/retry.h) */
	MMS_LOSS_COW_AREA_LIMIT,    /* a COW break counted without its area: too many areas */
	MMS_LOSS_COW_AREA_NOMEM,    /* the same: no memory for more areas */
	MMS_NR_LOSSES,
};

/**
 * mms_loss_count() - count one loss
 * @cause: why
 *
 * Context: any.
 */
void mms_loss_count(enum mms_loss cause);

/**
 * mms_loss_read() - how often a cause has occurred since the module was loaded, or since the last
 * mms_losses_restart()
 * @cause: which
 */
u64 mms_loss_read(enum mms_loss cause);

/* All causes count from 0 again. Context: serialised by the caller. */
void mms_losses_restart(void);

/**
 * mms_loss_name() - the name of a cause, as "stats" prints it behind "lost_"
 * @cause: which
 */
const char *mms_loss_name(enum mms_loss cause);

#endif /* MMSCOPE_LOSS_H */
