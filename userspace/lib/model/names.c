// SPDX-License-Identifier: GPL-2.0
/* names.c - the names of kinds, origins, regions and events, both ways */
#include <stddef.h>
#include <string.h>

#include "array.h"
#include "model/names.h"

static const char *const kinds[] = { MMSCOPE_KINDS(MMSCOPE_KIND_NAME) };
static const char *const origins[] = { MMSCOPE_ORIGINS(MMSCOPE_ORIGIN_NAME) };
static const char *const regions[] = { MMSCOPE_REGIONS(MMSCOPE_REGION_NAME) };
static const char *const events[] = { MMSCOPE_EVENTS(MMSCOPE_EVENT_NAME) };
static const char *const outcomes[] = { MMSCOPE_OUTCOMES(MMSCOPE_OUTCOME_NAME) };

/* By the kernel's own numbers, with holes. */
#define ADVICE_NAME(number, name) [number] = #name,
static const char *const advice[] = { MMSCOPE_ADVICE(ADVICE_NAME) };

static const char *name_of(const char *const *names, size_t nr, unsigned int number)
{
	return number < nr ? names[number] : "?";
}

static int number_of(const char *const *names, size_t nr, const char *name)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

const char *mms_kind_name(unsigned int kind)
{
	return name_of(kinds, MMS_ARRAY_SIZE(kinds), kind);
}

const char *mms_origin_name(unsigned int origin)
{
	return name_of(origins, MMS_ARRAY_SIZE(origins), origin);
}

const char *mms_region_name(unsigned int region)
{
	return name_of(regions, MMS_ARRAY_SIZE(regions), region);
}

const char *mms_event_name(unsigned int event)
{
	return name_of(events, MMS_ARRAY_SIZE(events), event);
}

const char *mms_outcome_name(unsigned int outcome)
{
	return name_of(outcomes, MMS_ARRAY_SIZE(outcomes), outcome);
}

const char *mms_advice_name(unsigned int behavior)
{
	return name_of(advice, MMS_ARRAY_SIZE(advice), behavior) ?: "?";
}

int mms_kind_number(const char *name)
{
	return number_of(kinds, MMS_ARRAY_SIZE(kinds), name);
}

int mms_origin_number(const char *name)
{
	return number_of(origins, MMS_ARRAY_SIZE(origins), name);
}

int mms_region_number(const char *name)
{
	return number_of(regions, MMS_ARRAY_SIZE(regions), name);
}

int mms_event_number(const char *name)
{
	return number_of(events, MMS_ARRAY_SIZE(events), name);
}
