/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "view/map.h"

/*
 * The kernel tells of changes in each namespace by its multicast groups; of new and
 * deleted names inotify does. What was told is thrown away: the map is read again when it
 * has been quiet for a moment, as one line of nsh's is many changes.
 */

#define QUIET 50 /* ms without news before drawing ... */
#define PATIENCE 300 /* ... but no longer than this after the first */
#define RETRY 500 /* until a namespace that could not be read is tried again */

struct watched {
	char *name;
	ino_t ino;
	int rtnl, netfilter; /* -1: not to be had */
	bool seen;
};

struct watching {
	struct session *session;
	bool ascii;
	VECTOR(struct watched) list;
	VECTOR(struct pollfd) fds;
	int inotify;
	bool on_directory; /* NETNS_DIR is there and watched; else what it will be made in
			    */
	bool trouble;
};

/* Opens a socket for news in the namespace; -1 where the kernel has none such. */
static int open_news(struct kernel *kernel, const char *name, int bus, const int *groups,
		     size_t count)
{
	struct error err cleanup_error = ERROR_INIT;
	struct sockaddr_nl here = { .nl_family = AF_NETLINK };
	cleanup_close int fd = kernel_socket(kernel, name, AF_NETLINK,
					     SOCK_RAW | SOCK_NONBLOCK, bus, &err);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&here, sizeof(here)) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i],
			       sizeof(groups[i])) < 0)
			return -1;
	return steal_fd(&fd);
}

static void watched_clear(struct watched *watched)
{
	if (watched->rtnl >= 0)
		close(watched->rtnl);
	if (watched->netfilter >= 0)
		close(watched->netfilter);
	free(watched->name);
}

static void watch_one(struct watching *w, const char *name)
{
	static const int routes[] = { RTNLGRP_LINK,        RTNLGRP_IPV4_IFADDR,
				      RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE,
				      RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_NETCONF };
	static const int rules[] = { NFNLGRP_NFTABLES };
	struct kernel *kernel = w->session->kernel;
	struct error err cleanup_error = ERROR_INIT;
	struct watched *watched;
	dev_t dev;
	ino_t ino;

	if (kernel_netns_id(kernel, name, &dev, &ino, &err) < 0) {
		w->trouble = true;
		return;
	}
	for (size_t i = 0; i < w->list.n; i++) {
		if (strcmp(w->list.v[i].name, name) != 0 || w->list.v[i].ino != ino)
			continue;
		w->list.v[i].seen = true;
		return;
	}
	watched = vector_add(&w->list);
	watched->name = xstrdup(name);
	watched->ino = ino;
	watched->seen = true;
	watched->rtnl = open_news(kernel, name, NETLINK_ROUTE, routes,
				  sizeof(routes) / sizeof(routes[0]));
	watched->netfilter = open_news(kernel, name, NETLINK_NETFILTER, rules, 1);
}

/*
 * Follows the names: an open socket keeps a namespace alive that nobody else wants any
 * more, so those of deleted ones are closed, the kernel layer's own too (it looks when
 * asked).
 */
static int watch_all(struct watching *w, struct error *err)
{
	const struct strings *names;

	w->trouble = false;
	world_forget(w->session->world);
	if (world_names(w->session->world, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < w->list.n; i++)
		w->list.v[i].seen = false;
	watch_one(w, HOST);
	for (size_t i = 0; i < names->n; i++)
		watch_one(w, names->v[i]);
	for (size_t i = w->list.n; i-- > 0;) {
		struct error gone cleanup_error = ERROR_INIT;

		if (w->list.v[i].seen)
			continue;
		kernel_netns_fd(w->session->kernel, w->list.v[i].name, &gone);
		watched_clear(&w->list.v[i]);
		vector_remove(&w->list, i);
	}
	return 0;
}

static void watch_directory(struct watching *w)
{
	if (w->on_directory)
		return;
	w->on_directory =
		inotify_add_watch(w->inotify, NETNS_DIR,
				  IN_CREATE | IN_DELETE | IN_MOVE | IN_DELETE_SELF) >= 0;
	if (!w->on_directory)
		inotify_add_watch(w->inotify, "/run", IN_CREATE | IN_MOVE);
}

static int draw(struct watching *w, struct error *err)
{
	struct session *session = w->session;
	struct graph graph cleanup_graph = { 0 };
	struct buf text cleanup_buf = { 0 };
	struct map_style style;
	size_t rows, line = 0;

	world_forget(session->world);
	if (graph_build(session->world, &graph, err) < 0)
		return -1;
	if (session->format == FORMAT_JSON) {
		map_json(&graph, &text);
		fputs(buf_str(&text), session->out);
		fflush(session->out);
		return 0;
	}
	map_terminal(session, &style, &rows);
	style.ascii |= w->ascii;
	map_text(&graph, &style, &text);
	if (!rows) {
		fprintf(session->out, "%s\n", buf_str(&text));
		fflush(session->out);
		return 0;
	}
	/* Line by line over the old picture, so that it does not flicker. */
	fputs("\033[H", session->out);
	for (const char *at = buf_str(&text), *end; (end = strchr(at, '\n'));
	     at = end + 1) {
		if (++line >= rows) {
			fputs("\033[0m...\033[K", session->out);
			break;
		}
		fprintf(session->out, "%.*s\033[K\n", (int)(end - at), at);
	}
	fputs("\033[J", session->out);
	fflush(session->out);
	return 0;
}

/* Throws away what has come on a descriptor. An overrun (ENOBUFS) is news as well. */
static void drain(int fd)
{
	char bytes[8192];

	while (read(fd, bytes, sizeof(bytes)) > 0 || errno == ENOBUFS)
		errno = 0;
}

static void gather_fds(struct watching *w)
{
	w->fds.n = 0;
	*vector_add(&w->fds) = (struct pollfd){ .fd = w->inotify, .events = POLLIN };
	for (size_t i = 0; i < w->list.n; i++) {
		if (w->list.v[i].rtnl >= 0)
			*vector_add(&w->fds) = (struct pollfd){ .fd = w->list.v[i].rtnl,
								.events = POLLIN };
		if (w->list.v[i].netfilter >= 0)
			*vector_add(&w->fds) =
				(struct pollfd){ .fd = w->list.v[i].netfilter,
						 .events = POLLIN };
	}
}

/* Waits for news and the quiet after it. False: it is to end. */
static bool wait_for_news(struct watching *w)
{
	long long first = 0;

	gather_fds(w);
	for (;;) {
		int timeout = first ? QUIET : w->trouble ? RETRY : -1, ready;

		if (interrupted || terminated)
			return false;
		ready = interrupt_poll(w->fds.v, w->fds.n, timeout);
		if (interrupted || terminated)
			return false;
		if (window_changed) {
			window_changed = 0;
			return true;
		}
		if (ready == 0)
			return true;
		if (ready < 0)
			continue;
		for (size_t i = 0; i < w->fds.n; i++) {
			if (!w->fds.v[i].revents)
				continue;
			drain(w->fds.v[i].fd);
			if (i == 0)
				w->on_directory = false;
		}
		if (!first)
			first = clock_ms();
		else if (clock_ms() - first > PATIENCE)
			return true;
	}
}

int map_watch(struct session *session, bool ascii, struct error *err)
{
	struct watching w = { .session = session, .ascii = ascii };
	struct map_style style;
	size_t rows;
	int result;

	w.inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w.inotify < 0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot watch " NETNS_DIR);
	map_terminal(session, &style, &rows);
	if (rows && session->format == FORMAT_TEXT)
		fputs("\033[2J", session->out);
	do {
		/* Watched first, then looked at: no change falls between the two. */
		watch_directory(&w);
		result = watch_all(&w, err);
		if (result == 0)
			result = draw(&w, err);
	} while (result == 0 && wait_for_news(&w));
	if (rows && session->format == FORMAT_TEXT)
		fputc('\n', session->out);
	close(w.inotify);
	for (size_t i = 0; i < w.list.n; i++)
		watched_clear(&w.list.v[i]);
	vector_free(&w.list);
	vector_free(&w.fds);
	/* Ctrl-C is how it ends. */
	if (result == 0 && !terminated)
		interrupted = 0;
	return result;
}
