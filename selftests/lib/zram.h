/* SPDX-License-Identifier: GPL-2.0 */
/* zram.h - block devices in memory */
#ifndef SELFTESTS_ZRAM_H
#define SELFTESTS_ZRAM_H

#include <stdbool.h>

/* A new device of that size ("64M"); its number, or -1. */
int zram_device(const char *bytes);

/* Swap on a new device, without readahead. */
bool zram_swap_on(const char *bytes);

#endif /* SELFTESTS_ZRAM_H */
