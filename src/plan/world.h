/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_WORLD_H
#define NSH_PLAN_WORLD_H

#include "base/error.h"
#include "kernel/kernel.h"
#include "kernel/model.h"

/*
 * The world as plans see it: the namespaces and what is in them, read from the kernel when
 * first asked for and kept until world_forget(). What a plan does is applied to it, so that
 * the next line of a script, or of a dry run, finds what the one before has made. Without a
 * kernel it is a model only: what tests and `nsh -n` of a script for another machine plan on.
 *
 * What autonomous parts of the kernel do (connected routes, neighbours) is simulated only where
 * nothing runs; where it does, that part is read again when next asked for.
 */
enum world_part {
	WORLD_LINKS = 1 << 0,
	WORLD_ADDRS = 1 << 1, /* implies links */
	WORLD_ROUTES = 1 << 2, /* implies links */
	WORLD_NEIGHS = 1 << 3, /* implies links */
	WORLD_NFT = 1 << 4,
	WORLD_ALL = 0x1f,
};

struct sysctl_value {
	char *key; /* "net/ipv4/ip_forward" */
	char *value;
};

struct ns {
	char *name;	 /* "host" for nsh's own */
	unsigned loaded; /* of enum world_part */
	bool planned;	 /* simulated: the kernel has no such namespace */
	bool made;	 /* by this nsh, since the world was read: all that is in it is known */
	link_list links; /* by interface number */
	struct link_index *index; /* of many links; NULL: they are few */
	addr_list addrs;
	route_list routes;
	neigh_list neighs;
	struct nft_table nft;
	VECTOR(struct sysctl_value) sysctls; /* those that were asked for */
	int next_index;	 /* for links that are only planned */
};

struct link_index;
struct world;

/* KERNEL may be NULL: a model that starts with host and its lo alone. */
struct world *world_new(struct kernel *kernel);
void world_free(struct world *world);
/*
 * Who wants to know what plans change asks here: adds to NAMES the namespaces that they have changed
 * since it was asked last. True: they may have changed any, as at first.
 */
bool world_take_changes(struct world *world, struct strings *names);
/* For plans: they have changed NS, or (NULL) may have changed any. */
void world_changed(struct world *world, const char *ns);
/* Drops all that was read, to be read again. No effect on a model. */
void world_forget(struct world *world);
/*
 * ON: from now on nothing runs; what is applied is simulated, and nothing is forgotten. Off: what
 * was simulated is thrown away, and the kernel is asked again. A model always simulates.
 */
void world_simulate(struct world *world, bool on);
bool world_simulates(const struct world *world);
/*
 * Whether what an operation does to the routes of NS is to be simulated rather than read again: in
 * a world that simulates, and in a namespace that nsh has just made and knows all of.
 */
bool ns_simulates(const struct world *world, const struct ns *ns);
/* Whether anything in the world is known only from what was done, and reading may tell more. */
bool world_is_guessed(const struct world *world);
struct kernel *world_kernel(const struct world *world);

/* Names of all namespaces but host, in natural order. Borrowed until the world changes. */
int world_names(struct world *world, const struct strings **names, struct error *err);

/* Adds host and all those to ALL, which stays as it is when the world changes; host on failure too. */
int world_all_names(struct world *world, struct strings *all, struct error *err);

/* Whether there is a namespace NAME ("host" always is). Errors reading count as no. */
bool world_has_ns(struct world *world, const char *name);

/*
 * The namespace, with PARTS loaded; NULL with the error set where there is none ("there is
 * no namespace bleu", did you mean) or it cannot be read. WORD: the word to blame. Borrowed.
 */
struct ns *world_ns(struct world *world, const char *name, unsigned parts, int word,
		    struct error *err);

/* Throws PARTS away, to be read again when next asked for. No effect where nothing runs. */
void world_stale(struct world *world, struct ns *ns, unsigned parts);

/* By name or alternative name; NULL if there is none. LINKS must be loaded. Borrowed. */
struct link *ns_link(const struct ns *ns, const char *name);
struct link *ns_link_by_index(const struct ns *ns, int index);
/* The address with that prefix length on a link of NS; NULL. ADDRS must be loaded. Borrowed. */
struct addr *ns_addr(const struct ns *ns, const char *link, const struct cidr *cidr);
/* The first with that address, whatever its link and prefix length; NULL. */
struct addr *ns_addr_by_ip(const struct ns *ns, const struct ip *ip);
/* Whether IP is in the network of an address of a link, and not that address alone. */
bool ns_is_near(const struct ns *ns, const char *link, const struct ip *ip);
/* How many ports the bridge has. LINKS must be loaded. */
size_t ns_ports(const struct ns *ns, const struct link *bridge);
/* A route or a neighbour is put on the link: it is no longer bare (struct link). */
void ns_link_used(struct ns *ns, const char *name);
/* The name or an alternative name of a link has been changed in place. */
void ns_renamed(struct ns *ns);
/* Makes MASTER (NULL: none) that of a link of the namespace. */
void ns_enslave(struct ns *ns, struct link *link, const struct link *master);

/*
 * The other end of a veth (or the lower link of a vlan): its namespace and link, if it is in
 * a namespace that has a name. Returns false where it is not to be found.
 */
bool world_peer(struct world *world, struct ns *ns, const struct link *link, struct ns **peer_ns,
		struct link **peer);

/* The value of a sysctl ("net/ipv4/ip_forward") as text, borrowed; "0" in a model that does
 * not say. NULL with the error set. */
const char *world_sysctl(struct world *world, const char *ns, const char *key,
			 struct error *err);

/* --- what operations do to it --- */

struct ns *world_add_ns(struct world *world, const char *name); /* with its lo, up */
/* The addresses that the kernel gives lo when it is set up: of IPv4, and of IPv6 if it has that. */
extern const char *const lo_addrs[2];
/* Gives lo these. ADDRS must be loaded. */
void ns_lo_up(struct ns *ns);
void world_remove_ns(struct world *world, const char *name);
struct link *world_add_link(struct ns *ns, const char *name, const char *kind);
/* Takes a link that only a simulated operation has made, with its other end, away again. */
void world_unmake_link(struct world *world, const char *ns, const char *name);
void world_remove_link(struct world *world, struct ns *ns, const char *name);
void world_set_sysctl(struct world *world, const char *ns, const char *key,
		      const char *value);

#endif
