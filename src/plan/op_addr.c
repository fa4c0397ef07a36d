/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

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

static struct addr *find_addr(struct ns *ns, const char *link, const struct cidr *cidr)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (strcmp(ns->addrs.v[i].link, link) == 0 &&
		    cidr_equal(&ns->addrs.v[i].cidr, cidr))
			return &ns->addrs.v[i];
	return NULL;
}

void apply_connected(struct ns *ns, const struct addr *addr)
{
	struct route *route;

	if (addr->cidr.prefix == ip_bits(addr->cidr.ip.family))
		return;
	route = vector_add(&ns->routes);
	route->protocol = RTPROT_KERNEL;
	route->type = RTN_UNICAST;
	route->dest = cidr_network(&addr->cidr);
	route->table = RT_TABLE_MAIN;
	route->source = addr->cidr.ip;
	route->scope = RT_SCOPE_LINK;
	if (addr->cidr.ip.family == AF_INET6) {
		route->source.family = 0;
		route->scope = RT_SCOPE_UNIVERSE;
		route->metric = 256;
	}
	str_copy(route->link, IFNAMSIZ, addr->link);
}

/* --- adding --- */

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct nl_error answer = { 0 };
	char text[CIDR_TEXT];
	int index;

	if (!sock || op_link_index(op, sock, op->addr.link, &index, err) < 0)
		return -1;
	if ((op->addr.plain ? rtnl_addr_add_plain : rtnl_addr_add)(
		    sock, index, &op->addr.cidr, op->addr.proto, &answer) == 0)
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

static void add_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	const struct link *link;
	struct addr plain = { .cidr = op->addr.cidr }, *addr;

	if (!ns)
		return;
	link = ns_link(ns, op->addr.link);
	str_copy(plain.link, IFNAMSIZ, op->addr.link);
	if (ns->loaded & WORLD_ADDRS) {
		addr = vector_add(&ns->addrs);
		addr->cidr = op->addr.cidr;
		addr->proto = op->addr.proto;
		addr->broadcast = has_broadcast(op);
		if (op->addr.cidr.ip.family == AF_INET6 && !op->addr.plain)
			addr->flags = IFA_F_NODAD;
		addr->index = link ? link->index : 0;
		str_copy(addr->link, IFNAMSIZ, op->addr.link);
	}
	if (!ns_simulates(world, ns))
		world_stale(world, ns, WORLD_ROUTES);
	/* What is down has no route to its network yet. */
	else if (!ns->made || (link && (link->flags & IFF_UP)))
		apply_connected(ns, &plain);
}

static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	(void)world;
	(void)err;
	plan_addr_del(undo, op->ns, op->addr.link, &op->addr.cidr, op->word);
	return 0;
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
	buf_addc(text, '\n');
}

const struct op_class op_addr_add = {
	.name = "addr-add",
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

static void del_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	struct addr *addr;

	if (!ns)
		return;
	if (!world_simulates(world)) {
		/* A primary address takes its secondaries along: read again. */
		world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES);
		return;
	}
	addr = find_addr(ns, op->addr.link, &op->addr.cidr);
	if (addr)
		vector_remove(&ns->addrs, (size_t)(addr - ns->addrs.v));
	for (size_t i = ns->routes.n; i-- > 0;) {
		struct route *route = &ns->routes.v[i];
		struct cidr network = cidr_network(&op->addr.cidr);

		if (strcmp(route->link, op->addr.link) != 0)
			continue;
		if (ip_equal(&route->source, &op->addr.cidr.ip) ||
		    cidr_equal(&route->dest, &network) ||
		    cidr_contains(&network, &route->gateway))
			vector_remove(&ns->routes, i);
	}
}

static void drop_secondaries(const struct op *op, const struct ns *ns, struct plan *undo)
{
	struct cidr network = cidr_network(&op->addr.cidr);
	bool behind = false;

	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];
		struct cidr its = cidr_network(&addr->cidr);

		if (addr->cidr.ip.family != AF_INET || !cidr_equal(&its, &network) ||
		    strcmp(addr->link, op->addr.link) != 0)
			continue;
		if (cidr_equal(&addr->cidr, &op->addr.cidr))
			behind = true;
		else if (behind)
			plan_addr_del(undo, op->ns, addr->link, &addr->cidr, op->word);
	}
}

static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, 0, op->word, err);
	struct link *link;

	if (!ns)
		return -1;
	world_stale(world, ns, WORLD_ALL & ~WORLD_NFT);
	ns = world_ns(world, op->ns, WORLD_ALL & ~WORLD_NFT, op->word, err);
	if (!ns)
		return -1;
	link = ns_link(ns, op->addr.link);
	if (!link)
		return 0;
	/*
	 * With an address go the routes that rest on it and, in IPv4, other addresses of its
	 * network. All of the link's is put back; what is still there is no error then. Those
	 * behind it go first, where they are still there: the first to come is the primary one.
	 */
	drop_secondaries(op, ns, undo);
	if (restore_on_link(world, ns, link, undo, err) < 0)
		return -1;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (ip_equal(&ns->routes.v[i].source, &op->addr.cidr.ip) &&
		    strcmp(ns->routes.v[i].link, link->name) != 0 &&
		    !is_kernels_route(&ns->routes.v[i]))
			restore_route(ns, &ns->routes.v[i], undo);
	return 0;
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
	.name = "addr-del",
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
};
