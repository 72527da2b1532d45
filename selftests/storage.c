// SPDX-License-Identifier: GPL-2.0
/*
 * storage.c - faults on pages that are in swap, or in a file on a block device
 *
 * Both devices are zram's, so that no disk is needed. Readahead is switched off:
 * one page must be one fault.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mechanism.h"
#include "tap.h"
#include "zram.h"

#define PAGES 100
#define MOUNT "/storage"

static char *area; /* of the running mechanism; children find it at the same address */

/* ---- swap ---- */

/* Pages that are in swap, by the kernel's account (pagemap, bit 62). */
static long count_swapped(void)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	unsigned long entry;
	long i, swapped = 0;

	for (i = 0; i < PAGES; i++) {
		if (pread(fd, &entry, sizeof(entry),
			  ((long)area / page_bytes + i) * sizeof(entry)) != sizeof(entry))
			mechanism_fail("pagemap");
		swapped += entry >> 62 & 1;
	}
	close(fd);
	return swapped;
}

static void swapped_out(void)
{
	long i;

	area = map_pages(PAGES, MAP_PRIVATE);
	mechanism_area(area, PAGES * page_bytes);
	for (i = 0; i < PAGES; i++)
		memset(area + i * page_bytes, 1 + i, page_bytes);
	/* Pages that are not yet on the lists of reclaim are left out: ask until all are gone. */
	do {
		if (madvise(area, PAGES * page_bytes, MADV_PAGEOUT))
			mechanism_fail("MADV_PAGEOUT");
	} while (count_swapped() != PAGES);
}

static void read_area(void)
{
	read_pages(area, PAGES);
}

static void write_area(void)
{
	write_pages(area, PAGES);
}

static void do_swap_read(void)
{
	swapped_out();
	read_area();
}

static void do_swap_write(void)
{
	swapped_out();
	write_area();
}

/* The child reads first; its pages stay in the swap cache, since we have them in swap, too. */
static void do_swap_shared(void)
{
	int status, in[2], done[2];
	pid_t child;
	char byte;

	if (pipe(in) || pipe(done))
		mechanism_fail("pipe");
	swapped_out();
	child = fork();
	if (!child) {
		read_area();
		close(in[1]);
		close(done[1]);
		_exit(read(done[0], &byte, 1) != 0);
	}
	mechanism_child(child);
	close(in[1]);
	if (read(in[0], &byte, 1))
		mechanism_fail("the child");
	read_area();
	close(done[1]);
	if (waitpid(child, &status, 0) != child || status)
		mechanism_fail("the child ended badly");
}

/* ---- files ---- */

static int file_on_device(void)
{
	static char content[PAGES * 4096];
	int fd = open(MOUNT "/file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	memset(content, 1, sizeof(content));
	if (fd < 0 || write(fd, content, PAGES * page_bytes) != PAGES * page_bytes || fsync(fd))
		mechanism_fail("a file on the device");
	return fd;
}

static void map_device_file(int fd, int flags)
{
	area = mmap(NULL, PAGES * page_bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (area == MAP_FAILED)
		mechanism_fail("mmap");
	mechanism_area(area, PAGES * page_bytes);
	/* No readahead. */
	if (madvise(area, PAGES * page_bytes, MADV_RANDOM))
		mechanism_fail("MADV_RANDOM");
}

/* Drop what is cached of a clean file. */
static void drop(int fd)
{
	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		mechanism_fail("POSIX_FADV_DONTNEED");
}

static void do_file_read_in(void)
{
	int fd = file_on_device();

	drop(fd);
	map_device_file(fd, MAP_PRIVATE);
	read_area();
}

static void do_file_cow_read_in(void)
{
	int fd = file_on_device();

	drop(fd);
	map_device_file(fd, MAP_PRIVATE);
	write_area();
}

/* write(2) may have made folios of several pages, and a fault can map one whole. */
static void do_file_folios(void)
{
	map_device_file(file_on_device(), MAP_SHARED);
	write_area();
}

static void do_file_dirty_again(void)
{
	int fd = file_on_device();

	drop(fd);
	map_device_file(fd, MAP_SHARED);
	write_area();
	/* What has been written back is write-protected, to see the next write. */
	if (msync(area, PAGES * page_bytes, MS_SYNC))
		mechanism_fail("msync");
	write_area();
}

#define USER MMS_ORIGIN_USER
#define ROW(who, kind, count, pages, major)                                    \
	{ who, MMS_KIND_##kind, USER, count, pages, major, 0, 0 }

static const struct mechanism swap[] = {
	{ "a read brings a page in from swap: major", do_swap_read,
	  { ROW(SELF, ANON_ALLOC, PAGES, PAGES, 0), ROW(SELF, SWAP_IN, PAGES, PAGES, PAGES) } },
	{ "a write brings a page in from swap, and that is one fault", do_swap_write,
	  { ROW(SELF, ANON_ALLOC, PAGES, PAGES, 0), ROW(SELF, SWAP_IN, PAGES, PAGES, PAGES) } },
	{ "the second process finds the page in the swap cache: minor", do_swap_shared,
	  { ROW(SELF, ANON_ALLOC, PAGES, PAGES, 0), ROW(CHILD, SWAP_IN, PAGES, PAGES, PAGES),
	    ROW(SELF, SWAP_IN, PAGES, PAGES, 0) } },
};

static const struct mechanism files[] = {
	{ "a read brings a file page in from the device: major", do_file_read_in,
	  { ROW(SELF, FILE_READ, PAGES, PAGES, PAGES) } },
	{ "a write to a private mapping reads the page and copies it: major", do_file_cow_read_in,
	  { ROW(SELF, COW_FILE, PAGES, PAGES, PAGES) } },
	{ "a shared mapping of a file: all its pages, in one fault or many", do_file_folios,
	  { ROW(SELF, FILE_WRITE, ANY, PAGES, DIRTYING(PAGES)) } },
	{ "a page that was written back is made writable again", do_file_dirty_again,
	  { ROW(SELF, FILE_WRITE, 2 * PAGES, PAGES, PAGES + DIRTYING(PAGES)) } },
};

static bool mount_device(void)
{
	char command[64], path[32];
	int number = zram_device("64M");

	snprintf(path, sizeof(path), "/dev/zram%d", number);
	snprintf(command, sizeof(command), "mke2fs -b 4096 %s >/dev/null", path);
	return number >= 0 && !system(command) && !mkdir(MOUNT, 0700) &&
	       !mount(path, MOUNT, "ext2", 0, NULL);
}

int main(void)
{
	tap_begin();
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	if (!zram_swap_on("256M") || !mount_device())
		tap_bail("zram: %s", strerror(errno));
	mechanisms_begin();
	mechanisms_run(swap, sizeof(swap) / sizeof(*swap));
	mechanisms_run(files, sizeof(files) / sizeof(*files));
	mechanisms_end();
	return tap_end();
}
