// SPDX-License-Identifier: GPL-2.0
/* run_files.c - a run's facts from the module's files, and the files kept */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array.h"
#include "collect/debugfs.h"
#include "collect/run_files.h"
#include "model/table.h"

static const char *const common_files[] = { "processes", "stats", "probes" };
#define BEFORE_FILE "stats.before"
static const char *const process_files[] = { "status", "faults", "timeline", "events" };

static char *read_process_file(const char *dir, int pid, const char *name, char *path,
			       struct mms_error *err)
{
	snprintf(path, PATH_MAX, "%s/pid/%d/%s", dir, pid, name);
	return mms_read_file(path, NULL, err);
}

static int collect_process(struct mms_process *process, const char *dir, struct mms_error *err)
{
	char path[PATH_MAX];
	char *text;
	int ret;

	text = read_process_file(dir, process->pid, "status", path, err);
	ret = text ? mms_status_parse(&process->status, text, path, err) : -errno;
	free(text);
	if (ret)
		return ret;

	text = read_process_file(dir, process->pid, "faults", path, err);
	ret = text ? mms_faults_parse(&process->faults, &process->nr_faults, text, path, err) :
		     -errno;
	free(text);
	if (ret)
		return ret;

	text = read_process_file(dir, process->pid, "timeline", path, err);
	ret = text ? mms_timeline_parse(&process->timeline, text, path, err) : -errno;
	free(text);
	return ret;
}

int mms_run_collect(struct mms_run *run, const char *dir, struct mms_error *err)
{
	char path[PATH_MAX];
	char *text;
	size_t i;
	int ret;

	snprintf(path, sizeof(path), "%s/processes", dir);
	text = mms_read_file(path, NULL, err);
	ret = text ? mms_processes_parse(run, text, err) : -errno;
	free(text);
	if (ret)
		return ret;

	snprintf(path, sizeof(path), "%s/stats", dir);
	text = mms_read_file(path, NULL, err);
	ret = text ? mms_stats_parse(&run->stats, text, err) : -errno;
	free(text);
	for (i = 0; !ret && i < run->nr_processes; i++) {
		ret = collect_process(&run->processes[i], dir, err);
		if (i && ret == -ENOENT) {	/* only the command's own is needed */
			run->processes[i].gone = true;
			ret = 0;
		}
	}
	return ret;
}

static int copy_file(const char *from, const char *to, const char *name, struct mms_error *err)
{
	char path[PATH_MAX];
	size_t len;
	char *text;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", from, name);
	text = mms_read_file(path, &len, err);
	if (!text)
		return -errno;
	snprintf(path, sizeof(path), "%s/%s", to, name);
	ret = mms_write_file(path, text, len, O_TRUNC);
	free(text);
	return ret ? mms_fail(err, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

static int make_dir(const char *path, struct mms_error *err)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		return mms_fail(err, -errno, "cannot make the folder %s: %s", path,
				strerror(errno));
	return 0;
}

static int save_before(const struct mms_run *run, const char *to, struct mms_error *err)
{
	char path[PATH_MAX];
	char *text = NULL;
	FILE *memory;
	size_t len;
	size_t i;
	int ret;

	memory = open_memstream(&text, &len);
	if (!memory)
		return mms_fail(err, -ENOMEM, "no memory to write %s/" BEFORE_FILE, to);
	for (i = 0; i < run->before.nr; i++)
		fprintf(memory, "%s %" PRId64 "\n", run->before.list[i].key,
			run->before.list[i].value);
	ret = fclose(memory) ? -ENOMEM : 0;
	snprintf(path, sizeof(path), "%s/" BEFORE_FILE, to);
	ret = ret ?: mms_write_file(path, text, len, O_TRUNC);
	free(text);
	return ret ? mms_fail(err, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

static int save_facts(const struct mms_run *run, const char *to, struct mms_error *err)
{
	char path[PATH_MAX];
	char *text;
	int len;
	int ret;

	len = asprintf(&text, "pid %d\nwait_status %d\nwall_ns %" PRIu64 "\ncommand %s\n",
		       run->pid, run->wait_status, run->wall_ns, run->command);
	if (len < 0)
		return mms_fail(err, -ENOMEM, "no memory to write %s/run", to);
	snprintf(path, sizeof(path), "%s/run", to);
	ret = mms_write_file(path, text, (size_t)len, O_TRUNC);
	free(text);
	return ret ? mms_fail(err, ret, "cannot write %s: %s", path, strerror(-ret)) : 0;
}

int mms_run_save(const struct mms_run *run, const char *from, const char *to,
		 struct mms_error *err)
{
	char path[PATH_MAX];
	size_t i;
	size_t j;
	int ret;

	ret = make_dir(to, err);
	snprintf(path, sizeof(path), "%s/pid", to);
	ret = ret ?: make_dir(path, err);
	ret = ret ?: save_facts(run, to, err);
	ret = ret ?: save_before(run, to, err);
	for (i = 0; !ret && i < MMS_ARRAY_SIZE(common_files); i++)
		ret = copy_file(from, to, common_files[i], err);
	for (i = 0; !ret && i < run->nr_processes; i++) {
		if (run->processes[i].gone)
			continue;
		snprintf(path, sizeof(path), "%s/pid/%d", to, run->processes[i].pid);
		ret = make_dir(path, err);
		for (j = 0; !ret && j < MMS_ARRAY_SIZE(process_files); j++) {
			snprintf(path, sizeof(path), "pid/%d/%s", run->processes[i].pid,
				 process_files[j]);
			ret = copy_file(from, to, path, err);
		}
	}
	return ret;
}

static int load_facts(struct mms_run *run, char *text, const char *path, struct mms_error *err)
{
	int64_t wait_status = 0;
	int64_t wall_ns = 0;
	int64_t pid = 0;
	const struct {
		const char *key;
		int64_t *to;
	} numbers[] = {
		{ "pid", &pid }, { "wait_status", &wait_status }, { "wall_ns", &wall_ns },
	};
	char *rest = text;
	char *line;
	size_t i;

	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, ' ');

		if (!value)
			continue;
		*value++ = '\0';
		for (i = 0; i < MMS_ARRAY_SIZE(numbers); i++)
			if (!strcmp(line, numbers[i].key) &&
			    mms_number(value, numbers[i].to, NULL))
				return mms_fail(err, -EINVAL, "%s is not understood: %s %s", path,
						line, value);
		if (!strcmp(line, "command") && !run->command) {
			run->command = malloc(strlen(value) + 1);
			if (run->command)
				mms_copy_text(run->command, strlen(value) + 1, value);
		}
	}
	if (!pid || !run->command)
		return mms_fail(err, -EINVAL, "%s does not tell a pid and a command", path);
	run->pid = (int)pid;
	run->wait_status = (int)wait_status;
	run->wall_ns = (uint64_t)wall_ns;
	return 0;
}

int mms_run_load(struct mms_run *run, const char *dir, struct mms_error *err)
{
	char path[PATH_MAX];
	char *text;
	int ret;

	*run = (struct mms_run){ 0 };
	snprintf(path, sizeof(path), "%s/run", dir);
	text = mms_read_file(path, NULL, err);
	ret = text ? load_facts(run, text, path, err) : -errno;
	free(text);
	if (ret)
		return ret;

	snprintf(path, sizeof(path), "%s/" BEFORE_FILE, dir);
	text = mms_read_file(path, NULL, err);
	ret = text ? mms_stats_parse(&run->before, text, err) : -errno;
	free(text);
	if (ret)
		return ret;

	snprintf(path, sizeof(path), "%s/probes", dir);
	text = mms_read_file(path, NULL, err);
	ret = text ? mms_probes_parse(run, text, err) : -errno;
	free(text);
	return ret ?: mms_run_collect(run, dir, err);
}
