/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/forwarding.h"
#include "commands/save_parts.h"

/* Saving: routes, neighbours and settings in nsh's words. */

/* --- routes and neighbours --- */

/* A name that stands for the gateway's address, where there is just one and it is that.
 */
static const char *gateway_name(struct writer *w, const struct ip *gateway)
{
	struct ns *host = save_model_ns(w, HOST);
	const char *name = NULL;

	for (size_t i = 0; i < host->addrs.n; i++)
		if (ip_equal(&host->addrs.v[i].cidr.ip, gateway))
			name = host->addrs.v[i].link;
	if (!name || gateway->family != AF_INET || world_has_ns(w->model.world, name))
		return NULL;
	for (size_t i = 0; i < host->addrs.n; i++)
		if (strcmp(host->addrs.v[i].link, name) == 0 &&
		    host->addrs.v[i].cidr.ip.family == AF_INET &&
		    !ip_equal(&host->addrs.v[i].cidr.ip, gateway))
			return NULL;
	return name;
}

/* Whether the kernel finds the interface from the gateway alone. */
static bool finds_link(const struct ns *ns, const struct route *route)
{
	const char *found = NULL;

	if (!route->gateway.family || ip_is_link_local(&route->gateway))
		return false;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (!cidr_contains(&network, &route->gateway))
			continue;
		if (found && strcmp(found, ns->addrs.v[i].link) != 0)
			return false;
		found = ns->addrs.v[i].link;
	}
	return found && strcmp(found, route->link) == 0;
}

/* Whether "route" in nsh's own words does it: not for the rarer kinds, nor where another
 * route to the same place is there. */
static bool own_route(const struct ns *ns, const struct route *route)
{
	bool six = route->dest.ip.family == AF_INET6;
	uint8_t scope = six || route->gateway.family ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;

	if (route->type != RTN_UNICAST || route->metric != (six ? 1024 : 0) ||
	    (route->table && route->table != RT_TABLE_MAIN) || route->source.family ||
	    (route->flags & RTNH_F_ONLINK) || route->scope != scope ||
	    route->place != ROUTE_ALONE)
		return false;
	if (route->gateway.family && route->gateway.family != route->dest.ip.family)
		return false;
	if (!route->gateway.family && route->dest.prefix == 0)
		return false;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (cidr_equal(&ns->routes.v[i].dest, &route->dest))
			return false;
	return !route->gateway.family || ip_is_link_local(&route->gateway) ||
	       ns_is_near(ns, route->link, &route->gateway);
}

static const char *dest_text(const struct route *route, char text[CIDR_TEXT])
{
	return route->dest.prefix ? cidr_text(&route->dest, text) : "default";
}

static void route_in_ip(struct writer *w, const struct op *op)
{
	const struct route *route = &op->route.route;
	bool six = route->dest.ip.family == AF_INET6;
	char dest[CIDR_TEXT], ip[IP_TEXT];

	buf_add(w->text, "ip ");
	if (six)
		buf_add(w->text, "-6 ");
	if (strcmp(op->ns, HOST) != 0) {
		buf_add(w->text, "-n ");
		save_word(w->text, op->ns);
		buf_addc(w->text, ' ');
	}
	buf_addf(w->text, "route %s %s%s",
		 route->place == ROUTE_FIRST  ? "prepend"
		 : route->place == ROUTE_LAST ? "append"
					      : "add",
		 route->type == RTN_BLACKHOLE     ? "blackhole "
		 : route->type == RTN_UNREACHABLE ? "unreachable "
		 : route->type == RTN_PROHIBIT    ? "prohibit "
						  : "",
		 dest_text(route, dest));
	if (route->gateway.family)
		buf_addf(w->text, " via %s%s",
			 route->gateway.family != route->dest.ip.family ? "inet6 " : "",
			 ip_text(&route->gateway, ip));
	/* An IPv6 route to nowhere leads through lo, the kernel says. */
	if (route->link[0] && route->type == RTN_UNICAST) {
		buf_add(w->text, " dev ");
		save_word(w->text, route->link);
	}
	if (route->source.family)
		buf_addf(w->text, " src %s", ip_text(&route->source, ip));
	if (route->metric && !(six && route->metric == 1024))
		buf_addf(w->text, " metric %u", route->metric);
	if (route->table && route->table != RT_TABLE_MAIN)
		buf_addf(w->text, " table %u", route->table);
	if (route->flags & RTNH_F_ONLINK)
		buf_add(w->text, " onlink");
	buf_addc(w->text, '\n');
}

/* The route to an address's own network, which the kernel makes and somebody has taken away. */
void save_no_route_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	char dest[CIDR_TEXT];

	save_section(w, "addresses");
	buf_add(w->text, "ip ");
	if (op->route.route.dest.ip.family == AF_INET6)
		buf_add(w->text, "-6 ");
	if (strcmp(op->ns, HOST) != 0) {
		buf_add(w->text, "-n ");
		save_word(w->text, op->ns);
		buf_addc(w->text, ' ');
	}
	buf_addf(w->text, "route del %s dev ", dest_text(&op->route.route, dest));
	save_word(w->text, op->route.route.link);
	buf_addc(w->text, '\n');
	save_say(w, at);
}

void save_route_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	const struct route *route = &op->route.route;
	struct ns *ns = save_model_ns(w, op->ns);
	char dest[CIDR_TEXT], ip[IP_TEXT];
	const char *name;

	save_section(w, "routes");
	if (!ns || !own_route(ns, route)) {
		route_in_ip(w, op);
		save_say(w, at);
		return;
	}
	buf_add(w->text, "route ");
	save_word(w->text, op->ns);
	buf_addf(w->text, " %s", dest_text(route, dest));
	if (route->gateway.family) {
		name = strcmp(op->ns, HOST) != 0 ? gateway_name(w, &route->gateway)
						 : NULL;
		buf_add(w->text, " via ");
		save_word(w->text, name ? name : ip_text(&route->gateway, ip));
	}
	if (!finds_link(ns, route)) {
		buf_add(w->text, " dev ");
		save_word(w->text, route->link);
	}
	buf_addc(w->text, '\n');
	save_say(w, at);
}

void save_neigh_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	char ip[IP_TEXT], mac[MAC_TEXT];

	save_section(w, "neighbours");
	buf_add(w->text, "arp ");
	save_word(w->text, op->ns);
	buf_addf(w->text, " add %s %s dev ", ip_text(&op->neigh.neigh.ip, ip),
		 mac_text(op->neigh.neigh.mac, mac));
	save_word(w->text, op->neigh.neigh.link);
	buf_addc(w->text, '\n');
	save_say(w, at);
}

/* --- settings --- */

/* The operation, not yet said, that sets KEY of a namespace; -1: none. */
static long setting(struct writer *w, const char *ns, const char *key)
{
	for (size_t i = 0; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];

		if (op->kind == OP_SYSCTL && !w->said[i] && strcmp(op->ns, ns) == 0 &&
		    strcmp(op->sysctl.key, key) == 0 &&
		    strcmp(op->sysctl.value, "1") == 0)
			return (long)i;
	}
	return -1;
}

/* What the line does to the model: on a machine a rule comes with forwarding. */
static void forward(struct writer *w, const char *ns_name, const char *key)
{
	struct error none cleanup_error = ERROR_INIT;
	struct plan plan cleanup_plan = PLAN_INIT;
	struct ns *ns = save_model_ns(w, ns_name);
	bool said = true;

	if (ns && plan_forward_key(&w->model, ns, key, &plan, -1, &said, &none) == 0)
		plan_apply(&plan, w->model.world);
}

void save_setting_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	bool forwards = strcmp(op->sysctl.key, FORWARD4) == 0 ||
			strcmp(op->sysctl.key, FORWARD6) == 0;
	long four = forwards ? setting(w, op->ns, FORWARD4) : -1;
	long six = forwards ? setting(w, op->ns, FORWARD6) : -1;

	save_section(w, four >= 0 || six >= 0 ? "forwarding" : "settings");
	if (four >= 0 && six >= 0) {
		buf_add(w->text, "forwarding ");
		save_word(w->text, op->ns);
		buf_add(w->text, " on\n");
		forward(w, op->ns, FORWARD4);
		forward(w, op->ns, FORWARD6);
		w->said[four] = w->said[six] = true;
		return;
	}
	if (strcmp(op->ns, HOST) != 0) {
		buf_add(w->text, "in ");
		save_word(w->text, op->ns);
		buf_addc(w->text, ' ');
	}
	buf_add(w->text, "sysctl -w ");
	/* Dots divide here: one in an interface's name is a slash, as in sysctl(8). */
	for (const char *c = op->sysctl.key; *c; c++)
		buf_addc(w->text, *c == '/' ? '.' : *c == '.' ? '/' : *c);
	buf_addf(w->text, "=%s\n", op->sysctl.value);
	if (four == (long)at || six == (long)at) {
		forward(w, op->ns, op->sysctl.key);
		w->said[at] = true;
	} else {
		save_say(w, at);
	}
}
