// SPDX-License-Identifier: GPL-2.0
/*
 * ask.c - counted malloc, calloc and mmap
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "ask.h"

static struct asked asked;

/* Threads of a scenario ask in turn, never at the same time: plain additions will do. */
static void note(size_t bytes)
{
	asked.malloc_calls++;
	asked.malloc_bytes += bytes;
}

/**
 * ask_malloc() - malloc, counted
 * @bytes: size
 *
 * Return: as malloc(3).
 */
void *ask_malloc(size_t bytes)
{
	note(bytes);
	return malloc(bytes);
}

/**
 * ask_calloc() - calloc, counted
 * @count: number of objects
 * @bytes: size of one
 *
 * Return: as calloc(3).
 */
void *ask_calloc(size_t count, size_t bytes)
{
	note(count * bytes);
	return calloc(count, bytes);
}

/**
 * ask_mmap() - map private anonymous memory, counted
 * @bytes: length
 *
 * Return: the address, or NULL with errno set.
 */
void *ask_mmap(size_t bytes)
{
	void *addr = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (addr == MAP_FAILED)
		return NULL;
	asked.mmap_bytes += bytes;
	return addr;
}

/**
 * asked_so_far() - the sums
 *
 * Return: a copy.
 */
struct asked asked_so_far(void)
{
	return asked;
}
