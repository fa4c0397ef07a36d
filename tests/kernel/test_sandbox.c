/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sandboxes and the programs in them, on the running kernel; as root also as nobody. */
#include "unit/tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "kernel/kernel.h"
#include "lab/doctor.h"
#include "lab/exec.h"
#include "lab/sandbox.h"

#define NOBODY 65534
#define PATIENCE 10000 /* ms */

static const char *who = "";

/* --- a test is a function inside a sandbox, which tells line by line what it found
 * --- */

static int tell_fd = -1;

__attribute__((format(printf, 2, 3))) static void tell(bool good, const char *format, ...)
{
	char name[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(name, sizeof(name), format, ap);
	va_end(ap);
	dprintf(tell_fd, "%c%s\n", good ? '+' : '-', name);
}

static bool wait_readable(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, PATIENCE) == 1;
}

/* Everything from FD up to its end, or NULL where that does not come in time. */
static char *read_all(int fd)
{
	struct buf all = { 0 };
	char bytes[512];
	ssize_t got;

	while (wait_readable(fd)) {
		got = read(fd, bytes, sizeof(bytes));
		if (got <= 0) {
			buf_add(&all, "");
			return buf_steal(&all);
		}
		buf_addn(&all, bytes, (size_t)got);
	}
	buf_free(&all);
	return NULL;
}

/*
 * Starts FUNCTION in a sandbox whose outer process is *PID. Returns the end of a pipe
 * that gives what it tells and ends with it.
 */
static int start(int (*function)(void), pid_t *pid)
{
	int pipes[2];

	fflush(stdout);
	if (pipe2(pipes, O_CLOEXEC) < 0)
		abort();
	*pid = fork();
	if (*pid == 0) {
		struct error err cleanup_error = ERROR_INIT;

		tell_fd = pipes[1];
		if (sandbox_enter(&err) < 0) {
			tell(false, "enter: %s (%s)", err.message,
			     err.hint ? err.hint : "");
			_exit(99);
		}
		_exit(function());
	}
	close(pipes[1]);
	return pipes[0];
}

static void report(char *told)
{
	char *save, *line;

	if (!told) {
		tap_ok(false, "%s: in time", who);
		return;
	}
	for (line = strtok_r(told, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		tap_ok(*line == '+', "%s: %s", who, line + 1);
	free(told);
}

static int finish(int fd, pid_t pid)
{
	char *told = read_all(fd);
	int status = 0;

	if (!told)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	report(told);
	close(fd);
	return status;
}

static int run(int (*function)(void))
{
	pid_t pid;
	int fd = start(function, &pid);

	return finish(fd, pid);
}

static bool exited(int status, int wanted)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == wanted;
}

/* --- the sandbox --- */

static int entries(const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	int count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static int inside(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	cleanup_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char number[32] = "";
	ssize_t got;

	tell(getuid() == 0 && geteuid() == 0, "user 0");
	tell(getgid() == 0 && getegid() == 0, "group 0");
	tell(getpid() == 1, "process 1");
	tell(machine_allowed(), "allowed to administer the network");
	tell(ioctl(fd, SIOCGIFFLAGS, &lo) == 0 && (lo.ifr_flags & IFF_UP), "lo is up");
	tell(entries(NETNS_DIR) == 0, NETNS_DIR " is empty");
	tell(mkdir(NETNS_DIR "/new", 0755) == 0 && rmdir(NETNS_DIR "/new") == 0,
	     NETNS_DIR " is writable");
	got = readlink("/proc/self", number, sizeof(number) - 1);
	tell(got > 0, "/proc is there");
	if (!strcmp(number, "1"))
		tell(entries("/proc/2") < 0, "/proc is of the sandbox");
	tell(entries("/sys/class/net") <= 1 || access("/sys/class/net/eth0", F_OK) < 0,
	     "/sys shows no links of the machine");
	return 42;
}

static int nested(void)
{
	struct error err cleanup_error = ERROR_INIT;

	if (sandbox_enter(&err) < 0) {
		tell(false, "a sandbox in a sandbox: %s", err.message);
		return 1;
	}
	tell(getpid() == 1 && getuid() == 0 && entries(NETNS_DIR) == 0,
	     "a sandbox in a sandbox");
	return 5;
}

static int trap(void)
{
	/* A sanitizer would make an exit of it. */
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	__builtin_trap();
	return 1;
}

static int wait_signal(void)
{
	interrupt_setup();
	tell(true, "ready");
	while (!interrupt_pending())
		interrupt_poll(NULL, 0, -1);
	return 40 + terminated;
}

static int wait_for_ever(void)
{
	tell(true, "ready");
	pause(); /* no signal is caught */
	return 1;
}

static void test_ends(void)
{
	static const int passed_on[] = { SIGTERM, SIGHUP };
	int fd, status;
	char ready[7], *rest;
	pid_t pid;

	tap_ok(exited(run(inside), 42), "%s: the exit status is passed on", who);
	tap_ok(exited(run(nested), 5), "%s: and through two", who);
	tap_ok(WIFSIGNALED(run(trap)), "%s: so is a signal", who);
	for (size_t i = 0; i < 2; i++) {
		fd = start(wait_signal, &pid);
		tap_ok(wait_readable(fd) && read(fd, ready, 7) == 7, "%s: waits", who);
		kill(pid, SIGINT);
		kill(pid, passed_on[i]);
		status = finish(fd, pid);
		tap_ok(exited(status, 40 + passed_on[i]), "%s: signal %d gets in", who,
		       passed_on[i]);
	}
	fd = start(wait_for_ever, &pid);
	tap_ok(wait_readable(fd) && read(fd, ready, 7) == 7, "%s: waits", who);
	kill(pid, SIGKILL);
	rest = read_all(fd);
	tap_ok(rest != NULL, "%s: the child dies with its parent", who);
	free(rest);
	close(fd);
	waitpid(pid, &status, 0);
}

/* --- programs in namespaces --- */

/* Runs sh -c SCRIPT in namespace NS. Returns what it wrote, with its wait status. */
static char *shell(struct kernel *kernel, const char *ns, const char *script,
		   const char *hosts, int *status)
{
	char sh[] = "sh", c[] = "-c", *copy = xstrdup(script);
	char *const argv[] = { sh, c, copy, NULL };
	struct error err cleanup_error = ERROR_INIT;
	int pipes[2], out = dup(STDOUT_FILENO);
	char *said;
	pid_t pid;

	*status = -1;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		abort();
	dup2(pipes[1], STDOUT_FILENO);
	close(pipes[1]);
	if (exec_start(kernel, ns, argv, hosts, true, &pid, &err) < 0)
		tell(false, "%s: %s", script, err.message);
	else
		*status = exec_wait(pid);
	dup2(out, STDOUT_FILENO);
	close(out);
	free(copy);
	said = read_all(pipes[0]);
	close(pipes[0]);
	return said;
}

static void refuse(struct kernel *kernel, const char *program, const char *wanted)
{
	char *const argv[] = { (char *)(uintptr_t)program, NULL };
	struct error err cleanup_error = ERROR_INIT;
	pid_t pid;
	int result = exec_start(kernel, "red", argv, NULL, true, &pid, &err);

	tell(result < 0 && err.status == STATUS_FAILED && !strcmp(err.message, wanted),
	     "\"%s\": %s", program, result < 0 ? err.message : "was started");
}

static int programs(void)
{
	struct error err cleanup_error = ERROR_INIT;
	struct kernel *kernel = kernel_open(&err);
	char *said, *wanted;
	int status;
	dev_t dev;
	ino_t ino;

	if (!kernel || kernel_netns_add(kernel, "red", &err) < 0) {
		tell(false, "namespace red: %s", err.message);
		return 1;
	}
	kernel_set_sandbox(kernel, true);
	interrupt_setup();

	said = shell(kernel, "red", "exit 7", NULL, &status);
	tell(exited(status, 7), "the status of a program");
	free(said);
	said = shell(kernel, "red", "kill -9 $$", NULL, &status);
	tell(WIFSIGNALED(status) && WTERMSIG(status) == 9, "the signal of a program");
	free(said);
	said = shell(kernel, "red", "kill -STOP $$; exit 8", NULL, &status);
	tell(exited(status, 8), "one that stops goes on");
	free(said);

	said = shell(kernel, "red", "readlink /proc/self/ns/net", NULL, &status);
	kernel_netns_id(kernel, "red", &dev, &ino, &err);
	wanted = xasprintf("net:[%llu]\n", (unsigned long long)ino);
	tell(said && !strcmp(said, wanted), "it is in its namespace");
	free(said);
	free(wanted);
	said = shell(kernel, "host", "readlink /proc/self/ns/net", NULL, &status);
	kernel_netns_id(kernel, "host", &dev, &ino, &err);
	wanted = xasprintf("net:[%llu]\n", (unsigned long long)ino);
	tell(said && !strcmp(said, wanted), "or on host");
	free(said);
	free(wanted);
	said = shell(kernel, "red", "ls /sys/class/net", NULL, &status);
	tell(said && !strcmp(said, "lo\n"), "/sys is of its namespace");
	free(said);

	said = shell(kernel, "red", "ls -a /tmp | grep -x hosts; head -n 1 /etc/hosts",
		     "10.1.1.1\tred\n", &status);
	tell(said && !strcmp(said, "10.1.1.1\tred\n"), "names are in /etc/hosts");
	free(said);
	said = shell(kernel, "host", "grep -c localhost /etc/hosts", "10.1.1.1\tred\n",
		     &status);
	tell(said && (atoi(said) > 0 || access("/etc/hosts", F_OK) < 0),
	     "before the machine's own lines");
	free(said);
	said = shell(kernel, "red", "grep -c 10.1.1.1 /etc/hosts", NULL, &status);
	tell(said && !strcmp(said, "0\n"), "and gone afterwards");
	free(said);

	refuse(kernel, "no-such-thing", "there is no program no-such-thing");
	refuse(kernel, "/no/such/thing", "there is no program /no/such/thing");
	refuse(kernel, "", "there is no program \"\"");
	refuse(kernel, "/etc", "/etc is a directory");
	refuse(kernel, "/etc/passwd", "/etc/passwd is not executable");
	kernel_close(kernel);
	return 0;
}

/* --- the terminal --- */

/* On a terminal of its own: a program gets it, and the sandbox gets it back. */
static int on_terminal(void)
{
	char sh[] = "sh", c[] = "-c", script[] = "read line; test \"$line\" = hello";
	char *const argv[] = { sh, c, script, NULL };
	struct error err cleanup_error = ERROR_INIT;
	struct kernel *kernel;
	char line[16] = "";
	pid_t pid;

	if (sandbox_enter(&err) < 0)
		return 10;
	/* Asked for the terminal while in the background, this would stop it for good. */
	kernel = kernel_open(&err);
	if (!kernel)
		return 11;
	interrupt_setup();
	if (exec_start(kernel, HOST, argv, NULL, true, &pid, &err) < 0)
		return 12;
	if (tcgetpgrp(STDIN_FILENO) != pid)
		return 13;
	if (exec_wait(pid) != 0)
		return 14;
	kernel_close(kernel);
	if (tcgetpgrp(STDIN_FILENO) != getpgrp())
		return 15;
	if (read(STDIN_FILENO, line, sizeof(line)) != 6 || strcmp(line, "again\n") != 0)
		return 16;
	return 0;
}

static void test_terminal(void)
{
	int fd, status = -1, inner = -1;
	pid_t pid;

	fflush(stdout);
	pid = forkpty(&fd, NULL, NULL, NULL);
	if (pid == 0) {
		/* The session leader stands for the user's shell. */
		pid_t job = fork();

		if (job == 0)
			_exit(on_terminal());
		alarm(PATIENCE / 1000);
		waitpid(job, &inner, 0);
		if (tcgetpgrp(STDIN_FILENO) != getpgrp())
			_exit(20);
		_exit(WIFEXITED(inner) ? WEXITSTATUS(inner) : 21);
	}
	if (pid < 0 || write(fd, "hello\nagain\n", 12) != 12)
		tap_note("no terminal");
	waitpid(pid, &status, 0);
	tap_ok(exited(status, 0), "%s: the terminal is lent and given back (%d)", who,
	       WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	close(fd);
}

static void test_doctor(void)
{
	doctor_list checks = { 0 };
	bool works = false;

	doctor_run(&checks);
	for (size_t i = 0; i < checks.n; i++)
		if (!strcmp(checks.v[i].name, "user namespaces"))
			works = checks.v[i].verdict == DOCTOR_OK;
	tap_ok(works, "%s: the doctor finds user namespaces", who);
	doctor_free(&checks);
}

/* --- each user --- */

static void test_all(void)
{
	test_ends();
	tap_ok(exited(run(programs), 0), "%s: programs", who);
	test_terminal();
	test_doctor();
}

/* In a child with a count of its own: a pipe tells the parent how far it came. */
static void be_nobody(void)
{
	int pipes[2], status, counts[2] = { 0 };
	pid_t pid;

	fflush(stdout);
	if (pipe2(pipes, O_CLOEXEC) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		int before = tap_count;

		who = "nobody";
		if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
		    setresuid(NOBODY, NOBODY, NOBODY) < 0)
			_exit(99);
		/* A change of user hides a process from itself; a login ends that by
		 * exec. */
		prctl(PR_SET_DUMPABLE, 1);
		tap_failures = 0;
		test_all();
		counts[0] = tap_count - before;
		counts[1] = tap_failures;
		_exit(write(pipes[1], counts, sizeof(counts)) == sizeof(counts) ? 0 : 99);
	}
	close(pipes[1]);
	waitpid(pid, &status, 0);
	if (read(pipes[0], counts, sizeof(counts)) == sizeof(counts)) {
		tap_count += counts[0];
		tap_failures += counts[1];
	}
	close(pipes[0]);
	tap_ok(exited(status, 0), "nobody: ended well");
}

int main(void)
{
	struct error err cleanup_error = ERROR_INIT;
	pid_t pid = fork();
	int status;

	/* Under nohup(1) it would be ignored, and programs would inherit that. */
	signal(SIGHUP, SIG_DFL);
	/* A machine that has no sandboxes says why; that is all there is to test. */
	if (pid == 0) {
		if (sandbox_enter(&err) < 0) {
			tap_skip(1, "%s", err.message);
			fflush(stdout);
			_exit(err.status == STATUS_UNSUPPORTED ? 77 : 1);
		}
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (exited(status, 77)) {
		printf("1..1\n");
		return 0;
	}
	who = geteuid() == 0 ? "root" : "user";
	test_all();
	if (geteuid() == 0)
		be_nobody();
	return tap_done();
}
