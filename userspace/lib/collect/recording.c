// SPDX-License-Identifier: GPL-2.0
/* recording.c - libtracecmd reads a recording */
#include <errno.h>
#include <string.h>
#include <trace-cmd/trace-cmd.h>
#include <unistd.h>

#include "collect/decode.h"
#include "collect/recording.h"

struct reader {
	struct mms_decoder *decoder;
	struct mms_evlist *list;
	int ret;
};

static int take(struct tracecmd_input *input, struct tep_record *record, int cpu, void *data)
{
	struct reader *reader = data;

	(void)input;
	record->cpu = cpu;
	reader->ret = mms_decode(reader->decoder, reader->list, record);
	return reader->ret;
}

static int read_buffer(struct tracecmd_input *input, struct mms_evlist *list,
		       struct mms_error *err)
{
	struct reader reader = { .list = list };

	reader.decoder = mms_decoder_new(tracecmd_get_tep(input), err);
	if (!reader.decoder)
		return -EPROTO;
	if (tracecmd_iterate_events(input, NULL, 0, take, &reader) && !reader.ret)
		reader.ret = -EIO;
	mms_decoder_free(reader.decoder);
	return reader.ret;
}

int mms_recording_read(struct mms_evlist *list, const char *path, struct mms_error *err)
{
	struct tracecmd_input *input;
	struct mms_error detail = { 0 };
	int ret;
	int nr;
	int i;

	if (access(path, R_OK))
		return mms_fail(err, -errno, "cannot read %s: %s", path, strerror(errno));
	tracecmd_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	input = tracecmd_open(path, TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!input)
		return mms_fail(err, -EINVAL,
				"%s is no recording that can be read (cut off, or not written by trace-cmd)",
				path);
	ret = read_buffer(input, list, &detail);
	nr = tracecmd_buffer_instances(input);
	for (i = 0; !ret && i < nr; i++) {
		struct tracecmd_input *instance = tracecmd_buffer_instance_handle(input, i);

		if (!instance)
			continue;
		ret = read_buffer(instance, list, &detail);
		tracecmd_close(instance);
	}
	tracecmd_close(input);
	if (ret)
		return mms_fail(err, ret, "%s: %s", path,
				detail.text[0] ? detail.text : "the events cannot be read");
	return 0;
}
