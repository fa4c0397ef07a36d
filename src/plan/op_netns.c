/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* --- a new namespace: lo is up in it unless that is not wanted, and carries the mark --- */

struct op *plan_netns_add(struct plan *plan, const char *ns, int word)
{
	struct op *op = plan_op(plan, OP_NETNS_ADD, ns, word);

	op->netns.marked = true;
	return op;
}

/* What is made as ip-netns(8) makes it stays so. */
static bool is_ready_made(const struct op *op)
{
	return op->netns.marked && !op->netns.lo_down;
}

static int prepare(struct nlsock *sock, const void *data, struct error *err)
{
	struct link_update update = { .up = true, .group = NSH_GROUP };
	const struct op *op = data;
	struct nl_error answer = { 0 };

	/* Inherited from the machine, which forwards where Docker is. */
	if (is_ready_made(op))
		kernel_sysctl_newborn("net/ipv4/ip_forward", "0");
	if (op->netns.marked)
		update.set |= LINK_CHANGE_GROUP;
	if (!op->netns.lo_down)
		update.set |= LINK_CHANGE_UP;
	if (!update.set || rtnl_link_set(sock, 1, &update, &answer) == 0)
		return 0;
	return op_failed(op, &answer, err, "cannot set up lo of %s", op->ns);
}

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	if (kernel_netns_make(kernel, op->ns, prepare, op, err) == 0)
		return 0;
	if (op->lenient && err->number == EEXIST && !kernel_netns_left_behind(kernel, op->ns)) {
		error_clear(err);
		return 0;
	}
	err->word = op->word;
	return -1;
}

static void add_apply(const struct op *op, struct world *world)
{
	struct ns *ns = world_add_ns(world, op->ns);

	ns->links.v[0].group = op->netns.marked ? NSH_GROUP : 0;
	if (op->netns.lo_down) {
		ns->links.v[0].flags &= ~(unsigned)IFF_UP;
		vector_free(&ns->addrs);
	}
}

static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	(void)world;
	(void)err;
	plan_netns_del(undo, op->ns, op->word);
	return 0;
}

static void add_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_word(text, "ip netns add ", op->ns);
	if (op->netns.lo_down && !op->netns.marked) {
		buf_addc(text, '\n');
		return;
	}
	explain_word(text, "\nip -n ", op->ns);
	buf_addf(text, " link set lo%s", op->netns.lo_down ? "" : " up");
	if (op->netns.marked)
		buf_addf(text, " group %u", NSH_GROUP);
	buf_addc(text, '\n');
	if (is_ready_made(op)) {
		explain_in(text, op->ns);
		buf_add(text, "sysctl -qw net.ipv4.ip_forward=0\n");
	}
}

const struct op_class op_netns_add = {
	.run = add_run,
	.apply = add_apply,
	.invert = add_invert,
	.explain = add_explain,
};

/* --- a namespace to forget --- */

struct op *plan_netns_del(struct plan *plan, const char *ns, int word)
{
	return plan_op(plan, OP_NETNS_DEL, ns, word);
}

static int del_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	/* As with a link. */
	if (kernel_switches_settle(kernel, err) < 0)
		return -1;
	if (kernel_netns_del(kernel, op->ns, err) == 0)
		return 0;
	if (op->lenient) {
		error_clear(err);
		return 0;
	}
	err->word = op->word;
	return -1;
}

static void del_apply(const struct op *op, struct world *world)
{
	world_remove_ns(world, op->ns);
}

static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	struct kernel *kernel = world_kernel(world);
	struct ns *ns;

	/* A name can be given again; what it names is somebody else's to keep. */
	if (op->netns.name_only || (kernel && kernel_netns_left_behind(kernel, op->ns)))
		return 0;
	ns = world_ns(world, op->ns, 0, op->word, err);
	if (!ns)
		return -1;
	world_stale(world, ns, WORLD_ALL);
	ns = world_ns(world, op->ns, WORLD_ALL, op->word, err);
	return ns ? restore_ns(world, ns, undo, err) : -1;
}

static void del_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_word(text, "ip netns del ", op->ns);
	buf_addc(text, '\n');
}

const struct op_class op_netns_del = {
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
};

/* --- a name for a namespace that somebody else made --- */

struct op *plan_netns_adopt(struct plan *plan, const char *ns, const char *path, int word)
{
	struct op *op = plan_op(plan, OP_NETNS_ADOPT, ns, word);

	op->netns.path = xstrdup(path);
	return op;
}

static int adopt_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	if (kernel_netns_adopt(kernel, op->ns, op->netns.path, err) < 0) {
		err->word = op->word;
		return -1;
	}
	return 0;
}

static void adopt_apply(const struct op *op, struct world *world)
{
	struct ns *ns = world_add_ns(world, op->ns);

	ns->made = false;
	world_stale(world, ns, WORLD_ALL);
}

static void adopt_explain(const struct op *op, struct world *world, struct buf *text)
{
	cleanup_free char *name = xasprintf("%s/%s", NETNS_DIR, op->ns);

	(void)world;
	explain_word(text, "mkdir -p " NETNS_DIR " && touch ", name);
	explain_word(text, " && mount --bind ", op->netns.path);
	explain_word(text, " ", name);
	buf_addc(text, '\n');
}

static void adopt_clear(struct op *op)
{
	free(op->netns.path);
}

const struct op_class op_netns_adopt = {
	.run = adopt_run,
	.apply = adopt_apply,
	.invert = add_invert,
	.explain = adopt_explain,
	.clear = adopt_clear,
};
