/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why.h"

/* The codes are stable: scripts and lessons rely on them. */
static const struct {
	const char *name, *help;
} codes[WHY_CODE_COUNT] = {
	[WHY_ARRIVES] = { "ARRIVES", "the packet arrives, and its answer comes back" },
	[WHY_NO_ROUTE] = { "NO_ROUTE", "a namespace on the way has no route to the address" },
	[WHY_NO_ADDRESS] = { "NO_ADDRESS",
			     "the sender or the target has no address to speak from" },
	[WHY_WRONG_PREFIX] = { "WRONG_PREFIX",
			       "the prefix length of an address leaves its neighbours out, or "
			       "takes in what is not there" },
	[WHY_LINK_DOWN] = { "LINK_DOWN", "an interface on the way is down" },
	[WHY_NO_CARRIER] = { "NO_CARRIER",
			     "an interface is up, but nothing is at the other end of it" },
	[WHY_NOT_ATTACHED] = { "NOT_ATTACHED",
			       "a cable ends in an interface that is on no switch and has no "
			       "address" },
	[WHY_BRIDGE_DOWN] = { "BRIDGE_DOWN", "a switch on the way is down" },
	[WHY_BRIDGE_PORT_DOWN] = { "BRIDGE_PORT_DOWN", "a port of a switch is down" },
	[WHY_BRIDGE_PORT_BLOCKED] = { "BRIDGE_PORT_BLOCKED",
				      "a port of a switch is up but does not forward, or not to the "
				      "other" },
	[WHY_GATEWAY_OFF_LINK] = { "GATEWAY_OFF_LINK",
				   "a route leads to a gateway that is in no network of its "
				   "interface" },
	[WHY_NO_NEIGHBOUR] = { "NO_NEIGHBOUR",
			       "nobody on the link answers for the next address" },
	[WHY_WRONG_NEIGHBOUR] = { "WRONG_NEIGHBOUR",
				  "a neighbour entry holds a hardware address that is not that "
				  "of who has the address" },
	[WHY_ADDRESS_ELSEWHERE] = { "ADDRESS_ELSEWHERE",
				    "the address is sought on one link but is on another" },
	[WHY_ADDRESS_TWICE] = { "ADDRESS_TWICE",
				"several have one address: another than the one that is meant "
				"gets the packet, or it is a matter of chance which does" },
	[WHY_ADDRESS_TENTATIVE] = { "ADDRESS_TENTATIVE",
				    "an IPv6 address is not in use: it is being checked for "
				    "duplicates, or is one" },
	[WHY_IPV6_OFF] = { "IPV6_OFF", "an interface on the way has IPv6 switched off" },
	[WHY_FORWARDING_OFF] = { "FORWARDING_OFF",
				 "a namespace gets the packet but does not forward between its "
				 "interfaces" },
	[WHY_RP_FILTER] = { "RP_FILTER",
			    "the reverse path filter drops a packet whose answer would leave "
			    "by another interface" },
	[WHY_MARTIAN] = { "MARTIAN", "a source address cannot come in, or go out, "
			"there: a loopback address stays within its namespace" },
	[WHY_UNREACHABLE_ROUTE] = { "UNREACHABLE_ROUTE",
				    "a route says that the address is unreachable" },
	[WHY_PROHIBITED] = { "PROHIBITED", "a route prohibits the address" },
	[WHY_BLACKHOLE] = { "BLACKHOLE", "a route drops all for the address" },
	[WHY_DROPPED_BY_RULE] = { "DROPPED_BY_RULE",
				  "a rule of a firewall, or the policy of a chain, drops the "
				  "packet" },
	[WHY_REJECTED_BY_RULE] = { "REJECTED_BY_RULE", "a rule of a firewall refuses the packet" },
	[WHY_BR_NETFILTER] = { "BR_NETFILTER",
			       "a switch hands its packets to the IP firewall (br_netfilter), "
			       "which drops them, or whose NAT turns them round to the port that "
			       "they came in by" },
	[WHY_MTU] = { "MTU", "the packet is longer than a link on the way takes" },
	[WHY_TTL] = { "TTL", "the packet has passed more routers than it may" },
	[WHY_LOOP] = { "LOOP", "routers send the packet round in a circle" },
	[WHY_NO_NAT] = { "NO_NAT",
			 "the answer finds no way back to a private address that no NAT hides" },
	[WHY_NO_RETURN_ROUTE] = { "NO_RETURN_ROUTE", "the answer finds no route back" },
	[WHY_WRONG_ANSWER] = { "WRONG_ANSWER",
			       "the answer comes from another address than the packet was sent "
			       "to" },
	[WHY_NO_LISTENER] = { "NO_LISTENER", "no program listens on the port" },
	[WHY_ECHO_IGNORED] = { "ECHO_IGNORED", "the target is told not to answer pings" },
	[WHY_UNKNOWN] = { "UNKNOWN", "something on the way cannot be judged" },
};

const char *why_code_name(enum why_code code)
{
	return codes[code].name;
}

void why_print_man(FILE *to)
{
	fputs(".SH WHY\nThe codes that\n.B why\nends with:\n", to);
	for (enum why_code code = 0; code < WHY_CODE_COUNT; code++)
		fprintf(to, ".TP\n.B %s\n%s.\n", codes[code].name, codes[code].help);
}

const char *why_basis_name(enum why_basis basis)
{
	switch (basis) {
	case WHY_OBSERVED:
		return "observed";
	case WHY_PREDICTED:
		return "predicted";
	case WHY_UNSURE:
		return "unknown";
	}
	return "unknown";
}
