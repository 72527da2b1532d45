/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * mmscope_abi.h - names and numbers that the module and user space share
 *
 * The same header is compiled into mmscope.ko, into the tools and into the
 * selftests. Every enumeration comes from one X-macro list, so that the
 * number, the name that a person reads and (in the module) the table that a
 * trace event prints from cannot drift apart. Values are ABI: they stand in
 * recordings. New ones go at the end of a list; none is moved or reused.
 *
 * docs/abi.md describes the text files, docs/events.md the trace events.
 */
#ifndef MMSCOPE_ABI_H
#define MMSCOPE_ABI_H

/* Grows when a file format or an event changes so that old readers would misread it. */
#define MMSCOPE_ABI_VERSION 1

/*
 * What a completed page fault did. Exactly one kind per completed fault; the
 * law of each is in docs/design.md ("Kinds").
 *   X(id, name)
 */
#define MMSCOPE_KINDS(X)                                                       \
	X(ANON_ZERO, anon_zero)   /* read of untouched anon page: zero page, RSS +0 */ \
	X(ANON_ALLOC, anon_alloc) /* write to untouched anon page, RSS +2^order */ \
	X(ANON_HUGE, anon_huge)   /* PMD-sized anon page, RSS +512 */          \
	X(COW_ZERO, cow_zero)     /* write to a mapped zero page, RSS +1 */    \
	X(COW_COPY, cow_copy)     /* write to a shared page: copied. A COW break */ \
	X(COW_REUSE, cow_reuse)   /* write by the last sharer: made writable */ \
	X(COW_FILE, cow_file)     /* write to absent private file page: copied from the cache */ \
	X(FILE_READ, file_read)   /* file page mapped */                       \
	X(FILE_WRITE, file_write) /* shared file page made writable */         \
	X(SHMEM, shmem)           /* shmem, tmpfs or shared anon page mapped */ \
	X(SWAP_IN, swap_in)       /* entry was in swap */                      \
	X(HUGETLB, hugetlb)       /* hugetlb fault */                          \
	X(OTHER, other)           /* NUMA hint, migration wait, spurious, ... */

/* Who made the access. */
#define MMSCOPE_ORIGINS(X)                                                     \
	X(USER, user)     /* user-mode access */                               \
	X(KERNEL, kernel) /* kernel copying to or from user memory */          \
	X(GUP, gup)       /* no registers: mlock, populate, pinning */         \
	X(REMOTE, remote) /* into another task's mm */

/*
 * What the address belongs to, told from the VMA and the bounds in the mm.
 * text is any executable file mapping; rodata, data and bss are those of the
 * main program; file is every other file mapping (libraries' data included).
 */
#define MMSCOPE_REGIONS(X)                                                     \
	X(TEXT, text)                                                          \
	X(RODATA, rodata)                                                      \
	X(DATA, data)                                                          \
	X(BSS, bss)                                                            \
	X(HEAP, heap)                                                          \
	X(STACK, stack)                                                        \
	X(THREAD_STACK, thread_stack)                                          \
	X(ANON, anon)                                                          \
	X(FILE, file)                                                          \
	X(SHMEM, shmem)                                                        \
	X(HUGETLB, hugetlb)                                                    \
	X(VDSO, vdso)                                                          \
	X(OTHER, other)

/* What happened, as the last column of pid/<tgid>/events and the trace system name it. */
#define MMSCOPE_EVENTS(X)                                                      \
	X(BRK, brk)                                                            \
	X(MMAP, mmap)                                                          \
	X(MUNMAP, munmap)                                                      \
	X(MREMAP, mremap)                                                      \
	X(STACK_GROW, stack_grow)                                              \
	X(FAULT, fault)                                                        \
	X(COW_BREAK, cow_break)                                                \
	X(FORK, fork)                                                          \
	X(EXEC, exec)                                                          \
	X(EXIT, exit)                                                          \
	X(VSZ, vsz)                                                            \
	X(MPROTECT, mprotect)                                                  \
	X(MADVISE, madvise)                                                    \
	X(FAULT_ERROR, fault_error)                                            \
	X(SWAP_OUT, swap_out)                                                  \
	X(COLLAPSE, collapse)                                                  \
	X(OOM_KILL, oom_kill)

/*
 * Why a completed fault is of the kind "other": the first that fits.
 *   X(id, name)
 */
#define MMSCOPE_REASONS(X)                                                     \
	X(NUMA_HINT, numa_hint)         /* fenced off to see who uses it */    \
	X(MIGRATION, migration)         /* waited for the page to be moved */  \
	X(USERFAULTFD, userfaultfd)     /* resolved by a userfaultfd monitor */ \
	X(UFFD_WP, uffd_wp)             /* its write protection taken off */   \
	X(SOFT_DIRTY, soft_dirty)       /* first write since the soft-dirty bits were cleared */ \
	X(DEVICE, device)               /* frames without page cache, device memory */ \
	X(RACE, race)                   /* another task resolved it, or undid it, meanwhile */ \
	X(SPURIOUS, spurious)           /* nothing was left to be done */

/* How a fault failed. */
#define MMSCOPE_OUTCOMES(X)                                                    \
	X(SEGV_MAPERR, segv_maperr) /* nothing mapped there */                 \
	X(SEGV_ACCERR, segv_accerr) /* mapped, but not for such an access */   \
	X(SIGBUS, sigbus)           /* behind the end of the file, bad memory */ \
	X(OOM, oom)                 /* no memory */

/* What changed the size of an address space. */
#define MMSCOPE_CAUSES(X)                                                      \
	X(MAP, map)         /* mmap and all that maps as it does: exec, shmat, io_setup */ \
	X(UNMAP, unmap)     /* munmap, shmdt, brk and mremap that shrink */    \
	X(BRK, brk)         /* the heap grew, or exec made the bss */          \
	X(STACK, stack)     /* a fault below the stack */                      \
	X(SPECIAL, special) /* the kernel's own: vdso, uprobes */              \
	X(REMAP, remap)     /* mremap that grows or moves */

/*
 * The kernel's numbers of madvise(), of all kernels that we know.
 *   X(number, name)
 */
#define MMSCOPE_ADVICE(X)                                                      \
	X(0, normal)                                                           \
	X(1, random)                                                           \
	X(2, sequential)                                                       \
	X(3, willneed)                                                         \
	X(4, dontneed)                                                         \
	X(8, free)                                                             \
	X(9, remove)                                                           \
	X(10, dontfork)                                                        \
	X(11, dofork)                                                          \
	X(12, mergeable)                                                       \
	X(13, unmergeable)                                                     \
	X(14, hugepage)                                                        \
	X(15, nohugepage)                                                      \
	X(16, dontdump)                                                        \
	X(17, dodump)                                                          \
	X(18, wipeonfork)                                                      \
	X(19, keeponfork)                                                      \
	X(20, cold)                                                            \
	X(21, pageout)                                                         \
	X(22, populate_read)                                                   \
	X(23, populate_write)                                                  \
	X(24, dontneed_locked)                                                 \
	X(25, collapse)                                                        \
	X(100, hwpoison)                                                       \
	X(101, soft_offline)                                                   \
	X(102, guard_install)                                                  \
	X(103, guard_remove)

#define MMSCOPE_ENUM_KIND(id, name)   MMS_KIND_##id,
#define MMSCOPE_ENUM_ORIGIN(id, name) MMS_ORIGIN_##id,
#define MMSCOPE_ENUM_REGION(id, name) MMS_REGION_##id,
#define MMSCOPE_ENUM_EVENT(id, name)  MMS_EVENT_##id,
#define MMSCOPE_ENUM_REASON(id, name) MMS_REASON_##id,
#define MMSCOPE_ENUM_OUTCOME(id, name) MMS_OUTCOME_##id,
#define MMSCOPE_ENUM_CAUSE(id, name)  MMS_CAUSE_##id,

enum mms_kind { MMSCOPE_KINDS(MMSCOPE_ENUM_KIND) MMS_NR_KINDS };
enum mms_origin { MMSCOPE_ORIGINS(MMSCOPE_ENUM_ORIGIN) MMS_NR_ORIGINS };
enum mms_region { MMSCOPE_REGIONS(MMSCOPE_ENUM_REGION) MMS_NR_REGIONS };
enum mms_event { MMSCOPE_EVENTS(MMSCOPE_ENUM_EVENT) MMS_NR_EVENTS };
enum mms_reason { MMSCOPE_REASONS(MMSCOPE_ENUM_REASON) MMS_NR_REASONS };
enum mms_outcome { MMSCOPE_OUTCOMES(MMSCOPE_ENUM_OUTCOME) MMS_NR_OUTCOMES };
enum mms_cause { MMSCOPE_CAUSES(MMSCOPE_ENUM_CAUSE) MMS_NR_CAUSES };

/*
 * Use inside an array: static const char *const names[] = { MMSCOPE_KINDS(MMSCOPE_KIND_NAME) };
 */
#define MMSCOPE_KIND_NAME(id, name)   [MMS_KIND_##id] = #name,
#define MMSCOPE_ORIGIN_NAME(id, name) [MMS_ORIGIN_##id] = #name,
#define MMSCOPE_REGION_NAME(id, name) [MMS_REGION_##id] = #name,
#define MMSCOPE_EVENT_NAME(id, name)  [MMS_EVENT_##id] = #name,
#define MMSCOPE_REASON_NAME(id, name) [MMS_REASON_##id] = #name,
#define MMSCOPE_OUTCOME_NAME(id, name) [MMS_OUTCOME_##id] = #name,

/* Flags of the fault event. */
#define MMS_FAULT_WRITE     0x01 /* the access was a write */
#define MMS_FAULT_MAJOR     0x02 /* the kernel counted it in maj_flt */
#define MMS_FAULT_RSS_EXACT 0x04 /* the page counts after it are exact sums, not cheap reads */
#define MMS_FAULT_EXEC      0x08 /* the access was an instruction fetch */
#define MMS_FAULT_COW       0x10 /* kind hugetlb: a shared huge page was copied */
#define MMS_FAULT_UNSHARE   0x20 /* a pin asked for a private copy (FAULT_FLAG_UNSHARE), no write */

/* Where the surfaces are; relative to the mount points of debugfs, procfs and tracefs. */
#define MMSCOPE_DEBUGFS_DIR   "mmscope"
#define MMSCOPE_PROCFS_FILE   "mmscope"
#define MMSCOPE_TRACE_SYSTEM  "mmscope"

/* The environment variable with the number of an open file descriptor that takes scenario marks. */
#define MMSCOPE_MARK_FD_ENV   "MMSCOPE_MARK_FD"

#endif /* MMSCOPE_ABI_H */
