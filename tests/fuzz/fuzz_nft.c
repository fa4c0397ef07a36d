/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rules of nf_tables: of a rule that nsh makes nothing is lost on the way to the kernel
 * and back; of a rule that somebody else made nothing is taken for what it is not.
 *
 * The first byte of an input says which: a struct nft_rule drawn from the rest, or one of
 * the sample rules with its expressions changed as the rest says.
 */
#include "fuzz/fuzz.h"

#include <netinet/in.h> /* before linux/netfilter.h */

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
#include "unit/rules.h"

enum { DRAWN, CHANGED };

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	uint32_t noise = 1;

	for (uint8_t i = 0; i < RULES; i++) {
		const uint8_t as_it_is[] = { CHANGED, i, 0 };

		add(as_it_is, sizeof(as_it_is));
		/* Some that are changed, each at its own places; one that is drawn. */
		for (uint8_t j = 0; j < 9; j++) {
			uint8_t bytes[64];

			for (size_t k = 0; k < sizeof(bytes); k++) {
				noise = noise * 1103515245 + 12345;
				bytes[k] = (uint8_t)(noise >> 16);
			}
			bytes[0] = j < 8 ? CHANGED : DRAWN;
			if (j < 8) {
				bytes[1] = i;
				bytes[2] = j;
			}
			add(bytes, sizeof(bytes));
		}
	}
}

/* --- what must hold --- */

static bool is_string(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

/* Decodes twice, over other bytes: nothing of what was there before stays. */
static void decode(const struct nftnl_rule *from, struct nft_rule *rule)
{
	struct nft_rule other;

	memset(rule, 0x55, sizeof(*rule));
	memset(&other, 0xaa, sizeof(other));
	nft_decode(from, rule);
	nft_decode(from, &other);
	CHECK(rule->foreign == other.foreign && rule->handle == other.handle);
	CHECK(rule->foreign || nft_rule_equal(rule, &other));
	CHECK(rule->foreign || rule->chain < NFT_CHAIN_COUNT);
	CHECK(rule->chain <= NFT_CHAIN_COUNT);
	CHECK(is_string(rule->in.name, sizeof(rule->in.name)));
	CHECK(is_string(rule->out.name, sizeof(rule->out.name)));
	CHECK(is_string(rule->comment, sizeof(rule->comment)));
	if (rule->foreign) {
		struct nft_rule known = { .chain = rule->chain, .handle = rule->handle };

		memcpy(known.comment, rule->comment, sizeof(known.comment));
		other = *rule;
		other.foreign = false;
		CHECK(nft_rule_equal(&other, &known));
	}
}

/* The words of a rule that can be shown: one line, and always the same. */
static void check_text(const struct nft_rule *rule)
{
	struct buf one cleanup_buf = { 0 }, two cleanup_buf = { 0 };

	nft_rule_text(rule, &one);
	nft_rule_text(rule, &two);
	CHECK(one.length > 0 && strcmp(one.s, two.s) == 0);
}

/* As messages go: libnftnl writes the rule and reads it again. */
static void over_the_wire(const struct nftnl_rule *rule, struct nft_rule *back)
{
	cleanup_free char *bytes = xcalloc(MNL_SOCKET_BUFFER_SIZE, 1);
	struct nftnl_rule *arrived = nftnl_rule_alloc();
	struct nlmsghdr *message;

	CHECK(arrived);
	message = nftnl_nlmsg_build_hdr(bytes, NFT_MSG_NEWRULE, NFPROTO_INET, 0, 0);
	nftnl_rule_nlmsg_build_payload(message, (struct nftnl_rule *)(uintptr_t)rule);
	CHECK(nftnl_rule_nlmsg_parse(message, arrived) == 0);
	decode(arrived, back);
	nftnl_rule_free(arrived);
}

static void check_round(const struct nft_rule *rule)
{
	struct nftnl_rule *encoded = nft_encode(rule);
	struct nft_rule back, arrived;

	decode(encoded, &back);
	CHECK(!back.foreign && nft_rule_equal(rule, &back) &&
	      nft_rule_equal(&back, rule));
	CHECK(back.handle == rule->handle);
	over_the_wire(encoded, &arrived);
	CHECK(!arrived.foreign && nft_rule_equal(rule, &arrived));
	nftnl_rule_free(encoded);
	check_text(rule);
}

/* --- the kernel's machine, as far as nsh uses it, for packets that never were --- */

struct packet {
	char in[IFNAMSIZ], out[IFNAMSIZ];
	uint32_t in_group, out_group, type, status, state; /* type: RTN_* of its destination */
	uint8_t nfproto, l4proto;
	uint8_t network[40], transport[4];
};

/*
 * What a rule does to a packet: nothing, or a verdict with what it takes from registers.
 */
struct effect {
	bool matches, broken; /* broken: no kernel would take such a rule */
	char verdict[16];
	uint32_t kind, family;
	uint8_t address[16], port[2];
};

#define REGISTERS 20 /* of 4 bytes, in the numbers of NFT_REG32_00 and up */

static uint32_t number(const struct nftnl_expr *expr, uint16_t attr)
{
	uint32_t length = 0, value = 0;
	const void *data = nftnl_expr_is_set(expr, attr)
				   ? nftnl_expr_get(expr, attr, &length)
				   : NULL;

	if (data && length == 1)
		return *(const uint8_t *)data;
	if (data && length >= sizeof(value))
		memcpy(&value, data, sizeof(value));
	return value;
}

/* The bytes of a register: NFT_REG_1 to 4 are of 16 bytes, those from 8 on of 4; NULL: no
 * register of data. */
static uint8_t *reg(uint8_t *registers, uint32_t which)
{
	if (which >= NFT_REG_1 && which <= NFT_REG_4)
		return registers + (which - NFT_REG_1) * 16;
	if (which >= NFT_REG32_00 && which <= NFT_REG32_15)
		return registers + (which - NFT_REG32_00) * 4;
	return NULL;
}

static bool load_meta(const struct packet *p, uint32_t key, uint8_t *to)
{
	switch (key) {
	case NFT_META_IIFNAME:
		memcpy(to, p->in, sizeof(p->in));
		return true;
	case NFT_META_OIFNAME:
		memcpy(to, p->out, sizeof(p->out));
		return true;
	case NFT_META_IIFGROUP:
		memcpy(to, &p->in_group, sizeof(p->in_group));
		return true;
	case NFT_META_OIFGROUP:
		memcpy(to, &p->out_group, sizeof(p->out_group));
		return true;
	case NFT_META_NFPROTO:
		memset(to, 0, 4);
		to[0] = p->nfproto;
		return true;
	case NFT_META_L4PROTO:
		memset(to, 0, 4);
		to[0] = p->l4proto;
		return true;
	}
	return false;
}

static bool load_payload(const struct packet *p, const struct nftnl_expr *expr,
			 uint8_t *to)
{
	uint32_t base = number(expr, NFTNL_EXPR_PAYLOAD_BASE);
	uint32_t offset = number(expr, NFTNL_EXPR_PAYLOAD_OFFSET);
	uint32_t length = number(expr, NFTNL_EXPR_PAYLOAD_LEN);
	bool network = base == NFT_PAYLOAD_NETWORK_HEADER;
	size_t size = network ? sizeof(p->network) : sizeof(p->transport);

	if ((!network && base != NFT_PAYLOAD_TRANSPORT_HEADER) || length > 16 ||
	    offset > size || length > size - offset)
		return false;
	/* The kernel makes the last word of the register zero first. */
	if (length % 4)
		memset(to + length / 4 * 4, 0, 4);
	memcpy(to, (network ? p->network : p->transport) + offset, length);
	return true;
}

static bool compares(uint32_t operation, int order)
{
	switch (operation) {
	case NFT_CMP_EQ:
		return order == 0;
	case NFT_CMP_NEQ:
		return order != 0;
	case NFT_CMP_LT:
		return order < 0;
	case NFT_CMP_LTE:
		return order <= 0;
	case NFT_CMP_GT:
		return order > 0;
	case NFT_CMP_GTE:
		return order >= 0;
	}
	return false;
}

/* Takes what a NAT expression reads. Registers it does not name stay zero. */
static void take(uint8_t *registers, const struct nftnl_expr *expr, uint16_t attr,
		 uint8_t *to, size_t size)
{
	const uint8_t *from = nftnl_expr_is_set(expr, attr) ?
				      reg(registers, number(expr, attr)) : NULL;

	if (from)
		memcpy(to, from, size);
}

/*
 * Runs one expression. Returns whether the rule goes on; where it does not, the packet
 * did not match, or the verdict is in *EFFECT.
 */
static bool step(uint8_t *registers, const struct packet *p,
		 const struct nftnl_expr *expr, struct effect *effect)
{
	const char *kind = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	const uint8_t *mask, *xor;
	uint32_t length = 0, length_too = 0;
	const void *data, *last;
	uint8_t *from, *to;

	if (!strcmp(kind, "meta")) {
		to = reg(registers, number(expr, NFTNL_EXPR_META_DREG));
		return to && load_meta(p, number(expr, NFTNL_EXPR_META_KEY), to);
	}
	if (!strcmp(kind, "payload")) {
		to = reg(registers, number(expr, NFTNL_EXPR_PAYLOAD_DREG));
		return to && load_payload(p, expr, to);
	}
	if (!strcmp(kind, "fib")) {
		to = reg(registers, number(expr, NFTNL_EXPR_FIB_DREG));
		if (to)
			memcpy(to, &p->type, sizeof(p->type));
		return to;
	}
	if (!strcmp(kind, "ct")) {
		to = reg(registers, number(expr, NFTNL_EXPR_CT_DREG));
		if (to)
			memcpy(to,
			       number(expr, NFTNL_EXPR_CT_KEY) == NFT_CT_STATE
				       ? &p->state : &p->status, sizeof(p->status));
		return to;
	}
	if (!strcmp(kind, "bitwise")) {
		from = reg(registers, number(expr, NFTNL_EXPR_BITWISE_SREG));
		to = reg(registers, number(expr, NFTNL_EXPR_BITWISE_DREG));
		mask = nftnl_expr_get(expr, NFTNL_EXPR_BITWISE_MASK, &length);
		xor = nftnl_expr_get(expr, NFTNL_EXPR_BITWISE_XOR, &length_too);
		for (uint32_t i = 0; from && to && i < length && i < length_too; i++)
			to[i] = (uint8_t)((from[i] & mask[i]) ^ xor[i]);
		return from && to;
	}
	if (!strcmp(kind, "cmp")) {
		from = reg(registers, number(expr, NFTNL_EXPR_CMP_SREG));
		data = nftnl_expr_get(expr, NFTNL_EXPR_CMP_DATA, &length);
		return from && data &&
		       compares(number(expr, NFTNL_EXPR_CMP_OP),
				memcmp(from, data, length));
	}
	if (!strcmp(kind, "range")) {
		from = reg(registers, number(expr, NFTNL_EXPR_RANGE_SREG));
		data = nftnl_expr_get(expr, NFTNL_EXPR_RANGE_FROM_DATA, &length);
		last = nftnl_expr_get(expr, NFTNL_EXPR_RANGE_TO_DATA, &length_too);
		if (!from || !data || !last)
			return false;
		return (memcmp(from, data, length) >= 0 &&
			memcmp(from, last, length_too) <= 0) ==
		       (number(expr, NFTNL_EXPR_RANGE_OP) == NFT_RANGE_EQ);
	}
	to = !strcmp(kind, "immediate")
		     ? reg(registers, number(expr, NFTNL_EXPR_IMM_DREG))
		     : NULL;
	if (to) {
		data = nftnl_expr_get(expr, NFTNL_EXPR_IMM_DATA, &length);
		if (data)
			memcpy(to, data, length);
		return data;
	}
	effect->matches = true;
	str_copy(effect->verdict, sizeof(effect->verdict), kind);
	if (!strcmp(kind, "immediate"))
		effect->kind = number(expr, NFTNL_EXPR_IMM_VERDICT);
	if (!strcmp(kind, "reject"))
		effect->kind = number(expr, NFTNL_EXPR_REJECT_TYPE) << 8 |
			       number(expr, NFTNL_EXPR_REJECT_CODE);
	if (!strcmp(kind, "redir"))
		take(registers, expr, NFTNL_EXPR_REDIR_REG_PROTO_MIN, effect->port, 2);
	if (!strcmp(kind, "nat")) {
		effect->kind = number(expr, NFTNL_EXPR_NAT_TYPE);
		effect->family = number(expr, NFTNL_EXPR_NAT_FAMILY);
		take(registers, expr, NFTNL_EXPR_NAT_REG_PROTO_MIN, effect->port, 2);
		take(registers, expr, NFTNL_EXPR_NAT_REG_ADDR_MIN, effect->address,
		     effect->family == NFPROTO_IPV6 ? 16 : 4);
	}
	return false;
}

/* Whether the registers that it reads and writes exist. */
static bool has_registers(const struct nftnl_expr *expr)
{
	static const struct {
		const char *kind;
		uint16_t attrs[2];
	} named[] = {
		{ "meta", { NFTNL_EXPR_META_DREG } },
		{ "payload", { NFTNL_EXPR_PAYLOAD_DREG } },
		{ "fib", { NFTNL_EXPR_FIB_DREG } },
		{ "ct", { NFTNL_EXPR_CT_DREG } },
		{ "bitwise", { NFTNL_EXPR_BITWISE_SREG, NFTNL_EXPR_BITWISE_DREG } },
		{ "cmp", { NFTNL_EXPR_CMP_SREG } },
		{ "range", { NFTNL_EXPR_RANGE_SREG } },
	};
	const char *kind = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	uint8_t registers[REGISTERS * 4];

	if (!strcmp(kind, "immediate"))
		return number(expr, NFTNL_EXPR_IMM_DREG) == NFT_REG_VERDICT ||
		       reg(registers, number(expr, NFTNL_EXPR_IMM_DREG));
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		for (size_t j = 0; j < 2 && !strcmp(kind, named[i].kind); j++)
			if (named[i].attrs[j] &&
			    !reg(registers, number(expr, named[i].attrs[j])))
				return false;
	return true;
}

static void run(const struct nftnl_rule *rule, const struct packet *p,
		struct effect *effect)
{
	/* Room behind the last register for a load of 16 bytes. */
	uint8_t registers[REGISTERS * 4 + 16] = { 0 };
	struct nftnl_expr_iter *iter = nftnl_expr_iter_create(rule);
	struct nftnl_expr *expr;

	CHECK(iter);
	memset(effect, 0, sizeof(*effect));
	while ((expr = nftnl_expr_iter_next(iter)) != NULL) {
		effect->broken |= !has_registers(expr);
		if (!step(registers, p, expr, effect))
			break;
	}
	nftnl_expr_iter_destroy(iter);
}

/* Writes what the rule matches into the packet, so that not all are passed by. */
static void fit(struct packet *p, const struct nft_rule *rule)
{
	const struct ip *from = &rule->from.cidr.ip, *to = &rule->to.cidr.ip;
	uint16_t sport = htons(rule->sport.first), dport = htons(rule->dport.first);

	memcpy(p->in, rule->in.name, sizeof(p->in));
	memcpy(p->out, rule->out.name, sizeof(p->out));
	p->in_group = rule->in_group.group;
	p->out_group = rule->out_group.group;
	p->type = RTN_LOCAL;
	p->status = IPS_DST_NAT;
	p->state = rule->states;
	p->l4proto = rule->proto;
	if (from->family || to->family)
		p->nfproto = from->family == AF_INET6 || to->family == AF_INET6
				     ? NFPROTO_IPV6
				     : NFPROTO_IPV4;
	if (from->family)
		memcpy(p->network + (from->family == AF_INET6 ? 8 : 12), from->bytes,
		       ip_bytes(from->family));
	if (to->family)
		memcpy(p->network + (to->family == AF_INET6 ? 24 : 16), to->bytes,
		       ip_bytes(to->family));
	memcpy(p->transport, &sport, sizeof(sport));
	memcpy(p->transport + 2, &dport, sizeof(dport));
}

/* Changes the packet in one place, or in two. */
static void vary(struct packet *p, struct fuzz_input *in)
{
	for (size_t times = fuzz_take(in, 1) % 3; times; times--) {
		uint8_t *bytes = (uint8_t *)p;
		size_t at = fuzz_take(in, 1) % sizeof(*p);

		bytes[at] ^= (uint8_t)(1u << fuzz_take(in, 1) % 8);
	}
	p->in[IFNAMSIZ - 1] = p->out[IFNAMSIZ - 1] = '\0';
}

/* What was read from RULE, written again, does the same to every packet. */
static void check_same(const struct nftnl_rule *rule, const struct nft_rule *read,
		       struct fuzz_input *in)
{
	struct nftnl_rule *again = nft_encode(read);

	for (int i = 0; i < 8; i++) {
		struct packet p = { .nfproto = i & 1 ? NFPROTO_IPV6 : NFPROTO_IPV4 };
		struct effect one, two;

		fit(&p, read);
		if (i > 0)
			vary(&p, in);
		run(rule, &p, &one);
		run(again, &p, &two);
		CHECK(!two.broken);
		if (one.broken)
			continue;
		CHECK(one.matches == two.matches);
		CHECK(strcmp(one.verdict, two.verdict) == 0 && one.kind == two.kind);
		CHECK(one.family == two.family);
		CHECK(memcmp(one.address, two.address, sizeof(one.address)) == 0);
		CHECK(memcmp(one.port, two.port, sizeof(one.port)) == 0);
	}
	nftnl_rule_free(again);
}

/* --- a rule drawn from the input --- */

static void draw_if(struct fuzz_input *in, struct nft_if *to)
{
	size_t length = fuzz_take(in, 1) % IFNAMSIZ;

	to->not = fuzz_take(in, 1) & 1;
	for (size_t i = 0; i < length; i++) {
		to->name[i] = (char)fuzz_take(in, 1);
		if (!to->name[i])
			to->name[i] = '*';
	}
}

static void draw_ip(struct fuzz_input *in, uint8_t family, struct ip *to)
{
	to->family = family;
	for (size_t i = 0; i < ip_bytes(family); i++)
		to->bytes[i] = (uint8_t)fuzz_take(in, 1);
}

static void draw_net(struct fuzz_input *in, uint8_t family, struct nft_net *to)
{
	draw_ip(in, family, &to->cidr.ip);
	to->cidr.prefix = (uint8_t)(fuzz_take(in, 1) % (ip_bits(family) + 1));
	to->not = fuzz_take(in, 1) & 1;
}

static void draw_ports(struct fuzz_input *in, struct nft_ports *to)
{
	to->first = (uint16_t)fuzz_take(in, 2);
	to->last = (uint16_t)fuzz_take(in, 2);
	to->not = fuzz_take(in, 1) & 1;
}

static void draw(struct fuzz_input *in, struct nft_rule *rule)
{
	unsigned parts = (unsigned)fuzz_take(in, 2);
	uint8_t family = parts & 1 ? AF_INET6 : AF_INET;

	*rule = (struct nft_rule){ .chain = fuzz_take(in, 1) % NFT_CHAIN_COUNT };
	rule->verdict = fuzz_take(in, 1) % (NFT_VERDICT_REJECT + 1);
	rule->handle = fuzz_take(in, 1);
	rule->to_local = parts & 2;
	rule->dnated = parts & 4;
	if (parts & 8)
		draw_if(in, &rule->in);
	if (parts & 16)
		draw_if(in, &rule->out);
	if (parts & 32) {
		rule->in_group.group = (uint32_t)fuzz_take(in, 4);
		rule->in_group.not = fuzz_take(in, 1) & 1;
	}
	if (parts & 64) {
		rule->out_group.group = (uint32_t)fuzz_take(in, 4);
		rule->out_group.not = fuzz_take(in, 1) & 1;
	}
	if (parts & 128)
		draw_net(in, family, &rule->from);
	if (parts & 256)
		draw_net(in, family, &rule->to);
	if (parts & 512) {
		rule->proto = (uint8_t)fuzz_take(in, 1);
		rule->proto_not = fuzz_take(in, 1) & 1;
	}
	if (parts & 1024)
		draw_ports(in, &rule->sport);
	if (parts & 2048)
		draw_ports(in, &rule->dport);
	if (parts & 4096)
		draw_ip(in, family, &rule->nat_ip);
	if (parts & 8192)
		rule->nat_port = (uint16_t)fuzz_take(in, 2);
	if (parts & 32768)
		rule->states = fuzz_take(in, 1) & NFT_STATES;
	if (parts & 16384)
		for (size_t i = 0; i < sizeof(rule->comment) - 1 && in->left; i++)
			rule->comment[i] = (char)fuzz_take(in, 1);
	if (rule->verdict != NFT_VERDICT_REJECT)
		return;
	/* What it can be with. */
	rule->reset = family == AF_INET6;
	if (rule->reset) {
		rule->proto = IPPROTO_TCP;
		rule->proto_not = false;
	} else {
		rule->code = (uint8_t)fuzz_take(in, 1);
		if (!nft_unreachable(rule->code))
			rule->code = 3;
		if (!(parts & (128 | 256)))
			draw_net(in, family, &rule->from);
	}
}

/* --- a rule whose expressions are changed --- */

#define NUMBERS 7

/*
 * The expressions that nsh knows, and one that it does not: their numbers, then their
 * data.
 */
static const struct {
	const char *kind;
	uint16_t numbers[NUMBERS];
	uint16_t data[2];
} kinds[] = {
	{ "meta", { NFTNL_EXPR_META_KEY, NFTNL_EXPR_META_DREG, NFTNL_EXPR_META_SREG },
	{ 0 } },
	{ "payload",
	  { NFTNL_EXPR_PAYLOAD_DREG, NFTNL_EXPR_PAYLOAD_BASE, NFTNL_EXPR_PAYLOAD_OFFSET,
	    NFTNL_EXPR_PAYLOAD_LEN, NFTNL_EXPR_PAYLOAD_SREG },
	  { 0 } },
	{ "fib", { NFTNL_EXPR_FIB_DREG, NFTNL_EXPR_FIB_RESULT, NFTNL_EXPR_FIB_FLAGS },
	{ 0 } },
	{ "ct", { NFTNL_EXPR_CT_DREG, NFTNL_EXPR_CT_KEY, NFTNL_EXPR_CT_SREG }, { 0 } },
	{ "bitwise",
	  { NFTNL_EXPR_BITWISE_SREG, NFTNL_EXPR_BITWISE_DREG, NFTNL_EXPR_BITWISE_LEN,
	    NFTNL_EXPR_BITWISE_OP },
	  { NFTNL_EXPR_BITWISE_MASK, NFTNL_EXPR_BITWISE_XOR } },
	{ "cmp", { NFTNL_EXPR_CMP_SREG, NFTNL_EXPR_CMP_OP }, { NFTNL_EXPR_CMP_DATA } },
	{ "range",
	  { NFTNL_EXPR_RANGE_SREG, NFTNL_EXPR_RANGE_OP },
	  { NFTNL_EXPR_RANGE_FROM_DATA, NFTNL_EXPR_RANGE_TO_DATA } },
	{ "reject", { NFTNL_EXPR_REJECT_TYPE }, { 0 } },
	{ "immediate",
	  { NFTNL_EXPR_IMM_DREG, NFTNL_EXPR_IMM_VERDICT },
	  { NFTNL_EXPR_IMM_DATA } },
	{ "nat",
	  { NFTNL_EXPR_NAT_TYPE, NFTNL_EXPR_NAT_FAMILY, NFTNL_EXPR_NAT_REG_ADDR_MIN,
	    NFTNL_EXPR_NAT_REG_ADDR_MAX, NFTNL_EXPR_NAT_REG_PROTO_MIN,
	    NFTNL_EXPR_NAT_REG_PROTO_MAX, NFTNL_EXPR_NAT_FLAGS },
	  { 0 } },
	{ "masq",
	  { NFTNL_EXPR_MASQ_FLAGS, NFTNL_EXPR_MASQ_REG_PROTO_MIN,
	    NFTNL_EXPR_MASQ_REG_PROTO_MAX },
	  { 0 } },
	{ "redir",
	  { NFTNL_EXPR_REDIR_REG_PROTO_MIN, NFTNL_EXPR_REDIR_REG_PROTO_MAX,
	    NFTNL_EXPR_REDIR_FLAGS },
	  { 0 } },
	{ "counter", { 0 }, { 0 } },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static size_t kind_of(const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	size_t kind = 0;

	while (kind + 1 < KINDS && strcmp(kinds[kind].kind, name) != 0)
		kind++;
	return kind;
}

/* Changes one thing of the expression: a number, mostly to a small one, or its data. */
static void change(struct nftnl_expr *expr, struct fuzz_input *in)
{
	size_t kind = kind_of(expr), numbers = 0, all, which;
	uint8_t data[16] = { 0 };
	const void *before = NULL;
	uint32_t length = 0;
	uint16_t attr;

	while (numbers < NUMBERS && kinds[kind].numbers[numbers])
		numbers++;
	for (all = numbers; all < numbers + 2 && kinds[kind].data[all - numbers]; all++)
		;
	if (all == 0)
		return;
	which = fuzz_take(in, 1) % all;
	if (which < numbers) {
		uint32_t value = (uint32_t)fuzz_take(in, 1);

		if (value >= 0xf8)
			value = (uint32_t)fuzz_take(in, 4);
		else
			value %= value & 0x80 ? 20 : 6;
		nftnl_expr_set_u32(expr, kinds[kind].numbers[which], value);
		return;
	}
	attr = kinds[kind].data[which - numbers];
	if (nftnl_expr_is_set(expr, attr))
		before = nftnl_expr_get(expr, attr, &length);
	if (before && length > 0 && length <= sizeof(data) && fuzz_take(in, 1) & 3) {
		memcpy(data, before, length);
		data[fuzz_take(in, 1) % length] ^= (uint8_t)(1u << fuzz_take(in, 1) % 8);
	} else {
		length = (uint32_t)fuzz_take(in, 1) % (sizeof(data) + 1);
		for (size_t i = 0; i < length; i++)
			data[i] = (uint8_t)fuzz_take(in, 1);
	}
	nftnl_expr_set_data(expr, attr, data, length);
}

static struct nftnl_expr *any_expr(struct nftnl_rule *rule, struct fuzz_input *in)
{
	struct nftnl_expr_iter *iter = nftnl_expr_iter_create(rule);
	VECTOR(struct nftnl_expr *) all = { 0 };
	struct nftnl_expr *expr;

	CHECK(iter);
	while ((expr = nftnl_expr_iter_next(iter)) != NULL)
		*vector_add(&all) = expr;
	nftnl_expr_iter_destroy(iter);
	expr = all.n ? all.v[fuzz_take(in, 1) % all.n] : NULL;
	vector_free(&all);
	return expr;
}

static void change_rule(struct nftnl_rule *rule, struct fuzz_input *in)
{
	static const char *const chains[] = { "forward", "prerouting", "other", "" };
	struct nftnl_expr *expr;
	uint8_t userdata[255];
	uint32_t length = 0;

	switch (fuzz_take(in, 1) % 8) {
	case 0: /* one more, at the end */
		expr = nftnl_expr_alloc(kinds[fuzz_take(in, 1) % KINDS].kind);
		CHECK(expr);
		for (size_t times = 1 + fuzz_take(in, 1) % 4; times; times--)
			change(expr, in);
		nftnl_rule_add_expr(rule, expr);
		break;
	case 1: /* one less */
		expr = any_expr(rule, in);
		if (expr) {
			nftnl_rule_del_expr(expr);
			nftnl_expr_free(expr);
		}
		break;
	case 2:
		nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chains[fuzz_take(in, 1) % 4]);
		break;
	case 3:
		for (length = 0; length < sizeof(userdata) && length < in->left; length++)
			userdata[length] = in->at[length];
		if (length)
			nftnl_rule_set_data(rule, NFTNL_RULE_USERDATA, userdata, length);
		break;
	default:
		expr = any_expr(rule, in);
		if (expr)
			change(expr, in);
		break;
	}
}

static void check_changed(struct fuzz_input *in)
{
	/* After many changes next to nothing is understood any more. */
	static const uint8_t often[8] = { 0, 1, 1, 1, 2, 2, 3, 4 };
	size_t which = fuzz_take(in, 1) % RULES, times = often[fuzz_take(in, 1) % 8];
	struct nftnl_rule *changed = nft_encode(&rules[which].rule);
	struct nft_rule rule;

	for (size_t i = 0; i < times; i++)
		change_rule(changed, in);
	decode(changed, &rule);
	if (times == 0)
		CHECK(!rule.foreign && nft_rule_equal(&rule, &rules[which].rule));
	/* What is understood can be said again. */
	if (!rule.foreign) {
		check_round(&rule);
		check_same(changed, &rule, in);
	}
	nftnl_rule_free(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct nft_rule rule;

	if (fuzz_take(&in, 1) & 1) {
		check_changed(&in);
	} else {
		draw(&in, &rule);
		check_round(&rule);
	}
	return 0;
}
