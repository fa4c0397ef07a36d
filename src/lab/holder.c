/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/kernel.h"

#define LISTENER 3
#define DIRECTORY 4
#define LOOK_EVERY 10000 /* milliseconds: whether the socket still has its name */

/* Nothing of whoever made the lab is kept open, or could be reached through this process.
 */
static void let_go(int listener, int directory)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Above the numbers that they are to have, as these may be taken. */
	listener = fcntl(listener, F_DUPFD_CLOEXEC, DIRECTORY + 1);
	directory = fcntl(directory, F_DUPFD_CLOEXEC, DIRECTORY + 1);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	if (dup3(listener, LISTENER, O_CLOEXEC) < 0 ||
	    dup3(directory, DIRECTORY, O_CLOEXEC) < 0)
		_exit(1);
	if (close_range(DIRECTORY + 1, ~0U, 0) < 0)
		for (int fd = DIRECTORY + 1; fd < 1024; fd++)
			close(fd);
	setsid();
	if (chdir("/") < 0)
		_exit(1);
	umask(022);
	prctl(PR_SET_NAME, "nsh-lab");
	prctl(PR_SET_PDEATHSIG, 0);
}

/* Entries of a directory; NUMBERS: those alone whose names are numbers. -1: it cannot be
 * read. */
static long count_entries(const char *path, bool numbers)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	long count = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)) != NULL)
		if (numbers ? isdigit((unsigned char)entry->d_name[0]) != 0
			    : entry->d_name[0] != '.')
			count++;
	closedir(directory);
	return count;
}

static long count_processes(void)
{
	char self[32];
	ssize_t length = readlink("/proc/self", self, sizeof(self));

	/* Where there could be no /proc of the lab's own, what there is tells of others.
	 */
	if (length != 1 || self[0] != '1')
		return -1;
	return count_entries("/proc", true) - 1;
}

static void tell(int connection, int pidfd, long long since)
{
	long namespaces = count_entries(NETNS_DIR, false);
	char text[128];
	struct iovec bytes = { .iov_base = text };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &bytes,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &pidfd, sizeof(int));
	bytes.iov_len =
		(size_t)snprintf(text, sizeof(text), HOLDER_ANSWER, since,
				 namespaces < 0 ? 0 : namespaces, count_processes());
	/* Whoever asked may have gone: MSG_NOSIGNAL, and nothing to be done about it. */
	if (sendmsg(connection, &message, MSG_NOSIGNAL) < 0)
		return;
}

static bool is_mine(int connection)
{
	struct ucred who;
	socklen_t length = sizeof(who);

	return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0 &&
	       who.uid == geteuid();
}

static void answer(int pidfd, long long since)
{
	const struct timeval patience = { .tv_sec = 1 };
	cleanup_close int connection = accept4(LISTENER, NULL, NULL, SOCK_CLOEXEC);
	char request;

	if (connection < 0 || !is_mine(connection))
		return;
	setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (recv(connection, &request, 1, 0) != 1)
		return;
	if (request == HOLDER_END)
		_exit(0);
	if (request == HOLDER_TELL)
		tell(connection, pidfd, since);
}

void holder_run(int listener, int directory, const char *name)
{
	struct pollfd asked = { .fd = LISTENER, .events = POLLIN };
	cleanup_free char *socket_name = strdup(name);
	struct stat first, now;
	int pidfd;

	let_go(listener, directory);
	/* Orphans of the lab come here, and leave no trace. */
	signal(SIGCHLD, SIG_IGN);
	pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (!socket_name || pidfd < 0 || fstatat(DIRECTORY, socket_name, &first, 0) < 0)
		_exit(1);
	fcntl(pidfd, F_SETFD, FD_CLOEXEC);
	for (;;) {
		int ready = poll(&asked, 1, LOOK_EVERY);

		if (ready > 0)
			answer(pidfd, (long long)first.st_mtime);
		if (fstatat(DIRECTORY, socket_name, &now, AT_SYMLINK_NOFOLLOW) < 0 ||
		    now.st_ino != first.st_ino || now.st_dev != first.st_dev)
			_exit(0);
	}
}
