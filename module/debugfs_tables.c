// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs_tables.c - pid/<tgid>/{latency,cow}: the tables that break a figure of "status" down
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "debugfs.h"
#include "names.h"
#include "process.h"
#include "report.h"

static int latency_show(struct seq_file *file, void *unused)
{
	struct mms_report *report = kmalloc(sizeof(*report), GFP_KERNEL);
	unsigned int kind, bucket;

	if (!report)
		return -ENOMEM;
	mms_report_gather(file->private, report);
	seq_printf(file, "%-10s %12s %12s %12s\n", "KIND", "NS_FROM", "NS_TO", "COUNT");
	for (kind = 0; kind < MMS_NR_KINDS; kind++) {
		for (bucket = 0; bucket < MMS_LATENCY_BUCKETS; bucket++) {
			u64 count = report->figures.latency[kind][bucket];

			if (!count)
				continue;
			seq_printf(file, "%-10s %12llu ", mms_kind_names[kind],
				   mms_latency_from_ns(bucket));
			if (bucket + 1 < MMS_LATENCY_BUCKETS)
				seq_printf(file, "%12llu", mms_latency_from_ns(bucket + 1));
			else
				seq_printf(file, "%12s", "-");
			seq_printf(file, " %12llu\n", count);
		}
	}
	kfree(report);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(latency);

static int cow_show(struct seq_file *file, void *unused)
{
	struct mms_space *space = mms_process_space(file->private);
	struct mms_area_row *rows;
	int number, i;

	number = mms_counters_areas(&space->counters, &rows);
	mms_space_put(space);
	if (number < 0)
		return number;
	seq_printf(file, "%-12s %-14s %12s %12s\n", "REGION", "AREA", "BREAKS", "PAGES");
	for (i = 0; i < number; i++) {
		seq_printf(file, "%-12s ", mms_region_names[rows[i].region]);
		if (rows[i].address == U64_MAX)
			seq_printf(file, "%-14s", "-");
		else
			seq_printf(file, "0x%012llx", rows[i].address);
		seq_printf(file, " %12llu %12llu\n", rows[i].breaks, rows[i].pages);
	}
	kvfree(rows);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cow);

const struct mms_process_file mms_process_tables[] = {
	{ "latency", &latency_fops },
	{ "cow", &cow_fops },
	{ },
};
