/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/nft.h"

#include <arpa/inet.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "kernel/nft-internal.h"

static struct nftnl_expr *add(struct nftnl_rule *to, const char *kind)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(kind);

	if (!expr)
		abort(); /* out of memory, or a libnftnl without the most basic of its kinds */
	nftnl_rule_add_expr(to, expr);
	return expr;
}

static void add_meta(struct nftnl_rule *to, uint32_t key)
{
	struct nftnl_expr *expr = add(to, "meta");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_DREG, NFT_REG_1);
}

static void add_payload(struct nftnl_rule *to, uint32_t base, uint32_t offset, uint32_t length)
{
	struct nftnl_expr *expr = add(to, "payload");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, length);
}

static void add_mask(struct nftnl_rule *to, const void *mask, uint32_t length)
{
	static const uint8_t zero[16];
	struct nftnl_expr *expr = add(to, "bitwise");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, length);
	nftnl_expr_set_data(expr, NFTNL_EXPR_BITWISE_MASK, mask, length);
	nftnl_expr_set_data(expr, NFTNL_EXPR_BITWISE_XOR, zero, length);
}

static void add_cmp(struct nftnl_rule *to, uint32_t operation, const void *data,
		    uint32_t length)
{
	struct nftnl_expr *expr = add(to, "cmp");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, operation);
	nftnl_expr_set_data(expr, NFTNL_EXPR_CMP_DATA, data, length);
}

static uint32_t equal_or_not(bool not)
{
	return not ? NFT_CMP_NEQ : NFT_CMP_EQ;
}

static void add_immediate(struct nftnl_rule *to, uint32_t reg, const void *data,
			  uint32_t length)
{
	struct nftnl_expr *expr = add(to, "immediate");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_DREG, reg);
	nftnl_expr_set_data(expr, NFTNL_EXPR_IMM_DATA, data, length);
}

static void encode_if(struct nftnl_rule *to, uint32_t key, const struct nft_if *match)
{
	char name[IFNAMSIZ] = { 0 };

	if (!match->name[0])
		return;
	str_copy(name, sizeof(name), match->name);
	add_meta(to, key);
	add_cmp(to, equal_or_not(match->not), name, sizeof(name));
}

static void encode_group(struct nftnl_rule *to, uint32_t key, const struct nft_group *match)
{
	if (!match->group)
		return;
	add_meta(to, key);
	add_cmp(to, equal_or_not(match->not), &match->group, sizeof(match->group));
}

/*
 * FAMILY is the one that a match before has made sure of already, 0 for none: in a table of
 * family inet an address means nothing until the packet's family is known.
 */
static void encode_net(struct nftnl_rule *to, bool source, const struct nft_net *match,
		       uint8_t *family)
{
	struct cidr network = cidr_network(&match->cidr);
	bool six = network.ip.family == AF_INET6;
	uint32_t offset = source ? (six ? IP6_SADDR : IP4_SADDR) : (six ? IP6_DADDR : IP4_DADDR);
	uint32_t length = ip_bytes(network.ip.family);
	uint8_t nfproto = six ? NFPROTO_IPV6 : NFPROTO_IPV4;
	uint8_t mask[16] = { 0 };

	if (*family != network.ip.family) {
		add_meta(to, NFT_META_NFPROTO);
		add_cmp(to, NFT_CMP_EQ, &nfproto, sizeof(nfproto));
		*family = network.ip.family;
	}
	/* Whole bytes are loaded alone; otherwise the bits beyond are masked out. */
	if (network.prefix && network.prefix % 8 == 0)
		length = network.prefix / 8;
	add_payload(to, NFT_PAYLOAD_NETWORK_HEADER, offset, length);
	if (!network.prefix || network.prefix % 8) {
		for (unsigned bit = 0; bit < network.prefix; bit++)
			mask[bit / 8] = (uint8_t)(mask[bit / 8] | 0x80 >> bit % 8);
		add_mask(to, mask, length);
	}
	add_cmp(to, equal_or_not(match->not), network.ip.bytes, length);
}

static void encode_ports(struct nftnl_rule *to, uint32_t offset, const struct nft_ports *ports)
{
	uint16_t first = htons(ports->first), last = htons(nft_last_port(ports));
	struct nftnl_expr *range;

	if (!ports->first)
		return;
	add_payload(to, NFT_PAYLOAD_TRANSPORT_HEADER, offset, sizeof(first));
	if (first == last) {
		add_cmp(to, equal_or_not(ports->not), &first, sizeof(first));
	} else if (!ports->not) {
		add_cmp(to, NFT_CMP_GTE, &first, sizeof(first));
		add_cmp(to, NFT_CMP_LTE, &last, sizeof(last));
	} else {
		range = add(to, "range");
		nftnl_expr_set_u32(range, NFTNL_EXPR_RANGE_SREG, NFT_REG_1);
		nftnl_expr_set_u32(range, NFTNL_EXPR_RANGE_OP, NFT_RANGE_NEQ);
		nftnl_expr_set_data(range, NFTNL_EXPR_RANGE_FROM_DATA, &first, sizeof(first));
		nftnl_expr_set_data(range, NFTNL_EXPR_RANGE_TO_DATA, &last, sizeof(last));
	}
}

static void encode_local(struct nftnl_rule *to)
{
	const uint32_t local = RTN_LOCAL;
	struct nftnl_expr *expr = add(to, "fib");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_FIB_FLAGS, NFTA_FIB_F_DADDR);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_FIB_DREG, NFT_REG_1);
	add_cmp(to, NFT_CMP_EQ, &local, sizeof(local));
}

/* Whether one of the BITS is set of what conntrack has for the KEY. */
static void encode_ct(struct nftnl_rule *to, uint32_t key, uint32_t bits)
{
	const uint32_t none = 0;
	struct nftnl_expr *expr = add(to, "ct");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_DREG, NFT_REG_1);
	add_mask(to, &bits, sizeof(bits));
	add_cmp(to, NFT_CMP_NEQ, &none, sizeof(none));
}

static void encode_nat(struct nftnl_rule *to, uint32_t type, const struct nft_rule *rule)
{
	uint32_t reg = NFT_REG_1, address = 0, proto = 0;
	uint16_t port = htons(rule->nat_port);
	uint32_t family = NFPROTO_INET;
	struct nftnl_expr *expr;

	if (rule->nat_ip.family) {
		family = rule->nat_ip.family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
		address = reg++;
		add_immediate(to, address, rule->nat_ip.bytes, ip_bytes(rule->nat_ip.family));
	}
	if (rule->nat_port) {
		proto = reg;
		add_immediate(to, proto, &port, sizeof(port));
	}
	expr = add(to, "nat");
	nftnl_expr_set_u32(expr, NFTNL_EXPR_NAT_TYPE, type);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_NAT_FAMILY, family);
	if (address)
		nftnl_expr_set_u32(expr, NFTNL_EXPR_NAT_REG_ADDR_MIN, address);
	if (proto) {
		nftnl_expr_set_u32(expr, NFTNL_EXPR_NAT_REG_PROTO_MIN, proto);
		nftnl_expr_set_u32(expr, NFTNL_EXPR_NAT_FLAGS, NF_NAT_RANGE_PROTO_SPECIFIED);
	}
}

static void encode_redirect(struct nftnl_rule *to, uint16_t nat_port)
{
	uint16_t port = htons(nat_port);
	struct nftnl_expr *expr;

	if (nat_port)
		add_immediate(to, NFT_REG_1, &port, sizeof(port));
	expr = add(to, "redir");
	if (nat_port) {
		nftnl_expr_set_u32(expr, NFTNL_EXPR_REDIR_REG_PROTO_MIN, NFT_REG_1);
		nftnl_expr_set_u32(expr, NFTNL_EXPR_REDIR_FLAGS, NF_NAT_RANGE_PROTO_SPECIFIED);
	}
}

static void encode_verdict(struct nftnl_rule *to, const struct nft_rule *rule)
{
	struct nftnl_expr *expr;

	switch (rule->verdict) {
	case NFT_VERDICT_ACCEPT:
	case NFT_VERDICT_DROP:
		expr = add(to, "immediate");
		nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
		nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_VERDICT,
				   rule->verdict == NFT_VERDICT_ACCEPT ? NF_ACCEPT : NF_DROP);
		break;
	case NFT_VERDICT_MASQUERADE:
		add(to, "masq");
		break;
	case NFT_VERDICT_SNAT:
		encode_nat(to, NFT_NAT_SNAT, rule);
		break;
	case NFT_VERDICT_DNAT:
		encode_nat(to, NFT_NAT_DNAT, rule);
		break;
	case NFT_VERDICT_REDIRECT:
		encode_redirect(to, rule->nat_port);
		break;
	case NFT_VERDICT_REJECT:
		expr = add(to, "reject");
		nftnl_expr_set_u32(expr, NFTNL_EXPR_REJECT_TYPE,
				   rule->reset ? NFT_REJECT_TCP_RST : NFT_REJECT_ICMP_UNREACH);
		nftnl_expr_set_u8(expr, NFTNL_EXPR_REJECT_CODE, rule->reset ? 0 : rule->code);
		break;
	}
}

static void encode_comment(struct nftnl_rule *to, const struct nft_rule *rule)
{
	char comment[sizeof(rule->comment)];
	struct nftnl_udata_buf *buf;

	if (!rule->comment[0])
		return;
	nft_clean_comment(rule, comment);
	buf = nftnl_udata_buf_alloc(NFT_USERDATA_MAXLEN);
	if (!buf)
		abort();
	nftnl_udata_put_strz(buf, NFTNL_UDATA_RULE_COMMENT, comment);
	nftnl_rule_set_data(to, NFTNL_RULE_USERDATA, nftnl_udata_buf_data(buf),
			    nftnl_udata_buf_len(buf));
	nftnl_udata_buf_free(buf);
}

struct nftnl_rule *nft_encode(const struct nft_rule *rule)
{
	struct nftnl_rule *to = nftnl_rule_alloc();
	uint8_t family = 0;

	if (!to)
		abort();
	nftnl_rule_set_u32(to, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(to, NFTNL_RULE_TABLE, NFT_TABLE);
	nftnl_rule_set_str(to, NFTNL_RULE_CHAIN, nft_chain_name(rule->chain));
	if (rule->handle)
		nftnl_rule_set_u64(to, NFTNL_RULE_HANDLE, rule->handle);
	encode_if(to, NFT_META_IIFNAME, &rule->in);
	encode_if(to, NFT_META_OIFNAME, &rule->out);
	encode_group(to, NFT_META_IIFGROUP, &rule->in_group);
	encode_group(to, NFT_META_OIFGROUP, &rule->out_group);
	if (rule->from.cidr.ip.family)
		encode_net(to, true, &rule->from, &family);
	if (rule->to.cidr.ip.family)
		encode_net(to, false, &rule->to, &family);
	if (rule->to_local)
		encode_local(to);
	if (rule->dnated)
		encode_ct(to, NFT_CT_STATUS, IPS_DST_NAT);
	if (rule->states)
		encode_ct(to, NFT_CT_STATE, rule->states);
	if (rule->proto) {
		add_meta(to, NFT_META_L4PROTO);
		add_cmp(to, equal_or_not(rule->proto_not), &rule->proto, sizeof(rule->proto));
	}
	encode_ports(to, TH_SPORT, &rule->sport);
	encode_ports(to, TH_DPORT, &rule->dport);
	encode_verdict(to, rule);
	encode_comment(to, rule);
	return to;
}
