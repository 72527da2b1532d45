// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs_tables.c - pid/<tgid>/{latency,cow,regions}: tables that break a figure down
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
#include "regions.h"
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

static void show_region(struct seq_file *file, const struct mms_report *report,
			enum mms_region region, const struct mms_region_size *size, bool gone)
{
	struct mms_region_figures figures = mms_report_region(report, region);

	if (!size->vmas && !figures.faults)
		return;
	seq_printf(file, "%-12s ", mms_region_names[region]);
	if (gone)
		seq_printf(file, "%7s %12s %12s %12s", "-", "-", "-", "-");
	else
		seq_printf(file, "%7llu %12llu %12llu %12llu", size->vmas,
			   size->vsz_pages << (PAGE_SHIFT - 10),
			   size->resident.rss_pages << (PAGE_SHIFT - 10),
			   size->resident.swap_pages << (PAGE_SHIFT - 10));
	seq_printf(file, " %12llu %12llu %12llu\n", figures.faults, figures.pages, figures.cow);
}

static int regions_show(struct seq_file *file, void *unused)
{
	struct mms_process *process = file->private;
	struct mms_report *report = kmalloc(sizeof(*report), GFP_KERNEL);
	struct mms_region_size size[MMS_NR_REGIONS];
	struct mms_space *space;
	unsigned int region;
	int error;

	if (!report)
		return -ENOMEM;
	space = mms_process_space(process);
	error = mms_regions_read(space, process->pid, size);
	mms_space_put(space);
	if (error && error != -ESRCH)
		goto out;
	mms_report_gather(process, report);
	seq_printf(file, "%-12s %7s %12s %12s %12s %12s %12s %12s\n", "REGION", "VMAS", "VSZ", "RSS",
		   "SWAP", "FAULTS", "PAGES", "COW");
	for (region = 0; region < MMS_NR_REGIONS; region++)
		show_region(file, report, region, &size[region], error);
	error = 0;
out:
	kfree(report);
	return error;
}
DEFINE_SHOW_ATTRIBUTE(regions);

const struct mms_process_file mms_process_tables[] = {
	{ "latency", &latency_fops },
	{ "cow", &cow_fops },
	{ "regions", &regions_fops },
	{ },
};
