/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/foreign.h"
#include "commands/tables.h"
#include "kernel/nft.h"

/*
 * "nft add rule inet nsh CHAIN ..." in nft(8)'s words, as "explain" and "save" write
 * them: what a rule of nsh's table can be. The inverse of nft_rule_text().
 */

struct words {
	const struct args *args;
	size_t at; /* the next TEXT */
	struct error *err;
};

static const struct arg *peek(const struct words *w)
{
	return arg_nth(w->args, "TEXT", w->at);
}

/* Takes the next word if it is WORD. */
static bool take(struct words *w, const char *word)
{
	const struct arg *arg = peek(w);

	if (!arg || strcmp(arg->text, word) != 0)
		return false;
	w->at++;
	return true;
}

static int not_known(struct words *w)
{
	const struct arg *arg = peek(w);
	cleanup_free char *seen = NULL;

	if (!arg)
		return error_set(w->err, STATUS_USAGE, (int)w->args->word_count,
				 "the rule is not whole yet");
	seen = str_visible(arg->text);
	error_set(w->err, STATUS_USAGE, arg->word, "nsh does not know %s here", seen);
	return error_hint(w->err, "\"explain nat on\" shows rules that it knows");
}

/* The next word as a value, behind "!=" where NOT allows for it. */
static const struct arg *value(struct words *w, bool * not )
{
	const struct arg *arg;

	if (not )
		*not = take(w, "!=");
	arg = peek(w);
	if (arg)
		w->at++;
	else
		not_known(w);
	return arg;
}

/* As value(), of a match that nsh's rules hold once; SAID: it has been read already. */
static const struct arg *value_once(struct words *w, bool said, bool * not )
{
	const struct arg *arg = value(w, not );

	if (!arg || !said)
		return arg;
	error_set(w->err, STATUS_USAGE, arg->word,
		  "the rule asks for this twice: one of nsh's does so once");
	return NULL;
}

static int read_if(struct words *w, struct nft_if *match)
{
	const struct arg *arg = value_once(w, match->name[0], &match->not );

	if (!arg)
		return -1;
	if (!*arg->text || strlen(arg->text) >= IFNAMSIZ)
		return error_set(w->err, STATUS_USAGE, arg->word,
				 "the name of an interface has 1 to %d characters",
				 IFNAMSIZ - 1);
	str_copy(match->name, IFNAMSIZ, arg->text);
	return 0;
}

static int read_group(struct words *w, struct nft_group *match)
{
	const struct arg *arg = value_once(w, match->group, &match->not );
	unsigned long long number;

	if (!arg)
		return -1;
	if (!str_number(arg->text, 1, 0xffffffffu, &number))
		return error_set(w->err, STATUS_USAGE, arg->word,
				 "%s is no group of interfaces", arg->text);
	match->group = (uint32_t)number;
	return 0;
}

static int read_net(struct words *w, struct nft_rule *rule, uint8_t family)
{
	bool source = take(w, "saddr");
	struct nft_net *match = source ? &rule->from : &rule->to;
	const struct arg *arg;

	if (!source && !take(w, "daddr"))
		return not_known(w);
	arg = value_once(w, match->cidr.ip.family, &match->not );
	if (!arg || cidr_parse_loose(arg->text, &match->cidr, arg->word, w->err) < 0)
		return -1;
	if (match->cidr.ip.family != family)
		return error_set(w->err, STATUS_USAGE, arg->word,
				 "%s is an address of the other family", arg->text);
	return 0;
}

/* "dnat" of the status, "established,related" of the state. */
static int read_ct(struct words *w, struct nft_rule *rule)
{
	cleanup_free char *copy = NULL;
	const struct arg *arg;
	char *rest, *name;

	if (take(w, "status")) {
		rule->dnated = true;
		return take(w, "dnat") ? 0 : not_known(w);
	}
	if (!take(w, "state"))
		return not_known(w);
	arg = value_once(w, rule->states, NULL);
	if (!arg)
		return -1;
	copy = rest = xstrdup(arg->text);
	while ((name = strsep(&rest, ","))) {
		if (!nft_state(name))
			return error_set(w->err, STATUS_USAGE, arg->word,
					 "%s is no state of a connection", name);
		rule->states |= nft_state(name);
	}
	return 0;
}

static bool proto_number(const char *text, uint8_t *proto)
{
	static const struct {
		const char *name;
		uint8_t number;
	} known[] = {
		{ "tcp", IPPROTO_TCP },         { "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP },       { "icmpv6", IPPROTO_ICMPV6 },
		{ "sctp", IPPROTO_SCTP },       { "dccp", IPPROTO_DCCP },
		{ "udplite", IPPROTO_UDPLITE },
	};
	unsigned long long number;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, text) == 0) {
			*proto = known[i].number;
			return true;
		}
	}
	if (!str_number(text, 1, 255, &number))
		return false;
	*proto = (uint8_t)number;
	return true;
}

static int read_l4proto(struct words *w, struct nft_rule *rule)
{
	const struct arg *arg;

	if (!take(w, "l4proto"))
		return not_known(w);
	arg = value_once(w, rule->proto, &rule->proto_not);
	if (!arg)
		return -1;
	if (!proto_number(arg->text, &rule->proto))
		return error_set(w->err, STATUS_USAGE, arg->word, "%s is no protocol",
				 arg->text);
	return 0;
}

/* "8080" or "8000-8080" */
static int read_ports(struct words *w, struct nft_rule *rule)
{
	bool source = take(w, "sport");
	struct nft_ports *match = source ? &rule->sport : &rule->dport;
	const struct arg *arg;
	cleanup_free char *first = NULL;
	unsigned long long low, high;
	const char *dash;

	if (!source && !take(w, "dport"))
		return not_known(w);
	arg = value_once(w, match->last, &match->not );
	if (!arg)
		return -1;
	dash = strchr(arg->text, '-');
	first = dash ? xstrndup(arg->text, (size_t)(dash - arg->text))
		     : xstrdup(arg->text);
	if (!str_number(first, 1, 65535, &low) ||
	    !str_number(dash ? dash + 1 : first, low, 65535, &high))
		return error_set(w->err, STATUS_USAGE, arg->word, "%s is no port",
				 arg->text);
	match->first = (uint16_t)low;
	match->last = (uint16_t)high;
	return 0;
}

static int read_match(struct words *w, struct nft_rule *rule, bool *any)
{
	const struct arg *arg = peek(w);
	uint8_t proto;

	*any = true;
	if (take(w, "iifname"))
		return read_if(w, &rule->in);
	if (take(w, "oifname"))
		return read_if(w, &rule->out);
	if (take(w, "iifgroup"))
		return read_group(w, &rule->in_group);
	if (take(w, "oifgroup"))
		return read_group(w, &rule->out_group);
	if (take(w, "ip"))
		return read_net(w, rule, AF_INET);
	if (take(w, "ip6"))
		return read_net(w, rule, AF_INET6);
	if (take(w, "meta"))
		return read_l4proto(w, rule);
	if (take(w, "th"))
		return read_ports(w, rule);
	if (take(w, "fib")) {
		rule->to_local = true;
		return take(w, "daddr") && take(w, "type") && take(w, "local")
			       ? 0
			       : not_known(w);
	}
	if (take(w, "ct"))
		return read_ct(w, rule);
	if (arg && strspn(arg->text, "0123456789") == 0 &&
	    proto_number(arg->text, &proto)) {
		if (rule->proto_not || (rule->proto && rule->proto != proto))
			return not_known(w);
		w->at++;
		rule->proto = proto;
		return read_ports(w, rule);
	}
	*any = false;
	return 0;
}

/* "10.0.0.2:80", "[2001:db8::1]:80", "10.0.0.2", ":80" */
static int read_target(struct words *w, struct nft_rule *rule)
{
	const struct arg *arg = value(w, NULL);
	cleanup_free char *host = NULL;
	unsigned long long port;
	const char *colon;

	if (!arg)
		return -1;
	colon = strrchr(arg->text, ':');
	if (colon && colon != arg->text && colon[-1] != ']' &&
	    strchr(arg->text, ':') != colon)
		colon = NULL; /* IPv6 without a port */
	if (colon) {
		if (!str_number(colon + 1, 1, 65535, &port))
			return error_set(w->err, STATUS_USAGE, arg->word, "%s is no port",
					 colon + 1);
		rule->nat_port = (uint16_t)port;
	}
	host = colon ? xstrndup(arg->text, (size_t)(colon - arg->text))
		     : xstrdup(arg->text);
	if (!*host)
		return 0;
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		memmove(host, host + 1, strlen(host));
	}
	return ip_parse(host, &rule->nat_ip, arg->word, w->err);
}

static int read_reject(struct words *w, struct nft_rule *rule)
{
	const struct arg *arg = peek(w);

	rule->verdict = NFT_VERDICT_REJECT;
	if (!take(w, "with"))
		return not_known(w);
	if (take(w, "tcp")) {
		rule->reset = true;
		if (!take(w, "reset"))
			return not_known(w);
		if (rule->proto == IPPROTO_TCP && !rule->proto_not)
			return 0;
		return error_set(w->err, STATUS_USAGE, arg->word,
				 "only TCP can be reset: \"meta l4proto tcp\" is missing");
	}
	if (!take(w, "icmp"))
		return not_known(w);
	if (rule->from.cidr.ip.family != AF_INET && rule->to.cidr.ip.family != AF_INET)
		return error_set(w->err, STATUS_USAGE, arg->word,
				 "ICMP is IPv4's: \"ip saddr 0.0.0.0/0\" is missing");
	take(w, "type");
	arg = value(w, NULL);
	if (!arg)
		return -1;
	for (unsigned code = 0; code < 256; code++) {
		const char *name = nft_unreachable((uint8_t)code);

		if (!name || strcmp(name, arg->text) != 0)
			continue;
		rule->code = (uint8_t)code;
		return 0;
	}
	w->at--;
	return not_known(w);
}

static int read_verdict(struct words *w, struct nft_rule *rule)
{
	if (take(w, "accept")) {
		rule->verdict = NFT_VERDICT_ACCEPT;
	} else if (take(w, "drop")) {
		rule->verdict = NFT_VERDICT_DROP;
	} else if (take(w, "reject")) {
		return read_reject(w, rule);
	} else if (take(w, "masquerade")) {
		rule->verdict = NFT_VERDICT_MASQUERADE;
	} else if (take(w, "redirect")) {
		rule->verdict = NFT_VERDICT_REDIRECT;
		return take(w, "to") ? read_target(w, rule) : 0;
	} else if (take(w, "snat")) {
		rule->verdict = NFT_VERDICT_SNAT;
	} else if (take(w, "dnat")) {
		rule->verdict = NFT_VERDICT_DNAT;
	} else {
		return not_known(w);
	}
	if (rule->verdict != NFT_VERDICT_SNAT && rule->verdict != NFT_VERDICT_DNAT)
		return 0;
	if (!take(w, "ip"))
		take(w, "ip6");
	return take(w, "to") ? read_target(w, rule) : not_known(w);
}

static int read_rule(struct words *w, struct nft_rule *rule)
{
	const struct arg *arg;
	bool any = true;

	while (any)
		if (read_match(w, rule, &any) < 0)
			return -1;
	if (read_verdict(w, rule) < 0)
		return -1;
	if (take(w, "comment")) {
		arg = value(w, NULL);
		if (!arg)
			return -1;
		if (strlen(arg->text) >= sizeof(rule->comment))
			return error_set(w->err, STATUS_USAGE, arg->word,
					 "a comment has at most %zu characters",
					 sizeof(rule->comment) - 1);
		str_copy(rule->comment, sizeof(rule->comment), arg->text);
	}
	return peek(w) ? not_known(w) : 0;
}

static enum nft_chain chain_of(const char *name)
{
	enum nft_chain chain = 0;

	while (chain < NFT_CHAIN_COUNT && strcmp(nft_chain_name(chain), name) != 0)
		chain++;
	return chain;
}

static enum nft_chain chain_said(const struct args *args)
{
	enum nft_chain chain = 0;

	while (chain < NFT_CHAIN_COUNT && !arg_has(args, nft_chain_name(chain)))
		chain++;
	return chain;
}

static int add_rule(struct session *session, const struct args *args, enum nft_chain chain,
		    struct plan *plan, struct error *err)
{
	struct words words = { .args = args, .err = err };
	struct nft_rule rule = { .chain = chain };
	struct ns *ns = world_ns(session->world, session->ns, WORLD_NFT, -1, err);

	if (!ns || read_rule(&words, &rule) < 0)
		return -1;
	plan_nft_add(plan, ns->name, &rule, 0);
	return 0;
}

static int plan_rule(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	return add_rule(session, args, chain_said(args), plan, err);
}

/* --- the table and its chains, which are made with the first rule --- */

static int plan_table(struct session *session, const struct args *args, struct plan *plan,
		      struct error *err)
{
	(void)args;
	(void)plan;
	return world_ns(session->world, session->ns, WORLD_NFT, -1, err) ? 0 : -1;
}

/* The next token of nft's: a word, a string in quotes, or one of "{", "}" and ";". Its length;
 * 0: there is none. */
static size_t next_token(const char **at)
{
	const char *from = *at + strspn(*at, " \t"), *end;

	*at = from;
	if (*from == '"' && (end = strchr(from + 1, '"')))
		return (size_t)(end + 1 - from);
	return *from && strchr("{};", *from) ? 1 : strcspn(from, " \t{};");
}

static void read_tokens(const char *text, struct strings *tokens)
{
	size_t length;

	for (; (length = next_token(&text)) > 0; text += length) {
		bool quoted = *text == '"' && length > 1 && text[length - 1] == '"';

		strings_take(tokens, quoted ? xstrndup(text + 1, length - 2) :
					      xstrndup(text, length));
	}
}

/* Whether TOKENS, from AT on, are what nsh's chain is. */
static int check_chain(enum nft_chain chain, const struct strings *tokens, size_t at, int word,
		       struct error *err)
{
	struct strings own cleanup_strings = { 0 };
	bool same;

	read_tokens(nft_chain_spec(chain), &own);
	same = own.n == tokens->n - at;
	for (size_t i = 0; same && i < own.n; i++)
		same = strcmp(own.v[i], tokens->v[at + i]) == 0;
	if (same)
		return 0;
	error_set(err, STATUS_USAGE, word, "this is not what the chain %s of nsh's table is",
		  nft_chain_name(chain));
	return error_hint(err, "it is %s", nft_chain_spec(chain));
}

static int plan_chain(struct session *session, const struct args *args, struct plan *plan,
		      struct error *err)
{
	struct strings tokens cleanup_strings = { 0 };

	for (size_t i = 0; arg_nth(args, "TEXT", i); i++)
		read_tokens(arg_nth(args, "TEXT", i)->text, &tokens);
	if (check_chain(chain_said(args), &tokens, 0, arg_get(args, "TEXT")->word, err) < 0)
		return -1;
	return plan_table(session, args, plan, err);
}

/* --- a whole command in quotes, as a shell needs them --- */

/* Blames the token numbered AT within the word TEXT. */
static void blame_token(struct error *err, const char *text, size_t at)
{
	const char *from = text;
	size_t length = next_token(&from);

	for (; at > 0 && length > 0; at--) {
		from += length;
		length = next_token(&from);
	}
	if (length > 0)
		error_part(err, (size_t)(from - text), length);
}

/* The tokens from AT on, as if each had stood for itself. */
static int add_quoted_rule(struct session *session, const struct args *args,
			   const struct strings *tokens, size_t at, enum nft_chain chain,
			   struct plan *plan, struct error *err)
{
	const struct arg *line = arg_get(args, "NFTLINE");
	struct args each = *args;
	size_t blamed;
	int result;

	each.n = tokens->n - at;
	each.v = xcalloc(each.n + 1, sizeof(*each.v));
	for (size_t i = 0; i < each.n; i++)
		each.v[i] = (struct arg){ .name = "TEXT", .text = tokens->v[at + i],
					  .word = line->word + (int)i };
	each.word_count = (size_t)line->word + each.n;
	result = add_rule(session, &each, chain, plan, err);
	if (result < 0 && err->word >= line->word) {
		blamed = at + (size_t)(err->word - line->word);
		err->word = line->word;
		blame_token(err, line->text, blamed);
	}
	free(each.v);
	return result;
}

static bool begins(const struct strings *tokens, const char *what)
{
	const char *const words[] = { "add", what, "inet", NFT_TABLE };

	for (size_t i = 0; i < 4; i++)
		if (i >= tokens->n || strcmp(tokens->v[i], words[i]) != 0)
			return false;
	return true;
}

static int plan_quoted(struct session *session, const struct args *args, struct plan *plan,
		       struct error *err)
{
	struct strings tokens cleanup_strings = { 0 };
	const struct arg *line = arg_get(args, "NFTLINE");
	enum nft_chain chain;

	read_tokens(line->text, &tokens);
	if (begins(&tokens, "table") && tokens.n == 4)
		return plan_table(session, args, plan, err);
	chain = tokens.n > 4 ? chain_of(tokens.v[4]) : NFT_CHAIN_COUNT;
	if (chain != NFT_CHAIN_COUNT && begins(&tokens, "rule"))
		return add_quoted_rule(session, args, &tokens, 5, chain, plan, err);
	if (chain == NFT_CHAIN_COUNT || !begins(&tokens, "chain"))
		return error_set(err, STATUS_USAGE, line->word,
				 "nsh knows only those of nft's commands that add to its own "
				 "table");
	if (check_chain(chain, &tokens, 5, line->word, err) < 0)
		return -1;
	return plan_table(session, args, plan, err);
}

#define CHAINS "(prerouting|output|postrouting|input|forward|output_filter)"

const struct command commands_nft[] = {
	{
		.grammar = "nft add rule inet nsh "
			   CHAINS " TEXT...",
		.help = "add a rule to nsh's own table, in nft's words",
		.example = "nft add rule inet nsh postrouting ip saddr 192.168.15.0/24 "
			   "masquerade",
		.plan = plan_rule,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "nft add table inet nsh",
		.help = "nsh's own table: it is made with its first rule, so there is nothing to do",
		.example = "nft add table inet nsh",
		.plan = plan_table,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "nft add chain inet nsh "
			   CHAINS " TEXT...",
		.help = "a chain of nsh's own table: it is made with its first rule",
		.example = "nft add chain inet nsh postrouting "
			   "'{ type nat hook postrouting priority srcnat; policy accept; }'",
		.plan = plan_chain,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "nft NFTLINE",
		.help = "any of these in quotes, as explain and save write them",
		.example = "nft 'add rule inet nsh postrouting masquerade'",
		.plan = plan_quoted,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
