// SPDX-License-Identifier: GPL-2.0
/* figures.c - what the module says of a process, and what the kernel itself says */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "figures.h"
#include "laws.h"
#include "tap.h"

static const char *const kinds[] = { MMSCOPE_KINDS(MMSCOPE_KIND_NAME) };
static const char *const regions[] = { MMSCOPE_REGIONS(MMSCOPE_REGION_NAME) };

static int by_name(const char *const names[], int number, const char *name)
{
	int i;

	for (i = 0; i < number; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

int kind_by_name(const char *name)
{
	return by_name(kinds, MMS_NR_KINDS, name);
}

int region_by_name(const char *name)
{
	return by_name(regions, MMS_NR_REGIONS, name);
}

static bool read_text(const char *path, char *text, size_t room)
{
	FILE *file = fopen(path, "r");
	size_t used;

	if (!file) {
		tap_note("cannot open %s: %s", path, strerror(errno));
		return false;
	}
	used = fread(text, 1, room - 1, file);
	text[used] = '\0';
	fclose(file);
	return used;
}

static bool read_faults(const char *path, struct figures *figures)
{
	char kind[32], region[32], line[256];
	FILE *file = fopen(path, "r");
	long count, pages;
	bool ok;
	int k, r;

	if (!file)
		return false;
	ok = fgets(line, sizeof(line), file);
	while (ok && fgets(line, sizeof(line), file)) {
		ok = sscanf(line, "%31s %31s %ld %ld", kind, region, &count, &pages) == 4;
		k = ok ? kind_by_name(kind) : -1;
		r = ok ? region_by_name(region) : -1;
		ok = k >= 0 && r >= 0;
		if (ok)
			figures->cell[k][r] = (struct cell){ count, pages };
	}
	fclose(file);
	return ok;
}

bool figures_read(pid_t pid, struct figures *figures)
{
	char path[96];

	memset(figures, 0, sizeof(*figures));
	snprintf(path, sizeof(path), DEBUGFS "/pid/%d/status", pid);
	if (!read_text(path, figures->status, sizeof(figures->status)))
		return false;
	snprintf(path, sizeof(path), DEBUGFS "/pid/%d/faults", pid);
	if (read_faults(path, figures))
		return true;
	tap_note("cannot understand %s", path);
	return false;
}

static bool find_key(const char *text, const char *key, const char *end, long *value)
{
	size_t length = strlen(key);
	const char *line = text;

	while (line && *line) {
		if (!strncmp(line, key, length) && !strncmp(line + length, end, strlen(end)))
			return sscanf(line + length + strlen(end), "%ld", value) == 1;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return false;
}

long figures_status(const struct figures *figures, const char *key)
{
	long value;

	if (!find_key(figures->status, key, ":", &value))
		tap_bail("status has no line \"%s\"", key);
	return value;
}

bool figures_law1(const struct figures *figures)
{
	if (law_see(1, figures_status(figures, "Law1Residual")))
		return true;
	tap_note("law 1: residual %ld: kernel %ld + %ld, own %ld, remote_out %ld",
		 figures_status(figures, "Law1Residual"), figures_status(figures, "KernelMinFlt"),
		 figures_status(figures, "KernelMajFlt"), figures_status(figures, "ProcessFaults"),
		 figures_status(figures, "RemoteOut"));
	return false;
}

int debugfs_write(const char *file, const char *line)
{
	char path[96];
	int fd, error = 0;

	snprintf(path, sizeof(path), DEBUGFS "/%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	if (write(fd, line, strlen(line)) < 0)
		error = -errno;
	close(fd);
	return error;
}

long stats_read(const char *key)
{
	char text[4096];
	long value;

	if (!read_text(DEBUGFS "/stats", text, sizeof(text)) || !find_key(text, key, " ", &value))
		tap_bail("stats has no line \"%s\"", key);
	return value;
}

bool sizes_read(pid_t pid, struct sizes *sizes)
{
	char path[64], text[4096];
	long pages;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	if (!read_text(path, text, sizeof(text)) || sscanf(text, "%ld", &pages) != 1)
		return false;
	sizes->vsz = pages * (sysconf(_SC_PAGESIZE) / 1024);
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	return read_text(path, text, sizeof(text)) && find_key(text, "Rss", ":", &sizes->rss) &&
	       find_key(text, "Anonymous", ":", &sizes->anon);
}
