/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* Expressions of nf_tables, each as the kernel evaluates it. What is not here is not judged. */

/* --- registers --- */

static size_t reg_offset(uint32_t reg)
{
	if (reg >= NFT_REG_1 && reg <= NFT_REG_4)
		return (reg - NFT_REG_1) * 16;
	if (reg >= NFT_REG32_00 && reg <= NFT_REG32_15)
		return (reg - NFT_REG32_00) * 4;
	return REGISTER_BYTES;
}

void reg_store(struct evaluation *e, uint32_t reg, const void *bytes, size_t length)
{
	size_t at = reg_offset(reg), whole = (length + 3) & ~(size_t)3;

	if (at + whole > REGISTER_BYTES)
		return;
	memset(e->registers + at, 0, whole);
	memcpy(e->registers + at, bytes, length);
	memset(e->known + at, true, whole);
}

void reg_store_u32(struct evaluation *e, uint32_t reg, uint32_t value)
{
	reg_store(e, reg, &value, sizeof(value));
}

void reg_store_u8(struct evaluation *e, uint32_t reg, uint8_t value)
{
	reg_store(e, reg, &value, sizeof(value));
}

void reg_unknown(struct evaluation *e, uint32_t reg, size_t length, const char *what)
{
	size_t at = reg_offset(reg);

	str_copy(e->unknown, sizeof(e->unknown), what);
	for (size_t i = at; i < at + length && i < REGISTER_BYTES; i++)
		e->known[i] = false;
}

const uint8_t *reg_read(struct evaluation *e, uint32_t reg, size_t length)
{
	size_t at = reg_offset(reg);

	if (at + length > REGISTER_BYTES) {
		expr_doubt(e, "a register that there is not");
		return NULL;
	}
	for (size_t i = at; i < at + length; i++) {
		if (!e->known[i]) {
			expr_doubt(e, "%s", e->unknown[0] ? e->unknown : "a value");
			return NULL;
		}
	}
	return e->registers + at;
}

const void *expr_data(const struct nftnl_expr *expr, uint16_t attr, uint32_t *length)
{
	*length = 0;
	return nftnl_expr_is_set(expr, attr) ? nftnl_expr_get(expr, attr, length) : NULL;
}

uint32_t expr_u32(const struct nftnl_expr *expr, uint16_t attr)
{
	uint32_t length, value = 0;
	const void *data = expr_data(expr, attr, &length);

	/* Some attributes are a byte or two inside libnftnl. */
	if (data && length == 1)
		return *(const uint8_t *)data;
	if (data && length >= sizeof(value))
		memcpy(&value, data, sizeof(value));
	return value;
}

static void match_if(struct evaluation *e, bool matches)
{
	if (!matches)
		e->verdict = VERDICT_BREAK;
}

/* --- comparing --- */

static void eval_cmp(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t length;
	const void *data = expr_data(expr, NFTNL_EXPR_CMP_DATA, &length);
	const uint8_t *value = reg_read(e, expr_u32(expr, NFTNL_EXPR_CMP_SREG), length);
	int order;

	if (!value || !data)
		return;
	order = memcmp(value, data, length);
	switch (expr_u32(expr, NFTNL_EXPR_CMP_OP)) {
	case NFT_CMP_EQ:
		match_if(e, order == 0);
		break;
	case NFT_CMP_NEQ:
		match_if(e, order != 0);
		break;
	case NFT_CMP_LT:
		match_if(e, order < 0);
		break;
	case NFT_CMP_LTE:
		match_if(e, order <= 0);
		break;
	case NFT_CMP_GT:
		match_if(e, order > 0);
		break;
	case NFT_CMP_GTE:
		match_if(e, order >= 0);
		break;
	}
}

static void eval_range(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t length, other;
	const void *from = expr_data(expr, NFTNL_EXPR_RANGE_FROM_DATA, &length);
	const void *to = expr_data(expr, NFTNL_EXPR_RANGE_TO_DATA, &other);
	const uint8_t *value = reg_read(e, expr_u32(expr, NFTNL_EXPR_RANGE_SREG), length);
	bool within;

	if (!value || !from || !to || length != other)
		return;
	within = memcmp(value, from, length) >= 0 && memcmp(value, to, length) <= 0;
	match_if(e, within == (expr_u32(expr, NFTNL_EXPR_RANGE_OP) == NFT_RANGE_EQ));
}

static void eval_bitwise(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t length = expr_u32(expr, NFTNL_EXPR_BITWISE_LEN), got, other, word, carry = 0;
	uint32_t op = expr_u32(expr, NFTNL_EXPR_BITWISE_OP);
	const uint8_t *value = reg_read(e, expr_u32(expr, NFTNL_EXPR_BITWISE_SREG), length);
	const uint8_t *mask = expr_data(expr, NFTNL_EXPR_BITWISE_MASK, &got);
	const uint8_t *xor = expr_data(expr, NFTNL_EXPR_BITWISE_XOR, &other);
	uint32_t shift = expr_u32(expr, NFTNL_EXPR_BITWISE_DATA) & 31;
	uint8_t result[64] = { 0 };

	if (!value || length == 0 || length > sizeof(result)) {
		if (!value)
			reg_unknown(e, expr_u32(expr, NFTNL_EXPR_BITWISE_DREG), length, e->unknown);
		return;
	}
	if (op == NFT_BITWISE_BOOL) {
		if (!mask || !xor || got < length || other < length) {
			expr_doubt(e, "a bitwise operation");
			return;
		}
		for (uint32_t i = 0; i < length; i++)
			result[i] = (value[i] & mask[i]) ^ xor[i];
	} else if (op == NFT_BITWISE_LSHIFT && length % 4 == 0) {
		for (uint32_t i = length; i > 0; i -= 4) {
			memcpy(&word, value + i - 4, 4);
			carry |= word << shift;
			memcpy(result + i - 4, &carry, 4);
			carry = shift ? word >> (32 - shift) : 0;
		}
	} else if (op == NFT_BITWISE_RSHIFT && length % 4 == 0) {
		for (uint32_t i = 0; i < length; i += 4) {
			memcpy(&word, value + i, 4);
			carry |= word >> shift;
			memcpy(result + i, &carry, 4);
			carry = shift ? word << (32 - shift) : 0;
		}
	} else {
		expr_doubt(e, "a bitwise operation");
		return;
	}
	reg_store(e, expr_u32(expr, NFTNL_EXPR_BITWISE_DREG), result, length);
}

static void eval_byteorder(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t length = expr_u32(expr, NFTNL_EXPR_BYTEORDER_LEN);
	uint32_t size = expr_u32(expr, NFTNL_EXPR_BYTEORDER_SIZE);
	uint32_t reg = expr_u32(expr, NFTNL_EXPR_BYTEORDER_DREG);
	const uint8_t *value = reg_read(e, expr_u32(expr, NFTNL_EXPR_BYTEORDER_SREG), length);
	uint8_t result[64] = { 0 };

	if (!value) {
		reg_unknown(e, reg, length, e->unknown);
		return;
	}
	if (size == 0 || length > sizeof(result))
		return;
	for (uint32_t at = 0; at + size <= length; at += size)
		for (uint32_t i = 0; i < size; i++)
			result[at + i] = __BYTE_ORDER == __LITTLE_ENDIAN ?
						 value[at + size - 1 - i] : value[at + i];
	reg_store(e, reg, result, length);
}

/* --- verdicts --- */

static void set_verdict(struct evaluation *e, uint32_t code, const char *chain)
{
	switch ((int32_t)code) {
	case NF_ACCEPT:
		e->verdict = VERDICT_ACCEPT;
		break;
	case NF_DROP:
		e->verdict = VERDICT_DROP;
		break;
	case NFT_JUMP:
		e->verdict = VERDICT_JUMP;
		break;
	case NFT_GOTO:
		e->verdict = VERDICT_GOTO;
		break;
	case NFT_RETURN:
		e->verdict = VERDICT_RETURN;
		break;
	case NFT_BREAK:
		e->verdict = VERDICT_BREAK;
		break;
	case NFT_CONTINUE:
		break;
	default:
		expr_effect_doubt(e, "a packet that is given to a program (queue)");
		break;
	}
	str_copy(e->target, sizeof(e->target), chain ? chain : "");
}

static void eval_immediate(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t reg = expr_u32(expr, NFTNL_EXPR_IMM_DREG), length;
	const void *data;

	if (reg == NFT_REG_VERDICT) {
		set_verdict(e, expr_u32(expr, NFTNL_EXPR_IMM_VERDICT),
			    nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_CHAIN) ?
				    nftnl_expr_get_str(expr, NFTNL_EXPR_IMM_CHAIN) : NULL);
		return;
	}
	data = expr_data(expr, NFTNL_EXPR_IMM_DATA, &length);
	if (data)
		reg_store(e, reg, data, length);
}

static void eval_lookup(struct evaluation *e, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_LOOKUP_SET);
	const struct ruleset_set *set =
		ruleset_set(e->rules, e->chain->family, e->chain->table, name);
	bool not = expr_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV;
	struct set_data data = { 0 };
	const uint8_t *key;
	int found;

	if (!set) {
		expr_doubt(e, "a set that cannot be read");
		return;
	}
	key = reg_read(e, expr_u32(expr, NFTNL_EXPR_LOOKUP_SREG), set->key_length);
	if (!key)
		return;
	found = set_lookup(set, key, &data);
	if (found < 0) {
		expr_doubt(e, "a set with elements that this nsh's library does not know");
		return;
	}
	match_if(e, (found == 1) != not);
	if (found == 0 || e->verdict == VERDICT_BREAK ||
	    !nftnl_expr_is_set(expr, NFTNL_EXPR_LOOKUP_DREG))
		return;
	if (data.is_verdict)
		set_verdict(e, data.verdict, data.chain);
	else
		reg_store(e, expr_u32(expr, NFTNL_EXPR_LOOKUP_DREG), data.bytes, data.length);
}

/* --- NAT --- */

void expr_nat(struct evaluation *e, const struct nat_wish *wish)
{
	if (e->unsure) {
		expr_effect_doubt(e, "an address that may be rewritten");
		return;
	}
	e->nat_done = true;
	e->verdict = VERDICT_ACCEPT;
	if (nat_set(e->walk, e->space->ns, e->packet, wish, e->in, e->out))
		return;
	e->nat_dropped = true;
	e->verdict = VERDICT_DROP;
}

/* The port of a register; of a range the packet's own, if it is within, or else the first. */
static bool port_of(struct evaluation *e, const struct nftnl_expr *expr, uint16_t min_attr,
		    uint16_t max_attr, uint16_t own, uint16_t *port)
{
	const uint8_t *min, *max;
	uint16_t first, last;

	*port = 0;
	if (!nftnl_expr_is_set(expr, min_attr))
		return true;
	min = reg_read(e, expr_u32(expr, min_attr), sizeof(first));
	max = nftnl_expr_is_set(expr, max_attr) ?
		      reg_read(e, expr_u32(expr, max_attr), sizeof(last)) : min;
	if (!min || !max)
		return false;
	first = (uint16_t)(min[0] << 8 | min[1]);
	last = (uint16_t)(max[0] << 8 | max[1]);
	*port = own >= first && own <= last ? own : first;
	return true;
}

/* Netmap: the network part is replaced, the host part stays. */
static struct ip map_net(const struct ip *ip, const uint8_t *min, const uint8_t *max)
{
	struct ip mapped = *ip;

	for (unsigned i = 0; i < ip_bytes(ip->family); i++) {
		uint8_t hosts = min[i] ^ max[i];

		mapped.bytes[i] = (uint8_t)((ip->bytes[i] & hosts) | (min[i] & ~hosts));
	}
	return mapped;
}

static void eval_nat(struct evaluation *e, const struct nftnl_expr *expr)
{
	bool source = expr_u32(expr, NFTNL_EXPR_NAT_TYPE) == NFT_NAT_SNAT;
	uint32_t family = expr_u32(expr, NFTNL_EXPR_NAT_FAMILY);
	uint32_t flags = expr_u32(expr, NFTNL_EXPR_NAT_FLAGS);
	struct nat_wish wish = { .kind = source ? NAT_SNAT : NAT_DNAT };
	const struct packet *packet = e->packet;
	const uint8_t *min, *max;

	if ((family == NFPROTO_IPV4 && packet->to.family != AF_INET) ||
	    (family == NFPROTO_IPV6 && packet->to.family != AF_INET6))
		return; /* a rule of family inet, for the other one */
	if (!port_of(e, expr, NFTNL_EXPR_NAT_REG_PROTO_MIN, NFTNL_EXPR_NAT_REG_PROTO_MAX,
		     source ? packet->sport : packet->dport, &wish.port))
		return;
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_NAT_REG_ADDR_MIN)) {
		size_t length = ip_bytes(packet->to.family);

		min = reg_read(e, expr_u32(expr, NFTNL_EXPR_NAT_REG_ADDR_MIN), length);
		max = nftnl_expr_is_set(expr, NFTNL_EXPR_NAT_REG_ADDR_MAX) ?
			      reg_read(e, expr_u32(expr, NFTNL_EXPR_NAT_REG_ADDR_MAX), length) :
			      min;
		if (!min || !max)
			return;
		wish.ip.family = packet->to.family;
		memcpy(wish.ip.bytes, min, length);
		if (flags & NF_NAT_RANGE_NETMAP) {
			wish.ip = map_net(source ? &packet->from : &packet->to, min, max);
		} else if (memcmp(min, max, length) != 0) {
			expr_effect_doubt(e, "which address of a range NAT takes");
			return;
		}
	}
	expr_nat(e, &wish);
}

static void eval_masq(struct evaluation *e, const struct nftnl_expr *expr)
{
	struct nat_wish wish = { .kind = NAT_MASQUERADE };

	if (port_of(e, expr, NFTNL_EXPR_MASQ_REG_PROTO_MIN, NFTNL_EXPR_MASQ_REG_PROTO_MAX,
		    e->packet->sport, &wish.port))
		expr_nat(e, &wish);
}

static void eval_redir(struct evaluation *e, const struct nftnl_expr *expr)
{
	struct nat_wish wish = { .kind = NAT_REDIRECT };

	if (port_of(e, expr, NFTNL_EXPR_REDIR_REG_PROTO_MIN, NFTNL_EXPR_REDIR_REG_PROTO_MAX,
		    e->packet->dport, &wish.port))
		expr_nat(e, &wish);
}

/* --- the rest --- */

static void eval_reject(struct evaluation *e, const struct nftnl_expr *expr)
{
	(void)expr;
	e->verdict = VERDICT_REJECT;
}

static void eval_notrack(struct evaluation *e, const struct nftnl_expr *expr)
{
	(void)expr;
	if (e->packet->track == TRACK_NONE && !e->unsure)
		e->packet->track = TRACK_NOT;
	else if (e->packet->track == TRACK_NONE)
		expr_effect_doubt(e, "a notrack that may happen");
}

/* One packet is within any rate; "limit rate over" is for those beyond it. */
static void eval_limit(struct evaluation *e, const struct nftnl_expr *expr)
{
	match_if(e, !(expr_u32(expr, NFTNL_EXPR_LIMIT_FLAGS) & NFT_LIMIT_F_INV));
}

static void eval_quota(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint64_t bytes = nftnl_expr_get_u64(expr, NFTNL_EXPR_QUOTA_BYTES);
	uint64_t used = nftnl_expr_is_set(expr, NFTNL_EXPR_QUOTA_CONSUMED) ?
				nftnl_expr_get_u64(expr, NFTNL_EXPR_QUOTA_CONSUMED) : 0;
	bool over = used + e->packet->size >= bytes;

	match_if(e, over == !!(expr_u32(expr, NFTNL_EXPR_QUOTA_FLAGS) & NFT_QUOTA_F_INV));
}

static void eval_exthdr(struct evaluation *e, const struct nftnl_expr *expr)
{
	uint32_t op = expr_u32(expr, NFTNL_EXPR_EXTHDR_OP);
	uint32_t reg = expr_u32(expr, NFTNL_EXPR_EXTHDR_DREG);
	bool present = expr_u32(expr, NFTNL_EXPR_EXTHDR_FLAGS) & NFT_EXTHDR_F_PRESENT;

	if (nftnl_expr_is_set(expr, NFTNL_EXPR_EXTHDR_SREG))
		return; /* writing an option decides nothing */
	if (op == NFT_EXTHDR_OP_TCPOPT && e->packet->protocol == IPPROTO_TCP)
		reg_unknown(e, reg, 4, "an option of TCP");
	else if (present)
		reg_store_u8(e, reg, 0); /* the packet has none */
	else
		e->verdict = VERDICT_BREAK;
}

static void eval_dynset(struct evaluation *e, const struct nftnl_expr *expr)
{
	match_if(e, !(expr_u32(expr, NFTNL_EXPR_DYNSET_FLAGS) & NFT_DYNSET_F_INV));
}

static void eval_objref(struct evaluation *e, const struct nftnl_expr *expr)
{
	switch (expr_u32(expr, NFTNL_EXPR_OBJREF_IMM_TYPE)) {
	case NFT_OBJECT_COUNTER:
	case NFT_OBJECT_CT_HELPER:
	case NFT_OBJECT_CT_TIMEOUT:
	case NFT_OBJECT_SECMARK:
	case NFT_OBJECT_CT_EXPECT:
		break;
	default:
		expr_doubt(e, "a named object (quota, limit)");
		break;
	}
}

static void eval_nothing(struct evaluation *e, const struct nftnl_expr *expr)
{
	(void)e;
	(void)expr;
}

static const struct {
	const char *name;
	void (*evaluate)(struct evaluation *e, const struct nftnl_expr *expr);
} kinds[] = {
	{ "bitwise", eval_bitwise },   { "byteorder", eval_byteorder },
	{ "cmp", eval_cmp },	       { "counter", eval_nothing },
	{ "ct", load_ct },	       { "dup", eval_nothing },
	{ "dynset", eval_dynset },
	{ "exthdr", eval_exthdr },     { "fib", load_fib },
	{ "flow_offload", eval_nothing }, { "immediate", eval_immediate },
	{ "last", eval_nothing },      { "limit", eval_limit },
	{ "log", eval_nothing },       { "lookup", eval_lookup },
	{ "masq", eval_masq },	       { "match", xt_match },
	{ "meta", load_meta },	       { "nat", eval_nat },
	{ "notrack", eval_notrack },   { "objref", eval_objref },
	{ "payload", load_payload },   { "quota", eval_quota },
	{ "range", eval_range },       { "redir", eval_redir },
	{ "reject", eval_reject },     { "target", xt_target },
};

static const char *const looking[] = {
	"connlimit", "hash", "inner", "numgen", "osf", "rt", "socket", "tunnel", "xfrm",
};

void expr_evaluate(struct evaluation *e, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);

	for (size_t i = 0; name && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, name)) {
			kinds[i].evaluate(e, expr);
			return;
		}
	}
	/* Those that only load or compare: what they load is not known. */
	for (size_t i = 0; name && i < sizeof(looking) / sizeof(looking[0]); i++) {
		if (strcmp(looking[i], name) != 0)
			continue;
		memset(e->known, 0, sizeof(e->known));
		str_copy(e->unknown, sizeof(e->unknown), name);
		expr_doubt(e, "the expression \"%s\"", name);
		return;
	}
	expr_effect_doubt(e, "the expression \"%s\"", name ? name : "?");
}
