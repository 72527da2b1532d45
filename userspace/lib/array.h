/* SPDX-License-Identifier: GPL-2.0 */
/* array.h - sizes of arrays, and arrays that grow */
#ifndef MMS_ARRAY_H
#define MMS_ARRAY_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#define MMS_ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * mms_grow() - make room for one more element
 * @items: address of the array's pointer
 * @nr: elements in use
 * @room: address of the number of elements there is room for
 * @size: bytes of one element
 *
 * Room doubles, so that appending is linear in all. On failure the array is as before.
 *
 * Return: 0 or -ENOMEM.
 */
static inline int mms_grow(void *items, size_t nr, size_t *room, size_t size)
{
	void **array = items;
	size_t more;
	void *grown;

	if (nr < *room)
		return 0;
	more = *room ? *room * 2 : 16;
	grown = reallocarray(*array, more, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*room = more;
	return 0;
}

#endif /* MMS_ARRAY_H */
