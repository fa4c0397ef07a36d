/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_TRACE_PARTS_H
#define NSH_VIEW_TRACE_PARTS_H

#include "kernel/capture.h"
#include "plan/world.h"
#include "view/packet.h"
#include "view/trace.h"

/* What the files of a trace share; nobody else includes this. */

/* From where to where; of an echo both ports are its identifier. */
struct trace_flow {
	struct ip from, to;
	uint16_t sport, dport;
};
bool trace_flow_equal(const struct trace_flow *a, const struct trace_flow *b);
/* "192.168.15.1" or "192.168.15.1:80", "[fd00::1]:80". */
void trace_end_text(const struct ip *ip, uint16_t port, bool ports, struct buf *text);

enum trace_leg { TRACE_REQUEST, TRACE_ANSWER, TRACE_ERROR };

/* The packet, seen once. */
struct trace_sighting {
	size_t ns;		/* of trace.rooms */
	int index;		/* interface number */
	char link[IFNAMSIZ];
	bool port;		/* of a switch */
	uint8_t direction;	/* PACKET_* */
	struct timespec at;
	enum trace_leg leg;
	struct trace_flow flow;
	uint8_t ttl;
	char what[96];		/* "echo request", "SYN", "host unreachable" */
	char *rewritten, *by;	/* NULL: nothing was, or nobody knows by what */
};

/* Somebody asked for a neighbour's address: ARP, or neighbour discovery. */
struct trace_question {
	size_t ns;
	int index;
	char link[IFNAMSIZ];
	struct ip wanted;
	bool answered;
};

/* A namespace that is looked at. */
struct trace_room {
	char *name;
	int fd; /* its packet socket */
};

/* What is sent, and how it is known again. */
#define TRACE_COOKIE 16
struct trace_probe {
	int fd;
	bool sent, answered, refused, unreachable;
	int number;		      /* errno where it could not be sent */
	uint8_t cookie[TRACE_COOKIE]; /* what an echo request or a datagram begins with */
	struct ip source;	      /* that the kernel chose; family 0: not known */
	uint16_t sport;		      /* of TCP and UDP */
	bool has_sequence;	      /* of TCP: once it was seen */
	uint32_t sequence;
};

struct trace {
	const struct view *view;
	const struct trace_options *options;
	VECTOR(struct trace_room) rooms;
	VECTOR(int) fds; /* of the rooms */
	VECTOR(struct trace_sighting) sightings;
	VECTOR(struct trace_question) questions;
	VECTOR(struct trace_flow) flows; /* of the request, as it was rewritten on its way */
	struct trace_probe probe;
	struct capture_merge merge;
};

/* trace_probe.c: opens the socket in FROM; sends; looks whether anything came back. */
int trace_probe_open(struct trace *trace, struct error *err);
void trace_probe_send(struct trace *trace);
void trace_probe_read(struct trace *trace);
bool trace_probe_over(const struct trace *trace);

/* trace_match.c: takes a packet up where it is the probe, its answer, or asks for neighbours. */
void trace_take(struct trace *trace, const struct capture_packet *packet, size_t room);

/* trace_nat.c: says of all sightings what was rewritten since the one before in the same
 * namespace, and by which rule. */
void trace_rewrites(struct trace *trace);

/* trace_tell.c: adds the sentence that ends it. Returns whether all went well. */
bool trace_verdict(struct trace *trace, struct buf *says);

#endif
