/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_DIAG_H
#define NSH_KERNEL_DIAG_H

#include "base/ip.h"
#include "kernel/kernel.h"
#include "kernel/netlink.h"

/* Questions that change nothing, and which the kernel itself answers. */

/* A socket that waits for packets: a TCP listener, or one of UDP. */
struct diag_socket {
	uint8_t family;	  /* that of the socket */
	bool v6_only;	  /* AF_INET6: takes no IPv4 */
	struct ip at;	  /* the address that it is bound to; zero: any */
	uint16_t port;
	struct ip peer;	  /* zero: takes packets of anybody */
	uint16_t peer_port;
	uint32_t index;	  /* bound to this interface, 0: any */
};
typedef VECTOR(struct diag_socket) diag_socket_list;

/* Those of IPPROTO_TCP or IPPROTO_UDP in namespace NAME, both families (sock_diag(7)). Returns 0,
 * or -1 with the error set; SOCKETS is replaced. */
int diag_sockets(struct kernel *kernel, const char *name, uint8_t protocol,
		 diag_socket_list *sockets, struct error *err);

/* Which way a packet goes: RTM_GETROUTE with all that the kernel lets one say of it. */
struct route_question {
	struct ip to, from; /* from.family 0: the kernel chooses */
	uint32_t mark;
	int in, out;	    /* interface numbers, 0: born here; any */
	uint8_t protocol;   /* IPPROTO_*, 0: not told */
	uint16_t sport, dport;
};
struct route_answer {
	int error;	    /* errno, 0: there is a way */
	uint8_t type;	    /* RTN_* */
	int out;	    /* interface number */
	struct ip gateway;  /* family 0: on the link */
	struct ip source;   /* that the kernel chose; family 0: none */
	struct cidr dest;   /* of IPv6: what matched; else the address itself */
	unsigned mtu;	    /* bytes, that the route has; 0: its interface's */
	uint32_t table;
};
/* Returns 0 with ANSWER filled in, "no route" being an answer; -1 where the question failed. */
int diag_route(struct nlsock *rtnl, const struct route_question *question,
	       struct route_answer *answer, struct nl_error *failed);

/* What a switch knows: behind which port a station is. */
struct fdb_entry {
	uint8_t mac[6];
	int port;	/* interface number of the port, or of the bridge itself */
	int bridge;
	bool local;	/* an address of the port's own: for the bridge itself */
	bool fixed;	/* somebody put it there: it does not change by itself */
};
typedef VECTOR(struct fdb_entry) fdb_list;
int diag_fdb(struct nlsock *rtnl, fdb_list *entries, struct nl_error *failed);

/* Of each port of a bridge, what plain links do not tell. */
struct bridge_port {
	int index;
	bool hairpin;	/* sends back where it came from */
	bool isolated;
	bool no_flood;	/* unknown stations are not sought here */
	bool no_learning;
};
typedef VECTOR(struct bridge_port) bridge_port_list;
int diag_bridge_ports(struct nlsock *rtnl, bridge_port_list *ports, struct nl_error *failed);

/* The parsers, for tests and fuzzers: false where the message is none of its kind. */
bool diag_parse_socket(const struct nlmsghdr *message, struct diag_socket *socket);
bool diag_parse_fdb(const struct nlmsghdr *message, struct fdb_entry *entry);
bool diag_parse_port(const struct nlmsghdr *message, struct bridge_port *port);

#endif
