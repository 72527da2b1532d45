// SPDX-License-Identifier: GPL-2.0
/* target.c - start a program as a target, before its first instruction */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "tap.h"
#include "target.h"

/* In the child: wait until the parent has made us a target. */
static void wait_for_go(int fd)
{
	char go;

	if (read(fd, &go, 1) != 1)
		_exit(126);
	close(fd);
}

/*
 * Wait until the child sleeps in read(): a fault that is under way while it
 * becomes a target is in the kernel's count and not in the module's.
 */
static void wait_at_rest(pid_t pid)
{
	char path[32], state = 'R';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'S') {
		file = fopen(path, "r");
		/* The name of our own programs has no blank in it. */
		if (!file || fscanf(file, "%*d %*s %c", &state) != 1)
			tap_bail("cannot read %s", path);
		fclose(file);
	}
}

static void make_target(pid_t pid)
{
	char line[32];
	int error;

	wait_at_rest(pid);
	snprintf(line, sizeof(line), "pid %d", pid);
	error = debugfs_write("targets", line);
	if (error)
		tap_bail("cannot make %d a target: %s", pid, strerror(-error));
}

static void go_on(int go)
{
	if (write(go, "", 1) != 1)
		tap_bail("the child is gone: %s", strerror(errno));
	close(go);
}

void target_prepare(struct target *target, char *const argv[])
{
	int go[2], in[2], out[2];

	if (pipe(go) || pipe(in) || pipe(out))
		tap_bail("pipe: %s", strerror(errno));
	target->pid = fork();
	if (target->pid < 0)
		tap_bail("fork: %s", strerror(errno));
	if (!target->pid) {
		close(go[1]);
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[0]);
		close(in[1]);
		close(out[0]);
		close(out[1]);
		wait_for_go(go[0]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(go[0]);
	close(in[0]);
	close(out[1]);
	target->in = fdopen(in[1], "w");
	target->out = fdopen(out[0], "r");
	target->go = go[1];
	make_target(target->pid);
}

void target_go(struct target *target)
{
	go_on(target->go);
}

void target_start(struct target *target, char *const argv[])
{
	target_prepare(target, argv);
	target_go(target);
}

int target_finish(struct target *target)
{
	int status;

	fclose(target->in);
	fclose(target->out);
	if (waitpid(target->pid, &status, 0) != target->pid)
		tap_bail("waitpid: %s", strerror(errno));
	return status;
}

/* A child that waits to be made a target, and then runs a function. */
static pid_t begin(void (*function)(void), bool rest)
{
	int go[2];
	pid_t pid;

	if (pipe(go))
		tap_bail("pipe: %s", strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		tap_bail("fork: %s", strerror(errno));
	if (!pid) {
		close(go[1]);
		wait_for_go(go[0]);
		function();
		if (rest)
			raise(SIGSTOP);
		_exit(0);
	}
	close(go[0]);
	make_target(pid);
	go_on(go[1]);
	return pid;
}

pid_t target_fork(void (*function)(void))
{
	return begin(function, false);
}

int target_call(void (*function)(void), pid_t *pid)
{
	int status;

	*pid = target_fork(function);
	if (waitpid(*pid, &status, 0) != *pid)
		tap_bail("waitpid: %s", strerror(errno));
	return status;
}

pid_t target_rest(void (*function)(void))
{
	pid_t pid = begin(function, true);
	int status;

	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		tap_bail("the target did not come to rest: status 0x%x", status);
	return pid;
}

void target_end(pid_t pid)
{
	int status;

	kill(pid, SIGCONT);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
		tap_bail("the target did not end well: status 0x%x", status);
}

bool target_run(void (*function)(void), struct figures *figures)
{
	pid_t pid;
	int status = target_call(function, &pid);

	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		tap_note("the target ended with status 0x%x", status);
		return false;
	}
	return figures_read(pid, figures) && figures_law1(figures);
}
