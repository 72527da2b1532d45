/* SPDX-License-Identifier: GPL-2.0 */
/*
 * claim.h - which of several faults on one page did the work
 *
 * When threads touch a page at once, each of their faults sees the same entry
 * before and the same entry after, though only one of them changed it. The first
 * to come back claims the change; the others, which were under way at the same
 * time, are counted as "other" (spurious).
 */
#ifndef MMSCOPE_CLAIM_H
#define MMSCOPE_CLAIM_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "pte.h"

#define MMS_CLAIMS 64 /* a power of two */

/**
 * struct mms_claim - the last change that was claimed among the pages of one bucket
 * @lock: protects the rest
 * @address: page
 * @after: its frame after
 * @end_ns: mms_clock_ns() when the fault that claimed it came back
 */
struct mms_claim {
	raw_spinlock_t lock;
	unsigned long address;
	unsigned long after;
	u64 end_ns;
};

struct mms_claims {
	struct mms_claim claim[MMS_CLAIMS];
};

void mms_claims_init(struct mms_claims *claims);

/**
 * mms_claim() - claim the change of a page-table entry
 * @claims: those of the address space
 * @address: page
 * @after: entry after
 * @seen_ns: mms_clock_ns() before the entry was read
 * @now_ns: mms_clock_ns() now
 *
 * Only needed, and only called, where an mm has several users: it writes to a
 * cache line that they share. A fault on another page of the same bucket that
 * hides a claim from a third fault is possible, and then a change is counted twice.
 *
 * Context: handlers. Return: true when the change is the caller's.
 */
bool mms_claim(struct mms_claims *claims, unsigned long address, struct mms_pte after,
	       u64 seen_ns, u64 now_ns);

#endif /* MMSCOPE_CLAIM_H */
