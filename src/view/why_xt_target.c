/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_xt.h"

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/xt_CT.h>
#include <linux/netfilter/xt_mark.h>
#include <string.h>

/* Targets of iptables. */

/* The address and port of a range with the flags; false, with doubt, where it is a choice. */
static bool wish_of(struct evaluation *e, unsigned flags, const void *min, const void *max,
		    uint16_t min_port, uint16_t max_port, uint16_t own, struct nat_wish *wish)
{
	uint8_t family = e->packet->to.family;

	if (flags & NF_NAT_RANGE_MAP_IPS) {
		wish->ip.family = family;
		memcpy(wish->ip.bytes, min, ip_bytes(family));
		if (memcmp(min, max, ip_bytes(family)) != 0) {
			expr_effect_doubt(e, "which address of a range NAT takes");
			return false;
		}
	}
	if (flags & NF_NAT_RANGE_PROTO_SPECIFIED) {
		uint16_t first = ntohs(min_port), last = ntohs(max_port);

		wish->port = own >= first && own <= last ? own : first;
	}
	return true;
}

static void target_nat(struct evaluation *e, const struct xt_info *info, enum nat_kind kind)
{
	bool source = kind == NAT_SNAT || kind == NAT_MASQUERADE;
	uint16_t own = source ? e->packet->sport : e->packet->dport;
	bool old = e->packet->to.family == AF_INET &&
		   !(kind == NAT_DNAT && info->revision > 0) &&
		   !(kind == NAT_SNAT && info->revision > 0);
	struct nf_nat_ipv4_multi_range_compat four;
	struct nat_wish wish = { .kind = kind };
	struct nf_nat_range range;

	if (old) {
		if (!xt_take(e, info, &four, sizeof(four)) ||
		    !wish_of(e, four.range[0].flags, &four.range[0].min_ip,
			     &four.range[0].max_ip, four.range[0].min.all,
			     four.range[0].max.all, own, &wish))
			return;
	} else if (!xt_take(e, info, &range, sizeof(range)) ||
		   !wish_of(e, range.flags, &range.min_addr, &range.max_addr,
			    range.min_proto.all, range.max_proto.all, own, &wish)) {
		return;
	}
	expr_nat(e, &wish);
}

static void target_masquerade(struct evaluation *e, const struct xt_info *info)
{
	target_nat(e, info, NAT_MASQUERADE);
}

static void target_snat(struct evaluation *e, const struct xt_info *info)
{
	target_nat(e, info, NAT_SNAT);
}

static void target_dnat(struct evaluation *e, const struct xt_info *info)
{
	target_nat(e, info, NAT_DNAT);
}

static void target_redirect(struct evaluation *e, const struct xt_info *info)
{
	target_nat(e, info, NAT_REDIRECT);
}

static void target_reject(struct evaluation *e, const struct xt_info *info)
{
	(void)info;
	e->verdict = VERDICT_REJECT;
}

static void target_mark(struct evaluation *e, const struct xt_info *info)
{
	struct xt_mark_tginfo2 want;

	if (info->revision != 2) {
		expr_effect_doubt(e, "a target \"MARK\" of another version");
		return;
	}
	if (!xt_take(e, info, &want, sizeof(want)))
		return;
	if (e->unsure)
		expr_effect_doubt(e, "a mark that may be set");
	else
		e->packet->mark = (e->packet->mark & ~want.mask) ^ want.mark;
}

static void target_ct(struct evaluation *e, const struct xt_info *info)
{
	struct xt_ct_target_info want;

	if (!xt_take(e, info, &want, sizeof(want)) || !(want.flags & XT_CT_NOTRACK))
		return;
	if (e->packet->track == TRACK_NONE && !e->unsure)
		e->packet->track = TRACK_NOT;
	else if (e->packet->track == TRACK_NONE)
		expr_effect_doubt(e, "a notrack that may happen");
}

static const struct xt_kind targets[] = {
	{ "AUDIT", xt_nothing },    { "CHECKSUM", xt_nothing },
	{ "CLASSIFY", xt_nothing }, { "CT", target_ct },
	{ "DNAT", target_dnat },      { "DSCP", xt_nothing },
	{ "LOG", xt_nothing },      { "MARK", target_mark },
	{ "MASQUERADE", target_masquerade }, { "NFLOG", xt_nothing },
	{ "REDIRECT", target_redirect }, { "REJECT", target_reject },
	{ "SNAT", target_snat },      { "TCPMSS", xt_nothing },
	{ "TCPOPTSTRIP", xt_nothing }, { "TOS", xt_nothing },
	{ "TRACE", xt_nothing },
};

void xt_target(struct evaluation *e, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_TG_NAME);
	struct xt_info info = { .revision = expr_u32(expr, NFTNL_EXPR_TG_REV) };
	xt_function evaluate = xt_find(targets, sizeof(targets) / sizeof(targets[0]), name);

	info.data = expr_data(expr, NFTNL_EXPR_TG_INFO, &info.length);
	if (evaluate)
		evaluate(e, &info);
	else
		expr_effect_doubt(e, "the target \"%s\" of iptables", name ? name : "?");
}
