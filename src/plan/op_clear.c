/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"

/* All of a kind at once: what "reset" does in few steps, however large the lab. */

/* --- all links of nsh's in a namespace; the other ends of its cables go with them --- */

struct op *plan_link_clear(struct plan *plan, const char *ns, int word)
{
	return plan_op(plan, OP_LINK_CLEAR, ns, word);
}

static int links_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct nl_error answer = { 0 };

	if (!sock)
		return -1;
	if (rtnl_link_del_group(sock, NSH_GROUP, &answer) < 0)
		return op_failed(op, &answer, err, "cannot delete the links in %s",
				 op->ns);
	return 0;
}

static const struct link *first_marked(const struct ns *ns)
{
	for (size_t i = 0; i < ns->links.n; i++)
		if (ns->links.v[i].group == NSH_GROUP)
			return &ns->links.v[i];
	return NULL;
}

static void links_apply(const struct op *op, struct world *world)
{
	const struct link *link;
	struct ns *ns;

	if (!world_simulates(world)) {
		world_forget(world); /* the other ends may be anywhere */
		return;
	}
	ns = op_ns(world, op->ns, WORLD_ALL);
	while (ns && (link = first_marked(ns))) {
		char name[IFNAMSIZ];

		str_copy(name, sizeof(name), link->name);
		world_remove_link(world, ns, name);
	}
}

/* Ports of nsh's bridges that somebody else has made: they stay, without their bridge. */
static int restore_foreign_ports(struct world *world, const struct ns *ns, struct plan *undo,
				 struct error *err)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *port = &ns->links.v[i];
		const struct link *bridge =
			port->master ? ns_link_by_index(ns, port->master) : NULL;
		struct op *op;

		if (!bridge || bridge->group != NSH_GROUP || port->group == NSH_GROUP)
			continue;
		op = plan_link_set(undo, ns->name, port->name, -1);
		op->link_set.set = LINK_CHANGE_MASTER;
		str_copy(op->link_set.master, IFNAMSIZ, bridge->name);
		if (restore_switch_neighs(world, ns->name, bridge->name, undo, err) < 0)
			return -1;
	}
	return 0;
}

static int links_invert(const struct op *op, struct world *world, struct plan *undo,
			struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, 0, op->word, err);

	if (!ns)
		return -1;
	world_stale(world, ns, WORLD_ALL & ~WORLD_NFT);
	ns = world_ns(world, op->ns, WORLD_ALL & ~WORLD_NFT, op->word, err);
	if (!ns)
		return -1;
	/* Bridges before what is attached to them. */
	for (int bridges = 1; bridges >= 0; bridges--) {
		for (size_t i = 0; i < ns->links.n; i++) {
			const struct link *link = &ns->links.v[i];

			if (link->group == NSH_GROUP &&
			    (strcmp(link->kind, "bridge") == 0) == bridges &&
			    restore_link_alone(world, ns, link, undo, err) < 0)
				return -1;
		}
	}
	return restore_foreign_ports(world, ns, undo, err);
}

static void links_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_ip(text, op->ns);
	buf_addf(text, "link del group %u\n", NSH_GROUP);
}

const struct op_class op_link_clear = {
	.run = links_run,
	.apply = links_apply,
	.invert = links_invert,
	.explain = links_explain,
};

/* --- the table of nsh's --- */

struct op *plan_nft_clear(struct plan *plan, const char *ns, int word)
{
	return plan_op(plan, OP_NFT_CLEAR, ns, word);
}

static int table_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = kernel_netfilter(kernel, op->ns, err);
	const struct nft_change change = { .drop_table = true };
	struct nl_error answer = { 0 };

	if (!sock) {
		err->word = op->word;
		return -1;
	}
	if (nft_change(sock, &change, &answer) < 0)
		return op_failed(op, &answer, err, "cannot delete table inet %s of %s",
				 NFT_TABLE, op->ns);
	return 0;
}

static void table_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);

	if (!ns)
		return;
	if (world_simulates(world))
		nft_table_free(&ns->nft);
	else
		world_stale(world, ns, WORLD_NFT);
}

static int table_invert(const struct op *op, struct world *world, struct plan *undo,
			struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, WORLD_NFT, op->word, err);

	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->nft.rules.n; i++)
		if (!ns->nft.rules.v[i].foreign)
			plan_nft_add(undo, op->ns, &ns->nft.rules.v[i], op->word);
	return 0;
}

static void table_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_in(text, op->ns);
	buf_addf(text, "nft delete table inet %s\n", NFT_TABLE);
}

const struct op_class op_nft_clear = {
	.run = table_run,
	.apply = table_apply,
	.invert = table_invert,
	.explain = table_explain,
};
