// SPDX-License-Identifier: GPL-2.0
/*
 * claim.c - which of several faults on one page did the work
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>

#include "claim.h"

void mms_claims_init(struct mms_claims *claims)
{
	unsigned int i;

	for (i = 0; i < MMS_CLAIMS; i++)
		raw_spin_lock_init(&claims->claim[i].lock);
}

bool mms_claim(struct mms_claims *claims, unsigned long address, struct mms_pte after,
	       u64 seen_ns, u64 now_ns)
{
	struct mms_claim *claim =
		&claims->claim[hash_long(address >> PAGE_SHIFT, ilog2(MMS_CLAIMS))];
	unsigned long flags;
	bool taken;

	raw_spin_lock_irqsave(&claim->lock, flags);
	/*
	 * Whoever saw the old entry did so before the change, and the claimer came
	 * back after it. The same frames again later are another change.
	 */
	taken = claim->address == address && claim->after == after.pfn &&
		seen_ns < claim->end_ns;
	if (!taken) {
		claim->address = address;
		claim->after = after.pfn;
		claim->end_ns = now_ns;
	}
	raw_spin_unlock_irqrestore(&claim->lock, flags);
	return !taken;
}
