// SPDX-License-Identifier: GPL-2.0
/* events.c - the module's trace events, from a private tracefs instance */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <traceevent/event-parse.h>
#include <unistd.h>

#include "events.h"
#include "tap.h"

static const char *const names[] = { MMSCOPE_EVENTS(MMSCOPE_EVENT_NAME) };

static struct tracefs_instance *instance;
static struct tep_handle *tep;

void events_begin(void)
{
	events_begin_with("16384", NULL);
}

void events_overwrite(bool overwrite)
{
	if (tracefs_instance_file_write(instance, "options/overwrite", overwrite ? "1" : "0") < 0)
		tap_bail("cannot set the overwrite mode: %s", strerror(errno));
}

void events_begin_with(const char *buffer_kb, const char *event)
{
	const char *const systems[] = { MMSCOPE_TRACE_SYSTEM, NULL };

	instance = tracefs_instance_create("mmscope-selftest");
	if (!instance)
		tap_bail("cannot make a tracefs instance: %s", strerror(errno));
	tep = tracefs_local_events_system(NULL, systems);
	if (!tep || tracefs_instance_file_write(instance, "buffer_size_kb", buffer_kb) < 0 ||
	    tracefs_instance_file_write(instance, "trace_clock", "mono") < 0 ||
	    tracefs_event_enable(instance, MMSCOPE_TRACE_SYSTEM, event))
		tap_bail("cannot switch the trace events on: %s", strerror(errno));
}

static long field(struct tep_event *type, struct tep_record *record, const char *name)
{
	unsigned long long value;

	if (tep_get_field_val(NULL, type, name, record, &value, 0))
		return 0;
	return (long)value;
}

static int take(struct tep_event *type, struct tep_record *record, int cpu, void *context)
{
	struct events *events = context;
	struct event *event;
	int i;

	(void)cpu;
	if (events->number == events->room) {
		events->room = events->room ? 2 * events->room : 4096;
		events->event = realloc(events->event, events->room * sizeof(*event));
		if (!events->event)
			tap_bail("no memory for %u events", events->room);
	}
	event = &events->event[events->number];
	event->event = -1;
	for (i = 0; i < MMS_NR_EVENTS; i++)
		if (!strcmp(type->name, names[i]))
			event->event = i;
	event->t_ns = record->ts;
	event->tgid = field(type, record, "tgid");
	event->task = tep_data_pid(tep, record);
	event->gen = field(type, record, "gen");
	event->address = field(type, record, "address");
	event->kind = field(type, record, "kind");
	event->region = field(type, record, "region");
	event->origin = field(type, record, "origin");
	event->flags = field(type, record, "flags");
	event->reason = field(type, record, "reason");
	event->pages = field(type, record, "pages");
	event->heap_delta_bytes = field(type, record, "heap_delta_bytes");
	event->vsz_pages = field(type, record, "vsz_pages");
	event->anon_pages = field(type, record, "anon_pages");
	event->file_pages = field(type, record, "file_pages");
	event->shmem_pages = field(type, record, "shmem_pages");
	event->rss_exact = field(type, record, "rss_exact");
	event->ip = field(type, record, "ip");
	event->child_tgid = field(type, record, "child_tgid");
	event->child_gen = field(type, record, "child_gen");
	event->heap_bytes = field(type, record, "heap_bytes");
	event->vsz_delta_pages = field(type, record, "vsz_delta_pages") +
				 field(type, record, "grown_pages");
	event->cause = field(type, record, "cause");
	event->delta_pages = field(type, record, "delta_pages");
	event->error = (int)field(type, record, "error");
	event->prot = field(type, record, "prot");
	event->behavior = (int)field(type, record, "behavior");
	event->outcome = field(type, record, "outcome");
	event->rss_delta_pages = (int)field(type, record, "rss_delta_pages");
	event->length_bytes = field(type, record, "length_bytes");
	event->old_bytes = field(type, record, "old_bytes");
	event->new_bytes = field(type, record, "new_bytes");
	event->new_address = field(type, record, "new_address");
	events->number++;
	return 0;
}

void events_drain(struct events *events)
{
	if (tracefs_iterate_raw_events(tep, instance, NULL, 0, take, events) < 0)
		tap_bail("cannot read the trace events");
}

long events_lost(void)
{
	long lost = 0, overrun, dropped;
	long cpus = sysconf(_SC_NPROCESSORS_CONF), cpu;
	char path[64];
	char *text, *line;

	for (cpu = 0; cpu < cpus; cpu++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%ld/stats", cpu);
		text = tracefs_instance_file_read(instance, path, NULL);
		if (!text)
			tap_bail("cannot read %s", path);
		line = strstr(text, "overrun: ");
		overrun = line ? atol(line + strlen("overrun: ")) : -1;
		line = strstr(text, "dropped events: ");
		dropped = line ? atol(line + strlen("dropped events: ")) : -1;
		if (overrun < 0 || dropped < 0)
			tap_bail("%s has no counts of losses", path);
		lost += overrun + dropped;
		free(text);
	}
	return lost;
}

void events_end(void)
{
	tracefs_event_disable(instance, MMSCOPE_TRACE_SYSTEM, NULL);
	tracefs_instance_destroy(instance);
	tracefs_instance_free(instance);
	tep_free(tep);
}

void events_free(struct events *events)
{
	free(events->event);
	*events = (struct events){ 0 };
}
