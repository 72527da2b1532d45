/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recording.h - trace.dat recordings: trace-cmd writes them, libtracecmd reads them
 */
#ifndef MMS_RECORDING_H
#define MMS_RECORDING_H

#include <sys/types.h>

#include "collect/trace.h"
#include "error.h"
#include "model/evlist.h"

/**
 * mms_recorder_start() - let trace-cmd record our instance into a file
 * @pid: receives trace-cmd's process
 * @trace: an opened, not started trace
 * @path: the file
 * @buffer_kb: size of each CPU's buffer, KiB
 * @err: receives the reason
 *
 * Returns when the events are being recorded.
 *
 * Return: 0 or a negative errno.
 */
int mms_recorder_start(pid_t *pid, const struct mms_trace *trace, const char *path,
		       unsigned int buffer_kb, struct mms_error *err);

/**
 * mms_recorder_stop() - let trace-cmd finish its file
 * @pid: from mms_recorder_start()
 * @path: the file
 * @err: receives the reason
 *
 * Return: 0, or a negative errno when trace-cmd failed.
 */
int mms_recorder_stop(pid_t pid, const char *path, struct mms_error *err);

/**
 * mms_recording_read() - read the events of a trace.dat
 * @list: receives the events, to be sorted by the caller
 * @path: the file
 * @err: receives the reason
 *
 * Return: 0 or a negative errno.
 */
int mms_recording_read(struct mms_evlist *list, const char *path, struct mms_error *err);

#endif /* MMS_RECORDING_H */
