// SPDX-License-Identifier: GPL-2.0
/* decode.c - a trace record becomes a struct mms_record */
#include <errno.h>
#include <stdlib.h>

#include "array.h"
#include "collect/decode.h"
#include "model/names.h"

/* More than any event has; checked when the formats are learned. */
#define MAX_FIELDS 24

struct mms_decoder {
	struct tep_handle *tep;
	int print_id;
	struct tep_format_field *words;		/* the text of a trace_marker line */
	struct {
		struct tep_event *event;	/* NULL: this module has no such event */
		struct tep_format_field *fields[MAX_FIELDS];
	} events[MMS_NR_EVENTS];
};

static int learn(struct mms_decoder *decoder, unsigned int event, struct mms_error *err)
{
	const char *name = mms_event_name(event);
	struct tep_event *found = tep_find_event_by_name(decoder->tep, MMSCOPE_TRACE_SYSTEM, name);
	const struct mms_field *fields;
	size_t nr;
	size_t i;

	if (!found)
		return 0;
	decoder->events[event].event = found;
	fields = mms_event_fields(event, &nr);
	if (nr > MAX_FIELDS)
		return mms_fail(err, -E2BIG, "event %s has too many fields", name);
	for (i = 0; i < nr; i++) {
		decoder->events[event].fields[i] = tep_find_field(found, fields[i].name);
		if (!decoder->events[event].fields[i])
			return mms_fail(err, -EPROTO,
					"trace event %s has no field %s: build and load module and mmscope from one source tree",
					name, fields[i].name);
	}
	return 0;
}

struct mms_decoder *mms_decoder_new(struct tep_handle *tep, struct mms_error *err)
{
	struct mms_decoder *decoder = calloc(1, sizeof(*decoder));
	struct tep_event *print;
	bool any = false;
	unsigned int i;
	int ret = 0;

	if (!decoder) {
		mms_fail(err, -ENOMEM, "no memory to decode events");
		return NULL;
	}
	decoder->tep = tep;
	for (i = 0; !ret && i < MMS_NR_EVENTS; i++) {
		ret = learn(decoder, i, err);
		any |= !!decoder->events[i].event;
	}
	if (!ret && !any)
		ret = mms_fail(err, -ENOENT, "there are no events of mmscope in it");
	print = tep_find_event_by_name(tep, "ftrace", "print");
	decoder->print_id = print ? print->id : -1;
	decoder->words = print ? tep_find_field(print, "buf") : NULL;
	if (ret) {
		mms_decoder_free(decoder);
		return NULL;
	}
	return decoder;
}

void mms_decoder_free(struct mms_decoder *decoder)
{
	free(decoder);
}

static bool is_inside(const struct tep_format_field *field, const struct tep_record *raw)
{
	return field->offset >= 0 && field->size > 0 &&
	       field->offset + field->size <= raw->size;
}

static int read_text(struct mms_evlist *list, struct mms_record *record,
		     struct tep_event *event, const struct tep_format_field *field,
		     struct tep_record *raw)
{
	const char *start = raw->data;
	const char *text;
	int len = 0;

	text = tep_get_field_raw(NULL, event, field->name, raw, &len, 0);
	if (!text || len <= 0 || text < start || text + len > start + raw->size)
		return 0;
	record->text = mms_evlist_text(list, text, (size_t)len);
	return record->text ? 0 : -ENOMEM;
}

static int decode_event(const struct mms_decoder *decoder, struct mms_evlist *list,
			struct mms_record *record, struct tep_record *raw)
{
	struct tep_format_field *const *from = decoder->events[record->what].fields;
	struct tep_event *event = decoder->events[record->what].event;
	const struct mms_field *fields;
	size_t nr;
	size_t i;
	int ret;

	fields = mms_event_fields(record->what, &nr);
	for (i = 0; i < nr; i++) {
		if (!is_inside(from[i], raw))
			continue;
		if (fields[i].size) {
			mms_record_store(record, &fields[i],
					 tep_read_number(decoder->tep,
							 (char *)raw->data + from[i]->offset,
							 from[i]->size));
			continue;
		}
		ret = read_text(list, record, event, from[i], raw);
		if (ret)
			return ret;
	}
	return mms_evlist_add(list, record);
}

int mms_decode(const struct mms_decoder *decoder, struct mms_evlist *list, struct tep_record *raw)
{
	int id = tep_data_type(decoder->tep, raw);
	struct mms_record record = {
		.t_ns = raw->ts,
		.cpu = (uint16_t)raw->cpu,
		.tid = tep_data_pid(decoder->tep, raw),
	};
	struct mms_record lost = record;
	unsigned int i;
	int ret;

	if (raw->missed_events) {
		lost.what = MMS_WHAT_LOST;
		lost.lost = raw->missed_events > 0 ? raw->missed_events : MMS_LOST_UNKNOWN;
		ret = mms_evlist_add(list, &lost);
		if (ret)
			return ret;
	}
	if (id == decoder->print_id && decoder->words) {
		int offset = decoder->words->offset;

		if (offset >= raw->size)
			return 0;
		return mms_evlist_add_words(list, &record, (char *)raw->data + offset,
					    (size_t)(raw->size - offset));
	}
	for (i = 0; i < MMS_NR_EVENTS; i++) {
		if (decoder->events[i].event && decoder->events[i].event->id == id) {
			record.what = (uint8_t)i;
			return decode_event(decoder, list, &record, raw);
		}
	}
	return 0;
}
