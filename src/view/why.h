/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_WHY_H
#define NSH_VIEW_WHY_H

#include <stdio.h>

#include "base/ip.h"
#include "plan/world.h"

/*
 * Why a packet arrives, or does not: a packet that is thought of, not sent, goes hop by hop
 * through the namespaces, and its answer comes back. At every hop the kernel is asked where it
 * can be (routes, neighbours, sockets); the rest is predicted from what was read (nf_tables
 * rules, ARP, bridges), and what cannot be judged is said to be unknown. Nothing is changed.
 */
enum why_code {
	WHY_ARRIVES,
	WHY_NO_ROUTE,
	WHY_NO_ADDRESS,
	WHY_WRONG_PREFIX,
	WHY_LINK_DOWN,
	WHY_NO_CARRIER,
	WHY_NOT_ATTACHED,
	WHY_BRIDGE_DOWN,
	WHY_BRIDGE_PORT_DOWN,
	WHY_BRIDGE_PORT_BLOCKED,
	WHY_GATEWAY_OFF_LINK,
	WHY_NO_NEIGHBOUR,
	WHY_WRONG_NEIGHBOUR,
	WHY_ADDRESS_ELSEWHERE,
	WHY_ADDRESS_TWICE,
	WHY_ADDRESS_TENTATIVE,
	WHY_IPV6_OFF,
	WHY_FORWARDING_OFF,
	WHY_RP_FILTER,
	WHY_MARTIAN,
	WHY_UNREACHABLE_ROUTE,
	WHY_PROHIBITED,
	WHY_BLACKHOLE,
	WHY_DROPPED_BY_RULE,
	WHY_REJECTED_BY_RULE,
	WHY_BR_NETFILTER,
	WHY_MTU,
	WHY_TTL,
	WHY_LOOP,
	WHY_NO_NAT,
	WHY_NO_RETURN_ROUTE,
	WHY_WRONG_ANSWER,
	WHY_NO_LISTENER,
	WHY_ECHO_IGNORED,
	WHY_UNKNOWN,
	WHY_CODE_COUNT,
};

/* "NO_ROUTE". */
const char *why_code_name(enum why_code code);
/* All of them for the manual, in man(7). */
void why_print_man(FILE *to);

/* What a step rests on. */
enum why_basis {
	WHY_OBSERVED,  /* the kernel says so */
	WHY_PREDICTED, /* follows from what the kernel says, by the rules it works by */
	WHY_UNSURE,    /* cannot be judged */
};
const char *why_basis_name(enum why_basis basis);

struct why_step {
	bool back; /* on the answer's way */
	enum why_basis basis;
	char *where; /* "red" or "red:veth-red" */
	char *what;
};

struct why_question {
	const char *from; /* a namespace that there is */
	struct ip to;
	const char *to_name; /* as it was asked for, for the sentence */
	const char *to_ns;   /* the namespace that was meant; NULL: whoever has the address */
	uint8_t protocol;    /* IPPROTO_ICMP (of IPv6 too), IPPROTO_TCP, IPPROTO_UDP */
	uint16_t port;
};

struct why {
	enum why_code code;
	VECTOR(struct why_step) steps;
	char *sentence; /* without a full stop */
	char *mend;	/* nsh lines, with "; " between; NULL: there is none */
	struct ip from, to; /* of the packet as it left; from.family 0: it never did */
};
#define cleanup_why __attribute__((cleanup(why_free)))

/* Returns 0 with WHY filled in, whatever the verdict; -1 where the world cannot be read. */
int why_ask(struct world *world, const struct why_question *question, struct why *why,
	    struct error *err);
void why_free(struct why *why);

/* The answer where TO is a namespace without an address, which no packet can be sent to. */
int why_no_address(struct world *world, const char *from, const char *to, struct why *why,
		   struct error *err);

/* PREFIX stands before each line ("# "). */
void why_print(const struct why *why, const char *prefix, FILE *to);
void why_print_json(const struct why *why, const struct why_question *question, FILE *to);

#endif
