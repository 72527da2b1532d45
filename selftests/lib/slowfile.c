// SPDX-License-Identifier: GPL-2.0
/* slowfile.c - a file whose pages come when the test says so */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "slowfile.h"
#include "tap.h"

/* At least what FUSE_MIN_READ_BUFFER says, and a write request's header on top. */
#define REQUEST_BYTES (64 << 10)

static long page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static void answer(struct slowfile *file, uint64_t unique, int error, const void *data, size_t size)
{
	struct fuse_out_header header = {
		.len = sizeof(header) + size, .error = error, .unique = unique,
	};
	struct iovec parts[] = { { &header, sizeof(header) }, { (void *)data, size } };

	if (writev(file->fd, parts, 2) != (ssize_t)header.len)
		tap_bail("cannot answer a request: %s", strerror(errno));
}

static void answer_init(struct slowfile *file, const struct fuse_in_header *header,
			const struct fuse_init_in *in)
{
	/* No FUSE_ASYNC_READ: a read is the faulting task's own, and none waits in a queue. */
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION, .minor = in->minor, .max_write = 4096,
	};

	answer(file, header->unique, 0, &out, sizeof(out));
}

static void answer_getattr(struct slowfile *file, const struct fuse_in_header *header)
{
	struct fuse_attr_out out = {
		.attr_valid = 1000000,
		.attr = {
			.ino = 1, .mode = S_IFREG | 0444, .nlink = 1, .blksize = 4096,
			.size = (uint64_t)file->pages * page_size(),
		},
	};

	answer(file, header->unique, 0, &out, sizeof(out));
}

/* One request; false when it was a read, which waits. */
static bool serve(struct slowfile *file)
{
	static char request[REQUEST_BYTES];
	const struct fuse_in_header *header = (void *)request;
	const struct fuse_open_out opened = { .open_flags = FOPEN_KEEP_CACHE };

	if (read(file->fd, request, sizeof(request)) < (ssize_t)sizeof(*header))
		tap_bail("cannot read a request: %s", strerror(errno));
	switch (header->opcode) {
	case FUSE_INIT:
		answer_init(file, header, (void *)(header + 1));
		return true;
	case FUSE_GETATTR:
		answer_getattr(file, header);
		return true;
	case FUSE_OPEN:
		answer(file, header->unique, 0, &opened, sizeof(opened));
		return true;
	case FUSE_READ:
		if (file->nr == file->pages)
			tap_bail("more reads than pages");
		file->asked[file->nr++] = header->unique;
		return false;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		return true; /* wants no answer */
	default:
		answer(file, header->unique, -ENOSYS, NULL, 0);
		return true;
	}
}

bool slowfile_mount(struct slowfile *file, const char *path, unsigned int pages)
{
	char options[96];
	int fd;

	if (access("/dev/fuse", F_OK) && system("modprobe fuse"))
		tap_note("modprobe fuse has failed");
	*file = (struct slowfile){ .pages = pages };
	file->fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (file->fd < 0) {
		tap_note("cannot open /dev/fuse: %s", strerror(errno));
		return false;
	}
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	snprintf(options, sizeof(options), "fd=%d,rootmode=100444,user_id=0,group_id=0,allow_other",
		 file->fd);
	if (fd < 0 || mount("slowfile", path, "fuse.slowfile", 0, options))
		tap_bail("cannot mount %s: %s", path, strerror(errno));
	close(fd);
	file->asked = calloc(pages, sizeof(*file->asked));
	if (!file->asked)
		tap_bail("no memory");
	return true;
}

void slowfile_wait(struct slowfile *file, unsigned int reads)
{
	while (file->nr < reads)
		serve(file);
}

void slowfile_answer(struct slowfile *file)
{
	static const char page[4096];
	unsigned int i;

	for (i = 0; i < file->nr; i++)
		answer(file, file->asked[i], 0, page, sizeof(page));
	file->nr = 0;
}

void slowfile_unmount(struct slowfile *file, const char *path)
{
	umount2(path, MNT_DETACH);
	close(file->fd);
	free(file->asked);
}
