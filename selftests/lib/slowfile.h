/* SPDX-License-Identifier: GPL-2.0 */
/*
 * slowfile.h - a file whose pages come when the test says so
 *
 * A FUSE file system of one file, served by the test itself: a fault on a page of
 * it is a real major fault that sleeps inside of handle_mm_fault() until its read
 * request is answered.
 */
#ifndef SELFTESTS_SLOWFILE_H
#define SELFTESTS_SLOWFILE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct slowfile - the file and its requests
 * @fd: of /dev/fuse
 * @pages: its size
 * @asked: read requests that wait, in order
 * @nr: their number
 */
struct slowfile {
	int fd;
	unsigned int pages;
	uint64_t *asked;
	unsigned int nr;
};

/**
 * slowfile_mount() - put such a file over a file that exists
 * @file: result
 * @path: where
 * @pages: its size
 *
 * Returns false, with a note, where the kernel has no FUSE. Reads ask for one page
 * each if the mapping is MADV_RANDOM.
 */
bool slowfile_mount(struct slowfile *file, const char *path, unsigned int pages);

/* Serve everything but reads, until so many reads wait. */
void slowfile_wait(struct slowfile *file, unsigned int reads);

/* Answer all reads that wait. */
void slowfile_answer(struct slowfile *file);
void slowfile_unmount(struct slowfile *file, const char *path);

#endif /* SELFTESTS_SLOWFILE_H */
