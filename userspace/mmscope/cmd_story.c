// SPDX-License-Identifier: GPL-2.0
/* cmd_story.c - mmscope story: a command's memory told event by event */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "collect/debugfs.h"
#include "collect/preflight.h"
#include "collect/recording.h"
#include "collect/trace.h"
#include "mmscope_abi.h"
#include "model/evtext.h"
#include "model/fold.h"
#include "model/tale.h"
#include "render/chart.h"
#include "render/story.h"
#include "render/summary.h"
#include "session.h"

#define DEFAULT_BUFFER_KB  8192
#define DEFAULT_MAX_EVENTS 2000000

static const char usage[] =
	"usage: mmscope story [OPTION]... -- COMMAND [ARG]...\n"
	"       mmscope story [OPTION]... FILE\n\n"
	"Runs COMMAND and tells what its memory did, event by event: every brk, mmap,\n"
	"munmap, page fault, fork, exec and exit in a plain sentence with figures, then\n"
	"the picture of VSZ and RSS and the summary of mmscope run. Long runs of equal\n"
	"events are told in one sentence. With FILE: the story of a recording.\n\n"
	"  -o FILE         leave the recording too, for trace-cmd report and KernelShark\n"
	"  --all-events    a sentence for every single event\n"
	"  --buffer-kb N   trace buffer of each CPU, KiB (default 8192)\n"
	"  --max-events N  tell at most N events, count the rest (default 2000000)\n"
	"  --no-color      no colours (also: NO_COLOR in the environment)\n"
	"  --help          this text\n\n"
	"Lines `say TEXT` and `mark NAME` that COMMAND writes to the descriptor named by\n"
	"MMSCOPE_MARK_FD in its environment become headings of the story.\n"
	"The exit status is COMMAND's (128 + signal if one killed it); 125 mmscope itself\n"
	"failed, 126 COMMAND cannot be executed, 127 COMMAND was not found.\n";

struct options {
	const char *save;
	bool all_events;
	bool no_color;
	long buffer_kb;
	long max_events;
};

/* The reader's side while the command runs. */
struct reading {
	struct mms_trace *trace;
	struct mms_evlist *events;
	struct mms_error err;
	bool failed;
};

static bool read_some(void *data)
{
	struct reading *reading = data;
	int taken = 0;

	if (!reading->failed)
		taken = mms_trace_read(reading->trace, reading->events, &reading->err);
	if (taken < 0)
		reading->failed = true;
	return taken > 0;
}

/* @run is NULL when the story comes from the recording @path. */
static int tell(struct mms_evlist *events, const struct mms_run *run, const char *path,
		const struct options *options)
{
	unsigned int page_kb = (unsigned int)sysconf(_SC_PAGESIZE) / 1024;
	struct mms_series series = { 0 };
	struct mms_items items = { 0 };
	struct mms_tale tale = { 0 };
	struct mms_out out;
	int status = 0;

	mms_evlist_sort(events);
	mms_out_init(&out, stdout, options->no_color);
	if (mms_tale_make(&tale, events, run ? run->pid : 0) ||
	    mms_fold(&items, events, tale.from, !options->all_events) ||
	    mms_tale_series(&series, &tale, events, page_kb)) {
		status = mms_complain("no memory to tell %zu events", events->nr);
	} else {
		fprintf(out.file, "\n%sThe story of %s%s\n\n", mms_style(&out, MMS_HEAD),
			run ? run->command : path, mms_style(&out, MMS_PLAIN));
		mms_story(&out, &items, events, &tale, page_kb, options->all_events);
		mms_heading(&out, "VSZ and RSS over time");
		mms_chart(&out, &series);
		if (run)
			mms_summary(&out, run);
		mms_heading(&out, "The events of this story");
		mms_story_end(&out, events, &tale);
	}
	mms_items_free(&items);
	mms_series_free(&series);
	return status;
}

/* Fill the list from a recording, or from the tests' text. */
static int read_file(struct mms_evlist *events, const char *path, struct mms_error *err)
{
	static const char magic[] = MMS_EVTEXT_MAGIC;
	char *text;
	bool is_text;
	int ret;

	text = mms_read_file(path, NULL, err);
	if (!text)
		return -errno;
	is_text = !strncmp(text, magic, sizeof(magic) - 1);
	ret = is_text ? mms_evtext_parse(events, text, path, err) : 0;
	free(text);
	return is_text ? ret : mms_recording_read(events, path, err);
}

static int tell_file(const char *path, const struct options *options)
{
	struct mms_evlist events = { .limit = (size_t)options->max_events };
	struct mms_error err;
	int status;

	if (read_file(&events, path, &err))
		status = mms_complain("%s", err.text);
	else if (!events.nr)
		status = mms_complain("%s holds no event of mmscope", path);
	else
		status = tell(&events, NULL, path, options);
	mms_evlist_free(&events);
	return status;
}

/* Tell the child where marks go. */
static void announce_marker(int fd)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	setenv(MMSCOPE_MARK_FD_ENV, number, 1);
}

/* The command runs while we read the buffers. */
static int follow_live(struct mms_session *session, struct reading *reading)
{
	int status;

	if (mms_trace_start(reading->trace, &reading->err))
		return mms_complain("%s", reading->err.text);
	session->idle = read_some;
	session->idle_data = reading;
	status = mms_session_run(session, NULL);
	mms_trace_stop(reading->trace);
	while (read_some(reading))
		;
	mms_trace_losses(reading->trace, reading->events);
	if (reading->failed)
		mms_complain("the story is incomplete: %s", reading->err.text);
	return status;
}

/* The command runs while trace-cmd records; the story is told from the recording. */
static int follow_recorded(struct mms_session *session, struct reading *reading,
			   const struct options *options)
{
	struct mms_error *err = &reading->err;
	pid_t recorder;
	int status;

	if (mms_recorder_start(&recorder, reading->trace, options->save,
			       (unsigned int)options->buffer_kb, err))
		return mms_complain("%s", err->text);
	status = mms_session_run(session, NULL);
	if (mms_recorder_stop(recorder, options->save, err))
		return status ?: mms_complain("%s", err->text);
	if (!status && mms_recording_read(reading->events, options->save, err))
		return mms_complain("%s", err->text);
	return status;
}

/* Signals are taken: whatever happens, the instance is removed in the end. */
static int follow_traced(struct mms_session *session, struct mms_evlist *events,
			 const struct options *options)
{
	struct reading reading = { .events = events };
	int status;

	reading.trace = mms_trace_open((unsigned int)options->buffer_kb, &session->err);
	if (!reading.trace)
		return mms_complain("%s", session->err.text);
	session->keep_fd = mms_trace_marker(reading.trace);
	announce_marker(session->keep_fd);
	status = options->save ? follow_recorded(session, &reading, options) :
				 follow_live(session, &reading);
	mms_trace_close(reading.trace);
	return status;
}

static int follow(char **argv, const struct options *options)
{
	struct mms_evlist events = { .limit = (size_t)options->max_events };
	struct mms_session session = { .argv = argv, .keep_fd = -1 };
	int status;

	if (mms_preflight(&session.run, &session.err)) {
		status = mms_complain("%s", session.err.text);
	} else if (mms_signals_take(&session.signals)) {
		status = mms_complain("cannot take signals");
	} else {
		status = follow_traced(&session, &events, options);
		mms_signals_give(&session.signals);
	}
	if (!status)
		status = tell(&events, &session.run, NULL, options);
	if (!status)
		status = mms_run_exit_status(&session.run);
	mms_evlist_free(&events);
	mms_run_free(&session.run);
	return status;
}

static int parse(int argc, char **argv, struct options *options)
{
	enum { ALL_EVENTS = 256, BUFFER_KB, MAX_EVENTS, NO_COLOR };
	static const struct option long_options[] = {
		{ "all-events", no_argument, NULL, ALL_EVENTS },
		{ "buffer-kb", required_argument, NULL, BUFFER_KB },
		{ "max-events", required_argument, NULL, MAX_EVENTS },
		{ "no-color", no_argument, NULL, NO_COLOR },
		{ NULL, 0, NULL, 0 },
	};
	int status = 0;
	int c;

	opterr = 0;
	while (!status && (c = getopt_long(argc, argv, "+:o:", long_options, NULL)) != -1) {
		switch (c) {
		case 'o':
			options->save = optarg;
			break;
		case ALL_EVENTS:
			options->all_events = true;
			break;
		case BUFFER_KB:
			status = mms_number_option("--buffer-kb", optarg, 4, 1 << 24,
						   &options->buffer_kb);
			break;
		case MAX_EVENTS:
			status = mms_number_option("--max-events", optarg, 1, 1L << 32,
						   &options->max_events);
			break;
		case NO_COLOR:
			options->no_color = true;
			break;
		case ':':
			return mms_complain("%s wants a value: see mmscope story --help",
					    argv[optind - 1]);
		default:
			return mms_complain("unknown option '%s': see mmscope story --help",
					    argv[optind - 1]);
		}
	}
	return status;
}

static int story_main(int argc, char **argv)
{
	struct options options = {
		.buffer_kb = DEFAULT_BUFFER_KB,
		.max_events = DEFAULT_MAX_EVENTS,
	};
	int status = parse(argc, argv, &options);
	bool command;

	if (status)
		return status;
	command = optind > 1 && !strcmp(argv[optind - 1], "--");
	if (optind == argc || (!command && (argc - optind > 1 || options.save)))
		return mms_complain("what shall be told? mmscope story [OPTION]... -- COMMAND [ARG]... (or FILE, a recording)");
	if (command)
		return follow(argv + optind, &options);
	return tell_file(argv[optind], &options);
}

const struct mms_cmd mms_cmd_story = {
	.name = "story",
	.summary = "run a program and tell what its memory did, event by event",
	.usage = usage,
	.main = story_main,
};
