// SPDX-License-Identifier: GPL-2.0
/*
 * counters.c - the figures of one address space, one slot per CPU
 */
#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/sort.h>

#include "counters.h"

static_assert(MMS_COUNT_REMOTE - MMS_COUNT_KERNEL == MMS_ORIGIN_REMOTE - MMS_ORIGIN_KERNEL);

static struct kmem_cache *slot_cache;
static atomic64_t nr_slots;

int mms_counters_init(void)
{
	BUILD_BUG_ON(!is_power_of_2(MMS_LAST_EVENTS));
	slot_cache = kmem_cache_create("mmscope_slot", sizeof(struct mms_slot),
				       L1_CACHE_BYTES, 0, NULL);
	return slot_cache ? 0 : -ENOMEM;
}

void mms_counters_exit(void)
{
	kmem_cache_destroy(slot_cache);
}

static struct mms_slot *slot_create(gfp_t gfp)
{
	struct mms_slot *slot = kmem_cache_zalloc(slot_cache, gfp | __GFP_NOWARN);

	if (slot)
		atomic64_inc(&nr_slots);
	return slot;
}

static void slot_destroy(struct mms_slot *slot)
{
	if (!slot)
		return;
	atomic64_dec(&nr_slots);
	mms_areas_destroy(&slot->areas);
	kmem_cache_free(slot_cache, slot);
}

int mms_counters_create(struct mms_counters *counters, gfp_t gfp)
{
	raw_spin_lock_init(&counters->shared_lock);
	counters->slot = kcalloc(nr_cpu_ids, sizeof(*counters->slot), gfp | __GFP_NOWARN);
	counters->shared = slot_create(gfp);
	if (counters->slot && counters->shared)
		return 0;
	mms_counters_destroy(counters);
	return -ENOMEM;
}

void mms_counters_destroy(struct mms_counters *counters)
{
	unsigned int cpu;

	mms_counters_forget(counters);
	if (counters->slot)
		for (cpu = 0; cpu < nr_cpu_ids; cpu++)
			slot_destroy(counters->slot[cpu]);
	slot_destroy(counters->shared);
	kfree(counters->slot);
}

struct mms_slot *mms_slot_get_slow(struct mms_counters *counters, unsigned long *flags)
	__acquires(&counters->shared_lock)
{
	struct mms_slot *slot = slot_create(GFP_NOWAIT);

	if (slot) {
		/*
		 * Only this CPU writes this entry, and it stays here: preemption is off. A
		 * reader that sees the pointer sees zeroed figures; pairs with slot_at().
		 */
		smp_store_release(&counters->slot[smp_processor_id()], slot);
		__acquire(&counters->shared_lock);
		return slot;
	}
	raw_spin_lock_irqsave(&counters->shared_lock, *flags);
	return counters->shared;
}

void mms_slot_put_shared(struct mms_counters *counters, unsigned long flags)
	__releases(&counters->shared_lock)
{
	raw_spin_unlock_irqrestore(&counters->shared_lock, flags);
}

/*
 * The slot of a CPU, or behind the last CPU the shared one; NULL where there is none.
 * Under rcu_read_lock(): it may be retired and freed after a grace period.
 */
static struct mms_slot *slot_at(struct mms_counters *counters, unsigned int index)
{
	/* Pairs with the release in mms_slot_get_slow(). */
	return index < nr_cpu_ids ? smp_load_acquire(&counters->slot[index]) : counters->shared;
}

void mms_counters_sum(struct mms_counters *counters, struct mms_figures *sum)
{
	/* Figures are u64 only, so that they can be added as one array. */
	const size_t words = sizeof(struct mms_figures) / sizeof(u64);
	u64 *to = (u64 *)sum;
	unsigned int i;
	size_t word;

	BUILD_BUG_ON(sizeof(struct mms_figures) % sizeof(u64));
	memset(sum, 0, sizeof(*sum));
	rcu_read_lock();
	for (i = 0; i <= nr_cpu_ids; i++) {
		struct mms_slot *slot = slot_at(counters, i);

		if (!slot)
			continue;
		for (word = 0; word < words; word++)
			to[word] += READ_ONCE(((u64 *)&slot->figures)[word]);
	}
	rcu_read_unlock();
}

u64 mms_counters_one(struct mms_counters *counters, enum mms_counter which)
{
	unsigned int i;
	u64 sum = 0;

	rcu_read_lock();
	for (i = 0; i <= nr_cpu_ids; i++) {
		struct mms_slot *slot = slot_at(counters, i);

		if (slot)
			sum += READ_ONCE(slot->figures.counter[which]);
	}
	rcu_read_unlock();
	return sum;
}

u64 mms_counters_own(struct mms_counters *counters)
{
	return mms_counters_one(counters, MMS_COUNT_FAULTS) -
	       mms_counters_one(counters, MMS_COUNT_REMOTE_IN);
}

static u64 own_of(const struct mms_slot *slot)
{
	return slot->figures.counter[MMS_COUNT_FAULTS] -
	       slot->figures.counter[MMS_COUNT_REMOTE_IN];
}

void mms_counters_retire(struct mms_counters *counters)
{
	struct mms_slot *slot;
	unsigned long flags;
	unsigned int cpu;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		/* The CPU makes another when it finds none; pairs with mms_slot_get_slow(). */
		slot = xchg(&counters->slot[cpu], NULL);
		if (!slot)
			continue;
		slot->next = counters->retired;
		counters->retired = slot;
	}
	/* This one is written under its lock, and so it can be emptied. */
	raw_spin_lock_irqsave(&counters->shared_lock, flags);
	slot = counters->shared;
	counters->retired_own += own_of(slot);
	mms_areas_clear(&slot->areas);
	memset(&slot->figures, 0, sizeof(slot->figures));
	WRITE_ONCE(slot->nr_last, 0);
	raw_spin_unlock_irqrestore(&counters->shared_lock, flags);
}

u64 mms_counters_retired_own(const struct mms_counters *counters)
{
	const struct mms_slot *slot;
	u64 sum = counters->retired_own;

	for (slot = counters->retired; slot; slot = slot->next)
		sum += own_of(slot);
	return sum;
}

void mms_counters_forget(struct mms_counters *counters)
{
	struct mms_slot *slot;

	while ((slot = counters->retired)) {
		counters->retired = slot->next;
		slot_destroy(slot);
	}
	counters->retired_own = 0;
}

u64 mms_counters_fault_ns(struct mms_counters *counters)
{
	unsigned int i, kind, region;
	u64 sum = 0;

	rcu_read_lock();
	for (i = 0; i <= nr_cpu_ids; i++) {
		struct mms_slot *slot = slot_at(counters, i);

		if (!slot)
			continue;
		for (kind = 0; kind < MMS_NR_KINDS; kind++)
			for (region = 0; region < MMS_NR_REGIONS; region++)
				sum += READ_ONCE(slot->figures.cell[kind][region].ns);
	}
	rcu_read_unlock();
	return sum;
}

static int compare_time(const void *a, const void *b)
{
	const struct mms_logged *first = a, *second = b;

	if (first->event.t_ns == second->event.t_ns)
		return 0;
	return first->event.t_ns < second->event.t_ns ? -1 : 1;
}

unsigned int mms_counters_last_max(void)
{
	return (nr_cpu_ids + 1) * MMS_LAST_EVENTS;
}

unsigned int mms_counters_last(struct mms_counters *counters, struct mms_logged *out)
{
	unsigned int i, copied = 0;

	rcu_read_lock();
	for (i = 0; i <= nr_cpu_ids; i++) {
		struct mms_slot *slot = slot_at(counters, i);
		u64 end, at;

		if (!slot)
			continue;
		/* Pairs with the release in mms_slot_log(). */
		end = smp_load_acquire(&slot->nr_last);
		at = end > MMS_LAST_EVENTS ? end - MMS_LAST_EVENTS : 0;
		for (; at < end; at++) {
			out[copied].event = slot->last[at % MMS_LAST_EVENTS];
			out[copied].cpu = i < nr_cpu_ids ? (int)i : -1;
			/* Copy first, look second: was the entry being overwritten meanwhile? */
			smp_rmb();
			if (READ_ONCE(slot->nr_last) < at + MMS_LAST_EVENTS)
				copied++;
		}
	}
	rcu_read_unlock();
	sort(out, copied, sizeof(*out), compare_time, NULL);
	return copied;
}

static unsigned int copy_areas(struct mms_counters *counters, struct mms_area_row *rows,
			       unsigned int room)
{
	unsigned int number = 0, i;

	rcu_read_lock();
	for (i = 0; i <= nr_cpu_ids; i++) {
		struct mms_slot *slot = slot_at(counters, i);

		if (slot)
			number += mms_areas_copy(&slot->areas, rows + min(number, room),
						 room - min(number, room));
	}
	rcu_read_unlock();
	return number;
}

int mms_counters_areas(struct mms_counters *counters, struct mms_area_row **rows)
{
	unsigned int room = 0, number;

	*rows = NULL;
	while ((number = copy_areas(counters, *rows, room)) > room) {
		kvfree(*rows);
		/* Some more, since there may be new ones while we allocate. */
		room = number + 64;
		*rows = kvmalloc_array(room, sizeof(**rows), GFP_KERNEL);
		if (!*rows)
			return -ENOMEM;
	}
	return mms_areas_merge(*rows, number);
}

u64 mms_counters_bytes(void)
{
	return atomic64_read(&nr_slots) * sizeof(struct mms_slot) + mms_areas_bytes();
}
