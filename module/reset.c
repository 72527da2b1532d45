// SPDX-License-Identifier: GPL-2.0
/*
 * reset.c - all figures begin anew, targets stay
 */
#include "loss.h"
#include "probe.h"
#include "process.h"
#include "report.h"
#include "reset.h"

int mms_reset(void)
{
	int error;

	down_write(&mms_report_lock);
	error = mms_processes_restart();
	if (!error) {
		mms_losses_restart();
		mms_probes_restart();
	}
	up_write(&mms_report_lock);
	return error;
}
