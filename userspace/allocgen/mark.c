// SPDX-License-Identifier: GPL-2.0
/*
 * mark.c - marks, spoken steps, and waiting for the one who looks
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mmscope_abi.h"
#include "mark.h"
#include "out.h"
#include "scenario.h"
#include "sizes.h"

#define LINE_SIZE   512
#define KB_PER_PAGE ((long)PAGE_BYTES / 1024)

static struct mark_options opt;
static bool rehearsing;
static bool input_ended;
static int trace_fd = -1;
static unsigned int lost;

static struct {
	const char *role;
	pid_t pid;
	struct sizes last;
	bool seen;
} roles[ROLES_MAX];
static unsigned int nr_roles;

/**
 * mark_setup() - take the options, and the descriptor named by MMSCOPE_MARK_FD
 * @options: how to talk
 *
 * Return: 0, or EXIT_USAGE after a complaint about a bad descriptor.
 */
int mark_setup(const struct mark_options *options)
{
	const char *text = getenv(MMSCOPE_MARK_FD_ENV);
	char *end;
	long fd;

	opt = *options;
	if (!text || !*text)
		return 0;
	errno = 0;
	fd = strtol(text, &end, 10);
	if (*end || errno || fd < 0 || fd > 1 << 20 || fcntl((int)fd, F_GETFD) < 0) {
		complain("%s=%s is not an open file descriptor: give the number of one, or unset it",
			 MMSCOPE_MARK_FD_ENV, text);
		return EXIT_USAGE;
	}
	trace_fd = (int)fd;
	return 0;
}

/**
 * role_add() - make a process known to marks and expectations
 * @role: "self", "parent", "child"
 * @pid:  its process id
 */
void role_add(const char *role, pid_t pid)
{
	if (nr_roles == ROLES_MAX)
		abort();
	roles[nr_roles].role = role;
	roles[nr_roles].pid = pid;
	nr_roles++;
}

/**
 * role_pid() - the process in a role
 * @role: a role given to role_add()
 *
 * Return: its pid, or -1.
 */
pid_t role_pid(const char *role)
{
	for (unsigned int i = 0; i < nr_roles; i++)
		if (!strcmp(roles[i].role, role))
			return roles[i].pid;
	return -1;
}

static void trace_line(const char *what, const char *text)
{
	static char line[LINE_SIZE];
	int len;

	len = snprintf(line, sizeof(line), "%s %s\n", what, text);
	if (trace_fd < 0)
		return;
	if (rehearsing)
		len = 0;
	else if ((size_t)len >= sizeof(line))
		len = sizeof(line) - 1;
	if (write(trace_fd, line, len) != len && !rehearsing)
		lost++;
}

static void wait_for_line(void)
{
	static char input[64];
	ssize_t n;

	if (!opt.step || input_ended)
		return;
	if (!opt.json) {
		out_printf("    press Enter ");
		out_flush();
	}
	/* A byte at a time: the lines for later marks may already be there. */
	do {
		n = read(STDIN_FILENO, input, rehearsing ? 0 : 1);
	} while (n == 1 ? input[0] != '\n' : n < 0 && errno == EINTR);
	if (n != 1 && !rehearsing) {
		input_ended = true;
		if (!opt.json)
			out_printf("\n");
	}
}

static void mark_json(const char *name)
{
	out_printf("{\"type\":\"mark\",\"name\":");
	out_json_string(name);
	out_printf(",\"processes\":[");
	for (unsigned int i = 0; i < nr_roles; i++)
		out_printf("%s{\"role\":\"%s\",\"pid\":%d}", i ? "," : "", roles[i].role,
			   roles[i].pid);
	out_printf("]}\n");
	out_flush();
}

/* A size in kB, and by how much it has changed since the last mark. */
static void print_size(const char *figure, unsigned long now, unsigned long before, bool seen,
		       bool last)
{
	char change[32] = "";

	if (seen)
		snprintf(change, sizeof(change), "%s%s", now < before ? "" : "+",
			 out_grouped((long)(now - before) * KB_PER_PAGE));
	out_printf("  %s %10s kB%*s", figure, out_grouped((long)now * KB_PER_PAGE),
		   last && !seen ? 0 : 11, change);
}

static void mark_text(const char *name, const char *look)
{
	for (unsigned int i = 0; i < nr_roles; i++) {
		struct sizes now = sizes_of(roles[i].pid);

		out_printf("%-12s %6s", i ? "" : name, roles[i].role);
		print_size("VSZ", now.vsz, roles[i].last.vsz, roles[i].seen, false);
		print_size("RSS", now.rss, roles[i].last.rss, roles[i].seen, true);
		out_printf("\n");
		if (!rehearsing) {
			roles[i].last = now;
			roles[i].seen = true;
		}
	}
	out_wrap(4, look);
	out_flush();
}

/**
 * mark() - every process of the scenario is at rest: look now
 * @name: unique within the scenario
 * @look: what a person should look at
 *
 * Writes the mark to MMSCOPE_MARK_FD and to standard output, and with step
 * waits for a line.
 */
void mark(const char *name, const char *look)
{
	trace_line("mark", name);
	if (opt.json)
		mark_json(name);
	else
		mark_text(name, look);
	wait_for_line();
}

/**
 * say() - one sentence of the story that a scenario tells
 * @fmt: as printf(3), without floating point and without a newline
 */
void say(const char *fmt, ...)
{
	static char text[LINE_SIZE - 8];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	trace_line("say", text);
	if (opt.json)
		return;
	out_printf("\n");
	out_wrap(0, text);
	out_flush();
}

/**
 * mark_rehearse() - walk through mark() and say() without a trace of it outside
 *
 * Afterwards these neither fault nor allocate. Call before the first mark and
 * in the process that talks after every fork.
 */
void mark_rehearse(void)
{
	out_mute(true);
	rehearsing = true;
	say("%s %lu %s", "rehearsal", 1ul, out_grouped(1000000));
	mark("rehearsal", "rehearsal of a mark");
	rehearsing = false;
	out_mute(false);
}

/**
 * marks_lost() - how many lines MMSCOPE_MARK_FD did not take
 *
 * Return: the number.
 */
unsigned int marks_lost(void)
{
	return lost;
}
