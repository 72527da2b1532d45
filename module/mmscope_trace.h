/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmscope_trace.h - the trace events; docs/events.md says what the fields mean
 *
 * Fields are plain numbers and fixed strings, so that libtraceevent, perf and
 * bpftrace can read them; names of enumerations are given to them by
 * TRACE_DEFINE_ENUM.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM mmscope

#if !defined(MMSCOPE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MMSCOPE_TRACE_H

#include <linux/tracepoint.h>

#include "mmscope_abi.h"
#include "handle.h"
#include "state.h"

#ifndef MMSCOPE_TRACE_ONCE
#define MMSCOPE_TRACE_ONCE
#define MMS_SYMBOL_KIND(id, name)   { MMS_KIND_##id, #name },
#define MMS_SYMBOL_ORIGIN(id, name) { MMS_ORIGIN_##id, #name },
#define MMS_SYMBOL_REGION(id, name) { MMS_REGION_##id, #name },
#define MMS_SYMBOL_REASON(id, name) { MMS_REASON_##id, #name },
#define MMS_SYMBOL_CAUSE(id, name)  { MMS_CAUSE_##id, #name },
#define MMS_SYMBOL_OUTCOME(id, name) { MMS_OUTCOME_##id, #name },
#define MMS_SYMBOL_ADVICE(number, name) { number, #name },

/* What a fault did, besides what its call already holds. */
struct mms_fault_result {
	struct mms_verdict verdict;
	u8 order;
	u8 flags; /* MMS_FAULT_*; filled in for the event only */
	u32 pages;
	u64 ns;
	unsigned long ip; /* user instruction; 0 where there is none */
};

/* A fault that failed. */
struct mms_failed_fault {
	unsigned long address;
	unsigned long ip;
	u8 outcome;
	u8 origin;
	u8 flags;
};
#endif

#define MMS_DEFINE_KIND(id, name)   TRACE_DEFINE_ENUM(MMS_KIND_##id);
#define MMS_DEFINE_ORIGIN(id, name) TRACE_DEFINE_ENUM(MMS_ORIGIN_##id);
#define MMS_DEFINE_REGION(id, name) TRACE_DEFINE_ENUM(MMS_REGION_##id);
#define MMS_DEFINE_REASON(id, name) TRACE_DEFINE_ENUM(MMS_REASON_##id);
#define MMS_DEFINE_CAUSE(id, name)  TRACE_DEFINE_ENUM(MMS_CAUSE_##id);
#define MMS_DEFINE_OUTCOME(id, name) TRACE_DEFINE_ENUM(MMS_OUTCOME_##id);
MMSCOPE_KINDS(MMS_DEFINE_KIND)
MMSCOPE_ORIGINS(MMS_DEFINE_ORIGIN)
MMSCOPE_REGIONS(MMS_DEFINE_REGION)
MMSCOPE_REASONS(MMS_DEFINE_REASON)
MMSCOPE_CAUSES(MMS_DEFINE_CAUSE)
MMSCOPE_OUTCOMES(MMS_DEFINE_OUTCOME)

/* The last element ends the list that the macros above leave with a comma. */
#define show_kind(value)   __print_symbolic(value, MMSCOPE_KINDS(MMS_SYMBOL_KIND) { -1, "?" })
#define show_origin(value) __print_symbolic(value, MMSCOPE_ORIGINS(MMS_SYMBOL_ORIGIN) { -1, "?" })
#define show_reason(value) __print_symbolic(value, MMSCOPE_REASONS(MMS_SYMBOL_REASON) { -1, "-" })
#define show_region(value) __print_symbolic(value, MMSCOPE_REGIONS(MMS_SYMBOL_REGION) { -1, "?" })
#define show_outcome(value) \
	__print_symbolic(value, MMSCOPE_OUTCOMES(MMS_SYMBOL_OUTCOME) { -1, "?" })
#define show_advice(value) __print_symbolic(value, MMSCOPE_ADVICE(MMS_SYMBOL_ADVICE) { -1, "?" })
#define show_prot(value) \
	__print_flags(value, "|", { 1, "read" }, { 2, "write" }, { 4, "exec" })
#define show_cause(value)  __print_symbolic(value, MMSCOPE_CAUSES(MMS_SYMBOL_CAUSE) { -1, "?" })

/* The state of the address space, at the end of every event. */
#define STATE_FIELDS                     \
	__field(u64, vsz_pages)          \
	__field(u32, anon_pages)         \
	__field(u32, file_pages)         \
	__field(u32, shmem_pages)        \
	__field(u32, swap_pages)         \
	__field(u8, rss_exact)

#define STATE_ASSIGN(state)                                \
	do {                                               \
		__entry->vsz_pages = (state)->vsz_pages;   \
		__entry->anon_pages = (state)->anon_pages; \
		__entry->file_pages = (state)->file_pages; \
		__entry->shmem_pages = (state)->shmem_pages; \
		__entry->swap_pages = (state)->swap_pages; \
		__entry->rss_exact = (state)->exact;       \
	} while (0)

#define STATE_FORMAT " vsz_pages=%llu anon_pages=%u file_pages=%u shmem_pages=%u swap_pages=%u rss_exact=%u"
#define STATE_PRINT                                                                  \
	__entry->vsz_pages, __entry->anon_pages, __entry->file_pages, __entry->shmem_pages, \
	__entry->swap_pages, __entry->rss_exact

TRACE_EVENT(fault,
	TP_PROTO(pid_t tgid, const struct mms_fault_call *call,
		 const struct mms_fault_result *result, const struct mms_state *state),
	TP_ARGS(tgid, call, result, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, ip)
		__field(u8, kind)
		__field(u8, origin)
		__field(u8, region)
		__field(u8, flags)
		__field(u8, order)
		__field(u32, pages)
		__field(u64, latency_ns)
		STATE_FIELDS
		__field(s8, reason)
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->address;
		__entry->ip = result->ip;
		__entry->kind = result->verdict.kind;
		__entry->origin = call->origin;
		__entry->region = call->region;
		__entry->flags = result->flags | (state->exact ? MMS_FAULT_RSS_EXACT : 0);
		__entry->order = result->order;
		__entry->pages = result->pages;
		__entry->latency_ns = result->ns;
		STATE_ASSIGN(state);
		__entry->reason = result->verdict.kind == MMS_KIND_OTHER ?
					  (s8)result->verdict.reason : -1;
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx ip=0x%llx kind=%s origin=%s region=%s flags=0x%x order=%u pages=%u latency_ns=%llu" STATE_FORMAT " reason=%s",
		  __entry->tgid, __entry->gen, __entry->address, __entry->ip,
		  show_kind(__entry->kind), show_origin(__entry->origin),
		  show_region(__entry->region), __entry->flags, __entry->order, __entry->pages,
		  __entry->latency_ns, STATE_PRINT, show_reason(__entry->reason))
);

TRACE_EVENT(cow_break,
	TP_PROTO(pid_t tgid, const struct mms_fault_call *call,
		 const struct mms_fault_result *result, const struct mms_state *state),
	TP_ARGS(tgid, call, result, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, ip)
		__field(u8, kind)
		__field(u8, region)
		__field(u32, pages)
		__field(u64, latency_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->address;
		__entry->ip = result->ip;
		__entry->kind = result->verdict.kind;
		__entry->region = call->region;
		__entry->pages = result->pages;
		__entry->latency_ns = result->ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx ip=0x%llx kind=%s region=%s pages=%u latency_ns=%llu" STATE_FORMAT,
		  __entry->tgid, __entry->gen, __entry->address, __entry->ip,
		  show_kind(__entry->kind), show_region(__entry->region), __entry->pages,
		  __entry->latency_ns, STATE_PRINT)
);

TRACE_EVENT(brk,
	TP_PROTO(pid_t tgid, const struct mms_map_call *call, u64 new_brk, u64 ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, call, new_brk, ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, old_brk)
		__field(u64, new_brk)
		__field(u64, requested)
		__field(s64, heap_delta_bytes)
		__field(u64, heap_bytes)
		__field(u64, latency_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->old_brk = call->arg[1];
		__entry->new_brk = new_brk;
		__entry->requested = call->arg[0];
		__entry->heap_delta_bytes = (s64)call->arg[2];
		__entry->heap_bytes = state->heap_bytes;
		__entry->latency_ns = ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu old_brk=0x%llx new_brk=0x%llx requested=0x%llx heap_delta_bytes=%lld heap_bytes=%llu latency_ns=%llu" STATE_FORMAT,
		  __entry->tgid, __entry->gen, __entry->old_brk, __entry->new_brk,
		  __entry->requested, __entry->heap_delta_bytes, __entry->heap_bytes,
		  __entry->latency_ns, STATE_PRINT)
);

TRACE_EVENT(mmap,
	TP_PROTO(pid_t tgid, const struct mms_map_call *call, u64 address, int error, u64 ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, call, address, error, ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, length_bytes)
		__field(u32, prot)
		__field(u32, mmap_flags)
		__field(u64, offset_bytes)
		__field(s32, error)
		__field(s64, vsz_delta_pages)
		__field(u64, latency_ns)
		__array(char, file, 32)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = address;
		__entry->length_bytes = call->arg[1];
		__entry->prot = call->arg[2];
		__entry->mmap_flags = call->arg[3];
		__entry->offset_bytes = (u64)call->arg[4] << PAGE_SHIFT;
		__entry->error = error;
		__entry->vsz_delta_pages = (s64)(state->vsz_pages - call->vsz_before);
		__entry->latency_ns = ns;
		memcpy(__entry->file, call->file, sizeof(__entry->file));
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx length_bytes=%llu prot=0x%x mmap_flags=0x%x offset_bytes=%llu error=%d vsz_delta_pages=%lld latency_ns=%llu file=%s" STATE_FORMAT,
		  __entry->tgid, __entry->gen, __entry->address, __entry->length_bytes,
		  __entry->prot, __entry->mmap_flags, __entry->offset_bytes, __entry->error,
		  __entry->vsz_delta_pages, __entry->latency_ns, __entry->file, STATE_PRINT)
);

TRACE_EVENT(munmap,
	TP_PROTO(pid_t tgid, const struct mms_map_call *call, int error, u64 ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, call, error, ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, length_bytes)
		__field(s32, error)
		__field(s64, vsz_delta_pages)
		__field(u64, latency_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->arg[0];
		__entry->length_bytes = call->arg[1];
		__entry->error = error;
		__entry->vsz_delta_pages = (s64)(state->vsz_pages - call->vsz_before);
		__entry->latency_ns = ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx length_bytes=%llu error=%d vsz_delta_pages=%lld latency_ns=%llu" STATE_FORMAT,
		  __entry->tgid, __entry->gen, __entry->address, __entry->length_bytes,
		  __entry->error, __entry->vsz_delta_pages, __entry->latency_ns, STATE_PRINT)
);

TRACE_EVENT(mremap,
	TP_PROTO(pid_t tgid, const struct mms_map_call *call, u64 new_address, int error, u64 ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, call, new_address, error, ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, old_bytes)
		__field(u64, new_bytes)
		__field(u64, new_address)
		__field(u32, mremap_flags)
		__field(s32, error)
		__field(s64, vsz_delta_pages)
		__field(u64, latency_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->arg[0];
		__entry->old_bytes = call->arg[1];
		__entry->new_bytes = call->arg[2];
		__entry->new_address = new_address;
		__entry->mremap_flags = call->arg[3];
		__entry->error = error;
		__entry->vsz_delta_pages = (s64)(state->vsz_pages - call->vsz_before);
		__entry->latency_ns = ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx old_bytes=%llu new_bytes=%llu new_address=0x%llx mremap_flags=0x%x error=%d vsz_delta_pages=%lld latency_ns=%llu" STATE_FORMAT,
		  __entry->tgid, __entry->gen, __entry->address, __entry->old_bytes,
		  __entry->new_bytes, __entry->new_address, __entry->mremap_flags, __entry->error,
		  __entry->vsz_delta_pages, __entry->latency_ns, STATE_PRINT)
);

TRACE_EVENT(stack_grow,
	TP_PROTO(pid_t tgid, const struct mms_map_call *call, const struct mms_state *state),
	TP_ARGS(tgid, call, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, grown_pages)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->arg[0];
		__entry->grown_pages = call->grown_pages;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx grown_pages=%llu" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->address, __entry->grown_pages, STATE_PRINT)
);

TRACE_EVENT(fork,
	TP_PROTO(pid_t tgid, u64 gen, pid_t child_tgid, u64 child_gen,
		 const struct mms_state *state),
	TP_ARGS(tgid, gen, child_tgid, child_gen, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(s32, child_tgid)
		__field(u64, child_gen)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = gen;
		__entry->child_tgid = child_tgid;
		__entry->child_gen = child_gen;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu child_tgid=%d child_gen=%llu" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->child_tgid, __entry->child_gen, STATE_PRINT)
);

TRACE_EVENT(exec,
	TP_PROTO(pid_t tgid, u64 gen, u64 old_gen, const char *file, const struct mms_state *state),
	TP_ARGS(tgid, gen, old_gen, file, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, old_gen)
		__array(char, file, 32)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = gen;
		__entry->old_gen = old_gen;
		strscpy(__entry->file, kbasename(file), sizeof(__entry->file));
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu old_gen=%llu file=%s" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->old_gen, __entry->file, STATE_PRINT)
);

TRACE_EVENT(exit,
	TP_PROTO(pid_t tgid, u64 gen, u64 faults, u64 cow_breaks, u64 fault_ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, gen, faults, cow_breaks, fault_ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, faults)
		__field(u64, cow_breaks)
		__field(u64, fault_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = gen;
		__entry->faults = faults;
		__entry->cow_breaks = cow_breaks;
		__entry->fault_ns = fault_ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu faults=%llu cow_breaks=%llu fault_ns=%llu" STATE_FORMAT,
		  __entry->tgid, __entry->gen, __entry->faults, __entry->cow_breaks,
		  __entry->fault_ns, STATE_PRINT)
);

TRACE_EVENT(vsz,
	TP_PROTO(pid_t tgid, u64 gen, enum mms_cause cause, s64 pages,
		 const struct mms_state *state),
	TP_ARGS(tgid, gen, cause, pages, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u8, cause)
		__field(s64, delta_pages)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = gen;
		__entry->cause = cause;
		__entry->delta_pages = pages;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu cause=%s delta_pages=%lld" STATE_FORMAT, __entry->tgid,
		  __entry->gen, show_cause(__entry->cause), __entry->delta_pages, STATE_PRINT)
);

TRACE_EVENT(mprotect,
	TP_PROTO(pid_t tgid, const struct mms_map_call *call, int error, u64 ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, call, error, ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, length_bytes)
		__field(u32, prot)
		__field(s32, error)
		__field(u64, latency_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->arg[0];
		__entry->length_bytes = call->arg[1];
		__entry->prot = call->arg[2];
		__entry->error = error;
		__entry->latency_ns = ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx length_bytes=%llu prot=%s error=%d latency_ns=%llu" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->address, __entry->length_bytes,
		  show_prot(__entry->prot), __entry->error, __entry->latency_ns, STATE_PRINT)
);

TRACE_EVENT(madvise,
	TP_PROTO(pid_t tgid, const struct mms_map_call *call, int error, u64 ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, call, error, ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, length_bytes)
		__field(s32, behavior)
		__field(s32, error)
		__field(u64, latency_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->arg[0];
		__entry->length_bytes = call->arg[1];
		__entry->behavior = call->arg[2];
		__entry->error = error;
		__entry->latency_ns = ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx length_bytes=%llu behavior=%s error=%d latency_ns=%llu" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->address, __entry->length_bytes,
		  show_advice(__entry->behavior), __entry->error, __entry->latency_ns, STATE_PRINT)
);

TRACE_EVENT(fault_error,
	TP_PROTO(pid_t tgid, u64 gen, const struct mms_failed_fault *fault,
		 const struct mms_state *state),
	TP_ARGS(tgid, gen, fault, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u64, ip)
		__field(u8, outcome)
		__field(u8, origin)
		__field(u8, flags)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = gen;
		__entry->address = fault->address;
		__entry->ip = fault->ip;
		__entry->outcome = fault->outcome;
		__entry->origin = fault->origin;
		__entry->flags = fault->flags;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx ip=0x%llx outcome=%s origin=%s flags=0x%x" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->address, __entry->ip,
		  show_outcome(__entry->outcome), show_origin(__entry->origin), __entry->flags, STATE_PRINT)
);

TRACE_EVENT(swap_out,
	TP_PROTO(pid_t tgid, u64 gen, u64 address, u32 pages, const struct mms_state *state),
	TP_ARGS(tgid, gen, address, pages, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u32, pages)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = gen;
		__entry->address = address;
		__entry->pages = pages;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx pages=%u" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->address, __entry->pages, STATE_PRINT)
);

TRACE_EVENT(collapse,
	TP_PROTO(pid_t tgid, const struct mms_collapse_call *call, u32 pages, u64 ns,
		 const struct mms_state *state),
	TP_ARGS(tgid, call, pages, ns, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		__field(u64, address)
		__field(u32, pages)
		__field(s32, rss_delta_pages)
		__field(u64, latency_ns)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = call->gen;
		__entry->address = call->address;
		__entry->pages = pages;
		__entry->rss_delta_pages = pages - call->resident;
		__entry->latency_ns = ns;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu address=0x%llx pages=%u rss_delta_pages=%d latency_ns=%llu" STATE_FORMAT, __entry->tgid,
		  __entry->gen, __entry->address, __entry->pages,
		  __entry->rss_delta_pages, __entry->latency_ns, STATE_PRINT)
);

TRACE_EVENT(oom_kill,
	TP_PROTO(pid_t tgid, u64 gen, const struct mms_state *state),
	TP_ARGS(tgid, gen, state),
	TP_STRUCT__entry(
		__field(int, tgid)
		__field(u64, gen)
		STATE_FIELDS
	),
	TP_fast_assign(
		__entry->tgid = tgid;
		__entry->gen = gen;
		STATE_ASSIGN(state);
	),
	TP_printk("tgid=%d gen=%llu" STATE_FORMAT, __entry->tgid,
		  __entry->gen, STATE_PRINT)
);

#endif /* MMSCOPE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE mmscope_trace
#include <trace/define_trace.h>
