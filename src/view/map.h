/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_MAP_H
#define NSH_VIEW_MAP_H

#include "plan/journal.h"
#include "view/graph.h"
#include "view/view.h"

/*
 * Drawings of a graph. First the layout: which box hangs from what, in which order, and
 * what is folded because it is alike. The drawings differ only in how they put that down.
 */

/* Something that hangs from a switch or from a namespace, or stands alone. */
struct map_item {
	size_t port; /* the interface above: of the switch, or of the namespace */
	size_t end; /* the other end of that cable */
	VECTOR(size_t) nodes; /* one, or several that are alike; none: nobody nsh knows */
	VECTOR(size_t) ports; /* of several: the interfaces above, one for each */
	bool again; /* drawn in full elsewhere: here only END */
};

enum map_block_kind {
	MAP_HOUSE, /* a namespace, and what hangs from it by cables of its own */
	MAP_SWITCH, /* a switch and its ports */
	MAP_CHAIN, /* namespaces in a row, each with a cable to the next */
	MAP_LOOSE, /* boxes side by side: what they are connected to they say themselves
		    */
};

struct map_block {
	enum map_block_kind kind;
	size_t node; /* house: whose; switch: the namespace that it is in */
	size_t sw;
	bool again; /* house: drawn in full elsewhere */
	bool joined; /* switch: stands right below the house that it is in */
	VECTOR(struct map_item) items;
};

struct map_layout {
	VECTOR(struct map_block) blocks;
};

/* A block of more items than this has those that are alike folded into one. */
#define MAP_FOLD 12

#define cleanup_layout __attribute__((cleanup(map_layout_free)))
void map_layout(const struct graph *graph, struct map_layout *layout);
void map_layout_free(struct map_layout *layout);

/*
 * Names and numbers of several as few words: "room1 … room97", "alice, bob and 7 more".
 * What differs only in a number that grows by one is a range. DOTS: "…" or "...". The
 * caller frees.
 */
char *map_range(const struct strings *names, const char *dots);
/* The addresses at position NTH of the interfaces: "192.168.15.1–97/24". */
char *map_addr_range(const struct graph *graph, const size_t *ifaces, size_t count,
		     size_t nth, const char *dash);

/* --- the drawings: each adds to TEXT, whole and ended by a newline --- */

struct map_style {
	size_t columns; /* lines are no longer, from 40 on */
	bool ascii; /* + - | instead of box characters */
	bool color; /* SGR escapes for a terminal */
};
void map_text(const struct graph *graph, const struct map_style *style, struct buf *text);

/* SVG 1.1 with a style sheet of its own, for light and dark; no scripts, nothing from
 * outside. */
void map_svg(const struct graph *graph, struct buf *text);
/* A Mermaid flowchart, and a graph for Graphviz. */
void map_mermaid(const struct graph *graph, struct buf *text);
void map_dot(const struct graph *graph, struct buf *text);
/* Whether a file that begins so is one of these three (a file_is_own). */
bool map_is_own(const char *head, size_t length);

/*
 * JSON, on one line. The keys stay as they are; more may be added:
 *
 *	namespaces[]	name, error (null, or why it could not be read), interfaces[],
 *			lo ("up"|"down"), forwarding {ipv4, ipv6}, routes[], nat[],
 *			published[]
 *	interfaces[]	name, altname (the first, or null), altnames[], kind ("ethernet" for hardware),
 *			state ("up"|"down"|"no carrier"), mtu, mac (or null), addresses[],
 *			switch (the bridge that it is a port of, or null),
 *			peer ({namespace, interface}, or null),
 *			lower (the same: what a vlan or macvlan stands on),
 *			leads (null, "outside", or "unnamed": to a namespace without name)
 *	routes[]	destination ("default" or a CIDR), gateway (or null), interface
 *	nat[]		for (a CIDR, or null: the lab's subnets, or all), out (or null),
 *			rule (in nft's language)
 *	published[]	address (or null: any), port, protocol, to ("address:port")
 *	switches[]	namespace, name, ports[] (interface names)
 *	cables[]	a {namespace, interface}, b {the same}, up
 *
 * Namespaces come with host first, then by name; interfaces by number; lo is left out.
 * Forwarding is told of namespaces with two interfaces or more, else it is false.
 */
void map_json(const struct graph *graph, struct buf *text);

/* The style that suits OUT, and the rows that the text may take there; 0: no limit. */
void map_terminal(FILE *out, struct map_style *style, size_t *rows);

/* Redraws as the kernel reports changes, until Ctrl-C. */
int map_watch(const struct view *view, bool ascii, struct error *err);
/* What the last line of the journal (NULL: there is none) changed: "+ red:veth-red 192.168.15.1/24". */
int map_diff(const struct view *view, const struct journal_entry *last, struct error *err);

#endif
