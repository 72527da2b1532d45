/* SPDX-License-Identifier: GPL-2.0 */
/*
 * run_files.h - a run's facts from the module's files, and the files kept
 *
 * A folder that mms_run_save() left has the layout of the module's own
 * directory and one file more, `run`, with what only the tool knows. So
 * both are read by the same function.
 */
#ifndef MMS_RUN_FILES_H
#define MMS_RUN_FILES_H

#include "model/run.h"

/**
 * mms_run_collect() - fill a run from the module's files
 * @run: @run->pid says whose; the tables are added
 * @dir: the module's directory, or a saved one
 * @err: receives the reason
 *
 * Return: 0 or a negative errno; what was read until then stays in @run.
 */
int mms_run_collect(struct mms_run *run, const char *dir, struct mms_error *err);

/**
 * mms_run_save() - copy the raw tables of a run into a folder
 * @run: a collected run
 * @from: the module's directory
 * @to: the folder; made if need be
 * @err: receives the reason
 *
 * Return: 0 or a negative errno.
 */
int mms_run_save(const struct mms_run *run, const char *from, const char *to,
		 struct mms_error *err);

/**
 * mms_run_load() - read what mms_run_save() left
 * @run: filled; release with mms_run_free()
 * @dir: the folder
 * @err: receives the reason
 *
 * Return: 0 or a negative errno.
 */
int mms_run_load(struct mms_run *run, const char *dir, struct mms_error *err);

#endif /* MMS_RUN_FILES_H */
