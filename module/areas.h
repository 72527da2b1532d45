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

struct mms_area_table;

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
 * @left: by region, what found no room in @table
 */
struct mms_areas {
	struct mms_area_table __rcu *table;
	struct {
		u64 breaks;
		u64 pages;
	} left[MMS_NR_REGIONS];
};

/**
 * mms_areas_count() - count one break
 * @areas: of the slot that mms_slot_get() gave
 * @address: of the fault
 * @region: enum mms_region
 * @pages: pages that were copied
 *
 * Context: handlers; allocates atomically.
 */
void mms_areas_count(struct mms_areas *areas, u64 address, unsigned int region, u64 pages);

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
