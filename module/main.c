// SPDX-License-Identifier: GPL-2.0
/*
 * mmscope - what really happens under malloc
 *
 * main.c is order only: what is begun here in sequence is undone in reverse.
 */
#include <linux/module.h>

#include "counters.h"
#include "debugfs.h"
#include "probe.h"
#include "process.h"
#include "pte.h"
#include "space.h"
#include "target.h"
#include "ticks.h"

static struct mms_limits limits = {
	.max_processes = 4096,
	.exited_kept = 256,
	.timeline_points = 512,
	.probe_slots = 2048,
};

module_param_named(max_processes, limits.max_processes, uint, 0444);
MODULE_PARM_DESC(max_processes, "followed live processes at most (4096)");
module_param_named(exited_kept, limits.exited_kept, uint, 0444);
MODULE_PARM_DESC(exited_kept, "records of exited processes kept (256)");
module_param_named(timeline_points, limits.timeline_points, uint, 0444);
MODULE_PARM_DESC(timeline_points, "points of the timeline of an address space, even, 4 to 65536 (512)");
module_param_named(probe_slots, limits.probe_slots, uint, 0444);
MODULE_PARM_DESC(probe_slots, "calls of one probed function that can sleep at once (2048)");

static int check_limits(void)
{
	if (limits.max_processes && limits.timeline_points >= 4 &&
	    limits.timeline_points <= 65536 && !(limits.timeline_points & 1) && limits.probe_slots)
		return 0;
	pr_err("mmscope: a parameter is out of its range; \"modinfo mmscope\" tells them\n");
	return -EINVAL;
}

static int __init mmscope_init(void)
{
	int error = check_limits();

	if (error)
		return error;
	mms_pte_init();
	mms_ticks_init();
	error = mms_counters_init();
	if (error)
		return error;
	error = mms_spaces_init(limits.timeline_points);
	if (error)
		goto counters;
	error = mms_processes_init(limits.max_processes, limits.exited_kept);
	if (error)
		goto spaces;
	error = mms_probes_init(limits.probe_slots);
	if (error)
		goto processes;
	error = mms_debugfs_init(&limits);
	if (error)
		goto probes;
	return 0;

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
