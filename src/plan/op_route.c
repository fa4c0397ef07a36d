/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/route_order.h"

struct op *plan_route_add(struct plan *plan, const char *ns, const struct route *route,
			  int word)
{
	struct op *op = plan_op(plan, OP_ROUTE_ADD, ns, word);

	op->route.route = *route;
	return op;
}

struct op *plan_route_del(struct plan *plan, const char *ns, const struct route *route,
			  int word)
{
	struct op *op = plan_op(plan, OP_ROUTE_DEL, ns, word);

	op->route.route = *route;
	return op;
}

static const char *dest_text(const struct route *route, char text[CIDR_TEXT])
{
	if (route->dest.prefix == 0)
		return "default";
	return cidr_text(&route->dest, text);
}

/* The interface number where the route names one, else 0. */
static int route_index(const struct op *op, struct nlsock *sock, int *index,
		       struct error *err)
{
	*index = 0;
	if (!op->route.route.link[0])
		return 0;
	return op_link_index(op, sock, op->route.route.link, index, err);
}

/* The rest of a line behind "route add" or "route del". */
static void explain_route(struct buf *text, const struct route *route)
{
	char dest[CIDR_TEXT], ip[IP_TEXT];

	if (route->type == RTN_BLACKHOLE)
		buf_add(text, "blackhole ");
	else if (route->type == RTN_UNREACHABLE)
		buf_add(text, "unreachable ");
	else if (route->type == RTN_PROHIBIT)
		buf_add(text, "prohibit ");
	buf_add(text, dest_text(route, dest));
	if (route->gateway.family)
		buf_addf(text, " via %s%s",
			 route->gateway.family != route->dest.ip.family ? "inet6 " : "",
			 ip_text(&route->gateway, ip));
	/* An IPv6 route to nowhere leads through lo, the kernel says. */
	if (route->link[0] && route->type == RTN_UNICAST)
		explain_word(text, " dev ", route->link);
	if (route->source.family)
		buf_addf(text, " src %s", ip_text(&route->source, ip));
	if (route->metric && !(route->dest.ip.family == AF_INET6 && route->metric == 1024))
		buf_addf(text, " metric %u", route->metric);
	if (route->table && route->table != RT_TABLE_MAIN)
		buf_addf(text, " table %u", route->table);
	if (route->protocol && route->protocol != RTPROT_BOOT)
		buf_addf(text, " proto %u", route->protocol);
	if (route->flags & RTNH_F_ONLINK)
		buf_add(text, " onlink");
	buf_addc(text, '\n');
}

static const char *const add_words[] = {
	[ROUTE_ALONE] = "add",
	[ROUTE_FIRST] = "prepend",
	[ROUTE_LAST] = "append",
};

/* "ip " or "ip -6 ", as a default route does not tell its family. */
static void explain_command(struct buf *text, const struct op *op, const char *what)
{
	explain_ip(text, op->ns);
	if (op->route.route.dest.ip.family == AF_INET6)
		buf_add(text, "-6 ");
	else if (op->route.route.gateway.family == AF_INET6)
		buf_add(text, "-4 "); /* the gateway must not tell it */
	buf_addf(text, "route %s ", what);
	explain_route(text, &op->route.route);
}

/* --- adding --- */

static int add_failed(const struct op *op, const struct nl_error *answer, struct error *err)
{
	const struct route *route = &op->route.route;
	char dest[CIDR_TEXT], gateway[IP_TEXT];

	dest_text(route, dest);
	switch (answer->number) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EINVAL:
		if (!route->gateway.family || op->lenient)
			break;
		error_set(err, STATUS_FAILED, op->word,
			  "%s cannot be a gateway for %s: %s does not reach it directly (%s)",
			  ip_text(&route->gateway, gateway), op->ns, op->ns,
			  nl_error_text(answer));
		return -1;
	case ENETDOWN:
		error_set(err, STATUS_FAILED, op->word, "%s:%s is down", op->ns, route->link);
		return error_hint(err, "\"link %s:%s up\" first", op->ns, route->link);
	case EEXIST:
		if (op->lenient)
			return 0;
		error_set(err, STATUS_FAILED, op->word, "%s has a route to %s already",
			  op->ns, route->dest.prefix ? dest : "default");
		return error_hint(err, "\"route del %s %s\" first", op->ns,
				  route->dest.prefix ? dest : "default");
	}
	return op_failed(op, answer, err, "cannot add the route of %s to %s", op->ns,
			 route->dest.prefix ? dest : "default");
}

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct nl_error answer = { 0 };
	int index;

	if (!sock || route_index(op, sock, &index, err) < 0)
		return -1;
	if (rtnl_route_add(sock, &op->route.route, index, &answer) < 0)
		return add_failed(op, &answer, err);
	return 0;
}

static bool same_route(const struct route *a, const struct route *b)
{
	uint32_t a_table = a->table ? a->table : RT_TABLE_MAIN;
	uint32_t b_table = b->table ? b->table : RT_TABLE_MAIN;

	return cidr_equal(&a->dest, &b->dest) && a_table == b_table &&
	       a->metric == b->metric &&
	       (!a->gateway.family || !b->gateway.family ||
		ip_equal(&a->gateway, &b->gateway)) &&
	       (!a->link[0] || !b->link[0] || strcmp(a->link, b->link) == 0);
}

/* The link on which the gateway is. */
static void find_link(const struct ns *ns, struct route *route)
{
	for (size_t i = 0; !route->link[0] && i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (cidr_contains(&network, &route->gateway))
			str_copy(route->link, IFNAMSIZ, ns->addrs.v[i].link);
	}
}

static struct route *place(struct ns *ns, const struct route *route)
{
	size_t at = ns->routes.n;

	for (size_t i = 0; i < ns->routes.n && route->place == ROUTE_FIRST; i++)
		if (cidr_equal(&ns->routes.v[i].dest, &route->dest))
			at = at < i ? at : i;
	vector_add(&ns->routes);
	memmove(&ns->routes.v[at + 1], &ns->routes.v[at],
		(ns->routes.n - 1 - at) * sizeof(*ns->routes.v));
	ns->routes.v[at] = *route;
	ns->routes.v[at].place = ROUTE_ALONE;
	return &ns->routes.v[at];
}

static void add_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	struct route *route;

	if (!ns)
		return;
	ns_link_used(ns, op->route.route.link);
	if (!ns_simulates(world, ns)) {
		world_stale(world, ns, WORLD_ROUTES);
		return;
	}
	route = place(ns, &op->route.route);
	if (!route->table)
		route->table = RT_TABLE_MAIN;
	if (route->gateway.family)
		find_link(ns, route);
	else
		route->scope = RT_SCOPE_LINK;
}

static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	(void)world;
	(void)err;
	plan_route_del(undo, op->ns, &op->route.route, op->word);
	return 0;
}

static void add_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_command(text, op, add_words[op->route.route.place]);
}

const struct op_class op_route_add = {
	.run = add_run,
	.apply = add_apply,
	.invert = add_invert,
	.explain = add_explain,
};

/* --- deleting --- */

static int del_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct nl_error answer = { 0 };
	char dest[CIDR_TEXT];
	int index;

	if (!sock || route_index(op, sock, &index, err) < 0)
		return -1;
	if (index == 0 && op->route.route.link[0])
		return 0; /* lenient: it went with its link */
	if (rtnl_route_del(sock, &op->route.route, index, &answer) == 0)
		return 0;
	return op_failed(op, &answer, err, "cannot delete the route of %s to %s", op->ns,
			 dest_text(&op->route.route, dest));
}

static void del_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);

	if (!ns)
		return;
	world_stale(world, ns, WORLD_ROUTES);
	for (size_t i = ns->routes.n; i-- > 0;)
		if (same_route(&ns->routes.v[i], &op->route.route))
			vector_remove(&ns->routes, i);
}

/* What is deleted is a copy of one that there is. */
static bool is_the_one(const struct route *route, const struct route *deleted)
{
	return same_route(route, deleted) && route->type == deleted->type &&
	       route->protocol == deleted->protocol;
}

static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, WORLD_ADDRS | WORLD_ROUTES, op->word, err);
	struct route restored;

	if (!ns)
		return -1;
	restored = op->route.route;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (is_the_one(&ns->routes.v[i], &restored)) {
			restored.place = route_place(ns, i);
			break;
		}
	restore_route(ns, &restored, undo);
	return 0;
}

static void del_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_command(text, op, "del");
}

const struct op_class op_route_del = {
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
};
