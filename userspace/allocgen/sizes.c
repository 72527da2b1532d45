// SPDX-License-Identifier: GPL-2.0
/*
 * sizes.c - what /proc says about a process
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenario.h"
#include "sizes.h"

#define PATH_SIZE 64

/**
 * read_small_file() - the beginning of a file as a string
 * @path: the file
 * @text: where to put it
 * @size: room there; at most size - 1 bytes are read
 *
 * Return: bytes read; 0 if there is no such file.
 */
size_t read_small_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	text[0] = '\0';
	if (fd < 0)
		return 0;
	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += n;
	close(fd);
	text[len] = '\0';
	return len;
}

/**
 * sizes_of() - VSZ and RSS of a process
 * @pid: the process
 *
 * Allocates nothing and, called once before, faults on nothing.
 *
 * Return: the sizes.
 */
struct sizes sizes_of(pid_t pid)
{
	static char text[4096];
	char path[PATH_SIZE];
	struct sizes sizes = { 0 };
	char *at;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	if (read_small_file(path, text, sizeof(text))) {
		sizes.vsz = strtoul(text, &at, 10);
		sizes.rss = strtoul(at, NULL, 10);
	}
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	if (read_small_file(path, text, sizeof(text))) {
		at = strstr(text, "\nRss:");
		if (at)
			sizes.rss = strtoul(at + 5, NULL, 10) * 1024 / PAGE_BYTES;
	}
	return sizes;
}

/**
 * task_asleep() - whether a task waits in the kernel
 * @pid: its process
 * @tid: the task
 *
 * Return: true if it sleeps, or if /proc does not say.
 */
bool task_asleep(pid_t pid, pid_t tid)
{
	static char text[1024];
	char path[PATH_SIZE];
	char *at;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	if (!read_small_file(path, text, sizeof(text)))
		return true;
	at = strrchr(text, ')');
	return !at || at[1] != ' ' || at[2] != 'R';
}
