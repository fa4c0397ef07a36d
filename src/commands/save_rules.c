/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/nat.h"
#include "commands/publish.h"
#include "commands/iptables.h"
#include "commands/save.h"
#include "kernel/nft.h"
#include "plan/reset.h"

/*
 * Rules in words. The comment of a rule that nsh has made says which line made it, but
 * anybody can write comments: each line is planned, on the lab as it will be, and taken
 * only where that gives the rules that are there, in their order. Otherwise they are said
 * one by one.
 */

struct rules {
	struct session *model;
	const struct plan *plan;
	bool *said;
	struct ns *ns; /* of the model */
	VECTOR(size_t) wanted; /* operations, in the order the rules were made in */
	VECTOR(size_t) settings; /* operations that lines for rules have said */
	struct buf *text;
};

static const struct nft_rule *rule_of(const struct rules *rules, size_t wanted)
{
	return rules->plan->ops.v[rules->wanted.v[wanted]].nft.rule;
}

/* The operation, not yet said, that sets KEY to VALUE there; -1: none. */
static long find_setting(const struct rules *rules, const char *key, const char *value)
{
	for (size_t i = 0; i < rules->plan->ops.n; i++) {
		const struct op *op = &rules->plan->ops.v[i];

		if (op->kind == OP_SYSCTL && !rules->said[i] &&
		    strcmp(op->ns, rules->ns->name) == 0 &&
		    strcmp(op->sysctl.key, key) == 0 &&
		    strcmp(op->sysctl.value, value) == 0)
			return (long)i;
	}
	return -1;
}

static bool is_there(const struct rules *rules, const struct nft_rule *rule)
{
	for (size_t i = 0; i < rules->ns->nft.rules.n; i++)
		if (nft_rule_equal(&rules->ns->nft.rules.v[i], rule))
			return true;
	return false;
}

/* --- lines of nsh's own --- */

/* The line of COMMENT as the words of a command; at most 8. Returns their number, or 0.
 */
static size_t split(char *comment, char *words[8])
{
	size_t count = 0;

	for (char *word; (word = strsep(&comment, " "));) {
		if (!*word || count == 8)
			return 0;
		words[count++] = word;
	}
	return count;
}

static void add_arg(struct arg *args, size_t *count, const char *name, const char *text)
{
	args[(*count)++] = (struct arg){
		.name = name,
		.text = text ? text : name,
		.literal = !text,
	};
}

/* "nat on [for NET] [out LINK]" */
static bool nat_args(char *const *words, size_t count, const char *ns, struct arg *v,
		     size_t *n)
{
	add_arg(v, n, "nat", NULL);
	add_arg(v, n, "on", NULL);
	if (strcmp(ns, HOST) != 0)
		add_arg(v, n, "NS", ns);
	for (size_t i = 2; i < count; i += 2) {
		bool net = strcmp(words[i], "for") == 0;

		if (i + 1 == count || (!net && strcmp(words[i], "out") != 0))
			return false;
		add_arg(v, n, net ? "for" : "out", NULL);
		add_arg(v, n, net ? "NET" : "LINK", words[i + 1]);
	}
	return true;
}

/* "publish LISTEN TARGET [udp]" */
static bool publish_args(char *const *words, size_t count, struct arg *v, size_t *n)
{
	if (count < 3 || count > 4 || (count == 4 && strcmp(words[3], "udp") != 0))
		return false;
	add_arg(v, n, "publish", NULL);
	add_arg(v, n, "LISTEN", words[1]);
	add_arg(v, n, "TARGET", words[2]);
	if (count == 4)
		add_arg(v, n, "udp", NULL);
	return true;
}

/* Whether LISTEN is one that the grammar takes: publish_plan_add() relies on its check.
 */
static bool is_listen(const char *text)
{
	const char *colon = strrchr(text, ':');
	unsigned long long port;

	return str_number(colon ? colon + 1 : text, 1, 65535, &port) && colon != text;
}

/* Plans the line that RULE's comment says; it may do nothing but add rules that are
 * there. */
static bool plan_comment(struct rules *rules, const struct nft_rule *rule,
			 struct plan *plan, struct buf *line)
{
	cleanup_free char *comment = xstrdup(rule->comment);
	struct error none cleanup_error = ERROR_INIT;
	const char *ns = rules->ns->name;
	struct arg v[8];
	struct args args = { .v = v };
	char *words[8];
	size_t count = split(comment, words);
	bool publish = count > 0 && strcmp(words[0], "publish") == 0;
	int result;

	if (count < 2)
		return false;
	if (publish) {
		if (!publish_args(words, count, v, &args.n) || !is_listen(words[1]))
			return false;
	} else if (strcmp(words[0], "nat") != 0 || strcmp(words[1], "on") != 0 ||
		   !nat_args(words, count, ns, v, &args.n)) {
		return false;
	}
	free(rules->model->ns);
	rules->model->ns = xstrdup(publish ? ns : HOST);
	result = publish ? publish_plan_add(rules->model, &args, plan, &none)
			 : nat_plan_on(rules->model, &args, plan, &none);
	free(rules->model->ns);
	rules->model->ns = xstrdup(HOST);
	if (result < 0 || plan->ops.n == 0)
		return false;
	if (publish && strcmp(ns, HOST) != 0) {
		buf_add(line, "in ");
		save_word(line, ns);
		buf_addc(line, ' ');
	}
	for (size_t i = 0; i < args.n; i++) {
		if (i)
			buf_addc(line, ' ');
		save_word(line, v[i].text);
	}
	buf_addc(line, '\n');
	return true;
}

static bool is_wanted(const struct rules *rules, const struct nft_rule *rule)
{
	for (size_t i = 0; i < rules->wanted.n; i++)
		if (nft_rule_equal(rule_of(rules, i), rule))
			return true;
	return false;
}

/* Whether all that PLAN does is to add rules and settings that are wanted and not there
 * yet. */
static bool adds_wanted(const struct rules *rules, const struct plan *plan)
{
	for (size_t i = 0; i < plan->ops.n; i++) {
		const struct op *op = &plan->ops.v[i];

		if (op->kind == OP_NFT_ADD && !is_there(rules, op->nft.rule) &&
		    is_wanted(rules, op->nft.rule))
			continue;
		if (op->kind == OP_SYSCTL &&
		    find_setting(rules, op->sysctl.key, op->sysctl.value) >= 0)
			continue;
		return false;
	}
	return true;
}

static void note_settings(struct rules *rules, const struct plan *plan)
{
	for (size_t i = 0; i < plan->ops.n; i++) {
		const struct op *op = &plan->ops.v[i];
		long at = op->kind == OP_SYSCTL
				  ? find_setting(rules, op->sysctl.key, op->sysctl.value)
				  : -1;

		if (at < 0)
			continue;
		rules->said[at] = true;
		*vector_add(&rules->settings) = (size_t)at;
	}
}

static bool say_comment(struct rules *rules, const struct nft_rule *rule)
{
	struct plan plan cleanup_plan = PLAN_INIT;
	struct buf line cleanup_buf = { 0 };

	if (!plan_comment(rules, rule, &plan, &line) || !adds_wanted(rules, &plan))
		return false;
	note_settings(rules, &plan);
	plan_apply(&plan, rules->model->world);
	buf_add(rules->text, buf_str(&line));
	return is_there(rules, rule);
}

/* --- one by one --- */

static void add_in(struct rules *rules)
{
	if (strcmp(rules->ns->name, HOST) == 0)
		return;
	buf_add(rules->text, "in ");
	save_word(rules->text, rules->ns->name);
	buf_addc(rules->text, ' ');
}

/* Whether iptables' words hold it, which are those that people know: of IPv4, that is. */
static bool is_iptables(const struct nft_rule *rule)
{
	if (rule->from.cidr.ip.family != AF_INET && rule->to.cidr.ip.family != AF_INET &&
	    rule->nat_ip.family != AF_INET)
		return false;
	return !rule->comment[0] && !rule->in_group.group && !rule->out_group.group &&
	       !rule->dnated && rule->from.cidr.ip.family != AF_INET6 &&
	       rule->to.cidr.ip.family != AF_INET6 && rule->nat_ip.family != AF_INET6;
}

static void say_rule(struct rules *rules, const struct nft_rule *rule)
{
	struct plan plan cleanup_plan = PLAN_INIT;

	add_in(rules);
	if (is_iptables(rule)) {
		buf_addf(rules->text, "iptables %s-A %s ",
			 iptables_table_of(rule->chain) == IPTABLES_NAT ? "-t nat " : "",
			 iptables_chain_name(rule->chain));
		iptables_rule_text(rule, rules->text);
	} else {
		buf_addf(rules->text, "nft add rule inet " NFT_TABLE " %s ",
			 nft_chain_name(rule->chain));
		nft_rule_text(rule, rules->text);
	}
	buf_addc(rules->text, '\n');
	plan_nft_add(&plan, rules->ns->name, rule, -1);
	plan_apply(&plan, rules->model->world);
}

/* --- all of a namespace --- */

static const struct plan *sorted_plan; /* for by_handle(), while qsort() runs */

static int by_handle(const void *a, const void *b)
{
	uint64_t one = sorted_plan->ops.v[*(const size_t *)a].nft.rule->handle;
	uint64_t other = sorted_plan->ops.v[*(const size_t *)b].nft.rule->handle;

	return one < other ? -1 : one > other;
}

/* Whether the rule comes with a setting that a line to come will say. */
static bool comes_later(const struct rules *rules, const struct nft_rule *rule)
{
	cleanup_free char *key = NULL;

	return sysctl_recorded(rule, &key, NULL) && find_setting(rules, key, "1") >= 0;
}

/* Whether the rules of the model are those wanted so far, each chain in its order. */
static bool is_right(const struct rules *rules)
{
	size_t count = 0;

	for (enum nft_chain chain = 0; chain < NFT_CHAIN_COUNT; chain++) {
		bool later = false;
		size_t at = 0;

		for (size_t i = 0; i < rules->wanted.n; i++) {
			const struct nft_rule *rule = rule_of(rules, i);

			if (rule->chain != chain)
				continue;
			if (comes_later(rules, rule)) {
				later = true;
				continue;
			}
			if (later)
				return false; /* it would come before what it stands behind */
			while (at < rules->ns->nft.rules.n &&
			       rules->ns->nft.rules.v[at].chain != chain)
				at++;
			if (at == rules->ns->nft.rules.n ||
			    !nft_rule_equal(&rules->ns->nft.rules.v[at++], rule))
				return false;
			count++;
		}
	}
	return rules->ns->nft.rules.n == count;
}

/* Whether the model has as many rules like the wanted one numbered AT as there are up to it. */
static bool is_said(const struct rules *rules, size_t at)
{
	const struct nft_rule *rule = rule_of(rules, at);
	size_t wanted = 0, there = 0;

	for (size_t i = 0; i <= at; i++)
		wanted += nft_rule_equal(rule_of(rules, i), rule);
	for (size_t i = 0; i < rules->ns->nft.rules.n; i++)
		there += nft_rule_equal(&rules->ns->nft.rules.v[i], rule);
	return there >= wanted;
}

/* Whether a rule that does not come with a setting stands behind the wanted one numbered AT. */
static bool has_behind(const struct rules *rules, size_t at)
{
	for (size_t i = at + 1; i < rules->wanted.n; i++)
		if (rule_of(rules, i)->chain == rule_of(rules, at)->chain &&
		    !comes_later(rules, rule_of(rules, i)))
			return true;
	return false;
}

/* Says the setting that the wanted rule numbered AT comes with, where it has to be first. */
static bool say_setting(struct rules *rules, size_t at)
{
	const struct nft_rule *rule = rule_of(rules, at);
	struct plan plan cleanup_plan = PLAN_INIT;
	cleanup_free char *key = NULL;
	long setting;

	if (!has_behind(rules, at) || !sysctl_recorded(rule, &key, NULL))
		return false;
	setting = find_setting(rules, key, "1");
	if (setting < 0)
		return false;
	add_in(rules);
	buf_add(rules->text, "sysctl -w ");
	for (const char *c = key; *c; c++)
		buf_addc(rules->text, *c == '/' ? '.' : *c);
	buf_add(rules->text, "=1\n");
	rules->said[setting] = true;
	*vector_add(&rules->settings) = (size_t)setting;
	plan_nft_add(&plan, rules->ns->name, rule, -1);
	plan_sysctl(&plan, rules->ns->name, key, "1", -1);
	plan_apply(&plan, rules->model->world);
	return true;
}

/* In the order that they were made in, their lines are found again. */
static void say_all(struct rules *rules, bool comments)
{
	for (size_t i = 0; i < rules->wanted.n; i++) {
		const struct nft_rule *rule = rule_of(rules, i);

		if (is_said(rules, i) || (!comments && say_setting(rules, i)) ||
		    comes_later(rules, rule) || (comments && say_comment(rules, rule)))
			continue;
		say_rule(rules, rule);
	}
}

/* Back to where no line for a rule had been said, to say them otherwise. */
static void start_again(struct rules *rules, size_t length)
{
	rules->text->length = length;
	if (rules->text->s)
		rules->text->s[length] = '\0';
	nft_table_free(&rules->ns->nft);
	for (size_t i = 0; i < rules->settings.n; i++) {
		const struct op *op = &rules->plan->ops.v[rules->settings.v[i]];

		rules->said[rules->settings.v[i]] = false;
		world_set_sysctl(rules->model->world, op->ns, op->sysctl.key, "0");
	}
	rules->settings.n = 0;
}

static bool rules_init(struct rules *rules, const char *ns)
{
	struct error none cleanup_error = ERROR_INIT;

	rules->ns = world_ns(rules->model->world, ns, WORLD_ALL, -1, &none);
	if (!rules->ns)
		return false;
	for (size_t i = 0; i < rules->plan->ops.n; i++)
		if (rules->plan->ops.v[i].kind == OP_NFT_ADD &&
		    strcmp(rules->plan->ops.v[i].ns, ns) == 0)
			*vector_add(&rules->wanted) = i;
	sorted_plan = rules->plan;
	/* Handles only ever grow. */
	if (rules->wanted.n)
		qsort(rules->wanted.v, rules->wanted.n, sizeof(*rules->wanted.v),
		      by_handle);
	return true;
}

void save_rules_words(struct session *model, const struct plan *plan, bool *said,
		      const char *ns, struct buf *text)
{
	struct rules rules = { .model = model, .plan = plan, .said = said, .text = text };
	size_t length = text->length;

	if (!rules_init(&rules, ns))
		return;
	say_all(&rules, true);
	if (!is_right(&rules)) {
		start_again(&rules, length);
		say_all(&rules, false);
	}
	for (size_t i = 0; i < rules.wanted.n; i++)
		said[rules.wanted.v[i]] = true;
	vector_free(&rules.wanted);
	vector_free(&rules.settings);
}

void save_rules_rest(struct session *model, const struct plan *plan, bool *said,
		     const char *ns, struct buf *text)
{
	struct rules rules = { .model = model, .plan = plan, .said = said, .text = text };

	if (rules_init(&rules, ns))
		say_all(&rules, false);
	vector_free(&rules.wanted);
	vector_free(&rules.settings);
}
