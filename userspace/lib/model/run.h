/* SPDX-License-Identifier: GPL-2.0 */
/*
 * run.h - what is known about one run of a command
 *
 * Plain data: the collect layer fills it from the module's files (live, or
 * from a folder that `mmscope run -o` left), the render layer shows it.
 */
#ifndef MMS_RUN_H
#define MMS_RUN_H

#include "model/figures.h"

/**
 * struct mms_process - one process of the run
 * @pid: tgid
 * @ppid: parent
 * @comm: command name
 * @state: "live" or "exited"
 * @vsz: kB; likewise @rss, @anon, @heap
 * @rss: RSS
 * @anon: anonymous part of it
 * @heap: heap
 * @minflt: minor faults
 * @majflt: major faults
 * @cow: COW breaks
 * @gone: its files had vanished before they could be read (pushed out by newer records)
 * @status: pid/<tgid>/status
 * @faults: rows of pid/<tgid>/faults
 * @nr_faults: how many
 * @timeline: pid/<tgid>/timeline
 */
struct mms_process {
	int pid;
	int ppid;
	char comm[64];
	char state[16];
	int64_t vsz;
	int64_t rss;
	int64_t anon;
	int64_t heap;
	int64_t minflt;
	int64_t majflt;
	int64_t cow;
	bool gone;
	struct mms_status status;
	struct mms_fault_row *faults;
	size_t nr_faults;
	struct mms_series timeline;
};

/**
 * struct mms_stat - one line of `stats`
 * @key: name
 * @value: number
 */
struct mms_stat {
	char key[48];
	int64_t value;
};

/**
 * struct mms_stats - `stats`
 * @list: its lines
 * @nr: how many
 */
struct mms_stats {
	struct mms_stat *list;
	size_t nr;
};

/**
 * struct mms_missing - a probe that the kernel has not
 * @name: name of the probe
 * @symbol: the kernel function
 * @consequence: which figures are then missing
 */
struct mms_missing {
	char name[32];
	char symbol[64];
	char consequence[160];
};

/**
 * struct mms_run - one run of a command
 * @command: the command line
 * @pid: the command's process
 * @wait_status: as waitpid() told it
 * @wall_ns: from its first instruction to its end
 * @processes: the command's process first, then its descendants in order of pid
 * @nr_processes: how many
 * @before: the module's totals and losses when the run began
 * @stats: the same at its end
 * @missing: probes that this kernel has not
 * @nr_missing: how many
 */
struct mms_run {
	char *command;
	int pid;
	int wait_status;
	uint64_t wall_ns;
	struct mms_process *processes;
	size_t nr_processes;
	struct mms_stats before;
	struct mms_stats stats;
	struct mms_missing *missing;
	size_t nr_missing;
};

/**
 * mms_processes_parse() - read `processes`; keep one process and its descendants
 * @run: @run->pid says which; receives the processes
 * @text: the file's text
 * @err: receives the reason
 *
 * Return: 0, -ESRCH when the process is not in the table, -EINVAL or -ENOMEM.
 */
int mms_processes_parse(struct mms_run *run, const char *text, struct mms_error *err);

/**
 * mms_stats_parse() - read `stats`
 * @stats: filled; @stats->list is to be freed by the caller, also after a failure
 * @text: the file's text
 * @err: receives the reason
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int mms_stats_parse(struct mms_stats *stats, const char *text, struct mms_error *err);

/**
 * mms_probes_parse() - read `probes`; keep the missing ones
 * Return: 0, -EINVAL or -ENOMEM.
 */
int mms_probes_parse(struct mms_run *run, const char *text, struct mms_error *err);

/** mms_stat_is_loss() - whether a line of `stats` counts something lost. */
bool mms_stat_is_loss(const struct mms_stat *stat);

/** mms_stat_before() - the value that a line of `stats` had when the run began; 0 if not told. */
int64_t mms_stat_before(const struct mms_run *run, const char *key);

/**
 * mms_run_exit_status() - the run's exit status as a shell tells it
 * Return: the command's status, or 128 + the signal that killed it.
 */
int mms_run_exit_status(const struct mms_run *run);

/** mms_run_free() - release everything. */
void mms_run_free(struct mms_run *run);

#endif /* MMS_RUN_H */
