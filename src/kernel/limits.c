/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/str.h"

/* The first number of a small file; -1: there is none. */
static long long read_number(const char *path)
{
	cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[64] = "";

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	return atoll(text);
}

long long kernel_limit(const char *key)
{
	cleanup_free char *path = xasprintf("/proc/sys/%s", key);

	return read_number(path);
}

size_t kernel_mounts(size_t most)
{
	cleanup_close int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	char bytes[16384];
	size_t count = 0;
	ssize_t got;

	while (fd >= 0 && count < most && (got = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < got; i++)
			count += bytes[i] == '\n';
	return count < most ? count : most;
}

long long kernel_files_open(void)
{
	return read_number("/proc/sys/fs/file-nr");
}

int netns_limit_reached(struct error *err)
{
	long long limit = kernel_limit("user/max_net_namespaces");

	error_set(err, STATUS_UNSUPPORTED, -1,
		  "there is no room for another namespace: all that user.max_net_namespaces "
		  "allows are in use");
	err->number = ENOSPC;
	/* Each user namespace has a limit of its own, and is held to those around it. */
	if (limit < INT_MAX)
		return error_hint(err, "it is %lld here; around a sandbox or container there may "
				       "be a lower one: as root there, sysctl -w "
				       "user.max_net_namespaces=100000", limit);
	return error_hint(err, "outside this sandbox or container it is lower: as root there, "
			       "sysctl -w user.max_net_namespaces=100000");
}
