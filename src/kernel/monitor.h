/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_MONITOR_H
#define NSH_KERNEL_MONITOR_H

#include <poll.h>

#include "kernel/kernel.h"

/*
 * What changes, as it changes: names of namespaces by inotify(7), what is in them by the multicast
 * groups of netlink, from a socket in each. A namespace whose name is deleted is let go of, so that
 * watching does not keep it alive.
 */
enum monitor_what {
	MONITOR_LINKS = 1 << 0,
	MONITOR_ADDRS = 1 << 1,
	MONITOR_ROUTES = 1 << 2,
	MONITOR_NEIGHS = 1 << 3,
	MONITOR_NETCONF = 1 << 4, /* forwarding and the like */
	MONITOR_RULES = 1 << 5,	  /* nf_tables */
};

enum monitor_kind {
	MONITOR_NS_ADDED,  /* a name, or another namespace by a name that was known */
	MONITOR_NS_GONE,   /* as it was; comes before an added one of the same name */
	MONITOR_MESSAGE,   /* of the kernel's */
	MONITOR_OVERRUN,   /* messages were lost: look at the namespace again */
};

struct monitor_event {
	enum monitor_kind kind;
	const char *ns;
	int bus; /* of a message: NETLINK_ROUTE or NETLINK_NETFILTER */
	const struct nlmsghdr *message;
};

struct monitor;

/*
 * WHAT: of enum monitor_what; 0: names alone. ONLY (may be NULL; borrowed): the namespaces that
 * matter, all by default, host among them. Nothing is watched until monitor_names().
 */
struct monitor *monitor_new(struct kernel *kernel, unsigned what, const struct strings *only,
			    struct error *err);
void monitor_free(struct monitor *monitor);

/*
 * Follows the names: opens what is new and lets go of what is gone, with an event for each. First of
 * all it tells of all that are there. Sockets are open when SEEN hears of a namespace: what is read
 * of it then misses nothing. To be called first, and whenever monitor_read() says so. SEEN may be
 * NULL.
 */
int monitor_names(struct monitor *monitor,
		  void (*seen)(const struct monitor_event *event, void *data), void *data,
		  struct error *err);

/* Adds what is to be waited for (POLLIN) to FDS, which may hold others. */
typedef VECTOR(struct pollfd) pollfd_list;
void monitor_fds(const struct monitor *monitor, pollfd_list *fds);
/* How long to wait at most, in ms, as a namespace could not be read; -1: for ever. */
int monitor_patience(const struct monitor *monitor);

/*
 * Reads all that has come. SEEN is called for messages and overruns; it may be NULL, where it is
 * enough that something has. Returns whether anything has; *NAMES: the names may have changed.
 */
bool monitor_read(struct monitor *monitor,
		  void (*seen)(const struct monitor_event *event, void *data), void *data,
		  bool *names);

#endif
