/* SPDX-License-Identifier: GPL-2.0 */
/* out.h - where a view goes: how wide, which characters, which colours */
#ifndef MMS_OUT_H
#define MMS_OUT_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct mms_out - a view's paper
 * @file: where it is written
 * @colour: the reader sees colours
 * @utf8: the reader sees more than ASCII
 * @width: columns
 */
struct mms_out {
	FILE *file;
	bool colour;
	bool utf8;
	int width;
};

enum mms_style { MMS_PLAIN, MMS_HEAD, MMS_DIM, MMS_VSZ, MMS_RSS, MMS_ALARM, MMS_NR_STYLES };

/**
 * mms_out_init() - look at where a view goes
 * @out: filled
 * @file: where it is written
 * @no_color: the user wants none
 *
 * Colours only on a terminal or where CLICOLOR_FORCE asks for them, and not when NO_COLOR is set
 * and not empty. setlocale() must have been called. 80 columns where there is no terminal.
 */
void mms_out_init(struct mms_out *out, FILE *file, bool no_color);

/** mms_style() - the sequence that begins a style; MMS_PLAIN ends one; "" without colours. */
const char *mms_style(const struct mms_out *out, enum mms_style style);

/** mms_heading() - print a heading on a line of its own, with an empty one before it. */
void mms_heading(const struct mms_out *out, const char *text);

/**
 * mms_wrap() - print a text in lines of whole words
 * @out: the paper
 * @indent: column at which its lines begin; the first line is there already
 * @text: the text
 */
void mms_wrap(const struct mms_out *out, int indent, const char *text);

#endif /* MMS_OUT_H */
