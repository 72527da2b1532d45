// SPDX-License-Identifier: GPL-2.0
/* debugfs.c - the module's text files */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/debugfs.h"
#include "mmscope_abi.h"

/* The first read asks for this much; a longer file doubles it. */
#define FIRST_READ 65536

bool mms_debugfs_is_default(void)
{
	return !getenv("MMSCOPE_DEBUGFS");
}

const char *mms_debugfs_mount(void)
{
	return getenv("MMSCOPE_DEBUGFS") ?: "/sys/kernel/debug";
}

static char *read_all(int fd, size_t *len)
{
	size_t room = FIRST_READ;
	char *text = malloc(room + 1);
	size_t used = 0;
	ssize_t got;

	while (text) {
		char *more;

		got = read(fd, text + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(text);
			return NULL;
		}
		used += (size_t)got;
		if (!got)
			break;
		if (used < room)
			continue;
		room *= 2;
		more = realloc(text, room + 1);
		if (!more)
			free(text);
		text = more;
	}
	if (!text)
		return NULL;
	text[used] = '\0';
	*len = used;
	return text;
}

char *mms_read_file(const char *path, size_t *len, struct mms_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t bytes;
	int saved;

	if (fd >= 0)
		text = read_all(fd, &bytes);
	saved = errno;
	if (!text)
		mms_fail(err, -saved, "cannot read %s: %s", path, strerror(saved));
	else if (len)
		*len = bytes;
	if (fd >= 0)
		close(fd);
	errno = saved;
	return text;
}

int mms_write_file(const char *path, const char *text, size_t len, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	ssize_t put;
	int ret = 0;

	if (fd < 0)
		return -errno;
	while (len && !ret) {
		put = write(fd, text, len);
		if (put < 0 && errno != EINTR)
			ret = -errno;
		if (put > 0) {
			text += put;
			len -= (size_t)put;
		}
	}
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* What the module itself said about the last refused write. */
static void add_reason(struct mms_error *err)
{
	char path[PATH_MAX];
	char *text;
	char *line;
	size_t len;

	snprintf(path, sizeof(path), "%s/" MMSCOPE_DEBUGFS_DIR "/error_log", mms_debugfs_mount());
	text = mms_read_file(path, &len, NULL);
	if (!text)
		return;
	while (len && text[len - 1] == '\n')
		text[--len] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	if (*line) {
		len = strlen(err->text);
		snprintf(err->text + len, sizeof(err->text) - len, " (the module says: %s)", line);
	}
	free(text);
}

int mms_target_write(const char *line, struct mms_error *err)
{
	char text[64];
	char path[PATH_MAX];
	int ret;
	int fd;

	snprintf(path, sizeof(path), "%s/" MMSCOPE_DEBUGFS_DIR "/targets", mms_debugfs_mount());
	snprintf(text, sizeof(text), "%s\n", line);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);	/* never creates: the module does */
	ret = fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	if (ret) {
		mms_fail(err, ret, "cannot write \"%s\" to %s: %s", line, path, strerror(-ret));
		if (err)
			add_reason(err);
	}
	return ret;
}
