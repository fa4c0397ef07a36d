/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_TRACE_H
#define NSH_VIEW_TRACE_H

#include "base/error.h"
#include "base/ip.h"
#include "view/view.h"

/*
 * One packet, really sent, and its answer, followed through every namespace: an echo request, a
 * connection's first segment, or a datagram. A packet socket in each namespace sees it on every
 * interface that it passes; what it carries, and the numbers of TCP, tell it from all others,
 * also where its addresses are rewritten. Nothing is changed for it.
 */
struct trace_options {
	const char *from;  /* a namespace */
	struct ip to;
	uint8_t protocol;  /* IPPROTO_ICMP (of either family), IPPROTO_TCP, IPPROTO_UDP */
	uint16_t port;
	int word;	   /* to blame where it does not arrive */
	const char *asked; /* the words after "why" that ask for the reason, NULL: none */
};

/*
 * Prints the sightings and what came of it. JSON:
 *
 *	sightings[]	ms (since the first), namespace, interface, direction ("in", "out",
 *			"past": on its way to somebody else), leg ("request", "answer", "error"), from,
 *			to, what ("echo request", "SYN", ...), ttl, rewritten (null, or what was
 *			rewritten on the way here), by (null, or what did it)
 *	result[]	one: sent, answered (booleans), namespace and interface where it was last
 *			seen, or null, says (a sentence)
 *
 * Returns 0 where it was answered; of a datagram of UDP also where it arrived.
 */
int trace_run(const struct view *view, const struct trace_options *options, struct error *err);

#endif
