// SPDX-License-Identifier: GPL-2.0
/*
 * areas.c - where copy-on-write was broken: by region and 2 MiB area
 */
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "areas.h"
#include "loss.h"

#define FIRST_BITS 4

/**
 * struct mms_area_table - open addressing, linear probing
 * @rcu: readers may still be at it when a larger one has taken its place
 * @bits: there are 2^bits entries
 * @used: entries in use; never more than three quarters, so that a search ends
 * @area: the entries
 */
struct mms_area_table {
	struct rcu_head rcu;
	unsigned int bits;
	unsigned int used;
	struct mms_area area[];
};

static atomic64_t bytes;

static size_t size_of(unsigned int bits)
{
	return sizeof(struct mms_area_table) + (sizeof(struct mms_area) << bits);
}

static_assert(MMS_NR_REGIONS <= 1 << MMS_AREA_REGION_BITS);

/* The entry of a key, or the empty one where it belongs. */
static struct mms_area *find(struct mms_area_table *table, u64 key)
{
	unsigned int mask = (1U << table->bits) - 1;
	unsigned int at = hash_64(key, table->bits);

	while (table->area[at].key && table->area[at].key != key)
		at = (at + 1) & mask;
	return &table->area[at];
}

static bool is_full(const struct mms_area_table *table)
{
	return table->used >= 3U << (table->bits - 2);
}

/* A table of twice the size with the same entries, or the first one. */
static struct mms_area_table *grow(struct mms_areas *areas, struct mms_area_table *old)
{
	unsigned int bits = old ? old->bits + 1 : FIRST_BITS, i;
	struct mms_area_table *table;

	if (bits > MMS_AREAS_MAX_BITS) {
		mms_loss_count(MMS_LOSS_COW_AREA_LIMIT);
		return NULL;
	}
	table = kzalloc(size_of(bits), GFP_NOWAIT | __GFP_NOWARN);
	if (!table) {
		mms_loss_count(MMS_LOSS_COW_AREA_NOMEM);
		return NULL;
	}
	table->bits = bits;
	if (old) {
		table->used = old->used;
		for (i = 0; i < 1U << old->bits; i++)
			if (old->area[i].key)
				*find(table, old->area[i].key) = old->area[i];
	}
	rcu_assign_pointer(areas->table, table);
	areas->last = NULL; /* was of the old one */
	atomic64_add(size_of(bits) - (old ? size_of(old->bits) : 0), &bytes);
	if (old)
		kfree_rcu(old, rcu);
	return table;
}

void mms_areas_count_other(struct mms_areas *areas, u64 key, unsigned int region, u64 pages)
{
	/* Only its own CPU changes it, or the holder of the shared slot's lock. */
	struct mms_area_table *table = rcu_dereference_protected(areas->table, true);
	struct mms_area *area = NULL;

	if (table)
		area = find(table, key);
	if (!area || (!area->key && is_full(table))) {
		table = grow(areas, table);
		if (!table) {
			areas->left[region].breaks++;
			areas->left[region].pages += pages;
			return;
		}
		area = find(table, key);
	}
	areas->last = area;
	area->breaks++;
	area->pages += pages;
	if (!area->key) {
		table->used++;
		/* Whoever sees the key sees the figures; pairs with mms_areas_copy(). */
		smp_store_release(&area->key, key);
	}
}

unsigned int mms_areas_copy(const struct mms_areas *areas, struct mms_area_row *row,
			    unsigned int room)
{
	const struct mms_area_table *table = rcu_dereference(areas->table);
	unsigned int number = 0, region, i;

	for (i = 0; table && i < 1U << table->bits; i++) {
		/* Pairs with the release in mms_areas_count_other(). */
		u64 key = smp_load_acquire(&table->area[i].key);

		if (!key)
			continue;
		if (number++ >= room)
			continue;
		row[number - 1] = (struct mms_area_row){
			.address = ((key - 1) >> MMS_AREA_REGION_BITS) * MMS_AREA_BYTES,
			.region = (key - 1) & ((1 << MMS_AREA_REGION_BITS) - 1),
			.breaks = READ_ONCE(table->area[i].breaks),
			.pages = READ_ONCE(table->area[i].pages),
		};
	}
	for (region = 0; region < MMS_NR_REGIONS; region++) {
		if (!READ_ONCE(areas->left[region].breaks))
			continue;
		if (number++ >= room)
			continue;
		row[number - 1] = (struct mms_area_row){
			.address = U64_MAX,
			.region = region,
			.breaks = READ_ONCE(areas->left[region].breaks),
			.pages = READ_ONCE(areas->left[region].pages),
		};
	}
	return number;
}

static int compare(const void *a, const void *b)
{
	const struct mms_area_row *first = a, *second = b;

	if (first->region != second->region)
		return first->region < second->region ? -1 : 1;
	if (first->address == second->address)
		return 0;
	return first->address < second->address ? -1 : 1;
}

unsigned int mms_areas_merge(struct mms_area_row *row, unsigned int number)
{
	unsigned int from, to = 0;

	if (!number)
		return 0;
	sort(row, number, sizeof(*row), compare, NULL);
	for (from = 1; from < number; from++) {
		if (compare(&row[to], &row[from])) {
			row[++to] = row[from];
			continue;
		}
		row[to].breaks += row[from].breaks;
		row[to].pages += row[from].pages;
	}
	return to + 1;
}

void mms_areas_clear(struct mms_areas *areas)
{
	struct mms_area_table *table = rcu_dereference_protected(areas->table, true);

	memset(areas->left, 0, sizeof(areas->left));
	if (!table)
		return;
	RCU_INIT_POINTER(areas->table, NULL);
	areas->last = NULL;
	atomic64_sub(size_of(table->bits), &bytes);
	kfree_rcu(table, rcu);
}

void mms_areas_destroy(struct mms_areas *areas)
{
	struct mms_area_table *table = rcu_dereference_protected(areas->table, true);

	if (!table)
		return;
	atomic64_sub(size_of(table->bits), &bytes);
	kfree(table);
}

u64 mms_areas_bytes(void)
{
	return atomic64_read(&bytes);
}
