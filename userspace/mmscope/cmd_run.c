// SPDX-License-Identifier: GPL-2.0
/* cmd_run.c - mmscope run: follow a command, show its figures */
#include <getopt.h>
#include <stdio.h>

#include "cmd.h"
#include "collect/preflight.h"
#include "collect/run_files.h"
#include "render/chart.h"
#include "render/summary.h"
#include "session.h"

static const char usage[] =
	"usage: mmscope run [OPTION]... -- COMMAND [ARG]...\n"
	"       mmscope run --from DIR\n\n"
	"Runs COMMAND, follows its memory from its first instruction on, and shows where\n"
	"its VSZ and RSS went: sizes, page faults by kind and region, copy-on-write\n"
	"breaks, crossings into the kernel, time in them, and a picture over time.\n\n"
	"  -o DIR      leave the module's raw tables in the folder DIR\n"
	"  --from DIR  show again what -o left in DIR\n"
	"  --no-color  no colours (also: NO_COLOR in the environment)\n"
	"  --help      this text\n\n"
	"The exit status is COMMAND's (128 + signal if one killed it); 125 mmscope itself\n"
	"failed, 126 COMMAND cannot be executed, 127 COMMAND was not found.\n";

struct options {
	const char *save;
	const char *from;
	bool no_color;
};

static int show(const struct mms_run *run, const struct options *options)
{
	struct mms_out out;

	mms_out_init(&out, stdout, options->no_color);
	mms_summary(&out, run);
	mms_heading(&out, "VSZ and RSS over time");
	mms_chart(&out, &run->processes[0].timeline);
	return mms_run_exit_status(run);
}

static int show_saved(const struct options *options)
{
	struct mms_run run = { 0 };
	struct mms_error err;
	int status;

	if (mms_run_load(&run, options->from, &err))
		status = mms_complain("%s", err.text);
	else
		status = show(&run, options);
	mms_run_free(&run);
	return status;
}

static int follow(char **argv, const struct options *options)
{
	struct mms_session session = { .argv = argv, .keep_fd = -1 };
	int status;

	if (mms_preflight(&session.run, &session.err)) {
		status = mms_complain("%s", session.err.text);
	} else if (mms_signals_take(&session.signals)) {
		status = mms_complain("cannot take signals");
	} else {
		status = mms_session_run(&session, options->save);
		mms_signals_give(&session.signals);
	}
	if (!status)
		status = show(&session.run, options);
	mms_run_free(&session.run);
	return status;
}

static int run_main(int argc, char **argv)
{
	enum { FROM = 256, NO_COLOR };
	static const struct option long_options[] = {
		{ "from", required_argument, NULL, FROM },
		{ "no-color", no_argument, NULL, NO_COLOR },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { 0 };
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:o:", long_options, NULL)) != -1) {
		switch (c) {
		case 'o':
			options.save = optarg;
			break;
		case FROM:
			options.from = optarg;
			break;
		case NO_COLOR:
			options.no_color = true;
			break;
		case ':':
			return mms_complain("%s wants a value: see mmscope run --help",
					    argv[optind - 1]);
		default:
			return mms_complain("unknown option '%s': see mmscope run --help",
					    argv[optind - 1]);
		}
	}
	if (options.from && optind == argc)
		return show_saved(&options);
	if (options.from || optind == argc)
		return mms_complain("what shall be run? mmscope run [OPTION]... -- COMMAND [ARG]...");
	return follow(argv + optind, &options);
}

const struct mms_cmd mms_cmd_run = {
	.name = "run",
	.summary = "run a program and show where its memory went",
	.usage = usage,
	.main = run_main,
};
