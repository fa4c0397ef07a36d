/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "plan/addr_order.h"
#include "plan/route_order.h"

static struct op *new_addr(struct plan *plan, enum op_kind kind, const char *ns,
			   const char *link, const struct cidr *cidr, int word)
{
	struct op *op = plan_op(plan, kind, ns, word);

	str_copy(op->addr.link, IFNAMSIZ, link);
	op->addr.cidr = *cidr;
	op->addr.proto = NSH_PROTO;
	return op;
}

struct op *plan_addr_add(struct plan *plan, const char *ns, const char *link,
			 const struct cidr *cidr, int word)
{
	return new_addr(plan, OP_ADDR_ADD, ns, link, cidr, word);
}

struct op *plan_addr_del(struct plan *plan, const char *ns, const char *link,
			 const struct cidr *cidr, int word)
{
	return new_addr(plan, OP_ADDR_DEL, ns, link, cidr, word);
}

/* The route that the kernel makes with an address; false where it makes none. */
static bool connected_route(const struct ns *ns, const struct addr *addr, struct route *route)
{
	const struct link *link = ns_link(ns, addr->link);
	bool six = addr->cidr.ip.family == AF_INET6;

	/* Of a secondary one it is there; an IPv4 network on lo is in the table "local". */
	if (!six && (addr->cidr.prefix == 32 || (addr->flags & IFA_F_SECONDARY) ||
		     (link && (link->flags & IFF_LOOPBACK))))
		return false;
	*route = (struct route){
		.protocol = RTPROT_KERNEL,
		.type = RTN_UNICAST,
		.dest = cidr_network(&addr->cidr),
		.table = RT_TABLE_MAIN,
		.scope = six ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
		.metric = six ? 256 : 0,
	};
	if (!six)
		route->source = addr->cidr.ip;
	str_copy(route->link, IFNAMSIZ, addr->link);
	return true;
}

static struct route *find_connected(const struct ns *ns, const struct route *route)
{
	for (size_t i = 0; i < ns->routes.n; i++) {
		struct route *other = &ns->routes.v[i];

		if (other->protocol == RTPROT_KERNEL && other->table == route->table &&
		    other->metric == route->metric && cidr_equal(&other->dest, &route->dest) &&
		    strcmp(other->link, route->link) == 0)
			return other;
	}
	return NULL;
}

/* Whether the kernel's route is there, in whatever table: a VRF has its own. */
static bool has_connected(const struct ns *ns, const struct route *route)
{
	for (size_t i = 0; i < ns->routes.n; i++)
		if (ns->routes.v[i].protocol == RTPROT_KERNEL &&
		    cidr_equal(&ns->routes.v[i].dest, &route->dest) &&
		    strcmp(ns->routes.v[i].link, route->link) == 0)
			return true;
	return false;
}

void restore_addr(const struct ns *ns, const struct addr *addr, struct plan *plan)
{
	struct op *op = plan_addr_add(plan, ns->name, addr->link, &addr->cidr, -1);
	const struct link *link = ns_link(ns, addr->link);
	struct route route;

	op->addr.proto = addr->proto;
	str_copy(op->addr.label, IFNAMSIZ, addr->label);
	op->addr.plain = addr->cidr.ip.family == AF_INET ? !addr->broadcast :
							   !(addr->flags & IFA_F_NODAD);
	/* Somebody had taken away the route that the kernel makes with it. */
	if (link && (link->flags & IFF_UP) && connected_route(ns, addr, &route) &&
	    !has_connected(ns, &route))
		plan_route_del(plan, ns->name, &route, -1);
}

void apply_connected(struct ns *ns, const struct addr *addr)
{
	struct route route;

	if (connected_route(ns, addr, &route) && !find_connected(ns, &route))
		*vector_add(&ns->routes) = route;
}

/* --- adding --- */

/*
 * A switch that is set up later can have its IPv4 addresses before. A probe of whether somebody else has an
 * IPv6 address is to find who has it.
 */
static struct nlsock *rtnl_for(const struct op *op, struct kernel *kernel, struct error *err)
{
	if (op->addr.cidr.ip.family == AF_INET6) {
		if (op->addr.plain && kernel_switches_up(kernel, err) < 0)
			return NULL;
	} else if (kernel_switch_waits(kernel, op->ns, op->addr.link)) {
		return op_rtnl_early(op, kernel, err);
	}
	return op_rtnl(op, kernel, err);
}

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = rtnl_for(op, kernel, err);
	struct nl_error answer = { 0 };
	char text[CIDR_TEXT];
	int index;

	if (!sock || op_link_index(op, sock, op->addr.link, &index, err) < 0)
		return -1;
	if (rtnl_addr_add_as(sock, index, &op->addr.cidr, op->addr.proto, op->addr.plain,
			     op->addr.label, &answer) == 0)
		return 0;
	return op_failed(op, &answer, err, "cannot give %s to %s:%s",
			 cidr_text(&op->addr.cidr, text), op->ns, op->addr.link);
}

static bool has_broadcast(const struct op *op)
{
	const struct cidr *cidr = &op->addr.cidr;

	return !op->addr.plain && cidr->ip.family == AF_INET && cidr->prefix < 31 &&
	       !ip_is_loopback(&cidr->ip);
}

uint8_t addr_scope(const struct ip *ip)
{
	if (ip_is_loopback(ip))
		return RT_SCOPE_HOST;
	return ip->family == AF_INET6 && ip_is_link_local(ip) ? RT_SCOPE_LINK :
								RT_SCOPE_UNIVERSE;
}

static void add_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	struct addr addr = {
		.cidr = op->addr.cidr,
		.proto = op->addr.proto,
		.scope = addr_scope(&op->addr.cidr.ip),
		.broadcast = has_broadcast(op),
	};
	const struct link *link;

	if (!ns)
		return;
	link = ns_link(ns, op->addr.link);
	str_copy(addr.link, IFNAMSIZ, op->addr.link);
	str_copy(addr.label, IFNAMSIZ, op->addr.label);
	addr.index = link ? link->index : 0;
	if (op->addr.cidr.ip.family == AF_INET6 && !op->addr.plain)
		addr.flags = IFA_F_NODAD;
	if (ns->loaded & WORLD_ADDRS)
		addr = *addr_place(ns, &addr);
	if (!ns_simulates(world, ns))
		world_stale(world, ns, WORLD_ROUTES);
	/* What is down has no route to its network yet. */
	else if (!ns->made || (link && (link->flags & IFF_UP)))
		apply_connected(ns, &addr);
}

/* In a world that does not simulate. Where that cannot be told: they are looked for. */
static bool has_routes(const struct op *op, struct world *world, const struct link *link)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nlsock *sock = op_rtnl(op, world_kernel(world), &ignored);
	struct nl_error answer = { 0 };
	size_t routes;

	return !sock || rtnl_link_routes(sock, link->index, AF_INET, &routes, &answer) < 0 ||
	       routes > 0;
}

/* Those for good. */
static int restore_ipv4_neighs(const struct op *op, struct world *world, const char *link,
			       struct plan *undo, struct error *err)
{
	const struct ns *ns = world_ns(world, op->ns, WORLD_NEIGHS, op->word, err);

	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->neighs.n; i++)
		if (strcmp(ns->neighs.v[i].link, link) == 0 &&
		    ns->neighs.v[i].ip.family == AF_INET &&
		    (ns->neighs.v[i].state & NUD_PERMANENT))
			plan_neigh_add(undo, op->ns, &ns->neighs.v[i], op->word);
	return 0;
}

/*
 * IPv4 routes and neighbours can be on a link without an IPv4 address, but none survives the last
 * one (fib_disable_ip() of net/ipv4/fib_frontend.c). That of an own new link is not looked for: a lab of thousands of addresses would read its routes each time.
 */
static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	const struct link *link;
	struct ns *ns;

	plan_addr_del(undo, op->ns, op->addr.link, &op->addr.cidr, op->word);
	if (op->addr.cidr.ip.family != AF_INET)
		return 0;
	ns = world_ns(world, op->ns, WORLD_LINKS, op->word, err);
	link = ns ? ns_link(ns, op->addr.link) : NULL;
	if (!link || link->bare)
		return ns ? 0 : -1;
	ns = world_ns(world, op->ns, WORLD_ADDRS, op->word, err);
	for (size_t i = 0; ns && i < ns->addrs.n; i++)
		if (strcmp(ns->addrs.v[i].link, link->name) == 0 &&
		    ns->addrs.v[i].cidr.ip.family == AF_INET)
			return 0;
	if (!ns)
		return -1;
	if (ns_simulates(world, ns) || has_routes(op, world, link)) {
		if (!ns_simulates(world, ns))
			world_stale(world, ns, WORLD_ROUTES);
		ns = world_ns(world, op->ns, WORLD_ROUTES, op->word, err);
		if (!ns)
			return -1;
		restore_routes(ns, link->name, AF_INET, undo);
	}
	return restore_ipv4_neighs(op, world, link->name, undo, err);
}

/* Without the mark of nsh's own: ip(8) knows "proto" for addresses from 6.3 on only. */
static void add_explain(const struct op *op, struct world *world, struct buf *text)
{
	char cidr[CIDR_TEXT];

	(void)world;
	explain_ip(text, op->ns);
	buf_addf(text, "addr add %s", cidr_text(&op->addr.cidr, cidr));
	explain_word(text, " dev ", op->addr.link);
	if (op->addr.cidr.ip.family == AF_INET6 && !op->addr.plain)
		buf_add(text, " nodad");
	else if (has_broadcast(op))
		buf_add(text, " brd +");
	if (op->addr.label[0])
		explain_word(text, " label ", op->addr.label);
	buf_addc(text, '\n');
}

const struct op_class op_addr_add = {
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
	char text[CIDR_TEXT];
	int index;

	if (!sock || op_link_index(op, sock, op->addr.link, &index, err) < 0)
		return -1;
	if (index == 0 || rtnl_addr_del(sock, index, &op->addr.cidr, &answer) == 0)
		return 0;
	return op_failed(op, &answer, err, "cannot take %s from %s:%s",
			 cidr_text(&op->addr.cidr, text), op->ns, op->addr.link);
}

/* Whether the first of the secondary addresses becomes primary when their primary one goes. */
static bool promotes(struct world *world, const char *ns, const char *link)
{
	const char *const where[] = { "all", link };
	bool yes = false;

	for (size_t i = 0; i < 2; i++) {
		struct error ignored cleanup_error = ERROR_INIT;
		cleanup_free char *key =
			xasprintf("net/ipv4/conf/%s/promote_secondaries", where[i]);
		const char *value = world_sysctl(world, ns, key, &ignored);

		yes |= value && strcmp(value, "0") != 0;
	}
	return yes;
}

/* The routes that go with an address that has gone. */
static void drop_routes_of(struct ns *ns, const struct addr *gone)
{
	uint8_t family = gone->cidr.ip.family;
	bool six = family == AF_INET6, still = false, any = false;
	struct route route, *connected = NULL;

	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];
		bool here = strcmp(addr->link, gone->link) == 0;
		struct cidr network = cidr_network(&addr->cidr);

		still |= ip_equal(&addr->cidr.ip, &gone->cidr.ip);
		any |= here && addr->cidr.ip.family == family;
		if (six && here && cidr_contains(&network, &gone->cidr.ip) &&
		    addr->cidr.prefix == gone->cidr.prefix)
			return;
	}
	if (connected_route(ns, gone, &route))
		connected = find_connected(ns, &route);
	if (connected)
		vector_remove(&ns->routes, (size_t)(connected - ns->routes.v));
	/* IPv4 ends on a link with its last address; IPv6 does not, and forgets the source only. */
	for (size_t i = ns->routes.n; i-- > 0;) {
		bool on = strcmp(ns->routes.v[i].link, gone->link) == 0 &&
			  ns->routes.v[i].dest.ip.family == family;
		bool from = !still && ip_equal(&ns->routes.v[i].source, &gone->cidr.ip);

		if (six && from)
			ns->routes.v[i].source.family = 0;
		else if (!six && (from || (on && !any)))
			vector_remove(&ns->routes, i);
	}
}

static void simulate_del(const struct op *op, struct world *world, struct ns *ns)
{
	struct addr *addr = ns_addr(ns, op->addr.link, &op->addr.cidr), gone;

	if (!addr)
		return;
	gone = *addr;
	vector_remove(&ns->addrs, (size_t)(addr - ns->addrs.v));
	if (gone.cidr.ip.family != AF_INET || (gone.flags & IFA_F_SECONDARY)) {
		drop_routes_of(ns, &gone);
		return;
	}
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct addr second = ns->addrs.v[i];

		if (!addr_shares_network(&second, &gone))
			continue;
		vector_remove(&ns->addrs, i--);
		if (promotes(world, op->ns, op->addr.link)) {
			second.flags &= ~(unsigned)IFA_F_SECONDARY;
			drop_routes_of(ns, &gone);
			apply_connected(ns, addr_place(ns, &second));
			return;
		}
		drop_routes_of(ns, &second);
	}
	drop_routes_of(ns, &gone);
}

static void del_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);

	if (!ns)
		return;
	if (world_simulates(world))
		simulate_del(op, world, ns);
	else /* a primary address takes its secondaries along: read again */
		world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES);
}

/*
 * What has to go, where it is still there, before the address and those behind it are added
 * again, the last first: a secondary one before its primary.
 */
static void drop_moving(const struct ns *ns, const struct link *link, const bool *moves,
			struct plan *undo)
{
	for (size_t i = ns->addrs.n; i-- > 0;)
		if (moves[i] && !is_kernels_addr(&ns->addrs.v[i], link))
			plan_addr_del(undo, ns->name, link->name, &ns->addrs.v[i].cidr, -1);
}

/* Whether the route has the source address of one that goes and comes again. */
static bool rests_on(const struct ns *ns, const bool *moves, const struct route *route)
{
	for (size_t i = 0; i < ns->addrs.n && route->source.family; i++)
		if (moves[i] &&
		    ip_equal(&ns->addrs.v[i].cidr.ip, &route->source))
			return true;
	return false;
}

static void restore_placed(const struct ns *ns, size_t at, struct plan *undo)
{
	struct route route = ns->routes.v[at];

	route.place = route_place(ns, at);
	restore_route(ns, &route, undo);
}

int restore_from_addr(struct world *world, struct ns *ns, const struct link *link, size_t at,
		      bool behind, struct plan *undo, struct error *err)
{
	cleanup_free bool *moves = xcalloc(ns->addrs.n, sizeof(*moves));

	addr_moving(ns, at, moves);
	for (size_t i = at + 1; behind && i < ns->addrs.n; i++)
		moves[i] |= strcmp(ns->addrs.v[i].link, link->name) == 0 &&
			    ns->addrs.v[i].cidr.ip.family == ns->addrs.v[at].cidr.ip.family;
	drop_moving(ns, link, moves, undo);
	/* Of an IPv6 route the kernel has only forgotten the source. */
	for (size_t i = 0; i < ns->routes.n; i++)
		if (ns->routes.v[i].source.family == AF_INET6 &&
		    rests_on(ns, moves, &ns->routes.v[i]))
			plan_route_del(undo, ns->name, &ns->routes.v[i], -1);
	if (is_kernels_addr(&ns->addrs.v[at], link)) /* not restored unasked */
		restore_addr(ns, &ns->addrs.v[at], undo);
	if (restore_on_link(world, ns, link, undo, err) < 0)
		return -1;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (rests_on(ns, moves, &ns->routes.v[i]) &&
		    strcmp(ns->routes.v[i].link, link->name) != 0 &&
		    !is_kernels_route(&ns->routes.v[i]) && can_restore_route(&ns->routes.v[i]))
			restore_placed(ns, i, undo);
	return 0;
}

static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, 0, op->word, err);
	struct link *link;
	struct addr *addr;

	if (!ns)
		return -1;
	world_stale(world, ns, WORLD_ALL & ~WORLD_NFT);
	ns = world_ns(world, op->ns, WORLD_ALL & ~WORLD_NFT, op->word, err);
	if (!ns)
		return -1;
	link = ns_link(ns, op->addr.link);
	addr = link ? ns_addr(ns, link->name, &op->addr.cidr) : NULL;
	if (!addr)
		return 0;
	return restore_from_addr(world, ns, link, (size_t)(addr - ns->addrs.v), false, undo,
				 err);
}

static void del_explain(const struct op *op, struct world *world, struct buf *text)
{
	char cidr[CIDR_TEXT];

	(void)world;
	explain_ip(text, op->ns);
	buf_addf(text, "addr del %s", cidr_text(&op->addr.cidr, cidr));
	explain_word(text, " dev ", op->addr.link);
	buf_addc(text, '\n');
}

const struct op_class op_addr_del = {
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
};
