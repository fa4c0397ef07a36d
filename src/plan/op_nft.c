/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"

static struct op *with_rule(struct op *op, const struct nft_rule *rule)
{
	op->nft.rule = xcalloc(1, sizeof(*rule));
	*op->nft.rule = *rule;
	return op;
}

static void rule_clear(struct op *op)
{
	free(op->nft.rule);
}

struct op *plan_nft_add(struct plan *plan, const char *ns, const struct nft_rule *rule,
			int word)
{
	return with_rule(plan_op(plan, OP_NFT_ADD, ns, word), rule);
}

struct op *plan_nft_del(struct plan *plan, const char *ns, const struct nft_rule *rule,
			int word)
{
	return with_rule(plan_op(plan, OP_NFT_DEL, ns, word), rule);
}

/* The last rule of the table that is like RULE, or NULL. */
static struct nft_rule *find_rule(struct nft_table *table, const struct nft_rule *rule)
{
	for (size_t i = table->rules.n; i-- > 0;)
		if (nft_rule_equal(&table->rules.v[i], rule))
			return &table->rules.v[i];
	return NULL;
}

static size_t rules_in(const struct nft_table *table, enum nft_chain chain)
{
	size_t count = 0;

	for (size_t i = 0; i < table->rules.n; i++)
		count += table->rules.v[i].chain == chain;
	return count;
}

static int no_nft(const struct op *op, const struct nl_error *answer, struct error *err)
{
	switch (answer->number) {
	case EOPNOTSUPP:
	case EPROTONOSUPPORT:
	case ENOENT:
		error_set(err, STATUS_UNSUPPORTED, op->word,
			  "this kernel cannot hold the rule (%s)", nl_error_text(answer));
		return error_hint(err, "\"doctor\" tells what it lacks of nf_tables");
	}
	return op_failed(op, answer, err, "the kernel refuses the rule");
}

/* --- adding --- */

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = kernel_netfilter(kernel, op->ns, err);
	struct nft_rule rule = *op->nft.rule;
	struct nft_rule *add[] = { &rule };
	struct nft_change change = { .add = add, .adds = 1 };
	struct nl_error answer = { 0 };

	if (!sock) {
		err->word = op->word;
		return -1;
	}
	if (nft_change(sock, &change, &answer) < 0)
		return no_nft(op, &answer, err);
	return 0;
}

int op_nft_check(const struct op *op, struct world *world, struct error *err)
{
	struct ns *ns = op_ns(world, op->ns, 0);
	struct nlsock *sock = kernel_netfilter(world_kernel(world),
					       !ns || ns->planned ? HOST : op->ns, err);
	struct nft_rule rule = *op->nft.rule;
	struct nft_rule *add[] = { &rule };
	struct nft_change change = { .add = add, .adds = 1, .check_only = true };
	struct nl_error answer = { 0 };

	if (!sock) {
		err->word = op->word;
		return -1;
	}
	return nft_change(sock, &change, &answer) < 0 ? no_nft(op, &answer, err) : 0;
}

static void add_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);

	if (!ns)
		return;
	if (!world_simulates(world)) {
		world_stale(world, ns, WORLD_NFT);
		return;
	}
	ns->nft.exists = true;
	ns->nft.chain[op->nft.rule->chain] = true;
	*vector_add(&ns->nft.rules) = *op->nft.rule;
}

static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	(void)world;
	(void)err;
	plan_nft_del(undo, op->ns, op->nft.rule, op->word);
	return 0;
}

static void explain_rule(struct buf *text, const char *ns, const struct nft_rule *rule)
{
	struct buf line cleanup_buf = { 0 };

	buf_addf(&line, "add rule inet %s %s ", NFT_TABLE, nft_chain_name(rule->chain));
	nft_rule_text(rule, &line);
	explain_in(text, ns);
	explain_word(text, "nft ", buf_str(&line));
	buf_addc(text, '\n');
}

static void add_explain(const struct op *op, struct world *world, struct buf *text)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	enum nft_chain chain = op->nft.rule->chain;

	if (!ns || !ns->nft.exists) {
		explain_in(text, op->ns);
		buf_addf(text, "nft add table inet %s\n", NFT_TABLE);
	}
	if (!ns || !ns->nft.chain[chain]) {
		explain_in(text, op->ns);
		buf_addf(text, "nft 'add chain inet %s %s %s'\n", NFT_TABLE,
			 nft_chain_name(chain), nft_chain_spec(chain));
	}
	explain_rule(text, op->ns, op->nft.rule);
}

const struct op_class op_nft_add = {
	.run = add_run,
	.apply = add_apply,
	.invert = add_invert,
	.explain = add_explain,
	.clear = rule_clear,
};

/* --- deleting --- */

static int del_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = kernel_netfilter(kernel, op->ns, err);
	const struct nft_rule *delete[1];
	struct nft_change change = { .delete = delete, .deletes = 1, .drop_chains = true };
	struct nl_error answer = { 0 };
	struct nft_table table = { 0 };
	int result = 0;

	if (!sock || nft_read(sock, &table, &answer) < 0) {
		if (sock)
			nl_error_set(err, &answer, "cannot read table inet " NFT_TABLE);
		err->word = op->word;
		return -1;
	}
	change.before = &table;
	delete[0] = find_rule(&table, op->nft.rule);
	if (!delete[0]) {
		if (!op->lenient)
			result = error_set(err, STATUS_FAILED, op->word,
					   "the rule is not there any more");
	} else if (nft_change(sock, &change, &answer) < 0) {
		result = op_failed(op, &answer, err, "cannot delete the rule");
	}
	nft_table_free(&table);
	return result;
}

static void del_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	struct nft_rule *rule;

	if (!ns)
		return;
	if (!world_simulates(world)) {
		world_stale(world, ns, WORLD_NFT);
		return;
	}
	rule = find_rule(&ns->nft, op->nft.rule);
	if (rule)
		vector_remove(&ns->nft.rules, (size_t)(rule - ns->nft.rules.v));
	if (rules_in(&ns->nft, op->nft.rule->chain) == 0)
		ns->nft.chain[op->nft.rule->chain] = false;
	if (ns->nft.rules.n == 0)
		ns->nft.exists = false;
}

/* A rule comes back at the end of its chain: those that stood behind it are put there again. */
static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, WORLD_NFT, op->word, err);
	struct nft_rule *rule;

	if (!ns)
		return -1;
	rule = find_rule(&ns->nft, op->nft.rule);
	if (!rule)
		return 0;
	for (struct nft_rule *next = rule + 1; next < ns->nft.rules.v + ns->nft.rules.n; next++)
		if (next->chain == rule->chain)
			plan_nft_del(undo, op->ns, next, op->word);
	plan_nft_add(undo, op->ns, rule, op->word);
	for (struct nft_rule *next = rule + 1; next < ns->nft.rules.v + ns->nft.rules.n; next++)
		if (next->chain == rule->chain)
			plan_nft_add(undo, op->ns, next, op->word);
	return 0;
}

/*
 * nft deletes a rule by its handle, a number that means something only here and now. So the
 * lines empty the chain, which is nsh's own, and put back the rules that stay.
 */
static void del_explain(const struct op *op, struct world *world, struct buf *text)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	enum nft_chain chain = op->nft.rule->chain;
	struct nft_rule *gone;

	if (!ns)
		return;
	gone = find_rule(&ns->nft, op->nft.rule);
	if (!gone)
		return;
	explain_in(text, op->ns);
	if (ns->nft.rules.n == 1) {
		buf_addf(text, "nft delete table inet %s\n", NFT_TABLE);
		return;
	}
	if (rules_in(&ns->nft, chain) == 1) {
		buf_addf(text, "nft delete chain inet %s %s\n", NFT_TABLE,
			 nft_chain_name(chain));
		return;
	}
	buf_addf(text, "nft flush chain inet %s %s\n", NFT_TABLE, nft_chain_name(chain));
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (&ns->nft.rules.v[i] != gone && ns->nft.rules.v[i].chain == chain)
			explain_rule(text, op->ns, &ns->nft.rules.v[i]);
}

const struct op_class op_nft_del = {
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
	.clear = rule_clear,
};
