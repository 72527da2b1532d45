/* SPDX-License-Identifier: GPL-2.0 */
/*
 * figures.h - what the module says of a process, and what the kernel itself says
 *
 * The tests read the text files on their own, without the tools' library: a
 * mistake there must not hide one here.
 */
#ifndef SELFTESTS_FIGURES_H
#define SELFTESTS_FIGURES_H

#include <stdbool.h>
#include <sys/types.h>

#include "mmscope_abi.h"

#define DEBUGFS "/sys/kernel/debug/mmscope"

struct cell {
	long count;
	long pages;
};

/**
 * struct figures - pid/<tgid>/{status,faults} at one moment
 * @cell: the table "faults"
 * @status: text of "status"
 */
struct figures {
	struct cell cell[MMS_NR_KINDS][MMS_NR_REGIONS];
	char status[4096];
};

/* Read all of it; false with a note when a file cannot be read or understood. */
bool figures_read(pid_t pid, struct figures *figures);

/* A line of "status" by its key (without the colon); bails out when there is none. */
long figures_status(const struct figures *figures, const char *key);

/* Law 1 of one process; says what it is made of when it does not hold. */
bool figures_law1(const struct figures *figures);

/* Number of a kind or region by its name; -1 when there is none. */
int kind_by_name(const char *name);
int region_by_name(const char *name);

/* Write a line to a file of the module; 0 or -errno. */
int debugfs_write(const char *file, const char *line);

/* A figure of "stats". */
long stats_read(const char *key);

/* The kernel's own sizes, in kB, from the page tables (smaps) and from statm. */
struct sizes {
	long vsz;
	long rss;
	long anon;
};

bool sizes_read(pid_t pid, struct sizes *sizes);

#endif /* SELFTESTS_FIGURES_H */
