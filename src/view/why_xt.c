/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_xt.h"

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_connmark.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_iprange.h>
#include <linux/netfilter/xt_length.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_physdev.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <string.h>

/*
 * What iptables(8) on nf_tables leaves to the modules of the old one: matches and targets as
 * binary structures of the kernel (linux/netfilter/xt_*.h).
 */

bool xt_take(struct evaluation *e, const struct xt_info *info, void *to, size_t size)
{
	if (info->data && info->length >= size) {
		memcpy(to, info->data, size);
		return true;
	}
	expr_doubt(e, "a match or target of another version");
	return false;
}

xt_function xt_find(const struct xt_kind *list, size_t count, const char *name)
{
	for (size_t i = 0; name && i < count; i++)
		if (!strcmp(list[i].name, name))
			return list[i].evaluate;
	return NULL;
}

void xt_nothing(struct evaluation *e, const struct xt_info *info)
{
	(void)e;
	(void)info;
}

static void match_if(struct evaluation *e, bool matches)
{
	if (!matches)
		e->verdict = VERDICT_BREAK;
}

static bool in_ports(const uint16_t range[2], uint16_t port, bool not)
{
	return (port >= range[0] && port <= range[1]) != not;
}

static void match_tcp(struct evaluation *e, const struct xt_info *info)
{
	const struct packet *packet = e->packet;
	struct xt_tcp tcp;

	if (!xt_take(e, info, &tcp, sizeof(tcp)))
		return;
	match_if(e, packet->protocol == IPPROTO_TCP &&
			    in_ports(tcp.spts, packet->sport, tcp.invflags & XT_TCP_INV_SRCPT) &&
			    in_ports(tcp.dpts, packet->dport, tcp.invflags & XT_TCP_INV_DSTPT) &&
			    ((packet->tcp_flags & tcp.flg_mask) == tcp.flg_cmp) !=
				    !!(tcp.invflags & XT_TCP_INV_FLAGS));
	if (tcp.option && e->verdict == VERDICT_NONE)
		expr_doubt(e, "an option of TCP");
}

static void match_udp(struct evaluation *e, const struct xt_info *info)
{
	struct xt_udp udp;

	if (xt_take(e, info, &udp, sizeof(udp)))
		match_if(e, e->packet->protocol == IPPROTO_UDP &&
				    in_ports(udp.spts, e->packet->sport,
					     udp.invflags & XT_UDP_INV_SRCPT) &&
				    in_ports(udp.dpts, e->packet->dport,
					     udp.invflags & XT_UDP_INV_DSTPT));
}

static void match_icmp(struct evaluation *e, const struct xt_info *info)
{
	const struct packet *packet = e->packet;
	struct ipt_icmp icmp; /* struct ip6t_icmp is the same */
	bool any;

	if (!xt_take(e, info, &icmp, sizeof(icmp)))
		return;
	any = icmp.type == 0xff && packet->protocol == IPPROTO_ICMP;
	/* All that is sent here has code 0. */
	match_if(e, (packet->protocol == IPPROTO_ICMP || packet->protocol == IPPROTO_ICMPV6) &&
			    (any || (icmp.type == packet->type && icmp.code[0] == 0)) !=
				    !!(icmp.invflags & IPT_ICMP_INV));
}

static bool net_is(const struct ip *ip, const union nf_inet_addr *addr,
		   const union nf_inet_addr *mask)
{
	const uint8_t *a = (const uint8_t *)addr, *m = (const uint8_t *)mask;

	for (unsigned i = 0; i < ip_bytes(ip->family); i++)
		if ((ip->bytes[i] ^ a[i]) & m[i])
			return false;
	return true;
}

static uint16_t ct_state(const struct packet *packet, const struct flow *flow)
{
	uint16_t bits;

	switch (packet->track) {
	case TRACK_NOT:
		return XT_CONNTRACK_STATE_UNTRACKED;
	case TRACK_NONE:
	case TRACK_INVALID:
		return XT_CONNTRACK_STATE_INVALID;
	case TRACK_NEW:
	case TRACK_ESTABLISHED:
		break;
	}
	bits = packet->track == TRACK_NEW ? XT_CONNTRACK_STATE_BIT(IP_CT_NEW) :
					    XT_CONNTRACK_STATE_BIT(IP_CT_ESTABLISHED);
	if (flow && flow->snat)
		bits |= XT_CONNTRACK_STATE_SNAT;
	if (flow && flow->dnat)
		bits |= XT_CONNTRACK_STATE_DNAT;
	return bits;
}

static void match_conntrack(struct evaluation *e, const struct xt_info *info)
{
	const struct flow *flow = e->packet->flow;
	struct xt_conntrack_mtinfo3 want;
	uint16_t flags, not;
	bool good;

	if (info->revision != 3)
		expr_doubt(e, "a match \"conntrack\" of another version");
	if (e->verdict == VERDICT_UNKNOWN || !xt_take(e, info, &want, sizeof(want)))
		return;
	flags = want.match_flags;
	not = want.invert_flags;
	if (flags & (XT_CONNTRACK_EXPIRES | XT_CONNTRACK_ORIGSRC_PORT |
		     XT_CONNTRACK_ORIGDST_PORT | XT_CONNTRACK_REPLSRC_PORT |
		     XT_CONNTRACK_REPLDST_PORT)) {
		expr_doubt(e, "ports or times of conntrack");
		return;
	}
	good = !(flags & XT_CONNTRACK_STATE) ||
	       !!(want.state_mask & ct_state(e->packet, flow)) != !!(not & XT_CONNTRACK_STATE);
	if (!flow) {
		match_if(e, good && !(flags & ~(unsigned)(XT_CONNTRACK_STATE |
							  XT_CONNTRACK_STATE_ALIAS)));
		return;
	}
	if (flags & XT_CONNTRACK_DIRECTION)
		good &= !e->packet->is_answer != !!(not & XT_CONNTRACK_DIRECTION);
	if (flags & XT_CONNTRACK_ORIGSRC)
		good &= net_is(&flow->from.ip, &want.origsrc_addr, &want.origsrc_mask) !=
			!!(not & XT_CONNTRACK_ORIGSRC);
	if (flags & XT_CONNTRACK_ORIGDST)
		good &= net_is(&flow->to.ip, &want.origdst_addr, &want.origdst_mask) !=
			!!(not & XT_CONNTRACK_ORIGDST);
	if (flags & XT_CONNTRACK_REPLSRC)
		good &= net_is(&flow->back_from.ip, &want.replsrc_addr, &want.replsrc_mask) !=
			!!(not & XT_CONNTRACK_REPLSRC);
	if (flags & XT_CONNTRACK_REPLDST)
		good &= net_is(&flow->back_to.ip, &want.repldst_addr, &want.repldst_mask) !=
			!!(not & XT_CONNTRACK_REPLDST);
	if (flags & XT_CONNTRACK_PROTO)
		good &= (flow->protocol == want.l4proto) != !!(not & XT_CONNTRACK_PROTO);
	if (flags & XT_CONNTRACK_STATUS)
		good &= !!(want.status_mask & ct_status_bits(flow)) !=
			!!(not & XT_CONNTRACK_STATUS);
	match_if(e, good);
}

static void match_state(struct evaluation *e, const struct xt_info *info)
{
	struct xt_state_info want;

	if (xt_take(e, info, &want, sizeof(want)))
		match_if(e, want.statemask & ct_state(e->packet, NULL));
}

static void match_addrtype(struct evaluation *e, const struct xt_info *info)
{
	struct xt_addrtype_info_v1 want;
	const struct link *link = NULL;
	bool good = true;

	if (info->revision != 1)
		expr_doubt(e, "a match \"addrtype\" of another version");
	if (e->verdict == VERDICT_UNKNOWN || !xt_take(e, info, &want, sizeof(want)))
		return;
	if (want.flags & XT_ADDRTYPE_LIMIT_IFACE_IN)
		link = e->in;
	else if (want.flags & XT_ADDRTYPE_LIMIT_IFACE_OUT)
		link = e->out;
	if (want.source)
		good &= !!(want.source & 1u << address_type(e, &e->packet->from, link)) !=
			!!(want.flags & XT_ADDRTYPE_INVERT_SOURCE);
	if (want.dest)
		good &= !!(want.dest & 1u << address_type(e, &e->packet->to, link)) !=
			!!(want.flags & XT_ADDRTYPE_INVERT_DEST);
	match_if(e, good);
}

static bool port_matches(const struct xt_multiport_v1 *want, const struct packet *packet,
			 uint16_t first, uint16_t last)
{
	uint16_t range[2] = { first, last };
	bool source = in_ports(range, packet->sport, false);
	bool dest = in_ports(range, packet->dport, false);

	switch (want->flags) {
	case XT_MULTIPORT_SOURCE:
		return source;
	case XT_MULTIPORT_DESTINATION:
		return dest;
	}
	return source || dest;
}

static void match_multiport(struct evaluation *e, const struct xt_info *info)
{
	struct xt_multiport_v1 want;
	bool found = false;

	if (info->revision != 1)
		expr_doubt(e, "a match \"multiport\" of another version");
	if (e->verdict == VERDICT_UNKNOWN || !xt_take(e, info, &want, sizeof(want)))
		return;
	for (unsigned i = 0; i < want.count && i < XT_MULTI_PORTS; i++) {
		uint16_t first = want.ports[i], last = first;

		if (want.pflags[i] && i + 1 < XT_MULTI_PORTS)
			last = want.ports[++i];
		found |= port_matches(&want, e->packet, first, last);
	}
	match_if(e, found != !!want.invert);
}

static void match_mark(struct evaluation *e, const struct xt_info *info)
{
	struct xt_mark_mtinfo1 want;

	if (xt_take(e, info, &want, sizeof(want)))
		match_if(e, ((e->packet->mark & want.mask) == want.mark) != !!want.invert);
}

static void match_connmark(struct evaluation *e, const struct xt_info *info)
{
	struct xt_connmark_mtinfo1 want;

	if (xt_take(e, info, &want, sizeof(want)))
		match_if(e, e->packet->flow && ((e->packet->flow->mark & want.mask) ==
						want.mark) != !!want.invert);
}

static bool within(const struct ip *ip, const union nf_inet_addr *min,
		   const union nf_inet_addr *max, bool not)
{
	unsigned bytes = ip_bytes(ip->family);

	return (memcmp(ip->bytes, min, bytes) >= 0 && memcmp(ip->bytes, max, bytes) <= 0) != not;
}

static void match_iprange(struct evaluation *e, const struct xt_info *info)
{
	struct xt_iprange_mtinfo want;
	bool good = true;

	if (!xt_take(e, info, &want, sizeof(want)))
		return;
	if (want.flags & IPRANGE_SRC)
		good &= within(&e->packet->from, &want.src_min, &want.src_max,
			       want.flags & IPRANGE_SRC_INV);
	if (want.flags & IPRANGE_DST)
		good &= within(&e->packet->to, &want.dst_min, &want.dst_max,
			       want.flags & IPRANGE_DST_INV);
	match_if(e, good);
}

static void match_length(struct evaluation *e, const struct xt_info *info)
{
	struct xt_length_info want;

	if (xt_take(e, info, &want, sizeof(want)))
		match_if(e, (e->packet->size >= want.min && e->packet->size <= want.max) !=
				    !!want.invert);
}

static void match_pkttype(struct evaluation *e, const struct xt_info *info)
{
	struct xt_pkttype_info want;
	int type = e->packet->to_all ? 2 : 0; /* PACKET_MULTICAST, PACKET_HOST */

	if (xt_take(e, info, &want, sizeof(want)))
		match_if(e, (type == want.pkttype) != !!want.invert);
}

static bool name_is(const struct link *link, const char *name, const char *mask)
{
	const char *have = link ? link->name : "";

	for (size_t i = 0; i < IFNAMSIZ; i++) {
		char c = i <= strlen(have) ? have[i] : '\0';

		if ((c ^ name[i]) & mask[i])
			return false;
	}
	return true;
}

static void match_physdev(struct evaluation *e, const struct xt_info *info)
{
	const struct link *in = e->packet->port_in, *out = e->packet->port_out;
	struct xt_physdev_info want;
	unsigned not;
	bool good = true;

	if (!xt_take(e, info, &want, sizeof(want)))
		return;
	not = want.invert;
	if (want.bitmask & XT_PHYSDEV_OP_BRIDGED)
		good &= (in && out) != !!(not & XT_PHYSDEV_OP_BRIDGED);
	if (want.bitmask & XT_PHYSDEV_OP_ISIN)
		good &= !!in != !!(not & XT_PHYSDEV_OP_ISIN);
	if (want.bitmask & XT_PHYSDEV_OP_ISOUT)
		good &= !!out != !!(not & XT_PHYSDEV_OP_ISOUT);
	if (want.bitmask & XT_PHYSDEV_OP_IN)
		good &= name_is(in, want.physindev, want.in_mask) != !!(not & XT_PHYSDEV_OP_IN);
	if (want.bitmask & XT_PHYSDEV_OP_OUT)
		good &= name_is(out, want.physoutdev, want.out_mask) !=
			!!(not & XT_PHYSDEV_OP_OUT);
	match_if(e, good);
}

static const struct xt_kind matches[] = {
	{ "addrtype", match_addrtype }, { "comment", xt_nothing },
	{ "connmark", match_connmark }, { "conntrack", match_conntrack },
	{ "icmp", match_icmp },		{ "icmp6", match_icmp },
	{ "iprange", match_iprange },	{ "length", match_length },
	{ "limit", xt_nothing },	{ "mark", match_mark },
	{ "multiport", match_multiport }, { "physdev", match_physdev },
	{ "pkttype", match_pkttype },	{ "state", match_state },
	{ "tcp", match_tcp },		{ "udp", match_udp },
};

void xt_match(struct evaluation *e, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_MT_NAME);
	struct xt_info info = { .revision = expr_u32(expr, NFTNL_EXPR_MT_REV) };
	xt_function evaluate = xt_find(matches, sizeof(matches) / sizeof(matches[0]), name);

	info.data = expr_data(expr, NFTNL_EXPR_MT_INFO, &info.length);
	if (evaluate)
		evaluate(e, &info);
	else
		expr_doubt(e, "the match \"%s\" of iptables", name ? name : "?");
}
