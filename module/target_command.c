// SPDX-License-Identifier: GPL-2.0
/*
 * target_command.c - what a write to the file "targets" asks for, line by line
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "compat/cgroup.h"
#include "error_log.h"
#include "target_command.h"

/* Can the process be followed? So that a bad line is found before any is carried out. */
static int check_pid(struct pid *pid)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	bool has_mm = false;

	if (task) {
		task_lock(task);
		has_mm = task->mm && !(task->flags & PF_KTHREAD);
		task_unlock(task);
		put_task_struct(task);
	}
	if (has_mm)
		return 0;
	mms_error_log("pid: the process has no address space (kernel thread or already ended)");
	return -ESRCH;
}

static int parse_pid(const char *word, struct mms_command *command)
{
	unsigned int number;

	if (kstrtouint(word, 10, &number) || !number || number > INT_MAX) {
		mms_error_log("pid: \"%s\" is not a process id; write \"pid N\"", word);
		return -EINVAL;
	}
	command->kind = MMS_TARGET_PID;
	command->number = number;
	if (command->what == MMS_COMMAND_REMOVE)
		return 0;
	command->pid = find_get_pid(number);
	if (!command->pid) {
		mms_error_log("pid: there is no process %u", number);
		return -ESRCH;
	}
	return check_pid(command->pid);
}

static int parse_comm(const char *name, struct mms_command *command)
{
	if (!*name) {
		mms_error_log("comm: the name is missing; write \"comm NAME\"");
		return -EINVAL;
	}
	if (strscpy(command->comm, name, sizeof(command->comm)) < 0) {
		mms_error_log("comm: \"%s\" is longer than the kernel keeps (%d characters)", name,
			      TASK_COMM_LEN - 1);
		return -E2BIG;
	}
	command->kind = MMS_TARGET_COMM;
	return 0;
}

/* The path of the row is without slashes at its end, so that it can be compared. */
static int parse_cgroup(char *path, struct mms_command *command)
{
	size_t length = strlen(path);

	if (*path != '/') {
		mms_error_log("cgroup: \"%s\" is not a path; write cgroup /PATH as in /proc/PID/cgroup, line 0::",
			      path);
		return -EINVAL;
	}
	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	command->kind = MMS_TARGET_CGROUP;
	command->path = path;
	if (command->what == MMS_COMMAND_REMOVE)
		return 0;
	command->cgroup = mms_cgroup_get(path);
	if (IS_ERR(command->cgroup)) {
		int error = PTR_ERR(command->cgroup);

		command->cgroup = NULL;
		mms_error_log("cgroup: there is no cgroup \"%s\" in the unified hierarchy; write the path as in /proc/PID/cgroup, line 0::",
			      path);
		return error;
	}
	return 0;
}

static int parse(char *line, struct mms_command *command)
{
	char *word;

	if (!strcmp(line, "clear")) {
		command->what = MMS_COMMAND_CLEAR;
		return 0;
	}
	command->what = MMS_COMMAND_ADD;
	command->path = "";
	if (*line == '-') {
		command->what = MMS_COMMAND_REMOVE;
		line = skip_spaces(line + 1);
	}
	if (!strcmp(line, "all")) {
		command->kind = MMS_TARGET_ALL;
		return 0;
	}
	word = strsep(&line, " \t");
	if (line) {
		line = strim(line);
		if (!strcmp(word, "pid"))
			return parse_pid(line, command);
		if (!strcmp(word, "comm"))
			return parse_comm(line, command);
		if (!strcmp(word, "cgroup"))
			return parse_cgroup(line, command);
	}
	mms_error_log("\"%s\" is not understood; write pid N, comm NAME, cgroup PATH, all, the same with - before it, or clear",
		      word);
	return -EINVAL;
}

int mms_commands_parse(char *text, struct mms_command *commands, unsigned int *number)
{
	int error = 0;
	char *line;

	*number = 0;
	while (!error && (line = strsep(&text, "\n"))) {
		line = strim(line);
		if (!*line)
			continue;
		if (*number == MMS_COMMANDS_MAX) {
			mms_error_log("more than %d lines in one write", MMS_COMMANDS_MAX);
			return -E2BIG;
		}
		error = parse(line, &commands[(*number)++]);
	}
	return error;
}

void mms_commands_put(struct mms_command *commands, unsigned int number)
{
	unsigned int i;

	for (i = 0; i < number; i++) {
		put_pid(commands[i].pid);
		if (commands[i].cgroup)
			mms_cgroup_put(commands[i].cgroup);
	}
}
