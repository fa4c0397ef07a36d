/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_WATCH_H
#define NSH_VIEW_WATCH_H

#include "kernel/monitor.h"
#include "view/view.h"

/*
 * What happens, as it happens, in words: "12:00:01.123 red: address 192.168.15.1/24 added to
 * veth-red". JSON: an object a line, with time (seconds since 1970), namespace, kind ("namespace",
 * "interface", "address", "route", "neighbour", "forwarding", "rule") and says (the words). A
 * namespace that goes within a few milliseconds of its coming may be missed.
 */
struct watch;

/* ONLY: the namespaces to watch, NULL: all, also those to come; borrowed. It is quiet about what
 * there is already. KERNEL is used for reading, as the kernel does not tell of everything. */
struct watch *watch_new(struct kernel *kernel, const struct strings *only, struct error *err);
void watch_free(struct watch *watch);

/* What is to be waited for (POLLIN), and how long at most (ms, -1: for ever). */
void watch_fds(const struct watch *watch, pollfd_list *fds);
int watch_patience(const struct watch *watch);
/* Adds a line for each thing that has happened since, with colours where TO is a terminal; returns
 * how many. */
size_t watch_read(struct watch *watch, bool json, FILE *to, struct buf *lines);

/* Prints what happens until MS (0: for ever) are over, COUNT lines (0: any number) are printed, or
 * Ctrl-C. */
int watch_run(const struct view *view, const struct strings *only, long long ms,
	      unsigned long long count, struct error *err);

#endif
