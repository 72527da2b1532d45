// SPDX-License-Identifier: GPL-2.0
/*
 * file.c - private mapping of a file in the page cache
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "expect.h"
#include "mark.h"
#include "settle.h"
#include "sizes.h"
#include "touch.h"

#define AROUND_BYTES ((size_t)65536) /* fault_around_bytes unless someone changed it */
#define AROUND_FILE  "/sys/kernel/debug/fault_around_bytes"
#define PTE_TABLE    ((size_t)512 * 4096)
#define TABLE_AREAS  2

/* The pages of tmpfs are shmem to the kernel, another kind of fault. */
static bool is_tmpfs(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) || fs.f_type == TMPFS_MAGIC;
}

static int open_unnamed(const char *dir)
{
	char path[512];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	if ((size_t)snprintf(path, sizeof(path), "%s/allocgen.XXXXXX", dir) >= sizeof(path))
		return -1;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static int open_file(int *fd)
{
	static const char *const dirs[] = { ".", "/var/tmp", "/root", "/", "/tmp" };
	const char *asked = getenv("ALLOCGEN_DIR");

	for (size_t i = 0; i < (asked ? 1 : ARRAY_SIZE(dirs)); i++) {
		*fd = open_unnamed(asked ? asked : dirs[i]);
		if (*fd < 0)
			continue;
		if (!is_tmpfs(*fd))
			return 0;
		close(*fd);
	}
	if (asked)
		return skip("ALLOCGEN_DIR=%.100s is not writable or is tmpfs: name a directory on a disk or ramfs",
			    asked);
	return skip("no writable directory outside tmpfs (tried . /var/tmp /root / /tmp): name one in ALLOCGEN_DIR");
}

/* Filled by write(2) and clean: in the page cache, not locked for writeback. */
static int fill_file(int fd, unsigned long pages)
{
	static char text[PAGE_BYTES];

	memset(text, 'f', sizeof(text));
	for (unsigned long i = 0; i < pages; i++)
		if (write(fd, text, sizeof(text)) != sizeof(text))
			return fail("cannot write a file of %lu pages (%s): free space, or name another directory in ALLOCGEN_DIR",
				    pages, strerror(errno));
	if (fsync(fd))
		return fail("cannot write the file back: %s", strerror(errno));
	return 0;
}

/* Two mappings of the file, each where a page table begins: blocks of fault-around are whole. */
static int map_twice(int fd, size_t bytes, struct area *area)
{
	size_t stride = (bytes + 2 * PTE_TABLE - 1) / PTE_TABLE * PTE_TABLE;
	char *at = mmap(NULL, TABLE_AREAS * stride + PTE_TABLE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return fail("cannot reserve addresses: %s", strerror(errno));
	at += -(uintptr_t)at % PTE_TABLE;
	for (int i = 0; i < TABLE_AREAS; i++, at += stride) {
		area[i].bytes = bytes;
		area[i].addr = mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
				    fd, 0);
		if (area[i].addr == MAP_FAILED)
			return fail("cannot map the file: %s", strerror(errno));
	}
	return 0;
}

/* In pages. Only root may read the file; it is changed by hand only. */
static unsigned long fault_around(void)
{
	char text[32];
	unsigned long bytes = AROUND_BYTES;

	if (read_small_file(AROUND_FILE, text, sizeof(text)))
		bytes = strtoul(text, NULL, 10);
	if (bytes < PAGE_BYTES)
		bytes = PAGE_BYTES;
	if (bytes > PTE_TABLE)
		bytes = PTE_TABLE;
	return bytes / PAGE_BYTES;
}

static void file_windows(const struct run *run, const struct area *area, unsigned long around)
{
	const char *read_law =
		"n cached pages: one fault for each aligned block of the fault-around size";
	const char *copy_law =
		"write to a mapped page-cache page: copied, a file page becomes an anonymous one";
	const char *direct_law =
		"write to an absent page: copied from the page cache, no read fault before";
	unsigned long n = run->pages;
	unsigned long k = run->touched;
	struct window reading = { "mapped", "read", "self", area[0] };
	struct window copying = { "read", "written", "self", area[0] };
	struct window direct = { "written", "direct", "self", area[1] };

	expect_eq(&reading, "pages.file_read.file", n, read_law);
	expect_eq(&reading, "fault.file_read.file", (n + around - 1) / around, read_law);
	expect_eq(&reading, "fault.*.*", (n + around - 1) / around, read_law);
	expect_eq(&reading, "file_pages", n, read_law);
	expect_eq(&reading, "rss_pages", n, read_law);
	expect_eq(&reading, "anon_pages", 0, read_law);
	expect_eq(&copying, "fault.cow_copy.file", k, copy_law);
	expect_eq(&copying, "fault.*.*", k, copy_law);
	expect_eq(&copying, "cow_breaks", k, copy_law);
	expect_eq(&copying, "file_pages", -(long)k, copy_law);
	expect_eq(&copying, "anon_pages", k, copy_law);
	expect_eq(&copying, "rss_pages", 0, copy_law);
	expect_eq(&direct, "fault.cow_file.file", k, direct_law);
	expect_eq(&direct, "fault.*.*", k, direct_law);
	expect_eq(&direct, "cow_breaks", k, direct_law);
	expect_eq(&direct, "file_pages", 0, direct_law);
	expect_eq(&direct, "anon_pages", k, direct_law);
	expect_eq(&direct, "rss_pages", k, direct_law);
}

/**
 * run_file_private() - read n pages and write k of them; in a second mapping write at once
 * @run: n, k, seed
 *
 * Return: 0 or what fail() or skip() returned.
 */
int run_file_private(const struct run *run)
{
	struct touch_order all, some;
	struct area area[TABLE_AREAS];
	unsigned long around = fault_around();
	int fd;
	int ret;

	ret = touch_order_make(&all, TOUCH_FORWARD, run->pages, run->pages, 0);
	if (!ret)
		ret = touch_order_make(&some, TOUCH_RANDOM, run->pages, run->touched, run->seed);
	if (!ret)
		ret = open_file(&fd);
	if (ret)
		return ret;
	ret = fill_file(fd, run->pages);
	if (!ret)
		ret = map_twice(fd, run->pages * PAGE_BYTES, area);
	if (ret)
		return ret;
	role_add("self", getpid());
	mark_rehearse();

	mark("mapped", "The file is in the page cache, nothing of it is mapped yet.");
	if (touch_read(area[0].addr, &all) != run->pages * 'f')
		return fail("the file did not read back as it was written");
	mark("read",
	     "All pages were read: far fewer faults than pages, each maps its neighbours as\n"
	     "well (column PAGES of `faults`). RSS grows by file pages.");
	touch_write(area[0].addr, &some, 'w');
	mark("written", "k mapped pages were written: k copies, RssFile - k, RssAnon + k.");
	touch_write(area[1].addr, &some, 'w');
	mark("direct",
	     "k absent pages were written in a second mapping: k faults of kind cow_file,\n"
	     "without a read fault.");
	file_windows(run, area, around);
	return 0;
}
