/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/iptables.h"

#include <string.h>

#include "base/cleanup.h"
#include "plan/reset.h"
#include "commands/foreign.h"
#include "commands/tables.h"

/* iptables(8): its commands, on nsh's own table. */

static struct ns *here(struct session *session, struct error *err)
{
	return world_ns(session->world, session->ns, WORLD_LINKS | WORLD_NFT, -1, err);
}

/* Whether it matches nothing but a source and an outgoing interface, if even these. */
static bool is_plain(const struct nft_rule *rule)
{
	return !rule->proto && !rule->sport.first && !rule->dport.first && !rule->states &&
	       !rule->dnated && !rule->to_local && !rule->in.name[0] && !rule->in_group.group &&
	       !rule->out_group.group && !rule->to.cidr.ip.family;
}

/* "nat on", or off, for what a rule hides: where nsh has words for that. */
static void tell_nat(struct session *session, const struct nft_rule *rule, const char *key,
		     const char *state)
{
	bool net = rule->from.cidr.prefix > 0, out = rule->out.name[0] && !rule->out.not;
	char text[CIDR_TEXT];

	if (!is_plain(rule) || rule->from.not || (rule->out.not && !net))
		return;
	in_nsh_words(session, key, "nat %s%s%s%s%s", state, net ? " for " : "",
		     net ? cidr_text(&rule->from.cidr, text) : "", out ? " out " : "",
		     out ? rule->out.name : "");
}

/* nsh's words for what the rule does, where it has some. A rule may be for an interface that is not
 * there yet, "nat on" cannot. */
static void tell(struct session *session, const struct ns *ns, const struct nft_rule *rule)
{
	char ip[IP_TEXT];

	if (rule->verdict == NFT_VERDICT_MASQUERADE &&
	    (!rule->out.name[0] || rule->out.not || ns_link(ns, rule->out.name)))
		tell_nat(session, rule, "iptables masquerade", "on");
	else if (rule->verdict == NFT_VERDICT_DNAT && rule->dport.first && !rule->states &&
		 rule->dport.last == rule->dport.first)
		in_nsh_words(session, "iptables dnat", "publish %u %s:%u%s",
			     rule->dport.first,
			     rule->nat_ip.family ? ip_text(&rule->nat_ip, ip) : "NS",
			     rule->nat_port ? rule->nat_port : rule->dport.first,
			     rule->proto == IPPROTO_UDP ? " udp" : "");
}

static int append(struct session *session, const struct args *args, struct plan *plan,
		  struct error *err)
{
	struct ns *ns = here(session, err);
	struct nft_rule rule;

	if (!ns || iptables_read_rule(args, &rule, err) < 0)
		return -1;
	plan_nft_add(plan, ns->name, &rule, arg_get(args, "CHAIN")->word);
	tell(session, ns, &rule);
	return 0;
}

/* What is to stand behind the new rule is taken out and put behind it. */
static int insert(struct session *session, const struct args *args, struct plan *plan,
		  struct error *err)
{
	struct ns *ns = here(session, err);
	const struct arg *number = arg_get(args, "N");
	int word = arg_get(args, "CHAIN")->word;
	size_t before = number ? (size_t)arg_number(number) - 1 : 0, seen = 0;
	struct nft_rule rule;

	if (!ns || iptables_read_rule(args, &rule, err) < 0)
		return -1;
	for (int pass = 0; pass < 2; pass++) {
		seen = 0;
		for (size_t i = 0; i < ns->nft.rules.n; i++) {
			const struct nft_rule *one = &ns->nft.rules.v[i];

			if (one->chain != rule.chain || seen++ < before)
				continue;
			if (one->foreign)
				return error_set(
					err, STATUS_FAILED, word,
					"a rule of %s holds what nsh does not know: "
					"only appending (-A) leaves it as it is",
					arg_text(args, "CHAIN"));
			if (pass == 0)
				plan_nft_del(plan, ns->name, one, word);
			else
				plan_nft_add(plan, ns->name, one, word);
		}
		if (pass == 0)
			plan_nft_add(plan, ns->name, &rule, word);
	}
	if (before > seen)
		return error_set(err, STATUS_FAILED, number->word, "%s has only %zu %s",
				 arg_text(args, "CHAIN"), seen,
				 seen == 1 ? "rule" : "rules");
	tell(session, ns, &rule);
	return 0;
}

/* A rule like the one that the words describe; their comment counts where they have one.
 */
static const struct nft_rule *find_rule(const struct ns *ns, const struct nft_rule *rule)
{
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		struct nft_rule one = ns->nft.rules.v[i];

		if (!rule->comment[0])
			one.comment[0] = '\0';
		if (nft_rule_equal(&one, rule))
			return &ns->nft.rules.v[i];
	}
	return NULL;
}

/* Without it reset would not know, and the machine would forward for more than the lab. */
static int refuse_record(const struct nft_rule *rule, const char *ns, int word,
			 struct error *err)
{
	cleanup_free char *key = NULL, *seen = NULL;

	if (!sysctl_recorded(rule, &key, NULL))
		return 0;
	seen = str_visible(key);
	error_set(err, STATUS_FAILED, word, "that rule keeps what %s was, for reset to know",
		  seen);
	return error_hint(err, "it goes with the forwarding itself: forwarding %s off", ns);
}

static int delete (struct session *session, const struct args *args, struct plan *plan,
		   struct error *err)
{
	struct ns *ns = here(session, err);
	const struct arg *number = arg_get(args, "N"),
			 *chain_arg = arg_get(args, "CHAIN");
	const struct nft_rule *found = NULL;
	struct nft_rule rule;
	size_t count = 0;
	int word = number ? number->word : chain_arg->word;

	if (!ns)
		return -1;
	if (number) {
		if (iptables_read_chain(args, &rule.chain, err) < 0)
			return -1;
		for (size_t i = 0; i < ns->nft.rules.n; i++)
			if (ns->nft.rules.v[i].chain == rule.chain &&
			    ++count == arg_number(number))
				found = &ns->nft.rules.v[i];
		if (!found)
			return error_set(err, STATUS_FAILED, word, "%s has only %zu %s",
					 chain_arg->text, count,
					 count == 1 ? "rule" : "rules");
	} else {
		if (iptables_read_rule(args, &rule, err) < 0)
			return -1;
		found = find_rule(ns, &rule);
		if (!found)
			return error_set(err, STATUS_FAILED, word,
					 "%s has no such rule of nsh's", chain_arg->text);
	}
	if (refuse_record(found, ns->name, word, err) < 0)
		return -1;
	plan_nft_del(plan, ns->name, found, word);
	if (found->verdict == NFT_VERDICT_MASQUERADE)
		tell_nat(session, found, "iptables -D", "off");
	return 0;
}

static int flush(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err)
{
	struct ns *ns = here(session, err);
	const struct arg *arg = arg_get(args, "CHAIN");
	enum nft_chain chain = NFT_CHAIN_COUNT;
	enum iptables_table table;

	if (!ns || iptables_read_table(args, &table, err) < 0 ||
	    (arg && iptables_read_chain(args, &chain, err) < 0))
		return -1;
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];

		/* Nor what a setting was before: it stays for reset to know. */
		if (sysctl_recorded(rule, NULL, NULL))
			continue;
		if (arg ? rule->chain == chain : iptables_table_of(rule->chain) == table)
			plan_nft_del(plan, ns->name, rule, arg ? arg->word : -1);
	}
	plan_note(plan, "note: only nsh's own rules are gone, whatever others have");
	return 0;
}

/* nsh's chains let pass what no rule holds back, and have no other policy. */
static int policy(struct session *session, const struct args *args, struct plan *plan,
		  struct error *err)
{
	const struct arg *arg = arg_get(args, "POLICY");
	enum nft_chain chain;

	(void)session;
	(void)plan;
	if (iptables_read_chain(args, &chain, err) < 0)
		return -1;
	if (strcmp(arg->text, "ACCEPT") == 0)
		return 0;
	error_set(err, STATUS_USAGE, arg->word,
		  "nsh's chains have no other policy than ACCEPT");
	return error_hint(err, "a last rule does the same: iptables -A %s -j DROP",
			  arg_text(args, "CHAIN"));
}

static int check(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = here(session, err);
	struct nft_rule rule;

	if (!ns || iptables_read_rule(args, &rule, err) < 0)
		return -1;
	if (find_rule(ns, &rule))
		return 0;
	return error_set(err, STATUS_FAILED, arg_get(args, "CHAIN")->word,
			 "%s has no such rule of nsh's", arg_text(args, "CHAIN"));
}

#define SETUP "iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE"

const struct command commands_iptables[] = {
	{
		.grammar = "iptables [XOPTS] (-A|--append) CHAIN XRULE",
		.help = "add a rule to nsh's own table",
		.example =
			"iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE",
		.plan = append,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "iptables [XOPTS] (-I|--insert) CHAIN [N] XRULE",
		.help = "add a rule before the others, or at a place among them",
		.example = "iptables -t nat -I PREROUTING -p tcp --dport 80 -j DNAT "
			   "--to-destination 192.168.15.2:80",
		.plan = insert,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "iptables [XOPTS] (-D|--delete) CHAIN (N|XRULE)",
		.help = "delete a rule",
		.example =
			"iptables -t nat -D POSTROUTING -s 192.168.15.0/24 -j MASQUERADE",
		.setup = SETUP,
		.plan = delete,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "iptables [XOPTS] (-C|--check) CHAIN XRULE",
		.help = "fail unless there is such a rule",
		.example =
			"iptables -t nat -C POSTROUTING -s 192.168.15.0/24 -j MASQUERADE",
		.setup = SETUP,
		.run = check,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "iptables [XLIST] (-L|--list) [CHAIN] [XLIST]",
		.help = "list the rules of nsh's own table",
		.example = "iptables -t nat -L -n",
		.run = iptables_list,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "iptables [XOPTS] (-S|--list-rules) [CHAIN] [XOPTS]",
		.help = "list the rules of nsh's own table as lines that make them",
		.example = "iptables -t nat -S",
		.run = iptables_save,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "iptables [XOPTS] (-F|--flush) [CHAIN] [XOPTS]",
		.help = "delete nsh's own rules of a chain or a table",
		.example = "iptables -t nat -F",
		.setup = SETUP,
		.plan = flush,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "iptables [XOPTS] (-P|--policy) CHAIN POLICY",
		.help = "say what becomes of what no rule matches: nsh's chains let it "
			"pass",
		.example = "iptables -P FORWARD ACCEPT",
		.plan = policy,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{ 0 },
};
