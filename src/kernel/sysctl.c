/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"

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
