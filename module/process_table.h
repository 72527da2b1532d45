/* SPDX-License-Identifier: GPL-2.0 */
/*
 * process_table.h - the table of all processes, for every surface that shows it
 */
#ifndef MMSCOPE_PROCESS_TABLE_H
#define MMSCOPE_PROCESS_TABLE_H

struct cred;
struct seq_file;

/**
 * mms_process_table_show() - print the table
 * @file: where to; pids are shown as the reader's pid namespace sees them
 * @reader: who may see the processes of his own user only; NULL: sees all
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int mms_process_table_show(struct seq_file *file, const struct cred *reader);

#endif /* MMSCOPE_PROCESS_TABLE_H */
