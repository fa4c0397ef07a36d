/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "base/table.h"
#include "commands/forwarding.h"
#include "commands/names.h"
#include "commands/nat.h"
#include "commands/nft_rules.h"
#include "kernel/nft.h"
#include "view/lists.h"

/* Hiding addresses behind one (NAT). */

static bool has_ipv6(const struct ns *ns)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ns->addrs.v[i].cidr.ip.family == AF_INET6 &&
		    !ip_is_link_local(&ns->addrs.v[i].cidr.ip) &&
		    !ip_is_loopback(&ns->addrs.v[i].cidr.ip))
			return true;
	return false;
}

/* The interfaces of default routes that lead out through a link of nsh's own making. */
static struct nft_rule way_out_rule(const char *link)
{
	struct nft_rule rule = { .chain = NFT_CHAIN_POSTROUTING,
				 .verdict = NFT_VERDICT_MASQUERADE };

	str_copy(rule.in.name, IFNAMSIZ, link);
	rule.in.not = true;
	str_copy(rule.out.name, IFNAMSIZ, link);
	rule.in_group = (struct nft_group){ NSH_GROUP, false };
	str_copy(rule.comment, sizeof(rule.comment), "nat on");
	return rule;
}

/* All that the lab sends to where nsh has made nothing: the world outside. */
static struct nft_rule outside_rule(void)
{
	struct nft_rule rule = { .chain = NFT_CHAIN_POSTROUTING,
				 .verdict = NFT_VERDICT_MASQUERADE };

	rule.in_group = (struct nft_group){ NSH_GROUP, false };
	rule.out_group = (struct nft_group){ NSH_GROUP, true };
	str_copy(rule.comment, sizeof(rule.comment), "nat on");
	return rule;
}

int extend_nat(struct session *session, struct ns *ns, const struct route *route,
	       struct plan *plan, int word, struct error *err)
{
	struct error no_nft cleanup_error = ERROR_INIT;
	struct nft_rule outside = outside_rule(), rule;
	const char *name = route->link;
	struct link *link;

	ns = world_ns(session->world, ns->name, WORLD_ADDRS | WORLD_NFT, word, &no_nft);
	if (!ns || !ns_has_rule(ns, &outside))
		return 0;
	for (size_t i = 0; !name[0] && i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (cidr_contains(&network, &route->gateway))
			name = ns->addrs.v[i].link;
	}
	link = ns_link(ns, name);
	if (!link || link->group != NSH_GROUP)
		return 0;
	(void)err;
	rule = way_out_rule(link->name);
	if (!ns_has_rule(ns, &rule)) {
		plan_rule_once(plan, ns, &rule, word);
		plan_note(plan, "note: NAT covers the new way out, %s", link->name);
	}
	return 0;
}

static int nat_bare(struct ns *ns, struct plan *plan)
{
	struct nft_rule rule = outside_rule();
	bool way_out = false;

	plan_rule_once(plan, ns, &rule, 0);
	for (size_t i = 0; i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];
		struct link *link = ns_link(ns, route->link);

		if (route->dest.prefix != 0 || !link)
			continue;
		way_out = true;
		if (link->group != NSH_GROUP)
			continue;
		rule = way_out_rule(link->name);
		plan_rule_once(plan, ns, &rule, 0);
	}
	if (!way_out)
		plan_note(plan, "note: %s itself has no default route yet: nothing leads out",
			  ns->name);
	return 0;
}

int nat_plan_on(struct session *session, const struct args *args, struct plan *plan,
		struct error *err)
{
	const struct arg *net = arg_get(args, "NET"), *out = arg_get(args, "LINK");
	struct ns *ns = name_ns(session, args, "NS", WORLD_ALL & ~WORLD_NEIGHS, err);
	struct nft_rule rule = { .chain = NFT_CHAIN_POSTROUTING,
				 .verdict = NFT_VERDICT_MASQUERADE };
	struct link *link = NULL;
	size_t before;

	if (!ns)
		return -1;
	before = plan->ops.n;
	if (!net && !out) {
		nat_bare(ns, plan);
	} else {
		if (out) {
			link = name_link(ns, out, err);
			if (!link)
				return -1;
			str_copy(rule.out.name, IFNAMSIZ, link->name);
		}
		if (net) {
			if (cidr_parse(net->text, &rule.from.cidr, net->word, err) < 0)
				return -1;
			rule.from.cidr = cidr_network(&rule.from.cidr);
		}
		/* What stays in the subnet keeps its addresses: bridged packets pass here too. */
		for (size_t i = 0; net && !out && i < ns->addrs.n; i++) {
			if (!cidr_contains(&rule.from.cidr, &ns->addrs.v[i].cidr.ip))
				continue;
			str_copy(rule.out.name, IFNAMSIZ, ns->addrs.v[i].link);
			rule.out.not = true;
			break;
		}
		if (net && !out && !rule.out.name[0])
			rule.to = (struct nft_net){ rule.from.cidr, true };
		rule_comment(&rule, "nat on%s%s%s%s", net ? " for " : "", net ? net->text : "",
			     out ? " out " : "", out ? out->text : "");
		plan_rule_once(plan, ns, &rule, 0);
	}
	if (plan->ops.n == before) {
		plan_note(plan, "note: that is on already");
		return 0;
	}
	return plan_forwarding(session, ns,
			       net ? rule.from.cidr.ip.family == AF_INET6 : has_ipv6(ns), plan,
			       0, err);
}

/* What "nat off" is for; NULL: whatever it is. */
struct narrowed {
	const struct cidr *net;
	const char *out; /* the interface may be gone */
};

/* What a bare "nat on" has made for its way out is one with the rest of it. */
static bool is_meant(const struct nft_rule *rule, const struct narrowed *by)
{
	struct cidr net = cidr_network(&rule->from.cidr);

	if (!is_nat_rule(rule))
		return false;
	if (by->net && (!rule->from.cidr.ip.family || rule->from.not || !cidr_equal(&net, by->net)))
		return false;
	return !by->out || (!rule->out.not && !rule->in.name[0] &&
			    strcmp(rule->out.name, by->out) == 0);
}

static int nothing_off(const struct ns *ns, const struct arg *net, const struct arg *out,
		       struct error *err)
{
	const struct arg *blamed = net ? net : out;
	bool any = false;

	for (size_t i = 0; i < ns->nft.rules.n; i++)
		any |= is_nat_rule(&ns->nft.rules.v[i]);
	if (!any || !blamed)
		return error_set(err, STATUS_FAILED, -1, "NAT is not on in %s", ns->name);
	error_set(err, STATUS_FAILED, blamed->word, "NAT is not on%s%s%s%s in %s by itself",
		  net ? " for " : "", net ? net->text : "", out ? " out " : "",
		  out ? out->text : "", ns->name);
	return error_hint(err, "\"nat\" lists for what it is");
}

static int nat_off(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err)
{
	const struct arg *net_arg = arg_get(args, "NET"), *out = arg_get(args, "LINK");
	struct ns *ns = name_ns(session, args, "NS", WORLD_LINKS | WORLD_NFT, err);
	const struct link *link = ns && out ? ns_link(ns, out->text) : NULL;
	struct narrowed by = { .out = link ? link->name : out ? out->text : NULL };
	size_t before = plan->ops.n;
	struct cidr net;

	if (!ns)
		return -1;
	if (net_arg) {
		if (cidr_parse(net_arg->text, &net, net_arg->word, err) < 0)
			return -1;
		net = cidr_network(&net);
		by.net = &net;
	}
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (is_meant(&ns->nft.rules.v[i], &by))
			plan_nft_del(plan, ns->name, &ns->nft.rules.v[i], -1);
	return plan->ops.n > before ? 0 : nothing_off(ns, net_arg, out, err);
}

static void nat_rows(struct session *session, struct ns *ns, struct table *table)
{
	char text[CIDR_TEXT];

	(void)session;
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		struct buf words cleanup_buf = { 0 };

		if (!is_nat_rule(rule))
			continue;
		nft_rule_text(rule, &words);
		table_row(table);
		table_cell(table, ns->name);
		table_cell(table, rule->from.cidr.ip.family ?
					  cidr_text(&rule->from.cidr, text) :
					  "every lab subnet");
		if (rule->out.name[0])
			table_cellf(table, "%s%s", rule->out.not ? "all but " : "",
				    rule->out.name);
		else
			table_cell(table, "outside the lab");
		table_cell(table, buf_str(&words));
	}
}

static int nat_list(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "NAMESPACE", "namespace", COLUMN_NS },
		{ "FOR", "for", COLUMN_ADDRESS },
		{ "OUT", "out", COLUMN_TEXT },
		{ "", "rule", COLUMN_TEXT },
		{ 0 },
	};
	struct table *table = table_new("nat", columns);

	(void)args;
	table_if_empty(table, "NAT is off");
	return rules_print(session, nat_rows, table, err);
}

const struct command commands_nat[] = {
	{
		.grammar = "nat",
		.about = "hide the lab's addresses behind another (masquerade): on, off, list",
		.help = "list whose addresses are hidden, and behind what",
		.example = "nat",
		.run = nat_list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "nat on [NS] [for NET] [out LINK]",
		.help = "hide the lab's addresses behind the namespace's own (masquerade)",
		.example = "nat on for 192.168.15.0/24",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24",
		.plan = nat_plan_on,
	},
	{
		.grammar = "nat off [NS] [for NET] [out LINK]",
		.help = "stop hiding addresses: all, or those of a network or behind an interface",
		.example = "nat off for 192.168.15.0/24",
		.setup = "nat on for 192.168.15.0/24; nat on for 192.168.16.0/24",
		.plan = nat_off,
	},
	{ 0 },
};
