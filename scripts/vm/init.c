// SPDX-License-Identifier: GPL-2.0
/*
 * init.c - PID 1 of the test VM.
 *
 * Mounts what a command expects, inserts the modules, runs the one command it
 * was given, and reports over virtio-serial ports: the command's standard
 * output, its standard error, the files of /out (as a tar stream), and the
 * verdict. The verdict has a port of its own, so that nothing a program or the
 * kernel prints can fake or spoil it. Lines of the verdict:
 *
 *	error TEXT	the guest could not be set up; COMMAND did not run
 *	status N	COMMAND ended with N (128 + signal if it was killed)
 *	end		the module is unloaded, leaks were looked for, files are out,
 *			power goes off
 *
 * What to do comes in files of the initramfs: /.vm/argv (NUL-separated),
 * /.vm/insmod (paths of virtio and other modules, in order), /.vm/module.ko
 * (mmscope, absent with --no-module), /.vm/root (block device of a full root,
 * absent for the mini root), /.vm/overlay (what goes on top of a full root).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FULL_ROOT "/sysroot"

/* Numbers of the virtio-serial ports; scripts/vm/run creates them. */
enum { PORT_STDOUT = 1, PORT_STDERR, PORT_OUT, PORT_VERDICT };

static int verdict_fd = -1;

static void verdict(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (verdict_fd < 0 || write(verdict_fd, line, n) != n)
		dprintf(STDERR_FILENO, "mmscope-vm: no way to say: %.*s", n, line);
}

static void __attribute__((noreturn)) power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

/* The guest could not be set up: say why and end. */
#define give_up(fmt, ...)						\
	do {								\
		verdict("error " fmt, ##__VA_ARGS__);			\
		power_off();						\
	} while (0)

/* Not /tmp: files there shall be ordinary page-cache files, not shmem. */
static const struct mount_row {
	const char *type, *dir, *options;
	int optional;
} mounts[] = {
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "devpts", "/dev/pts", "mode=620,ptmxmode=666", 1 },
	{ "tmpfs", "/dev/shm", "mode=1777" },
	{ "tmpfs", "/run", "mode=755" },
	{ "debugfs", "/sys/kernel/debug", NULL, 1 },
	{ "tracefs", "/sys/kernel/tracing", NULL, 1 },
	{ "cgroup2", "/sys/fs/cgroup", NULL, 1 },
};

static void mount_all(const char *root)
{
	char dir[64];

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		const struct mount_row *m = &mounts[i];

		snprintf(dir, sizeof(dir), "%s%s", root, m->dir);
		mkdir(dir, 0755);
		if (mount(m->type, dir, m->type, 0, m->options) && !m->optional)
			give_up("mount %s on %s: %s", m->type, dir, strerror(errno));
	}
}

static void make_links(void)
{
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" },
		{ "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" },
	};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlink(links[i][0], links[i][1]) && errno != EEXIST)
			perror(links[i][1]);
}

/* Returns 0 or -errno. */
static int insert_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		err = -errno;
	close(fd);
	return err;
}

static void insert_modules(const char *list)
{
	char path[512];
	FILE *f = fopen(list, "re");
	int err;

	if (!f)
		return;
	while (fgets(path, sizeof(path), f)) {
		path[strcspn(path, "\n")] = 0;
		err = insert_module(path);
		if (err)
			dprintf(STDERR_FILENO, "mmscope-vm: insmod %s: %s\n",
				path, strerror(-err));
	}
	fclose(f);
}

/* The port appears some time after its driver: wait for it, at most 20 s. */
static int open_port(int number)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/vport0p%d", number);
	for (int tries = 0; tries < 20000; tries++) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		usleep(1000);
	}
	dprintf(STDERR_FILENO, "mmscope-vm: %s: %s\n", path, strerror(errno));
	power_off();
}

static void write_all(int fd, const char *buf, ssize_t n)
{
	ssize_t done;

	while (n > 0) {
		done = write(fd, buf, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		buf += done;
		n -= done;
	}
}

/* Reads a whole file; the caller owns the buffer. */
static char *read_file(const char *path, size_t *length)
{
	size_t room = 1 << 20, n = 0;
	char *buf = malloc(room + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0 || !buf) {
		free(buf);
		return NULL;
	}
	while (n < room && (got = read(fd, buf + n, room - n)) > 0)
		n += got;
	close(fd);
	buf[n] = 0;
	*length = n;
	return buf;
}

static char **read_argv(const char *path)
{
	size_t length, n = 0, count = 0;
	char *buf = read_file(path, &length);
	char **argv;

	if (!buf)
		return NULL;
	for (size_t i = 0; i < length; i++)
		count += !buf[i];
	argv = calloc(count + 1, sizeof(*argv));
	if (!argv || !count)
		return NULL;
	for (char *p = buf; n < count; p += strlen(p) + 1)
		argv[n++] = p;
	return argv;
}

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Runs a helper of the initramfs to its end; returns its exit status. */
static int helper(const char *const argv[], int out)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		reset_signals();
		if (out >= 0)
			dup2(out, STDOUT_FILENO);
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Makes the block device the root that the command sees; /out stays ours. */
static const char *enter_full_root(void)
{
	static const char *const copy[] = {
		"/bin/busybox", "cp", "-a", "/.vm/overlay/.", FULL_ROOT "/", NULL
	};
	size_t length;
	char *device = read_file("/.vm/root", &length);

	if (!device)
		return "";
	device[strcspn(device, "\n")] = 0;
	mkdir(FULL_ROOT, 0755);
	for (int tries = 0; tries < 20000 && access(device, F_OK); tries++)
		usleep(1000);
	if (mount(device, FULL_ROOT, "ext4", 0, NULL))
		give_up("mount %s: %s", device, strerror(errno));
	if (helper(copy, -1))
		give_up("copying the project's programs to the full root failed");
	mount_all(FULL_ROOT);
	mkdir(FULL_ROOT "/out", 0755);
	if (mount("/out", FULL_ROOT "/out", NULL, MS_BIND, NULL))
		give_up("mount /out: %s", strerror(errno));
	return FULL_ROOT;
}

static void __attribute__((noreturn))
run_command(char **argv, const char *root, int out, int err)
{
	int null = open("/dev/null", O_RDONLY);

	reset_signals();
	setsid();
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	if (*root && chroot(root))
		_exit(126);
	if (chdir("/"))
		_exit(126);
	clearenv();
	setenv("PATH", "/usr/lib/mmscope/bin:/usr/local/sbin:/usr/local/bin:"
	       "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "dumb", 1);
	setenv("LANG", "C.UTF-8", 1);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Passes on what is there; returns 0 at the end of the stream. */
static int forward(int from, int to)
{
	static char buf[65536];
	ssize_t n = read(from, buf, sizeof(buf));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	write_all(to, buf, n);
	return n > 0;
}

/*
 * Reaps everything that ended; returns 1 when @pid was among it and sets its
 * status as a shell would say it.
 */
static int reap(pid_t pid, int *status)
{
	int ended = 0, raw;
	pid_t who;

	while ((who = waitpid(-1, &raw, WNOHANG)) > 0) {
		if (who != pid)
			continue;
		ended = 1;
		*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
	}
	return ended;
}

static int supervise(char **argv, const char *root)
{
	const int ports[2] = { open_port(PORT_STDOUT), open_port(PORT_STDERR) };
	struct pollfd fds[3] = { 0 };
	struct signalfd_siginfo info;
	int pipes[2][2], status = 0;
	sigset_t chld;
	pid_t pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	fds[2].fd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	if (pipe2(pipes[0], O_CLOEXEC) || pipe2(pipes[1], O_CLOEXEC) || fds[2].fd < 0)
		give_up("pipe or signalfd: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		give_up("fork: %s", strerror(errno));
	if (!pid)
		run_command(argv, root, pipes[0][1], pipes[1][1]);

	for (int i = 0; i < 2; i++) {
		close(pipes[i][1]);
		fds[i].fd = pipes[i][0];
	}
	for (int i = 0; i < 3; i++)
		fds[i].events = POLLIN;

	/* Until the command has ended and nobody holds its streams any more. */
	while (pid || fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 3, -1) < 0)
			continue;
		for (int i = 0; i < 2; i++)
			if (fds[i].revents && !forward(fds[i].fd, ports[i]))
				fds[i].fd = -1;
		if (!fds[2].revents)
			continue;
		while (read(fds[2].fd, &info, sizeof(info)) > 0)
			;
		if (reap(pid, &status) && pid) {
			pid = 0;
			/* What it left running would hold the streams open. */
			kill(-1, SIGKILL);
		}
	}
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	return status;
}

static void send_out(void)
{
	static const char *const tar[] = {
		"/bin/busybox", "tar", "-cf", "-", "-C", "/out", ".", NULL
	};
	int port = open_port(PORT_OUT);

	if (helper(tar, port))
		dprintf(STDERR_FILENO, "mmscope-vm: tar of /out failed\n");
	close(port);
}

/*
 * A kernel with kmemleak (--kernel debug) says in its log what has leaked, and
 * scripts/vm/complaints finds it there. To be told, memory must be unreferenced
 * and unchanged in two scans, and be 5 s old at the second one (MSECS_MIN_AGE in
 * mm/kmemleak.c): an age, there is no event to wait for.
 */
static void look_for_leaks(void)
{
	int fd = open("/sys/kernel/debug/kmemleak", O_WRONLY | O_CLOEXEC);
	struct timespec old;

	if (fd < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &old);
	old.tv_sec += 5;
	old.tv_nsec += 20 * 1000 * 1000; /* some ticks, for rounding */
	if (old.tv_nsec >= 1000 * 1000 * 1000) {
		old.tv_nsec -= 1000 * 1000 * 1000;
		old.tv_sec++;
	}
	for (int scan = 0; scan < 2; scan++) {
		if (scan)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &old, NULL);
		/* It switches itself off when it has no memory left. */
		if (write(fd, "scan", 4) != 4)
			give_up("kmemleak: %s", strerror(errno));
	}
	close(fd);
}

int main(void)
{
	const char *root;
	char **argv;
	int status, err, fd;

	mount_all("");
	make_links();
	fd = open("/dev/console", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	umask(022);
	mkdir("/out", 0755);
	insert_modules("/.vm/insmod");
	verdict_fd = open_port(PORT_VERDICT);

	argv = read_argv("/.vm/argv");
	if (!argv)
		give_up("no command");
	root = enter_full_root();
	if (!access("/.vm/module.ko", F_OK)) {
		err = insert_module("/.vm/module.ko");
		if (err)
			give_up("insmod mmscope.ko: %s", strerror(-err));
	}

	status = supervise(argv, root);
	send_out();
	verdict("status %d", status);

	/* Every run also tests that the module can be unloaded. */
	if (syscall(SYS_delete_module, "mmscope", O_NONBLOCK) && errno != ENOENT)
		give_up("rmmod mmscope: %s", strerror(errno));
	look_for_leaks();
	verdict("end");
	power_off();
}
