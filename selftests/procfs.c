// SPDX-License-Identifier: GPL-2.0
/*
 * procfs.c - /proc/mmscope: who sees which process
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "rows.h"
#include "tap.h"
#include "target.h"

#define FILE_NAME "/proc/mmscope"
#define ONE 1001
#define OTHER 1002

static void become(uid_t real, uid_t effective, uid_t saved)
{
	if (setresuid(real, effective, saved))
		_exit(99);
}

static void drop_ptrace(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		_exit(98);
	data[0].effective &= ~(1U << CAP_SYS_PTRACE);
	if (syscall(SYS_capset, &header, data))
		_exit(98);
}

/* The row of a process as somebody sees it: his status is 1 when there is one. */
static bool has_row(pid_t pid)
{
	struct rows rows;
	char number[16];
	bool found;

	rows_read(&rows, FILE_NAME);
	snprintf(number, sizeof(number), "%d", pid);
	found = rows_find(&rows, "PID", number) >= 0;
	rows_free(&rows);
	return found;
}

static bool in_child(bool (*function)(uid_t, pid_t), uid_t uid, pid_t pid)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(function(uid, pid));
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		tap_bail("a reader ended with status 0x%x", status);
	return WEXITSTATUS(status);
}

static bool read_as(uid_t uid, pid_t pid)
{
	become(uid, uid, uid);
	return has_row(pid);
}

static bool read_without_ptrace(uid_t uid, pid_t pid)
{
	become(uid, uid, uid);
	drop_ptrace();
	return has_row(pid);
}

/* Opened by root, read by another user: the rights are the opener's. */
static bool read_handed_on(uid_t uid, pid_t pid)
{
	int fd = open(FILE_NAME, O_RDONLY);
	char text[1 << 16], number[16];
	ssize_t length;

	become(uid, uid, uid);
	length = read(fd, text, sizeof(text) - 1);
	if (length < 0)
		_exit(97);
	text[length] = '\0';
	snprintf(number, sizeof(number), "%d ", pid);
	return strstr(text, number);
}

static bool sees(uid_t uid, pid_t pid)
{
	return in_child(read_as, uid, pid);
}

static void one_user(void)
{
	become(ONE, ONE, ONE);
	/* A change of user takes it away; a program that is started by the user has it. */
	prctl(PR_SET_DUMPABLE, 1);
}

static void not_dumpable(void)
{
	become(ONE, ONE, ONE);
}

static void two_users(void)
{
	become(ONE, OTHER, ONE);
	prctl(PR_SET_DUMPABLE, 1);
}

static void saved_user(void)
{
	become(ONE, ONE, 0);
	prctl(PR_SET_DUMPABLE, 1);
}

static void of_root(void)
{
}

static const struct {
	const char *what;
	void (*run)(void);
	bool root_sees, one_sees, other_sees, without_ptrace_sees;
} cases[] = {
	{ "of one user, dumpable", one_user, true, true, false, false },
	{ "of one user, not dumpable", not_dumpable, true, false, false, false },
	{ "whose effective user is another", two_users, true, false, false, false },
	{ "whose saved user is root", saved_user, true, false, false, false },
	{ "of root", of_root, true, false, false, true },
};

static void verify(unsigned int which, pid_t pid, const char *when)
{
	bool root = has_row(pid), one = sees(ONE, pid), other = sees(OTHER, pid);
	bool without = in_child(read_without_ptrace, 0, pid);
	bool ok = root == cases[which].root_sees && one == cases[which].one_sees &&
		  other == cases[which].other_sees && without == cases[which].without_ptrace_sees;

	if (!ok)
		tap_note("root %d, its user %d, another %d, root without the capability %d", root,
			 one, other, without);
	tap_result(ok, "a process %s, %s", cases[which].what, when);
}

static void test_cases(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		pid_t pid = target_rest(cases[i].run);

		verify(i, pid, "live");
		tap_result(in_child(read_handed_on, OTHER, pid),
			   "a process %s: what root has opened shows it", cases[i].what);
		target_end(pid);
		verify(i, pid, "exited");
	}
}

/* In a pid namespace of its own: 1 is the parent of 2, and nobody is the parent of 1. */
static bool look_around(uid_t unused, pid_t unused_pid)
{
	struct rows rows;
	int first, second;
	bool ok;

	(void)unused;
	(void)unused_pid;
	rows_read(&rows, FILE_NAME);
	first = rows_find(&rows, "PID", "1");
	second = rows_find(&rows, "PID", "2");
	ok = rows.number == 2 && first >= 0 && second >= 0 &&
	     !strcmp(rows_word(&rows, first, "PPID"), "0") &&
	     !strcmp(rows_word(&rows, second, "PPID"), "1");
	rows_free(&rows);
	return ok;
}

static void do_namespace(void)
{
	pid_t child, grandchild;
	int status;

	if (unshare(CLONE_NEWPID))
		_exit(96);
	child = fork();
	if (!child) {
		grandchild = fork();
		if (!grandchild)
			_exit(look_around(0, 0) ? 0 : 95);
		waitpid(grandchild, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 94);
	}
	waitpid(child, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		_exit(93);
}

static void test_namespace(void)
{
	pid_t pid;
	int status;

	debugfs_write("targets", "clear");
	status = target_call(do_namespace, &pid);
	tap_result(WIFEXITED(status) && !WEXITSTATUS(status),
		   "a pid namespace: its own numbers, its own processes, no parent outside");
	debugfs_write("targets", "clear");
}

static void test_file(void)
{
	struct stat info;

	tap_result(!stat(FILE_NAME, &info) && (info.st_mode & 07777) == 0444,
		   "everybody may read it, nobody may write it");
}

int main(void)
{
	tap_begin();
	test_file();
	test_cases();
	test_namespace();
	return tap_end();
}
