// SPDX-License-Identifier: GPL-2.0
/*
 * limits.c - how much the module keeps: set by module parameters, changed by the files in limits/
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/thread_info.h>
#include <linux/threads.h>

#include "error_log.h"
#include "limits.h"
#include "process.h"
#include "space.h"

struct mms_limits mms_limits = {
	.max_processes = 4096,
	.exited_kept = 256,
	.timeline_points = 512,
	.probe_slots = 0, /* by memory */
};

static DEFINE_MUTEX(lock); /* changes of mms_limits, and their being put in force */

static void apply_processes(void)
{
	mms_processes_limit(mms_limits.max_processes, mms_limits.exited_kept);
}

static void apply_points(void)
{
	mms_spaces_limit(mms_limits.timeline_points);
}

const struct mms_limit mms_limit_table[] = {
	{
		.name = "max_processes",
		.value = &mms_limits.max_processes,
		.least = 1,
		.most = PID_MAX_LIMIT,
		.apply = apply_processes,
	}, {
		.name = "exited_kept",
		.value = &mms_limits.exited_kept,
		.most = PID_MAX_LIMIT,
		.apply = apply_processes,
	}, {
		.name = "timeline_points",
		.value = &mms_limits.timeline_points,
		.least = 4,
		.most = 65536,
		.even = true,
		.apply = apply_points,
	}, {
		.name = "probe_slots",
		.value = &mms_limits.probe_slots,
		.least = 1,
		.most = 1 << 20,
	},
};

const unsigned int mms_limit_number = ARRAY_SIZE(mms_limit_table);

static bool allowed(const struct mms_limit *limit, unsigned int value)
{
	return value >= limit->least && value <= limit->most && !(limit->even && (value & 1));
}

/*
 * A slot for each thread that there can be: the kernel's own rule for threads-max
 * (kernel/fork.c, set_max_threads()), within bounds that keep the pool small.
 */
static unsigned int slots_by_memory(void)
{
	u64 threads = (u64)totalram_pages() * PAGE_SIZE / (8 * THREAD_SIZE);

	return clamp_t(u64, threads, 2048, 32768);
}

int mms_limits_check(void)
{
	unsigned int i;

	if (!mms_limits.probe_slots)
		mms_limits.probe_slots = slots_by_memory();
	for (i = 0; i < mms_limit_number; i++) {
		const struct mms_limit *limit = &mms_limit_table[i];

		if (allowed(limit, *limit->value))
			continue;
		pr_err("mmscope: %s=%u is not %s from %u to %u\n", limit->name, *limit->value,
		       limit->even ? "an even number" : "a number", limit->least, limit->most);
		return -EINVAL;
	}
	return 0;
}

int mms_limit_write(const struct mms_limit *limit, const char *text)
{
	unsigned int value;

	if (kstrtouint(text, 10, &value) || !allowed(limit, value)) {
		mms_error_log("%s: \"%s\" is not %s from %u to %u", limit->name, text,
			      limit->even ? "an even number" : "a number", limit->least,
			      limit->most);
		return -EINVAL;
	}
	mutex_lock(&lock);
	*limit->value = value;
	limit->apply();
	mutex_unlock(&lock);
	return 0;
}
