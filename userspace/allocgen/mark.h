/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mark.h - the points at which a scenario may be looked at
 *
 * Between two marks nothing may fault but the measured work. So everything a
 * mark does is rehearsed first: mark_rehearse() in the process that talks,
 * again after each fork.
 */
#ifndef ALLOCGEN_MARK_H
#define ALLOCGEN_MARK_H

#include <stdbool.h>
#include <sys/types.h>

#include "compiler.h"

#define ROLES_MAX 4

/**
 * struct mark_options - how to talk at a mark
 * @json: JSON Lines instead of text
 * @step: wait for a line on standard input after each mark
 */
struct mark_options {
	bool json;
	bool step;
};

int mark_setup(const struct mark_options *options);
void mark_rehearse(void);

/* A process of the scenario; its role is named in marks and expectations. */
void role_add(const char *role, pid_t pid);
pid_t role_pid(const char *role);

void mark(const char *name, const char *look);
__printf(1, 2) void say(const char *fmt, ...);
unsigned int marks_lost(void);

#endif /* ALLOCGEN_MARK_H */
