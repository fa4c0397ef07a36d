/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody else's rules, drawn from the input expression by expression, and a packet that is
 * thought through them: no crash, no reading past an end, always the same verdict, and a verdict
 * that cannot be given says why.
 */
#include "fuzz/fuzz.h"

#include <netinet/in.h> /* before linux/netfilter.h */

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/why_parts.h"

#define IP4(a, b, c, d) { .family = AF_INET, .bytes = { a, b, c, d } }

/* --- what expressions are made of --- */

enum field { END, REG, DREG, NUMBER, SMALL, WIDE, DATA, SET, JUMP, MATCH, TARGET, INFO };
struct part {
	uint16_t attr;
	enum field field;
};
static const struct {
	const char *name;
	struct part parts[8];
} kinds[] = {
	{ "immediate", { { NFTNL_EXPR_IMM_DREG, DREG }, { NFTNL_EXPR_IMM_DATA, DATA } } },
	{ "immediate", { { NFTNL_EXPR_IMM_DREG, END }, { NFTNL_EXPR_IMM_VERDICT, JUMP } } },
	{ "cmp", { { NFTNL_EXPR_CMP_SREG, REG }, { NFTNL_EXPR_CMP_OP, SMALL },
		   { NFTNL_EXPR_CMP_DATA, DATA } } },
	{ "range", { { NFTNL_EXPR_RANGE_SREG, REG }, { NFTNL_EXPR_RANGE_OP, SMALL },
		     { NFTNL_EXPR_RANGE_FROM_DATA, DATA }, { NFTNL_EXPR_RANGE_TO_DATA, DATA } } },
	{ "bitwise", { { NFTNL_EXPR_BITWISE_SREG, REG }, { NFTNL_EXPR_BITWISE_DREG, DREG },
		       { NFTNL_EXPR_BITWISE_LEN, NUMBER }, { NFTNL_EXPR_BITWISE_MASK, DATA },
		       { NFTNL_EXPR_BITWISE_XOR, DATA }, { NFTNL_EXPR_BITWISE_OP, SMALL } } },
	{ "byteorder", { { NFTNL_EXPR_BYTEORDER_SREG, REG }, { NFTNL_EXPR_BYTEORDER_DREG, DREG },
			 { NFTNL_EXPR_BYTEORDER_LEN, NUMBER },
			 { NFTNL_EXPR_BYTEORDER_SIZE, SMALL } } },
	{ "payload", { { NFTNL_EXPR_PAYLOAD_DREG, DREG }, { NFTNL_EXPR_PAYLOAD_BASE, SMALL },
		       { NFTNL_EXPR_PAYLOAD_OFFSET, NUMBER },
		       { NFTNL_EXPR_PAYLOAD_LEN, NUMBER } } },
	{ "payload", { { NFTNL_EXPR_PAYLOAD_SREG, REG }, { NFTNL_EXPR_PAYLOAD_BASE, SMALL },
		       { NFTNL_EXPR_PAYLOAD_OFFSET, NUMBER },
		       { NFTNL_EXPR_PAYLOAD_LEN, NUMBER } } },
	{ "meta", { { NFTNL_EXPR_META_KEY, NUMBER }, { NFTNL_EXPR_META_DREG, DREG } } },
	{ "meta", { { NFTNL_EXPR_META_KEY, NUMBER }, { NFTNL_EXPR_META_SREG, REG } } },
	{ "ct", { { NFTNL_EXPR_CT_KEY, NUMBER }, { NFTNL_EXPR_CT_DREG, DREG } } },
	{ "ct", { { NFTNL_EXPR_CT_KEY, NUMBER }, { NFTNL_EXPR_CT_SREG, REG } } },
	{ "fib", { { NFTNL_EXPR_FIB_DREG, DREG }, { NFTNL_EXPR_FIB_RESULT, SMALL },
		   { NFTNL_EXPR_FIB_FLAGS, NUMBER } } },
	{ "lookup", { { NFTNL_EXPR_LOOKUP_SREG, REG }, { NFTNL_EXPR_LOOKUP_SET, SET },
		      { NFTNL_EXPR_LOOKUP_FLAGS, SMALL } } },
	{ "lookup", { { NFTNL_EXPR_LOOKUP_SREG, REG }, { NFTNL_EXPR_LOOKUP_SET, SET },
		      { NFTNL_EXPR_LOOKUP_DREG, DREG } } },
	{ "nat", { { NFTNL_EXPR_NAT_TYPE, SMALL }, { NFTNL_EXPR_NAT_FAMILY, NUMBER },
		   { NFTNL_EXPR_NAT_REG_ADDR_MIN, REG }, { NFTNL_EXPR_NAT_REG_PROTO_MIN, REG },
		   { NFTNL_EXPR_NAT_FLAGS, NUMBER } } },
	{ "masq", { { NFTNL_EXPR_MASQ_REG_PROTO_MIN, REG } } },
	{ "redir", { { NFTNL_EXPR_REDIR_REG_PROTO_MIN, REG } } },
	{ "reject", { { NFTNL_EXPR_REJECT_TYPE, SMALL } } },
	{ "limit", { { NFTNL_EXPR_LIMIT_FLAGS, SMALL } } },
	{ "quota", { { NFTNL_EXPR_QUOTA_BYTES, WIDE }, { NFTNL_EXPR_QUOTA_FLAGS, SMALL } } },
	{ "exthdr", { { NFTNL_EXPR_EXTHDR_DREG, DREG }, { NFTNL_EXPR_EXTHDR_OP, SMALL },
		      { NFTNL_EXPR_EXTHDR_FLAGS, SMALL } } },
	{ "match", { { NFTNL_EXPR_MT_NAME, MATCH }, { NFTNL_EXPR_MT_REV, SMALL },
		     { NFTNL_EXPR_MT_INFO, INFO } } },
	{ "target", { { NFTNL_EXPR_TG_NAME, TARGET }, { NFTNL_EXPR_TG_REV, SMALL },
		      { NFTNL_EXPR_TG_INFO, INFO } } },
	{ "counter", { { 0, END } } },
	{ "notrack", { { 0, END } } },
	{ "numgen", { { NFTNL_EXPR_NG_DREG, DREG } } },
	{ "queue", { { NFTNL_EXPR_QUEUE_NUM, SMALL } } },
};
static const char *const match_names[] = {
	"addrtype", "comment", "connmark", "conntrack", "icmp", "iprange", "length", "limit",
	"mark", "multiport", "physdev", "pkttype", "state", "tcp", "udp", "string",
};
static const char *const target_names[] = {
	"CT", "DNAT", "LOG", "MARK", "MASQUERADE", "REDIRECT", "REJECT", "SNAT", "TEE",
};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void set_info(struct nftnl_expr *expr, uint16_t attr, struct fuzz_input *in)
{
	static const uint8_t lengths[] = { 0, 4, 8, 16, 20, 24, 40, 48, 72, 168, 200 };
	size_t length = lengths[fuzz_take(in, 1) % COUNT(lengths)];
	uint8_t *info = calloc(1, length ? length : 1); /* libnftnl takes it over */

	CHECK(info);
	for (size_t i = 0; i < length; i++)
		info[i] = (uint8_t)fuzz_take(in, 1);
	nftnl_expr_set(expr, attr, info, (uint32_t)length);
}

static void set_part(struct nftnl_expr *expr, const char *name, const struct part *part,
		     struct fuzz_input *in)
{
	uint8_t data[16], length;
	uint32_t number = (uint32_t)fuzz_take(in, 1);

	switch (part->field) {
	case END:
		nftnl_expr_set_u32(expr, part->attr, 0); /* the verdict's register */
		break;
	case REG:
	case DREG:
		nftnl_expr_set_u32(expr, part->attr, 1 + number % 30);
		break;
	case NUMBER:
		nftnl_expr_set_u32(expr, part->attr, number);
		break;
	case SMALL:
		if (!strcmp(name, "reject") || !strcmp(name, "exthdr"))
			nftnl_expr_set_u32(expr, part->attr, number % 6);
		else if (!strcmp(name, "queue"))
			nftnl_expr_set_u16(expr, part->attr, (uint16_t)number);
		else
			nftnl_expr_set_u32(expr, part->attr, number % 9);
		break;
	case WIDE:
		nftnl_expr_set_u64(expr, part->attr, number * 1000);
		break;
	case DATA:
		length = (uint8_t)(1 + number % sizeof(data));
		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)fuzz_take(in, 1);
		nftnl_expr_set(expr, part->attr, data, length);
		break;
	case SET:
		nftnl_expr_set_str(expr, part->attr, number % 4 ? "s" : "none");
		break;
	case JUMP:
		nftnl_expr_set_u32(expr, part->attr, (uint32_t)((int)(number % 8) - 5));
		/* libnftnl forgets to free the name that another verdict has. */
		if (number % 8 == 5 + NFT_JUMP || number % 8 == 5 + NFT_GOTO)
			nftnl_expr_set_str(expr, NFTNL_EXPR_IMM_CHAIN,
					   number & 16 ? "c0" : "c1");
		break;
	case MATCH:
		nftnl_expr_set_str(expr, part->attr, match_names[number % COUNT(match_names)]);
		break;
	case TARGET:
		nftnl_expr_set_str(expr, part->attr, target_names[number % COUNT(target_names)]);
		break;
	case INFO:
		set_info(expr, part->attr, in);
		break;
	}
}

static struct nftnl_rule *draw_rule(struct fuzz_input *in)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();

	CHECK(rule);
	for (unsigned left = (unsigned)fuzz_take(in, 1) % 8 + 1; left; left--) {
		size_t kind = fuzz_take(in, 1) % COUNT(kinds);
		struct nftnl_expr *expr = nftnl_expr_alloc(kinds[kind].name);

		CHECK(expr);
		for (size_t i = 0; i < 8 && (kinds[kind].parts[i].attr); i++)
			set_part(expr, kinds[kind].name, &kinds[kind].parts[i], in);
		nftnl_rule_add_expr(rule, expr);
	}
	return rule;
}

static void draw_set(struct ruleset *rules, struct fuzz_input *in)
{
	struct ruleset_set *set = vector_add(&rules->sets);

	set->family = NFPROTO_INET;
	set->table = xstrdup("t");
	set->name = xstrdup("s");
	set->flags = (uint32_t)fuzz_take(in, 1);
	set->key_length = (uint32_t)fuzz_take(in, 1) % 70;
	set->partial = fuzz_take(in, 1) % 8 == 0;
	for (size_t i = 0; i < 3 && set->flags & 0x80; i++)
		set->fields[i] = (uint8_t)(fuzz_take(in, 1) % 40);
	set->set = nftnl_set_alloc();
	CHECK(set->set);
	for (unsigned left = (unsigned)fuzz_take(in, 1) % 6; left; left--) {
		struct nftnl_set_elem *element = nftnl_set_elem_alloc();
		uint8_t key[16];

		for (size_t i = 0; i < sizeof(key); i++)
			key[i] = (uint8_t)fuzz_take(in, 1);
		nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, key, 1 + key[15] % 16);
		if (key[14] & 1)
			nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY_END, key, 1 + key[13] % 16);
		nftnl_set_elem_set_u32(element, NFTNL_SET_ELEM_FLAGS, key[12] % 4);
		if (key[11] & 1)
			nftnl_set_elem_set_u32(element, NFTNL_SET_ELEM_VERDICT,
					       (uint32_t)(key[10] % 8 - 5));
		else
			nftnl_set_elem_set(element, NFTNL_SET_ELEM_DATA, key, 1 + key[9] % 16);
		nftnl_set_elem_add(set->set, element);
	}
}

static void draw(struct ruleset *rules, struct fuzz_input *in)
{
	draw_set(rules, in);
	for (int i = 0; i < 2; i++) {
		struct ruleset_chain *chain = vector_add(&rules->chains);

		chain->family = NFPROTO_INET;
		chain->table = xstrdup("t");
		chain->name = xasprintf("c%d", i);
		chain->base = true;
		chain->type = xstrdup("filter");
		chain->hook = (uint32_t)fuzz_take(in, 1) % 5;
		chain->policy = fuzz_take(in, 1) & 1 ? NF_ACCEPT : NF_DROP;
		for (unsigned left = (unsigned)fuzz_take(in, 1) % 6; left; left--) {
			struct ruleset_rule *rule = vector_add(&chain->rules);

			rule->number = (unsigned)chain->rules.n;
			rule->handle = rule->number;
			rule->rule = fuzz_take(in, 1) % 16 ? draw_rule(in) : NULL;
		}
	}
}

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	uint32_t noise = 1;

	for (int i = 0; i < 200; i++) {
		uint8_t bytes[512];

		for (size_t k = 0; k < sizeof(bytes); k++) {
			noise = noise * 1103515245 + 12345;
			bytes[k] = (uint8_t)(noise >> 16);
		}
		add(bytes, sizeof(bytes));
	}
}

/* --- the run --- */

static enum outcome evaluate(struct world *world, struct ns *ns, const struct ruleset *set,
			     const struct ruleset_chain *chain)
{
	struct error err cleanup_error = ERROR_INIT;
	struct walk walk = { .world = world, .err = &err, .quiet = 1 };
	struct why_ns space = { .ns = ns };
	struct link in = { .index = 2, .name = "eth0", .kind = "veth" };
	struct link out = { .index = 3, .name = "eth1", .kind = "veth" };
	struct packet packet = {
		.from = IP4(10, 0, 0, 7), .to = IP4(10, 0, 9, 2), .protocol = IPPROTO_TCP,
		.sport = 40000, .dport = 80, .tcp_flags = 2, .ttl = 63, .size = 60,
	};
	struct evaluation e = {
		.walk = &walk, .space = &space, .rules = set, .packet = &packet, .in = &in,
		.out = &out, .family = NFPROTO_IPV4, .hook = chain->hook,
	};
	enum outcome outcome;

	track_packet(&walk, ns, &packet);
	outcome = chain_evaluate(&e, chain);
	CHECK(memchr(e.doubt, 0, sizeof(e.doubt)));
	CHECK(outcome != OUTCOME_UNKNOWN || e.doubt[0]);
	/* A rule that cannot be read may do anything, unless another has decided before it. */
	if (chain->rules.n && !chain->rules.v[0].rule)
		CHECK(outcome == OUTCOME_UNKNOWN);
	CHECK(packet.from.family == AF_INET && packet.to.family == AF_INET);
	for (size_t i = 0; i < walk.flows.n; i++)
		free(walk.flows.v[i]);
	vector_free(&walk.flows);
	return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err cleanup_error = ERROR_INIT;
	struct fuzz_input in = { data, size };
	struct world *world = world_new(NULL);
	struct ns *ns = world_ns(world, HOST, 0, -1, &err);
	struct ruleset set = { 0 };

	CHECK(ns);
	draw(&set, &in);
	for (size_t i = 0; i < set.chains.n; i++) {
		struct buf text cleanup_buf = { 0 };
		cleanup_free char *mend = NULL;
		enum outcome one = evaluate(world, ns, &set, &set.chains.v[i]);

		CHECK(one == evaluate(world, ns, &set, &set.chains.v[i]));
		rule_text(&text, &set.chains.v[i], NULL);
		CHECK(text.length > 0);
		mend = rule_mend(ns, &set.chains.v[i], NULL);
		CHECK(mend && !strchr(mend, '\n'));
	}
	ruleset_free(&set);
	world_free(world);
	return 0;
}
