/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sizes.h - VSZ and RSS of a process, read without stdio
 */
#ifndef ALLOCGEN_SIZES_H
#define ALLOCGEN_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct sizes - in pages; 0 where /proc does not say
 * @vsz: total_vm of the mm
 * @rss: resident pages, exact where smaps_rollup exists (statm is a cheap
 *       read of per-CPU counters since 6.2)
 */
struct sizes {
	unsigned long vsz;
	unsigned long rss;
};

struct sizes sizes_of(pid_t pid);
size_t read_small_file(const char *path, char *text, size_t size);
bool task_asleep(pid_t pid, pid_t tid);

#endif /* ALLOCGEN_SIZES_H */
