// SPDX-License-Identifier: GPL-2.0
/* trace.c - the module's events, read from a trace buffer of our own */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <traceevent/event-parse.h>
#include <traceevent/kbuffer.h>
#include <tracefs/tracefs.h>
#include <unistd.h>

#include "array.h"
#include "collect/debugfs.h"
#include "collect/decode.h"
#include "collect/trace.h"

#define INSTANCE_PREFIX "mmscope-"

/* Pages taken from one CPU before the next has its turn, so that none overflows meanwhile. */
#define PAGES_A_TURN 64

struct mms_trace {
	struct tracefs_instance *instance;
	struct tep_handle *tep;
	struct mms_decoder *decoder;
	struct kbuffer *kbuffer;
	void *page;
	size_t page_size;
	int marker_fd;
	int *cpu_fds;
	size_t nr_cpus;
	char *dir;
};

static int find_tracefs(struct mms_error *err)
{
	char *chosen = getenv("MMSCOPE_TRACEFS");
	const char *found;

	if (chosen) {
		if (access(chosen, F_OK) || tracefs_set_tracing_dir(chosen))
			return mms_fail(err, -ENODEV, "tracefs is not there: %s: %s", chosen,
					strerror(errno));
		return 0;
	}
	if (tracefs_tracing_dir_is_mounted(false, &found) <= 0)
		return mms_fail(err, -ENODEV,
				"tracefs is not mounted: sudo mount -t tracefs tracefs /sys/kernel/tracing (or the kernel lacks CONFIG_TRACING)");
	return 0;
}

/* A recorder is dead when no process of its number exists or it is another program. */
static bool recorder_is_dead(int pid)
{
	char path[64];
	char *comm;
	bool dead;

	if (kill(pid, 0) && errno == ESRCH)
		return true;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	comm = mms_read_file(path, NULL, NULL);
	dead = comm && strcmp(comm, "mmscope\n");
	free(comm);
	return dead;
}

/* The kernel refuses to remove an instance that somebody still reads, whatever pids look like. */
static void remove_leftovers(void)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;
	int pid;

	snprintf(path, sizeof(path), "%s/instances", tracefs_tracing_dir());
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (sscanf(entry->d_name, INSTANCE_PREFIX "%d", &pid) != 1 ||
		    !recorder_is_dead(pid))
			continue;
		snprintf(path, sizeof(path), "%s/instances/%s", tracefs_tracing_dir(),
			 entry->d_name);
		rmdir(path);
	}
	if (dir)
		closedir(dir);
}

static int set_up(struct mms_trace *trace, unsigned int buffer_kb, struct mms_error *err)
{
	char path[PATH_MAX];
	char number[16];
	char name[32];

	snprintf(path, sizeof(path), "%s/instances", tracefs_tracing_dir());
	if (access(path, W_OK))
		return mms_fail(err, -errno, "cannot make a trace instance in %s: %s", path,
				strerror(errno));
	snprintf(name, sizeof(name), INSTANCE_PREFIX "%d", getpid());
	trace->instance = tracefs_instance_create(name);
	if (!trace->instance)
		return mms_fail(err, -errno, "cannot make the trace instance %s/%s: %s", path, name,
				strerror(errno));
	trace->dir = tracefs_instance_get_dir(trace->instance);
	if (!trace->dir)
		return mms_fail(err, -ENOMEM, "no memory for the name of the trace instance");

	if (tracefs_instance_file_write(trace->instance, "trace_clock", "mono") < 0)
		return mms_fail(err, -EINVAL, "cannot choose the clock `mono` in %s/trace_clock",
				trace->dir);
	snprintf(number, sizeof(number), "%u", buffer_kb);
	if (tracefs_instance_file_write(trace->instance, "buffer_size_kb", number) < 0)
		return mms_fail(err, -ENOMEM,
				"cannot have trace buffers of %u KiB for each CPU: try a smaller --buffer-kb",
				buffer_kb);
	trace->marker_fd = tracefs_instance_file_open(trace->instance, "trace_marker",
						      O_WRONLY | O_CLOEXEC);
	if (trace->marker_fd < 0)
		return mms_fail(err, -errno, "cannot open %s/trace_marker: %s", trace->dir,
				strerror(errno));
	return 0;
}

struct mms_trace *mms_trace_open(unsigned int buffer_kb, struct mms_error *err)
{
	struct mms_trace *trace;
	int ret;

	tracefs_set_loglevel(TEP_LOG_NONE);
	tep_set_loglevel(TEP_LOG_NONE);
	if (find_tracefs(err))
		return NULL;
	remove_leftovers();
	trace = calloc(1, sizeof(*trace));
	if (!trace) {
		mms_fail(err, -ENOMEM, "no memory for a trace");
		return NULL;
	}
	trace->marker_fd = -1;
	ret = set_up(trace, buffer_kb, err);
	if (ret) {
		mms_trace_close(trace);
		return NULL;
	}
	return trace;
}

const char *mms_trace_name(const struct mms_trace *trace)
{
	return tracefs_instance_get_name(trace->instance);
}

const char *mms_trace_dir(const struct mms_trace *trace)
{
	return trace->dir;
}

int mms_trace_marker(const struct mms_trace *trace)
{
	return trace->marker_fd;
}

static int learn_formats(struct mms_trace *trace, struct mms_error *err)
{
	static const char *const systems[] = { MMSCOPE_TRACE_SYSTEM, "ftrace", NULL };

	trace->tep = tracefs_local_events_system(tracefs_tracing_dir(), systems);
	if (!trace->tep)
		return mms_fail(err, -EIO, "cannot read the event formats in %s/events",
				tracefs_tracing_dir());
	trace->decoder = mms_decoder_new(trace->tep, err);
	if (!trace->decoder)
		return -EPROTO;
	trace->page_size = (size_t)tep_get_sub_buffer_size(trace->tep);
	trace->kbuffer = kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST, KBUFFER_ENDIAN_SAME_AS_HOST);
	trace->page = malloc(trace->page_size);
	if (!trace->kbuffer || !trace->page)
		return mms_fail(err, -ENOMEM, "no memory to read events");
	return 0;
}

static int open_cpus(struct mms_trace *trace, struct mms_error *err)
{
	size_t nr = (size_t)sysconf(_SC_NPROCESSORS_CONF);
	char path[PATH_MAX];
	bool any = false;
	size_t cpu;

	trace->cpu_fds = calloc(nr, sizeof(*trace->cpu_fds));
	if (!trace->cpu_fds)
		return mms_fail(err, -ENOMEM, "no memory to read events");
	for (cpu = 0; cpu < nr; cpu++) {
		snprintf(path, sizeof(path), "%s/per_cpu/cpu%zu/trace_pipe_raw", trace->dir, cpu);
		trace->cpu_fds[cpu] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		trace->nr_cpus = cpu + 1;
		any |= trace->cpu_fds[cpu] >= 0;	/* a CPU may be away: others are not */
	}
	if (!any)
		return mms_fail(err, -errno, "cannot open %s: %s", path, strerror(errno));
	return 0;
}

int mms_trace_start(struct mms_trace *trace, struct mms_error *err)
{
	int ret;

	ret = learn_formats(trace, err);
	ret = ret ?: open_cpus(trace, err);
	if (!ret && tracefs_event_enable(trace->instance, MMSCOPE_TRACE_SYSTEM, NULL))
		ret = mms_fail(err, -EIO, "cannot enable the events in %s/events/%s", trace->dir,
			       MMSCOPE_TRACE_SYSTEM);
	return ret;
}

static int decode_page(struct mms_trace *trace, size_t cpu, struct mms_evlist *list)
{
	struct tep_record raw = { .cpu = (int)cpu };
	unsigned long long ts;
	int events = 0;
	int ret;

	kbuffer_load_subbuffer(trace->kbuffer, trace->page);
	if (kbuffer_subbuffer_size(trace->kbuffer) < 0)
		return -EIO;
	raw.missed_events = kbuffer_missed_events(trace->kbuffer);
	while ((raw.data = kbuffer_read_event(trace->kbuffer, &ts))) {
		raw.ts = ts;
		raw.size = kbuffer_event_size(trace->kbuffer);
		ret = mms_decode(trace->decoder, list, &raw);
		if (ret)
			return ret;
		raw.missed_events = 0;
		kbuffer_next_event(trace->kbuffer, NULL);
		events++;
	}
	return events;
}

int mms_trace_read(struct mms_trace *trace, struct mms_evlist *list, struct mms_error *err)
{
	int taken = 0;
	size_t cpu;
	int turn;
	int ret;

	for (cpu = 0; cpu < trace->nr_cpus; cpu++) {
		for (turn = 0; turn < PAGES_A_TURN && trace->cpu_fds[cpu] >= 0; turn++) {
			if (read(trace->cpu_fds[cpu], trace->page, trace->page_size) <= 0)
				break;
			ret = decode_page(trace, cpu, list);
			if (ret < 0)
				return mms_fail(err, ret, "cannot take the events of CPU %zu: %s",
						cpu, strerror(-ret));
			taken += ret;
		}
	}
	return taken;
}

void mms_trace_stop(struct mms_trace *trace)
{
	tracefs_event_disable(trace->instance, MMSCOPE_TRACE_SYSTEM, NULL);
	tracefs_trace_off(trace->instance);
}

static bool cpu_losses(const struct mms_trace *trace, size_t cpu, uint64_t *lost)
{
	static const char *const keys[] = {
		"\noverrun: ", "\ncommit overrun: ", "\ndropped events: ",
	};
	char path[PATH_MAX];
	char *text;
	char *at;
	size_t i;

	snprintf(path, sizeof(path), "%s/per_cpu/cpu%zu/stats", trace->dir, cpu);
	text = mms_read_file(path, NULL, NULL);
	if (!text)
		return false;
	*lost = 0;
	for (i = 0; i < MMS_ARRAY_SIZE(keys); i++) {
		at = strstr(text, keys[i]);
		if (at)
			*lost += strtoull(at + strlen(keys[i]), NULL, 10);
	}
	free(text);
	return true;
}

void mms_trace_losses(struct mms_trace *trace, struct mms_evlist *list)
{
	uint64_t lost;
	size_t cpu;

	for (cpu = 0; cpu < trace->nr_cpus && cpu < MMS_MAX_CPUS; cpu++)
		if (cpu_losses(trace, cpu, &lost))
			list->lost[cpu] = lost;
	list->lost_unknown = 0;
}

void mms_trace_close(struct mms_trace *trace)
{
	size_t cpu;

	if (!trace)
		return;
	for (cpu = 0; cpu < trace->nr_cpus; cpu++)
		if (trace->cpu_fds[cpu] >= 0)
			close(trace->cpu_fds[cpu]);
	free(trace->cpu_fds);
	if (trace->marker_fd >= 0)
		close(trace->marker_fd);
	mms_decoder_free(trace->decoder);
	if (trace->kbuffer)
		kbuffer_free(trace->kbuffer);
	free(trace->page);
	if (trace->tep)
		tep_free(trace->tep);
	if (trace->dir)
		tracefs_put_tracing_file(trace->dir);
	if (trace->instance) {
		tracefs_instance_destroy(trace->instance);
		tracefs_instance_free(trace->instance);
	}
	free(trace);
}
