// SPDX-License-Identifier: GPL-2.0
/*
 * mmscope - what really happens under malloc
 *
 * main.c is order only: what is begun here in sequence is undone in reverse.
 */
#include <linux/module.h>

#include "counters.h"
#include "debugfs.h"
#include "limits.h"
#include "probe.h"
#include "process.h"
#include "procfs.h"
#include "pte.h"
#include "space.h"
#include "target.h"
#include "ticks.h"

module_param_named(max_processes, mms_limits.max_processes, uint, 0444);
MODULE_PARM_DESC(max_processes, "followed live processes at most (4096)");
module_param_named(exited_kept, mms_limits.exited_kept, uint, 0444);
MODULE_PARM_DESC(exited_kept, "records of exited processes kept (256)");
module_param_named(timeline_points, mms_limits.timeline_points, uint, 0444);
MODULE_PARM_DESC(timeline_points, "points of the timeline of an address space, even, 4 to 65536 (512)");
module_param_named(probe_slots, mms_limits.probe_slots, uint, 0444);
MODULE_PARM_DESC(probe_slots, "page faults that can sleep at once (one for each thread that memory allows, 2048 to 32768)");

static int __init mmscope_init(void)
{
	int error = mms_limits_check();

	if (error)
		return error;
	mms_pte_init();
	mms_ticks_init();
	error = mms_counters_init();
	if (error)
		return error;
	error = mms_spaces_init(mms_limits.timeline_points);
	if (error)
		goto counters;
	error = mms_processes_init(mms_limits.max_processes, mms_limits.exited_kept);
	if (error)
		goto spaces;
	error = mms_probes_init(mms_limits.probe_slots);
	if (error)
		goto processes;
	error = mms_debugfs_init();
	if (error)
		goto probes;
	error = mms_procfs_init();
	if (error)
		goto debugfs;
	return 0;

debugfs:
	mms_debugfs_exit();
probes:
	mms_probes_exit();
processes:
	mms_processes_exit();
spaces:
	mms_spaces_exit();
counters:
	mms_counters_exit();
	return error;
}

static void __exit mmscope_exit(void)
{
	/* Targets go first: it disarms the probes, and then nothing makes a record any more. */
	mms_targets_exit();
	mms_procfs_exit();
	mms_debugfs_exit();
	mms_probes_exit();
	mms_processes_exit();
	mms_spaces_exit();
	mms_counters_exit();
}

module_init(mmscope_init);
module_exit(mmscope_exit);

MODULE_DESCRIPTION("What really happens under malloc: brk, mmap, page faults and copy-on-write by process");
MODULE_AUTHOR("mmscope");
MODULE_LICENSE("GPL");
