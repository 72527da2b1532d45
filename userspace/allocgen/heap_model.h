/* SPDX-License-Identifier: GPL-2.0 */
/*
 * heap_model.h - glibc's rules for what malloc asks of the kernel
 *
 * Only what is cut from the top of the main heap or mapped on its own; whoever
 * uses it sees to it that no free chunk fits. The rules are those of
 * sysmalloc() in glibc's malloc/malloc.c with its default parameters.
 */
#ifndef ALLOCGEN_HEAP_MODEL_H
#define ALLOCGEN_HEAP_MODEL_H

#include <stddef.h>
#include <stdint.h>

#define MALLOC_MINSIZE        ((size_t)32)
#define MALLOC_TOP_PAD        ((size_t)128 << 10) /* M_TOP_PAD */
#define MALLOC_MMAP_THRESHOLD ((size_t)128 << 10) /* M_MMAP_THRESHOLD, before it moves */
#define MALLOC_MMAP_MAX       ((size_t)32 << 20)  /* and as far as it moves */
#define MALLOC_HEAP_MAX       ((size_t)64 << 20)  /* what an arena reserves */

/**
 * struct heap_model - the top of the main heap, and what happened there
 * @top:          address of the top chunk
 * @top_bytes:    its size: up to the break
 * @resident_end: first byte behind the last resident page of the heap
 * @brk_calls:    calls of brk so far
 * @grown_bytes:  by which these moved the break
 * @faults:       pages touched first by the chunk headers that malloc writes
 */
struct heap_model {
	uintptr_t top;
	size_t top_bytes;
	uintptr_t resident_end;
	unsigned long brk_calls;
	size_t grown_bytes;
	unsigned long faults;
};

size_t malloc_chunk_bytes(size_t request);
size_t malloc_mmap_bytes(size_t request);

int heap_model_sync(struct heap_model *model);
void heap_model_malloc(struct heap_model *model, size_t request);
int heap_model_check(const struct heap_model *model);

int heap_shrink_top(struct heap_model *model, size_t limit);

#endif /* ALLOCGEN_HEAP_MODEL_H */
