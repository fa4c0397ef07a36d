/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/limits.h"
#include "lab/outside.h"

#define NAMESPACES                                                                       \
	(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS |      \
	 CLONE_NEWIPC)

#define TMPFS_FLAGS (MS_NOSUID | MS_NODEV)
#define TMPFS_OPTIONS "mode=0755"

/* Where it went wrong; what the child reports. */
enum step {
	STEP_DONE,
	STEP_CLONE, /* the namespaces */
	STEP_MAP, /* user and group numbers */
	STEP_MOUNT, /* the private NETNS_DIR */
	STEP_LO, /* lo up */
	STEP_DIED, /* the child was gone before it could say */
};

struct report {
	int step;
	int number; /* errno */
};

bool machine_allowed(void)
{
	struct __user_cap_header_struct header = { .version =
							   _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	const uint32_t needed = 1U << CAP_NET_ADMIN | 1U << CAP_SYS_ADMIN;

	return syscall(SYS_capget, &header, data) == 0 &&
	       (data[0].effective & needed) == needed;
}

/* Whether a system call filter is on this process. */
static bool is_filtered(void)
{
	cleanup_file FILE *status = fopen("/proc/self/status", "re");
	char line[256];

	while (status && fgets(line, sizeof(line), status))
		if (str_starts(line, "Seccomp:"))
			return atoi(line + strlen("Seccomp:")) == 2;
	return false;
}

/* A setting whose value 0 forbids one of the namespaces. */
static bool explain_limit(struct error *err)
{
	static const struct {
		const char *key, *name, *what;
	} limits[] = {
		{ "user/max_user_namespaces", "user.max_user_namespaces", "user" },
		{ "user/max_net_namespaces", "user.max_net_namespaces", "network" },
		{ "user/max_mnt_namespaces", "user.max_mnt_namespaces", "mount" },
		{ "user/max_pid_namespaces", "user.max_pid_namespaces", "PID" },
		{ "user/max_uts_namespaces", "user.max_uts_namespaces", "UTS" },
		{ "user/max_ipc_namespaces", "user.max_ipc_namespaces", "IPC" },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (kernel_limit(limits[i].key) != 0)
			continue;
		error_set(err, STATUS_UNSUPPORTED, -1,
			  "%s namespaces are switched off here: %s is 0", limits[i].what,
			  limits[i].name);
		error_hint(err, "as root: sysctl -w %s=10000", limits[i].name);
		return true;
	}
	return false;
}

/* Settings that forbid user namespaces to ordinary users alone. */
static bool explain_unprivileged(int number, struct error *err)
{
	if (machine_allowed() || (number != EPERM && number != EACCES))
		return false;
	if (kernel_limit("kernel/unprivileged_userns_clone") == 0) {
		error_set(err, STATUS_UNSUPPORTED, -1,
			  "ordinary users may not make namespaces here: "
			  "kernel.unprivileged_userns_clone is 0");
		error_hint(err, "as root: sysctl -w kernel.unprivileged_userns_clone=1");
		return true;
	}
	if (kernel_limit("kernel/apparmor_restrict_unprivileged_userns") == 1) {
		error_set(err, STATUS_UNSUPPORTED, -1,
			  "AppArmor keeps ordinary users from making namespaces here: "
			  "kernel.apparmor_restrict_unprivileged_userns is 1");
		error_hint(
			err,
			"as root: sysctl -w "
			"kernel.apparmor_restrict_unprivileged_userns=0, or give nsh an "
			"AppArmor profile with the rule \"userns,\"");
		return true;
	}
	return false;
}

static const char *step_text(enum step step)
{
	switch (step) {
	case STEP_CLONE:
		return "cannot make its namespaces";
	case STEP_MAP:
		return "cannot become root in it";
	case STEP_MOUNT:
		return "cannot mount a private " NETNS_DIR " in it";
	case STEP_LO:
		return "cannot bring its lo up";
	case STEP_DONE:
	case STEP_DIED:
		break;
	}
	return "it ended before it began";
}

/* Says what keeps the sandbox from being made: the setting, where there is one. Returns
 * -1. */
static int explain(const struct report *report, struct error *err)
{
	int number = report->number;

	if (access("/proc/self/ns/net", F_OK) == 0 &&
	    access("/proc/self/ns/user", F_OK) < 0) {
		error_set(err, STATUS_UNSUPPORTED, -1,
			  "this kernel has no user namespaces");
		error_hint(err, "it would have to be built with CONFIG_USER_NS");
	} else if (number != 0 && explain_limit(err)) {
		/* said */
	} else if (explain_unprivileged(number, err)) {
		/* said */
	} else if (number == ENOSPC || number == EUSERS) {
		error_set(err, STATUS_UNSUPPORTED, -1,
			  "there are too many namespaces already, or too deep in one "
			  "another");
		error_hint(err, "the limits are user.max_user_namespaces, "
				"user.max_net_namespaces and their like: "
				"sysctl -a -r 'user.max_.*_namespaces'");
	} else if (number == EPERM || number == EACCES || number == ENOSYS) {
		error_errno(err, STATUS_UNSUPPORTED, -1, number, "no sandbox here: %s",
			    step_text(report->step));
		error_hint(
			err,
			"%s; docker: run it with --privileged, or with "
			"--security-opt seccomp=unconfined --security-opt "
			"apparmor=unconfined --security-opt systempaths=unconfined",
			is_filtered()
				? "a seccomp filter is on this process, as in containers"
				: "a container, a chroot or a security module forbids "
				  "it");
	} else if (number) {
		error_errno(err, STATUS_UNSUPPORTED, -1, number, "no sandbox here: %s",
			    step_text(report->step));
	} else {
		error_set(err, STATUS_UNSUPPORTED, -1, "no sandbox here: %s",
			  step_text(report->step));
	}
	err->number = number;
	return -1;
}

/* Writes TEXT to file NAME of process PID in one go, as the maps want it. */
static int write_proc(pid_t pid, const char *name, const char *text)
{
	cleanup_free char *path = xasprintf("/proc/%d/%s", (int)pid, name);
	cleanup_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

/*
 * Maps each number that this namespace knows to itself: for root in the first one that is
 * all of them. NAME: "uid_map" or "gid_map".
 */
static int map_all(pid_t pid, const char *name)
{
	cleanup_free char *own = xasprintf("/proc/self/%s", name);
	cleanup_file FILE *file = fopen(own, "re");
	struct buf map cleanup_buf = { 0 };
	unsigned long long inside, outside, count;

	while (file && fscanf(file, "%llu %llu %llu", &inside, &outside, &count) == 3)
		buf_addf(&map, "%llu %llu %llu\n", inside, inside, count);
	return write_proc(pid, name, buf_str(&map));
}

/* An ordinary user may map himself alone, and must give up setgroups(2) for it. */
static int map_one(pid_t pid, const char *name, unsigned id)
{
	cleanup_free char *map = xasprintf("0 %u 1\n", id);

	return write_proc(pid, name, map);
}

static int map_ids(pid_t pid)
{
	bool root = geteuid() == 0;

	if ((!root || map_all(pid, "uid_map") < 0) &&
	    map_one(pid, "uid_map", geteuid()) < 0)
		return -1;
	if (root && map_all(pid, "gid_map") == 0)
		return 0;
	/* A kernel before 3.19 has no such file, and no such need. */
	if (write_proc(pid, "setgroups", "deny") < 0 && errno != ENOENT)
		return -1;
	return map_one(pid, "gid_map", getegid());
}

/* Puts entry NAME of the old /run, which is the working directory, back into the new
 * one. */
static void put_back(const char *name, int run)
{
	struct stat st;
	int fd;

	if (fstatat(AT_FDCWD, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (S_ISLNK(st.st_mode)) {
		char target[4096];
		ssize_t length = readlink(name, target, sizeof(target) - 1);

		if (length < 0)
			return;
		target[length] = '\0';
		/* One that cannot be put back will be missed by nobody in here. */
		if (symlinkat(target, run, name) < 0)
			return;
	} else {
		cleanup_free char *path = xasprintf("/run/%s", name);

		if (S_ISDIR(st.st_mode)) {
			if (mkdirat(run, name, 0755) < 0)
				return;
		} else {
			fd = openat(run, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				    0644);
			if (fd < 0)
				return;
			close(fd);
		}
		mount(name, path, NULL, MS_BIND | MS_REC, NULL);
	}
}

/*
 * A /run of the sandbox's own in which there is a "netns": the machine's one has none,
 * and the sandbox is not to leave one behind on it.
 */
static int mount_run(void)
{
	cleanup_close int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), run = -1;
	int old = open("/run", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = old < 0 ? NULL : fdopendir(old);
	const struct dirent *entry;
	int result = -1;

	if (!directory)
		return -1;
	if (fchdir(old) == 0 &&
	    mount("tmpfs", "/run", "tmpfs", TMPFS_FLAGS, TMPFS_OPTIONS) == 0) {
		run = open("/run", O_PATH | O_DIRECTORY | O_CLOEXEC);
		while (run >= 0 && (entry = readdir(directory)) != NULL)
			if (strcmp(entry->d_name, ".") != 0 &&
			    strcmp(entry->d_name, "..") != 0)
				put_back(entry->d_name, run);
		result = mkdir(NETNS_DIR, 0755);
	}
	if (here < 0 || fchdir(here) < 0)
		result = chdir("/") < 0 ? -1 : result;
	closedir(directory);
	return result;
}

static int mount_all(void)
{
	struct stat st;

	/* Mounts of a less privileged namespace are slaves anyway: where "/" is no mount
	 * point, as in a chroot, nothing is lost. */
	mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
	if (lstat(NETNS_DIR, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (mount("tmpfs", NETNS_DIR, "tmpfs", TMPFS_FLAGS, TMPFS_OPTIONS) < 0)
			return -1;
	} else if (mount_run() < 0) {
		return -1;
	}
	/* The kernel refuses these where the old ones are partly hidden, as in
	 * containers. The old ones will do then: /proc/sys/net is that of the reader's
	 * network namespace. */
	mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	return 0;
}

/*
 * A new network namespace inherits the machine's IPv4 settings: where Docker is, it forwards. In
 * a sandbox the same lines are to do the same on every machine. Where /proc/sys is read-only it
 * stays as it came.
 */
static void settle_sysctls(void)
{
	kernel_sysctl_here("net/ipv4/ip_forward", "0");
}

static int lo_up(void)
{
	cleanup_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	return fd < 0 ? -1 : ioctl(fd, SIOCSIFFLAGS, &request);
}

/*
 * The child, from its first instruction until the sandbox stands. GO gives a byte when it
 * is mapped and ends when the parent does; the outcome goes to REPORT.
 */
static void child_run(int go, int report_fd, const struct outside *outside)
{
	struct pollfd gone = { .fd = go, .events = POLLIN };
	struct report report = { .step = STEP_DONE };
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* A parent that ended before the line above sends no signal: its pipe tells. */
	if (read(go, &byte, 1) != 1 ||
	    (poll(&gone, 1, 0) > 0 && (gone.revents & POLLHUP)))
		_exit(STATUS_FAILED);
	if (mount_all() < 0)
		report = (struct report){ STEP_MOUNT, errno };
	else if (lo_up() < 0)
		report = (struct report){ STEP_LO, errno };
	else if (outside)
		outside_take_terminal(outside);
	settle_sysctls();
	if (write(report_fd, &report, sizeof(report)) != sizeof(report) ||
	    report.step != STEP_DONE)
		_exit(STATUS_FAILED);
}

/* As fork(), into new namespaces: what the kernel refuses is refused before there is a
 * child. */
static pid_t fork_into(unsigned long namespaces)
{
#if defined(__s390__) || defined(__CRIS__)
	return (pid_t)syscall(SYS_clone, NULL, namespaces | SIGCHLD, NULL, NULL, NULL);
#else
	return (pid_t)syscall(SYS_clone, namespaces | SIGCHLD, NULL, NULL, NULL, NULL);
#endif
}

/* The parent, until the sandbox stands: what the child reported, or why it never did. */
static struct report parent_start(pid_t child, int go, int report_fd)
{
	struct report report = { .step = STEP_DIED };
	ssize_t got;

	if (map_ids(child) < 0)
		return (struct report){ STEP_MAP, errno };
	if (write(go, "", 1) != 1)
		return report;
	do {
		got = read(report_fd, &report, sizeof(report));
	} while (got < 0 && errno == EINTR);
	if (got != sizeof(report))
		return (struct report){ .step = STEP_DIED };
	return report;
}

/* What sandbox_enter() and sandbox_fork() share. */
static pid_t start(const struct outside *outside, struct error *err)
{
	cleanup_close int go_read = -1, go_write = -1, report_read = -1,
			  report_write = -1;
	struct report report;
	int go[2], back[2];
	pid_t child;

	if (pipe2(go, O_CLOEXEC) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make a pipe");
	go_read = go[0];
	go_write = go[1];
	if (pipe2(back, O_CLOEXEC) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot make a pipe");
	report_read = back[0];
	report_write = back[1];
	child = fork_into(NAMESPACES);
	if (child == 0) {
		close(steal_fd(&go_write));
		if (outside)
			outside_child(outside);
		child_run(go_read, report_write, outside);
		return 0;
	}
	if (child < 0) {
		report = (struct report){ STEP_CLONE, errno };
		return explain(&report, err);
	}
	/* Its own end of the first pipe stays open: writing must not raise SIGPIPE. */
	close(steal_fd(&report_write));
	report = parent_start(child, go_write, report_read);
	if (report.step == STEP_DONE)
		return child;
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return explain(&report, err);
}

int sandbox_enter(struct error *err)
{
	struct outside outside;
	pid_t child;

	outside_prepare(&outside);
	child = start(&outside, err);
	if (child > 0)
		outside_wait(&outside, child, -1, NULL);
	if (child < 0)
		outside_give_up(&outside);
	return (int)child;
}

pid_t sandbox_fork(struct error *err)
{
	return start(NULL, err);
}
