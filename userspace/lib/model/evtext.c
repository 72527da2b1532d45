// SPDX-License-Identifier: GPL-2.0
/* evtext.c - events written as text, for tests without a kernel */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/evtext.h"
#include "model/names.h"

static int number_of(const char *name, const char *value, uint64_t *number)
{
	int named = -1;
	char *end;

	if (!strcmp(name, "kind"))
		named = mms_kind_number(value);
	else if (!strcmp(name, "origin"))
		named = mms_origin_number(value);
	else if (!strcmp(name, "region"))
		named = mms_region_number(value);
	if (named >= 0) {
		*number = (uint64_t)named;
		return 0;
	}
	errno = 0;
	*number = value[0] == '-' ? (uint64_t)strtoll(value, &end, 0) : strtoull(value, &end, 0);
	return errno || end == value || *end ? -EINVAL : 0;
}

static int store(struct mms_evlist *list, struct mms_record *record, const char *name,
		 const char *value)
{
	const struct mms_field *fields;
	uint64_t number;
	size_t nr;
	size_t i;

	fields = mms_event_fields(record->what, &nr);
	for (i = 0; i < nr; i++)
		if (!strcmp(fields[i].name, name))
			break;
	if (i == nr)
		return -EINVAL;
	if (!fields[i].size) {
		record->text = mms_evlist_text(list, value, strlen(value));
		return record->text ? 0 : -ENOMEM;
	}
	if (number_of(name, value, &number))
		return -EINVAL;
	mms_record_store(record, &fields[i], number);
	return 0;
}

static int parse_event(struct mms_evlist *list, struct mms_record *record, const char *name,
		       char *rest)
{
	int event = mms_event_number(name);
	char *pair;
	char *value;
	int ret;

	if (event < 0)
		return -EINVAL;
	record->what = (uint8_t)event;
	while ((pair = strsep(&rest, " "))) {
		if (!*pair)
			continue;
		value = strchr(pair, '=');
		if (!value)
			return -EINVAL;
		*value++ = '\0';
		ret = store(list, record, pair, value);
		if (ret)
			return ret;
	}
	record->tid = record->tgid;
	return mms_evlist_add(list, record);
}

static int parse_line(struct mms_evlist *list, char *line)
{
	struct mms_record record = { 0 };
	char *rest = line;
	char *t = strsep(&rest, " ");
	char *cpu = strsep(&rest, " ");
	char *what = strsep(&rest, " ");
	uint64_t number;

	if (!what || number_of("t_ns", t, &record.t_ns) || number_of("cpu", cpu, &number))
		return -EINVAL;
	record.cpu = (uint16_t)number;
	if (!strcmp(what, "say") || !strcmp(what, "mark")) {
		rest[-1] = ' ';
		return mms_evlist_add_words(list, &record, what, strlen(what));
	}
	if (!strcmp(what, "lost")) {
		record.what = MMS_WHAT_LOST;
		record.lost = MMS_LOST_UNKNOWN;
		if (!rest || (strcmp(rest, "?") && number_of("lost", rest, &number)))
			return -EINVAL;
		if (strcmp(rest, "?"))
			record.lost = (int64_t)number;
		return mms_evlist_add(list, &record);
	}
	return parse_event(list, &record, what, rest);
}

int mms_evtext_parse(struct mms_evlist *list, const char *text, const char *what,
		     struct mms_error *err)
{
	char *copy = strdup(text);
	unsigned int line_nr = 0;
	char *rest = copy;
	char *line;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (line = strsep(&rest, "\n"))) {
		line_nr++;
		if (*line && *line != '#')
			ret = parse_line(list, line);
	}
	free(copy);
	if (ret == -ENOMEM)
		return mms_fail(err, ret, "no memory to read %s", what);
	if (ret)
		return mms_fail(err, ret, "%s is not understood at line %u", what, line_nr);
	return 0;
}
