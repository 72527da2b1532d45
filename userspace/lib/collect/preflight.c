// SPDX-License-Identifier: GPL-2.0
/* preflight.c - is everything there that following a process needs? */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "array.h"
#include "collect/debugfs.h"
#include "collect/preflight.h"
#include "mmscope_abi.h"

/* How `probes` begins what is lost without a probe that the module cannot do without. */
#define REQUIRED "required"

static void path_of(char *path, size_t size, const char *name)
{
	snprintf(path, size, "%s/%s", mms_debugfs_mount(), name);
}

/* The kernel's lockdown mode that stands in brackets, or NULL when it is none or not told. */
static const char *lockdown(void)
{
	static const char *const modes[] = { "integrity", "confidentiality" };
	const char *dir = getenv("MMSCOPE_SECURITYFS") ?: "/sys/kernel/security";
	const char *found = NULL;
	char bracketed[32];
	char path[PATH_MAX];
	char *text;
	size_t i;

	snprintf(path, sizeof(path), "%s/lockdown", dir);
	text = mms_read_file(path, NULL, NULL);
	for (i = 0; text && i < MMS_ARRAY_SIZE(modes); i++) {
		snprintf(bracketed, sizeof(bracketed), "[%s]", modes[i]);
		if (strstr(text, bracketed))
			found = modes[i];
	}
	free(text);
	return found;
}

static int no_root(struct mms_error *err)
{
	return mms_fail(err, -EPERM, "this needs root: run it again with sudo");
}

static int check_mount(struct mms_error *err)
{
	const char *mount = mms_debugfs_mount();
	struct statfs fs;

	if (statfs(mount, &fs))
		return mms_fail(err, -errno,
				"debugfs is not there: %s: %s (is CONFIG_DEBUG_FS on in this kernel?)",
				mount, strerror(errno));
	if (mms_debugfs_is_default() && fs.f_type != DEBUGFS_MAGIC)
		return mms_fail(err, -ENODEV,
				"debugfs is not mounted: sudo mount -t debugfs debugfs %s", mount);
	return 0;
}

static int check_module(struct mms_error *err)
{
	char path[PATH_MAX];
	const char *mode;
	struct stat st;

	path_of(path, sizeof(path), MMSCOPE_DEBUGFS_DIR);
	if (!stat(path, &st))
		return 0;
	if (errno == EACCES)
		return no_root(err);
	path_of(path, sizeof(path), "kprobes");
	if (stat(path, &st))
		return mms_fail(err, -ENOSYS,
				"this kernel has no kprobes (%s is missing): mmscope needs a kernel with CONFIG_KPROBES",
				path);
	mode = lockdown();
	if (mode)
		return mms_fail(err, -EPERM,
				"the module is not loaded and the kernel is locked down (%s): only a signed mmscope.ko can be loaded; sign it or switch Secure Boot off",
				mode);
	return mms_fail(err, -ENODEV, "the module is not loaded: sudo insmod mmscope.ko");
}

static int check_targets(struct mms_error *err)
{
	const char *mode;
	char path[PATH_MAX];
	int saved;
	int fd;

	path_of(path, sizeof(path), MMSCOPE_DEBUGFS_DIR "/targets");
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		return close(fd);
	saved = errno;
	mode = lockdown();
	if (saved == EPERM && mode)
		return mms_fail(err, -EPERM,
				"the kernel is locked down (%s) and keeps debugfs closed: boot without lockdown (Secure Boot off) to use mmscope",
				mode);
	if (saved == EACCES || saved == EPERM)
		return no_root(err);
	return mms_fail(err, -saved, "cannot open %s: %s", path, strerror(saved));
}

static int check_abi(const struct mms_run *run, struct mms_error *err)
{
	size_t i;

	for (i = 0; i < run->before.nr; i++)
		if (!strcmp(run->before.list[i].key, "abi_version") &&
		    run->before.list[i].value != MMSCOPE_ABI_VERSION)
			return mms_fail(err, -EPROTO,
					"the loaded module speaks ABI version %lld, this mmscope %d: build and load both from one source tree",
					(long long)run->before.list[i].value, MMSCOPE_ABI_VERSION);
	return 0;
}

static int check_probes(const struct mms_run *run, struct mms_error *err)
{
	size_t i;

	for (i = 0; i < run->nr_missing; i++)
		if (!strncmp(run->missing[i].consequence, REQUIRED, strlen(REQUIRED)))
			return mms_fail(err, -ENOSYS,
					"this kernel cannot be probed at %s, which mmscope needs: use a kernel of docs/compat.md",
					run->missing[i].symbol);
	return 0;
}

int mms_preflight(struct mms_run *run, struct mms_error *err)
{
	char path[PATH_MAX];
	char *text;
	int ret;

	ret = check_mount(err);
	if (ret == -EACCES)
		ret = no_root(err);
	ret = ret ?: check_module(err);
	ret = ret ?: check_targets(err);
	if (ret)
		return ret;

	path_of(path, sizeof(path), MMSCOPE_DEBUGFS_DIR "/stats");
	text = mms_read_file(path, NULL, err);
	ret = text ? mms_stats_parse(&run->before, text, err) : -errno;
	free(text);
	ret = ret ?: check_abi(run, err);
	if (ret)
		return ret;

	path_of(path, sizeof(path), MMSCOPE_DEBUGFS_DIR "/probes");
	text = mms_read_file(path, NULL, err);
	ret = text ? mms_probes_parse(run, text, err) : -errno;
	free(text);
	return ret ?: check_probes(run, err);
}
