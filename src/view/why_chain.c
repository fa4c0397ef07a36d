/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"

/* One base chain, as nft_do_chain() goes through it. */

#define JUMPS_MOST 16 /* NFT_JUMP_STACK_SIZE */
#define RULES_MOST 100000 /* gone through for one packet, jumps included */

static void doubt(struct evaluation *e, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void doubt(struct evaluation *e, const char *format, va_list ap)
{
	cleanup_free char *text = xvasprintf(format, ap);

	e->verdict = VERDICT_UNKNOWN;
	if (!e->doubt[0])
		str_copy(e->doubt, sizeof(e->doubt), text);
}

void expr_doubt(struct evaluation *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	doubt(e, format, ap);
	va_end(ap);
}

void expr_effect_doubt(struct evaluation *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	doubt(e, format, ap);
	va_end(ap);
	e->maybe_accept = e->maybe_drop = true;
}

void rule_text(struct buf *text, const struct ruleset_chain *chain,
	       const struct ruleset_rule *rule)
{
	if (rule)
		buf_addf(text, "rule %u of chain ", rule->number);
	else
		buf_add(text, "the policy of chain ");
	buf_add_visible(text, chain->name);
	buf_addf(text, " (table %s ", nft_family_name(chain->family));
	buf_add_visible(text, chain->table);
	buf_addc(text, ')');
}

/* Whether the word can stand in a line without quotes. */
static bool is_plain(const char *word)
{
	return *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.-") == strlen(word);
}

/* What iptables calls a chain of nsh's own table that filters; NULL: it is none. */
static const char *own_filter(const struct ruleset_chain *chain)
{
	static const struct {
		enum nft_chain chain;
		const char *name;
	} filters[] = { { NFT_CHAIN_INPUT, "INPUT" },
			{ NFT_CHAIN_FORWARD, "FORWARD" },
			{ NFT_CHAIN_OUTPUT_FILTER, "OUTPUT" } };

	if (chain->family != NFPROTO_INET || strcmp(chain->table, NFT_TABLE) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		if (strcmp(nft_chain_name(filters[i].chain), chain->name) == 0)
			return filters[i].name;
	return NULL;
}

char *rule_mend(const struct ns *ns, const struct ruleset_chain *chain,
		const struct ruleset_rule *rule)
{
	const char *family = nft_family_name(chain->family);

	if (!is_plain(chain->table) || !is_plain(chain->name) || !is_plain(ns->name))
		return NULL;
	if (rule && own_filter(chain))
		return xasprintf("in %s iptables -D %s %u", ns->name, own_filter(chain),
				 rule->number);
	if (rule && rule->handle)
		return xasprintf("exec %s nft delete rule %s %s %s handle %llu", ns->name, family,
				 chain->table, chain->name, (unsigned long long)rule->handle);
	if (rule)
		return NULL;
	return xasprintf("exec %s nft \"add chain %s %s %s { policy accept; }\"", ns->name, family,
			 chain->table, chain->name);
}

/* --- rules --- */

static bool run_chain(struct evaluation *e, const struct ruleset_chain *chain,
		      enum verdict_kind *verdict);

/* Takes note of what a rule that may match, or may not, would have done. */
static void note_maybe(struct evaluation *e)
{
	switch (e->verdict) {
	case VERDICT_ACCEPT:
		e->maybe_accept = true;
		break;
	case VERDICT_DROP:
	case VERDICT_REJECT:
		e->maybe_drop = true;
		break;
	case VERDICT_JUMP:
	case VERDICT_GOTO:
	case VERDICT_RETURN:
	case VERDICT_UNKNOWN:
		e->maybe_accept = e->maybe_drop = true;
		break;
	case VERDICT_NONE:
	case VERDICT_BREAK:
		break;
	}
}

static void run_rule(struct evaluation *e, const struct ruleset_rule *rule)
{
	struct nftnl_expr_iter *iter;
	struct nftnl_expr *expr;
	bool doubtful = false;

	e->verdict = VERDICT_NONE;
	e->unsure = false;
	if (!rule->rule) {
		expr_doubt(e, "an expression that this nsh's library does not know");
		note_maybe(e);
		e->verdict = VERDICT_NONE;
		return;
	}
	iter = nftnl_expr_iter_create(rule->rule);
	if (!iter)
		abort();
	while ((expr = nftnl_expr_iter_next(iter)) && e->verdict == VERDICT_NONE) {
		expr_evaluate(e, expr);
		/* What comes behind may still say for sure that the rule does not match. */
		if (e->verdict == VERDICT_UNKNOWN) {
			e->unsure = doubtful = true;
			e->verdict = VERDICT_NONE;
		}
	}
	nftnl_expr_iter_destroy(iter);
	if (!doubtful)
		return;
	note_maybe(e);
	e->verdict = VERDICT_NONE;
}

/* Returns whether it ended the chain that it is called from. */
static bool jump(struct evaluation *e, const struct ruleset_chain *from, const char *name,
		 enum verdict_kind *verdict)
{
	const struct ruleset_chain *to =
		ruleset_chain(e->rules, from->family, from->table, name);

	if (!to || e->depth >= JUMPS_MOST) {
		expr_doubt(e, "a jump to a chain that is not there");
		e->maybe_accept = e->maybe_drop = true;
		return false;
	}
	return run_chain(e, to, verdict);
}

/* Returns whether a verdict was reached that ends all; false: back to the caller. */
static bool run_chain(struct evaluation *e, const struct ruleset_chain *chain,
		      enum verdict_kind *verdict)
{
	char target[sizeof(e->target)];
	bool ended = false;

	e->depth++;
	for (size_t i = 0; i < chain->rules.n && !ended; i++) {
		const struct ruleset_rule *rule = &chain->rules.v[i];

		if (++e->rules_run > RULES_MOST) {
			expr_effect_doubt(e, "more rules than nsh goes through");
			break;
		}
		e->chain = chain;
		run_rule(e, rule);
		switch (e->verdict) {
		case VERDICT_ACCEPT:
		case VERDICT_DROP:
		case VERDICT_REJECT:
			*verdict = e->verdict;
			e->by_chain = chain;
			e->by_rule = rule;
			ended = true;
			break;
		case VERDICT_JUMP:
			str_copy(target, sizeof(target), e->target);
			ended = jump(e, chain, target, verdict);
			break;
		case VERDICT_GOTO:
			str_copy(target, sizeof(target), e->target);
			ended = jump(e, chain, target, verdict);
			e->depth--;
			return ended;
		case VERDICT_RETURN:
			e->depth--;
			return false;
		case VERDICT_NONE:
		case VERDICT_BREAK:
		case VERDICT_UNKNOWN:
			break;
		}
	}
	e->depth--;
	return ended;
}

enum outcome chain_evaluate(struct evaluation *e, const struct ruleset_chain *chain)
{
	enum verdict_kind verdict = VERDICT_NONE;

	e->maybe_accept = e->maybe_drop = false;
	e->rules_run = 0;
	e->doubt[0] = '\0';
	packet_headers(e->packet, &e->headers);
	if (!run_chain(e, chain, &verdict)) {
		e->by_chain = chain;
		e->by_rule = NULL;
		verdict = chain->policy == NF_DROP ? VERDICT_DROP : VERDICT_ACCEPT;
	}
	if (verdict == VERDICT_ACCEPT)
		return e->maybe_drop ? OUTCOME_UNKNOWN : OUTCOME_ACCEPT;
	if (e->maybe_accept)
		return OUTCOME_UNKNOWN;
	return verdict == VERDICT_REJECT ? OUTCOME_REJECT : OUTCOME_DROP;
}
