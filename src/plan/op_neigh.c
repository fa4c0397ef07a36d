/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <linux/neighbour.h>
#include <stdlib.h>
#include <string.h>

struct op *plan_neigh_add(struct plan *plan, const char *ns, const struct neigh *neigh,
			  int word)
{
	struct op *op = plan_op(plan, OP_NEIGH_ADD, ns, word);

	op->neigh.neigh = *neigh;
	return op;
}

struct op *plan_neigh_del(struct plan *plan, const char *ns, const struct neigh *neigh,
			  int word)
{
	struct op *op = plan_op(plan, OP_NEIGH_DEL, ns, word);

	op->neigh.neigh = *neigh;
	return op;
}

static struct neigh *find_neigh(struct ns *ns, const struct neigh *like)
{
	for (size_t i = 0; i < ns->neighs.n; i++)
		if (strcmp(ns->neighs.v[i].link, like->link) == 0 &&
		    ip_equal(&ns->neighs.v[i].ip, &like->ip))
			return &ns->neighs.v[i];
	return NULL;
}

static void forget(const struct op *op, struct ns *ns)
{
	struct neigh *neigh = find_neigh(ns, &op->neigh.neigh);

	if (neigh)
		vector_remove(&ns->neighs, (size_t)(neigh - ns->neighs.v));
}

/* What puts the entry back that is there now, if it is one that stays by itself. */
static int restore_entry(const struct op *op, struct world *world, struct plan *undo,
			 bool *found, struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, 0, op->word, err);
	struct neigh *neigh;

	if (!ns)
		return -1;
	world_stale(world, ns, WORLD_NEIGHS);
	ns = world_ns(world, op->ns, WORLD_NEIGHS, op->word, err);
	if (!ns)
		return -1;
	neigh = find_neigh(ns, &op->neigh.neigh);
	*found = neigh && (neigh->state & NUD_PERMANENT);
	if (!*found)
		return 0;
	/* The kernel keeps the mark of an entry that is replaced: it must go first. */
	if (neigh->proto != NSH_PROTO && op->kind == OP_NEIGH_ADD)
		plan_neigh_del(undo, op->ns, neigh, op->word);
	plan_neigh_add(undo, op->ns, neigh, op->word);
	return 0;
}

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	const struct neigh *neigh = &op->neigh.neigh;
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct nl_error answer = { 0 };
	char ip[IP_TEXT];
	int index;

	if (!sock || op_link_index(op, sock, neigh->link, &index, err) < 0)
		return -1;
	if (rtnl_neigh_add(sock, index, &neigh->ip, neigh->mac, neigh->proto, &answer) == 0)
		return 0;
	return op_failed(op, &answer, err, "cannot enter %s into the table of %s",
			 ip_text(&neigh->ip, ip), op->ns);
}

static void add_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	struct neigh *neigh;

	if (!ns)
		return;
	ns_link_used(ns, op->neigh.neigh.link);
	if (!(ns->loaded & WORLD_NEIGHS))
		return;
	forget(op, ns);
	neigh = vector_add(&ns->neighs);
	*neigh = op->neigh.neigh;
	neigh->state = NUD_PERMANENT;
}

static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	bool found;

	if (restore_entry(op, world, undo, &found, err) < 0)
		return -1;
	if (!found)
		plan_neigh_del(undo, op->ns, &op->neigh.neigh, op->word);
	return 0;
}

static void add_explain(const struct op *op, struct world *world, struct buf *text)
{
	const struct neigh *neigh = &op->neigh.neigh;
	char ip[IP_TEXT], mac[MAC_TEXT];

	(void)world;
	explain_ip(text, op->ns);
	buf_addf(text, "neigh replace %s lladdr %s", ip_text(&neigh->ip, ip),
		 mac_text(neigh->mac, mac));
	explain_word(text, " dev ", neigh->link);
	buf_add(text, " nud permanent");
	if (neigh->proto)
		buf_addf(text, " protocol %u", neigh->proto);
	buf_addc(text, '\n');
}

const struct op_class op_neigh_add = {
	.run = add_run,
	.apply = add_apply,
	.invert = add_invert,
	.explain = add_explain,
};

static int del_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	const struct neigh *neigh = &op->neigh.neigh;
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct nl_error answer = { 0 };
	char ip[IP_TEXT];
	int index;

	if (!sock || op_link_index(op, sock, neigh->link, &index, err) < 0)
		return -1;
	if (index == 0 || rtnl_neigh_del(sock, index, &neigh->ip, &answer) == 0)
		return 0;
	return op_failed(op, &answer, err, "cannot delete %s from the table of %s",
			 ip_text(&neigh->ip, ip), op->ns);
}

static void del_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);

	if (ns)
		forget(op, ns);
}

static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	bool found;

	return restore_entry(op, world, undo, &found, err);
}

static void del_explain(const struct op *op, struct world *world, struct buf *text)
{
	char ip[IP_TEXT];

	(void)world;
	explain_ip(text, op->ns);
	buf_addf(text, "neigh del %s", ip_text(&op->neigh.neigh.ip, ip));
	explain_word(text, " dev ", op->neigh.neigh.link);
	buf_addc(text, '\n');
}

const struct op_class op_neigh_del = {
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
};
