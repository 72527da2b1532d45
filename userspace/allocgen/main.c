// SPDX-License-Identifier: GPL-2.0
/*
 * main.c - the command line of allocgen, and the order of a run
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "child.h"
#include "expect.h"
#include "mark.h"
#include "out.h"
#include "scenario.h"
#include "settle.h"
#include "touch.h"

#define ALLOCGEN_VERSION "0.1"
#define HOLD_MAX         86400ul

static const char help[] =
	"Usage: allocgen list\n"
	"       allocgen run NAME [OPTION]...\n"
	"       allocgen --help | --version\n"
	"\n"
	"Runs a memory scenario whose page faults, system calls and sizes are known\n"
	"exactly beforehand, and says what they are.\n"
	"\n"
	"  --pages N       pages to work on (default 1009, 64 to 4194304); story,\n"
	"                  mmap-threshold and arenas have sizes of their own\n"
	"  --json          JSON Lines for a program (docs/allocgen-json.md)\n"
	"  --step          wait for Enter at each mark: time to look at\n"
	"                  /sys/kernel/debug/mmscope/pid/PID/\n"
	"  --hold SECONDS  stay at the end, everything still mapped\n"
	"  --seed N        seed of random orders (default 1)\n"
	"\n"
	"MMSCOPE_MARK_FD  number of an open descriptor that takes marks and steps\n"
	"ALLOCGEN_DIR     directory for the file of file-private, not on tmpfs\n"
	"\n"
	"Exit status: 0 done; 1 a resource could not be had; 2 bad usage; 4 skipped,\n"
	"the scenario makes no sense here.\n";

struct command_line {
	const struct scenario *scenario;
	struct run run;
	struct mark_options marks;
	unsigned long hold;
};

static int usage_number(const char *option, const char *text, unsigned long min, unsigned long max,
			unsigned long *value)
{
	char *end;

	errno = 0;
	*value = text ? strtoul(text, &end, 10) : 0;
	if (text && *text >= '0' && *text <= '9' && !*end && !errno && *value >= min &&
	    *value <= max)
		return 0;
	complain("%s takes a number from %lu to %lu%s%s", option, min, max,
		 text ? ", not " : "", text ? text : "");
	return EXIT_USAGE;
}

static int parse_number(struct command_line *cmd, const char *option, const char *value)
{
	if (!strcmp(option, "--pages"))
		return usage_number(option, value, PAGES_MIN, PAGES_MAX, &cmd->run.pages);
	if (!strcmp(option, "--hold"))
		return usage_number(option, value, 0, HOLD_MAX, &cmd->hold);
	return usage_number(option, value, 0, UINT64_MAX, &cmd->run.seed);
}

static bool takes_number(const char *option)
{
	return !strcmp(option, "--pages") || !strcmp(option, "--hold") || !strcmp(option, "--seed");
}

static int parse_run(struct command_line *cmd, char **args)
{
	char option[16];

	for (; *args; args++) {
		char *value = strchr(*args, '=');
		size_t len = value ? (size_t)(value - *args) : strlen(*args);

		if (!strcmp(*args, "--json")) {
			cmd->marks.json = true;
			continue;
		}
		if (!strcmp(*args, "--step")) {
			cmd->marks.step = true;
			continue;
		}
		if (len < sizeof(option)) {
			memcpy(option, *args, len);
			option[len] = '\0';
			if (takes_number(option)) {
				if (parse_number(cmd, option, value ? value + 1 : args[1]))
					return EXIT_USAGE;
				args += !value;
				continue;
			}
		}
		if (**args == '-') {
			complain("%s is not an option of `run`: see `allocgen --help`", *args);
			return EXIT_USAGE;
		}
		if (cmd->scenario) {
			complain("`run` takes one scenario: leave out %s or %s",
				 cmd->scenario->name, *args);
			return EXIT_USAGE;
		}
		cmd->scenario = scenario_find(*args);
		if (!cmd->scenario) {
			complain("no scenario is called %s: `allocgen list` names them", *args);
			return EXIT_USAGE;
		}
	}
	if (cmd->scenario)
		return 0;
	complain("`run` needs the name of a scenario: `allocgen list` names them");
	return EXIT_USAGE;
}

static int list(void)
{
	int width = 0;

	for (size_t i = 0; i < nr_scenarios; i++)
		if ((int)strlen(scenarios[i].name) > width)
			width = strlen(scenarios[i].name);
	for (size_t i = 0; i < nr_scenarios; i++)
		out_printf("%-*s  %s\n", width, scenarios[i].name, scenarios[i].summary);
	out_flush();
	return EXIT_OK;
}

static void print_start(const struct command_line *cmd)
{
	const struct run *run = &cmd->run;

	if (cmd->marks.json) {
		out_printf("{\"type\":\"start\",\"scenario\":\"%s\",\"pid\":%d,\"pages\":%lu,",
			   cmd->scenario->name, getpid(), run->pages);
		out_printf("\"touched\":%lu,\"page_bytes\":%zu,\"seed\":%" PRIu64 "}\n",
			   run->touched, PAGE_BYTES, run->seed);
	} else {
		out_printf("%s: %s\n\n", cmd->scenario->name, cmd->scenario->summary);
		out_wrap(0, cmd->scenario->shows);
		out_printf("\nProcess %d, n = %lu pages, k = %lu, seed %" PRIu64 ". ", getpid(),
			   run->pages, run->touched, run->seed);
		out_printf("What the kernel counts:\n/sys/kernel/debug/mmscope/pid/%d/\n\n",
			   getpid());
	}
	out_flush();
}

static void print_end(const struct command_line *cmd, int status)
{
	const char *word = status == EXIT_OK ? "ok" : status == EXIT_SKIP ? "skip" : "error";
	struct asked asked = asked_so_far();

	if (!status)
		expect_print(cmd->marks.json);
	if (!cmd->marks.json) {
		out_printf("\nAsked of malloc: %s calls, %s bytes; of mmap: %s bytes\n",
			   out_grouped(asked.malloc_calls), out_grouped(asked.malloc_bytes),
			   out_grouped(asked.mmap_bytes));
		out_flush();
		if (status)
			complain("%s: %s: %s", cmd->scenario->name, word, leave_reason());
		return;
	}
	out_printf("{\"type\":\"asked\",\"malloc_calls\":%lu,\"malloc_bytes\":%lu,\"mmap_bytes\":%lu}\n",
		   asked.malloc_calls, asked.malloc_bytes, asked.mmap_bytes);
	out_printf("{\"type\":\"end\",\"status\":\"%s\"", word);
	if (status) {
		out_printf(",\"reason\":");
		out_json_string(leave_reason());
	}
	out_printf("}\n");
	out_flush();
}

static void hold(const struct command_line *cmd)
{
	struct timespec rest = { .tv_sec = cmd->hold };

	if (!cmd->hold)
		return;
	if (!cmd->marks.json) {
		out_printf("Holding for %lu s, everything still mapped.\n", cmd->hold);
		out_flush();
	}
	while (nanosleep(&rest, &rest) && errno == EINTR)
		;
}

static int run(struct command_line *cmd)
{
	int status = mark_setup(&cmd->marks);

	if (status)
		return status;
	cmd->run.touched = prime_at_most(cmd->run.pages / 10 + 1);
	print_start(cmd);
	expect_rehearse();
	status = settle_process();
	if (!status)
		status = cmd->scenario->run(&cmd->run);
	print_end(cmd, status);
	if (!status)
		hold(cmd);
	children_end();
	if (marks_lost())
		complain("%u lines could not be written to MMSCOPE_MARK_FD", marks_lost());
	return status;
}

int main(int argc, char **argv)
{
	struct command_line cmd = { .run = { .pages = PAGES_DEFAULT, .seed = 1 } };

	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		out_printf("%s", help);
		out_flush();
		return EXIT_OK;
	}
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		out_printf("allocgen %s\n", ALLOCGEN_VERSION);
		out_flush();
		return EXIT_OK;
	}
	if (argc == 2 && !strcmp(argv[1], "list"))
		return list();
	if (argc < 2 || strcmp(argv[1], "run")) {
		complain("give a command, `list` or `run NAME`: see `allocgen --help`");
		return EXIT_USAGE;
	}
	if (sysconf(_SC_PAGESIZE) != (long)PAGE_BYTES) {
		complain("made for %zu-byte pages, not %ld: use a kernel with these", PAGE_BYTES,
			 sysconf(_SC_PAGESIZE));
		return EXIT_RESOURCE;
	}
	if (parse_run(&cmd, argv + 2))
		return EXIT_USAGE;
	return run(&cmd);
}
