/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_WHY_PARTS_H
#define NSH_VIEW_WHY_PARTS_H

#include "kernel/diag.h"
#include "kernel/ruleset.h"
#include "view/why.h"

/* What the files of why share; nobody else includes this. */

/* --- the packet --- */

enum packet_kind { PACKET_IP, PACKET_ARP };

/* What conntrack holds of the packet in the namespace that it is in. */
enum track {
	TRACK_NONE,    /* not yet seen */
	TRACK_NEW,
	TRACK_ESTABLISHED,
	TRACK_INVALID,
	TRACK_NOT,     /* untracked */
};

struct flow_end {
	struct ip ip;
	uint16_t port; /* or the id of an echo */
};
/* A connection in one namespace: as it began, and as its answers look. */
struct flow {
	const struct ns *ns;
	uint8_t protocol;
	struct flow_end from, to;	    /* of the first packet */
	struct flow_end back_from, back_to; /* of its answer */
	bool to_done, from_done;	    /* the chains of NAT had their say */
	bool dnat, snat, answered;
	uint32_t mark;
};

struct packet {
	enum packet_kind kind;
	uint8_t mac_from[6], mac_to[6];
	bool to_all;		/* broadcast or multicast frame */
	struct ip from, to;	/* of ARP: the sender's and the one sought */
	uint8_t protocol;	/* IPPROTO_*; IPPROTO_ICMPV6 of IPv6 */
	uint16_t sport, dport;
	uint8_t type;		/* of ICMP */
	uint16_t id;		/* of an echo */
	struct ip about;	/* of neighbour discovery: the target */
	uint8_t tcp_flags;
	uint8_t ttl, tos;
	bool reply;		/* of ARP */
	unsigned size;		/* bytes from the IP header on */
	uint32_t mark, priority;
	bool born_here;		/* sent by this namespace itself */
	struct flow *flow;	/* NULL: none */
	enum track track;
	bool is_answer;		/* it goes with the flow's reply tuple here */
	const struct link *port_in, *port_out; /* of the bridge it is on */
	bool prerouted;		/* br_netfilter has shown it to PREROUTING already */
};

#define HEADER_MAX 128
/* The bytes of the three headers as they are on the wire; *LENGTH of each. */
struct headers {
	uint8_t ether[14], network[40], transport[40];
	size_t network_length, transport_length;
};
void packet_headers(const struct packet *packet, struct headers *headers);
/* Takes over what a rule wrote into the headers. */
void packet_from_headers(struct packet *packet, const struct headers *headers);
/* "10.0.0.1 -> 10.0.0.2 (tcp 80)". */
void why_packet_text(const struct packet *packet, struct buf *text);

/* --- the walk --- */

/* What was read of a namespace besides the world. */
struct why_ns {
	struct ns *ns;
	bool rules_read, fdb_read, legacy_told;
	struct ruleset rules;
	fdb_list fdb;
	bridge_port_list ports;
};

/* Where a packet ended, and why. */
struct ending {
	bool set;
	enum why_code code;
	enum why_basis basis;
	char *where, *sentence, *mend;
};
void ending_free(struct ending *ending);

/* What a station has learned in this walk: of neighbours or, of a switch, its ports. */
struct learned {
	const struct ns *ns;
	int index; /* interface number; of a switch that of the port */
	struct ip ip;
	uint8_t mac[6];
	int bridge; /* 0: a neighbour */
};

struct visit {
	const struct why_ns *space;
	int index;
	struct ip from, to;
	unsigned count;
};

struct walk {
	struct world *world;
	struct why *why;
	struct error *err; /* a failure to read; then `failed` */
	bool failed;
	bool doubtful; /* something was passed that cannot be read */
	bool back;
	unsigned quiet; /* steps are not told while not 0 */
	unsigned depth;
	VECTOR(struct why_ns *) spaces;
	VECTOR(struct flow *) flows;
	VECTOR(struct learned) learned;
	VECTOR(struct visit) visits;
	struct ending ending;	/* of the packet under way */
	struct ending obstacle; /* of a frame, as long as nobody took it */
	unsigned smallest_mtu;
	/* Where it was delivered. */
	struct why_ns *at;
	const struct link *at_link;
	struct packet arrived;
	/* The way there, for what is said of the way back. */
	struct ns *last_router;
	int last_router_out;
	bool was_dnat; /* the target's address was rewritten on the way */
	const struct ns *origin;
	struct why_ns *sender; /* of the packet that is on its way: there, or back */
	char *narrow, *narrow_mend; /* where longer packets would be lost; NULL: nowhere */
	struct packet *first; /* gets the source that was chosen */
	/* Neighbour discovery under way. */
	struct seeking *seeking;
};

/* The namespace with links, addresses and neighbours; NULL with walk->failed set. */
struct why_ns *why_space(struct walk *walk, const char *name);
/* Adds its rules; false where they cannot be read (which is then an ending). */
bool why_rules(struct walk *walk, struct why_ns *space);
void why_fdb(struct walk *walk, struct why_ns *space);
const char *why_sysctl(struct walk *walk, const struct ns *ns, const char *format, ...)
	__attribute__((format(printf, 3, 4))); /* "" where there is none */
bool why_sysctl_on(struct walk *walk, const struct ns *ns, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
struct nlsock *why_rtnl(struct walk *walk, const struct ns *ns);
/* false: the question failed. */
bool why_route(struct walk *walk, const struct ns *ns, const struct route_question *question,
	       struct route_answer *answer);

/* LINK may be NULL. */
void why_step(struct walk *walk, enum why_basis basis, const struct ns *ns,
	      const struct link *link, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Ends the packet. MEND may be NULL; it is copied. Always returns true: the packet was taken. */
bool why_end(struct walk *walk, enum why_code code, enum why_basis basis, const struct ns *ns,
	     const struct link *link, const char *mend, const char *format, ...)
	__attribute__((format(printf, 7, 8)));
/* What keeps a frame from a station: it counts if nobody takes the frame. Returns false. */
bool why_obstacle(struct walk *walk, enum why_code code, enum why_basis basis,
		  const struct ns *ns, const struct link *link, const char *mend,
		  const char *format, ...) __attribute__((format(printf, 7, 8)));
/* The obstacle becomes the ending, or CODE where there was none. */
bool why_end_by_obstacle(struct walk *walk);

/* --- layer 3: why_ip.c. Each returns true: the packet was taken, here or further on. --- */

/* A packet born in SPACE; from.family 0: the kernel is asked. OUT: an interface, or NULL. */
bool ip_send(struct walk *walk, struct why_ns *space, struct packet *packet,
	     const struct link *out);
/* One that came in on LINK. */
bool ip_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		struct packet *packet);
/* Behind the route: POSTROUTING, the neighbour, the link. IN may be NULL. */
bool ip_transmit(struct walk *walk, struct why_ns *space, struct packet *packet,
		 const struct link *in, const struct link *out, const struct ip *next);

/* --- layer 2: why_link.c --- */

/* A frame out of LINK. Returns whether anybody took it. */
bool link_send(struct walk *walk, struct why_ns *space, const struct link *link,
	       struct packet *packet);
/* The state of an interface, as an obstacle where it cannot send. */
bool link_can_send(struct walk *walk, struct why_ns *space, const struct link *link);
/* Sets the obstacle that the far end of LINK is, where it is one. */
void link_far_obstacle(struct walk *walk, struct why_ns *space, const struct link *link);
bool bridge_receive(struct walk *walk, struct why_ns *space, const struct link *bridge,
		    const struct link *port, struct packet *packet);
bool bridge_send(struct walk *walk, struct why_ns *space, const struct link *bridge,
		 struct packet *packet);
bool frame_deliver(struct walk *walk, struct why_ns *space, const struct link *link,
		   struct packet *packet);
bool frame_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		   struct packet *packet);
void link_text(struct buf *text, const struct ns *ns, const struct link *link);

/* --- neighbours: why_neigh.c --- */

/* The hardware address of NEXT on LINK, into packet->mac_to. false: the packet has ended. */
bool neigh_find(struct walk *walk, struct why_ns *space, const struct link *link,
		const struct ip *next, const struct packet *packet, uint8_t mac[6]);
/* The address that is asked for just now; NULL: none is. */
const struct ip *neigh_sought(const struct walk *walk);
/* A frame of ARP, or of neighbour discovery, that came to a station. */
bool arp_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		 struct packet *packet);
bool discovery_receive(struct walk *walk, struct why_ns *space, const struct link *link,
		       struct packet *packet);
bool is_discovery(const struct packet *packet);

/* --- netfilter: why_hook.c and what it uses --- */

enum hook_result { HOOK_ON, HOOK_ENDED };

/*
 * The packet passes the chains of FAMILY (NFPROTO_IPV4, ..) at HOOK, with conntrack and NAT. It
 * may be rewritten. BRIDGED: br_netfilter shows it to them. IN and OUT may be NULL.
 */
enum hook_result hook_pass(struct walk *walk, struct why_ns *space, uint8_t family,
			   unsigned hook, struct packet *packet, const struct link *in,
			   const struct link *out, bool bridged);

/* --- conntrack and NAT: why_nat.c --- */

enum nat_kind { NAT_SNAT, NAT_DNAT, NAT_MASQUERADE, NAT_REDIRECT };
struct nat_wish {
	enum nat_kind kind;
	struct ip ip;	    /* family 0: kept */
	uint16_t port;	    /* 0: kept */
};
void track_packet(struct walk *walk, const struct ns *ns, struct packet *packet);
/* Sets up the flow's NAT as a rule wishes. false: the kernel drops it (nothing to hide behind). */
bool nat_set(struct walk *walk, const struct ns *ns, struct packet *packet,
	     const struct nat_wish *wish, const struct link *in, const struct link *out);
/* Rewrites the packet as its flow says: its source, or its destination. Whether it did. */
bool nat_apply(struct packet *packet, bool source);

/* --- evaluation of one base chain: why_chain.c, why_expr.c, why_set.c, why_xt.c --- */

enum outcome {
	OUTCOME_ACCEPT,
	OUTCOME_DROP,
	OUTCOME_REJECT,
	OUTCOME_UNKNOWN,
};

#define REGISTER_BYTES 80 /* 16 of 4 bytes, and room to read past the last safely */

enum verdict_kind {
	VERDICT_NONE,
	VERDICT_ACCEPT,
	VERDICT_DROP,
	VERDICT_REJECT,
	VERDICT_JUMP,
	VERDICT_GOTO,
	VERDICT_RETURN,
	VERDICT_BREAK,	 /* the rule does not match */
	VERDICT_UNKNOWN, /* cannot be judged */
};

/* All that a rule can look at. */
struct evaluation {
	struct walk *walk;
	struct why_ns *space;
	const struct ruleset *rules;
	struct packet *packet;
	const struct link *in, *out;
	uint8_t family;	       /* of the hook: NFPROTO_IPV4, _IPV6, _BRIDGE, _ARP, _NETDEV */
	unsigned hook;
	const struct ruleset_chain *chain; /* that is being evaluated */
	struct headers headers;
	uint8_t registers[REGISTER_BYTES];
	bool known[REGISTER_BYTES];
	char unknown[64];      /* what was last loaded that is not known */
	/* Of the rule at hand. */
	enum verdict_kind verdict;
	char target[128];      /* of a jump */
	bool unsure;	       /* something before could not be judged */
	char doubt[160];       /* what it was, first of all */
	bool no_effects;       /* rules are only looked at */
	bool nat_done;
	/* Of the whole chain. */
	bool maybe_accept, maybe_drop;
	const struct ruleset_chain *by_chain; /* who decided */
	const struct ruleset_rule *by_rule;   /* NULL: the policy */
	unsigned depth, rules_run;
	bool nat_dropped;
};
enum outcome chain_evaluate(struct evaluation *e, const struct ruleset_chain *chain);

/* --- registers: as in nf_tables, by NFT_REG_* or NFT_REG32_* --- */

void reg_store(struct evaluation *e, uint32_t reg, const void *bytes, size_t length);
void reg_store_u32(struct evaluation *e, uint32_t reg, uint32_t value); /* host order */
void reg_store_u8(struct evaluation *e, uint32_t reg, uint8_t value);
/* WHAT is not known. */
void reg_unknown(struct evaluation *e, uint32_t reg, size_t length, const char *what);
/* NULL where it is not known (then the verdict is that), or there is no such register. */
const uint8_t *reg_read(struct evaluation *e, uint32_t reg, size_t length);

/* Attributes of an expression: 0 or false where it is not set. */
struct nftnl_expr;
uint32_t expr_u32(const struct nftnl_expr *expr, uint16_t attr);
const void *expr_data(const struct nftnl_expr *expr, uint16_t attr, uint32_t *length);

/* What loads from the packet and from what is known of it: why_load.c. */
void load_meta(struct evaluation *e, const struct nftnl_expr *expr);
void load_ct(struct evaluation *e, const struct nftnl_expr *expr);
void load_fib(struct evaluation *e, const struct nftnl_expr *expr);
void load_payload(struct evaluation *e, const struct nftnl_expr *expr);

/* A rule's wish for NAT; the verdict is set. */
void expr_nat(struct evaluation *e, const struct nat_wish *wish);
/* The bits of NFT_CT_STATE, and of NFT_CT_STATUS. */
uint32_t ct_state_bits(const struct packet *packet);
uint32_t ct_status_bits(const struct flow *flow);

/* One expression; sets e->verdict, or leaves it VERDICT_NONE to go on. */
void expr_evaluate(struct evaluation *e, const struct nftnl_expr *expr);
void xt_match(struct evaluation *e, const struct nftnl_expr *expr);
void xt_target(struct evaluation *e, const struct nftnl_expr *expr);
/* VERDICT_UNKNOWN, with words on what is not judged. */
void expr_doubt(struct evaluation *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same, of what changes the packet or decides on it: all may be otherwise then. */
void expr_effect_doubt(struct evaluation *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* RTN_* of an address as the kernel sees it from the namespace. */
uint8_t address_type(struct evaluation *e, const struct ip *ip, const struct link *link);

/* What a set says of KEY: 1 it is in (DATA, if a map, is filled in), 0 it is not, -1 unknown. */
struct set_data {
	uint8_t bytes[64];
	uint32_t length;
	bool is_verdict;
	uint32_t verdict;
	char chain[128];
};
int set_lookup(const struct ruleset_set *set, const uint8_t *key, struct set_data *data);

/* "rule 2 of chain forward (table inet filter)", or its policy. */
void rule_text(struct buf *text, const struct ruleset_chain *chain,
	       const struct ruleset_rule *rule);
/* The line that takes it away; NULL. The caller frees it. */
char *rule_mend(const struct ns *ns, const struct ruleset_chain *chain,
		const struct ruleset_rule *rule);

/* --- what could be otherwise: why_find.c, why_mend.c --- */

/* A station on the same link: an interface that frames from LINK can come to, were all up. */
struct station {
	struct ns *ns;
	struct link *link;
};
typedef VECTOR(struct station) station_list;
void find_stations(struct walk *walk, struct ns *ns, const struct link *link,
		   station_list *stations);
/* Whether it has the address, or leads there. */
bool is_gateway(struct walk *walk, const struct station *station, const struct ip *to);
/* Whether interface INDEX of OWNER is a station on LINK. */
bool link_reaches(struct walk *walk, struct ns *ns, const struct link *link,
		  const struct ns *owner, int index);
/* Who has the address, anywhere. */
bool find_owner(struct walk *walk, const struct ip *ip, struct ns **ns,
		const struct addr **addr);
/* Why there is no route: ends the packet. IN: where it came in, or NULL. */
bool explain_no_route(struct walk *walk, struct why_ns *space, const struct packet *packet,
		      const struct link *in, int error);
/* Whether a router of the circle that a packet goes in has lost its way on: ends the packet. */
bool explain_loop(struct walk *walk, const struct ip *to);
/* The address of NS (on LINK, unless NULL) whose network holds IP; NULL. */
const struct addr *find_network(const struct ns *ns, const struct link *link,
				const struct ip *ip);
/* An address of LINK that others can send to: none of IPv6's own; NULL. */
const struct addr *find_address(const struct ns *ns, const struct link *link, uint8_t family);
bool link_is_station(const struct link *link); /* neither lo nor a port of a switch */
/* Each ends the packet, and returns whether it did. */
bool end_arp_off(struct walk *walk, struct ns *ns, const struct link *link);
bool end_ipv6_off(struct walk *walk, struct ns *ns, const struct link *link);
bool end_wrong_prefix(struct walk *walk, struct ns *ns, const struct link *link,
		      const struct addr *own, unsigned prefix, const struct ip *to);
/* Why nobody answers for NEXT on LINK: ends the packet. */
bool explain_no_neighbour(struct walk *walk, struct why_ns *space, const struct link *link,
			  const struct ip *next, const struct packet *packet);
/* A packet from or to a loopback address that came in on LINK, which is not lo: none is taken. */
bool explain_stray_loopback(struct walk *walk, struct ns *ns, const struct link *link,
			    const struct packet *packet);
/* A kernel that refuses a packet from LINK (EINVAL): why. */
bool explain_refused(struct walk *walk, struct why_ns *space, const struct link *link,
		     const struct packet *packet, int error);
/* Whether rp_filter of LINK drops a packet from FROM. */
bool rp_filtered(struct walk *walk, struct why_ns *space, const struct link *link,
		 const struct packet *packet);
/* The route of TABLE (0: of any) that matches IP best, which a packet takes unless a rule leads
 * elsewhere; NULL: none. */
const struct route *best_route(struct walk *walk, const struct ns *ns, const struct ip *ip,
			       uint32_t table);
/* The line for a route from NS to IP, or NULL; the caller frees it. */
char *mend_route(struct walk *walk, struct why_ns *space, const struct ip *ip);
/* The line that takes away the route of ROUTER which sends what is for TO back to NS; NULL. */
char *mend_turned(struct walk *walk, const struct ns *router, const struct ns *ns,
		  const struct ip *to);
char *mend_link_up(struct walk *walk, struct ns *ns, const struct link *link,
		   const struct ip *to);
/* A free address for NS on LINK: "addr red:eth0 10.0.0.7/24"; NULL. */
char *mend_address(struct walk *walk, struct ns *ns, const struct link *link, uint8_t family);

#endif
