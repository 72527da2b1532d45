// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs_tables.c - pid/<tgid>/latency: the tables that break a figure of "status" down
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
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

const struct mms_process_file mms_process_tables[] = {
	{ "latency", &latency_fops },
	{ },
};
