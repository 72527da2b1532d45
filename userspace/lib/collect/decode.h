/* SPDX-License-Identifier: GPL-2.0 */
/*
 * decode.h - a trace record becomes a struct mms_record
 *
 * Fields are found by name in the format that the kernel (or the recording)
 * tells, so that added fields and other kernels' layouts stay readable.
 */
#ifndef MMS_DECODE_H
#define MMS_DECODE_H

#include <traceevent/event-parse.h>

#include "error.h"
#include "model/evlist.h"

struct mms_decoder;

/**
 * mms_decoder_new() - learn the formats of the module's events
 * @tep: knows the formats; must outlive the decoder
 * @err: receives the reason
 *
 * Return: the decoder, or NULL: an event misses a field that this program needs.
 */
struct mms_decoder *mms_decoder_new(struct tep_handle *tep, struct mms_error *err);

/** mms_decoder_free() - release a decoder; NULL is allowed. */
void mms_decoder_free(struct mms_decoder *decoder);

/**
 * mms_decode() - append a trace record to a list
 * @decoder: knows the formats
 * @list: receives the event, or the words of a trace_marker line
 * @raw: the record; other events than ours are skipped
 *
 * Return: 0 or -ENOMEM.
 */
int mms_decode(const struct mms_decoder *decoder, struct mms_evlist *list,
	       struct tep_record *raw);

#endif /* MMS_DECODE_H */
