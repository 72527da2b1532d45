/* SPDX-License-Identifier: GPL-2.0 */
/*
 * target_command.h - what a write to the file "targets" asks for, line by line
 */
#ifndef MMSCOPE_TARGET_COMMAND_H
#define MMSCOPE_TARGET_COMMAND_H

#include <linux/sched.h>
#include <linux/types.h>

struct cgroup;
struct pid;

enum mms_target_kind { MMS_TARGET_PID, MMS_TARGET_COMM, MMS_TARGET_CGROUP, MMS_TARGET_ALL };

/**
 * struct mms_command - one line
 * @what: what is to be done; the rest says to which row
 * @kind: of the row
 * @number: of @pid, as the writer's pid namespace sees it
 * @pid: with a reference; MMS_COMMAND_ADD only: what is to be removed may have ended
 * @comm: name, for MMS_TARGET_COMM
 * @path: in the text that was written; "" for other kinds than MMS_TARGET_CGROUP
 * @cgroup: with a reference; MMS_COMMAND_ADD only
 */
struct mms_command {
	enum { MMS_COMMAND_ADD, MMS_COMMAND_REMOVE, MMS_COMMAND_CLEAR } what;
	enum mms_target_kind kind;
	pid_t number;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	const char *path;
	struct cgroup *cgroup;
};

#define MMS_COMMANDS_MAX 64

/**
 * mms_commands_parse() - understand a write
 * @text: one command per line, writable, NUL-terminated; must stay as long as @commands
 * @commands: room for MMS_COMMANDS_MAX, zeroed
 * @number: result: how many there are, also after an error
 *
 * Context: may sleep.
 * Return: 0, or a negative errno that error_log explains. mms_commands_put() is due in any case.
 */
int mms_commands_parse(char *text, struct mms_command *commands, unsigned int *number);

/**
 * mms_commands_put() - give the references back
 * @commands: from mms_commands_parse()
 * @number: of them
 */
void mms_commands_put(struct mms_command *commands, unsigned int number);

#endif /* MMSCOPE_TARGET_COMMAND_H */
