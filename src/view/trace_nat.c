/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/trace_parts.h"

#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
#include "kernel/ruleset.h"

/*
 * Rewritten addresses: two sightings of the packet in one namespace differ. Which of nsh's rules it
 * was follows from what they match; others are named by the table that they are in. What comes
 * back is rewritten by connection tracking, which remembers.
 */

/* A packet as a rule sees it. */
struct passing {
	const struct trace *trace;
	const struct link *in, *out; /* NULL: none, or not known */
	const struct trace_flow *flow;
};

static bool is_link(const struct nft_if *wanted, const struct link *link)
{
	if (!wanted->name[0])
		return true;
	return (link && strcmp(link->name, wanted->name) == 0) != wanted->not;
}

static bool is_group(const struct nft_group *wanted, const struct link *link)
{
	if (!wanted->group)
		return true;
	return (link && link->group == wanted->group) != wanted->not;
}

static bool is_net(const struct nft_net *wanted, const struct ip *ip)
{
	if (!wanted->cidr.ip.family)
		return true;
	return cidr_contains(&wanted->cidr, ip) != wanted->not;
}

static bool is_port(const struct nft_ports *wanted, uint16_t port)
{
	uint16_t last = wanted->last ? wanted->last : wanted->first;

	if (!wanted->first)
		return true;
	return (port >= wanted->first && port <= last) != wanted->not;
}

static bool is_protocol(const struct nft_rule *rule, const struct passing *passing)
{
	uint8_t protocol = passing->trace->options->protocol;

	if (protocol == IPPROTO_ICMP && passing->flow->to.family == AF_INET6)
		protocol = IPPROTO_ICMPV6;
	return !rule->proto || (rule->proto == protocol) != rule->proto_not;
}

static bool matches(const struct nft_rule *rule, const struct passing *passing)
{
	return !rule->foreign && is_link(&rule->in, passing->in) &&
	       is_link(&rule->out, passing->out) && is_group(&rule->in_group, passing->in) &&
	       is_group(&rule->out_group, passing->out) &&
	       is_net(&rule->from, &passing->flow->from) && is_net(&rule->to, &passing->flow->to) &&
	       is_protocol(rule, passing) && is_port(&rule->sport, passing->flow->sport) &&
	       is_port(&rule->dport, passing->flow->dport);
}

/* nsh's rule that does it to the packet, NULL: none. */
static const struct nft_rule *find_rule(const struct ns *ns, const struct passing *passing,
					bool source)
{
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		bool snat = rule->verdict == NFT_VERDICT_MASQUERADE ||
			    rule->verdict == NFT_VERDICT_SNAT;
		bool dnat = rule->verdict == NFT_VERDICT_DNAT ||
			    rule->verdict == NFT_VERDICT_REDIRECT;

		if ((source ? snat : dnat) && matches(rule, passing))
			return rule;
	}
	return NULL;
}

static char *name_rule(const struct nft_rule *rule)
{
	struct buf text cleanup_buf = { 0 };

	if (rule->comment[0])
		return xstrdup(rule->comment);
	nft_rule_text(rule, &text);
	return buf_steal(&text);
}

/* Whether a chain may rewrite the source, or the destination, of what passes. */
static bool is_nat_chain(const struct ruleset_chain *chain, bool source)
{
	bool hook = source ? chain->hook == NF_INET_POST_ROUTING || chain->hook == NF_INET_LOCAL_IN :
			     chain->hook == NF_INET_PRE_ROUTING || chain->hook == NF_INET_LOCAL_OUT;

	return chain->base && !chain->dormant && chain->rules.n > 0 && hook && chain->type &&
	       strcmp(chain->type, "nat") == 0 && strcmp(chain->table, NFT_TABLE) != 0;
}

/* Adds the tables of others that may have rewritten it, before a chain of PRIORITY. */
static void add_others(struct trace *trace, size_t room, bool source, int32_t priority,
		       struct buf *text)
{
	static const char *const families[] = { [NFPROTO_INET] = "inet", [NFPROTO_IPV4] = "ip",
						[NFPROTO_IPV6] = "ip6" };
	struct error ignored cleanup_error = ERROR_INIT;
	struct ruleset rules = { 0 };
	struct nl_error answer = { 0 };
	struct nlsock *sock = kernel_netfilter(trace->view->kernel,
					       trace->rooms.v[room].name, &ignored);

	if (!sock || ruleset_read(sock, &rules, &answer) < 0)
		return;
	for (size_t i = 0; i < rules.chains.n; i++) {
		const struct ruleset_chain *chain = &rules.chains.v[i];

		if (is_nat_chain(chain, source) && chain->priority < priority &&
		    chain->family < sizeof(families) / sizeof(families[0]) &&
		    families[chain->family])
			buf_addf(text, "%schain %s of table %s %s", text->length ? ", " : "",
				 chain->name, families[chain->family], chain->table);
	}
	ruleset_free(&rules);
}

/* RULE is nsh's that does it, or NULL. Where others come before it, it may have been them. */
static char *name_all(struct trace *trace, size_t room, const struct nft_rule *rule, bool source)
{
	/* Those of nsh's chains: srcnat is 100, dstnat -100. */
	int32_t priority = !rule ? INT32_MAX : source ? 100 : -100;
	struct buf others cleanup_buf = { 0 };
	char *own;

	add_others(trace, room, source, priority, &others);
	if (!rule)
		return others.length ? buf_steal(&others) : xstrdup("none of nsh's rules");
	own = name_rule(rule);
	if (others.length > 0) {
		char *both = xasprintf("%s, or %s", own, buf_str(&others));

		free(own);
		return both;
	}
	return own;
}

static char *by_whom(struct trace *trace, const struct trace_sighting *sighting,
		     const struct link *in, const struct trace_flow *before, bool source)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(trace->view->world, trace->rooms.v[sighting->ns].name,
				 WORLD_LINKS | WORLD_NFT, -1, &ignored);
	struct passing passing = { .trace = trace, .in = in, .flow = before };

	if (sighting->leg != TRACE_REQUEST)
		return xstrdup("connection tracking");
	if (!ns)
		return NULL;
	/* Where it goes is decided after the destination is rewritten. */
	if (source)
		passing.out = ns_link_by_index(ns, sighting->index);
	return name_all(trace, sighting->ns, find_rule(ns, &passing, source), source);
}

void trace_end_text(const struct ip *ip, uint16_t port, bool ports, struct buf *text)
{
	char shown[IP_TEXT];

	ip_text(ip, shown);
	if (ports && ip->family == AF_INET6)
		buf_addf(text, "[%s]:%u", shown, port);
	else if (ports)
		buf_addf(text, "%s:%u", shown, port);
	else
		buf_add(text, shown);
}

static void add_change(struct trace *trace, struct buf *text, const char *which,
		       const struct ip *old, uint16_t old_port, const struct ip *now,
		       uint16_t port)
{
	bool ports = trace->options->protocol != IPPROTO_ICMP;

	buf_addf(text, "%s%s ", text->length ? ", " : "", which);
	trace_end_text(old, old_port, ports, text);
	buf_add(text, " -> ");
	trace_end_text(now, port, ports, text);
}

static void compare(struct trace *trace, struct trace_sighting *sighting, const struct link *in,
		    const struct trace_flow *before)
{
	const struct trace_flow *now = &sighting->flow;
	bool ports = trace->options->protocol != IPPROTO_ICMP && sighting->leg != TRACE_ERROR;
	bool source = !ip_equal(&before->from, &now->from) || (ports && before->sport != now->sport);
	bool target = !ip_equal(&before->to, &now->to) || (ports && before->dport != now->dport);
	cleanup_free char *by_source = NULL, *by_target = NULL;
	struct buf text cleanup_buf = { 0 };

	if (!source && !target)
		return;
	if (target) {
		add_change(trace, &text, "destination", &before->to, before->dport, &now->to,
			   now->dport);
		by_target = by_whom(trace, sighting, in, before, false);
	}
	if (source) {
		/* Rules for the source see the destination as it is by then. */
		struct trace_flow then = *before;

		then.to = now->to;
		then.dport = now->dport;
		add_change(trace, &text, "source", &before->from, before->sport, &now->from,
			   now->sport);
		by_source = by_whom(trace, sighting, in, &then, true);
	}
	sighting->rewritten = buf_steal(&text);
	if (by_source && by_target && strcmp(by_source, by_target) != 0)
		sighting->by = xasprintf("%s; %s", by_target, by_source);
	else
		sighting->by = steal_pointer(by_target ? &by_target : &by_source);
}

/* The one before in the same namespace and on the same leg; NULL: it is the first there. */
static const struct trace_sighting *sighting_before(const struct trace *trace, size_t at)
{
	const struct trace_sighting *this = &trace->sightings.v[at];

	while (at-- > 0) {
		const struct trace_sighting *other = &trace->sightings.v[at];

		if (other->ns == this->ns && other->leg == this->leg)
			return other;
	}
	return NULL;
}

void trace_rewrites(struct trace *trace)
{
	const struct trace_options *options = trace->options;
	struct error ignored cleanup_error = ERROR_INIT;

	for (size_t i = 0; i < trace->sightings.n; i++) {
		struct trace_sighting *sighting = &trace->sightings.v[i];
		const char *name = trace->rooms.v[sighting->ns].name;
		const struct trace_sighting *before = sighting_before(trace, i);
		struct trace_flow sent = { .from = trace->probe.source, .to = options->to,
					   .sport = trace->probe.sport, .dport = options->port };
		struct ns *ns;

		if (before) {
			ns = world_ns(trace->view->world, name, WORLD_LINKS, -1, &ignored);
			compare(trace, sighting, ns ? ns_link_by_index(ns, before->index) : NULL,
				&before->flow);
		} else if (sighting->leg == TRACE_REQUEST && sent.from.family &&
			   strcmp(name, options->from) == 0) {
			compare(trace, sighting, NULL, &sent);
		}
	}
}
