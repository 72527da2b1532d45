// SPDX-License-Identifier: GPL-2.0
/* numbers.c - figures as a person reads them */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "render/numbers.h"

struct mms_num mms_count(int64_t number)
{
	struct mms_num text = { "" };
	char digits[24];
	char *to = text.s;
	size_t len;
	size_t i;

	len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64,
			       number < 0 ? -(uint64_t)number : (uint64_t)number);
	if (number < 0)
		*to++ = '-';
	for (i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return text;
}

static struct mms_num with_unit(struct mms_num number, const char *unit)
{
	size_t len = strlen(number.s);

	snprintf(number.s + len, sizeof(number.s) - len, " %s", unit);
	return number;
}

struct mms_num mms_kib(int64_t kb)
{
	return with_unit(mms_count(kb), "KiB");
}

struct mms_num mms_kib_change(int64_t kb)
{
	struct mms_num text = { "+0" };

	if (kb < 0)
		return mms_kib(kb);
	if (kb)
		snprintf(text.s, sizeof(text.s), "+%.38s", mms_kib(kb).s);
	return text;
}

struct mms_num mms_bytes(uint64_t bytes)
{
	if (bytes % 1024)
		return with_unit(mms_count((int64_t)bytes), "bytes");
	return mms_kib((int64_t)(bytes / 1024));
}

struct mms_num mms_ns(uint64_t ns)
{
	struct mms_num text;

	if (ns < 1000)
		snprintf(text.s, sizeof(text.s), "%" PRIu64 " ns", ns);
	else if (ns < 999950)
		snprintf(text.s, sizeof(text.s), "%.1f us", (double)ns / 1e3);
	else if (ns < 999950000)
		snprintf(text.s, sizeof(text.s), "%.1f ms", (double)ns / 1e6);
	else
		snprintf(text.s, sizeof(text.s), "%.2f s", (double)ns / 1e9);
	return text;
}

struct mms_num mms_ns_range(uint64_t least, uint64_t most)
{
	struct mms_num from = mms_ns(least);
	struct mms_num to = mms_ns(most);
	char *unit = strchr(from.s, ' ');
	struct mms_num text;

	if (!strcmp(unit, strchr(to.s, ' ')))
		*unit = '\0';
	snprintf(text.s, sizeof(text.s), "%.18s..%.18s", from.s, to.s);
	return text;
}

struct mms_num mms_ms(uint64_t ns)
{
	struct mms_num text = mms_count((int64_t)(ns / 1000000));
	size_t len = strlen(text.s);

	snprintf(text.s + len, sizeof(text.s) - len, ".%03u", (unsigned int)(ns / 1000 % 1000));
	return text;
}

struct mms_num mms_short_kib(int64_t kb)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB" };
	double value = (double)kb;
	struct mms_num text;
	unsigned int unit = 0;

	while (value >= 1024 && unit < 4) {
		value /= 1024;
		unit++;
	}
	if (!unit || value >= 100)
		snprintf(text.s, sizeof(text.s), "%.0f %s", value, units[unit]);
	else
		snprintf(text.s, sizeof(text.s), "%.1f %s", value, units[unit]);
	return text;
}
