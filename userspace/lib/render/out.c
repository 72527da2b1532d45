// SPDX-License-Identifier: GPL-2.0
/* out.c - where a view goes: how wide, which characters, which colours */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "array.h"
#include "render/out.h"

#define DEFAULT_WIDTH 80
#define LEAST_WIDTH   60
#define MOST_WIDTH    160

static const char *const styles[] = {
	[MMS_PLAIN] = "\033[0m",
	[MMS_HEAD] = "\033[1m",
	[MMS_DIM] = "\033[2m",
	[MMS_VSZ] = "\033[36m",
	[MMS_RSS] = "\033[32m",
	[MMS_ALARM] = "\033[1;31m",
};

_Static_assert(MMS_ARRAY_SIZE(styles) == MMS_NR_STYLES, "every style has its sequence");

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

/* Colours on a terminal, or on a pipe to one of which the user has said so. */
static bool wants_colour(FILE *file)
{
	const char *term = getenv("TERM");

	if (is_set("NO_COLOR"))
		return false;
	if (is_set("CLICOLOR_FORCE"))
		return true;
	return isatty(fileno(file)) && !(term && !strcmp(term, "dumb"));
}

void mms_out_init(struct mms_out *out, FILE *file, bool no_color)
{
	struct winsize size;

	*out = (struct mms_out){ .file = file, .width = DEFAULT_WIDTH };
	out->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	out->colour = !no_color && wants_colour(file);
	if (!isatty(fileno(file)))
		return;
	if (!ioctl(fileno(file), TIOCGWINSZ, &size) && size.ws_col)
		out->width = size.ws_col;
	if (out->width < LEAST_WIDTH)
		out->width = LEAST_WIDTH;
	if (out->width > MOST_WIDTH)
		out->width = MOST_WIDTH;
}

const char *mms_style(const struct mms_out *out, enum mms_style style)
{
	return out->colour ? styles[style] : "";
}

void mms_heading(const struct mms_out *out, const char *text)
{
	fprintf(out->file, "\n%s%s%s\n", mms_style(out, MMS_HEAD), text,
		mms_style(out, MMS_PLAIN));
}

/* Columns of a word: the bytes that do not continue a UTF-8 character. */
static int columns_of(const char *word, size_t len)
{
	int columns = 0;

	for (; len; len--, word++)
		if ((*word & 0xc0) != 0x80)
			columns++;
	return columns;
}

void mms_wrap(const struct mms_out *out, int indent, const char *text)
{
	int at = indent;

	while (*text) {
		size_t len = strcspn(text, " ");
		int columns = columns_of(text, len);

		if (at > indent && at + 1 + columns > out->width) {
			fprintf(out->file, "\n%*s", indent, "");
			at = indent;
		}
		at += fprintf(out->file, "%s", at > indent ? " " : "") + columns;
		fprintf(out->file, "%.*s", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out->file);
}
