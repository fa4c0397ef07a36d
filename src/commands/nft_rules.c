/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/nft_rules.h"

#include <string.h>

#include <stdarg.h>

#include "base/cleanup.h"
#include "kernel/nft.h"

bool ns_has_rule(const struct ns *ns, const struct nft_rule *rule)
{
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (nft_rule_equal(&ns->nft.rules.v[i], rule))
			return true;
	return false;
}

void plan_rule_once(struct plan *plan, const struct ns *ns, const struct nft_rule *rule,
		    int word)
{
	if (ns_has_rule(ns, rule))
		return;
	for (size_t i = 0; i < plan->ops.n; i++) {
		const struct op *op = &plan->ops.v[i];

		if (op->kind == OP_NFT_ADD && strcmp(op->ns, ns->name) == 0 &&
		    nft_rule_equal(op->nft.rule, rule))
			return;
	}
	plan_nft_add(plan, ns->name, rule, word);
}

void rule_comment(struct nft_rule *rule, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	str_copy(rule->comment, sizeof(rule->comment), text);
}

int rules_print(struct session *session, rules_rows *add, struct table *table,
		struct error *err)
{
	struct strings all cleanup_strings = { 0 };

	if (world_all_names(session->world, &all, err) < 0) {
		table_free(table);
		return -1;
	}
	for (size_t i = 0; i < all.n; i++) {
		struct error no_nft cleanup_error = ERROR_INIT;
		struct ns *ns = world_ns(session->world, all.v[i], WORLD_NFT, -1, &no_nft);

		if (ns)
			add(session, ns, table);
	}
	session_print(session, table);
	return 0;
}
