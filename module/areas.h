/* SPDX-License-Identifier: GPL-2.0 */
/*
 * areas.h - where copy-on-write was broken: by region and 2 MiB area
 *
 * A table belongs to one slot of the counters (counters.h), and so to one CPU: who
 * counts takes no lock and writes no cache line that another CPU writes. It is
 * made at the first break and doubles when it is three quarters full; the one it
 * replaces lives on until its readers are done. What finds no room is counted by
 * region alone.
 */
#ifndef MMSCOPE_AREAS_H
#define MMSCOPE_AREAS_H

#include <linux/sizes.h>
#include <linux/types.h>

#include "mmscope_abi.h"

#define MMS_AREA_BYTES SZ_2M

/* Areas that one table holds at most: three quarters of 2^14 entries, 24 GiB of addresses. */
#define MMS_AREAS_MAX_BITS 14
#define MMS_AREAS_MAX      (3 << (MMS_AREAS_MAX_BITS - 2))

#define MMS_AREA_REGION_BITS 4

struct mms_area_table;

/* An entry in use: its key is not 0. Only the slot's CPU writes. */
struct mms_area {
	u64 key;
	u64 breaks;
	u64 pages;
};

/**
 * struct mms_area_row - breaks in one area
 * @address: where it begins; U64_MAX: in areas that found no room
 * @region: enum mms_region
 * @breaks: COW breaks
 * @pages: pages that they copied
 */
struct mms_area_row {
	u64 address;
	unsigned int region;
	u64 breaks;
	u64 pages;
};

/**
 * struct mms_areas - the breaks that one slot has counted
 * @table: by area; NULL until the first break; read under RCU
 * @last: of @table, the area of the last break; breaks often follow one another in one area
 * @left: by region, what found no room in @table
 */
struct mms_areas {
	struct mms_area_table __rcu *table;
	struct mms_area *last;
	struct {
		u64 breaks;
		u64 pages;
	} left[MMS_NR_REGIONS];
};

static __always_inline u64 mms_area_key(u64 address, unsigned int region)
{
	return (((address / MMS_AREA_BYTES) << MMS_AREA_REGION_BITS) | region) + 1;
}

void mms_areas_count_other(struct mms_areas *areas, u64 key, unsigned int region, u64 pages);

/**
 * mms_areas_count() - count one break
 * @areas: of the slot that mms_slot_get() gave
 * @address: of the fault
 * @region: enum mms_region
 * @pages: pages that were copied
 *
 * Context: handlers; allocates atomically.
 */
static __always_inline void mms_areas_count(struct mms_areas *areas, u64 address,
					    unsigned int region, u64 pages)
{
	u64 key = mms_area_key(address, region);
	struct mms_area *area = areas->last;

	if (unlikely(!area || area->key != key)) {
		mms_areas_count_other(areas, key, region, pages);
		return;
	}
	area->breaks++;
	area->pages += pages;
}

/**
 * mms_areas_copy() - copy what one slot has counted
 * @areas: whose
 * @row: where to
 * @room: rows that fit there
 *
 * Context: any; under rcu_read_lock().
 * Return: number of rows there are; more than @room: the rest was left out.
 */
unsigned int mms_areas_copy(const struct mms_areas *areas, struct mms_area_row *row,
			    unsigned int room);

/**
 * mms_areas_merge() - rows of the same area become one
 * @row: rows of several slots; sorted by region and address in the end
 * @number: how many
 *
 * Return: how many remain.
 */
unsigned int mms_areas_merge(struct mms_area_row *row, unsigned int number);

/* Begin anew, while readers may be at it. Context: as for mms_areas_count(). */
void mms_areas_clear(struct mms_areas *areas);

/* Nobody can reach it any more. */
void mms_areas_destroy(struct mms_areas *areas);

/**
 * mms_areas_bytes() - memory that all tables use now
 */
u64 mms_areas_bytes(void);

#endif /* MMSCOPE_AREAS_H */
