/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/tear.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/set.h"
#include "kernel/rtnl.h"
#include "plan/op.h"

/* Whether it can be done together with others. */
static bool fits(const struct op *op)
{
	return op_is_deletion(op->kind) || op->kind == OP_SYSCTL;
}

static bool deletes_links(const struct op *op)
{
	return op->kind == OP_LINK_DEL || op->kind == OP_LINK_CLEAR;
}

bool tear_waits(const struct plan *plan)
{
	bool waits = false;

	for (size_t i = 0; i < plan->ops.n; i++) {
		if (!fits(&plan->ops.v[i]))
			return false;
		waits |= deletes_links(&plan->ops.v[i]) || plan->ops.v[i].kind == OP_NETNS_DEL;
	}
	return waits;
}

size_t tear_count(const struct op *ops, size_t count)
{
	size_t links = 0, names = 0, i;

	for (i = 0; i < count && fits(&ops[i]); i++) {
		links += deletes_links(&ops[i]);
		names += ops[i].kind == OP_NETNS_DEL;
	}
	/* What comes behind the last of them may as well come by itself. */
	return links > 1 || names > 1 ? i : 0;
}

struct tear {
	struct kernel *kernel;
	bool go_on;
	struct error *err;
	int result;
	struct set unnamed, going; /* the namespaces whose names go, and that go themselves */
	VECTOR(const struct op *) links, names;
};

/* Notes the failure of an operation. Returns whether to go on. */
static bool failed(struct tear *tear, struct error *one)
{
	if (tear->result == 0)
		error_take(tear->err, one);
	error_clear(one);
	tear->result = -1;
	return tear->go_on;
}

static bool run(struct tear *tear, const struct op *op)
{
	struct error one = ERROR_INIT;

	return op_run(op, tear->kernel, &one) == 0 || failed(tear, &one);
}

/* --- links --- */

/* Puts links that can be deleted into the group of those that go, or back into theirs. */
static int regroup(struct nlsock *sock, const link_list *links, bool back,
		   struct nl_error *answer)
{
	struct link_group *groups = xcalloc(links->n, sizeof(*groups));
	int result;

	for (size_t i = 0; i < links->n; i++) {
		groups[i].index = links->v[i].index;
		groups[i].group = back ? links->v[i].group : NSH_GROUP_LEAVING;
	}
	result = rtnl_link_groups(sock, groups, links->n, answer);
	free(groups);
	return result;
}

/*
 * Deletes LINKS of a namespace in one message. Not where the group is somebody else's, or what a
 * killed nsh has left in it: then nothing is done.
 */
static bool delete_group(struct nlsock *sock, const link_list *all, const link_list *links)
{
	struct nl_error answer = { 0 };

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].group == NSH_GROUP_LEAVING)
			return false;
	if (regroup(sock, links, false, &answer) == 0 &&
	    rtnl_link_del_group(sock, NSH_GROUP_LEAVING, &answer) == 0)
		return true;
	regroup(sock, links, true, &answer);
	return false;
}

/* Does those of COUNT operations in one namespace that can be done together; says which in DONE. */
static void delete_together(struct tear *tear, const struct op *const *ops, size_t count,
			    bool *done)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nlsock *sock = kernel_rtnl(tear->kernel, ops[0]->ns, &ignored);
	struct set wanted cleanup_set = { 0 }, found cleanup_set = { 0 };
	link_list all = { 0 }, links = { 0 };
	struct nl_error answer = { 0 };

	for (size_t i = 0; i < count; i++)
		set_add(&wanted, ops[i]->link_del.name);
	if (sock && rtnl_links(sock, &all, &answer) < 0)
		return;
	for (size_t i = 0; i < all.n; i++) {
		/* Hardware cannot be deleted, and is told of by itself. */
		if (!all.v[i].kind[0] || !set_has(&wanted, all.v[i].name))
			continue;
		*vector_add(&links) = all.v[i];
		set_add(&found, all.v[i].name);
	}
	if (links.n > 1 && delete_group(sock, &all, &links))
		for (size_t i = 0; i < count; i++)
			done[i] = set_has(&found, ops[i]->link_del.name);
	vector_free(&links); /* what they hold is ALL's */
	link_list_free(&all);
}

static bool delete_in_one(struct tear *tear, const struct op *const *ops, size_t count)
{
	cleanup_free bool *done = xcalloc(count, sizeof(*done));
	bool go_on = true;

	if (count > 1)
		delete_together(tear, ops, count, done);
	for (size_t i = 0; go_on && i < count; i++)
		if (!done[i])
			go_on = run(tear, ops[i]);
	return go_on;
}

static int compare_places(const void *a, const void *b)
{
	const struct op *const *one = a, *const *two = b;
	int order = strcmp((*one)->ns, (*two)->ns);

	/* Of one namespace in the order of the plan. */
	return order ? order : (*one > *two) - (*one < *two);
}

/* Those in namespaces that lose their names, or in others. */
static bool delete_links(struct tear *tear, bool unnamed)
{
	size_t i = 0;

	while (i < tear->links.n) {
		const struct op *const *first = &tear->links.v[i];
		size_t count = 1;

		while (i + count < tear->links.n && strcmp(first[count]->ns, first[0]->ns) == 0)
			count++;
		if (set_has(&tear->unnamed, first[0]->ns) == unnamed &&
		    !delete_in_one(tear, first, count))
			return false;
		i += count;
	}
	return true;
}

/* --- all --- */

/* Whether the kernel deletes the link, both ends of it, with its namespace. */
static bool goes_with_ns(struct tear *tear, const struct op *op)
{
	return op->link_del.peer_ns && set_has(&tear->going, op->ns) &&
	       set_has(&tear->going, op->link_del.peer_ns);
}

static void sort_out(struct tear *tear, const struct op *ops, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (ops[i].kind != OP_NETNS_DEL)
			continue;
		*vector_add(&tear->names) = &ops[i];
		set_add(&tear->unnamed, ops[i].ns);
		if (!ops[i].netns.name_only)
			set_add(&tear->going, ops[i].ns);
	}
	for (size_t i = 0; i < count; i++)
		if (ops[i].kind == OP_LINK_DEL && !goes_with_ns(tear, &ops[i]))
			*vector_add(&tear->links) = &ops[i];
	if (tear->links.n > 0)
		qsort(tear->links.v, tear->links.n, sizeof(*tear->links.v), compare_places);
}

/* Whether an operation waits for grace periods, in a namespace that stays where it is. */
static bool is_slow(struct tear *tear, const struct op *op)
{
	return op->kind == OP_LINK_CLEAR && !set_has(&tear->unnamed, op->ns);
}

static bool run_others(struct tear *tear, const struct op *ops, size_t count, bool slow)
{
	bool go_on = true;

	for (size_t i = 0; go_on && i < count; i++)
		if (ops[i].kind != OP_LINK_DEL && ops[i].kind != OP_NETNS_DEL &&
		    is_slow(tear, &ops[i]) == slow)
			go_on = run(tear, &ops[i]);
	return go_on;
}

static void take_names(struct tear *tear, struct netns_going *going)
{
	cleanup_free int *numbers = kernel_netns_del_end(going);

	for (size_t i = 0; i < tear->names.n; i++) {
		const struct op *op = tear->names.v[i];
		struct error one = ERROR_INIT;

		if (!numbers[i] || op->lenient)
			continue;
		kernel_netns_del_failed(op->ns, numbers[i], &one);
		one.word = op->word;
		failed(tear, &one);
	}
}

int tear_run(const struct op *ops, size_t count, struct kernel *kernel, bool go_on,
	     struct error *err)
{
	struct tear tear = { .kernel = kernel, .go_on = go_on, .err = err };
	struct error ignored cleanup_error = ERROR_INIT;
	cleanup_free const char **names = NULL;
	struct netns_going *going;

	/* Their ports may lose their carrier; that one of them cannot be up is no reason to stay. */
	kernel_switches_settle(kernel, &ignored);
	sort_out(&tear, ops, count);
	names = xcalloc(tear.names.n + 1, sizeof(*names));
	for (size_t i = 0; i < tear.names.n; i++)
		names[i] = tear.names.v[i]->ns;
	/* As long as the names are there: a namespace is entered by its own. */
	if (run_others(&tear, ops, count, false) && delete_links(&tear, true)) {
		going = kernel_netns_del_begin(kernel, names, tear.names.n);
		if (run_others(&tear, ops, count, true))
			delete_links(&tear, false);
		take_names(&tear, going);
	}
	set_free(&tear.unnamed);
	set_free(&tear.going);
	vector_free(&tear.links);
	vector_free(&tear.names);
	return tear.result;
}
