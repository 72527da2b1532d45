/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compiler.h - accesses and calls that the compiler must leave as they are
 */
#ifndef ALLOCGEN_COMPILER_H
#define ALLOCGEN_COMPILER_H

#define __printf(fmt, args) __attribute__((__format__(printf, fmt, args)))
#define noinline            __attribute__((__noinline__))

/* Touches memory that a sanitizer has its own ideas of. */
#define no_asan __attribute__((no_sanitize("address")))

/* One load or store of a byte: neither left out, nor joined with others, nor moved past another. */
static inline unsigned char peek(const void *addr)
{
	unsigned char value = __atomic_load_n((const unsigned char *)addr, __ATOMIC_RELAXED);

	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return value;
}

static inline void poke(void *addr, unsigned char value)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n((unsigned char *)addr, value, __ATOMIC_RELAXED);
}

/* The value is needed, as far as the compiler knows, and so is what it points to. */
static inline void keep(const void *value)
{
	__asm__ __volatile__("" : : "r"(value) : "memory");
}

/* The same value, of which the compiler knows nothing any more. */
static inline unsigned long launder(unsigned long value)
{
	__asm__("" : "+r"(value));
	return value;
}

#endif /* ALLOCGEN_COMPILER_H */
