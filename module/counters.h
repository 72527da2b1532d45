/* SPDX-License-Identifier: GPL-2.0 */
/*
 * counters.h - the figures of one address space, one slot per CPU
 *
 * The fault path writes only to the slot of its own CPU: no lock, no atomic, no
 * cache line that another CPU writes. A slot is made when an address space first
 * faults on a CPU; when there is no memory for it, the one shared slot takes the
 * figures under a lock, so that nothing is lost. Readers add all slots up.
 */
#ifndef MMSCOPE_COUNTERS_H
#define MMSCOPE_COUNTERS_H

#include <linux/bitops.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "areas.h"
#include "mmscope_abi.h"

/* Figures that are not per kind and region. */
enum mms_counter {
	MMS_COUNT_FAULTS,     /* completed faults; all others are of user origin and own */
	MMS_COUNT_REMOTE_IN,  /* completed by tasks of other processes than the owner (law 1) */
	MMS_COUNT_MAJOR,
	MMS_COUNT_KERNEL,     /* by origin; the order is that of enum mms_origin */
	MMS_COUNT_GUP,
	MMS_COUNT_REMOTE,
	MMS_COUNT_RETRY,
	MMS_COUNT_RETRY_NS,
	MMS_COUNT_ERROR,
	MMS_COUNT_BRK,
	MMS_COUNT_MMAP,
	MMS_COUNT_MUNMAP,
	MMS_COUNT_MREMAP,
	MMS_COUNT_STACK_GROW,
	MMS_COUNT_COW_BREAKS, /* cow_copy, cow_file, and hugetlb that was copied */
	MMS_COUNT_COW_PAGES,
	MMS_COUNT_COW_HUGETLB, /* of these, hugetlb */
	MMS_COUNT_SYSCALL_NS,
	MMS_COUNT_MPROTECT,
	MMS_COUNT_MADVISE,
	MMS_COUNT_SWAP_OUT,   /* pages */
	MMS_COUNT_COLLAPSE,   /* huge pages made by khugepaged or MADV_COLLAPSE */
	MMS_COUNT_OOM_KILL,
	MMS_NR_COUNTERS,
};

/* One of the last events of an address space; see "events" in docs/abi.md. */
struct mms_last_event {
	u64 t_ns;
	u64 address;
	u64 ns;
	u64 pages;
	u8 event;  /* enum mms_event */
	u8 kind;   /* faults only */
	u8 region; /* faults only */
};

#define MMS_LAST_EVENTS 32 /* per CPU; a power of two */

struct mms_cell {
	u64 count;
	u64 pages;
	u64 ns;
	u64 major; /* of @count */
};

/*
 * Latencies by powers of two: bucket 0 takes what is below 2^MMS_LATENCY_MIN_LOG2 ns,
 * each next one twice as much, the last one all the rest.
 */
#define MMS_LATENCY_BUCKETS 24
#define MMS_LATENCY_MIN_LOG2 7

/**
 * mms_latency_bucket() - the bucket of a latency
 * @ns: the latency
 */
static __always_inline unsigned int mms_latency_bucket(u64 ns)
{
	unsigned int log2 = fls64(ns >> MMS_LATENCY_MIN_LOG2);

	return likely(log2 < MMS_LATENCY_BUCKETS) ? log2 : MMS_LATENCY_BUCKETS - 1;
}

/**
 * mms_latency_from_ns() - the least latency of a bucket; that of the next one is its end
 * @bucket: which
 */
static inline u64 mms_latency_from_ns(unsigned int bucket)
{
	return bucket ? 1ULL << (MMS_LATENCY_MIN_LOG2 + bucket - 1) : 0;
}

/**
 * struct mms_figures - what is counted
 * @cell: completed faults by kind and region
 * @latency: completed faults by kind and mms_latency_bucket()
 * @reason: completed faults of the kind "other"
 * @outcome: failed faults
 * @counter: everything else
 */
struct mms_figures {
	struct mms_cell cell[MMS_NR_KINDS][MMS_NR_REGIONS];
	u64 latency[MMS_NR_KINDS][MMS_LATENCY_BUCKETS];
	u64 reason[MMS_NR_REASONS];
	u64 outcome[MMS_NR_OUTCOMES];
	u64 counter[MMS_NR_COUNTERS];
};

struct mms_slot {
	struct mms_figures figures;
	struct mms_areas areas; /* COW breaks by area */
	struct mms_slot *next;  /* in mms_counters::retired */
	u64 nr_last; /* events ever written to last[]; the newest is at (nr_last - 1) % size */
	struct mms_last_event last[MMS_LAST_EVENTS];
};

/**
 * struct mms_counters - all slots of an address space
 * @shared_lock: protects @shared
 * @shared: takes what found no slot of its own
 * @slot: by CPU number; NULL until first used, and again after mms_counters_retire(); read under
 * RCU
 * @retired: slots that mms_counters_retire() has taken away, until mms_counters_forget()
 * @retired_own: what was in @shared then, as mms_counters_own() counts it
 */
struct mms_counters {
	raw_spinlock_t shared_lock;
	struct mms_slot *shared;
	struct mms_slot **slot;
	struct mms_slot *retired;
	u64 retired_own;
};

int mms_counters_init(void);
void mms_counters_exit(void);

/**
 * mms_counters_create() - make the shared slot and the table of CPUs
 * @counters: zeroed
 * @gfp: GFP_ATOMIC in handlers
 *
 * Return: 0 or -ENOMEM.
 */
int mms_counters_create(struct mms_counters *counters, gfp_t gfp);

/**
 * mms_counters_destroy() - free all slots
 * @counters: no handler and no reader can reach it any more
 */
void mms_counters_destroy(struct mms_counters *counters);

struct mms_slot *mms_slot_get_slow(struct mms_counters *counters, unsigned long *flags)
	__acquires(&counters->shared_lock);
void mms_slot_put_shared(struct mms_counters *counters, unsigned long flags)
	__releases(&counters->shared_lock);

/**
 * mms_slot_get() - the slot that the caller may write to
 * @counters: whose
 * @flags: to be given back to mms_slot_put()
 *
 * Context: handlers, with preemption off. The slot is the caller's alone until
 * mms_slot_put(): either it is this CPU's, or it is the shared one, locked. For
 * sparse the lock is always held, though only the shared slot needs it.
 */
static __always_inline struct mms_slot *mms_slot_get(struct mms_counters *counters,
						     unsigned long *flags)
	__acquires(&counters->shared_lock)
{
	struct mms_slot *slot = counters->slot[smp_processor_id()];

	if (unlikely(!slot))
		return mms_slot_get_slow(counters, flags);
	__acquire(&counters->shared_lock);
	return slot;
}

static __always_inline void mms_slot_put(struct mms_counters *counters, struct mms_slot *slot,
					 unsigned long flags)
	__releases(&counters->shared_lock)
{
	if (unlikely(slot == counters->shared))
		mms_slot_put_shared(counters, flags);
	else
		__release(&counters->shared_lock);
}

/**
 * mms_slot_next() - where the next one of the last events is to be written
 * @slot: from mms_slot_get()
 *
 * Every field must be written, and then mms_slot_logged() called.
 */
static __always_inline struct mms_last_event *mms_slot_next(struct mms_slot *slot)
{
	return &slot->last[slot->nr_last % MMS_LAST_EVENTS];
}

static __always_inline void mms_slot_logged(struct mms_slot *slot)
{
	/* A reader that sees the new number sees the event; pairs with mms_counters_last(). */
	smp_store_release(&slot->nr_last, slot->nr_last + 1);
}

static inline void mms_slot_log(struct mms_slot *slot, const struct mms_last_event *event)
{
	*mms_slot_next(slot) = *event;
	mms_slot_logged(slot);
}

/**
 * mms_counters_sum() - add all slots up
 * @counters: whose
 * @sum: result; needs no initialisation
 *
 * Context: any. Figures that change meanwhile are each read whole, but not all at one instant.
 */
void mms_counters_sum(struct mms_counters *counters, struct mms_figures *sum);

/**
 * mms_counters_one() - add one figure up over all slots
 * @counters: whose
 * @which: the figure
 */
u64 mms_counters_one(struct mms_counters *counters, enum mms_counter which);

/**
 * mms_counters_own() - completed faults by tasks of the owning process
 * @counters: whose
 */
u64 mms_counters_own(struct mms_counters *counters);

/**
 * mms_counters_retire() - let all figures begin anew
 * @counters: whose; the caller sees to it that nobody else retires them
 *
 * Slots are taken away rather than emptied, since only their CPUs may write to
 * them. A handler that has got one uses it to its end; after a grace period the
 * retired ones are final.
 *
 * Context: any but NMI.
 */
void mms_counters_retire(struct mms_counters *counters);

/**
 * mms_counters_retired_own() - mms_counters_own() of what was retired
 * @counters: whose; a grace period has passed since
 */
u64 mms_counters_retired_own(const struct mms_counters *counters);

/**
 * mms_counters_forget() - free what was retired
 * @counters: whose; a grace period has passed since
 */
void mms_counters_forget(struct mms_counters *counters);

/**
 * mms_counters_fault_ns() - time in completed faults, over all kinds and regions
 * @counters: whose
 */
u64 mms_counters_fault_ns(struct mms_counters *counters);

/**
 * struct mms_logged - one of the last events and the CPU it happened on
 * @event: the event
 * @cpu: CPU number, -1 when it was written to the shared slot
 */
struct mms_logged {
	struct mms_last_event event;
	int cpu;
};

/**
 * mms_counters_last() - copy the last events, oldest first
 * @counters: whose
 * @out: room for mms_counters_last_max() events
 *
 * Context: any; allocates nothing.
 * Return: number of events copied. An event overwritten during the copy is left out.
 */
unsigned int mms_counters_last(struct mms_counters *counters, struct mms_logged *out);
unsigned int mms_counters_last_max(void);

/**
 * mms_counters_areas() - COW breaks by region and area, all slots together
 * @counters: whose
 * @rows: result, sorted; to be given to kvfree()
 *
 * Context: may sleep.
 * Return: number of rows, or -ENOMEM.
 */
int mms_counters_areas(struct mms_counters *counters, struct mms_area_row **rows);

/**
 * mms_counters_bytes() - memory that all slots of all address spaces use now
 */
u64 mms_counters_bytes(void);

#endif /* MMSCOPE_COUNTERS_H */
