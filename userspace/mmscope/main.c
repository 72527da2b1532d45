// SPDX-License-Identifier: GPL-2.0
/* main.c - the table of subcommands */
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "cmd.h"
#include "mmscope_abi.h"

static const struct mms_cmd *const commands[] = {
	&mms_cmd_run,
	&mms_cmd_story,
};

int mms_complain(const char *format, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("mmscope: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return MMS_EXIT_FAILURE;
}

int mms_number_option(const char *option, const char *text, long least, long most, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	if (errno || end == text || *end || *value < least || *value > most)
		return mms_complain("%s wants a number from %ld to %ld, not '%s'", option, least,
				    most, text);
	return 0;
}

static void help(void)
{
	size_t i;

	printf("mmscope - see what really happens under malloc\n\n"
	       "usage: mmscope COMMAND [OPTION]... -- PROGRAM [ARG]...\n\n");
	for (i = 0; i < MMS_ARRAY_SIZE(commands); i++)
		printf("  %-8s %s\n", commands[i]->name, commands[i]->summary);
	printf("\nmmscope COMMAND --help tells more, mmscope --version the version.\n"
	       "It needs root and the module mmscope.ko. Manual: mmscope(1).\n");
}

static int dispatch(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	size_t i;

	if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
		help();
		return 0;
	}
	if (!strcmp(name, "--version")) {
		printf("mmscope %s (ABI %d)\n", MMSCOPE_VERSION, MMSCOPE_ABI_VERSION);
		return 0;
	}
	for (i = 0; i < MMS_ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i]->name))
			continue;
		if (argc > 2 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h"))) {
			fputs(commands[i]->usage, stdout);
			return 0;
		}
		return commands[i]->main(argc - 1, argv + 1);
	}
	if (!*name)
		return mms_complain("a command is missing: see mmscope --help");
	return mms_complain("unknown command '%s': see mmscope --help", name);
}

/* What was printed must have arrived, or the status must tell. */
static int close_stdout(int status)
{
	int saved = 0;

	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		saved = errno ?: EIO;
	if (!saved && close(STDOUT_FILENO) && errno != EBADF)
		saved = errno;
	return saved ? mms_complain("cannot write standard output: %s", strerror(saved)) : status;
}

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "");
	return close_stdout(dispatch(argc, argv));
}
