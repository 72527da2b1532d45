// SPDX-License-Identifier: GPL-2.0
/* sentence.c - what happened, in a plain sentence with figures */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "array.h"
#include "model/names.h"
#include "render/numbers.h"
#include "render/sentence.h"

/* What one sentence is told from. */
struct telling {
	FILE *to;
	const struct mms_item *item;
	const struct mms_record *first;
	const struct mms_record *last;
	unsigned int page_kb;
};

/* A fault's kind in words: what the program did (one, several), and what that led to. */
static const struct {
	const char *cause;
	const char *causes;
	const char *effect;
} kinds[] = {
	[MMS_KIND_ANON_ZERO] = { "first read", "first reads", "the shared zero page" },
	[MMS_KIND_ANON_ALLOC] = { "first write", "first writes", "zeroed memory handed out" },
	[MMS_KIND_ANON_HUGE] = { "first touch", "first touches", "a huge page handed out" },
	[MMS_KIND_COW_ZERO] = { "first write after a read", "first writes after reads",
				"own page in place of the zero page" },
	[MMS_KIND_COW_COPY] = { "write to a shared page", "writes to shared pages",
				"copy-on-write: copied, sharing ends" },
	[MMS_KIND_COW_REUSE] = { "write by the last sharer", "writes by the last sharer",
				 "made writable, nothing copied" },
	[MMS_KIND_COW_FILE] = { "first write to a private file page",
				"first writes to private file pages",
				"copy-on-write: copied from the page cache" },
	[MMS_KIND_FILE_READ] = { "first access to a file page", "first accesses to file pages",
				 "mapped from the page cache" },
	[MMS_KIND_FILE_WRITE] = { "write to a shared file page", "writes to shared file pages",
				  "made writable" },
	[MMS_KIND_SHMEM] = { "access to shared memory", "accesses to shared memory",
			     "a page of it mapped" },
	[MMS_KIND_SWAP_IN] = { "access to a swapped page", "accesses to swapped pages",
			       "taken back from swap" },
	[MMS_KIND_HUGETLB] = { "access to a reserved huge page",
			       "accesses to reserved huge pages", "mapped, not part of RSS" },
	[MMS_KIND_OTHER] = { "access", "accesses", "of no other kind" },
};

_Static_assert(MMS_ARRAY_SIZE(kinds) == MMS_NR_KINDS, "every kind has its words");

/* Who made the access, where it was not the program itself. */
static const char *const origins[] = {
	[MMS_ORIGIN_USER] = "",
	[MMS_ORIGIN_KERNEL] = " by the kernel for a system call",
	[MMS_ORIGIN_GUP] = " by the kernel in advance (gup)",
	[MMS_ORIGIN_REMOTE] = " by another process",
};

_Static_assert(MMS_ARRAY_SIZE(origins) == MMS_NR_ORIGINS, "every origin has its words");

static void tell_time(const struct telling *t)
{
	const struct mms_item *item = t->item;

	if (item->count == 1)
		fprintf(t->to, ", %s", mms_ns(item->ns).s);
	else
		fprintf(t->to, ", %s each (%s), %s in all", mms_ns(item->ns / item->count).s,
			mms_ns_range(item->ns_min, item->ns_max).s, mms_ns(item->ns).s);
}

/* "at A", "at A..B", "every 8 KiB from A to B" or "scattered over A..B". */
static void tell_place(const struct telling *t)
{
	const struct mms_item *item = t->item;
	int64_t page = t->page_kb * 1024;

	if (item->low == item->high)
		fprintf(t->to, " at 0x%" PRIx64, item->low);
	else if (!item->stride)
		fprintf(t->to, " scattered over 0x%" PRIx64 "..0x%" PRIx64, item->low, item->high);
	else if (item->count > 2 && llabs(item->stride) > page)
		fprintf(t->to, " every %s from 0x%" PRIx64 " to 0x%" PRIx64,
			mms_bytes((uint64_t)llabs(item->stride)).s, t->first->address,
			t->last->address);
	else
		fprintf(t->to, " at 0x%" PRIx64 "..0x%" PRIx64, t->first->address,
			t->last->address);
}

/* The change of RSS from the counters before and after: as exact as these. */
static void tell_counted_rss(const struct telling *t)
{
	int64_t pages = mms_rss_pages(&t->last->after) - t->item->rss_before;
	bool exact = t->item->before_exact && t->last->after.exact;

	if (t->item->before_known)
		fprintf(t->to, ", RSS %s%s", exact ? "" : "~",
			mms_kib_change(pages * t->page_kb).s);
}

/* A length as the kernel takes it: whole pages. */
static struct mms_num whole_pages(const struct telling *t, uint64_t bytes)
{
	uint64_t page = t->page_kb * 1024;

	return mms_bytes((bytes + page - 1) / page * page);
}

static void tell_vsz(const struct telling *t, int64_t pages)
{
	fprintf(t->to, ": VSZ %s", mms_kib_change(pages * t->page_kb).s);
}

static void tell_fault(const struct telling *t)
{
	const struct mms_record *fault = t->first;
	bool many = t->item->count > 1;
	const char *cause = "fault";
	const char *effect = "";
	int64_t pages;

	if (fault->kind < MMS_NR_KINDS) {
		cause = many ? kinds[fault->kind].causes : kinds[fault->kind].cause;
		effect = kinds[fault->kind].effect;
	}
	if (fault->kind == MMS_KIND_FILE_READ && (fault->flags & MMS_FAULT_MAJOR))
		effect = "read from the device";
	if (many)
		fprintf(t->to, "%s ", mms_count((int64_t)t->item->count).s);
	fputs(cause, t->to);
	if (fault->origin < MMS_NR_ORIGINS)
		fputs(origins[fault->origin], t->to);
	tell_place(t);
	fprintf(t->to, " (%s): %spage fault%s, %s", mms_region_name(fault->region),
		fault->flags & MMS_FAULT_MAJOR ? "major " : "", many ? "s" : "",
		mms_kind_name(fault->kind));
	if (mms_fault_rss_pages(fault, &pages))
		fprintf(t->to, ", RSS %s",
			mms_kib_change(pages ? (int64_t)t->item->pages * t->page_kb : 0).s);
	else
		tell_counted_rss(t);
	tell_time(t);
	fprintf(t->to, "; %s", effect);
}

static void tell_cow_break(const struct telling *t)
{
	fprintf(t->to, "COW break");
	tell_place(t);
	fprintf(t->to, " (%s): %s, %s copied", mms_region_name(t->first->region),
		mms_kind_name(t->first->kind), mms_kib((int64_t)t->item->pages * t->page_kb).s);
	tell_time(t);
}

static void tell_brk(const struct telling *t)
{
	const struct mms_record *brk = t->first;
	int64_t delta = brk->brk.heap_delta * (int64_t)t->item->count / 1024;
	const char *verb = brk->brk.heap_delta < 0 ? "shrinks" : "grows";
	uint64_t step = (uint64_t)llabs(brk->brk.heap_delta);
	bool many = t->item->count > 1;

	if (many)
		fprintf(t->to, "%s brk calls", mms_count((int64_t)t->item->count).s);
	else
		fprintf(t->to, "brk");
	if (!brk->brk.requested) {
		fprintf(t->to, " asks where the heap ends: 0x%" PRIx64, brk->address);
	} else if (!step && brk->brk.requested != brk->address) {
		fprintf(t->to, " refused: the heap still ends at 0x%" PRIx64, brk->address);
	} else if (!step) {
		fprintf(t->to, ": the heap stays as it is, up to 0x%" PRIx64, t->last->address);
	} else {
		fprintf(t->to, ": the heap %s by %s%s, to 0x%" PRIx64, verb, mms_bytes(step).s,
			many ? " each" : "", t->last->address);
		tell_vsz(t, delta / t->page_kb);
		if (delta < 0)
			tell_counted_rss(t);
		else
			fprintf(t->to, ", RSS +0");
	}
	tell_time(t);
}

static void tell_refusal(const struct telling *t)
{
	const char *name = strerrorname_np(-t->first->error);

	fprintf(t->to, " refused: %s (%s)", name ?: "?", strerror(-t->first->error));
	tell_time(t);
}

static void tell_mmap(const struct telling *t)
{
	const struct mms_record *map = t->first;
	bool many = t->item->count > 1;

	if (many)
		fprintf(t->to, "%s mmaps", mms_count((int64_t)t->item->count).s);
	else
		fprintf(t->to, "mmap");
	fprintf(t->to, " of %s%s", whole_pages(t, map->map.length).s, many ? " each" : "");
	if (map->text[0])
		fprintf(t->to, " of the file %s", map->text);
	if (map->error) {
		tell_refusal(t);
		return;
	}
	tell_place(t);
	if (map->map.prot == PROT_NONE)
		fprintf(t->to, " (reserved only, no access)");
	else if ((map->map.flags & MAP_TYPE) != MAP_PRIVATE)
		fprintf(t->to, " (shared)");
	tell_vsz(t, t->item->vsz_delta);
	if (map->map.flags & MAP_FIXED)
		tell_counted_rss(t);	/* it may have taken the place of something */
	else
		fprintf(t->to, ", RSS +0");
	tell_time(t);
}

static void tell_munmap(const struct telling *t)
{
	bool many = t->item->count > 1;

	if (many)
		fprintf(t->to, "%s munmaps", mms_count((int64_t)t->item->count).s);
	else
		fprintf(t->to, "munmap");
	fprintf(t->to, " of %s%s", whole_pages(t, t->first->map.length).s, many ? " each" : "");
	if (t->first->error) {
		tell_refusal(t);
		return;
	}
	tell_place(t);
	tell_vsz(t, t->item->vsz_delta);
	tell_counted_rss(t);
	tell_time(t);
}

static void tell_mremap(const struct telling *t)
{
	const struct mms_record *map = t->first;

	fprintf(t->to, "mremap of %s", whole_pages(t, map->map.old_length).s);
	tell_place(t);
	if (map->error) {
		tell_refusal(t);
		return;
	}
	fprintf(t->to, " to %s", whole_pages(t, map->map.length).s);
	if (map->map.new_address != map->address)
		fprintf(t->to, " at 0x%" PRIx64 " (the pages move, none is copied)",
			map->map.new_address);
	tell_vsz(t, map->vsz_delta);
	if (map->map.length < map->map.old_length)
		tell_counted_rss(t);
	else
		fprintf(t->to, ", RSS +0");
	tell_time(t);
}

static void tell_stack_grow(const struct telling *t)
{
	int64_t pages = (int64_t)t->item->pages;

	fprintf(t->to, "the stack grows by %s down to 0x%" PRIx64 ", with no system call",
		mms_kib(pages * t->page_kb).s, t->item->low);
	tell_vsz(t, pages);
	fprintf(t->to, ", RSS +0");
}

static void tell_fork(const struct telling *t)
{
	fprintf(t->to,
		"fork: process %d begins with the same pages, shared until one of the two writes",
		t->first->fork.tgid);
}

static void tell_exec(const struct telling *t)
{
	fprintf(t->to, "exec of %s: a new address space; what the program needs comes in by faults",
		t->first->text[0] ? t->first->text : "a program");
}

static void tell_exit(const struct telling *t)
{
	const struct mms_record *end = t->first;

	fprintf(t->to, "exit: the address space ends after %s faults (%s in them) and %s COW breaks",
		mms_count((int64_t)end->exit.faults).s, mms_ns(end->exit.ns).s,
		mms_count((int64_t)end->exit.cow_breaks).s);
	tell_vsz(t, -(int64_t)end->after.vsz);
	fprintf(t->to, ", RSS %s", mms_kib_change(-mms_rss_pages(&end->after) * t->page_kb).s);
}

/* How many calls, and of how much. */
static void tell_calls(const struct telling *t, const char *name, const char *sort)
{
	bool many = t->item->count > 1;

	if (many)
		fprintf(t->to, "%s ", mms_count((int64_t)t->item->count).s);
	fprintf(t->to, "%s%s%s of %s%s", name, many ? "s" : "", sort,
		whole_pages(t, t->first->map.length).s, many ? " each" : "");
}

static void tell_mprotect(const struct telling *t)
{
	uint32_t prot = t->first->map.prot;

	tell_calls(t, "mprotect", "");
	if (t->first->error) {
		tell_refusal(t);
		return;
	}
	tell_place(t);
	if (prot == PROT_NONE)
		fprintf(t->to, ": no access any more");
	else
		fprintf(t->to, ": may be%s%s%s", prot & PROT_READ ? " read" : "",
			prot & PROT_WRITE ? " written" : "", prot & PROT_EXEC ? " executed" : "");
	fprintf(t->to, ", VSZ +0");
	tell_time(t);
}

static void tell_madvise(const struct telling *t)
{
	char sort[40];

	snprintf(sort, sizeof(sort), " (%s)", mms_advice_name(t->first->map.flags));
	tell_calls(t, "madvise", sort);
	if (t->first->error) {
		tell_refusal(t);
		return;
	}
	tell_place(t);
	tell_counted_rss(t);
	tell_time(t);
}

static const char *const outcomes[] = {
	[MMS_OUTCOME_SEGV_MAPERR] = "nothing is mapped there",
	[MMS_OUTCOME_SEGV_ACCERR] = "it is mapped, but not for that",
	[MMS_OUTCOME_SIGBUS] = "there is no page behind it",
	[MMS_OUTCOME_OOM] = "there is no memory for it",
};

_Static_assert(MMS_ARRAY_SIZE(outcomes) == MMS_NR_OUTCOMES, "every outcome has its words");

static void tell_fault_error(const struct telling *t)
{
	const struct mms_record *fault = t->first;

	fprintf(t->to, "failed %s", fault->flags & MMS_FAULT_WRITE ? "write" : "access");
	if (fault->origin < MMS_NR_ORIGINS)
		fputs(origins[fault->origin], t->to);
	tell_place(t);
	fprintf(t->to, ": %s (%s)", fault->kind < MMS_NR_OUTCOMES ? outcomes[fault->kind] : "?",
		mms_outcome_name(fault->kind));
}

static void tell_swap_out(const struct telling *t)
{
	int64_t kib = (int64_t)t->item->pages * t->page_kb;

	fprintf(t->to, "%s", mms_kib(kib).s);
	tell_place(t);
	fprintf(t->to, " goes to swap, with no fault: RSS %s", mms_kib_change(-kib).s);
}

static void tell_collapse(const struct telling *t)
{
	int64_t pages = t->first->rss_delta * (int64_t)t->item->count;

	if (t->item->count == 1)
		fprintf(t->to, "small pages become a huge one");
	else
		fprintf(t->to, "small pages become %s huge ones",
			mms_count((int64_t)t->item->count).s);
	tell_place(t);
	fprintf(t->to, ", with no fault: RSS %s", mms_kib_change(pages * t->page_kb).s);
	tell_time(t);
}

static void tell_oom_kill(const struct telling *t)
{
	fprintf(t->to, "the OOM killer kills the process, at an RSS of %s",
		mms_kib(mms_rss_pages(&t->first->after) * t->page_kb).s);
}

/* A story leaves it out: its call tells more. */
static void tell_vsz_change(const struct telling *t)
{
	fprintf(t->to, "the address space changes");
	tell_vsz(t, t->item->vsz_delta);
}

static void tell_words(const struct telling *t)
{
	fputs(t->first->text, t->to);
}

static void tell_lost(const struct telling *t)
{
	if (t->first->lost == MMS_LOST_UNKNOWN)
		fprintf(t->to, "LOST: an unknown number of events of CPU %u", t->first->cpu);
	else
		fprintf(t->to, "LOST: %s events of CPU %u", mms_count(t->first->lost).s,
			t->first->cpu);
	fprintf(t->to, " (its buffer was full: a larger --buffer-kb keeps them)");
}

static void (*const tell[])(const struct telling *) = {
	[MMS_EVENT_BRK] = tell_brk,
	[MMS_EVENT_MMAP] = tell_mmap,
	[MMS_EVENT_MUNMAP] = tell_munmap,
	[MMS_EVENT_MREMAP] = tell_mremap,
	[MMS_EVENT_STACK_GROW] = tell_stack_grow,
	[MMS_EVENT_FAULT] = tell_fault,
	[MMS_EVENT_COW_BREAK] = tell_cow_break,
	[MMS_EVENT_FORK] = tell_fork,
	[MMS_EVENT_EXEC] = tell_exec,
	[MMS_EVENT_EXIT] = tell_exit,
	[MMS_EVENT_VSZ] = tell_vsz_change,
	[MMS_EVENT_MPROTECT] = tell_mprotect,
	[MMS_EVENT_MADVISE] = tell_madvise,
	[MMS_EVENT_FAULT_ERROR] = tell_fault_error,
	[MMS_EVENT_SWAP_OUT] = tell_swap_out,
	[MMS_EVENT_COLLAPSE] = tell_collapse,
	[MMS_EVENT_OOM_KILL] = tell_oom_kill,
	[MMS_WHAT_MARK] = tell_words,
	[MMS_WHAT_SAY] = tell_words,
	[MMS_WHAT_LOST] = tell_lost,
};

_Static_assert(MMS_ARRAY_SIZE(tell) == MMS_NR_WHATS, "every event has its sentence");

char *mms_sentence(const struct mms_item *item, const struct mms_evlist *list,
		   unsigned int page_kb)
{
	struct telling t = {
		.item = item,
		.first = &list->records[item->first],
		.last = &list->records[item->last],
		.page_kb = page_kb,
	};
	char *text = NULL;
	size_t len;

	t.to = open_memstream(&text, &len);
	if (!t.to)
		return NULL;
	tell[t.first->what](&t);
	if (fclose(t.to)) {
		free(text);
		return NULL;
	}
	return text;
}
