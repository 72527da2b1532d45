// SPDX-License-Identifier: GPL-2.0
/*
 * cgroups.c - targets by cgroup: who is in it, who comes, who goes
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "rows.h"
#include "tap.h"

#define ROOT "/sys/fs/cgroup"
#define IN "/mms"
#define BELOW IN "/below"
#define OUT "/mms-other"

static void make(const char *cgroup)
{
	char path[64];

	snprintf(path, sizeof(path), ROOT "%s", cgroup);
	if (mkdir(path, 0755) && errno != EEXIST)
		tap_bail("mkdir %s: %s", path, strerror(errno));
}

static bool take_away(const char *cgroup)
{
	char path[64];

	snprintf(path, sizeof(path), ROOT "%s", cgroup);
	return !rmdir(path);
}

static void move(pid_t pid, const char *cgroup)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), ROOT "%s/cgroup.procs", cgroup);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%d\n", pid) < 0 || fclose(file))
		tap_bail("%s: %s", path, strerror(errno));
}

/* A process that does nothing but wait. */
static pid_t begin_in(const char *cgroup)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	move(pid, cgroup);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool is_followed(pid_t pid)
{
	struct rows rows;
	char number[16];
	bool found;
	int row;

	rows_read(&rows, "processes");
	snprintf(number, sizeof(number), "%d", pid);
	row = rows_find(&rows, "PID", number);
	found = row >= 0 && !strcmp(rows_word(&rows, row, "STATE"), "live");
	rows_free(&rows);
	return found;
}

/* The file "targets" as a whole. */
static bool targets_are(const char *text)
{
	char now[256] = "";
	FILE *file = fopen(DEBUGFS "/targets", "r");
	size_t length;

	if (!file)
		return false;
	length = fread(now, 1, sizeof(now) - 1, file);
	now[length] = '\0';
	fclose(file);
	if (strcmp(now, text))
		tap_note("targets: %s", now);
	return !strcmp(now, text);
}

static bool write_targets(const char *line)
{
	int error = debugfs_write("targets", line);

	if (error)
		tap_note("%s: %s", line, strerror(-error));
	return !error;
}

static void test_members(void)
{
	pid_t in = begin_in(IN), below = begin_in(BELOW), out = begin_in(OUT), first = in, child;
	int pipes[2];
	bool ok;

	tap_result(write_targets("cgroup " IN "/") && targets_are("cgroup " IN "\n"),
		   "cgroup PATH is taken and shown, without a slash at its end");
	tap_result(is_followed(in) && is_followed(below) && !is_followed(out),
		   "members are followed, those of cgroups below too, others are not");

	move(out, BELOW);
	tap_result(is_followed(out), "a process that is moved into it is followed");
	move(out, IN);
	tap_result(is_followed(out), "and when it is moved within it, too");
	move(out, OUT);
	tap_result(!is_followed(out), "one that is moved out of it is not followed any more");
	tap_result(is_followed(in) && is_followed(below), "the others still are");

	/* A process moves itself, and its child and what that execs are followed. */
	if (pipe(pipes))
		tap_bail("pipe: %s", strerror(errno));
	child = fork();
	if (!child) {
		move(getpid(), BELOW);
		child = fork();
		if (!child) {
			execlp("sleep", "sleep", "1000", NULL);
			_exit(99);
		}
		if (write(pipes[1], &child, sizeof(child)) != sizeof(child))
			_exit(98);
		for (;;)
			pause();
	}
	move(out, BELOW);
	if (read(pipes[0], &in, sizeof(in)) != sizeof(in)) /* its child */
		tap_bail("the child is gone");
	tap_result(is_followed(child) && is_followed(in),
		   "a process that moves itself, and its child");
	end(child);
	kill(in, SIGKILL);

	/* A row by name keeps who leaves. */
	ok = write_targets("comm cgroups");
	move(out, OUT);
	ok = ok && is_followed(out) && write_targets("-comm cgroups") && !is_followed(out);
	tap_result(ok, "one that is moved out stays when another row wants it");
	tap_result(write_targets("-cgroup " IN) && targets_are("") && !is_followed(below),
		   "-cgroup PATH removes the row and its processes");
	end(below);
	end(out);
	end(first);
	debugfs_write("targets", "clear");
}

/* clone3() can put the child elsewhere at once, as systemd does. */
static void test_clone_into(void)
{
	int fd = open(ROOT OUT, O_RDONLY | O_DIRECTORY);
	struct clone_args arguments = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = fd,
	};
	pid_t parent, child = 0;
	int pipes[2], go[2];
	char c;

	if (pipe(pipes) || pipe(go))
		tap_bail("pipe: %s", strerror(errno));
	parent = fork();
	if (!parent) {
		if (read(go[0], &c, 1) != 1)
			_exit(99);
		child = syscall(SYS_clone3, &arguments, sizeof(arguments));
		if (!child)
			for (;;)
				pause();
		if (write(pipes[1], &child, sizeof(child)) != sizeof(child))
			_exit(98);
		for (;;)
			pause();
	}
	move(parent, IN);
	if (!write_targets("cgroup " IN) || write(go[1], "", 1) != 1 ||
	    read(pipes[0], &child, sizeof(child)) != sizeof(child))
		tap_bail("no child");
	tap_result(child > 0 && is_followed(parent) && !is_followed(child),
		   "a child that begins in another cgroup is not followed by this row");
	if (child > 0)
		kill(child, SIGKILL);
	end(parent);
	close(fd);
	debugfs_write("targets", "clear");
}

static void test_removed(void)
{
	pid_t pid = begin_in(BELOW);
	bool ok;

	ok = write_targets("cgroup " BELOW) && is_followed(pid);
	end(pid);
	/* The kernel lets go of a process a moment after it was waited for. */
	while (!take_away(BELOW))
		if (errno != EBUSY)
			tap_bail("rmdir: %s", strerror(errno));
	tap_result(ok && targets_are(""),
		   "rmdir: the cgroup can be removed, and its row goes by itself");
	make(BELOW);
	pid = begin_in(BELOW);
	tap_result(write_targets("cgroup " BELOW) && is_followed(pid),
		   "one that is made again under the same path is another target");
	end(pid);
	debugfs_write("targets", "clear");
}

static const struct {
	const char *line;
	int error;
	const char *log;
	const char *what;
} bad[] = {
	{ "cgroup /no/such", -ENOENT, "there is no cgroup \"/no/such\"", "no such cgroup: ENOENT" },
	{ "cgroup mms", -EINVAL, "is not a path", "a path without slash: EINVAL" },
	{ "cgroup", -EINVAL, "not understood", "no path: EINVAL" },
	{ "cgroup " IN "/cgroup.procs", -ENOTDIR, "there is no cgroup",
	  "a file of a cgroup: ENOTDIR" },
	{ "-cgroup " OUT, -ESRCH, "no such target", "removing what is not there: ESRCH" },
	{ "cgroup " OUT "\n-cgroup " IN "/none", -ESRCH, "no such target",
	  "a bad second line: the first is not carried out either" },
};

static bool log_has(const char *text)
{
	char line[256] = "";
	FILE *file = fopen(DEBUGFS "/error_log", "r");
	bool found = false;

	while (file && fgets(line, sizeof(line), file))
		found = found || strstr(line, text);
	if (file)
		fclose(file);
	return found;
}

static void test_writes(void)
{
	unsigned int i;

	write_targets("cgroup " IN);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		bool ok;
		int error;

		debugfs_write("error_log", "x");
		error = debugfs_write("targets", bad[i].line);
		if (error != bad[i].error)
			tap_note("%s", strerror(-error));
		ok = error == bad[i].error && log_has(bad[i].log) && targets_are("cgroup " IN "\n");
		tap_result(ok, "%s", bad[i].what);
	}
	debugfs_write("targets", "clear");
}

int main(void)
{
	tap_begin();
	make(IN);
	make(BELOW);
	make(OUT);
	test_members();
	test_clone_into();
	test_removed();
	test_writes();
	return tap_end();
}
