// SPDX-License-Identifier: GPL-2.0
/*
 * touch.c - orders of pages, and touching pages in such an order
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "compiler.h"
#include "touch.h"

const char *const touch_names[TOUCH_NR_PATTERNS] = {
	[TOUCH_FORWARD] = "forward",
	[TOUCH_BACKWARD] = "backward",
	[TOUCH_STRIDE] = "stride",
	[TOUCH_RANDOM] = "random",
};

/* SplitMix64 (Steele, Lea, Flood): a counter and a mixing function, the same everywhere. */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static void shuffle(uint32_t *page, unsigned long pages, unsigned long count, uint64_t seed)
{
	for (unsigned long i = 0; i < count; i++) {
		unsigned long j = i + random_next(&seed) % (pages - i);
		uint32_t swap = page[i];

		page[i] = page[j];
		page[j] = swap;
	}
}

/**
 * touch_order_make() - decide which pages to touch, and in which order
 * @order:   filled in; its memory is resident and stays until the process ends
 * @pattern: the kind of order
 * @pages:   pages in the area, below 2^32
 * @count:   how many of them to touch, at most @pages
 * @seed:    of TOUCH_RANDOM
 *
 * Return: 0 or what fail() returned.
 */
int touch_order_make(struct touch_order *order, enum touch_pattern pattern, unsigned long pages,
		     unsigned long count, uint64_t seed)
{
	uint32_t *page = mmap(NULL, pages * sizeof(*page), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return fail("no memory for a list of %lu pages (%s): give fewer with --pages",
			    pages, strerror(errno));
	for (unsigned long i = 0; i < pages; i++)
		page[i] = i;
	for (unsigned long i = 0; i < count; i++) {
		if (pattern == TOUCH_BACKWARD)
			page[i] = pages - 1 - i;
		else if (pattern == TOUCH_STRIDE)
			page[i] = i * (pages / count);
	}
	if (pattern == TOUCH_RANDOM)
		shuffle(page, pages, count, seed);
	order->page = page;
	order->count = count;
	return 0;
}

/**
 * touch_write() - write one byte to each page of an order
 * @area:  first page
 * @order: which pages
 * @value: the byte
 */
void touch_write(void *area, const struct touch_order *order, unsigned char value)
{
	unsigned char *bytes = area;

	for (unsigned long i = 0; i < order->count; i++)
		poke(bytes + order->page[i] * PAGE_BYTES, value);
}

/**
 * touch_read() - read one byte from each page of an order
 * @area:  first page
 * @order: which pages
 *
 * Return: the sum of the bytes.
 */
unsigned long touch_read(const void *area, const struct touch_order *order)
{
	const unsigned char *bytes = area;
	unsigned long sum = 0;

	for (unsigned long i = 0; i < order->count; i++)
		sum += peek(bytes + order->page[i] * PAGE_BYTES);
	return sum;
}

/**
 * prime_at_most() - so that no count is right by accident
 * @limit: upper bound
 *
 * Return: the greatest prime not above @limit, 1 if there is none.
 */
unsigned long prime_at_most(unsigned long limit)
{
	for (; limit > 2; limit--) {
		unsigned long d = 2;

		while (d * d <= limit && limit % d)
			d++;
		if (d * d > limit)
			return limit;
	}
	return limit == 2 ? 2 : 1;
}
