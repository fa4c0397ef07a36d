/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/forwarding.h"
#include "commands/names.h"
#include "commands/nft_rules.h"
#include "plan/reset.h"

/* Forwarding between the interfaces of a namespace: what makes it a router. */

/* Only the lab is forwarded for. The rule also says what the setting was, for "reset". */
static struct nft_rule guard_rule(const char *key, const char *before)
{
	struct nft_rule rule = { .chain = NFT_CHAIN_FORWARD, .verdict = NFT_VERDICT_DROP };

	rule.in_group = (struct nft_group){ NSH_GROUP, true };
	rule.out_group = (struct nft_group){ NSH_GROUP, true };
	sysctl_record(&rule, key, before);
	return rule;
}

/* In a namespace that somebody else made: accepts what would be accepted without it. */
static struct nft_rule record_rule(const char *key, const char *before)
{
	struct nft_rule rule = { .chain = NFT_CHAIN_FORWARD, .verdict = NFT_VERDICT_ACCEPT };

	sysctl_record(&rule, key, before);
	return rule;
}

/* Whether NS is somebody else's that nsh only works in, and can take a rule. */
static bool is_foreign(struct session *session, const struct ns *ns)
{
	struct error no_nft cleanup_error = ERROR_INIT;

	if (strcmp(ns->name, HOST) == 0)
		return false; /* the machine has the guard, a sandbox is nsh's own */
	ns = world_ns(session->world, ns->name, WORLD_LINKS | WORLD_NFT, -1, &no_nft);
	return ns && !ns_is_own(ns);
}

int plan_forward_key(struct session *session, struct ns *ns, const char *key,
		     struct plan *plan, int word, bool *said, struct error *err)
{
	bool machine = session->kernel && !session->sandbox && strcmp(ns->name, HOST) == 0;
	const char *value = world_sysctl(session->world, ns->name, key, err);

	if (!value) {
		err->word = word;
		return -1;
	}
	if (strcmp(value, "0") != 0)
		return 0;
	if (machine) {
		struct nft_rule guard = guard_rule(key, value);

		ns = world_ns(session->world, ns->name, WORLD_NFT, word, err);
		if (!ns)
			return -1;
		plan_rule_once(plan, ns, &guard, word);
	} else if (is_foreign(session, ns)) {
		struct nft_rule record = record_rule(key, value);

		plan_rule_once(plan, ns, &record, word);
	}
	plan_sysctl(plan, ns->name, key, "1", word);
	if (!*said)
		plan_note(plan, "note: %s forwards between its interfaces now%s", ns->name,
			  machine ? " (for the lab alone: all else is dropped)" : "");
	*said = true;
	return 0;
}

int plan_forwarding(struct session *session, struct ns *ns, bool ipv6, struct plan *plan,
		    int word, struct error *err)
{
	static const char *const keys[] = { FORWARD4, FORWARD6 };
	bool said = false;

	for (int i = 0; i < (ipv6 ? 2 : 1); i++)
		if (plan_forward_key(session, ns, keys[i], plan, word, &said, err) < 0)
			return -1;
	return 0;
}

static int forwarding_set(struct session *session, const struct args *args,
			  struct plan *plan, struct error *err)
{
	static const char *const keys[] = { FORWARD4, FORWARD6 };
	struct ns *ns = name_ns(session, args, "NS", WORLD_LINKS, err);

	if (!ns)
		return -1;
	if (arg_has(args, "on"))
		return plan_forwarding(session, ns, true, plan, 0, err);
	for (int i = 0; i < 2; i++) {
		const char *value = world_sysctl(session->world, ns->name, keys[i], err);

		if (!value)
			return -1;
		if (strcmp(value, "0") != 0)
			plan_sysctl(plan, ns->name, keys[i], "0", 0);
	}
	ns = world_ns(session->world, ns->name, WORLD_NFT, -1, err);
	if (!ns) {
		error_clear(err); /* no nf_tables: no rule of nsh's either */
		return 0;
	}
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (sysctl_recorded(&ns->nft.rules.v[i], NULL, NULL))
			plan_nft_del(plan, ns->name, &ns->nft.rules.v[i], -1);
	return 0;
}

static int forwarding_list(struct session *session, const struct args *args,
			   struct error *err)
{
	static const struct column columns[] = {
		{ "NAMESPACE", "namespace", COLUMN_NS },
		{ "IPV4", "ipv4", COLUMN_BOOL },
		{ "IPV6", "ipv6", COLUMN_BOOL },
		{ 0 },
	};
	struct table *table = table_new("forwarding", columns);
	struct strings all cleanup_strings = { 0 };

	(void)args;
	if (world_all_names(session->world, &all, err) < 0) {
		table_free(table);
		return -1;
	}
	for (size_t i = 0; i < all.n; i++) {
		const char *four = world_sysctl(session->world, all.v[i], FORWARD4, err);
		bool on4 = four && strcmp(four, "0") != 0;
		const char *six = world_sysctl(session->world, all.v[i], FORWARD6, err);

		error_clear(err);
		table_row(table);
		table_cell(table, all.v[i]);
		table_cell(table, on4 ? "yes" : "no");
		table_cell(table, six && strcmp(six, "0") != 0 ? "yes" : "no");
	}
	session_print(session, table);
	return 0;
}

const struct command commands_forwarding[] = {
	{
		.grammar = "forwarding",
		.about = "routing between the interfaces of a namespace: on, off, list",
		.help = "list which namespaces forward between their interfaces",
		.example = "forwarding",
		.run = forwarding_list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "forwarding [NS] (on|off)",
		.help = "make a namespace a router, or end that",
		.example = "forwarding red on",
		.setup = "ns add red",
		.plan = forwarding_set,
	},
	{ 0 },
};
