/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/descriptors.h"

#include <errno.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>

int write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = write(fd, bytes, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		length -= (size_t)put;
	}
	return 0;
}

static struct rlimit given; /* before it was raised */
static bool raised;

static size_t as_size(rlim_t limit)
{
	return limit == RLIM_INFINITY || limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
}

size_t descriptors_limit(void)
{
	struct rlimit limit;

	/* POSIX promises so many to every process. */
	return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 20 : as_size(limit.rlim_cur);
}

size_t descriptors_hard_limit(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 20 : as_size(limit.rlim_max);
}

bool descriptors_raise(void)
{
	struct rlimit limit, most;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return false;
	most = limit;
	most.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &most) < 0)
		return false;
	if (!raised)
		given = limit;
	raised = true;
	return true;
}

void descriptors_restore(void)
{
	/* Best effort: the program has more than it would have had. */
	if (raised)
		setrlimit(RLIMIT_NOFILE, &given);
}
