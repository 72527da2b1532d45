// SPDX-License-Identifier: GPL-2.0
/*
 * loss.c - everything that could not be recorded, counted by cause
 */
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "loss.h"

static const char *const names[] = {
	[MMS_LOSS_PROCESS_LIMIT] = "process_limit",
	[MMS_LOSS_PROCESS_NOMEM] = "process_nomem",
	[MMS_LOSS_TIMELINE_NOMEM] = "timeline_nomem",
	[MMS_LOSS_TIMELINE_BUSY] = "timeline_busy",
	[MMS_LOSS_CALL_RELEASED] = "call_released",
	[MMS_LOSS_EXITED_EVICTED] = "exited_evicted",
	[MMS_LOSS_FOLDER_NOMEM] = "folder_nomem",
	[MMS_LOSS_VSZ_UNSEEN] = "vsz_unseen",
	[MMS_LOSS_RETRY_CROWDED] = "retry_crowded",
	[MMS_LOSS_COW_AREA_LIMIT] = "cow_area_limit",
	[MMS_LOSS_COW_AREA_NOMEM] = "cow_area_nomem",
};
static_assert(ARRAY_SIZE(names) == MMS_NR_LOSSES);

static atomic64_t counts[MMS_NR_LOSSES];

void mms_loss_count(enum mms_loss cause)
{
	atomic64_inc(&counts[cause]);
}

u64 mms_loss_read(enum mms_loss cause)
{
	return atomic64_read(&counts[cause]);
}

void mms_losses_restart(void)
{
	unsigned int cause;

	for (cause = 0; cause < MMS_NR_LOSSES; cause++)
		atomic64_set(&counts[cause], 0);
}

const char *mms_loss_name(enum mms_loss cause)
{
	return names[cause];
}
