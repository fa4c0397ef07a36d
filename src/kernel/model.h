/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_MODEL_H
#define NSH_KERNEL_MODEL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/str.h"

/*
 * What the kernel knows of one network namespace, in nsh's own words. The readers of
 * rtnl.h and nft.h fill these; plans and views read them.
 */

/*
 * The mark of what nsh made. Links carry it as their interface group, routes, addresses and
 * neighbours as their protocol number, a namespace as the group of its lo; nf_tables objects live
 * in a table of their own, where also stands what a sysctl was before (plan/reset.h). A name in
 * NETNS_DIR has it in the mode of its file. All of it lives in the kernel: there is no state file.
 */
#define NSH_GROUP 0x6e7368u /* "nsh" */
#define NSH_GROUP_LEAVING 0x6e73682du /* "nsh-": links on their way out, in one message */
#define NSH_PROTO 110	    /* 'n'; not in use in /etc/iproute2/rt_protos */

#define NS_NAME_MAX 255 /* bytes of a namespace's name: it is a file name */

struct link {
	int index;
	char name[IFNAMSIZ];
	struct strings altnames; /* further names, in the kernel's order */
	char kind[IFNAMSIZ];	/* "veth", "bridge", ...; "" for lo and hardware */
	unsigned flags;		/* IFF_* of <net/if.h> */
	bool carrier;		/* IFLA_CARRIER */
	uint8_t operstate;	/* IF_OPER_* of linux/if.h */
	unsigned mtu;		/* bytes */
	unsigned queue;		/* IFLA_TXQLEN, packets */
	uint8_t mac[6];
	bool has_mac;
	unsigned group;
	int master;		/* interface number of its bridge, 0: none */
	char master_name[IFNAMSIZ]; /* "" where it has none */
	int peer;		/* IFLA_LINK: number of the other end or lower link, 0: none */
	int peer_nsid;		/* IFLA_LINK_NETNSID, -1: same namespace */
	/* Known only for links planned by this process, or once looked up: "" if not. */
	char peer_name[IFNAMSIZ];
	char *peer_ns;		/* name of the other end's namespace, NULL: not known */
	uint8_t port_state;	/* IFLA_BRPORT_STATE for a port of a bridge */
	bool more;		/* has what this does not hold: STP, VLANs */
	/* Made by this process, and no route or neighbour put on it: there are none to read. */
	bool bare;
};

struct addr {
	char link[IFNAMSIZ];
	int index;
	struct cidr cidr;
	uint8_t scope; /* RT_SCOPE_* */
	uint32_t flags; /* IFA_F_* */
	uint8_t proto; /* IFA_PROTO; 0 where the kernel has none */
	bool broadcast; /* has an IFA_BROADCAST */
	struct ip odd_broadcast; /* where that is not the last of its network; else family 0 */
	char label[IFNAMSIZ]; /* "eth0:2"; "" where it is the link's name, as usual */
	bool more; /* has what this does not hold: a far end, a lifetime */
};

/* Where a route that is added goes among those to the same network, in the same table and with the
 * same metric. */
enum route_place {
	ROUTE_ALONE, /* there must be no other */
	ROUTE_FIRST,
	ROUTE_LAST,
};

struct route {
	struct cidr dest;     /* default is the family's /0 */
	struct ip gateway;    /* family 0: directly connected */
	char link[IFNAMSIZ];  /* "" for blackhole and the like */
	struct ip source;     /* preferred source, family 0: none */
	uint32_t table;	      /* RT_TABLE_MAIN, ... */
	uint32_t metric;
	uint8_t protocol;     /* RTPROT_* */
	uint8_t scope;	      /* RT_SCOPE_* */
	uint8_t type;	      /* RTN_* */
	unsigned flags;	      /* RTNH_F_* */
	enum route_place place; /* of one to be added */
	bool more; /* has what this does not hold: several next hops, metrics, encapsulation */
};

struct neigh {
	char link[IFNAMSIZ];
	struct ip ip;
	uint8_t mac[6];
	bool has_mac;
	uint16_t state; /* NUD_* */
	uint8_t flags;	/* NTF_* */
	uint8_t proto;	/* NDA_PROTOCOL; 0 where nobody has said */
};

typedef VECTOR(struct link) link_list;
typedef VECTOR(struct addr) addr_list;
typedef VECTOR(struct route) route_list;
typedef VECTOR(struct neigh) neigh_list;

void link_clear(struct link *link); /* frees what it holds */
/* Whether NAME is its name, or one of its further names. */
bool link_is_called(const struct link *link, const char *name);
/* Whether both may be the same link, by what does not change while one looks. */
bool link_is_alike(const struct link *a, const struct link *b);
void link_list_free(link_list *list);

/* Where a rule of nsh's table stands: each a base chain of "table inet nsh". */
enum nft_chain {
	NFT_CHAIN_PREROUTING,  /* type nat hook prerouting priority dstnat */
	NFT_CHAIN_OUTPUT,      /* type nat hook output priority -100 */
	NFT_CHAIN_POSTROUTING, /* type nat hook postrouting priority srcnat */
	NFT_CHAIN_INPUT,       /* type filter hook input priority filter */
	NFT_CHAIN_FORWARD,     /* type filter hook forward priority filter */
	NFT_CHAIN_OUTPUT_FILTER, /* type filter hook output priority filter */
	NFT_CHAIN_COUNT,
};

enum nft_verdict {
	NFT_VERDICT_ACCEPT,
	NFT_VERDICT_DROP,
	NFT_VERDICT_MASQUERADE,
	NFT_VERDICT_SNAT,
	NFT_VERDICT_DNAT,
	NFT_VERDICT_REDIRECT,
	NFT_VERDICT_REJECT,
};

struct nft_if {
	char name[IFNAMSIZ]; /* "": not matched; an asterisk is an asterisk */
	bool not;
};
struct nft_group {
	uint32_t group; /* 0: not matched */
	bool not;
};
struct nft_net {
	struct cidr cidr; /* ip.family 0: not matched */
	bool not;
};
struct nft_ports {
	uint16_t first, last; /* host order; first 0: not matched; last 0: the first alone */
	bool not;
};

/* The states of a connection that a packet is in one of, a bit each: as NFT_CT_STATE has them. */
#define NFT_STATES 0x4f /* invalid, established, related, new, untracked */

/*
 * One rule: the matches that are set, in this order, then the verdict. This is also the
 * order of its expressions in the kernel and of its words in nft's language.
 */
struct nft_rule {
	enum nft_chain chain;
	struct nft_if in, out;		  /* iifname, oifname */
	struct nft_group in_group, out_group; /* iifgroup, oifgroup */
	struct nft_net from, to;	  /* ip saddr, ip daddr */
	bool to_local;			  /* fib daddr type local */
	bool dnated;			  /* ct status dnat */
	uint8_t states;			  /* ct state, bits of NFT_STATES; 0: not matched */
	uint8_t proto;			  /* IPPROTO_TCP, IPPROTO_UDP, ...; 0: any */
	bool proto_not;
	struct nft_ports sport, dport;
	enum nft_verdict verdict;
	struct ip nat_ip;		  /* for SNAT and DNAT; family 0: none */
	bool reset;			  /* for REJECT: with a TCP reset */
	uint8_t code;			  /* for REJECT without: of "destination unreachable" in ICMP */
	uint16_t nat_port;		  /* for DNAT, SNAT, REDIRECT; 0: none */
	char comment[128];		  /* what the rule is for, in nsh's words; "" none */
	uint64_t handle;		  /* 0 until the kernel has given one */
	bool foreign;			  /* has expressions that this structure cannot hold */
};

typedef VECTOR(struct nft_rule) nft_rule_list;

/* The whole of table "inet nsh" in one namespace. */
struct nft_table {
	bool exists;
	bool chain[NFT_CHAIN_COUNT]; /* which base chains exist */
	nft_rule_list rules;	     /* chain by chain, in the kernel's order */
};

#endif
