/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <linux/rtnetlink.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/names.h"
#include "commands/nat.h"
#include "commands/route.h"
#include "view/lists.h"

/* Routes: whom a packet is handed to. */

const struct addr *addr_on_link(const struct ns *ns, const struct ip *ip)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (ns->addrs.v[i].cidr.prefix != ip_bits(network.ip.family) &&
		    cidr_contains(&network, ip))
			return &ns->addrs.v[i];
	}
	return NULL;
}

/* A route to it through an interface does as well. */
static bool has_link_route(const struct ns *ns, const struct ip *gateway)
{
	for (size_t i = 0; i < ns->routes.n; i++)
		if (!ns->routes.v[i].gateway.family && ns->routes.v[i].dest.prefix > 0 &&
		    cidr_contains(&ns->routes.v[i].dest, gateway))
			return true;
	return false;
}

/* Says why GATEWAY cannot be one, from the addresses that there are. */
static int check_gateway(const struct ns *ns, const struct ip *gateway,
			 const struct link *link, const struct arg *arg, struct error *err)
{
	char text[CIDR_TEXT], ip[IP_TEXT];
	struct buf networks cleanup_buf = { 0 };
	const struct addr *own = ns_addr_by_ip(ns, gateway);

	ip_text(gateway, ip);
	if (own) {
		error_set(err, STATUS_FAILED, arg->word, "%s is %s's own address: it cannot be "
							 "its own gateway", ip, ns->name);
		return -1;
	}
	if (gateway->family == AF_INET6 && ip_is_link_local(gateway)) {
		if (link)
			return 0;
		error_set(err, STATUS_FAILED, arg->word,
			  "%s is an address of every link alone: say which is meant", ip);
		return error_hint(err, "\"dev IF\" behind it says so");
	}
	if (addr_on_link(ns, gateway) || has_link_route(ns, gateway))
		return 0;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (ip_is_loopback(&network.ip) || ip_is_link_local(&network.ip) ||
		    network.ip.family != gateway->family)
			continue;
		buf_addf(&networks, "%s%s", networks.length ? ", " : "",
			 cidr_text(&network, text));
	}
	error_set(err, STATUS_FAILED, arg->word,
		  "%s cannot be a gateway for %s: it is in none of its networks%s%s%s", ip,
		  ns->name, networks.length ? " (" : "", buf_str(&networks),
		  networks.length ? ")" : "");
	if (!networks.length)
		error_hint(err, "%s has no %s address yet", ns->name,
			   gateway->family == AF_INET6 ? "IPv6" : "IPv4");
	else
		error_hint(err, "a gateway must itself be reached directly");
	return -1;
}

/* "default", a network, an address, or a name. *ANY: the family is not told by it. */
static int name_dest(struct session *session, const struct arg *arg, const char *from,
		     struct cidr *dest, bool *any, struct error *err)
{
	char text[CIDR_TEXT];
	struct cidr network;

	*any = strcmp(arg->text, "default") == 0;
	if (*any) {
		*dest = cidr_any(AF_INET);
		return 0;
	}
	if (!ip_looks_like(arg->text)) {
		if (name_address(session, arg, from, 0, &dest->ip, err) < 0)
			return str_distance(arg->text, "default", 2) <= 2 ?
				       error_hint(err, "did you mean default?") :
				       -1;
		dest->prefix = (uint8_t)ip_bits(dest->ip.family);
		return 0;
	}
	if (cidr_parse_loose(arg->text, dest, arg->word, err) < 0)
		return -1;
	if (cidr_is_network(dest))
		return 0;
	network = cidr_network(dest);
	error_set(err, STATUS_USAGE, arg->word, "%s is an address, not a network", arg->text);
	return error_hint(err, "did you mean %s?", cidr_text(&network, text));
}

static uint32_t table_of(const struct route *route)
{
	return route->table ? route->table : RT_TABLE_MAIN;
}

/* The metric that the kernel gives a route without one. */
static uint32_t metric_of(const struct route *route)
{
	if (!route->metric && route->dest.ip.family == AF_INET6)
		return 1024;
	return route->metric;
}

/* A route to the same place; EXACT: also of the same table and metric, as the kernel compares. */
static struct route *find_route(struct ns *ns, const struct route *wanted, bool exact)
{
	for (size_t i = 0; i < ns->routes.n; i++) {
		struct route *route = &ns->routes.v[i];

		if (cidr_equal(&route->dest, &wanted->dest) &&
		    (!exact || (metric_of(route) == metric_of(wanted) &&
				table_of(route) == table_of(wanted))))
			return route;
	}
	return NULL;
}

/* A route to delete: as much of it as the line says. Table 0: any. */
static struct route *find_said(struct ns *ns, const struct route *said, bool any)
{
	for (size_t i = 0; i < ns->routes.n; i++) {
		struct route *route = &ns->routes.v[i];

		if ((cidr_equal(&route->dest, &said->dest) ||
		     (any && route->dest.prefix == 0)) &&
		    (!said->gateway.family || ip_equal(&route->gateway, &said->gateway)) &&
		    (!said->link[0] || strcmp(route->link, said->link) == 0) &&
		    (!said->metric || route->metric == said->metric) &&
		    (!said->table || table_of(route) == said->table))
			return route;
	}
	return NULL;
}

/* What only ip(8)'s words have: a source, a metric, a table, and the family of a default. */
static int read_more(const struct args *args, struct route *route, bool *any, struct error *err)
{
	const struct arg *source = arg_get(args, "SRC"), *metric = arg_get(args, "METRIC");
	const struct arg *table = arg_get(args, "TABLE");
	unsigned long long number;

	if (source && ip_parse(source->text, &route->source, source->word, err) < 0)
		return -1;
	if (metric && str_number(metric->text, 0, 0xffffffffu, &number))
		route->metric = (uint32_t)number;
	if (table)
		route->table = str_number(table->text, 1, 0xffffffffu, &number) ?
				       (uint32_t)number :
				       RT_TABLE_MAIN;
	if (arg_has(args, "onlink"))
		route->flags |= RTNH_F_ONLINK;
	if (arg_has(args, "prepend"))
		route->place = ROUTE_FIRST;
	if (arg_has(args, "append"))
		route->place = ROUTE_LAST;
	if (arg_has(args, "blackhole"))
		route->type = RTN_BLACKHOLE;
	if (arg_has(args, "unreachable"))
		route->type = RTN_UNREACHABLE;
	if (arg_has(args, "prohibit"))
		route->type = RTN_PROHIBIT;
	if (*any && arg_has(args, "-6"))
		route->dest = cidr_any(AF_INET6);
	/* ip(8) means IPv4 unless it is told otherwise. */
	if (*any && (args->command->flags & COMMAND_FOREIGN) && !arg_get(args, "GW"))
		*any = false;
	return 0;
}

int route_plan_add(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *dest = arg_get(args, "DEST"), *gw = arg_get(args, "GW");
	const struct arg *link_arg = arg_get(args, "LINK");
	struct ns *ns = name_ns(session, args, "NS", WORLD_ADDRS | WORLD_ROUTES, err);
	struct route route = { .protocol = NSH_PROTO, .type = RTN_UNICAST };
	struct link *link = NULL;
	bool foreign = args->command->flags & COMMAND_FOREIGN;
	const struct route *old;
	char text[CIDR_TEXT];
	bool any;

	if (!ns || name_dest(session, dest, ns->name, &route.dest, &any, err) < 0 ||
	    read_more(args, &route, &any, err) < 0)
		return -1;
	if (link_arg) {
		link = name_link(ns, link_arg, err);
		if (!link)
			return -1;
		str_copy(route.link, IFNAMSIZ, link->name);
	}
	if (gw) {
		bool across = arg_has(args, "inet6"); /* IPv4 through an IPv6 gateway */
		uint8_t family = across ? AF_INET6 : any ? 0 : route.dest.ip.family;

		if (name_address(session, gw, ns->name, family, &route.gateway, err) < 0)
			return -1;
		/* The address may have been looked up elsewhere: ns as it is now. */
		ns = name_ns(session, args, "NS", WORLD_ADDRS | WORLD_ROUTES, err);
		if (!ns)
			return -1;
		if (any)
			route.dest = cidr_any(across ? AF_INET : route.gateway.family);
		if (!across && route.gateway.family != route.dest.ip.family)
			return error_set(err, STATUS_USAGE, gw->word,
					 "the gateway and the destination are of different "
					 "families");
		if (!(route.flags & RTNH_F_ONLINK) &&
		    check_gateway(ns, &route.gateway, link, gw, err) < 0)
			return -1;
	} else if (link) {
		if (!(link->flags & IFF_UP)) {
			error_set(err, STATUS_FAILED, link_arg->word, "%s:%s is down",
				  ns->name, link->name);
			return error_hint(err, "\"link %s:%s up\" first", ns->name, link->name);
		}
		route.scope = route.dest.ip.family == AF_INET ? RT_SCOPE_LINK : 0;
	}
	if (route.source.family && route.source.family != route.dest.ip.family)
		return error_set(err, STATUS_USAGE, arg_get(args, "SRC")->word,
				 "the source and the destination are of different families");
	old = find_route(ns, &route, foreign);
	if (old && arg_has(args, "replace")) {
		plan_route_del(plan, ns->name, old, dest->word);
	} else if (old && route.place == ROUTE_ALONE && (foreign || old->protocol != RTPROT_KERNEL ||
			   route.dest.ip.family == AF_INET)) {
		error_set(err, STATUS_FAILED, dest->word, "%s has a route to %s already%s%s",
			  ns->name, dest->text, old->gateway.family ? ", via " : "",
			  old->gateway.family ? ip_text(&old->gateway, text) : "");
		if (old->protocol == RTPROT_KERNEL)
			return error_hint(err, "its address on %s brought it along", old->link);
		return error_hint(err, "\"route del %s %s\" first", ns->name, dest->text);
	}
	plan_route_add(plan, ns->name, &route, gw ? gw->word : dest->word);
	if (any)
		return extend_nat(session, ns, &route, plan, dest->word, err);
	return 0;
}

int route_plan_del(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *dest_arg = arg_get(args, "DEST");
	struct ns *ns = name_ns(session, args, "NS", WORLD_ADDRS | WORLD_ROUTES, err);
	const struct arg *gw = arg_get(args, "GW"), *link_arg = arg_get(args, "LINK");
	struct route said = { 0 }, *route;
	bool any;

	if (!ns || name_dest(session, dest_arg, ns->name, &said.dest, &any, err) < 0 ||
	    read_more(args, &said, &any, err) < 0 ||
	    (gw && name_address(session, gw, ns->name, any ? 0 : said.dest.ip.family,
				&said.gateway, err) < 0))
		return -1;
	ns = name_ns(session, args, "NS", WORLD_ROUTES, err);
	if (!ns)
		return -1;
	if (link_arg) {
		const struct link *link = name_link(ns, link_arg, err);

		if (!link)
			return -1;
		str_copy(said.link, IFNAMSIZ, link->name);
	}
	/* Of another table only where that is said, as with ip(8). */
	if (!said.table)
		said.table = RT_TABLE_MAIN;
	route = find_said(ns, &said, any);
	if (!route) {
		error_set(err, STATUS_FAILED, dest_arg->word, "%s has no route to %s", ns->name,
			  dest_arg->text);
		said.table = 0;
		route = find_said(ns, &said, any);
		if (!route || arg_get(args, "TABLE"))
			return -1;
		return error_hint(err, "but for one in table %u: \"in %s ip route del %s table %u\"",
				  route->table, ns->name, dest_arg->text, route->table);
	}
	plan_route_del(plan, ns->name, route, dest_arg->word);
	return 0;
}

static int list(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = name_ns(session, args, "NS", WORLD_ROUTES, err);

	if (!ns)
		return -1;
	session_print(session, list_routes(ns, NULL, 0, false));
	return 0;
}

const struct command commands_route[] = {
	{
		.grammar = "route [NS]",
		.about = "routes: add, delete, list",
		.help = "list the routes of a namespace",
		.example = "route",
		.run = list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "route NS DEST via GW [dev LINK]",
		.help = "send what goes to a network through a gateway",
		.example = "route blue default via v-net-0",
		.setup = "ns add blue; bridge v-net-0 add addr 192.168.15.5/24; "
			 "bridge v-net-0 attach blue addr 192.168.15.2/24",
		.plan = route_plan_add,
	},
	{
		.grammar = "route NS DEST dev LINK",
		.help = "say that a network is directly behind an interface",
		.example = "route host 10.0.0.0/24 dev v-net-0",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24",
		.plan = route_plan_add,
	},
	{
		.grammar = "route del NS DEST",
		.help = "delete a route",
		.example = "route del host 10.0.0.0/24",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24; "
			 "route host 10.0.0.0/24 dev v-net-0",
		.plan = route_plan_del,
	},
	{ 0 },
};
