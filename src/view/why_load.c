/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_tuple_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* What expressions load into registers: net/netfilter/nft_meta.c, nft_ct.c, nft_fib*.c. */

static void no_match(struct evaluation *e)
{
	e->verdict = VERDICT_BREAK;
}

/* --- meta --- */

static void store_name(struct evaluation *e, uint32_t reg, const char *name)
{
	char text[IFNAMSIZ] = { 0 };

	memcpy(text, name, strnlen(name, sizeof(text) - 1));
	reg_store(e, reg, text, sizeof(text));
}

static void load_link(struct evaluation *e, uint32_t key, uint32_t reg)
{
	bool in = key == NFT_META_IIF || key == NFT_META_IIFNAME || key == NFT_META_IIFTYPE ||
		  key == NFT_META_IIFGROUP || key == NFT_META_IIFKIND;
	const struct link *link = in ? e->in : e->out;
	uint16_t type;

	switch (key) {
	case NFT_META_IIF:
	case NFT_META_OIF:
		reg_store_u32(e, reg, link ? (uint32_t)link->index : 0);
		return;
	case NFT_META_IIFNAME:
	case NFT_META_OIFNAME:
		store_name(e, reg, link ? link->name : "");
		return;
	}
	if (!link) {
		no_match(e);
		return;
	}
	switch (key) {
	case NFT_META_IIFTYPE:
	case NFT_META_OIFTYPE:
		type = link->flags & IFF_LOOPBACK ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
		reg_store(e, reg, &type, sizeof(type));
		break;
	case NFT_META_IIFGROUP:
	case NFT_META_OIFGROUP:
		reg_store_u32(e, reg, link->group);
		break;
	default:
		store_name(e, reg, link->kind);
		break;
	}
}

static void load_bridge_name(struct evaluation *e, const struct link *port, uint32_t reg)
{
	if (e->family != NFPROTO_BRIDGE || !port || !port->master)
		no_match(e);
	else
		store_name(e, reg, port->master_name);
}

static void load_user(struct evaluation *e, uint32_t reg)
{
	/* Only what a program sends has one; answers come from the kernel. */
	if (!e->packet->born_here || e->walk->back || is_discovery(e->packet))
		no_match(e);
	else
		reg_unknown(e, reg, 4, "whose program sends the packet");
}

static void set_meta(struct evaluation *e, uint32_t key, uint32_t reg)
{
	const uint8_t *value;
	uint32_t number;

	if (key != NFT_META_MARK && key != NFT_META_PRIORITY)
		return;
	value = reg_read(e, reg, sizeof(number));
	if (!value)
		return;
	if (e->unsure) {
		expr_effect_doubt(e, "a mark that may be set");
		return;
	}
	memcpy(&number, value, sizeof(number));
	if (key == NFT_META_MARK)
		e->packet->mark = number;
	else
		e->packet->priority = number;
}

void load_meta(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t key = expr_u32(expr, NFTNL_EXPR_META_KEY);
	uint32_t reg = expr_u32(expr, NFTNL_EXPR_META_DREG);
	const struct packet *packet = e->packet;
	uint16_t protocol = ETH_P_ARP;

	if (nftnl_expr_is_set(expr, NFTNL_EXPR_META_SREG)) {
		set_meta(e, key, expr_u32(expr, NFTNL_EXPR_META_SREG));
		return;
	}
	if (packet->kind == PACKET_IP)
		protocol = packet->from.family == AF_INET ? ETH_P_IP : ETH_P_IPV6;
	switch (key) {
	case NFT_META_LEN:
		reg_store_u32(e, reg, packet->size);
		break;
	case NFT_META_PROTOCOL:
		protocol = htons(protocol);
		reg_store(e, reg, &protocol, sizeof(protocol));
		break;
	case NFT_META_PRIORITY:
		reg_store_u32(e, reg, packet->priority);
		break;
	case NFT_META_MARK:
		reg_store_u32(e, reg, packet->mark);
		break;
	case NFT_META_IIF:
	case NFT_META_OIF:
	case NFT_META_IIFNAME:
	case NFT_META_OIFNAME:
	case NFT_META_IIFTYPE:
	case NFT_META_OIFTYPE:
	case NFT_META_IIFGROUP:
	case NFT_META_OIFGROUP:
	case NFT_META_IIFKIND:
	case NFT_META_OIFKIND:
		load_link(e, key, reg);
		break;
	case NFT_META_SKUID:
	case NFT_META_SKGID:
		load_user(e, reg);
		break;
	case NFT_META_NFTRACE:
	case NFT_META_SECPATH:
		reg_store_u8(e, reg, 0);
		break;
	case NFT_META_NFPROTO:
		reg_store_u8(e, reg, e->family);
		break;
	case NFT_META_L4PROTO:
		if (packet->kind == PACKET_ARP)
			no_match(e);
		else
			reg_store_u8(e, reg, packet->protocol);
		break;
	case NFT_META_BRI_IIFNAME:
		load_bridge_name(e, e->in, reg);
		break;
	case NFT_META_BRI_OIFNAME:
		load_bridge_name(e, e->out, reg);
		break;
	case NFT_META_PKTTYPE:
		reg_store_u8(e, reg, packet->to_all ? PACKET_MULTICAST : PACKET_HOST);
		break;
	default:
		reg_unknown(e, reg, 16, "an attribute of the packet that only the kernel knows");
		break;
	}
}

/* --- payload --- */

void load_payload(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t base = expr_u32(expr, NFTNL_EXPR_PAYLOAD_BASE);
	uint32_t offset = expr_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET);
	uint32_t length = expr_u32(expr, NFTNL_EXPR_PAYLOAD_LEN);
	uint32_t sreg = expr_u32(expr, NFTNL_EXPR_PAYLOAD_SREG), have = 0;
	bool set = nftnl_expr_is_set(expr, NFTNL_EXPR_PAYLOAD_SREG);
	const uint8_t *value;
	uint8_t *bytes = NULL;

	switch (base) {
	case NFT_PAYLOAD_LL_HEADER:
		/* What is born here has none before it leaves. */
		if (!e->in && (e->family == NFPROTO_IPV4 || e->family == NFPROTO_IPV6))
			break;
		bytes = e->headers.ether;
		have = sizeof(e->headers.ether);
		break;
	case NFT_PAYLOAD_NETWORK_HEADER:
		bytes = e->headers.network;
		have = (uint32_t)e->headers.network_length;
		break;
	case NFT_PAYLOAD_TRANSPORT_HEADER:
		bytes = e->headers.transport;
		have = (uint32_t)e->headers.transport_length;
		break;
	}
	if (!bytes || length == 0 || offset > 1 << 16 || length > 64) {
		if (base > NFT_PAYLOAD_TRANSPORT_HEADER && !set)
			reg_unknown(e, expr_u32(expr, NFTNL_EXPR_PAYLOAD_DREG), length,
				    "what is within the packet");
		else
			no_match(e);
		return;
	}
	if (offset + length > have) {
		if (offset + length > e->packet->size)
			no_match(e);
		else if (!set)
			reg_unknown(e, expr_u32(expr, NFTNL_EXPR_PAYLOAD_DREG), length,
				    "bytes within the packet");
		return;
	}
	if (!set) {
		reg_store(e, expr_u32(expr, NFTNL_EXPR_PAYLOAD_DREG), bytes + offset, length);
		return;
	}
	value = reg_read(e, sreg, length);
	if (!value)
		return;
	if (e->unsure) {
		expr_effect_doubt(e, "a rewriting that may happen");
		return;
	}
	memcpy(bytes + offset, value, length);
	packet_from_headers(e->packet, &e->headers);
}

/* --- conntrack --- */

uint32_t ct_state_bits(const struct packet *packet)
{
	switch (packet->track) {
	case TRACK_NONE:
	case TRACK_INVALID:
		return NF_CT_STATE_INVALID_BIT;
	case TRACK_NEW:
		return NF_CT_STATE_BIT(IP_CT_NEW);
	case TRACK_ESTABLISHED:
		return NF_CT_STATE_BIT(IP_CT_ESTABLISHED);
	case TRACK_NOT:
		return NF_CT_STATE_UNTRACKED_BIT;
	}
	return NF_CT_STATE_INVALID_BIT;
}

uint32_t ct_status_bits(const struct flow *flow)
{
	uint32_t bits = 0;

	if (flow->answered)
		bits |= IPS_SEEN_REPLY | IPS_CONFIRMED;
	if (flow->snat)
		bits |= IPS_SRC_NAT;
	if (flow->dnat)
		bits |= IPS_DST_NAT;
	if (flow->from_done)
		bits |= IPS_SRC_NAT_DONE;
	if (flow->to_done)
		bits |= IPS_DST_NAT_DONE;
	return bits;
}

static void set_ct(struct evaluation *e, uint32_t key, uint32_t reg)
{
	const uint8_t *value;

	if (key != NFT_CT_MARK || !e->packet->flow)
		return;
	value = reg_read(e, reg, sizeof(uint32_t));
	if (value && !e->unsure)
		memcpy(&e->packet->flow->mark, value, sizeof(uint32_t));
	else if (value)
		expr_effect_doubt(e, "a mark that may be set");
}

void load_ct(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t key = expr_u32(expr, NFTNL_EXPR_CT_KEY);
	uint32_t reg = expr_u32(expr, NFTNL_EXPR_CT_DREG);
	bool back = expr_u32(expr, NFTNL_EXPR_CT_DIR) == IP_CT_DIR_REPLY;
	const struct flow *flow = e->packet->flow;
	const struct flow_end *end;
	static const uint8_t zero[16];
	uint16_t port;

	if (nftnl_expr_is_set(expr, NFTNL_EXPR_CT_SREG)) {
		set_ct(e, key, expr_u32(expr, NFTNL_EXPR_CT_SREG));
		return;
	}
	if (key == NFT_CT_STATE) {
		reg_store_u32(e, reg, ct_state_bits(e->packet));
		return;
	}
	if (!flow || e->packet->track == TRACK_NOT) {
		no_match(e);
		return;
	}
	switch (key) {
	case NFT_CT_DIRECTION:
		reg_store_u8(e, reg, e->packet->is_answer);
		break;
	case NFT_CT_STATUS:
		reg_store_u32(e, reg, ct_status_bits(flow));
		break;
	case NFT_CT_MARK:
		reg_store_u32(e, reg, flow->mark);
		break;
	case NFT_CT_L3PROTOCOL:
		reg_store_u8(e, reg, flow->from.ip.family == AF_INET ? NFPROTO_IPV4 :
								       NFPROTO_IPV6);
		break;
	case NFT_CT_PROTOCOL:
		reg_store_u8(e, reg, flow->protocol);
		break;
	case NFT_CT_SRC:
	case NFT_CT_SRC_IP:
	case NFT_CT_SRC_IP6:
		end = back ? &flow->back_from : &flow->from;
		reg_store(e, reg, end->ip.bytes, ip_bytes(end->ip.family));
		break;
	case NFT_CT_DST:
	case NFT_CT_DST_IP:
	case NFT_CT_DST_IP6:
		end = back ? &flow->back_to : &flow->to;
		reg_store(e, reg, end->ip.bytes, ip_bytes(end->ip.family));
		break;
	case NFT_CT_PROTO_SRC:
		port = htons(back ? flow->back_from.port : flow->from.port);
		reg_store(e, reg, &port, sizeof(port));
		break;
	case NFT_CT_PROTO_DST:
		port = htons(back ? flow->back_to.port : flow->to.port);
		reg_store(e, reg, &port, sizeof(port));
		break;
	case NFT_CT_HELPER:
		no_match(e); /* none was given to it */
		break;
	case NFT_CT_ZONE:
	case NFT_CT_LABELS:
		reg_store(e, reg, zero, sizeof(zero));
		break;
	default:
		reg_unknown(e, reg, 16, "what conntrack counts");
		break;
	}
}

/* --- fib --- */

uint8_t address_type(struct evaluation *e, const struct ip *ip, const struct link *link)
{
	struct route_question question = { .to = *ip, .mark = e->packet->mark };
	struct route_answer answer;
	const struct ns *ns = e->space->ns;

	if (ip_is_multicast(ip))
		return RTN_MULTICAST;
	if (ip_is_loopback(ip))
		return RTN_LOCAL;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];
		struct cidr network = cidr_network(&addr->cidr);
		struct ip all = cidr_broadcast(&network);

		if (link && link->index != addr->index)
			continue;
		if (ip_equal(&addr->cidr.ip, ip))
			return RTN_LOCAL;
		if (ip->family == AF_INET && addr->cidr.ip.family == AF_INET &&
		    addr->cidr.prefix < 31 && ip_equal(&all, ip))
			return RTN_BROADCAST;
	}
	if (ip->family == AF_INET)
		return RTN_UNICAST;
	if (!why_route(e->walk, ns, &question, &answer) || answer.error)
		return RTN_UNREACHABLE;
	return answer.type == RTN_LOCAL && link ? RTN_UNICAST : answer.type;
}

/* "fib saddr . iif oif" and the like: where the kernel would send to that address. */
static int way_to(struct evaluation *e, const struct ip *ip, uint32_t flags)
{
	struct route_question question = { .to = *ip };
	const struct link *link = flags & NFTA_FIB_F_IIF ? e->in :
				  flags & NFTA_FIB_F_OIF ? e->out : NULL;
	struct route_answer answer;

	if (flags & NFTA_FIB_F_MARK)
		question.mark = e->packet->mark;
	if (e->in && (e->in->flags & IFF_LOOPBACK))
		return e->in->index;
	if (!why_route(e->walk, e->space->ns, &question, &answer) || answer.error ||
	    (answer.type != RTN_UNICAST && ip->family == AF_INET))
		return 0;
	return !link || link->index == answer.out ? answer.out : 0;
}

void load_fib(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t result = expr_u32(expr, NFTNL_EXPR_FIB_RESULT);
	uint32_t flags = expr_u32(expr, NFTNL_EXPR_FIB_FLAGS);
	uint32_t reg = expr_u32(expr, NFTNL_EXPR_FIB_DREG);
	const struct ip *ip = flags & NFTA_FIB_F_SADDR ? &e->packet->from : &e->packet->to;
	const struct link *link = flags & NFTA_FIB_F_IIF ? e->in :
				  flags & NFTA_FIB_F_OIF ? e->out : NULL;
	const struct link *out;
	int index;

	if (e->packet->kind == PACKET_ARP) {
		no_match(e);
		return;
	}
	if (result == NFT_FIB_RESULT_ADDRTYPE) {
		reg_store_u32(e, reg, address_type(e, ip, link));
		return;
	}
	index = way_to(e, ip, flags);
	out = index ? ns_link_by_index(e->space->ns, index) : NULL;
	if (flags & NFTA_FIB_F_PRESENT)
		reg_store_u8(e, reg, index != 0);
	else if (result == NFT_FIB_RESULT_OIFNAME)
		store_name(e, reg, out ? out->name : "");
	else
		reg_store_u32(e, reg, (uint32_t)index);
}
