// SPDX-License-Identifier: GPL-2.0
/*
 * heap_model.c - predict brk calls, heap growth and header faults of malloc
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "heap_model.h"
#include "scenario.h"
#include "settle.h"

#define CHUNK_ALIGN ((size_t)16)
#define SIZE_FIELD  ((size_t)8) /* bytes of the size field, and its offset in the chunk */

/* Environment variables that change the rules below. */
static const char *const tunables[] = {
	"GLIBC_TUNABLES", "MALLOC_ARENA_MAX", "MALLOC_ARENA_TEST", "MALLOC_CHECK_",
	"MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_PERTURB_", "MALLOC_TOP_PAD_",
	"MALLOC_TRIM_THRESHOLD_",
};

static size_t align_up(size_t value, size_t to)
{
	return (value + to - 1) / to * to;
}

static uintptr_t page_of(uintptr_t addr)
{
	return addr / PAGE_BYTES * PAGE_BYTES;
}

/**
 * malloc_chunk_bytes() - size of the chunk for a request (request2size)
 * @request: bytes asked for
 *
 * Return: bytes, header included.
 */
size_t malloc_chunk_bytes(size_t request)
{
	size_t bytes = align_up(request + SIZE_FIELD, CHUNK_ALIGN);

	return bytes < MALLOC_MINSIZE ? MALLOC_MINSIZE : bytes;
}

/**
 * malloc_mmap_bytes() - what malloc maps for a request served by its own mapping
 * @request: bytes asked for
 *
 * Such a chunk has no neighbour whose first field it could use: one more field.
 *
 * Return: bytes, whole pages.
 */
size_t malloc_mmap_bytes(size_t request)
{
	return align_up(malloc_chunk_bytes(request) + SIZE_FIELD, PAGE_BYTES);
}

/* The top chunk ends at the break, and mallinfo2() tells its size. */
static void read_top(uintptr_t *top, size_t *top_bytes)
{
	*top_bytes = mallinfo2().keepcost;
	*top = (uintptr_t)sbrk(0) - *top_bytes;
}

/* Above the header of the top chunk the heap is untouched, unless someone used and freed it. */
static uintptr_t resident_end(uintptr_t top)
{
	uintptr_t end = (uintptr_t)sbrk(0);
	uintptr_t last = page_of(top + SIZE_FIELD);

	while (end - PAGE_BYTES > last) {
		struct area page = { (void *)(end - PAGE_BYTES), PAGE_BYTES };

		if (!count_absent(&page))
			break;
		end -= PAGE_BYTES;
	}
	return end;
}

/* One chunk of the smallest size goes to the thread cache, where no modelled request looks. */
static int check_malloc(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(tunables); i++)
		if (getenv(tunables[i]))
			return skip("%s changes malloc's rules: unset it", tunables[i]);
	free(ask_malloc(1));
	if (!mallinfo2().arena)
		return skip("malloc is not glibc's: run without LD_PRELOAD, sanitizer and valgrind");
	return 0;
}

/**
 * heap_model_sync() - set the model to what the heap is now
 * @model: set, its counts to 0
 *
 * Return: 0, or what skip() returned when this is not glibc's malloc with
 * its default parameters.
 */
int heap_model_sync(struct heap_model *model)
{
	int ret = check_malloc();

	if (ret)
		return ret;
	memset(model, 0, sizeof(*model));
	read_top(&model->top, &model->top_bytes);
	model->resident_end = resident_end(model->top);
	return 0;
}

/**
 * heap_model_malloc() - what a malloc served from the top would do
 * @model:   moved on
 * @request: bytes asked for, below the mmap threshold
 *
 * If the top chunk would not keep MINSIZE, the heap grows by what is missing
 * plus M_TOP_PAD, in whole pages. Then malloc writes the size fields of the
 * chunk (where that of the top chunk was) and of what remains as top chunk.
 */
void heap_model_malloc(struct heap_model *model, size_t request)
{
	size_t bytes = malloc_chunk_bytes(request);
	uintptr_t header_page;

	if (model->top_bytes < bytes + MALLOC_MINSIZE) {
		size_t grow = align_up(bytes + MALLOC_TOP_PAD + MALLOC_MINSIZE - model->top_bytes,
				       PAGE_BYTES);

		model->brk_calls++;
		model->grown_bytes += grow;
		model->top_bytes += grow;
	}
	model->top += bytes;
	model->top_bytes -= bytes;
	header_page = page_of(model->top + SIZE_FIELD);
	if (header_page >= model->resident_end) {
		model->faults++;
		model->resident_end = header_page + PAGE_BYTES;
	}
}

/**
 * heap_model_check() - whether malloc did what the model says
 * @model: the model
 *
 * Return: 0 or what fail() returned.
 */
int heap_model_check(const struct heap_model *model)
{
	uintptr_t top;
	size_t top_bytes;

	read_top(&top, &top_bytes);
	if (top != model->top || top_bytes != model->top_bytes)
		return fail("this C library's malloc left %zu bytes at the top of the heap where glibc's rule says %zu: the expectations would be wrong",
			    top_bytes, model->top_bytes);
	return 0;
}

/**
 * heap_shrink_top() - use the top of the heap up, so that a larger request needs the kernel
 * @model: moved on
 * @limit: afterwards the top chunk has fewer than this many bytes, 64 KiB or more
 *
 * Return: 0 or what fail() returned.
 */
int heap_shrink_top(struct heap_model *model, size_t limit)
{
	while (model->top_bytes >= limit) {
		size_t request = model->top_bytes - limit / 2;

		if (request > MALLOC_MMAP_THRESHOLD / 2)
			request = MALLOC_MMAP_THRESHOLD / 2;
		if (!ask_malloc(request))
			return fail("malloc(%zu) has no memory", request);
		heap_model_malloc(model, request);
	}
	return 0;
}
