// SPDX-License-Identifier: GPL-2.0
/*
 * error_log.c - why the last writes were refused, in words
 */
#include <linux/kernel.h> /* va_list too: it has no header of its own before 5.15 */
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "error_log.h"

#define LINES 16
#define LINE_BYTES 192

static DEFINE_MUTEX(lock);
static char lines[LINES][LINE_BYTES];
static unsigned long nr_lines; /* ever written; protected by lock, as the lines are */

void mms_error_log(const char *format, ...)
{
	va_list arguments;
	char *line;
	int used;

	mutex_lock(&lock);
	line = lines[nr_lines++ % LINES];
	used = scnprintf(line, LINE_BYTES, "%s[%d]: ", current->comm, task_pid_vnr(current));
	va_start(arguments, format);
	vscnprintf(line + used, LINE_BYTES - used, format, arguments);
	va_end(arguments);
	mutex_unlock(&lock);
}

void mms_error_log_show(struct seq_file *file)
{
	unsigned long i;

	mutex_lock(&lock);
	for (i = nr_lines > LINES ? nr_lines - LINES : 0; i < nr_lines; i++)
		seq_printf(file, "%s\n", lines[i % LINES]);
	mutex_unlock(&lock);
}

void mms_error_log_clear(void)
{
	mutex_lock(&lock);
	nr_lines = 0;
	mutex_unlock(&lock);
}
