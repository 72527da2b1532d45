/* SPDX-License-Identifier: GPL-2.0 */
/*
 * touch.h - reading and writing pages in a given order
 *
 * The order is made before the measured window and is resident; touching
 * follows it and writes nowhere else.
 */
#ifndef ALLOCGEN_TOUCH_H
#define ALLOCGEN_TOUCH_H

#include <stdint.h>

#include "scenario.h"

/*
 * Orders of k pages out of n: the first k upwards; the last k downwards;
 * every (n / k)th; k different ones as the seed has it.
 */
enum touch_pattern {
	TOUCH_FORWARD,
	TOUCH_BACKWARD,
	TOUCH_STRIDE,
	TOUCH_RANDOM,
	TOUCH_NR_PATTERNS,
};

extern const char *const touch_names[TOUCH_NR_PATTERNS];

/**
 * struct touch_order - which pages, in which order
 * @page:  page numbers within the area
 * @count: how many
 */
struct touch_order {
	uint32_t *page;
	unsigned long count;
};

int touch_order_make(struct touch_order *order, enum touch_pattern pattern, unsigned long pages,
		     unsigned long count, uint64_t seed);
void touch_write(void *area, const struct touch_order *order, unsigned char value);
unsigned long touch_read(const void *area, const struct touch_order *order);

unsigned long prime_at_most(unsigned long limit);

#endif /* ALLOCGEN_TOUCH_H */
