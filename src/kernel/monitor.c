/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/monitor.h"

#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>

#include "base/cleanup.h"

#define RETRY_FIRST 20	 /* ms until a namespace that could not be read is tried again: its name */
#define RETRY_LAST 1000	 /* is there before it is; later and later, as it may be a file left behind */
#define BYTES (32 << 10) /* no message of the kernel's is longer */
#define ROOM (1 << 20)	 /* bytes that a socket may hold, where that is allowed */

struct watched {
	char *name;
	ino_t ino;
	int rtnl, netfilter; /* -1: not to be had, or not wanted */
	bool seen;
};

struct monitor {
	struct kernel *kernel;
	unsigned what;
	const struct strings *only;
	VECTOR(struct watched) list;
	int inotify;
	bool on_directory; /* NETNS_DIR is there and watched; else what it will be made in */
	bool trouble;
	int retry; /* ms */
	char *buffer;
};

static const struct {
	unsigned what;
	int bus, group;
} groups[] = {
	{ MONITOR_LINKS, NETLINK_ROUTE, RTNLGRP_LINK },
	{ MONITOR_ADDRS, NETLINK_ROUTE, RTNLGRP_IPV4_IFADDR },
	{ MONITOR_ADDRS, NETLINK_ROUTE, RTNLGRP_IPV6_IFADDR },
	{ MONITOR_ROUTES, NETLINK_ROUTE, RTNLGRP_IPV4_ROUTE },
	{ MONITOR_ROUTES, NETLINK_ROUTE, RTNLGRP_IPV6_ROUTE },
	{ MONITOR_NEIGHS, NETLINK_ROUTE, RTNLGRP_NEIGH },
	{ MONITOR_NETCONF, NETLINK_ROUTE, RTNLGRP_IPV4_NETCONF },
	{ MONITOR_NETCONF, NETLINK_ROUTE, RTNLGRP_IPV6_NETCONF },
	{ MONITOR_RULES, NETLINK_NETFILTER, NFNLGRP_NFTABLES },
};

struct monitor *monitor_new(struct kernel *kernel, unsigned what, const struct strings *only,
			    struct error *err)
{
	struct monitor *monitor;
	int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (inotify < 0) {
		error_errno(err, STATUS_FAILED, -1, errno, "cannot watch " NETNS_DIR);
		return NULL;
	}
	monitor = xcalloc(1, sizeof(*monitor));
	monitor->kernel = kernel;
	monitor->what = what;
	monitor->only = only;
	monitor->inotify = inotify;
	monitor->buffer = xcalloc(1, BYTES);
	monitor->retry = RETRY_FIRST;
	return monitor;
}

static void watched_clear(struct watched *watched)
{
	if (watched->rtnl >= 0)
		close(watched->rtnl);
	if (watched->netfilter >= 0)
		close(watched->netfilter);
	free(watched->name);
}

void monitor_free(struct monitor *monitor)
{
	if (!monitor)
		return;
	for (size_t i = 0; i < monitor->list.n; i++)
		watched_clear(&monitor->list.v[i]);
	vector_free(&monitor->list);
	close(monitor->inotify);
	free(monitor->buffer);
	free(monitor);
}

/* Opens a socket for news in the namespace; -1 where the kernel has none such, or none is wanted. */
static int open_news(const struct monitor *monitor, const char *name, int bus)
{
	struct error err cleanup_error = ERROR_INIT;
	struct sockaddr_nl here = { .nl_family = AF_NETLINK };
	cleanup_close int fd = -1;
	int room = ROOM;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (groups[i].bus != bus || !(groups[i].what & monitor->what))
			continue;
		if (fd < 0) {
			fd = kernel_socket(monitor->kernel, name, AF_NETLINK,
					   SOCK_RAW | SOCK_NONBLOCK, bus, &err);
			/* First of all, as it takes the first groups away again. */
			if (fd < 0 || bind(fd, (const struct sockaddr *)&here, sizeof(here)) < 0)
				return -1;
		}
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i].group,
			       sizeof(groups[i].group)) < 0)
			return -1;
	}
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return steal_fd(&fd);
}

static int by_name(const void *a, const void *b)
{
	struct watched *const *one = a, *const *other = b;

	return strcmp((*one)->name, (*other)->name);
}

static int is_called(const void *name, const void *element)
{
	struct watched *const *watched = element;

	return strcmp(name, (*watched)->name);
}

/* What is watched, by name: good until the list changes. The caller frees it. */
static struct watched **sort_watched(const struct monitor *monitor)
{
	struct watched **sorted = xcalloc(monitor->list.n + 1, sizeof(struct watched *));

	for (size_t i = 0; i < monitor->list.n; i++)
		sorted[i] = &monitor->list.v[i];
	qsort(sorted, monitor->list.n, sizeof(struct watched *), by_name);
	return sorted;
}

/* Whether the namespace has to be opened: it is new, or another one by a known name. */
static bool is_new(struct monitor *monitor, struct watched *const *sorted, const char *name,
		   ino_t *ino)
{
	struct error err cleanup_error = ERROR_INIT;
	struct watched *const *known;
	dev_t dev;

	if (monitor->only && !strings_has(monitor->only, name))
		return false;
	if (kernel_netns_id(monitor->kernel, name, &dev, ino, &err) < 0) {
		monitor->trouble = true;
		return false;
	}
	known = bsearch(name, sorted, monitor->list.n, sizeof(struct watched *), is_called);
	if (!known || (*known)->ino != *ino)
		return true;
	(*known)->seen = true;
	return false;
}

static void add(struct monitor *monitor, const char *name, ino_t ino,
		void (*seen)(const struct monitor_event *event, void *data), void *data)
{
	struct watched *watched = vector_add(&monitor->list);

	watched->name = xstrdup(name);
	watched->ino = ino;
	watched->seen = true;
	watched->rtnl = open_news(monitor, name, NETLINK_ROUTE);
	watched->netfilter = open_news(monitor, name, NETLINK_NETFILTER);
	if (seen)
		seen(&(struct monitor_event){ .kind = MONITOR_NS_ADDED, .ns = name }, data);
}

/* An open socket keeps a namespace alive that nobody else wants any more: those of deleted ones are
 * closed, the kernel layer's own too (it looks when asked). */
static void let_go(struct monitor *monitor, size_t at,
		   void (*seen)(const struct monitor_event *event, void *data), void *data)
{
	struct error gone cleanup_error = ERROR_INIT;
	struct watched watched = monitor->list.v[at];

	vector_remove(&monitor->list, at);
	kernel_netns_fd(monitor->kernel, watched.name, &gone);
	if (seen)
		seen(&(struct monitor_event){ .kind = MONITOR_NS_GONE, .ns = watched.name },
		     data);
	watched_clear(&watched);
}

static void watch_directory(struct monitor *monitor)
{
	if (monitor->on_directory)
		return;
	monitor->on_directory =
		inotify_add_watch(monitor->inotify, NETNS_DIR,
				  IN_CREATE | IN_DELETE | IN_MOVE | IN_DELETE_SELF) >= 0;
	if (!monitor->on_directory)
		inotify_add_watch(monitor->inotify, "/run", IN_CREATE | IN_MOVE);
}

int monitor_names(struct monitor *monitor,
		  void (*seen)(const struct monitor_event *event, void *data), void *data,
		  struct error *err)
{
	struct strings names cleanup_strings = { 0 };
	cleanup_free struct watched **sorted = NULL;
	VECTOR(ino_t) inos = { 0 };

	/* Watched first, then looked at: no change falls between the two. */
	watch_directory(monitor);
	monitor->trouble = false;
	if (kernel_netns_names(monitor->kernel, &names, err) < 0)
		return -1;
	strings_sort(&names);
	strings_add(&names, HOST);
	for (size_t i = 0; i < monitor->list.n; i++)
		monitor->list.v[i].seen = false;
	sorted = sort_watched(monitor);
	for (size_t i = 0; i < names.n; i++) {
		ino_t ino = 0;

		if (!is_new(monitor, sorted, names.v[i], &ino))
			ino = 0;
		*vector_add(&inos) = ino;
	}
	for (size_t i = monitor->list.n; i-- > 0;)
		if (!monitor->list.v[i].seen)
			let_go(monitor, i, seen, data);
	for (size_t i = 0; i < names.n; i++)
		if (inos.v[i])
			add(monitor, names.v[i], inos.v[i], seen, data);
	vector_free(&inos);
	monitor->retry = monitor->retry < RETRY_LAST / 2 ? monitor->retry * 2 : RETRY_LAST;
	if (!monitor->trouble)
		monitor->retry = RETRY_FIRST;
	return 0;
}

void monitor_fds(const struct monitor *monitor, pollfd_list *fds)
{
	*vector_add(fds) = (struct pollfd){ .fd = monitor->inotify, .events = POLLIN };
	for (size_t i = 0; i < monitor->list.n; i++) {
		const struct watched *watched = &monitor->list.v[i];

		if (watched->rtnl >= 0)
			*vector_add(fds) =
				(struct pollfd){ .fd = watched->rtnl, .events = POLLIN };
		if (watched->netfilter >= 0)
			*vector_add(fds) =
				(struct pollfd){ .fd = watched->netfilter, .events = POLLIN };
	}
}

int monitor_patience(const struct monitor *monitor)
{
	return monitor->trouble ? monitor->retry : -1;
}

static void read_messages(const struct monitor *monitor, struct monitor_event *event, ssize_t got,
			  void (*seen)(const struct monitor_event *event, void *data),
			  void *data)
{
	const struct nlmsghdr *message = (const struct nlmsghdr *)(const void *)monitor->buffer;
	int left = (int)got;

	for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
		event->message = message;
		seen(event, data);
	}
}

/* All that has come on one socket. */
static bool read_socket(const struct monitor *monitor, const char *ns, int fd, int bus,
			void (*seen)(const struct monitor_event *event, void *data),
			void *data)
{
	bool any = false;

	while (fd >= 0) {
		struct monitor_event event = { .kind = MONITOR_MESSAGE, .ns = ns, .bus = bus };
		struct sockaddr_nl from = { 0 };
		socklen_t size = sizeof(from);
		ssize_t got = recvfrom(fd, monitor->buffer, BYTES, MSG_TRUNC,
				       (struct sockaddr *)&from, &size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno != ENOBUFS)
			break;
		any = true;
		if (got < 0 || got > BYTES)
			event.kind = MONITOR_OVERRUN;
		/* Only the kernel's word counts. */
		if (!seen || (got >= 0 && from.nl_pid != 0))
			continue;
		if (event.kind == MONITOR_OVERRUN)
			seen(&event, data);
		else
			read_messages(monitor, &event, got, seen, data);
	}
	return any;
}

bool monitor_read(struct monitor *monitor,
		  void (*seen)(const struct monitor_event *event, void *data), void *data,
		  bool *names)
{
	char bytes[4096];
	bool any = false;

	*names = monitor->trouble;
	while (read(monitor->inotify, bytes, sizeof(bytes)) > 0) {
		*names = any = true;
		monitor->retry = RETRY_FIRST / 2;
		monitor->on_directory = false; /* maybe: adding it again changes nothing */
	}
	for (size_t i = 0; i < monitor->list.n; i++) {
		const struct watched *watched = &monitor->list.v[i];

		any |= read_socket(monitor, watched->name, watched->rtnl, NETLINK_ROUTE, seen,
				   data);
		any |= read_socket(monitor, watched->name, watched->netfilter,
				   NETLINK_NETFILTER, seen, data);
	}
	return any;
}
