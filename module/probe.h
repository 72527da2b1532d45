/* SPDX-License-Identifier: GPL-2.0 */
/*
 * probe.h - where the module listens, and the engine that calls its handlers
 *
 * The table (probe_table.c) says for each probe which kernel function it sits
 * on, whether the module can live without it and what is missing then. The
 * engine (probe.c) arms all of it with the first target and disarms it with the
 * last. Handlers do not see the engine: they get the arguments of the function
 * and a piece of memory that lasts from entry to return.
 */
#ifndef MMSCOPE_PROBE_H
#define MMSCOPE_PROBE_H

#include <linux/types.h>

struct pt_regs;
struct seq_file;

#define MMS_PROBE_SYMBOLS 3

/**
 * struct mms_probe - a row of the table
 * @name: as the file "probes" shows it
 * @symbol: kernel functions to try, best first
 * @required: without it the module refuses targets
 * @if_missing: what users lose without it
 * @sleeps: calls can be asleep as long as a disk takes, as many as there are threads
 * @data_size: bytes that @enter leaves for @leave; with @leave only
 * @enter: at entry. Returns whether @leave is wanted for this call
 * @leave: at return; NULL: the probe listens at entry only
 *
 * Both are called with preemption off, and must neither sleep nor fault.
 */
struct mms_probe {
	const char *name;
	const char *symbol[MMS_PROBE_SYMBOLS];
	bool required;
	const char *if_missing;
	bool sleeps;
	size_t data_size;
	bool (*enter)(void *data, struct pt_regs *regs);
	void (*leave)(void *data, unsigned long result);
};

extern const struct mms_probe mms_probe_table[];
extern const unsigned int mms_probe_number;

/**
 * mms_probes_init() - make ready, arm nothing
 * @slots: calls of a function that sleeps that can be between entry and return at
 * once; more than that are counted as missed. Others have 2048 at most
 */
int mms_probes_init(unsigned int slots);
void mms_probes_exit(void);

/**
 * mms_probes_arm() - arm the table
 *
 * Context: may sleep; serialised by the caller.
 * Return: 0, or a negative errno when a required probe cannot be had; error_log says which.
 */
int mms_probes_arm(void);

/**
 * mms_probes_disarm() - disarm the table; no handler runs any more when this returns
 *
 * Context: as for mms_probes_arm().
 */
void mms_probes_disarm(void);

/**
 * mms_probes_show() - the file "probes"
 * @file: where to
 */
void mms_probes_show(struct seq_file *file);

/* Hits and misses count from 0 again. Context: may sleep. */
void mms_probes_restart(void);

/**
 * mms_probes_missed() - calls that no handler saw, summed over all probes
 */
u64 mms_probes_missed(void);

#endif /* MMSCOPE_PROBE_H */
