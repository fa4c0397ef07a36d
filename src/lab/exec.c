/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab/exec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/interrupt.h"

/* Root's own choice of PATH is not to be trusted to find the machine's programs. */
#define ROOT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define USUAL_PATH "/usr/local/bin:/usr/bin:/bin"

/* Where it went wrong in the child. */
enum step { STEP_SETNS, STEP_UNSHARE, STEP_INPUT, STEP_EXEC };

struct report {
	int step;
	int number; /* errno */
};

/* What the child needs to know. */
struct start {
	const char *ns; /* NULL: here */
	int netns; /* descriptor of the namespace */
	const char *path;
	char *const *argv;
	const char *hosts;
	bool own_group; /* a process group of its own */
	bool terminal; /* ... which gets the terminal */
	int input; /* of a viewer: becomes its standard input */
	char *const *environment;
};

/* Whether a program has the terminal that nsh is to get back. */
static bool terminal_lent;

/* As tcsetpgrp(), which a process in the background may do only without SIGTTOU. */
static void give_terminal(pid_t group)
{
	sigset_t block, old;

	sigemptyset(&block);
	sigaddset(&block, SIGTTOU);
	sigprocmask(SIG_BLOCK, &block, &old);
	tcsetpgrp(STDIN_FILENO, group);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void terminal_back(void)
{
	if (terminal_lent)
		give_terminal(getpgrp());
	terminal_lent = false;
}

/* Why PATH is no program: an errno, or 0 where it is one. */
static int check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (!S_ISREG(st.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

/* The program NAME of the directories in PATH, NULL with *NUMBER where there is none. */
static char *look_up(const char *name, const char *path, int *number)
{
	*number = ENOENT;
	for (const char *at = path;; at++) {
		size_t length = strcspn(at, ":");
		char *full;
		int why;

		/* An empty piece is the working directory: POSIX. */
		full = length ? xasprintf("%.*s/%s", (int)length, at, name)
			      : xasprintf("./%s", name);
		why = check_program(full);
		if (why == 0)
			return full;
		/* A later directory may do; else what is there but is none is worth
		 * telling, and directories that may not be looked into are not. */
		if (why != EISDIR && access(full, F_OK) == 0)
			*number = why;
		free(full);
		at += length;
		if (!*at)
			return NULL;
	}
}

static char *look_in_path(const char *name, bool root, int *number)
{
	const char *path = root ? ROOT_PATH : getenv("PATH");

	return look_up(name, path ? path : USUAL_PATH, number);
}

static char *find_program(const char *name, bool root, struct error *err)
{
	char *found = NULL;
	int number;

	if (strchr(name, '/')) {
		number = check_program(name);
		if (number == 0)
			return xstrdup(name);
	} else if (*name) {
		found = look_in_path(name, root, &number);
		if (found)
			return found;
	} else {
		number = ENOENT;
	}
	if (number == ENOENT || number == ENOTDIR)
		error_set(err, STATUS_FAILED, -1, "there is no program %s",
			  *name ? name : "\"\"");
	else if (number == EISDIR)
		error_set(err, STATUS_FAILED, -1, "%s is a directory", name);
	else if (number == EACCES)
		error_set(err, STATUS_FAILED, -1, "%s is not executable", name);
	else
		error_errno(err, STATUS_FAILED, -1, number, "cannot run %s", name);
	err->number = number;
	return NULL;
}

/* Binds the files of /etc/netns/NAME over those of /etc: ip-netns(8). */
static void bind_etc(const char *ns)
{
	cleanup_free char *from = xasprintf("/etc/netns/%s", ns);
	DIR *directory = opendir(from);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory)) != NULL) {
		cleanup_free char *file = NULL, *to = NULL;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		file = xasprintf("%s/%s", from, entry->d_name);
		to = xasprintf("/etc/%s", entry->d_name);
		if (mount(file, to, "none", MS_BIND, NULL) < 0)
			fprintf(stderr, "nsh: cannot put %s over %s: %s\n", file, to,
				strerror(errno));
	}
	if (directory)
		closedir(directory);
}

static int write_hosts(const char *path, const char *hosts)
{
	cleanup_close int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	cleanup_close int from = open("/etc/hosts", O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t got = 0;

	if (to < 0 || fchmod(to, 0644) < 0 || write_all(to, hosts, strlen(hosts)) < 0)
		return -1;
	while (from >= 0 && (got = read(from, bytes, sizeof(bytes))) > 0)
		if (write_all(to, bytes, (size_t)got) < 0)
			return -1;
	return got < 0 ? -1 : 0;
}

/*
 * Binds HOSTS and the machine's own lines over /etc/hosts. The file is on a tmpfs that is
 * mounted over /tmp for just as long as it takes to bind it: nothing gets to the disk,
 * and it is gone with the mount namespace. A machine without /etc/hosts stays without.
 */
static void bind_hosts(const char *hosts)
{
	if (access("/etc/hosts", F_OK) < 0 ||
	    mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "mode=0755") < 0)
		return;
	if (write_hosts("/tmp/hosts", hosts) < 0 ||
	    mount("/tmp/hosts", "/etc/hosts", "none", MS_BIND, NULL) < 0)
		fprintf(stderr, "nsh: no names of namespaces in /etc/hosts: %s\n",
			strerror(errno));
	umount2("/tmp", MNT_DETACH);
}

/*
 * A /sys of this network namespace. It goes over the old one, which unlike in ip-netns(8)
 * is not unmounted first: in a user namespace the kernel mounts none where none can be
 * seen, and where it refuses the old one is better than nothing.
 */
static void mount_sys(void)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	struct statvfs fs;

	if (statvfs("/sys", &fs) == 0 && (fs.f_flag & ST_RDONLY))
		flags |= MS_RDONLY;
	mount("sysfs", "/sys", "sysfs", flags, NULL);
}

static void child_signals(const struct start *start)
{
	/* What an interactive shell may ignore, besides what interrupt_child() puts
	 * back. */
	static const int others[] = { SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU };

	if (start->own_group)
		setpgid(0, 0);
	if (start->terminal)
		give_terminal(getpgrp());
	interrupt_child();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		signal(others[i], SIG_DFL);
}

/*
 * In a sandbox nsh may do anything to it, and root to the machine; a program that only shows
 * something is to have no more rights than its user has anyway, also not by a set-uid program.
 */
static void drop_rights(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	/* Fails where there are no rights to give up. */
	prctl(PR_SET_SECUREBITS,
	      SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
		      SECBIT_NO_SETUID_FIXUP_LOCKED,
	      0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	syscall(SYS_capset, &header, none);
}

static struct report viewer_run(const struct start *start)
{
	child_signals(start);
	if (dup2(start->input, STDIN_FILENO) < 0)
		return (struct report){ STEP_INPUT, errno };
	drop_rights();
	descriptors_restore();
	execve(start->path, start->argv, start->environment);
	return (struct report){ STEP_EXEC, errno };
}

/* Where it is, then what it is. Returns only to tell why not. */
static struct report child_run(const struct start *start)
{
	bool host = !strcmp(start->ns, HOST), hosts = start->hosts && *start->hosts;

	child_signals(start);
	if (setns(start->netns, CLONE_NEWNET) < 0)
		return (struct report){ STEP_SETNS, errno };
	/* On host all is as it should be already, but for the names. */
	if (!host || hosts) {
		if (unshare(CLONE_NEWNS) < 0)
			return (struct report){ STEP_UNSHARE, errno };
		/* EINVAL: "/" is no mount point, as in a chroot; what is mounted below
		 * would get out to the machine. */
		if (mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) < 0)
			return (struct report){ STEP_UNSHARE, errno };
	}
	if (!host) {
		mount_sys();
		bind_etc(start->ns);
	}
	if (hosts)
		bind_hosts(start->hosts);
	descriptors_restore();
	execv(start->path, start->argv);
	if (errno == ENOEXEC) {
		/* A script without "#!": for sh, as execvp(3) and every shell have it. */
		VECTOR(char *) argv = { 0 };

		*vector_add(&argv) = xstrdup("sh");
		*vector_add(&argv) = xstrdup(start->path);
		for (size_t i = 1; start->argv[i]; i++)
			*vector_add(&argv) = start->argv[i];
		*vector_add(&argv) = NULL;
		execv("/bin/sh", argv.v);
		errno = ENOEXEC;
	}
	return (struct report){ STEP_EXEC, errno };
}

static int explain(const struct report *report, const struct start *start,
		   struct error *err)
{
	const char *name = start->argv[0];

	switch ((enum step)report->step) {
	case STEP_SETNS:
		return error_errno(err, STATUS_FAILED, -1, report->number,
				   "cannot enter namespace %s", start->ns);
	case STEP_UNSHARE:
		return error_errno(err, STATUS_FAILED, -1, report->number,
				   "cannot make a mount namespace for %s", name);
	case STEP_INPUT:
		return error_errno(err, STATUS_FAILED, -1, report->number,
				   "cannot give %s its input", name);
	case STEP_EXEC:
		break;
	}
	if (report->number == ENOENT) {
		error_set(err, STATUS_FAILED, -1, "the interpreter of %s is missing",
			  name);
		err->number = ENOENT;
		return error_hint(err, "it is named in the first line of %s",
				  start->path);
	}
	return error_errno(err, STATUS_FAILED, -1, report->number, "cannot run %s", name);
}

/* Whether there is a terminal that nsh has and can take back. */
static bool may_lend_terminal(void)
{
	pid_t group = getpgrp();

	/* 0: the group is of another PID namespace and has no number to call it back
	 * by. */
	return group > 0 && isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == group;
}

/* Starts it, and waits until it is what it is to be. */
static int launch(const struct start *start, pid_t *pid, struct error *err)
{
	cleanup_close int told = -1, tell = -1;
	struct report report;
	int pipes[2];
	ssize_t got;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make a pipe");
	told = pipes[0];
	tell = pipes[1];
	*pid = fork();
	if (*pid < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot start %s",
				   start->argv[0]);
	if (*pid == 0) {
		report = start->ns ? child_run(start) : viewer_run(start);
		_exit(write(tell, &report, sizeof(report)) == sizeof(report) ? 127 : 126);
	}
	close(steal_fd(&tell));
	if (start->terminal)
		terminal_lent = true;
	do {
		got = read(told, &report, sizeof(report));
	} while (got < 0 && errno == EINTR);
	if (got != sizeof(report))
		return 0;
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	*pid = -1;
	if (start->terminal)
		terminal_back();
	return explain(&report, start, err);
}

static bool is_machine_root(const struct kernel *kernel)
{
	return geteuid() == 0 && kernel && !kernel_is_sandbox(kernel);
}

bool exec_finds(const struct kernel *kernel, const char *name)
{
	cleanup_free char *found = NULL;
	int number;

	if (*name && !strchr(name, '/'))
		found = look_in_path(name, is_machine_root(kernel), &number);
	return found != NULL;
}

int exec_start(struct kernel *kernel, const char *ns, char *const argv[],
	       const char *hosts, bool foreground, pid_t *pid, struct error *err)
{
	cleanup_free char *path = find_program(argv[0], is_machine_root(kernel), err);
	struct start start = { .ns = ns, .path = path, .argv = argv, .hosts = hosts };

	if (!path)
		return -1;
	start.netns = kernel_netns_fd(kernel, ns, err);
	if (start.netns < 0)
		return -1;
	start.terminal = foreground && may_lend_terminal();
	/* In the background Ctrl-C at the prompt is not meant for it. */
	start.own_group = start.terminal || (!foreground && isatty(STDIN_FILENO));
	return launch(&start, pid, err);
}

int exec_viewer(char *const argv[], char *const environment[], bool root, int input, pid_t *pid,
		struct error *err)
{
	cleanup_free char *path = find_program(argv[0], root, err);
	const struct start start = {
		.path = path,
		.argv = argv,
		.environment = environment,
		.input = input,
		.own_group = true,
		.terminal = true,
	};

	if (!path)
		return -1;
	if (!may_lend_terminal())
		return error_set(err, STATUS_FAILED, -1, "%s needs the terminal", argv[0]);
	return launch(&start, pid, err);
}

/* The program stopped: there is no such thing as a stopped job in nsh. */
static void go_on(pid_t pid, int signal_number)
{
	const struct timespec pause = { .tv_nsec = 100000000 };

	/* It wants a terminal that nsh itself does not have now: no need to hurry. */
	if (signal_number == SIGTTIN || signal_number == SIGTTOU)
		nanosleep(&pause, NULL);
	kill(getpgid(pid) == pid ? -pid : pid, SIGCONT);
}

int exec_wait(pid_t pid)
{
	/* So that SIGTERM gets in: signals are blocked except where nsh polls. */
	cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd gone = { .fd = pidfd, .events = POLLIN };
	bool passed_on = false;
	int status = 0;

	for (;;) {
		pid_t got = waitpid(pid, &status, WUNTRACED | (pidfd < 0 ? 0 : WNOHANG));

		if (got < 0 && errno != EINTR) {
			status = 127 << 8; /* somebody else has waited for it */
			break;
		}
		if (got == pid && WIFSTOPPED(status))
			go_on(pid, WSTOPSIG(status));
		else if (got == pid)
			break;
		if (terminated && !passed_on) {
			kill(pid, terminated);
			passed_on = true;
		} else if (got == 0) {
			interrupt_poll(&gone, 1, -1);
		}
	}
	terminal_back();
	return status;
}
