/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_GRAPH_H
#define NSH_VIEW_GRAPH_H

#include "plan/world.h"

/*
 * The lab as a graph: what every drawing of it is made from. Nodes are the namespaces,
 * host first; interfaces are joined to their other ends; switches have ports. Things name
 * one another by their numbers in these lists. What comes from the world is borrowed: a
 * graph is good until the world changes.
 */
#define GRAPH_NONE SIZE_MAX

enum graph_state {
	GRAPH_UP,
	GRAPH_DOWN, /* switched off */
	GRAPH_NO_CARRIER, /* on, but the other end is not */
};

struct graph_if {
	size_t node;
	const struct link *link;
	enum graph_state state;
	struct strings addrs; /* "192.168.15.1/24"; link-local IPv6 ones are left out */
	const struct addr *first_addr; /* of these, NULL: none */
	size_t peer; /* the other end of its cable */
	size_t lower; /* the interface that it stands on (vlan, macvlan, ...) */
	size_t is_switch; /* the switch that it is */
	size_t port_of; /* the switch that it is a port of */
	bool blocked; /* a port that the switch does not forward on */
	bool lost; /* its other end is in a namespace that has no name here */
	bool outside; /* hardware, or something else that leads out of what nsh can see */
};

struct graph_node {
	const char *name;
	struct ns *ns; /* NULL: it could not be read */
	char *trouble; /* why not */
	size_t first, count; /* its interfaces, without lo, by number */
	bool lo_up;
	bool forwards4, forwards6;
	struct strings routes; /* "default via 192.168.15.5"; those with a gateway */
	struct strings nat; /* "NAT for 192.168.15.0/24" */
	struct strings published; /* "port 80 -> blue 192.168.15.2:80" */
};

struct graph_switch {
	size_t iface; /* the bridge itself */
	VECTOR(size_t) ports; /* interfaces */
};

struct graph {
	VECTOR(struct graph_node) nodes;
	VECTOR(struct graph_if) ifs;
	VECTOR(struct graph_switch)
	switches; /* host's first, then namespace by namespace */
};

#define cleanup_graph __attribute__((cleanup(graph_free)))

/*
 * Reads what is not read yet and puts the graph together. A namespace that cannot be read
 * is a node with its trouble, not a failure. -1 where not even the names can be read.
 * Cables cost one question to the kernel each, not one for each pair of namespaces.
 */
int graph_build(struct world *world, struct graph *graph, struct error *err);
void graph_free(struct graph *graph);

const char *graph_state_name(enum graph_state state); /* "up", "down", "no carrier" */
/* The node of the interface. */
const struct graph_node *graph_node_of(const struct graph *graph, size_t iface);

#endif
