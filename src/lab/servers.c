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

/* The port in the name of a server's process, or 0. */
static uint16_t port_of(pid_t pid)
{
	char path[64], comm[32] = "";
	cleanup_file FILE *file = NULL;
	unsigned long long port;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (!file || !fgets(comm, sizeof(comm), file))
		return 0;
	comm[strcspn(comm, "\n")] = '\0';
	if (!str_starts(comm, SERVER_COMM) ||
	    !str_number(comm + strlen(SERVER_COMM), 1, 65535, &port))
		return 0;
	return (uint16_t)port;
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
		port = port_of((pid_t)pid);
		snprintf(path, sizeof(path), "/proc/%llu/ns/net", pid);
		/* One that has ended and is not waited for yet is in no namespace. */
		if (!port || stat(path, &st) < 0)
			continue;
		one = vector_add(servers);
		*one = (struct server_found){ (pid_t)pid, port, st.st_dev, st.st_ino };
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
