/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/save_others.h"

#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
#include "plan/op.h"

void leave_out(struct strings *left_out, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = xvasprintf(format, ap);
	va_end(ap);
	strings_take(left_out, str_visible(text));
}

static struct nlsock *socket_of(struct world *world, const struct ns *ns)
{
	struct error ignored cleanup_error = ERROR_INIT;

	return world_kernel(world) ? kernel_rtnl(world_kernel(world), ns->name, &ignored)
				   : NULL;
}

/* --- settings --- */

static void read_usual(struct world *world, const char *dir,
		       const struct extra_conf *conf, int *usual)
{
	for (size_t i = 0; conf[i].key; i++) {
		struct error unknown cleanup_error = ERROR_INIT;
		cleanup_free char *key = xasprintf("%s/default/%s", dir, conf[i].key);
		const char *value = world_kernel(world) ?
					    world_sysctl(world, HOST, key, &unknown) :
					    NULL;

		usual[i] = value ? atoi(value) : conf[i].usual;
	}
}

void save_usual_of_host(struct world *world, struct extra_usual *usual)
{
	read_usual(world, "net/ipv4/conf", extra_conf4, usual->four);
	read_usual(world, "net/ipv6/conf", extra_conf6, usual->six);
}

static bool is_as_followed(struct world *world, const struct ns *ns,
			   const struct extra_setting *setting)
{
	struct error unknown cleanup_error = ERROR_INIT;
	const char *value;

	if (!setting->follows)
		return false;
	value = world_sysctl(world, ns->name, setting->follows, &unknown);
	return !value || atoll(value) == setting->value;
}

void save_link_settings(struct world *world, struct ns *ns, struct set *links,
			const struct extra_usual *usual, const struct extra_usual *born,
			bool neigh, struct plan *plan)
{
	struct nlsock *sock = socket_of(world, ns);
	extra_setting_list settings = { 0 };
	struct nl_error answer = { 0 };

	if (!sock || extra_settings(sock, &ns->links, usual, born, neigh, &settings, &answer) < 0)
		settings.n = 0;
	for (size_t i = 0; i < settings.n; i++) {
		const struct extra_setting *setting = &settings.v[i];
		cleanup_free char *key = NULL;
		cleanup_free char *value = NULL;

		if (!set_has(links, setting->link) ||
		    is_as_followed(world, ns, setting))
			continue;
		key = xasprintf("%s/%s/%s", setting->dir, setting->link, setting->key);
		value = xasprintf("%lld", setting->value);
		plan_sysctl(plan, ns->name, key, value, -1);
	}
	vector_free(&settings);
}

/* --- routes --- */

static const char *type_text(uint8_t type)
{
	switch (type) {
	case RTN_LOCAL:
		return "local ";
	case RTN_BROADCAST:
		return "broadcast ";
	case RTN_ANYCAST:
		return "anycast ";
	case RTN_MULTICAST:
		return "multicast ";
	}
	return "";
}

void save_local_routes(struct world *world, struct ns *ns, struct set *links,
		       struct plan *plan, struct strings *left_out)
{
	struct nlsock *sock = socket_of(world, ns);
	struct nl_error answer = { 0 };
	route_list routes = { 0 };
	char text[CIDR_TEXT];

	if (!sock || rtnl_local_routes(sock, &ns->links, &routes, &answer) < 0)
		routes.n = 0;
	for (size_t i = 0; i < routes.n; i++) {
		const struct route *route = &routes.v[i];

		if (route->link[0] && !set_has(links, route->link))
			continue;
		if (can_restore_route(route))
			restore_route(ns, route, plan);
		else
			leave_out(left_out, "%s: the route %s%s of table local", ns->name,
				  type_text(route->type), cidr_text(&route->dest, text));
	}
	vector_free(&routes);
}

/* --- what nsh has no words for --- */

static void tell_flags(const struct ns *ns, const struct link *link,
		       struct strings *left_out)
{
	/* Kinds that have neither ARP nor multicast unless they are given it. */
	bool quiet = strcmp(link->kind, "dummy") == 0 || strcmp(link->kind, "ifb") == 0;
	bool lo = link->flags & IFF_LOOPBACK;
	const struct {
		unsigned flag;
		bool usual;
		const char *on, *off;
	} flags[] = {
		{ IFF_PROMISC, false, "promisc on", "promisc off" },
		{ IFF_ALLMULTI, false, "allmulticast on", "allmulticast off" },
		{ IFF_MULTICAST, !quiet && !lo, "multicast on", "multicast off" },
		{ IFF_NOARP, quiet, "arp off", "arp on" },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		bool is = link->flags & flags[i].flag;

		if (is != flags[i].usual)
			leave_out(left_out, "%s:%s: %s (ip link)", ns->name, link->name,
				  is ? flags[i].on : flags[i].off);
	}
}

static void tell_qdiscs(struct nlsock *sock, const struct ns *ns,
			struct set *links, struct strings *left_out)
{
	extra_qdisc_list qdiscs = { 0 };
	struct nl_error answer = { 0 };

	if (extra_qdiscs(sock, &ns->links, &qdiscs, &answer) == 0)
		for (size_t i = 0; i < qdiscs.n; i++)
			if (set_has(links, qdiscs.v[i].link))
				leave_out(left_out, "%s:%s: qdisc %s (tc)", ns->name,
					  qdiscs.v[i].link, qdiscs.v[i].kind);
	vector_free(&qdiscs);
}

static void tell_proxies(struct nlsock *sock, const struct ns *ns,
			 struct set *links, struct strings *left_out)
{
	struct nl_error answer = { 0 };
	neigh_list proxies = { 0 };
	char ip[IP_TEXT];

	if (rtnl_proxies(sock, &ns->links, &proxies, &answer) == 0)
		for (size_t i = 0; i < proxies.n; i++)
			if (set_has(links, proxies.v[i].link))
				leave_out(left_out, "%s:%s: proxy neighbour %s", ns->name,
					  proxies.v[i].link,
					  ip_text(&proxies.v[i].ip, ip));
	vector_free(&proxies);
}

void tell_link_extras(struct world *world, struct ns *ns, struct set *links,
		      struct strings *left_out)
{
	struct nlsock *sock = socket_of(world, ns);
	char ip[IP_TEXT], cidr[CIDR_TEXT];

	for (size_t i = 0; i < ns->links.n; i++)
		if (set_has(links, ns->links.v[i].name))
			tell_flags(ns, &ns->links.v[i], left_out);
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (addr->odd_broadcast.family && set_has(links, addr->link))
			leave_out(left_out, "%s:%s: the broadcast address %s of %s",
				  ns->name, addr->link, ip_text(&addr->odd_broadcast, ip),
				  cidr_text(&addr->cidr, cidr));
	}
	if (!sock)
		return;
	tell_qdiscs(sock, ns, links, left_out);
	tell_proxies(sock, ns, links, left_out);
}

void tell_ns_extras(struct world *world, struct ns *ns, struct strings *left_out)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct strings tables cleanup_strings = { 0 };
	struct nlsock *sock = socket_of(world, ns);
	struct nl_error answer = { 0 };
	unsigned rules;

	if (!sock)
		return;
	if (rtnl_extra_rules(sock, &rules, &answer) == 0 && rules > 0)
		leave_out(left_out, "%s: %u %s of policy routing (ip rule)", ns->name,
			  rules, rules == 1 ? "rule" : "rules");
	sock = kernel_netfilter(world_kernel(world), ns->name, &ignored);
	if (sock && nft_other_tables(sock, &tables, &answer) == 0)
		for (size_t i = 0; i < tables.n; i++)
			leave_out(left_out, "%s: nf_tables: table %s", ns->name,
				  tables.v[i]);
}
