/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs.h - the module's text files
 *
 * MMSCOPE_DEBUGFS in the environment names another place than
 * /sys/kernel/debug (tests use a tree of plain files).
 */
#ifndef MMS_DEBUGFS_H
#define MMS_DEBUGFS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/** mms_debugfs_mount() - where debugfs is mounted. */
const char *mms_debugfs_mount(void);

/** mms_debugfs_is_default() - whether that is not the environment's choice. */
bool mms_debugfs_is_default(void);

/**
 * mms_read_file() - read a whole file that does not tell its size
 * @path: the file
 * @len: receives the bytes read; may be NULL
 * @err: receives the reason
 *
 * Return: NUL-terminated text to be freed by the caller, or NULL with errno set.
 */
char *mms_read_file(const char *path, size_t *len, struct mms_error *err);

/**
 * mms_write_file() - write a text into a file at once
 * @path: the file, created if need be
 * @text: bytes
 * @len: how many
 * @flags: O_APPEND or O_TRUNC
 *
 * Return: 0 or -errno.
 */
int mms_write_file(const char *path, const char *text, size_t len, int flags);

/**
 * mms_target_write() - write one line into the module's `targets`
 * @line: for instance "pid 143"
 * @err: receives the reason, with what the module itself says about it
 *
 * Return: 0 or -errno.
 */
int mms_target_write(const char *line, struct mms_error *err);

#endif /* MMS_DEBUGFS_H */
