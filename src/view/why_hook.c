/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * The chains at one hook, by priority, as netfilter calls them; between them conntrack, and NAT
 * at its own priority whatever that of its chains is (net/netfilter/nf_nat_core.c).
 */
enum entry_kind { ENTRY_TRACK, ENTRY_NAT, ENTRY_CHAIN };
struct entry {
	enum entry_kind kind;
	int priority;
	const struct ruleset_chain *chain;
};
struct pass {
	struct walk *walk;
	struct why_ns *space;
	struct packet *packet;
	const struct link *in, *out;
	uint8_t family;
	unsigned hook;
	bool bridged;
	VECTOR(struct entry) entries;
	VECTOR(const struct ruleset_chain *) nat;
	struct buf passed; /* who let it pass */
	enum why_basis basis;
};

static bool is_ip(uint8_t family)
{
	return family == NFPROTO_IPV4 || family == NFPROTO_IPV6;
}

static const char *hook_name(uint8_t family, unsigned hook)
{
	static const char *const inet[] = { "prerouting", "input", "forward", "output",
					    "postrouting" };
	static const char *const arp[] = { "input", "output" };
	static const char *const netdev[] = { "ingress", "egress" };

	if (family == NFPROTO_ARP)
		return hook < 2 ? arp[hook] : "?";
	if (family == NFPROTO_NETDEV)
		return hook < 2 ? netdev[hook] : "?";
	return hook < 5 ? inet[hook] : "?";
}

static void add_entry(struct pass *pass, enum entry_kind kind, int priority,
		      const struct ruleset_chain *chain)
{
	size_t at = pass->entries.n;
	struct entry entry = { kind, priority, chain };

	vector_add(&pass->entries);
	while (at > 0 && pass->entries.v[at - 1].priority > priority) {
		pass->entries.v[at] = pass->entries.v[at - 1];
		at--;
	}
	pass->entries.v[at] = entry;
}

static void add_nat(struct pass *pass, const struct ruleset_chain *chain)
{
	size_t at = pass->nat.n;

	vector_add(&pass->nat);
	while (at > 0 && pass->nat.v[at - 1]->priority > chain->priority) {
		pass->nat.v[at] = pass->nat.v[at - 1];
		at--;
	}
	pass->nat.v[at] = chain;
}

static bool sees(const struct pass *pass, const struct ruleset_chain *chain)
{
	const struct link *link = pass->hook == NF_NETDEV_INGRESS ? pass->in : pass->out;

	if (!chain->base || chain->dormant || chain->hook != pass->hook)
		return false;
	if (pass->family == NFPROTO_NETDEV)
		return chain->family == NFPROTO_NETDEV && link &&
		       strings_has(&chain->devices, link->name);
	return chain->family == pass->family ||
	       (chain->family == NFPROTO_INET && is_ip(pass->family));
}

static void collect(struct pass *pass)
{
	bool first = pass->hook == NF_INET_PRE_ROUTING || pass->hook == NF_INET_LOCAL_OUT;

	if (is_ip(pass->family) && first)
		add_entry(pass, ENTRY_TRACK, NF_IP_PRI_CONNTRACK, NULL);
	if (is_ip(pass->family) && pass->hook != NF_INET_FORWARD)
		add_entry(pass, ENTRY_NAT, first ? NF_IP_PRI_NAT_DST : NF_IP_PRI_NAT_SRC, NULL);
	for (size_t i = 0; i < pass->space->rules.chains.n; i++) {
		const struct ruleset_chain *chain = &pass->space->rules.chains.v[i];

		if (!sees(pass, chain))
			continue;
		if (!strcmp(chain->type, "nat"))
			add_nat(pass, chain);
		else
			add_entry(pass, ENTRY_CHAIN, chain->priority, chain);
	}
}

static enum hook_result end_unknown(struct pass *pass, const struct evaluation *e)
{
	struct buf by cleanup_buf = { 0 }, doubt cleanup_buf = { 0 };

	rule_text(&by, e->by_chain, e->by_rule);
	buf_add_visible(&doubt, e->doubt);
	why_end(pass->walk, WHY_UNKNOWN, WHY_UNSURE, pass->space->ns,
		pass->in ? pass->in : pass->out, NULL,
		"whether the rules of chain %s let the packet pass cannot be judged: %s (%s)",
		e->by_chain->name, buf_str(&doubt), buf_str(&by));
	return HOOK_ENDED;
}

static enum hook_result end_dropped(struct pass *pass, const struct evaluation *e, bool reject)
{
	const struct ns *ns = pass->space->ns;
	struct buf by cleanup_buf = { 0 };
	cleanup_free char *mend = rule_mend(ns, e->by_chain, e->by_rule);
	const struct link *link = pass->in ? pass->in : pass->out;

	rule_text(&by, e->by_chain, e->by_rule);
	if (e->nat_dropped) {
		why_end(pass->walk, WHY_NO_ADDRESS, WHY_PREDICTED, ns, link, NULL,
			"%s drops the packet: %s has no address to put in place of its own",
			buf_str(&by), pass->out ? pass->out->name : "the interface");
	} else if (pass->bridged) {
		free(mend);
		mend = xasprintf("in %s sysctl -w net.bridge.bridge-nf-call-ip%stables=0", ns->name,
				 pass->family == NFPROTO_IPV4 ? "" : "6");
		why_end(pass->walk, WHY_BR_NETFILTER, WHY_PREDICTED, ns, link, mend,
			"the switch hands the packet to the IP firewall of %s (br_netfilter), "
			"where %s %s it", ns->name, buf_str(&by), reject ? "refuses" : "drops");
	} else {
		why_end(pass->walk, reject ? WHY_REJECTED_BY_RULE : WHY_DROPPED_BY_RULE,
			WHY_PREDICTED, ns, link, mend, "%s of %s %s the %s at %s", buf_str(&by),
			ns->name, reject ? "refuses" : "drops",
			pass->walk->back ? "answer" : "packet",
			hook_name(pass->family, pass->hook));
	}
	return HOOK_ENDED;
}

/* One chain; NAT_DONE tells whether it set up NAT. */
static enum hook_result run_one(struct pass *pass, const struct ruleset_chain *chain,
				bool *nat_done)
{
	struct evaluation e = {
		.walk = pass->walk, .space = pass->space, .rules = &pass->space->rules,
		.packet = pass->packet, .in = pass->in, .out = pass->out,
		.family = pass->family, .hook = pass->hook,
	};
	enum outcome outcome = chain_evaluate(&e, chain);

	if (nat_done)
		*nat_done = e.nat_done;
	switch (outcome) {
	case OUTCOME_ACCEPT:
		if (e.by_rule && !e.nat_done) {
			buf_add(&pass->passed, pass->passed.length ? ", " : "");
			rule_text(&pass->passed, e.by_chain, e.by_rule);
		}
		return HOOK_ON;
	case OUTCOME_DROP:
	case OUTCOME_REJECT:
		return end_dropped(pass, &e, outcome == OUTCOME_REJECT);
	case OUTCOME_UNKNOWN:
		return end_unknown(pass, &e);
	}
	return HOOK_ON;
}

static enum hook_result run_nat(struct pass *pass)
{
	bool source = pass->hook == NF_INET_POST_ROUTING || pass->hook == NF_INET_LOCAL_IN;
	struct packet *packet = pass->packet;
	struct flow *flow = packet->flow;
	struct buf before cleanup_buf = { 0 }, after cleanup_buf = { 0 };
	bool done = false;

	if (!flow || packet->track == TRACK_INVALID || packet->track == TRACK_NOT)
		return HOOK_ON;
	if (packet->track == TRACK_NEW && !(source ? flow->from_done : flow->to_done)) {
		for (size_t i = 0; i < pass->nat.n && !done; i++)
			if (run_one(pass, pass->nat.v[i], &done) == HOOK_ENDED)
				return HOOK_ENDED;
		if (source)
			flow->from_done = true;
		else
			flow->to_done = true;
	}
	why_packet_text(packet, &before);
	if (!nat_apply(packet, source))
		return HOOK_ON;
	why_packet_text(packet, &after);
	why_step(pass->walk, WHY_PREDICTED, pass->space->ns, pass->in ? pass->in : pass->out,
		 "NAT rewrites %s: %s becomes %s", source ? "the source" : "the destination",
		 buf_str(&before), buf_str(&after));
	return HOOK_ON;
}

static enum hook_result run_entries(struct pass *pass)
{
	enum hook_result result = HOOK_ON;
	unsigned chains = 0;

	for (size_t i = 0; i < pass->entries.n && result == HOOK_ON; i++) {
		const struct entry *entry = &pass->entries.v[i];

		switch (entry->kind) {
		case ENTRY_TRACK:
			track_packet(pass->walk, pass->space->ns, pass->packet);
			break;
		case ENTRY_NAT:
			result = run_nat(pass);
			break;
		case ENTRY_CHAIN:
			chains += entry->chain->rules.n > 0 || entry->chain->policy == NF_DROP;
			result = run_one(pass, entry->chain, NULL);
			break;
		}
	}
	if (result == HOOK_ON && chains > 0)
		why_step(pass->walk, WHY_PREDICTED, pass->space->ns,
			 pass->in ? pass->in : pass->out, "the rules at %s let it pass%s%s",
			 hook_name(pass->family, pass->hook), pass->passed.length ? ": " : "",
			 buf_str(&pass->passed));
	return result;
}

enum hook_result hook_pass(struct walk *walk, struct why_ns *space, uint8_t family,
			   unsigned hook, struct packet *packet, const struct link *in,
			   const struct link *out, bool bridged)
{
	struct pass pass = { .walk = walk, .space = space, .packet = packet, .in = in,
			     .out = out, .family = family, .hook = hook, .bridged = bridged };
	enum hook_result result;

	if (!why_rules(walk, space))
		return HOOK_ENDED;
	collect(&pass);
	result = run_entries(&pass);
	buf_free(&pass.passed);
	vector_free(&pass.entries);
	vector_free(&pass.nat);
	if (walk->failed)
		return HOOK_ENDED;
	if (result == HOOK_ON && is_ip(family) &&
	    (family == NFPROTO_IPV4 ? space->rules.legacy4 : space->rules.legacy6) &&
	    !space->legacy_told) {
		space->legacy_told = walk->doubtful = true;
		why_step(walk, WHY_UNSURE, space->ns, NULL,
			 "there are tables of the old iptables (iptables-legacy), whose rules "
			 "nsh cannot read");
	}
	return result;
}
