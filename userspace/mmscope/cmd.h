/* SPDX-License-Identifier: GPL-2.0 */
/* cmd.h - the subcommands of mmscope */
#ifndef MMS_CMD_H
#define MMS_CMD_H

#define MMSCOPE_VERSION "0.1"

/*
 * What mmscope itself fails with; the numbers that env(1) and timeout(1) use. Every other status
 * is the traced command's.
 */
#define MMS_EXIT_FAILURE   125	/* mmscope itself failed, or was used wrongly */
#define MMS_EXIT_NO_EXEC   126	/* the command was found but cannot be executed */
#define MMS_EXIT_NOT_FOUND 127	/* the command was not found */

/**
 * struct mms_cmd - a subcommand
 * @name: the word on the command line
 * @summary: one line for `mmscope --help`
 * @usage: text of `mmscope NAME --help`; fits a screen
 * @main: what it does; gets its own name as argv[0]; returns the exit status
 */
struct mms_cmd {
	const char *name;
	const char *summary;
	const char *usage;
	int (*main)(int argc, char **argv);
};

extern const struct mms_cmd mms_cmd_run;
extern const struct mms_cmd mms_cmd_story;

/**
 * mms_complain() - print one line on standard error
 * @format: printf format, without newline
 *
 * Return: MMS_EXIT_FAILURE.
 */
int mms_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * mms_number_option() - read an option's number
 * @option: the option, for the error line
 * @text: its argument
 * @least: smallest number allowed
 * @most: largest number allowed
 * @value: receives the number
 *
 * Return: 0, or MMS_EXIT_FAILURE after a complaint.
 */
int mms_number_option(const char *option, const char *text, long least, long most, long *value);

#endif /* MMS_CMD_H */
