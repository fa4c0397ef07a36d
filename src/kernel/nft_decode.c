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
#include <string.h>

#include "kernel/nft-internal.h"

/* What register 1 holds after a load, until a comparison uses it. */
enum loaded {
	LOADED_NOTHING,
	LOADED_META,
	LOADED_NETWORK,
	LOADED_TRANSPORT,
	LOADED_LOCAL,
	LOADED_STATUS,
	LOADED_STATE,
	LOADED_RANGE_OPEN, /* the lower end of a port range was compared, the upper is due */
};

struct decoder {
	struct nft_rule *rule;
	enum loaded loaded;
	uint32_t reg;	       /* the register it was loaded to */
	uint32_t key, offset, length;
	bool masked;
	uint8_t mask[16];
	uint8_t family;	       /* that the rule has made sure of, 0: none */
	bool family_used;
	struct {
		uint32_t reg;
		uint32_t length;
		uint8_t data[16];
	} immediate[2];
	unsigned immediates;
	bool proto_seen, ended;
};

static uint32_t get_u32(const struct nftnl_expr *expr, uint16_t attr)
{
	uint32_t length = 0, value = 0;
	const void *data;

	if (!nftnl_expr_is_set(expr, attr))
		return 0;
	data = nftnl_expr_get(expr, attr, &length);
	/* Some attributes are a byte or two inside libnftnl. */
	if (data && length == 1)
		return *(const uint8_t *)data;
	if (data && length >= sizeof(value))
		memcpy(&value, data, sizeof(value));
	return value;
}

/* Whether the attribute has just LENGTH bytes, which are then copied. */
static bool get_data(const struct nftnl_expr *expr, uint16_t attr, void *to, uint32_t length)
{
	uint32_t got = 0;
	const void *data;

	if (!nftnl_expr_is_set(expr, attr))
		return false;
	data = nftnl_expr_get(expr, attr, &got);
	if (!data || got != length)
		return false;
	memcpy(to, data, length);
	return true;
}

static bool load(struct decoder *d, enum loaded what, uint32_t reg)
{
	if (d->loaded != LOADED_NOTHING || reg == NFT_REG_VERDICT)
		return false;
	d->loaded = what;
	d->reg = reg;
	d->masked = false;
	return true;
}

static bool decode_meta(struct decoder *d, const struct nftnl_expr *expr)
{
	d->key = get_u32(expr, NFTNL_EXPR_META_KEY);
	return nftnl_expr_is_set(expr, NFTNL_EXPR_META_DREG) &&
	       load(d, LOADED_META, get_u32(expr, NFTNL_EXPR_META_DREG));
}

static bool decode_payload(struct decoder *d, const struct nftnl_expr *expr)
{
	enum loaded what;

	switch (get_u32(expr, NFTNL_EXPR_PAYLOAD_BASE)) {
	case NFT_PAYLOAD_NETWORK_HEADER:
		what = LOADED_NETWORK;
		break;
	case NFT_PAYLOAD_TRANSPORT_HEADER:
		what = LOADED_TRANSPORT;
		break;
	default:
		return false;
	}
	d->offset = get_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET);
	d->length = get_u32(expr, NFTNL_EXPR_PAYLOAD_LEN);
	return nftnl_expr_is_set(expr, NFTNL_EXPR_PAYLOAD_DREG) &&
	       load(d, what, get_u32(expr, NFTNL_EXPR_PAYLOAD_DREG));
}

static bool decode_fib(struct decoder *d, const struct nftnl_expr *expr)
{
	return get_u32(expr, NFTNL_EXPR_FIB_RESULT) == NFT_FIB_RESULT_ADDRTYPE &&
	       get_u32(expr, NFTNL_EXPR_FIB_FLAGS) == NFTA_FIB_F_DADDR &&
	       load(d, LOADED_LOCAL, get_u32(expr, NFTNL_EXPR_FIB_DREG));
}

static bool decode_ct(struct decoder *d, const struct nftnl_expr *expr)
{
	uint32_t key = get_u32(expr, NFTNL_EXPR_CT_KEY);

	return (key == NFT_CT_STATUS || key == NFT_CT_STATE) &&
	       !nftnl_expr_is_set(expr, NFTNL_EXPR_CT_DIR) &&
	       nftnl_expr_is_set(expr, NFTNL_EXPR_CT_DREG) &&
	       load(d, key == NFT_CT_STATE ? LOADED_STATE : LOADED_STATUS,
		    get_u32(expr, NFTNL_EXPR_CT_DREG));
}

static bool decode_bitwise(struct decoder *d, const struct nftnl_expr *expr)
{
	static const uint8_t zero[16];
	uint32_t length = get_u32(expr, NFTNL_EXPR_BITWISE_LEN);
	uint8_t xor[16];

	if ((d->loaded != LOADED_NETWORK && d->loaded != LOADED_STATUS &&
	     d->loaded != LOADED_STATE) ||
	    d->masked || length > sizeof(d->mask) || get_u32(expr, NFTNL_EXPR_BITWISE_SREG) != d->reg ||
	    get_u32(expr, NFTNL_EXPR_BITWISE_OP) != NFT_BITWISE_BOOL ||
	    !get_data(expr, NFTNL_EXPR_BITWISE_MASK, d->mask, length) ||
	    !get_data(expr, NFTNL_EXPR_BITWISE_XOR, xor, length) || memcmp(xor, zero, length))
		return false;
	if (length != (d->loaded == LOADED_NETWORK ? d->length : sizeof(uint32_t)))
		return false;
	d->reg = get_u32(expr, NFTNL_EXPR_BITWISE_DREG);
	d->masked = true;
	return true;
}

/* Reads "equal" or "not equal" with LENGTH bytes. */
static bool compared(const struct nftnl_expr *expr, bool *not, void *data, uint32_t length)
{
	uint32_t operation = get_u32(expr, NFTNL_EXPR_CMP_OP);

	if (operation != NFT_CMP_EQ && operation != NFT_CMP_NEQ)
		return false;
	*not = operation == NFT_CMP_NEQ;
	return get_data(expr, NFTNL_EXPR_CMP_DATA, data, length);
}

static bool cmp_if(const struct nftnl_expr *expr, struct nft_if *to)
{
	static const char zero[IFNAMSIZ];
	size_t length;

	/* Shorter data is a prefix: any interface that begins so. */
	if (to->name[0] || !compared(expr, &to->not, to->name, sizeof(to->name)))
		return false;
	length = strnlen(to->name, sizeof(to->name));
	/* With bytes behind its end it is the name of no interface. */
	return length > 0 && length < sizeof(to->name) &&
	       memcmp(to->name + length, zero, sizeof(to->name) - length) == 0;
}

static bool cmp_group(const struct nftnl_expr *expr, struct nft_group *to)
{
	return !to->group && compared(expr, &to->not, &to->group, sizeof(to->group)) &&
	       to->group;
}

static bool cmp_family(struct decoder *d, const struct nftnl_expr *expr)
{
	uint8_t nfproto;
	bool not;

	/* A family that no address depends on is a match that struct nft_rule cannot hold. */
	if ((d->family && !d->family_used) || !compared(expr, &not, &nfproto, 1) || not ||
	    (nfproto != NFPROTO_IPV4 && nfproto != NFPROTO_IPV6))
		return false;
	d->family = nfproto == NFPROTO_IPV4 ? AF_INET : AF_INET6;
	d->family_used = false;
	return true;
}

static bool cmp_meta(struct decoder *d, const struct nftnl_expr *expr)
{
	struct nft_rule *rule = d->rule;

	switch (d->key) {
	case NFT_META_IIFNAME:
		return cmp_if(expr, &rule->in);
	case NFT_META_OIFNAME:
		return cmp_if(expr, &rule->out);
	case NFT_META_IIFGROUP:
		return cmp_group(expr, &rule->in_group);
	case NFT_META_OIFGROUP:
		return cmp_group(expr, &rule->out_group);
	case NFT_META_NFPROTO:
		return cmp_family(d, expr);
	case NFT_META_L4PROTO:
		if (d->proto_seen)
			return false;
		d->proto_seen = true;
		return compared(expr, &rule->proto_not, &rule->proto, sizeof(rule->proto)) &&
		       rule->proto;
	}
	return false;
}

/* The length of a mask of ones and then zeros, or -1. */
static int mask_prefix(const uint8_t *mask, uint32_t length)
{
	unsigned prefix = 0;

	while (prefix < length * 8 && (mask[prefix / 8] & 0x80 >> prefix % 8))
		prefix++;
	for (unsigned bit = prefix; bit < length * 8; bit++)
		if (mask[bit / 8] & 0x80 >> bit % 8)
			return -1;
	return (int)prefix;
}

static bool cmp_network(struct decoder *d, const struct nftnl_expr *expr)
{
	struct nft_net *to;
	int prefix;

	if (d->family == AF_INET && d->offset == IP4_SADDR)
		to = &d->rule->from;
	else if (d->family == AF_INET && d->offset == IP4_DADDR)
		to = &d->rule->to;
	else if (d->family == AF_INET6 && d->offset == IP6_SADDR)
		to = &d->rule->from;
	else if (d->family == AF_INET6 && d->offset == IP6_DADDR)
		to = &d->rule->to;
	else
		return false;
	if (to->cidr.ip.family || !d->length || d->length > ip_bytes(d->family) ||
	    (d->masked && d->length != ip_bytes(d->family)))
		return false;
	prefix = d->masked ? mask_prefix(d->mask, d->length) : (int)d->length * 8;
	if (prefix < 0 || !compared(expr, &to->not, to->cidr.ip.bytes, d->length))
		return false;
	to->cidr.ip.family = d->family;
	to->cidr.prefix = (uint8_t)prefix;
	d->family_used = true;
	return cidr_is_network(&to->cidr); /* else it can never match */
}

static struct nft_ports *ports_of(struct decoder *d)
{
	if (d->loaded != LOADED_TRANSPORT && d->loaded != LOADED_RANGE_OPEN)
		return NULL;
	if (d->length != sizeof(uint16_t))
		return NULL;
	if (d->offset == TH_SPORT)
		return &d->rule->sport;
	return d->offset == TH_DPORT ? &d->rule->dport : NULL;
}

/* "= port", ">= port" with "<= port" to follow. Sets LOADED for what is next. */
static bool cmp_ports(struct decoder *d, const struct nftnl_expr *expr)
{
	struct nft_ports *to = ports_of(d);
	uint32_t operation = get_u32(expr, NFTNL_EXPR_CMP_OP);
	uint16_t port;

	if (!to || !get_data(expr, NFTNL_EXPR_CMP_DATA, &port, sizeof(port)) || !port)
		return false;
	port = ntohs(port);
	if (d->loaded == LOADED_RANGE_OPEN) {
		to->last = port;
		d->loaded = LOADED_NOTHING;
		return operation == NFT_CMP_LTE && port >= to->first;
	}
	if (to->first)
		return false;
	to->first = to->last = port;
	to->not = operation == NFT_CMP_NEQ;
	d->loaded = operation == NFT_CMP_GTE ? LOADED_RANGE_OPEN : LOADED_NOTHING;
	return operation == NFT_CMP_EQ || operation == NFT_CMP_NEQ || operation == NFT_CMP_GTE;
}

/* "& STATES != 0". */
static bool cmp_state(struct decoder *d, const struct nftnl_expr *expr)
{
	uint32_t value, mask;
	bool not;

	memcpy(&mask, d->mask, sizeof(mask));
	if (d->rule->states || !d->masked || !mask || mask & ~(uint32_t)NFT_STATES ||
	    !compared(expr, &not, &value, sizeof(value)))
		return false;
	d->rule->states = (uint8_t)mask;
	return not && !value;
}

static bool decode_cmp(struct decoder *d, const struct nftnl_expr *expr)
{
	enum loaded loaded = d->loaded;
	uint32_t value;
	bool not;

	if (get_u32(expr, NFTNL_EXPR_CMP_SREG) != d->reg)
		return false;
	d->loaded = LOADED_NOTHING;
	switch (loaded) {
	case LOADED_NOTHING:
		return false;
	case LOADED_META:
		return cmp_meta(d, expr);
	case LOADED_NETWORK:
		return cmp_network(d, expr);
	case LOADED_TRANSPORT:
	case LOADED_RANGE_OPEN:
		d->loaded = loaded;
		return cmp_ports(d, expr);
	case LOADED_LOCAL:
		if (d->rule->to_local || !compared(expr, &not, &value, sizeof(value)))
			return false;
		d->rule->to_local = true;
		return !not && value == RTN_LOCAL;
	case LOADED_STATUS:
		if (d->rule->dnated || !d->masked ||
		    !compared(expr, &not, &value, sizeof(value)))
			return false;
		d->rule->dnated = true;
		memcpy(&value, d->mask, sizeof(value));
		return value == IPS_DST_NAT && not &&
		       get_data(expr, NFTNL_EXPR_CMP_DATA, &value, sizeof(value)) && !value;
	case LOADED_STATE:
		return cmp_state(d, expr);
	}
	return false;
}

/* "!= 1-9"; later versions of nft write "= 1-9" so, too. */
static bool decode_range(struct decoder *d, const struct nftnl_expr *expr)
{
	struct nft_ports *to = d->loaded == LOADED_TRANSPORT ? ports_of(d) : NULL;
	uint32_t operation = get_u32(expr, NFTNL_EXPR_RANGE_OP);
	uint16_t first, last;

	d->loaded = LOADED_NOTHING;
	if (!to || to->first || get_u32(expr, NFTNL_EXPR_RANGE_SREG) != d->reg ||
	    !get_data(expr, NFTNL_EXPR_RANGE_FROM_DATA, &first, sizeof(first)) ||
	    !get_data(expr, NFTNL_EXPR_RANGE_TO_DATA, &last, sizeof(last)))
		return false;
	to->first = ntohs(first);
	to->last = ntohs(last);
	to->not = operation == NFT_RANGE_NEQ;
	return (to->not || operation == NFT_RANGE_EQ) && to->first && to->last >= to->first;
}

static bool decode_immediate(struct decoder *d, const struct nftnl_expr *expr)
{
	uint32_t length = 0;

	if (get_u32(expr, NFTNL_EXPR_IMM_DREG) == NFT_REG_VERDICT) {
		if (!nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_VERDICT) || d->immediates)
			return false;
		d->ended = true;
		switch (get_u32(expr, NFTNL_EXPR_IMM_VERDICT)) {
		case NF_ACCEPT:
			d->rule->verdict = NFT_VERDICT_ACCEPT;
			return true;
		case NF_DROP:
			d->rule->verdict = NFT_VERDICT_DROP;
			return true;
		}
		return false;
	}
	if (d->immediates == 2 || !nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_DATA))
		return false;
	nftnl_expr_get(expr, NFTNL_EXPR_IMM_DATA, &length);
	if (length > 16)
		return false;
	d->immediate[d->immediates].reg = get_u32(expr, NFTNL_EXPR_IMM_DREG);
	/* The second would take the place of the first. */
	if (d->immediates && d->immediate[1].reg == d->immediate[0].reg)
		return false;
	d->immediate[d->immediates].length = length;
	return get_data(expr, NFTNL_EXPR_IMM_DATA, d->immediate[d->immediates++].data, length);
}

/* Takes LENGTH bytes from the register that ATTR names. */
static bool take_immediate(struct decoder *d, const struct nftnl_expr *expr, uint16_t attr,
			   void *to, uint32_t length)
{
	uint32_t reg = get_u32(expr, attr);

	for (unsigned i = 0; i < d->immediates; i++) {
		if (d->immediate[i].reg != reg || d->immediate[i].length != length)
			continue;
		memcpy(to, d->immediate[i].data, length);
		d->immediates--;
		d->immediate[i] = d->immediate[d->immediates];
		return true;
	}
	return false;
}

/* The kernel gives the highest of a range too, the same where there is no range. */
static bool one_register(const struct nftnl_expr *expr, uint16_t low, uint16_t high)
{
	return !nftnl_expr_is_set(expr, high) || get_u32(expr, high) == get_u32(expr, low);
}

static bool take_port(struct decoder *d, const struct nftnl_expr *expr, uint16_t low,
		      uint16_t high)
{
	uint16_t port;

	if (!nftnl_expr_is_set(expr, low))
		return true;
	if (!one_register(expr, low, high) ||
	    !take_immediate(d, expr, low, &port, sizeof(port)) || !port)
		return false;
	d->rule->nat_port = ntohs(port);
	return true;
}

/* Flags that follow from the registers; others ("random", "persistent") say more. */
static bool plain_flags(const struct nftnl_expr *expr, uint16_t attr)
{
	return !(get_u32(expr, attr) &
		 ~(uint32_t)(NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED));
}

static bool decode_nat(struct decoder *d, const struct nftnl_expr *expr)
{
	struct nft_rule *rule = d->rule;
	uint32_t family = get_u32(expr, NFTNL_EXPR_NAT_FAMILY);
	uint32_t type = get_u32(expr, NFTNL_EXPR_NAT_TYPE);

	d->ended = true;
	rule->verdict = type == NFT_NAT_DNAT ? NFT_VERDICT_DNAT : NFT_VERDICT_SNAT;
	if (type != NFT_NAT_DNAT && type != NFT_NAT_SNAT)
		return false;
	if (!plain_flags(expr, NFTNL_EXPR_NAT_FLAGS))
		return false;
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_NAT_REG_ADDR_MIN)) {
		if (family != NFPROTO_IPV4 && family != NFPROTO_IPV6)
			return false;
		rule->nat_ip.family = family == NFPROTO_IPV4 ? AF_INET : AF_INET6;
		if (!one_register(expr, NFTNL_EXPR_NAT_REG_ADDR_MIN,
				  NFTNL_EXPR_NAT_REG_ADDR_MAX) ||
		    !take_immediate(d, expr, NFTNL_EXPR_NAT_REG_ADDR_MIN, rule->nat_ip.bytes,
				    ip_bytes(rule->nat_ip.family)))
			return false;
	} else if (family != NFPROTO_INET) {
		return false;
	}
	return take_port(d, expr, NFTNL_EXPR_NAT_REG_PROTO_MIN, NFTNL_EXPR_NAT_REG_PROTO_MAX);
}

static bool decode_masq(struct decoder *d, const struct nftnl_expr *expr)
{
	d->ended = true;
	d->rule->verdict = NFT_VERDICT_MASQUERADE;
	return !get_u32(expr, NFTNL_EXPR_MASQ_FLAGS) &&
	       !nftnl_expr_is_set(expr, NFTNL_EXPR_MASQ_REG_PROTO_MIN);
}

static bool decode_redir(struct decoder *d, const struct nftnl_expr *expr)
{
	d->ended = true;
	d->rule->verdict = NFT_VERDICT_REDIRECT;
	return plain_flags(expr, NFTNL_EXPR_REDIR_FLAGS) &&
	       take_port(d, expr, NFTNL_EXPR_REDIR_REG_PROTO_MIN,
			 NFTNL_EXPR_REDIR_REG_PROTO_MAX);
}

/* What means the same of every packet: a reset of TCP alone, ICMP of IPv4. */
static bool decode_reject(struct decoder *d, const struct nftnl_expr *expr)
{
	struct nft_rule *rule = d->rule;

	d->ended = true;
	rule->verdict = NFT_VERDICT_REJECT;
	rule->code = (uint8_t)get_u32(expr, NFTNL_EXPR_REJECT_CODE);
	switch (get_u32(expr, NFTNL_EXPR_REJECT_TYPE)) {
	case NFT_REJECT_TCP_RST:
		rule->reset = true;
		rule->code = 0;
		return rule->proto == IPPROTO_TCP && !rule->proto_not;
	case NFT_REJECT_ICMP_UNREACH:
		return d->family == AF_INET && nft_unreachable(rule->code);
	}
	return false;
}

static const struct {
	const char *kind;
	bool (*decode)(struct decoder *d, const struct nftnl_expr *expr);
} decoders[] = {
	{ "meta", decode_meta },
	{ "payload", decode_payload },
	{ "fib", decode_fib },
	{ "ct", decode_ct },
	{ "bitwise", decode_bitwise },
	{ "cmp", decode_cmp },
	{ "range", decode_range },
	{ "immediate", decode_immediate },
	{ "nat", decode_nat },
	{ "masq", decode_masq },
	{ "redir", decode_redir },
	{ "reject", decode_reject },
};

static bool decode_expr(struct decoder *d, const struct nftnl_expr *expr)
{
	const char *kind = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);

	if (d->ended || !kind)
		return false; /* nothing comes behind a verdict */
	for (size_t i = 0; i < sizeof(decoders) / sizeof(*decoders); i++)
		if (!strcmp(kind, decoders[i].kind))
			return decoders[i].decode(d, expr);
	return false;
}

/* The userdata is a row of type, length, value: a byte, a byte, and so many bytes. */
static void decode_comment(const struct nftnl_rule *from, struct nft_rule *rule)
{
	uint32_t left = 0;
	const uint8_t *at = nftnl_rule_get_data(from, NFTNL_RULE_USERDATA, &left);

	while (at && left >= 2 && left - 2 >= at[1]) {
		if (at[0] == NFTNL_UDATA_RULE_COMMENT) {
			size_t length = strnlen((const char *)at + 2, at[1]);

			if (length >= sizeof(rule->comment))
				length = sizeof(rule->comment) - 1;
			memcpy(rule->comment, at + 2, length);
			rule->comment[length] = '\0';
			return;
		}
		left -= 2u + at[1];
		at += 2u + at[1];
	}
}

static enum nft_chain decode_chain(const char *name)
{
	enum nft_chain chain = 0;

	while (chain < NFT_CHAIN_COUNT && (!name || strcmp(name, nft_chain_name(chain)) != 0))
		chain++;
	return chain;
}

void nft_decode(const struct nftnl_rule *from, struct nft_rule *rule)
{
	struct decoder d = { .rule = rule };
	struct nftnl_expr_iter *iter;
	struct nftnl_expr *expr;
	bool good = true;

	memset(rule, 0, sizeof(*rule));
	rule->chain = decode_chain(nftnl_rule_get_str(from, NFTNL_RULE_CHAIN));
	if (nftnl_rule_is_set(from, NFTNL_RULE_HANDLE))
		rule->handle = nftnl_rule_get_u64(from, NFTNL_RULE_HANDLE);
	decode_comment(from, rule);
	iter = nftnl_expr_iter_create(from);
	if (!iter)
		abort();
	while (good && (expr = nftnl_expr_iter_next(iter)) != NULL)
		good = decode_expr(&d, expr);
	nftnl_expr_iter_destroy(iter);
	/* All of it must have been understood, and used. */
	rule->foreign = !good || !d.ended || d.loaded != LOADED_NOTHING || d.immediates ||
			(d.family && !d.family_used) || rule->chain == NFT_CHAIN_COUNT;
	if (rule->foreign) {
		struct nft_rule known = { .chain = rule->chain, .handle = rule->handle,
					  .foreign = true };

		memcpy(known.comment, rule->comment, sizeof(known.comment));
		*rule = known;
	}
}
