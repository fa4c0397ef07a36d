/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "base/cleanup.h"
#include "commands/foreign.h"
#include "commands/names.h"
#include "commands/route.h"
#include "kernel/rtnl.h"
#include "view/lists.h"

/* ip route: routes in ip's words. */

static int list(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_ROUTES, err);
	struct link *link;

	if (!ns || foreign_link(ns, args, &link, err) < 0)
		return -1;
	session_print(session, list_routes(ns, link ? link->name : NULL,
					   foreign_family(args), arg_has(args, "default")));
	in_nsh_words(session, "route", "route %s", ns->name);
	return 0;
}

/* How the kernel would send a packet. */
static int get(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_ROUTES, err);
	const struct arg *to = arg_get(args, "TO");
	struct nl_error answer = { 0 };
	struct ns shown;
	struct route route;
	struct nlsock *sock;
	struct ip ip;

	if (!ns ||
	    name_address(session, to, ns->name, foreign_family(args), &ip, err) < 0)
		return -1;
	ns = foreign_ns(session, args, WORLD_ROUTES, err);
	sock = ns ? kernel_rtnl(session->kernel, ns->name, err) : NULL;
	if (!sock)
		return -1;
	if (rtnl_route_get(sock, &ns->links, &ip, NULL, NULL, &route, &answer) < 0) {
		cleanup_free char *what =
			xasprintf("%s has no way to %s", ns->name, to->text);

		nl_error_set(err, &answer, what);
		err->word = to->word;
		return -1;
	}
	shown = *ns;
	shown.routes.v = &route;
	shown.routes.n = 1;
	session_print(session, list_routes(&shown, NULL, 0, false));
	in_nsh_words(session, "route get", "route %s", ns->name);
	return 0;
}

/* Whether the line says what nsh's own words for a route cannot. */
static bool says_more(const struct args *args)
{
	const char *table = arg_text(args, "TABLE");

	return arg_get(args, "SRC") || arg_get(args, "METRIC") || arg_has(args, "onlink") ||
	       arg_has(args, "append") || arg_has(args, "prepend") ||
	       (table && strcmp(table, "main") != 0);
}

static int add(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = foreign_ns(session, args, 0, err);
	const char *gw = arg_text(args, "GW"), *link = arg_text(args, "LINK");
	bool nowhere = arg_has(args, "blackhole") || arg_has(args, "unreachable") ||
		       arg_has(args, "prohibit");

	if (!ns)
		return -1;
	/* The kernel says so of one of IPv6 itself. */
	if (nowhere && !gw && link && strcmp(link, "lo") == 0 &&
	    (strchr(arg_text(args, "DEST"), ':') || foreign_family(args) == AF_INET6))
		link = NULL;
	if (nowhere && (gw || link))
		return error_set(
			err, STATUS_USAGE, arg_get(args, gw ? "GW" : "LINK")->word,
			"such a route leads nowhere: it has no gateway and no interface");
	if (!nowhere && !gw && !link) {
		error_set(err, STATUS_USAGE, (int)args->word_count,
			  "the route leads nowhere yet");
		return error_hint(
			err, "next comes via GW (a gateway) or dev LINK (an interface)");
	}
	if (!nowhere && !says_more(args))
		in_nsh_words(session, "route add", "route %s %s%s%s%s%s", ns->name,
			     arg_text(args, "DEST"), gw ? " via " : "", gw ? gw : "",
			     link ? " dev " : "", link ? link : "");
	return route_plan_add(session, args, plan, err);
}

static int del(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = foreign_ns(session, args, 0, err);

	if (!ns)
		return -1;
	if (!says_more(args))
		in_nsh_words(session, "route del", "route del %s %s", ns->name,
			     arg_text(args, "DEST"));
	return route_plan_del(session, args, plan, err);
}

const struct command commands_ip_route[] = {
	{
		.grammar = "ip [IPOPTS] route/r [(show/s|list/l|ls|lst) [default] [dev "
			   "LINK]]",
		.help = "list the routes",
		.example = "ip route",
		.run = list,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] route/r get/g TO",
		.help = "tell how a packet to an address would be sent",
		.example = "ip route get 127.0.0.1",
		.run = get,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] route/r (add/a|replace/r|append/ap|prepend/p) "
			   "[blackhole|unreachable|prohibit] "
			   "DEST [ROUTEOPT...]",
		.help = "send what goes to a network through a gateway or an interface",
		.example = "ip route add 192.168.1.0/24 via 192.168.15.9",
		.setup = "ip link add v-net-0 type bridge; ip link set v-net-0 up; "
			 "ip addr add 192.168.15.5/24 dev v-net-0",
		.plan = add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] route/r delete/d DEST [ROUTEOPT...]",
		.help = "delete a route",
		.example = "ip route del 192.168.1.0/24",
		.setup = "ip link add v-net-0 type bridge; ip link set v-net-0 up; "
			 "ip addr add 192.168.15.5/24 dev v-net-0; "
			 "ip route add 192.168.1.0/24 via 192.168.15.9",
		.plan = del,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
