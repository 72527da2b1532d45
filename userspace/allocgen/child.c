// SPDX-License-Identifier: GPL-2.0
/*
 * child.c - children that wait on a pipe
 *
 * A child ends when the command pipe is closed, so also when its parent dies.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "mark.h"
#include "settle.h"
#include "sizes.h"

static struct child children[ROLES_MAX];
static unsigned int nr_children;

static void child_loop(int command_fd, int done_fd, child_work work, void *data)
{
	char command;

	while (read(command_fd, &command, 1) == 1) {
		work(data, command);
		if (write(done_fd, &command, 1) != 1)
			break;
	}
}

/**
 * child_start() - fork a child and bring both processes to rest
 * @child:    filled in
 * @role:     the child's role in marks and expectations
 * @work:     what it does at a command; nothing else runs in it
 * @data:     for @work
 * @measured: what settling must leave as fork made it; NULL: nothing
 *
 * On return the child has carried out CHILD_REHEARSE and waits, and of both
 * processes nothing but @measured is still write-protected by the fork.
 *
 * Return: 0 or what fail() returned.
 */
int child_start(struct child *child, const char *role, child_work work, void *data,
		const struct area *measured)
{
	int down[2];
	int up[2];
	int ret;

	if (pipe(down) || pipe(up))
		return fail("no pipe to a child process: %s", strerror(errno));
	child->pid = fork();
	if (child->pid < 0)
		return fail("cannot fork: %s", strerror(errno));
	if (!child->pid) {
		close(down[1]);
		close(up[0]);
		if (!settle(measured))
			child_loop(down[0], up[1], work, data);
		_exit(0);
	}
	close(down[0]);
	close(up[1]);
	child->command = down[1];
	child->done = up[0];
	children[nr_children++] = *child;
	role_add(role, child->pid);
	ret = settle(measured);
	if (!ret)
		ret = child_do(child, CHILD_REHEARSE);
	mark_rehearse();
	return ret;
}

/**
 * child_do() - let the child carry out a command
 * @child:   the child
 * @command: what its work function understands
 *
 * Return: 0 when it is done and the child waits again; what fail() returned
 * when the child has died.
 */
int child_do(const struct child *child, char command)
{
	char answer = 0;

	if (write(child->command, &command, 1) != 1 || read(child->done, &answer, 1) != 1)
		return fail("the child process %d has died", child->pid);
	while (!task_asleep(child->pid, child->pid))
		sched_yield();
	return 0;
}

/**
 * children_end() - let all children end, and reap them
 */
void children_end(void)
{
	while (nr_children) {
		struct child *child = &children[--nr_children];

		close(child->command);
		close(child->done);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
}
