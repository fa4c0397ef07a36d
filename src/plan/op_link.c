/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/limits.h"
#include "kernel/link_number.h"
#include "plan/op_link.h"

/* What making, changing and deleting a link share; and deleting. */

int op_bridge_full(const struct op *op, const char *bridge, struct error *err)
{
	return error_set(err, STATUS_FAILED, op->word,
			 "%s is full: a bridge holds at most %d ports", bridge,
			 BRIDGE_PORTS_MAX);
}

struct link *op_fresh_link(const struct op *op, struct world *world, struct ns **ns,
			   const char *name, struct error *err)
{
	struct link *link;

	*ns = world_ns(world, op->ns, 0, op->word, err);
	if (!*ns)
		return NULL;
	world_stale(world, *ns, WORLD_LINKS | WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
	*ns = world_ns(world, op->ns, WORLD_ALL & ~WORLD_NFT, op->word, err);
	if (!*ns)
		return NULL;
	link = ns_link(*ns, name);
	if (!link)
		error_set(err, STATUS_FAILED, op->word, "there is no interface %s in %s", name,
			  op->ns);
	return link;
}

/* --- a link to delete; the other end of a cable goes with it --- */

struct op *plan_link_del(struct plan *plan, const char *ns, const char *name, int word)
{
	struct op *op = plan_op(plan, OP_LINK_DEL, ns, word);

	str_copy(op->link_del.name, IFNAMSIZ, name);
	return op;
}

struct op *plan_cable_del(struct plan *plan, const char *ns, const char *name,
			  const char *peer_ns, int word)
{
	struct op *op = plan_link_del(plan, ns, name, word);

	op->link_del.peer_ns = xstrdup(peer_ns);
	return op;
}

static int del_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	int index;

	/* A port of one that waits may lose its carrier by it. */
	if (kernel_switches_settle(kernel, err) < 0)
		return -1;
	sock = op_rtnl(op, kernel, err);
	if (!sock || op_link_index(op, sock, op->link_del.name, &index, err) < 0)
		return -1;
	if (index == 0) /* lenient, and gone */
		return 0;
	if (rtnl_link_del(sock, index, &answer) < 0)
		return op_failed(op, &answer, err, "cannot delete %s:%s", op->ns,
				 op->link_del.name);
	return 0;
}

static void del_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	const struct link *link = ns ? ns_link(ns, op->link_del.name) : NULL;

	if (link)
		switch_changed(world, ns, link->master_name);
	if (ns && (ns->loaded & WORLD_LINKS))
		world_remove_link(world, ns, op->link_del.name);
}

static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	struct ns *ns;
	struct link *link = op_fresh_link(op, world, &ns, op->link_del.name, err);

	return link ? restore_link(world, ns, link, undo, err) : -1;
}

static void del_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_ip(text, op->ns);
	explain_link(text, "link del ", "dev", op->link_del.name);
	buf_addc(text, '\n');
}

static void del_clear(struct op *op)
{
	free(op->link_del.peer_ns);
}

const struct op_class op_link_del = {
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
	.clear = del_clear,
};
