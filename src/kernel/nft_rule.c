/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/nft.h"

#include <linux/icmp.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <string.h>

#include "kernel/nft-internal.h"

/*
 * A rule in its three forms: struct nft_rule, expressions of the kernel's virtual machine
 * (nft_encode.c, nft_decode.c), and words of nft's language (here). The expressions are those
 * that nft(8) itself makes of the words, load for load, so that "nft list ruleset" shows the
 * words again.
 */

static const struct {
	const char *name, *spec;
} chains[NFT_CHAIN_COUNT] = {
	[NFT_CHAIN_PREROUTING] = { "prerouting", "{ type nat hook prerouting priority dstnat; "
						 "policy accept; }" },
	[NFT_CHAIN_OUTPUT] = { "output",
			       "{ type nat hook output priority -100; policy accept; }" },
	[NFT_CHAIN_POSTROUTING] = { "postrouting",
				    "{ type nat hook postrouting priority srcnat; "
				    "policy accept; }" },
	[NFT_CHAIN_INPUT] = { "input", "{ type filter hook input priority filter; "
				       "policy accept; }" },
	[NFT_CHAIN_FORWARD] = { "forward", "{ type filter hook forward priority filter; "
					   "policy accept; }" },
	/* "output" is the other one's. */
	[NFT_CHAIN_OUTPUT_FILTER] = { "output_filter",
				      "{ type filter hook output priority filter; "
				      "policy accept; }" },
};

const char *nft_family_name(uint8_t family)
{
	static const char *const families[] = {
		[NFPROTO_INET] = "inet", [NFPROTO_IPV4] = "ip",	      [NFPROTO_ARP] = "arp",
		[NFPROTO_NETDEV] = "netdev", [NFPROTO_BRIDGE] = "bridge", [NFPROTO_IPV6] = "ip6",
	};
	const char *name =
		family < sizeof(families) / sizeof(families[0]) ? families[family] : NULL;

	return name ? name : "?";
}

const char *nft_chain_name(enum nft_chain chain)
{
	return chain < NFT_CHAIN_COUNT ? chains[chain].name : "";
}

const char *nft_chain_spec(enum nft_chain chain)
{
	return chain < NFT_CHAIN_COUNT ? chains[chain].spec : "";
}

/* The protocols whose ports nft knows by the protocol's own name. */
static const char *port_protocol(const struct nft_rule *rule)
{
	if (rule->proto_not)
		return NULL;
	switch (rule->proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_UDPLITE:
		return "udplite";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	}
	return NULL;
}

/* --- words --- */

static void word(struct buf *text, const char *one)
{
	if (text->length && text->s[text->length - 1] != ' ')
		buf_addc(text, ' ');
	buf_add(text, one);
}

static void quoted(struct buf *text, const char *string)
{
	word(text, "\"");
	buf_add(text, string);
	buf_addc(text, '"');
}

static void operator(struct buf *text, bool not)
{
	if (not)
		word(text, "!=");
}

static void text_if(struct buf *text, const char *key, const struct nft_if *match)
{
	char name[IFNAMSIZ + 1];
	size_t length = strnlen(match->name, IFNAMSIZ - 1);

	if (!length)
		return;
	memcpy(name, match->name, length + 1);
	/* An asterisk at the end would match whatever follows; here it is part of a name. */
	if (name[length - 1] == '*') {
		memcpy(name + length - 1, "\\*", 3);
	}
	word(text, key);
	operator(text, match->not);
	quoted(text, name);
}

static void text_group(struct buf *text, const char *key, const struct nft_group *match)
{
	if (!match->group)
		return;
	word(text, key);
	operator(text, match->not);
	buf_addf(text, " %u", match->group);
}

static void text_net(struct buf *text, const char *key, const struct nft_net *match)
{
	struct cidr network;
	char string[CIDR_TEXT];

	if (!match->cidr.ip.family)
		return;
	network = cidr_network(&match->cidr);
	word(text, network.ip.family == AF_INET ? "ip" : "ip6");
	word(text, key);
	operator(text, match->not);
	if (network.prefix == ip_bits(network.ip.family))
		word(text, ip_text(&network.ip, string));
	else
		word(text, cidr_text(&network, string));
}

static void text_proto(struct buf *text, const struct nft_rule *rule)
{
	const char *name = port_protocol(rule);

	if (!rule->proto)
		return;
	if (name && (rule->sport.first || rule->dport.first))
		return; /* "tcp dport 80" says it too */
	word(text, "meta l4proto");
	operator(text, rule->proto_not);
	if (rule->proto == IPPROTO_TCP || rule->proto == IPPROTO_UDP)
		word(text, rule->proto == IPPROTO_TCP ? "tcp" : "udp");
	else if (rule->proto == IPPROTO_ICMP)
		word(text, "icmp");
	else if (rule->proto == IPPROTO_ICMPV6)
		word(text, "icmpv6");
	else
		buf_addf(text, " %u", rule->proto);
}

static void text_ports(struct buf *text, const struct nft_rule *rule, const char *key,
		       const struct nft_ports *ports)
{
	const char *name = port_protocol(rule);

	if (!ports->first)
		return;
	word(text, name ? name : "th");
	word(text, key);
	operator(text, ports->not);
	buf_addf(text, " %u", ports->first);
	if (nft_last_port(ports) != ports->first)
		buf_addf(text, "-%u", nft_last_port(ports));
}

static void text_nat(struct buf *text, const char *key, const struct nft_rule *rule)
{
	char string[IP_TEXT];
	bool six = rule->nat_ip.family == AF_INET6;

	word(text, key);
	if (rule->nat_ip.family)
		word(text, six ? "ip6" : "ip");
	if (rule->nat_ip.family || rule->nat_port)
		word(text, "to ");
	if (rule->nat_ip.family)
		buf_addf(text, six && rule->nat_port ? "[%s]" : "%s",
			 ip_text(&rule->nat_ip, string));
	if (rule->nat_port)
		buf_addf(text, ":%u", rule->nat_port);
}

const char *nft_unreachable(uint8_t code)
{
	static const char *const names[] = {
		[ICMP_NET_UNREACH] = "net-unreachable",
		[ICMP_HOST_UNREACH] = "host-unreachable",
		[ICMP_PROT_UNREACH] = "prot-unreachable",
		[ICMP_PORT_UNREACH] = "port-unreachable",
		[ICMP_NET_ANO] = "net-prohibited",
		[ICMP_HOST_ANO] = "host-prohibited",
		[ICMP_PKT_FILTERED] = "admin-prohibited",
	};

	return code < sizeof(names) / sizeof(names[0]) ? names[code] : NULL;
}

static void text_reject(struct buf *text, const struct nft_rule *rule)
{
	word(text, "reject with");
	if (rule->reset) {
		word(text, "tcp reset");
		return;
	}
	/* Later versions of nft leave out "type", but all take it. */
	word(text, "icmp type");
	word(text, nft_unreachable(rule->code) ? nft_unreachable(rule->code) : "?");
}

static void text_verdict(struct buf *text, const struct nft_rule *rule)
{
	switch (rule->verdict) {
	case NFT_VERDICT_ACCEPT:
		word(text, "accept");
		break;
	case NFT_VERDICT_DROP:
		word(text, "drop");
		break;
	case NFT_VERDICT_MASQUERADE:
		word(text, "masquerade");
		break;
	case NFT_VERDICT_SNAT:
		text_nat(text, "snat", rule);
		break;
	case NFT_VERDICT_DNAT:
		text_nat(text, "dnat", rule);
		break;
	case NFT_VERDICT_REDIRECT:
		word(text, "redirect");
		if (rule->nat_port)
			buf_addf(text, " to :%u", rule->nat_port);
		break;
	case NFT_VERDICT_REJECT:
		text_reject(text, rule);
		break;
	}
}

/* As nft(8) lists them. */
static const struct {
	const char *name;
	uint8_t bit;
} states[] = {
	{ "invalid", NF_CT_STATE_INVALID_BIT },
	{ "established", NF_CT_STATE_BIT(IP_CT_ESTABLISHED) },
	{ "related", NF_CT_STATE_BIT(IP_CT_RELATED) },
	{ "new", NF_CT_STATE_BIT(IP_CT_NEW) },
	{ "untracked", NF_CT_STATE_UNTRACKED_BIT },
};

uint8_t nft_state(const char *name)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].name, name) == 0)
			return states[i].bit;
	return 0;
}

static void text_states(struct buf *text, uint8_t bits)
{
	const char *before = " ";

	if (!bits)
		return;
	word(text, "ct state");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (!(bits & states[i].bit))
			continue;
		buf_addf(text, "%s%s", before, states[i].name);
		before = ",";
	}
}

void nft_rule_text(const struct nft_rule *rule, struct buf *text)
{
	char comment[sizeof(rule->comment)];
	struct buf own = { 0 };

	text_if(&own, "iifname", &rule->in);
	text_if(&own, "oifname", &rule->out);
	text_group(&own, "iifgroup", &rule->in_group);
	text_group(&own, "oifgroup", &rule->out_group);
	text_net(&own, "saddr", &rule->from);
	text_net(&own, "daddr", &rule->to);
	if (rule->to_local)
		word(&own, "fib daddr type local");
	if (rule->dnated)
		word(&own, "ct status dnat");
	text_states(&own, rule->states);
	text_proto(&own, rule);
	text_ports(&own, rule, "sport", &rule->sport);
	text_ports(&own, rule, "dport", &rule->dport);
	text_verdict(&own, rule);
	if (rule->comment[0]) {
		nft_clean_comment(rule, comment);
		word(&own, "comment");
		quoted(&own, comment);
	}
	buf_add(text, buf_str(&own));
	buf_free(&own);
}

/* --- comparing --- */

static bool same_if(const struct nft_if *a, const struct nft_if *b)
{
	return !strcmp(a->name, b->name) && (!a->name[0] || a->not == b->not);
}

static bool same_group(const struct nft_group *a, const struct nft_group *b)
{
	return a->group == b->group && (!a->group || a->not == b->not);
}

static bool same_net(const struct nft_net *a, const struct nft_net *b)
{
	struct cidr one, other;

	if (!a->cidr.ip.family || !b->cidr.ip.family)
		return a->cidr.ip.family == b->cidr.ip.family;
	one = cidr_network(&a->cidr);
	other = cidr_network(&b->cidr);
	return a->not == b->not && cidr_equal(&one, &other);
}

static bool same_ports(const struct nft_ports *a, const struct nft_ports *b)
{
	return a->first == b->first &&
	       (!a->first || (a->not == b->not && nft_last_port(a) == nft_last_port(b)));
}

static bool same_verdict(const struct nft_rule *a, const struct nft_rule *b)
{
	switch (a->verdict) {
	case NFT_VERDICT_ACCEPT:
	case NFT_VERDICT_DROP:
	case NFT_VERDICT_MASQUERADE:
		return true;
	case NFT_VERDICT_SNAT:
	case NFT_VERDICT_DNAT:
		return a->nat_ip.family == b->nat_ip.family &&
		       (!a->nat_ip.family || ip_equal(&a->nat_ip, &b->nat_ip)) &&
		       a->nat_port == b->nat_port;
	case NFT_VERDICT_REDIRECT:
		return a->nat_port == b->nat_port;
	case NFT_VERDICT_REJECT:
		return a->reset == b->reset && (a->reset || a->code == b->code);
	}
	return false;
}

static bool same_comment(const struct nft_rule *a, const struct nft_rule *b)
{
	char one[sizeof(a->comment)], other[sizeof(b->comment)];

	nft_clean_comment(a, one);
	nft_clean_comment(b, other);
	return !strcmp(one, other);
}

bool nft_rule_equal(const struct nft_rule *a, const struct nft_rule *b)
{
	/* Nobody knows what else a foreign rule says: it is like itself alone. */
	if (a->foreign || b->foreign)
		return a->foreign && b->foreign && a->chain == b->chain && a->handle &&
		       a->handle == b->handle;
	return a->chain == b->chain && same_if(&a->in, &b->in) && same_if(&a->out, &b->out) &&
	       same_group(&a->in_group, &b->in_group) &&
	       same_group(&a->out_group, &b->out_group) && same_net(&a->from, &b->from) &&
	       same_net(&a->to, &b->to) && a->to_local == b->to_local &&
	       a->dnated == b->dnated && a->states == b->states && a->proto == b->proto &&
	       (!a->proto || a->proto_not == b->proto_not) && same_ports(&a->sport, &b->sport) &&
	       same_ports(&a->dport, &b->dport) && a->verdict == b->verdict && same_verdict(a, b) &&
	       same_comment(a, b);
}
