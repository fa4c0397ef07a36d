/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/fuse.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/rtnl.h"

/* What says more than what to do is for who does it line by line. */
static const struct op *only_op(const struct plan *plan, enum op_kind kind)
{
	if (plan->ops.n != 1 || plan->warnings.n > 0 || plan->ops.v[0].kind != kind)
		return NULL;
	return &plan->ops.v[0];
}

static bool is_plain(const struct op_end *end)
{
	return !end->up && !end->master[0] && !end->altnames.n;
}

static void copy_end(struct op_end *to, const struct op_end *from)
{
	*to = *from;
	to->ns = xstrdup(from->ns);
}

bool fuse_cable(const struct plan *plan, struct plan *fused)
{
	const struct op *op = only_op(plan, OP_LINK_ADD);
	struct op *copy;

	if (!op || strcmp(op->link_add.kind, "veth") != 0 || !op->link_add.peer.ns ||
	    strcmp(op->link_add.peer.ns, op->ns) != 0 || !is_plain(&op->link_add.end) ||
	    !is_plain(&op->link_add.peer))
		return false;
	copy = plan_link_add(fused, op->ns, op->link_add.end.name, op->link_add.kind, op->word);
	free(copy->link_add.end.ns);
	copy_end(&copy->link_add.end, &op->link_add.end);
	copy_end(&copy->link_add.peer, &op->link_add.peer);
	copy->link_add.mtu = op->link_add.mtu;
	return true;
}

bool fuse_move(const struct plan *plan, const char *home, struct plan *fused,
	       struct plan *undo)
{
	const struct op *move = only_op(plan, OP_LINK_SET);
	struct op *made = &fused->ops.v[0], *back;
	struct op_end *end = &made->link_add.end;

	if (!move || move->link_set.set != LINK_CHANGE_NETNS || strcmp(move->ns, home) != 0 ||
	    strcmp(move->link_set.to_ns, home) == 0)
		return false;
	if (strcmp(move->link_set.name, end->name) != 0 || strcmp(end->ns, home) != 0)
		end = &made->link_add.peer;
	if (strcmp(move->link_set.name, end->name) != 0 || strcmp(end->ns, home) != 0)
		return false;
	free(end->ns);
	end->ns = xstrdup(move->link_set.to_ns);
	free(made->ns);
	made->ns = xstrdup(made->link_add.end.ns);
	back = plan_link_set(undo, end->ns, end->name, move->word);
	back->link_set.set = LINK_CHANGE_NETNS;
	back->link_set.to_ns = xstrdup(home);
	return true;
}
