/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/forwarding.h"
#include "commands/names.h"
#include "kernel/nft.h"
#include "plan/reset.h"
#include "view/lists.h"

/* Forwarding between interfaces, hiding addresses behind one (NAT), and publishing ports. */

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

static bool has_rule(const struct ns *ns, const struct nft_rule *rule)
{
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (nft_rule_equal(&ns->nft.rules.v[i], rule))
			return true;
	return false;
}

/* What is added to a table must not be there yet: the line is to be done once. */
static int plan_rule(struct plan *plan, const struct ns *ns, const struct nft_rule *rule,
		     int word)
{
	if (!has_rule(ns, rule))
		plan_nft_add(plan, ns->name, rule, word);
	return 0;
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
		plan_rule(plan, ns, &guard, word);
	} else if (is_foreign(session, ns)) {
		struct nft_rule record = record_rule(key, value);

		plan_rule(plan, ns, &record, word);
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

static bool has_ipv6(const struct ns *ns)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ns->addrs.v[i].cidr.ip.family == AF_INET6 &&
		    !ip_is_link_local(&ns->addrs.v[i].cidr.ip) &&
		    !ip_is_loopback(&ns->addrs.v[i].cidr.ip))
			return true;
	return false;
}

/* --- forwarding --- */

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
		{ "NAMESPACE", "namespace", COLUMN_TEXT },
		{ "IPV4", "ipv4", COLUMN_BOOL },
		{ "IPV6", "ipv6", COLUMN_BOOL },
		{ 0 },
	};
	struct table *table = table_new("forwarding", columns);
	struct strings all cleanup_strings = { 0 };
	const struct strings *names;

	(void)args;
	if (world_names(session->world, &names, err) < 0) {
		table_free(table);
		return -1;
	}
	strings_add(&all, HOST);
	for (size_t i = 0; i < names->n; i++)
		strings_add(&all, names->v[i]);
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
	table_print(table, session->format == FORMAT_JSON, session->out);
	table_free(table);
	return 0;
}

const struct command commands_forwarding[] = {
	{
		.grammar = "forwarding",
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

/* --- nat --- */

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
	if (!ns || !has_rule(ns, &outside))
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
	if (!has_rule(ns, &rule)) {
		plan_rule(plan, ns, &rule, word);
		plan_note(plan, "note: NAT covers the new way out, %s", link->name);
	}
	return 0;
}

static int nat_bare(struct ns *ns, struct plan *plan)
{
	struct nft_rule rule = outside_rule();
	bool way_out = false;

	plan_rule(plan, ns, &rule, 0);
	for (size_t i = 0; i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];
		struct link *link = ns_link(ns, route->link);

		if (route->dest.prefix != 0 || !link)
			continue;
		way_out = true;
		if (link->group != NSH_GROUP)
			continue;
		rule = way_out_rule(link->name);
		plan_rule(plan, ns, &rule, 0);
	}
	if (!way_out)
		plan_note(plan, "note: %s itself has no default route yet: nothing leads out",
			  ns->name);
	return 0;
}

static void add_comment(struct nft_rule *rule, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void add_comment(struct nft_rule *rule, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	str_copy(rule->comment, sizeof(rule->comment), text);
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
		add_comment(&rule, "nat on%s%s%s%s", net ? " for " : "", net ? net->text : "",
			    out ? " out " : "", out ? out->text : "");
		plan_rule(plan, ns, &rule, 0);
	}
	if (plan->ops.n == before) {
		plan_note(plan, "note: that is on already");
		return 0;
	}
	return plan_forwarding(session, ns,
			       net ? rule.from.cidr.ip.family == AF_INET6 : has_ipv6(ns), plan,
			       0, err);
}

static int nat_off(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err)
{
	struct ns *ns = name_ns(session, args, "NS", WORLD_NFT, err);
	size_t before = plan->ops.n;

	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (is_nat_rule(&ns->nft.rules.v[i]))
			plan_nft_del(plan, ns->name, &ns->nft.rules.v[i], -1);
	if (plan->ops.n == before)
		return error_set(err, STATUS_FAILED, -1, "NAT is not on in %s", ns->name);
	return 0;
}

/* Namespaces one after the other; those whose kernel has no nf_tables have nothing to list. */
static int each_table(struct session *session, void (*add)(struct session *, struct ns *,
							   struct table *),
		      struct table *table, struct error *err)
{
	struct strings all cleanup_strings = { 0 };
	const struct strings *names;

	if (world_names(session->world, &names, err) < 0)
		return -1;
	strings_add(&all, HOST);
	for (size_t i = 0; i < names->n; i++)
		strings_add(&all, names->v[i]);
	for (size_t i = 0; i < all.n; i++) {
		struct error no_nft cleanup_error = ERROR_INIT;
		struct ns *ns = world_ns(session->world, all.v[i], WORLD_NFT, -1, &no_nft);

		if (ns)
			add(session, ns, table);
	}
	return 0;
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
		{ "NAMESPACE", "namespace", COLUMN_TEXT },
		{ "FOR", "for", COLUMN_TEXT },
		{ "OUT", "out", COLUMN_TEXT },
		{ "", "rule", COLUMN_TEXT },
		{ 0 },
	};
	struct table *table = table_new("nat", columns);
	int result;

	(void)args;
	table_if_empty(table, "NAT is off");
	result = each_table(session, nat_rows, table, err);
	if (result == 0)
		table_print(table, session->format == FORMAT_JSON, session->out);
	table_free(table);
	return result;
}

const struct command commands_nat[] = {
	{
		.grammar = "nat",
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
		.grammar = "nat off [NS]",
		.help = "stop hiding addresses",
		.example = "nat off",
		.setup = "nat on",
		.plan = nat_off,
	},
	{ 0 },
};

/* --- publish --- */

struct listen {
	bool any; /* on every address of the namespace */
	struct ip ip;
	uint16_t port;
};

/* "8080" or "192.168.1.2:8080" or "[2001:db8::1]:8080"; the type has checked the form. */
static int parse_listen(const struct arg *arg, struct listen *listen, struct error *err)
{
	const char *colon = strrchr(arg->text, ':');
	cleanup_free char *host = NULL;
	unsigned long long port;

	*listen = (struct listen){ .any = !colon };
	if (!str_number(colon ? colon + 1 : arg->text, 1, 65535, &port)) {
		error_set(err, STATUS_USAGE, arg->word, "%s is no port: 1 to 65535",
			  colon ? colon + 1 : arg->text);
		return -1;
	}
	listen->port = (uint16_t)port;
	if (!colon)
		return 0;
	host = xstrndup(arg->text, (size_t)(colon - arg->text));
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		host[strlen(host) - 1] = '\0';
		return ip_parse(host + 1, &listen->ip, arg->word, err);
	}
	return ip_parse(host, &listen->ip, arg->word, err);
}

/* "blue", "blue:80": which address, which port (0: the same as outside). */
static int parse_target(struct session *session, const struct arg *arg, const char *ns,
			uint8_t family, struct ip *ip, uint16_t *port, struct error *err)
{
	const char *colon = strrchr(arg->text, ':');
	unsigned long long number = 0;
	cleanup_free char *host = NULL;

	*port = 0;
	/* The end of an IPv6 address without brackets is no port. */
	if (colon && !(strchr(arg->text, ':') != colon && ip_looks_like(arg->text)) &&
	    str_number(colon + 1, 1, 65535, &number)) {
		host = xstrndup(arg->text, (size_t)(colon - arg->text));
		*port = (uint16_t)number;
	} else {
		host = xstrdup(arg->text);
	}
	if (host[0] == '[' && host[strlen(host) - 1] == ']') {
		memmove(host, host + 1, strlen(host));
		host[strlen(host) - 1] = '\0';
	}
	return name_address_text(session, host, arg->word, ns, family, ip, err);
}

static uint8_t proto_of(const struct args *args)
{
	return arg_has(args, "udp") ? IPPROTO_UDP : IPPROTO_TCP;
}

static bool is_published(const struct nft_rule *rule, const struct listen *listen,
			 uint8_t proto)
{
	if (!is_publish_rule(rule) || rule->proto != proto || rule->dport.first != listen->port)
		return false;
	return listen->any ? rule->to_local : ip_equal(&rule->to.cidr.ip, &listen->ip);
}

/* The network on NS's side that IP is in, for the packets that turn round there. */
static bool near_network(const struct ns *ns, const struct ip *ip, struct cidr *network)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		*network = cidr_network(&ns->addrs.v[i].cidr);
		if (cidr_contains(network, ip))
			return true;
	}
	return false;
}

int publish_plan_add(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	const struct arg *listen_arg = arg_get(args, "LISTEN"), *target = arg_get(args, "TARGET");
	struct nft_rule rule = { .chain = NFT_CHAIN_PREROUTING, .verdict = NFT_VERDICT_DNAT };
	uint8_t proto = proto_of(args), family;
	struct listen listen;
	struct cidr network;
	struct ns *ns;

	if (parse_listen(listen_arg, &listen, err) < 0 ||
	    parse_target(session, target, session->ns, listen.any ? 0 : listen.ip.family,
			 &rule.nat_ip, &rule.nat_port, err) < 0)
		return -1;
	if (ip_is_link_local(&rule.nat_ip)) {
		error_set(err, STATUS_FAILED, target->word,
			  "%s has no address that connections can be passed on to",
			  target->text);
		return error_hint(err, "a link-local address means something on its link alone");
	}
	ns = world_ns(session->world, session->ns, WORLD_ADDRS | WORLD_NFT, 0, err);
	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		if (!is_published(&ns->nft.rules.v[i], &listen, proto))
			continue;
		error_set(err, STATUS_FAILED, listen_arg->word, "port %u is published already",
			  listen.port);
		return error_hint(err, "\"unpublish %s\" first", listen_arg->text);
	}
	family = rule.nat_ip.family;
	if (!rule.nat_port)
		rule.nat_port = listen.port;
	rule.proto = proto;
	rule.dport = (struct nft_ports){ listen.port, listen.port, false };
	add_comment(&rule, "publish %s %s%s", listen_arg->text, target->text,
		    proto == IPPROTO_UDP ? " udp" : "");
	if (listen.any) {
		/* Only what is meant for this namespace: transit to such a port passes by. */
		rule.to_local = true;
	} else {
		rule.to.cidr.ip = listen.ip;
		rule.to.cidr.prefix = (uint8_t)ip_bits(listen.ip.family);
	}
	plan_nft_add(plan, ns->name, &rule, 0);
	/* The namespace's own connections do not pass prerouting. */
	rule.chain = NFT_CHAIN_OUTPUT;
	if (listen.any) {
		struct ip loopback = { .family = family, .bytes = { 127 } };

		if (family == AF_INET6)
			loopback = (struct ip){ .family = family, .bytes = { [15] = 1 } };
		rule.to.cidr.ip = loopback;
		rule.to.cidr.prefix = family == AF_INET ? 8 : 128;
		rule.to.not = true;
	}
	plan_nft_add(plan, ns->name, &rule, 0);
	/*
	 * A neighbour of the target that comes in by the published address would get its answer
	 * straight from the target, with an address that it did not ask: it has to turn round here.
	 */
	if (near_network(ns, &rule.nat_ip, &network)) {
		struct nft_rule hairpin = { .chain = NFT_CHAIN_POSTROUTING,
					    .verdict = NFT_VERDICT_MASQUERADE };

		hairpin.from.cidr = network;
		hairpin.to.cidr.ip = rule.nat_ip;
		hairpin.to.cidr.prefix = (uint8_t)ip_bits(family);
		hairpin.dnated = true;
		hairpin.proto = proto;
		hairpin.dport = (struct nft_ports){ rule.nat_port, rule.nat_port, false };
		str_copy(hairpin.comment, sizeof(hairpin.comment), rule.comment);
		plan_nft_add(plan, ns->name, &hairpin, 0);
	}
	return plan_forwarding(session, ns, family == AF_INET6, plan, 0, err);
}

static int publish_del(struct session *session, const struct args *args, struct plan *plan,
		       struct error *err)
{
	const struct arg *listen_arg = arg_get(args, "LISTEN");
	struct ns *ns = world_ns(session->world, session->ns, WORLD_NFT, 0, err);
	const struct nft_rule *published = NULL;
	uint8_t proto = proto_of(args);
	struct listen listen;

	if (!ns || parse_listen(listen_arg, &listen, err) < 0)
		return -1;
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (is_published(&ns->nft.rules.v[i], &listen, proto))
			published = &ns->nft.rules.v[i];
	if (!published)
		return error_set(err, STATUS_FAILED, listen_arg->word,
				 "port %s is not published in %s", listen_arg->text, ns->name);
	/* With it go the rules that were made for it. */
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (strcmp(ns->nft.rules.v[i].comment, published->comment) == 0 &&
		    ns->nft.rules.v[i].proto == proto)
			plan_nft_del(plan, ns->name, &ns->nft.rules.v[i], listen_arg->word);
	return 0;
}

static void publish_rows(struct session *session, struct ns *ns, struct table *table)
{
	char ip[IP_TEXT];

	(void)session;
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		const char *words;

		if (!is_publish_rule(rule))
			continue;
		words = str_starts(rule->comment, "publish ") ? rule->comment : NULL;
		table_row(table);
		table_cell(table, ns->name);
		table_cell(table, rule->to.cidr.ip.family ? ip_text(&rule->to.cidr.ip, ip) : "any");
		table_cellf(table, "%u", rule->dport.first);
		table_cell(table, rule->proto == IPPROTO_UDP ? "udp" : "tcp");
		table_cellf(table, rule->nat_ip.family == AF_INET6 ? "[%s]:%u" : "%s:%u",
			    ip_text(&rule->nat_ip, ip), rule->nat_port);
		table_cell(table, words);
	}
}

static int publish_list(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "NAMESPACE", "namespace", COLUMN_TEXT },
		{ "ADDRESS", "address", COLUMN_TEXT },
		{ "PORT", "port", COLUMN_NUMBER },
		{ "PROTOCOL", "protocol", COLUMN_TEXT },
		{ "TO", "to", COLUMN_TEXT },
		{ "LINE", "line", COLUMN_TEXT },
		{ 0 },
	};
	struct table *table = table_new("published", columns);
	int result;

	(void)args;
	table_if_empty(table, "no ports are published");
	result = each_table(session, publish_rows, table, err);
	if (result == 0)
		table_print(table, session->format == FORMAT_JSON, session->out);
	table_free(table);
	return result;
}

const struct command commands_publish[] = {
	{
		.grammar = "publish",
		.help = "list the published ports",
		.example = "publish",
		.run = publish_list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "publish LISTEN TARGET [tcp|udp]",
		.help = "pass connections to a port on to a namespace",
		.example = "publish 8080 blue:80",
		.setup = "ns add blue; bridge v-net-0 add addr 192.168.15.5/24; "
			 "bridge v-net-0 attach blue addr 192.168.15.2/24",
		.plan = publish_plan_add,
	},
	{
		.grammar = "unpublish LISTEN [tcp|udp]",
		.help = "stop passing connections on",
		.example = "unpublish 8080",
		.setup = "ns add blue; bridge v-net-0 add addr 192.168.15.5/24; "
			 "bridge v-net-0 attach blue addr 192.168.15.2/24; publish 8080 blue:80",
		.plan = publish_del,
	},
	{ 0 },
};
