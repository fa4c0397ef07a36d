/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "kernel/kernel-internal.h"

/* --- settings of many namespaces --- */

/* How many namespaces, or settings that are read, share a /proc. */
#define PROC_SHARED 64

int mount_nowhere(const char *type)
{
	cleanup_close int context = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);

	if (context < 0 ||
	    syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
			    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/*
 * Below one /proc/sys/net stand the settings of every namespace of the machine under the same
 * names, one behind the other in one place of the kernel's table: to look up those of the
 * thousandth costs as much as all the rest of it. A /proc of one's own knows none of them.
 */
int sysctl_fresh_proc(void)
{
	static int proc = -1, left;
	static bool refused;

	if (left-- > 0)
		return proc;
	if (proc >= 0)
		close(proc);
	proc = refused ? -1 : mount_nowhere("proc");
	/* Where it may not be had, not where there was no room for it just now. */
	refused = proc < 0 && errno != EMFILE && errno != ENFILE && errno != ENOMEM;
	left = proc < 0 ? 0 : PROC_SHARED;
	return proc;
}

/*
 * /proc/sys/net shows the network namespace of who looks the name up, not that of who mounted
 * /proc: the file is opened inside, and stays that namespace's whoever reads it then.
 */
struct open_sysctl {
	const char *ns;
	const char *key;
	int flags;
	int fd;
};

/* So many settings are read of /proc itself, which for a few is the quickest. */
#define READ_PLAINLY 32

/* Where it can be had, the same from a /proc that knows few namespaces; else -1. */
static int read_fresh(const struct open_sysctl *want, const char *path)
{
	static unsigned reads;
	int proc;

	if (want->flags != O_RDONLY || ++reads <= READ_PLAINLY)
		return -1;
	proc = sysctl_fresh_proc();
	return proc < 0 ? -1 : openat(proc, path + strlen("/proc/"), O_RDONLY | O_CLOEXEC);
}

static int open_sysctl(void *data, struct error *err)
{
	struct open_sysctl *want = data;
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "/proc/sys/%s", want->key);

	if (length < 0 || (size_t)length >= sizeof(path) || strstr(want->key, "..")) {
		error_set(err, STATUS_FAILED, -1, "%s is not the name of a setting",
			  want->key);
		err->number = ENOENT;
		return -1;
	}
	want->fd = read_fresh(want, path);
	if (want->fd < 0)
		want->fd = open(path, want->flags | O_CLOEXEC);
	if (want->fd >= 0)
		return 0;
	if (errno == ENOENT) {
		error_set(err, STATUS_FAILED, -1, "%s has no setting %s", want->ns, want->key);
		err->number = ENOENT;
	} else if (errno == EROFS) {
		error_set(err, STATUS_UNSUPPORTED, -1,
			  "/proc/sys is read-only here: %s of %s cannot be changed", want->key,
			  want->ns);
		err->number = EROFS;
	} else {
		error_errno(err, STATUS_FAILED, -1, errno, "cannot open setting %s of %s",
			    want->key, want->ns);
	}
	return -1;
}

static int sysctl_fd(struct kernel *kernel, const char *name, const char *key, int flags,
		     struct error *err)
{
	struct open_sysctl want = { .ns = name, .key = key, .flags = flags, .fd = -1 };

	if (kernel_inside(kernel, name, open_sysctl, &want, err) < 0) {
		if (want.fd >= 0)
			close(want.fd);
		return -1;
	}
	return want.fd;
}

int kernel_sysctl_get(struct kernel *kernel, const char *name, const char *key, char **value,
		      struct error *err)
{
	cleanup_close int fd = sysctl_fd(kernel, name, key, O_RDONLY, err);
	char text[4096];
	size_t length = 0;

	*value = NULL;
	if (fd < 0)
		return -1;
	while (length < sizeof(text)) {
		ssize_t got = read(fd, text + length, sizeof(text) - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, STATUS_FAILED, -1, errno,
					   "cannot read setting %s of %s", key, name);
		if (got == 0)
			break;
		length += (size_t)got;
	}
	while (length > 0 && text[length - 1] == '\n')
		length--;
	*value = xstrndup(text, length);
	return 0;
}

int kernel_sysctl_set(struct kernel *kernel, const char *name, const char *key,
		      const char *value, struct error *err)
{
	cleanup_close int fd = sysctl_fd(kernel, name, key, O_WRONLY, err);
	size_t length = strlen(value);
	ssize_t put;

	if (fd < 0)
		return -1;
	/* In one write: the kernel takes each for a value of its own. */
	do {
		put = write(fd, value, length);
	} while (put < 0 && errno == EINTR);
	if (put < 0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "the kernel does not take %s for %s of %s",
				   *value ? value : "\"\"", key, name);
	if ((size_t)put != length)
		return error_set(err, STATUS_FAILED, -1, "%s of %s was set in part only", key,
				 name);
	return 0;
}

bool kernel_sysctl_here(const char *key, const char *value)
{
	cleanup_free char *path = xasprintf("/proc/sys/%s", key);
	cleanup_close int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(value);

	return fd >= 0 && write(fd, value, (size_t)length) == length;
}

/* --- namespaces just made --- */

/* How long, in milliseconds, what one was born with holds for the next. */
#define BORN_MS 20

/* What the last one was born with, in one of the few settings that this is asked for. */
struct born {
	const char *key;
	long long when; /* clock_ms() */
	bool with_it;	/* with the value that it was to have */
};

static struct born *born_with(const char *key)
{
	static struct born born[4];
	size_t at = 0;

	while (at < 3 && born[at].key && strcmp(born[at].key, key) != 0)
		at++;
	if (!born[at].key || strcmp(born[at].key, key) != 0)
		born[at] = (struct born){ .key = key };
	return &born[at];
}

void kernel_sysctl_newborn(const char *key, const char *value)
{
	struct born *born = born_with(key);
	bool known = born->when && clock_ms() - born->when < BORN_MS;
	size_t length = strlen(value);
	cleanup_close int fd = -1;
	char path[PATH_MAX], was[8] = "";
	int proc;

	if (known && born->with_it)
		return;
	proc = sysctl_fresh_proc();
	snprintf(path, sizeof(path), "%ssys/%s", proc < 0 ? "/proc/" : "", key);
	fd = openat(proc, path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!known) {
		born->when = clock_ms();
		born->with_it = pread(fd, was, sizeof(was) - 1, 0) > (ssize_t)length &&
				strncmp(was, value, length) == 0 && was[length] == '\n';
	}
	if (!born->with_it && pwrite(fd, value, length, 0) < 0)
		return; /* it stays what the kernel made it */
}
