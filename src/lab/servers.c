/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab/servers.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/traffic.h"

static bool proc_is_ours(void)
{
	char self[32];
	ssize_t length = readlink("/proc/self", self, sizeof(self) - 1);

	if (length <= 0)
		return false;
	self[length] = '\0';
	return atoi(self) == getpid();
}

static int compare(const void *a, const void *b)
{
	return ((const struct server_found *)a)->pid -
	       ((const struct server_found *)b)->pid;
}

bool servers_find(server_found_list *servers)
{
	DIR *proc = proc_is_ours() ? opendir("/proc") : NULL;
	const struct dirent *entry;

	servers->n = 0;
	if (!proc)
		return false;
	while ((entry = readdir(proc)) != NULL) {
		unsigned long long pid;
		struct server_found *one;
		char path[64];
		struct stat st;
		uint16_t port;

		if (!str_number(entry->d_name, 1, INT_MAX, &pid))
			continue;
		if (!serve_is_server((pid_t)pid, true, &port))
			continue;
		snprintf(path, sizeof(path), "/proc/%llu/ns/net", pid);
		/* One that has ended and is not waited for yet is in no namespace. */
		if (stat(path, &st) < 0)
			continue;
		one = vector_add(servers);
		*one = (struct server_found){
			.pid = (pid_t)pid,
			.port = port,
			.own = serve_is_server((pid_t)pid, false, &port),
			.dev = st.st_dev,
			.ino = st.st_ino,
		};
	}
	closedir(proc);
	if (servers->n > 1)
		qsort(servers->v, servers->n, sizeof(*servers->v), compare);
	return true;
}

void process_end(pid_t pid)
{
	cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	kill(pid, SIGKILL);
	if (pidfd >= 0)
		poll(&ended, 1, 2000);
	waitpid(pid, NULL, pidfd >= 0 ? WNOHANG : 0);
}
