/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_NFT_RULES_H
#define NSH_COMMANDS_NFT_RULES_H

#include "base/table.h"
#include "commands/command.h"

/* What the commands have in common that work on the rules of nsh's own table. */

/* Whether the rule is there; NS has its rules loaded (WORLD_NFT). */
bool ns_has_rule(const struct ns *ns, const struct nft_rule *rule);

/* Plans a rule where it is not there yet: of a line that may come twice. */
void plan_rule_once(struct plan *plan, const struct ns *ns, const struct nft_rule *rule,
		    int word);

/* Sets the rule's comment, cut to what fits. */
void rule_comment(struct nft_rule *rule, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Lets ADD add the rows of each namespace, of which one whose kernel has no nf_tables has none, and
 * prints TABLE, which is freed either way.
 */
typedef void rules_rows(struct session *session, struct ns *ns, struct table *table);
int rules_print(struct session *session, rules_rows *add, struct table *table,
		struct error *err);

#endif
