/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace.h - the module's events, read from a trace buffer of our own
 *
 * Each recorder has a tracefs instance `mmscope-PID`, so that it disturbs
 * nobody else's tracing; instances that dead recorders left are removed. The
 * instance's clock is `mono`, so that times of different CPUs compare.
 */
#ifndef MMS_TRACE_H
#define MMS_TRACE_H

#include "error.h"
#include "model/evlist.h"

struct mms_trace;

/**
 * mms_trace_open() - make the instance
 * @buffer_kb: size of each CPU's buffer, KiB
 * @err: receives the reason
 *
 * Return: the trace, or NULL.
 */
struct mms_trace *mms_trace_open(unsigned int buffer_kb, struct mms_error *err);

/** mms_trace_name() - name of the instance. */
const char *mms_trace_name(const struct mms_trace *trace);

/** mms_trace_dir() - the tracefs directory of the instance; valid as long as the trace. */
const char *mms_trace_dir(const struct mms_trace *trace);

/** mms_trace_marker() - descriptor of the instance's trace_marker (close-on-exec). */
int mms_trace_marker(const struct mms_trace *trace);

/**
 * mms_trace_start() - enable the module's events and open the buffers for reading
 * Return: 0 or -errno.
 */
int mms_trace_start(struct mms_trace *trace, struct mms_error *err);

/**
 * mms_trace_read() - take what the buffers hold now
 * @trace: a started trace
 * @list: receives the events in each CPU's order
 * @err: receives the reason
 *
 * Does not wait.
 *
 * Return: events taken, or a negative errno.
 */
int mms_trace_read(struct mms_trace *trace, struct mms_evlist *list, struct mms_error *err);

/**
 * mms_trace_stop() - switch the events off; nothing is added any more
 * @trace: a trace
 */
void mms_trace_stop(struct mms_trace *trace);

/**
 * mms_trace_losses() - ask the kernel how many events each CPU's buffer lost
 * @trace: a stopped and read trace
 * @list: its losses are replaced by the kernel's own count
 */
void mms_trace_losses(struct mms_trace *trace, struct mms_evlist *list);

/** mms_trace_close() - remove the instance; NULL is allowed. */
void mms_trace_close(struct mms_trace *trace);

#endif /* MMS_TRACE_H */
