// SPDX-License-Identifier: GPL-2.0
/* event.c - the fields of every event, and what its law says */
#include <string.h>

#include "array.h"
#include "model/event.h"

#define FIELD(field, member)                                                   \
	{                                                                      \
		.name = field,                                                 \
		.offset = offsetof(struct mms_record, member),                 \
		.size = sizeof(((struct mms_record *)0)->member),              \
	}
#define TEXT_FIELD(field)                                                      \
	{                                                                      \
		.name = field, .offset = offsetof(struct mms_record, text),    \
	}

/* Every event begins and ends with these. */
#define COMMON_FIELDS                                                          \
	FIELD("tgid", tgid), FIELD("gen", gen), FIELD("vsz_pages", after.vsz), \
	FIELD("anon_pages", after.anon), FIELD("file_pages", after.file),      \
	FIELD("shmem_pages", after.shmem), FIELD("swap_pages", after.swap),    \
	FIELD("rss_exact", after.exact)

static const struct mms_field brk_fields[] = {
	COMMON_FIELDS,
	FIELD("old_brk", brk.old_brk),
	FIELD("new_brk", address),
	FIELD("requested", brk.requested),
	FIELD("heap_delta_bytes", brk.heap_delta),
	FIELD("heap_bytes", brk.heap_bytes),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field mmap_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("length_bytes", map.length),
	FIELD("prot", map.prot),
	FIELD("mmap_flags", map.flags),
	FIELD("offset_bytes", map.offset),
	FIELD("error", error),
	FIELD("vsz_delta_pages", vsz_delta),
	FIELD("latency_ns", latency_ns),
	TEXT_FIELD("file"),
};

static const struct mms_field munmap_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("length_bytes", map.length),
	FIELD("error", error),
	FIELD("vsz_delta_pages", vsz_delta),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field mremap_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("old_bytes", map.old_length),
	FIELD("new_bytes", map.length),
	FIELD("new_address", map.new_address),
	FIELD("mremap_flags", map.flags),
	FIELD("error", error),
	FIELD("vsz_delta_pages", vsz_delta),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field stack_grow_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("grown_pages", pages),
};

static const struct mms_field fault_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("ip", ip),
	FIELD("kind", kind),
	FIELD("origin", origin),
	FIELD("region", region),
	FIELD("flags", flags),
	FIELD("order", order),
	FIELD("pages", pages),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field cow_break_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("ip", ip),
	FIELD("kind", kind),
	FIELD("region", region),
	FIELD("pages", pages),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field fork_fields[] = {
	COMMON_FIELDS,
	FIELD("child_tgid", fork.tgid),
	FIELD("child_gen", fork.gen),
};

static const struct mms_field exec_fields[] = {
	COMMON_FIELDS,
	FIELD("old_gen", old_gen),
	TEXT_FIELD("file"),
};

static const struct mms_field exit_fields[] = {
	COMMON_FIELDS,
	FIELD("faults", exit.faults),
	FIELD("cow_breaks", exit.cow_breaks),
	FIELD("fault_ns", exit.ns),
};

static const struct mms_field vsz_fields[] = {
	COMMON_FIELDS,
	FIELD("cause", kind),
	FIELD("delta_pages", vsz_delta),
};

static const struct mms_field mprotect_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("length_bytes", map.length),
	FIELD("prot", map.prot),
	FIELD("error", error),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field madvise_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("length_bytes", map.length),
	FIELD("behavior", map.flags),
	FIELD("error", error),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field fault_error_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("ip", ip),
	FIELD("outcome", kind),
	FIELD("origin", origin),
	FIELD("flags", flags),
};

static const struct mms_field swap_out_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("pages", pages),
};

static const struct mms_field collapse_fields[] = {
	COMMON_FIELDS,
	FIELD("address", address),
	FIELD("pages", pages),
	FIELD("rss_delta_pages", rss_delta),
	FIELD("latency_ns", latency_ns),
};

static const struct mms_field oom_kill_fields[] = {
	COMMON_FIELDS,
};

#define FIELDS_OF(event, fields)                                               \
	[MMS_EVENT_##event] = { fields, MMS_ARRAY_SIZE(fields) }

static const struct {
	const struct mms_field *fields;
	size_t nr;
} tables[] = {
	FIELDS_OF(BRK, brk_fields),
	FIELDS_OF(MMAP, mmap_fields),
	FIELDS_OF(MUNMAP, munmap_fields),
	FIELDS_OF(MREMAP, mremap_fields),
	FIELDS_OF(STACK_GROW, stack_grow_fields),
	FIELDS_OF(FAULT, fault_fields),
	FIELDS_OF(COW_BREAK, cow_break_fields),
	FIELDS_OF(FORK, fork_fields),
	FIELDS_OF(EXEC, exec_fields),
	FIELDS_OF(EXIT, exit_fields),
	FIELDS_OF(VSZ, vsz_fields),
	FIELDS_OF(MPROTECT, mprotect_fields),
	FIELDS_OF(MADVISE, madvise_fields),
	FIELDS_OF(FAULT_ERROR, fault_error_fields),
	FIELDS_OF(SWAP_OUT, swap_out_fields),
	FIELDS_OF(COLLAPSE, collapse_fields),
	FIELDS_OF(OOM_KILL, oom_kill_fields),
};

_Static_assert(MMS_ARRAY_SIZE(tables) == MMS_NR_EVENTS, "every event has its fields");

const struct mms_field *mms_event_fields(unsigned int event, size_t *nr)
{
	*nr = tables[event].nr;
	return tables[event].fields;
}

void mms_record_store(struct mms_record *record, const struct mms_field *field, uint64_t value)
{
	void *to = (char *)record + field->offset;

	switch (field->size) {
	case 1:
		*(uint8_t *)to = (uint8_t)value;
		break;
	case 2:
		*(uint16_t *)to = (uint16_t)value;
		break;
	case 4:
		*(uint32_t *)to = (uint32_t)value;
		break;
	default:
		*(uint64_t *)to = value;
	}
}

/* How a kind changes RSS: not at all, by the pages it mapped, or by no rule. */
enum rss_law { RSS_UNTOLD, RSS_SAME, RSS_PAGES };

static const enum rss_law rss_laws[] = {
	[MMS_KIND_ANON_ZERO] = RSS_SAME,
	[MMS_KIND_ANON_ALLOC] = RSS_PAGES,
	[MMS_KIND_ANON_HUGE] = RSS_PAGES,
	[MMS_KIND_COW_ZERO] = RSS_PAGES,
	[MMS_KIND_COW_COPY] = RSS_SAME,
	[MMS_KIND_COW_REUSE] = RSS_SAME,
	[MMS_KIND_COW_FILE] = RSS_PAGES,
	[MMS_KIND_FILE_READ] = RSS_PAGES,
	[MMS_KIND_FILE_WRITE] = RSS_UNTOLD,
	[MMS_KIND_SHMEM] = RSS_PAGES,
	[MMS_KIND_SWAP_IN] = RSS_PAGES,
	[MMS_KIND_HUGETLB] = RSS_SAME,
	[MMS_KIND_OTHER] = RSS_UNTOLD,
};

_Static_assert(MMS_ARRAY_SIZE(rss_laws) == MMS_NR_KINDS, "every kind has its law");

bool mms_fault_rss_pages(const struct mms_record *record, int64_t *pages)
{
	enum rss_law law = record->kind < MMS_NR_KINDS ? rss_laws[record->kind] : RSS_UNTOLD;

	*pages = law == RSS_PAGES ? record->pages : 0;
	return law != RSS_UNTOLD;
}
