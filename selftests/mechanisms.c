// SPDX-License-Identifier: GPL-2.0
/*
 * mechanisms.c - every way in which a fault can be resolved in memory: zero page,
 * huge pages, large folios, hugetlb, KSM, pinning, userfaultfd, soft-dirty
 *
 * What needs swap or a block device is in storage.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mechanism.h"
#include "tap.h"

#define PAGES 100
#define HUGE_BYTES (2UL << 20)
#define HUGE_PAGES 512
#define THP "/sys/kernel/mm/transparent_hugepage/"
#define KSM "/sys/kernel/mm/ksm/"

static char *area; /* of the running mechanism; children find it at the same address */

static void anon(int flags)
{
	area = map_pages(PAGES, MAP_PRIVATE | flags);
	mechanism_area(area, PAGES * page_bytes);
}

/* ---- zero page ---- */

static void do_zero_then_write(void)
{
	anon(0);
	read_pages(area, PAGES);
	write_pages(area, PAGES);
}

static void write_area(void)
{
	write_pages(area, PAGES);
}

static void do_fork_both_write(void)
{
	anon(0);
	write_area();
	let_go_of_pages();
	mechanism_in_child(write_area);
	/* The child is gone: its copies, too. We are the last sharer of our pages. */
	write_area();
}

/* ---- transparent huge pages ---- */

static void huge(void)
{
	if (access(THP "enabled", R_OK))
		mechanism_skip("the kernel has no transparent huge pages");
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	area = map_huge_aligned(HUGE_BYTES);
	if (madvise(area, HUGE_BYTES, MADV_HUGEPAGE))
		mechanism_fail("MADV_HUGEPAGE");
	mechanism_area(area, HUGE_BYTES);
}

static void do_huge_write(void)
{
	huge();
	write_pages(area, HUGE_PAGES);
}

static void do_huge_zero(void)
{
	huge();
	read_pages(area, HUGE_PAGES);
	write_pages(area, HUGE_PAGES);
}

static void write_huge_area(void)
{
	write_pages(area, HUGE_PAGES);
}

static void do_huge_fork(void)
{
	huge();
	write_huge_area();
	mechanism_in_child(write_huge_area);
}

/* ---- folios of several sizes ---- */

/* Ask for folios of one size, and of no other; the test restores it. */
static void folios(const char *path, const char *size)
{
	char file[128];

	snprintf(file, sizeof(file), THP "hugepages-%s/%s", size, path);
	if (!set_file(file, "always"))
		mechanism_skip("the kernel has no folios of several sizes for such memory");
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

static void no_folios(const char *path, const char *size)
{
	char file[128];

	snprintf(file, sizeof(file), THP "hugepages-%s/%s", size, path);
	if (!set_file(file, "never"))
		mechanism_fail("cannot switch the folios off again");
}

static void do_folio_64k(void)
{
	folios("enabled", "64kB");
	/* Half of what a page table maps, between gaps: no huge page fits in. */
	area = map_huge_aligned(HUGE_BYTES);
	if (mprotect(area, HUGE_BYTES / 2, PROT_READ))
		mechanism_fail("mprotect");
	area += HUGE_BYTES / 2;
	if (mprotect(area, HUGE_BYTES / 4, PROT_READ | PROT_WRITE | PROT_EXEC))
		mechanism_fail("mprotect");
	mechanism_area(area, HUGE_BYTES / 4);
	write_pages(area, HUGE_PAGES / 4);
	no_folios("enabled", "64kB");
}

static void do_shmem_folio(const char *size)
{
	folios("shmem_enabled", size);
	area = map_pages(2 * HUGE_PAGES, MAP_SHARED);
	area = (char *)(((unsigned long)area + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
	mechanism_area(area, HUGE_BYTES);
	write_pages(area, HUGE_PAGES);
	no_folios("shmem_enabled", size);
}

static void do_shmem_folio_64k(void)
{
	do_shmem_folio("64kB");
}

static void do_shmem_folio_256k(void)
{
	do_shmem_folio("256kB");
}

/* ---- hugetlb ---- */

static void write_hugetlb_area(void)
{
	area[0] = 1;
	area[HUGE_BYTES] = 1;
}

static void do_hugetlb(void)
{
	if (!set_file("/proc/sys/vm/nr_hugepages", "6"))
		mechanism_skip("the kernel has no hugetlb");
	if (read_file_number("/proc/sys/vm/nr_hugepages") < 6)
		mechanism_skip("no memory for huge pages");
	area = map_pages(2 * HUGE_PAGES, MAP_PRIVATE | MAP_HUGETLB);
	mechanism_area(area, 2 * HUGE_BYTES);
	write_hugetlb_area();
	mechanism_in_child(write_hugetlb_area);
	munmap(area, 2 * HUGE_BYTES);
	set_file("/proc/sys/vm/nr_hugepages", "0");
}

/* ---- KSM ---- */

/* Pages of one content, merged by ksmd into one. */
static void merged(void)
{
	long i;

	if (!set_file(KSM "pages_to_scan", "10000") || !set_file(KSM "sleep_millisecs", "0"))
		mechanism_skip("the kernel has no KSM");
	set_file(KSM "smart_scan", "0");
	anon(0);
	for (i = 0; i < PAGES; i++)
		memset(area + i * page_bytes, 0x5a, page_bytes);
	if (madvise(area, PAGES * page_bytes, MADV_MERGEABLE))
		mechanism_fail("MADV_MERGEABLE");
	/* 2 forgets what former processes merged: the counts begin at 0. */
	if (!set_file(KSM "run", "2") || !set_file(KSM "run", "1"))
		mechanism_fail(KSM "run");
	while (read_file_number(KSM "pages_sharing") != PAGES - 1)
		sched_yield();
	set_file(KSM "run", "0");
}

static void do_ksm_write(void)
{
	merged();
	write_area();
}

static void do_ksm_unmerge(void)
{
	merged();
	if (madvise(area, PAGES * page_bytes, MADV_UNMERGEABLE))
		mechanism_fail("MADV_UNMERGEABLE");
}

/* ---- pages that the kernel asks for ---- */

static void do_populate(void)
{
	anon(MAP_POPULATE);
}

static void do_mlock(void)
{
	anon(0);
	if (mlock(area, PAGES * page_bytes))
		mechanism_fail("mlock");
}

/* Read our own memory as process_vm_readv() does: the pages are pinned. */
static void pin(void)
{
	static char buffer[PAGES * 4096];
	struct iovec local = { buffer, sizeof(buffer) }, remote = { area, PAGES * page_bytes };

	if (process_vm_readv(getpid(), &local, 1, &remote, 1, 0) != PAGES * page_bytes)
		mechanism_fail("process_vm_readv");
}

static void do_pin_untouched(void)
{
	anon(0);
	pin();
}

/* Share the pages with a child that waits until we are done. */
static void do_pin_shared(void)
{
	int go[2], status;
	pid_t child;
	char byte;

	if (pipe(go))
		mechanism_fail("pipe");
	anon(0);
	write_area();
	child = fork();
	if (!child) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) != 0);
	}
	mechanism_child(child);
	pin();
	close(go[1]);
	if (waitpid(child, &status, 0) != child || status)
		mechanism_fail("the child ended badly");
}

static void do_kernel_copies(void)
{
	int fd = open("/dev/zero", O_RDONLY);

	anon(0);
	if (fd < 0 || read(fd, area, PAGES * page_bytes) != PAGES * page_bytes)
		mechanism_fail("/dev/zero");
}

/* ---- userfaultfd ---- */

static int monitor_fd;

static int userfaultfd_of_area(unsigned long mode)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { (unsigned long)area, PAGES * page_bytes }, .mode = mode,
	};
	int fd = syscall(__NR_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		mechanism_skip("the kernel has no userfaultfd");
	if (ioctl(fd, UFFDIO_REGISTER, &range))
		mechanism_skip("the kernel's userfaultfd cannot do it");
	return fd;
}

static void next_fault(struct uffd_msg *message)
{
	if (read(monitor_fd, message, sizeof(*message)) != sizeof(*message) ||
	    message->event != UFFD_EVENT_PAGEFAULT)
		mechanism_fail("a userfaultfd message");
}

static void *fill_missing(void *content)
{
	struct uffd_msg message;
	long i;

	for (i = 0; i < PAGES; i++) {
		struct uffdio_copy copy = { .src = (unsigned long)content, .len = page_bytes };

		next_fault(&message);
		copy.dst = message.arg.pagefault.address & ~(page_bytes - 1);
		if (ioctl(monitor_fd, UFFDIO_COPY, &copy))
			mechanism_fail("UFFDIO_COPY");
	}
	return NULL;
}

static void *take_protection_off(void *unused)
{
	struct uffd_msg message;
	long i;

	(void)unused;
	for (i = 0; i < PAGES; i++) {
		struct uffdio_writeprotect range = { .range = { .len = page_bytes } };

		next_fault(&message);
		range.range.start = message.arg.pagefault.address & ~(page_bytes - 1);
		if (ioctl(monitor_fd, UFFDIO_WRITEPROTECT, &range))
			mechanism_fail("UFFDIO_WRITEPROTECT");
	}
	return NULL;
}

static void monitored(void *(*monitor)(void *), void *argument)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, monitor, argument))
		mechanism_fail("pthread_create");
	write_area();
	pthread_join(thread, NULL);
}

static void do_uffd_missing(void)
{
	static char content[4096];

	anon(0);
	monitor_fd = userfaultfd_of_area(UFFDIO_REGISTER_MODE_MISSING);
	monitored(fill_missing, content);
}

static void do_uffd_wp(void)
{
	struct uffdio_writeprotect range = { .mode = UFFDIO_WRITEPROTECT_MODE_WP };

	anon(0);
	write_area();
	let_go_of_pages();
	monitor_fd = userfaultfd_of_area(UFFDIO_REGISTER_MODE_WP);
	range.range.start = (unsigned long)area;
	range.range.len = PAGES * page_bytes;
	if (ioctl(monitor_fd, UFFDIO_WRITEPROTECT, &range))
		mechanism_fail("UFFDIO_WRITEPROTECT");
	monitored(take_protection_off, NULL);
}

/* ---- soft-dirty ---- */

static void do_soft_dirty(void)
{
	anon(0);
	write_area();
	let_go_of_pages();
	if (!set_file("/proc/self/clear_refs", "4"))
		mechanism_skip("the kernel has no soft-dirty bits");
	write_area();
}

/* ---- page cache ---- */

#define FILE_PAGES 64

static int file_of(long pages)
{
	char name[] = "/mechanism-XXXXXX";
	int fd = mkstemp(name);
	static char content[FILE_PAGES * 4096];

	memset(content, 1, sizeof(content));
	if (fd < 0 || unlink(name) || write(fd, content, pages * page_bytes) != pages * page_bytes)
		mechanism_fail("a file in memory");
	return fd;
}

/* 64 KiB aligned, so that fault-around takes windows of 16 pages. */
static void map_file(int flags)
{
	char *place = map_huge_aligned(HUGE_BYTES);

	area = mmap(place, FILE_PAGES * page_bytes, PROT_READ | PROT_WRITE, flags | MAP_FIXED,
		    file_of(FILE_PAGES), 0);
	if (area == MAP_FAILED)
		mechanism_fail("mmap of a file");
	mechanism_area(area, FILE_PAGES * page_bytes);
}

static void do_file_private_write(void)
{
	map_file(MAP_PRIVATE);
	write_pages(area, FILE_PAGES);
}

static void do_file_private_read_write(void)
{
	map_file(MAP_PRIVATE);
	read_pages(area, FILE_PAGES);
	write_pages(area, FILE_PAGES);
}

#define USER MMS_ORIGIN_USER
#define GUP MMS_ORIGIN_GUP
#define ROW(who, kind, origin, count, pages) { who, MMS_KIND_##kind, origin, count, pages, 0, 0, 0 }

static const struct mechanism mechanisms[] = {
	{ "a read maps the zero page, a write replaces it", do_zero_then_write,
	  { ROW(SELF, ANON_ZERO, USER, PAGES, PAGES), ROW(SELF, COW_ZERO, USER, PAGES, PAGES) } },
	{ "the child copies what fork shares, and the parent is the last sharer",
	  do_fork_both_write,
	  { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES), ROW(CHILD, COW_COPY, USER, PAGES, PAGES),
	    ROW(SELF, COW_REUSE, USER, PAGES, PAGES) } },
	{ "one write maps a huge page", do_huge_write,
	  { ROW(SELF, ANON_HUGE, USER, 1, HUGE_PAGES) } },
	{ "a shared huge page is split, and copied in small pages", do_huge_fork,
	  { ROW(SELF, ANON_HUGE, USER, 1, HUGE_PAGES),
	    ROW(CHILD, COW_COPY, USER, HUGE_PAGES, HUGE_PAGES) } },
	{ "anonymous folios of 64 KiB: one fault maps 16 pages", do_folio_64k,
	  { ROW(SELF, ANON_ALLOC, USER, HUGE_PAGES / 4 / 16, HUGE_PAGES / 4) } },
	{ "shmem folios of 64 KiB: one fault maps 16 pages", do_shmem_folio_64k,
	  { ROW(SELF, SHMEM, USER, HUGE_PAGES / 16, HUGE_PAGES) } },
	{ "shmem folios of 256 KiB: one fault maps 64 pages", do_shmem_folio_256k,
	  { ROW(SELF, SHMEM, USER, HUGE_PAGES / 64, HUGE_PAGES) } },
	{ "hugetlb: whole pages, and its copy-on-write told apart", do_hugetlb,
	  { ROW(SELF, HUGETLB, USER, 2, 2 * HUGE_PAGES),
	    { CHILD, MMS_KIND_HUGETLB, USER, 2, 2 * HUGE_PAGES, 0, 0, MMS_FAULT_COW } } },
	{ "KSM: a write to a merged page copies it", do_ksm_write,
	  { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES), ROW(SELF, COW_COPY, USER, PAGES, PAGES) } },
	{ "MAP_POPULATE: origin gup", do_populate, { ROW(SELF, ANON_ALLOC, GUP, PAGES, PAGES) } },
	{ "mlock: origin gup", do_mlock, { ROW(SELF, ANON_ALLOC, GUP, PAGES, PAGES) } },
	{ "process_vm_readv of untouched memory maps the zero page", do_pin_untouched,
	  { ROW(SELF, ANON_ZERO, GUP, PAGES, PAGES) } },
	{ "read(2) into fresh memory: origin kernel", do_kernel_copies,
	  { ROW(SELF, ANON_ALLOC, MMS_ORIGIN_KERNEL, PAGES, PAGES) } },
	{ "the first write after /proc/PID/clear_refs is told from copy-on-write", do_soft_dirty,
	  { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES),
	    { SELF, MMS_KIND_OTHER, USER, PAGES, 0, 0, MMS_REASON_SOFT_DIRTY, 0 } } },
	{ "a write to an absent page of a private file mapping copies from the cache",
	  do_file_private_write, { ROW(SELF, COW_FILE, USER, FILE_PAGES, FILE_PAGES) } },
	{ "reads of a file map 16 pages at once, writes copy each", do_file_private_read_write,
	  { ROW(SELF, FILE_READ, USER, FILE_PAGES / 16, FILE_PAGES),
	    ROW(SELF, COW_COPY, USER, FILE_PAGES, FILE_PAGES) } },
};

/* What kernels do differently: one row for those from a version on, one for those before. */
static const struct {
	int major, minor;
	struct mechanism since, before;
} changed[] = {
	/* FAULT_FLAG_UNSHARE: a pin for reading must not see what the other side writes. */
	{ 5, 19,
	  { "process_vm_readv of memory that fork shares copies it", do_pin_shared,
	    { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES),
	      { SELF, MMS_KIND_COW_COPY, GUP, PAGES, PAGES, 0, 0, MMS_FAULT_UNSHARE } } },
	  { "process_vm_readv of memory that fork shares leaves it shared", do_pin_shared,
	    { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES) } } },
	/* MADV_UNMERGEABLE unmerged by a write, and does so by FAULT_FLAG_UNSHARE. */
	{ 6, 2,
	  { "KSM: MADV_UNMERGEABLE copies every merged page", do_ksm_unmerge,
	    { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES),
	      { SELF, MMS_KIND_COW_COPY, GUP, PAGES, PAGES, 0, 0, MMS_FAULT_UNSHARE } } },
	  { "KSM: MADV_UNMERGEABLE copies every merged page", do_ksm_unmerge,
	    { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES),
	      ROW(SELF, COW_COPY, GUP, PAGES, PAGES) } } },
	/* Waiting for userfaultfd made a fault major; not when only the VMA's lock is held. */
	{ 6, 6,
	  { "userfaultfd fills missing pages", do_uffd_missing,
	    { { SELF, MMS_KIND_OTHER, USER, PAGES, 0, 0, MMS_REASON_USERFAULTFD, 0 } } },
	  { "userfaultfd fills missing pages: major", do_uffd_missing,
	    { { SELF, MMS_KIND_OTHER, USER, PAGES, 0, PAGES, MMS_REASON_USERFAULTFD, 0 } } } },
	{ 6, 6,
	  { "userfaultfd takes write protection off", do_uffd_wp,
	    { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES),
	      { SELF, MMS_KIND_OTHER, USER, PAGES, 0, 0, MMS_REASON_UFFD_WP, 0 } } },
	  { "userfaultfd takes write protection off: major", do_uffd_wp,
	    { ROW(SELF, ANON_ALLOC, USER, PAGES, PAGES),
	      { SELF, MMS_KIND_OTHER, USER, PAGES, 0, PAGES, MMS_REASON_UFFD_WP, 0 } } } },
	/* A write to the huge zero page split it into small ones. */
	{ 6, 13,
	  { "one read maps the huge zero page, one write replaces it", do_huge_zero,
	    { ROW(SELF, ANON_ZERO, USER, 1, HUGE_PAGES),
	      ROW(SELF, ANON_HUGE, USER, 1, HUGE_PAGES) } },
	  { "one read maps the huge zero page, writes replace it by small pages", do_huge_zero,
	    { ROW(SELF, ANON_ZERO, USER, 1, HUGE_PAGES),
	      ROW(SELF, COW_ZERO, USER, HUGE_PAGES, HUGE_PAGES) } } },
};

static bool kernel_is_at_least(int major, int minor)
{
	struct utsname name;
	int is_major, is_minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &is_major, &is_minor) != 2)
		tap_bail("uname: %s", strerror(errno));
	return is_major > major || (is_major == major && is_minor >= minor);
}

int main(void)
{
	size_t i;

	tap_begin();
	/* One page must be one fault, but where a mechanism asks for more. */
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		tap_bail("prctl: %s", strerror(errno));
	mechanisms_begin();
	mechanisms_run(mechanisms, sizeof(mechanisms) / sizeof(*mechanisms));
	for (i = 0; i < sizeof(changed) / sizeof(*changed); i++)
		mechanisms_run(kernel_is_at_least(changed[i].major, changed[i].minor) ?
				       &changed[i].since :
				       &changed[i].before,
			       1);
	mechanisms_end();
	return tap_end();
}
