/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_RTNL_H
#define NSH_KERNEL_RTNL_H

#include "kernel/link_setting.h"
#include "kernel/model.h"
#include "kernel/netlink.h"

/*
 * rtnetlink(7): the requests that nsh makes, one function each, on the socket of the
 * namespace they are meant for. A function reads or writes, never both. Readers replace what
 * is in the list, which is empty after a failure; what they return is whole, never cut short
 * by a change in between. Links come by interface number. All return 0, or -1 with *ANSWER.
 */

int rtnl_links(struct nlsock *sock, link_list *links, struct nl_error *answer);
/* One link by name or alternative name; ENODEV where there is none. link_clear() it, which is
 * allowed after a failure too; what it held before is not freed. */
int rtnl_link_alone(struct nlsock *sock, const char *name, struct link *link,
		    struct nl_error *answer);
/*
 * An end of a cable sends, and a port of a switch forwards, once the kernel has worked off that its
 * carrier came, up to a second later; until then packets are lost. Being asked for the one link (not
 * in a dump) it does so at once: rtnl_getlink() calls linkwatch_sync_dev().
 */
void rtnl_link_settle(struct nlsock *sock, const char *name);
/* The same for a link and what it is the other end of: that was without a carrier until now. */
void rtnl_pair_settle(struct nlsock *sock, const char *name);
/* As rtnl_link_alone(), and its bridge's name, which takes a second question. */
int rtnl_link(struct nlsock *sock, const char *name, struct link *link,
	      struct nl_error *answer);
/* The same for the link numbered INDEX of the namespace that the socket's knows by NSID: what is
 * at the other end of a cable, though no name leads there (IFLA_TARGET_NETNSID, Linux 4.15). */
int rtnl_link_there(struct nlsock *sock, int nsid, int index, struct link *link,
		    struct nl_error *answer);
/* Both families; LINKS gives the names of interface numbers ("if12" for one that it has not).
 * Of routes those of all tables but local, without cloned and cached ones; of several next
 * hops the first. */
int rtnl_addrs(struct nlsock *sock, const link_list *links, addr_list *addrs,
	       struct nl_error *answer);
int rtnl_routes(struct nlsock *sock, const link_list *links, route_list *routes,
		struct nl_error *answer);
/* How many routes of a family lead out of link INDEX, those of table local apart; of the many of a
 * namespace the kernel sends these alone. */
int rtnl_link_routes(struct nlsock *sock, int index, uint8_t family, size_t *count,
		     struct nl_error *answer);
/* The routes of table local that the kernel has not put there itself. */
int rtnl_local_routes(struct nlsock *sock, const link_list *links, route_list *routes,
		      struct nl_error *answer);
/* Neighbours of both families but those without a state (NUD_NONE) and those of NUD_NOARP. */
int rtnl_neighs(struct nlsock *sock, const link_list *links, neigh_list *neighs,
		struct nl_error *answer);
/* Addresses that the namespace answers for in another's place (ip neigh add proxy). */
int rtnl_proxies(struct nlsock *sock, const link_list *links, neigh_list *proxies,
		 struct nl_error *answer);

/* How many rules of policy routing (ip-rule(8)) there are beside the three that each namespace
 * is born with for either family. */
int rtnl_extra_rules(struct nlsock *sock, unsigned *count, struct nl_error *answer);

/* The way the kernel would send a packet: RTM_GETROUTE. FROM may be NULL or of family 0, IN_LINK
 * NULL or "": with it, a packet that came in there. ENETUNREACH: no route; EHOSTUNREACH, EACCES,
 * EINVAL: an unreachable, prohibit or blackhole route. */
int rtnl_route_get(struct nlsock *sock, const link_list *links, const struct ip *to,
		   const struct ip *from, const char *in_link, struct route *route,
		   struct nl_error *answer);

/* The parsers behind the readers, for tests and fuzzers: whole, checked messages in; 0, or -1
 * where the message is malformed. */
int rtnl_parse_link(const struct nlmsghdr *message, struct link *link);
int rtnl_parse_addr(const struct nlmsghdr *message, struct addr *addr);
int rtnl_parse_route(const struct nlmsghdr *message, struct route *route, int *oif);
int rtnl_parse_neigh(const struct nlmsghdr *message, struct neigh *neigh, int *index);

/*
 * A link to make, in the namespace of the socket. Everything but KIND and NAME may be left
 * zero. A veth takes PEER as its other end; the group NSH_GROUP is set on both by GROUP.
 */
struct link_spec {
	const char *kind;
	const char *name;
	int index;	      /* its number, 0: the kernel's choice */
	unsigned mtu;	      /* bytes, 0: the kernel's own choice */
	const uint8_t *mac;   /* NULL: random */
	unsigned group;
	int master;	      /* interface number of a bridge, 0: none */
	bool up;
	const struct link_spec *peer;
	int netns_fd;	      /* for a peer: the namespace it is made in; -1 or 0: the same */
};
/* RTM_NEWLINK, created and exclusive. The peer is never up afterwards, nor on a bridge, whatever
 * it says. EOPNOTSUPP: a kind that this kernel does not know. A number of the peer's is taken only
 * where the link has one too; EEXIST or EBUSY: the number, or the name, is taken. */
int rtnl_link_add(struct nlsock *sock, const struct link_spec *spec, struct nl_error *answer);
/* This, and a change of name or namespace, makes link_number() forget what it knows. */
int rtnl_link_del(struct nlsock *sock, int index, struct nl_error *answer);
/* Every link of an interface group, at once. ENODEV: none; EOPNOTSUPP: one of them (lo, hardware)
 * cannot be deleted, and nothing is. */
int rtnl_link_del_group(struct nlsock *sock, unsigned group, struct nl_error *answer);

/* Puts links into groups, each into its own, in as few datagrams as may be. The first failure is told
 * when all was tried. */
struct link_group {
	int index;
	unsigned group;
};
int rtnl_link_groups(struct nlsock *sock, const struct link_group *groups, size_t count,
		     struct nl_error *answer);

/* A change to a link. Only what SET names is changed. */
enum link_change {
	LINK_CHANGE_UP = 1 << 0,     /* up */
	LINK_CHANGE_NAME = 1 << 2,   /* name */
	LINK_CHANGE_MAC = 1 << 3,    /* mac */
	LINK_CHANGE_MASTER = 1 << 4, /* master, 0: none */
	LINK_CHANGE_NETNS = 1 << 5,  /* netns_fd */
	LINK_CHANGE_GROUP = 1 << 6,  /* group */
};
/* And, one bit for each, what kernel/link_setting.h tells: setting[]. */
#define LINK_CHANGE_SETTING(which) (1u << (8 + (which)))
#define LINK_CHANGE_SETTINGS ((1u << (8 + LINK_SETTINGS)) - (1u << 8))
struct link_update {
	unsigned set; /* of enum link_change, LINK_CHANGE_SETTING() */
	bool up;
	unsigned setting[LINK_SETTINGS];
	const char *name;
	const uint8_t *mac;
	int master;
	int netns_fd;
	unsigned group;
};
int rtnl_link_set(struct nlsock *sock, int index, const struct link_update *update,
		  struct nl_error *answer);
/* RTM_NEWLINKPROP / RTM_DELLINKPROP with one IFLA_ALT_IFNAME (up to 127 bytes). */
int rtnl_link_altname(struct nlsock *sock, int index, const char *altname, bool add,
		      struct nl_error *answer);

/* RTM_NEWADDR, exclusive, with IFA_PROTO; IPv6 addresses skip duplicate detection (IFA_F_NODAD)
 * as they would not answer for a second. An IPv4 address gets its broadcast address. */
int rtnl_addr_add(struct nlsock *sock, int index, const struct cidr *cidr, uint8_t proto,
		  struct nl_error *answer);
/* The same, PLAIN as ip(8) does it unasked: no broadcast address, and IPv6 looks for duplicates; with
 * a LABEL ("": the link's name) if it is IPv4. */
int rtnl_addr_add_as(struct nlsock *sock, int index, const struct cidr *cidr, uint8_t proto,
		     bool plain, const char *label, struct nl_error *answer);
int rtnl_addr_del(struct nlsock *sock, int index, const struct cidr *cidr,
		  struct nl_error *answer);

/* RTM_NEWROUTE (exclusive) and RTM_DELROUTE of table ROUTE->table (0: main). INDEX: the
 * interface number, 0: let the kernel find it from the gateway. A zero type, scope or protocol
 * is chosen as ip-route(8) does when adding, and is any when deleting. */
int rtnl_route_add(struct nlsock *sock, const struct route *route, int index,
		   struct nl_error *answer);
int rtnl_route_del(struct nlsock *sock, const struct route *route, int index,
		   struct nl_error *answer);

/* RTM_NEWNEIGH (NUD_PERMANENT, replacing, with NDA_PROTOCOL where PROTO is not 0) and
 * RTM_DELNEIGH. */
int rtnl_neigh_add(struct nlsock *sock, int index, const struct ip *ip, const uint8_t mac[6],
		   uint8_t proto, struct nl_error *answer);
int rtnl_neigh_del(struct nlsock *sock, int index, const struct ip *ip,
		   struct nl_error *answer);

/* The number (nsid) by which the socket's namespace knows the one of NETNS_FD, -1: none yet.
 * The kernel gives one when a link first leads there (or when its dump first says so). */
int rtnl_nsid_of(struct nlsock *sock, int netns_fd, int *nsid, struct nl_error *answer);

#endif
