/* SPDX-License-Identifier: GPL-2.0 */
/*
 * figures.h - what the module's files say about one process
 *
 * Plain data and the pure functions that read it out of the files' text.
 * docs/abi.md describes the files.
 */
#ifndef MMS_FIGURES_H
#define MMS_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "mmscope_abi.h"
#include "model/series.h"

/*
 * The numbers of pid/<tgid>/status: X(id, key). Sizes in kB, times in ns, the rest counts.
 */
#define MMS_FIGURES(X)                                                         \
	X(GENERATION, "Generation")                                            \
	X(VSZ, "VSZ")                                                          \
	X(RSS, "RSS")                                                          \
	X(RSS_ANON, "RssAnon")                                                 \
	X(RSS_FILE, "RssFile")                                                 \
	X(RSS_SHMEM, "RssShmem")                                               \
	X(SWAP, "Swap")                                                        \
	X(HEAP, "Heap")                                                        \
	X(FAULTS, "Faults")                                                    \
	X(MIN_FLT, "MinFlt")                                                   \
	X(MAJ_FLT, "MajFlt")                                                   \
	X(FAULTS_USER, "FaultsUser")                                           \
	X(FAULTS_KERNEL, "FaultsKernel")                                       \
	X(FAULTS_GUP, "FaultsGup")                                             \
	X(FAULTS_REMOTE, "FaultsRemote")                                       \
	X(FAULT_PAGES, "FaultPages")                                           \
	X(FAULT_TIME, "FaultTime")                                             \
	X(FAULT_RETRIES, "FaultRetries")                                       \
	X(FAULT_ERRORS, "FaultErrors")                                         \
	X(COW_BREAKS, "CowBreaks")                                             \
	X(COW_PAGES, "CowPages")                                               \
	X(BRK, "Brk")                                                          \
	X(MMAP, "Mmap")                                                        \
	X(MUNMAP, "Munmap")                                                    \
	X(MREMAP, "Mremap")                                                    \
	X(STACK_GROW, "StackGrow")                                             \
	X(SYSCALL_TIME, "SyscallTime")                                         \
	X(CROSSINGS, "Crossings")                                              \
	X(PROCESS_FAULTS, "ProcessFaults")                                     \
	X(REMOTE_IN, "RemoteIn")                                               \
	X(REMOTE_OUT, "RemoteOut")                                             \
	X(KERNEL_MIN_FLT, "KernelMinFlt")                                      \
	X(KERNEL_MAJ_FLT, "KernelMajFlt")                                      \
	X(LAW1_RESIDUAL, "Law1Residual")                                       \
	X(LAW2_RESIDUAL, "Law2Residual")

#define MMS_ENUM_FIGURE(id, key) MMS_FIG_##id,
enum mms_figure { MMS_FIGURES(MMS_ENUM_FIGURE) MMS_NR_FIGURES };

/**
 * struct mms_status - pid/<tgid>/status
 * @name: the process's command name
 * @state: "live" or "exited"
 * @value: the numbers, by enum mms_figure; 0 where the file does not tell it
 * @told: whether the file tells it
 */
struct mms_status {
	char name[64];
	char state[16];
	int64_t value[MMS_NR_FIGURES];
	bool told[MMS_NR_FIGURES];
};

/**
 * mms_status_parse() - read pid/<tgid>/status
 * @status: filled
 * @text: the file's text
 * @what: name of the file, for the error line
 * @err: receives the reason
 *
 * Keys that this program does not know are skipped; keys that are missing stay untold.
 *
 * Return: 0, or -EINVAL for a line that is not `Key: value` or a number that is none.
 */
int mms_status_parse(struct mms_status *status, const char *text, const char *what,
		     struct mms_error *err);

/** mms_figure_key() - the key of a figure as status writes it. */
const char *mms_figure_key(enum mms_figure figure);

/**
 * struct mms_fault_row - one line of pid/<tgid>/faults
 * @kind: name of the kind
 * @region: name of the region
 * @count: completed faults
 * @pages: pages they mapped
 * @ns: time in them, nanoseconds
 */
struct mms_fault_row {
	char kind[16];
	char region[16];
	int64_t count;
	int64_t pages;
	int64_t ns;
};

/**
 * mms_faults_parse() - read pid/<tgid>/faults
 * @rows: receives an array to be freed by the caller
 * @nr: receives its length
 * @text: the file's text
 * @what: name of the file, for the error line
 * @err: receives the reason
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int mms_faults_parse(struct mms_fault_row **rows, size_t *nr, const char *text, const char *what,
		     struct mms_error *err);

/**
 * mms_timeline_parse() - read pid/<tgid>/timeline
 * @series: receives the points; may stay empty
 * @text: the file's text
 * @what: name of the file, for the error line
 * @err: receives the reason
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int mms_timeline_parse(struct mms_series *series, const char *text, const char *what,
		       struct mms_error *err);

#endif /* MMS_FIGURES_H */
