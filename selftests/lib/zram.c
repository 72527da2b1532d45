// SPDX-License-Identifier: GPL-2.0
/* zram.c - block devices in memory */
#include <stdio.h>
#include <stdlib.h>
#include <sys/swap.h>
#include <unistd.h>

#include "mechanism.h"
#include "zram.h"

int zram_device(const char *bytes)
{
	char path[64];
	int number;

	if (system("modprobe zram num_devices=0 2>/dev/null") &&
	    access("/sys/class/zram-control", R_OK))
		return -1;
	number = read_file_number("/sys/class/zram-control/hot_add");
	if (number < 0)
		return -1;
	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", number);
	return set_file(path, bytes) ? number : -1;
}

bool zram_swap_on(const char *bytes)
{
	char command[64], path[32];
	int number = zram_device(bytes);

	snprintf(path, sizeof(path), "/dev/zram%d", number);
	snprintf(command, sizeof(command), "mkswap %s >/dev/null", path);
	return number >= 0 && !system(command) && !swapon(path, 0) &&
	       set_file("/proc/sys/vm/page-cluster", "0");
}
