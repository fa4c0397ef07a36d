/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_WATCH_PARTS_H
#define NSH_VIEW_WATCH_PARTS_H

#include "base/style.h"
#include "kernel/nft.h"
#include "kernel/rtnl.h"
#include "view/watch.h"

/* What the files of watch share; nobody else includes this. */

struct watch_route {
	struct route route;
	int oif; /* interface number, 0: none */
};

struct watch_neigh {
	struct neigh neigh;
	int index; /* interface number */
};

/* A namespace as it was when last told of: what is new is told against this. */
struct watch_room {
	char *name;
	bool quiet; /* nothing is told: it is looked at for the first time */
	link_list links;
	addr_list addrs;
	VECTOR(struct watch_route) routes;
	VECTOR(struct watch_neigh) neighs;
	struct nft_table nft;
	int forwarding[2]; /* of IPv4 and IPv6: 0, 1, -1: not known */
	/* To be read again: what the kernel does not tell of, or told of too fast. */
	bool stale_routes, stale_rules, stale;
};

struct watch {
	struct kernel *kernel;
	struct monitor *monitor;
	VECTOR(struct watch_room *) rooms;
	bool json, color, started;
	struct buf *lines; /* where they go */
	size_t count;
	struct error err;
};

/* watch.c: tells of something that has happened in a room, good or bad news or neither. */
void watch_tell(struct watch *watch, const struct watch_room *room, const char *kind,
		enum style style, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
#define watch_say(watch, room, kind, ...)                                                 \
	watch_tell(watch, room, kind, STYLE_PLAIN, __VA_ARGS__)
/* The name of an interface by its number, which may have gone. */
const char *watch_link_name(const struct watch_room *room, int index, char name[IFNAMSIZ]);

/* watch_apply.c: one change each, told of where it is one. Links are taken over. */
void watch_link(struct watch *watch, struct watch_room *room, struct link *link);
void watch_link_gone(struct watch *watch, struct watch_room *room, int index);
void watch_addr(struct watch *watch, struct watch_room *room, const struct addr *addr, bool gone);
void watch_route(struct watch *watch, struct watch_room *room, const struct route *route, int oif,
		 bool gone);
void watch_neigh(struct watch *watch, struct watch_room *room, const struct neigh *neigh,
		 int index, bool gone);
void watch_forwarding(struct watch *watch, struct watch_room *room, uint8_t family, bool on);
/* A message of the kernel's. */
void watch_message(struct watch *watch, struct watch_room *room,
		   const struct monitor_event *event);
/* Reads what is stale, and tells of the differences. */
void watch_refresh(struct watch *watch, struct watch_room *room);

/* watch_rules.c: of a message of nf_tables, and of nsh's own rules, which are read again. */
void watch_rule_message(struct watch *watch, struct watch_room *room,
			const struct nlmsghdr *message);
void watch_rules(struct watch *watch, struct watch_room *room);

#endif
