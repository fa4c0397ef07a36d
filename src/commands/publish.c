/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/forwarding.h"
#include "commands/names.h"
#include "commands/nft_rules.h"
#include "commands/publish.h"
#include "view/lists.h"

/* Publishing ports: connections to one are passed on to a namespace. */

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

static bool lab_has(struct session *session, const struct ip *ip)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct strings *names;
	bool has = false;

	if (world_names(session->world, &names, &ignored) < 0)
		return false;
	for (size_t i = 0; i <= names->n && !has; i++) {
		const char *name = i < names->n ? names->v[i] : HOST;
		struct ns *ns = world_ns(session->world, name, WORLD_ADDRS, -1, &ignored);

		has = ns && ns_addr_by_ip(ns, ip);
		error_clear(&ignored);
	}
	return has;
}

/* "fd00::2:80" is an address; where fd00::2 is one of the lab's, and it is not, it is a slip. */
static int check_brackets(struct session *session, const struct arg *arg, struct error *err)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const char *colon = strrchr(arg->text, ':');
	cleanup_free char *host = NULL;
	unsigned long long port;
	struct ip whole, ip;

	if (!colon || strchr(arg->text, ':') == colon || !str_number(colon + 1, 1, 65535, &port))
		return 0;
	host = xstrndup(arg->text, (size_t)(colon - arg->text));
	if (ip_parse(arg->text, &whole, -1, &ignored) < 0 ||
	    ip_parse(host, &ip, -1, &ignored) < 0 || lab_has(session, &whole) ||
	    !lab_has(session, &ip))
		return 0;
	error_set(err, STATUS_FAILED, arg->word,
		  "%s: nobody here has this address, and one before a port stands in brackets",
		  arg->text);
	return error_hint(err, "did you mean [%s]:%llu?", host, port);
}

/* "blue", "blue:80": which address, which port (0: the same as outside). */
static int parse_target(struct session *session, const struct arg *arg, const char *ns,
			uint8_t family, struct ip *ip, uint16_t *port, struct error *err)
{
	const char *colon = strrchr(arg->text, ':');
	unsigned long long number = 0;
	cleanup_free char *host = NULL;

	*port = 0;
	if (check_brackets(session, arg, err) < 0)
		return -1;
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

/*
 * Whether RULE, for every address of NS, takes what is for one of them: it stands before. What comes
 * from NS itself to its loopback addresses passes it by.
 */
static bool shadows(const struct nft_rule *rule, const struct ns *ns,
		    const struct listen *listen, uint8_t proto)
{
	struct listen any = { .any = true, .port = listen->port };

	return !listen->any && is_published(rule, &any, proto) &&
	       rule->nat_ip.family == listen->ip.family && !ip_is_loopback(&listen->ip) &&
	       ns_addr_by_ip(ns, &listen->ip);
}

static int check_unpublished(const struct ns *ns, const struct listen *listen, uint8_t proto,
			     const struct arg *arg, struct error *err)
{
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];

		if (is_published(rule, listen, proto)) {
			error_set(err, STATUS_FAILED, arg->word, "port %u is published already",
				  listen->port);
			return error_hint(err, "\"unpublish %s\" first", arg->text);
		}
		if (shadows(rule, ns, listen, proto)) {
			error_set(err, STATUS_FAILED, arg->word,
				  "port %u is published on every address already, this one "
				  "among them", listen->port);
			return error_hint(err, "\"unpublish %u\" first; \"publish %u\" behind "
					       "this takes the rest", listen->port, listen->port);
		}
	}
	return 0;
}

/* An address of NS that others ask it by, or NULL. */
static const struct ip *outer_address(const struct ns *ns, uint8_t family)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct ip *ip = &ns->addrs.v[i].cidr.ip;

		if (ip->family == family && !ip_is_loopback(ip) && !ip_is_link_local(ip))
			return ip;
	}
	return NULL;
}

/*
 * What is sent to a loopback address comes from one, too, and with such a source the kernel lets
 * nothing out of the namespace (ip_route_output_key_hash_rcu(), ip6_rcv_core() at the other end).
 */
static int check_loopback(const struct ns *ns, const struct listen *listen, const struct ip *to,
			  const struct args *args, struct error *err)
{
	const struct arg *arg = arg_get(args, "LISTEN"), *target = arg_get(args, "TARGET");
	const struct ip *other;
	char text[IP_TEXT];

	if (listen->any || !ip_is_loopback(&listen->ip) || ip_is_loopback(to) ||
	    ns_addr_by_ip(ns, to))
		return 0;
	error_set(err, STATUS_FAILED, arg->word,
		  "%s is a loopback address: what %s sends to it never leaves %s, so that it "
		  "cannot be passed on to %s", ip_text(&listen->ip, text), ns->name, ns->name,
		  target->text);
	other = outer_address(ns, listen->ip.family);
	return error_hint(err, "\"publish %u %s%s\" is for every other address%s%s%s",
			  listen->port, target->text,
			  proto_of(args) == IPPROTO_UDP ? " udp" : "", other ? ", " : "",
			  other ? ip_text(other, text) : "", other ? " among them" : "");
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

/* Whether packets of NS for IP go anywhere: to itself, to a neighbour, or by a route. */
static bool leads_to(const struct ns *ns, const struct ip *ip)
{
	struct cidr network;

	if (ip_is_loopback(ip) || near_network(ns, ip, &network))
		return true;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (ns->routes.v[i].dest.ip.family == ip->family &&
		    cidr_contains(&ns->routes.v[i].dest, ip))
			return true;
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
	char text[IP_TEXT];
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
	ns = world_ns(session->world, session->ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NFT, 0,
		      err);
	if (!ns || check_loopback(ns, &listen, &rule.nat_ip, args, err) < 0 ||
	    check_unpublished(ns, &listen, proto, listen_arg, err) < 0)
		return -1;
	if (!leads_to(ns, &rule.nat_ip))
		plan_note(plan, "note: %s has no route to %s yet: nothing is passed on", ns->name,
			  ip_text(&rule.nat_ip, text));
	family = rule.nat_ip.family;
	if (!rule.nat_port)
		rule.nat_port = listen.port;
	rule.proto = proto;
	rule.dport = (struct nft_ports){ listen.port, listen.port, false };
	rule_comment(&rule, "publish %s %s%s", listen_arg->text, target->text,
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

/* Whether a rule was made for the port that PUBLISHED passes on. */
static bool goes_with(const struct nft_rule *rule, const struct nft_rule *published)
{
	return rule == published ||
	       (str_starts(rule->comment, "publish ") && rule->proto == published->proto &&
		strcmp(rule->comment, published->comment) == 0);
}

static int publish_del_all(struct session *session, const struct args *args, struct plan *plan,
			   struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_NFT, 0, err);
	size_t before = plan->ops.n;

	(void)args;
	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		bool goes = false;

		for (size_t j = 0; j < ns->nft.rules.n && !goes; j++)
			goes = is_publish_rule(&ns->nft.rules.v[j]) &&
			       goes_with(rule, &ns->nft.rules.v[j]);
		if (goes)
			plan_nft_del(plan, ns->name, rule, -1);
	}
	if (plan->ops.n == before)
		return error_set(err, STATUS_FAILED, -1, "no ports are published in %s", ns->name);
	return 0;
}

/* As "publish" lists it: iptables' DNAT of all that passes by, too, is on "any" address. */
static bool is_listed(const struct nft_rule *rule, const struct listen *listen, uint8_t proto)
{
	return is_publish_rule(rule) && rule->proto == proto &&
	       rule->dport.first == listen->port && listen->any && !rule->to.cidr.ip.family;
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
	for (size_t i = 0; i < ns->nft.rules.n && !published; i++)
		if (is_listed(&ns->nft.rules.v[i], &listen, proto))
			published = &ns->nft.rules.v[i];
	if (!published)
		return error_set(err, STATUS_FAILED, listen_arg->word,
				 "port %s is not published in %s", listen_arg->text, ns->name);
	/* With it go the rules that were made for it. */
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (goes_with(&ns->nft.rules.v[i], published))
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
		{ "NAMESPACE", "namespace", COLUMN_NS },
		{ "ADDRESS", "address", COLUMN_ADDRESS },
		{ "PORT", "port", COLUMN_NUMBER },
		{ "PROTOCOL", "protocol", COLUMN_TEXT },
		{ "TO", "to", COLUMN_ADDRESS },
		{ "LINE", "line", COLUMN_TEXT },
		{ 0 },
	};
	struct table *table = table_new("published", columns);

	(void)args;
	table_if_empty(table, "no ports are published");
	return rules_print(session, publish_rows, table, err);
}

const struct command commands_publish[] = {
	{
		.grammar = "publish",
		.about = "pass connections to a port on to a namespace; list such ports",
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
		.about = "stop passing connections on: to a port, or to all",
		.help = "stop passing connections on",
		.example = "unpublish 8080",
		.setup = "ns add blue; bridge v-net-0 add addr 192.168.15.5/24; "
			 "bridge v-net-0 attach blue addr 192.168.15.2/24; publish 8080 blue:80",
		.plan = publish_del,
	},
	{
		.grammar = "unpublish all",
		.help = "stop passing connections on, to whatever port",
		.example = "unpublish all",
		.setup = "ns add blue; bridge v-net-0 add addr 192.168.15.5/24; "
			 "bridge v-net-0 attach blue addr 192.168.15.2/24; publish 8080 blue:80; "
			 "publish 53 blue udp",
		.plan = publish_del_all,
	},
	{ 0 },
};
