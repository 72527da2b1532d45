/* SPDX-License-Identifier: GPL-2.0 */
/* numbers.h - figures as a person reads them */
#ifndef MMS_NUMBERS_H
#define MMS_NUMBERS_H

#include <stdint.h>

/**
 * struct mms_num - a figure as text, passed by value: `printf("%s", mms_kib(kb).s)`
 * @s: the text
 */
struct mms_num {
	char s[40];
};

/** mms_count() - "1,028". */
struct mms_num mms_count(int64_t number);

/** mms_kib() - "1,028 KiB" from kB. */
struct mms_num mms_kib(int64_t kb);

/** mms_kib_change() - "+1,028 KiB", "-4 KiB", "+0". */
struct mms_num mms_kib_change(int64_t kb);

/** mms_bytes() - "1,028 KiB", or "100 bytes" where it is no whole number of KiB. */
struct mms_num mms_bytes(uint64_t bytes);

/** mms_ns() - "512 ns", "2.1 us", "14.0 ms", "1.20 s". */
struct mms_num mms_ns(uint64_t ns);

/** mms_ns_range() - "1.2..5.2 us", "900 ns..1.4 ms". */
struct mms_num mms_ns_range(uint64_t least, uint64_t most);

/** mms_ms() - "1,234.567" milliseconds, for columns of times. */
struct mms_num mms_ms(uint64_t ns);

/** mms_short_kib() - "512 KiB", "3.5 MiB", "2.0 GiB", for an axis. */
struct mms_num mms_short_kib(int64_t kb);

#endif /* MMS_NUMBERS_H */
