/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ask.h - what a scenario asks of malloc and of mmap, counted
 *
 * Out of line, so that the compiler cannot prove an allocation unused.
 */
#ifndef ALLOCGEN_ASK_H
#define ALLOCGEN_ASK_H

#include <stddef.h>

/**
 * struct asked - sums over the run
 * @malloc_calls: calls of malloc and calloc
 * @malloc_bytes: bytes that these asked for
 * @mmap_bytes:   bytes that the scenario itself mapped
 */
struct asked {
	unsigned long malloc_calls;
	unsigned long malloc_bytes;
	unsigned long mmap_bytes;
};

void *ask_malloc(size_t bytes);
void *ask_calloc(size_t count, size_t bytes);
void *ask_mmap(size_t bytes);
struct asked asked_so_far(void);

#endif /* ALLOCGEN_ASK_H */
