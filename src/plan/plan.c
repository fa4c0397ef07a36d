/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/plan.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/link_number.h"
#include "plan/op.h"
#include "plan/tear.h"

static const struct op_class *const classes[OP_KIND_COUNT] = {
	[OP_NETNS_ADD] = &op_netns_add,
	[OP_NETNS_DEL] = &op_netns_del,
	[OP_NETNS_ADOPT] = &op_netns_adopt,
	[OP_LINK_ADD] = &op_link_add,
	[OP_LINK_DEL] = &op_link_del,
	[OP_LINK_SET] = &op_link_set,
	[OP_ADDR_ADD] = &op_addr_add,
	[OP_ADDR_DEL] = &op_addr_del,
	[OP_ROUTE_ADD] = &op_route_add,
	[OP_ROUTE_DEL] = &op_route_del,
	[OP_NEIGH_ADD] = &op_neigh_add,
	[OP_NEIGH_DEL] = &op_neigh_del,
	[OP_SYSCTL] = &op_sysctl,
	[OP_NFT_ADD] = &op_nft_add,
	[OP_NFT_DEL] = &op_nft_del,
	[OP_LINK_CLEAR] = &op_link_clear,
	[OP_NFT_CLEAR] = &op_nft_clear,
};

void op_clear(struct op *op)
{
	if (classes[op->kind]->clear)
		classes[op->kind]->clear(op);
	free(op->ns);
}

void plan_clear(struct plan *plan)
{
	for (size_t i = 0; i < plan->ops.n; i++)
		op_clear(&plan->ops.v[i]);
	vector_free(&plan->ops);
	strings_free(&plan->notes);
	strings_free(&plan->warnings);
}

void plan_note(struct plan *plan, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	strings_take(&plan->notes, xvasprintf(format, ap));
	va_end(ap);
}

void plan_warn(struct plan *plan, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	strings_take(&plan->warnings, xvasprintf(format, ap));
	va_end(ap);
}

struct op *plan_op(struct plan *plan, enum op_kind kind, const char *ns, int word)
{
	struct op *op = vector_add(&plan->ops);

	op->kind = kind;
	op->word = word;
	op->ns = xstrdup(ns);
	return op;
}

/* --- helpers of the operations --- */

struct nlsock *op_rtnl(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = kernel_rtnl(kernel, op->ns, err);

	if (!sock)
		err->word = op->word;
	return sock;
}

struct nlsock *op_rtnl_early(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = kernel_rtnl_early(kernel, op->ns, err);

	if (!sock)
		err->word = op->word;
	return sock;
}

bool op_is_deletion(enum op_kind kind)
{
	switch (kind) {
	case OP_NETNS_DEL:
	case OP_LINK_DEL:
	case OP_ADDR_DEL:
	case OP_ROUTE_DEL:
	case OP_NEIGH_DEL:
	case OP_NFT_DEL:
	case OP_LINK_CLEAR:
	case OP_NFT_CLEAR:
		return true;
	case OP_NETNS_ADD:
	case OP_NETNS_ADOPT:
	case OP_LINK_ADD:
	case OP_LINK_SET:
	case OP_ADDR_ADD:
	case OP_ROUTE_ADD:
	case OP_NEIGH_ADD:
	case OP_SYSCTL:
	case OP_NFT_ADD:
	case OP_KIND_COUNT:
		break;
	}
	return false;
}

/* Whether errno NUMBER says that what an operation of taking back is for is so already. */
static bool is_done_anyway(const struct op *op, int number)
{
	if (!op->lenient)
		return false;
	if (!op_is_deletion(op->kind))
		return number == EEXIST;
	return number == ENOENT || number == ENODEV || number == ESRCH ||
	       number == EADDRNOTAVAIL;
}

int op_link_index(const struct op *op, struct nlsock *sock, const char *name, int *index,
		  struct error *err)
{
	struct nl_error answer = { 0 };
	struct link link = { 0 };

	*index = link_number(sock, name);
	if (*index)
		return 0;
	if (rtnl_link(sock, name, &link, &answer) < 0) {
		if (is_done_anyway(op, answer.number)) {
			*index = 0;
			return 0;
		}
		if (answer.number == ENODEV)
			return error_set(err, STATUS_FAILED, op->word,
					 "there is no interface %s", name);
		nl_error_set(err, &answer, name);
		err->word = op->word;
		return -1;
	}
	*index = link.index;
	link_number_is(sock, name, *index);
	link_clear(&link);
	return 0;
}

int op_failed(const struct op *op, const struct nl_error *answer, struct error *err,
	      const char *format, ...)
{
	cleanup_free char *what = NULL;
	va_list ap;

	if (is_done_anyway(op, answer->number))
		return 0;
	va_start(ap, format);
	what = xvasprintf(format, ap);
	va_end(ap);
	nl_error_set(err, answer, what);
	err->word = op->word;
	return -1;
}

struct ns *op_ns(struct world *world, const char *name, unsigned parts)
{
	struct error err cleanup_error = ERROR_INIT;

	return world_ns(world, name, world_simulates(world) ? parts : 0, -1, &err);
}

void explain_word(struct buf *text, const char *before, const char *word)
{
	buf_add(text, before);
	/* Bytes beyond ASCII mean nothing to a shell. */
	for (const char *c = word; *c; c++) {
		if (isalnum((unsigned char)*c) || (*c & 0x80) || strchr("_-+.:/@%,=", *c))
			continue;
		buf_addc(text, '\'');
		for (c = word; *c; c++) {
			if (*c == '\'')
				buf_add(text, "'\\'");
			buf_addc(text, *c);
		}
		buf_addc(text, '\'');
		return;
	}
	buf_add(text, word);
}

/* ip(8) takes a beginning of some of its words for the whole: "a" is "address". */
static bool is_ip_word(const char *name)
{
	static const char *const words[] = {
		"addrgenmode", "address",    "alias",	 "all",	     "allmulticast", "arp",
		"brd",	       "broadcast",  "carrier",	 "dev",	     "down",	     "dynamic",
		"group",       "help",	     "index",	 "link",     "link-netns",   "master",
		"mode",	       "mtu",	     "multicast", "name",    "netns",	     "nomaster",
		"numrxqueues", "numtxqueues", "operstate", "parentdev", "promisc",   "protodown",
		"qlen",	       "state",	     "trailers", "txqlen",   "txqueuelen",   "type",
		"up",	       "vf",	     "vrf",	 "xdp",	     "xdpgeneric",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_starts(words[i], name))
			return true;
	return false;
}

void explain_link(struct buf *text, const char *before, const char *keyword,
		  const char *name)
{
	buf_add(text, before);
	if (is_ip_word(name))
		buf_addf(text, "%s ", keyword);
	explain_word(text, "", name);
}

void explain_ip(struct buf *text, const char *ns)
{
	buf_add(text, "ip ");
	if (strcmp(ns, HOST) == 0)
		return;
	explain_word(text, "-n ", ns);
	buf_addc(text, ' ');
}

void explain_in(struct buf *text, const char *ns)
{
	if (strcmp(ns, HOST) == 0)
		return;
	explain_word(text, "ip netns exec ", ns);
	buf_addc(text, ' ');
}

/* --- what becomes of a plan --- */

/* Puts the operations of FROM, in order, in front of those of UNDO. */
static void prepend(struct plan *undo, struct plan *from)
{
	size_t added = from->ops.n, old = undo->ops.n;

	if (added == 0)
		return;
	for (size_t i = 0; i < added; i++)
		vector_add(&undo->ops);
	memmove(undo->ops.v + added, undo->ops.v, old * sizeof(*undo->ops.v));
	memcpy(undo->ops.v, from->ops.v, added * sizeof(*undo->ops.v));
	vector_free(&from->ops);
}

/*
 * In a world that simulates: what takes back COUNT operations, in front of UNDO, and what the first
 * ones leave for the next. LENIENT: what cannot be told is left out.
 */
static int imagine(const struct op *ops, size_t count, struct world *world, bool lenient,
		   struct plan *undo, struct error *err)
{
	struct plan all cleanup_plan = PLAN_INIT;
	struct plan *inverses = xcalloc(count, sizeof(*inverses));
	int result = 0;

	for (size_t i = 0; i < count && (result == 0 || lenient); i++) {
		result = classes[ops[i].kind]->invert(&ops[i], world, &inverses[i], err);
		if (result < 0 && lenient)
			error_clear(err);
		classes[ops[i].kind]->apply(&ops[i], world);
	}
	for (size_t i = count; i-- > 0;) {
		for (size_t j = 0; j < inverses[i].ops.n; j++)
			*vector_add(&all.ops) = inverses[i].ops.v[j];
		vector_free(&inverses[i].ops);
		plan_clear(&inverses[i]);
	}
	free(inverses);
	if (result == 0 || lenient)
		prepend(undo, &all);
	return lenient ? 0 : result;
}

/* What takes back operations that are done together: from the state before all of them. */
static int invert_together(const struct op *ops, size_t count, struct world *world,
			   bool lenient, struct plan *undo, struct error *err)
{
	int result;

	world_forget(world);
	world_simulate(world, true);
	result = imagine(ops, count, world, lenient, undo, err);
	world_simulate(world, false);
	return result;
}

int plan_imagine(const struct plan *plan, struct world *world, struct plan *undo,
		 struct error *err)
{
	int result = imagine(plan->ops.v, plan->ops.n, world, false, undo, err);

	undo_defer(undo);
	return result;
}

static int run_together(const struct plan *plan, struct world *world, struct plan *undo,
			struct error *err)
{
	int result;

	if (undo &&
	    invert_together(plan->ops.v, plan->ops.n, world, false, undo, err) < 0)
		return -1;
	world_changed(world, NULL);
	result = tear_run(plan->ops.v, plan->ops.n, world_kernel(world), false, err);
	world_forget(world);
	return result;
}

/*
 * Of several changes to a link the kernel may have made some. Not of a move, which comes first:
 * where that fails, the name may be another's in the namespace it was to go to.
 */
static bool may_be_half_done(const struct op *op)
{
	unsigned set = op->kind == OP_LINK_SET ? op->link_set.set : 0;

	return (set & (set - 1)) && !(set & LINK_CHANGE_NETNS);
}

static void note_change(const struct op *op, struct world *world)
{
	/* The other end of a cable may be anywhere. */
	if (op->kind == OP_LINK_DEL || op->kind == OP_LINK_CLEAR || op->kind == OP_NETNS_DEL) {
		world_changed(world, NULL);
		return;
	}
	world_changed(world, op->ns);
	if (op->kind == OP_LINK_ADD && op->link_add.peer.ns)
		world_changed(world, op->link_add.peer.ns);
	if (op->kind == OP_LINK_SET && op->link_set.to_ns)
		world_changed(world, op->link_set.to_ns);
}

static int run_each(const struct plan *plan, struct world *world, struct plan *undo,
		    struct error *err)
{
	for (size_t i = 0; i < plan->ops.n; i++) {
		const struct op *op = &plan->ops.v[i];
		struct plan inverse cleanup_plan = PLAN_INIT;

		if (undo && classes[op->kind]->invert(op, world, &inverse, err) < 0)
			return -1;
		note_change(op, world);
		if (classes[op->kind]->run(op, world_kernel(world), err) < 0) {
			if (undo && may_be_half_done(op))
				prepend(undo, &inverse);
			return -1;
		}
		if (undo)
			prepend(undo, &inverse);
		classes[op->kind]->apply(op, world);
	}
	return 0;
}

int plan_run(const struct plan *plan, struct world *world, struct plan *undo,
	     struct error *err)
{
	int result;

	if (plan->ops.n > 0 && tear_count(plan->ops.v, plan->ops.n) == plan->ops.n)
		result = run_together(plan, world, undo, err);
	else
		result = run_each(plan, world, undo, err);
	if (undo)
		undo_defer(undo);
	return result;
}

int op_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	return classes[op->kind]->run(op, kernel, err);
}

void plan_explain(const struct plan *plan, struct world *world, struct buf *text)
{
	for (size_t i = 0; i < plan->ops.n; i++) {
		const struct op *op = &plan->ops.v[i];

		op_explain(op, world, text);
		op_apply(op, world);
	}
}

int plan_check(const struct plan *plan, struct world *world, struct error *err)
{
	for (size_t i = 0; world_kernel(world) && i < plan->ops.n; i++)
		if (plan->ops.v[i].kind == OP_NFT_ADD &&
		    op_nft_check(&plan->ops.v[i], world, err) < 0)
			return -1;
	return 0;
}

void op_apply(const struct op *op, struct world *world)
{
	classes[op->kind]->apply(op, world);
}

void op_explain(const struct op *op, struct world *world, struct buf *text)
{
	classes[op->kind]->explain(op, world, text);
}

void plan_apply(const struct plan *plan, struct world *world)
{
	for (size_t i = 0; i < plan->ops.n; i++)
		op_apply(&plan->ops.v[i], world);
}

static void keep_first(struct error *err, struct error *one)
{
	if (error_is_set(err))
		error_clear(one);
	else
		error_take(err, one);
}

static int take_back_one(const struct op *op, struct world *world, struct plan *redo,
			 struct error *err)
{
	struct plan inverse cleanup_plan = PLAN_INIT;
	struct error one cleanup_error = ERROR_INIT;

	/* It is only to be shown: what cannot be told is left out. */
	if (redo && classes[op->kind]->invert(op, world, &inverse, &one) < 0)
		error_clear(&one);
	if (classes[op->kind]->run(op, world_kernel(world), &one) < 0) {
		keep_first(err, &one);
		return -1;
	}
	if (redo)
		prepend(redo, &inverse);
	classes[op->kind]->apply(op, world);
	return 0;
}

static int take_back_together(const struct op *ops, size_t count, struct world *world,
			      struct plan *redo, struct error *err)
{
	struct error one cleanup_error = ERROR_INIT;
	int result;

	if (redo)
		invert_together(ops, count, world, true, redo, &one);
	result = tear_run(ops, count, world_kernel(world), true, &one);
	if (result < 0)
		keep_first(err, &one);
	world_forget(world);
	return result;
}

int undo_run(const struct plan *undo, struct world *world, struct plan *redo,
	     struct error *err)
{
	size_t count, i = 0;
	int result = 0;

	world_changed(world, NULL);
	for (size_t j = 0; j < undo->ops.n; j++)
		undo->ops.v[j].lenient = true;
	while (i < undo->ops.n) {
		const struct op *op = &undo->ops.v[i];
		int one;

		count = tear_count(op, undo->ops.n - i);
		one = count ? take_back_together(op, count, world, redo, err) :
			      take_back_one(op, world, redo, err);
		result = one < 0 ? -1 : result;
		i += count ? count : 1;
	}
	/* Taking back is rare; what the kernel made of it is worth a look. */
	world_forget(world);
	return result;
}
