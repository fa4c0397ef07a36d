/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

struct op *plan_sysctl(struct plan *plan, const char *ns, const char *key,
		       const char *value, int word)
{
	struct op *op = plan_op(plan, OP_SYSCTL, ns, word);

	op->sysctl.key = xstrdup(key);
	op->sysctl.value = xstrdup(value);
	return op;
}

static int set_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	if (kernel_sysctl_set(kernel, op->ns, op->sysctl.key, op->sysctl.value, err) < 0) {
		err->word = op->word;
		return -1;
	}
	return 0;
}

#define CONF6 "net/ipv6/conf/"

/* Whether it takes IPv6 from LINK, or (NULL) from any: with that goes all of it that is there. */
static bool takes_ipv6(const struct op *op, const char *link)
{
	const char *name = op->sysctl.key + strlen(CONF6), *end;

	if (!str_starts(op->sysctl.key, CONF6) || strcmp(op->sysctl.value, "0") == 0)
		return false;
	end = strrchr(name, '/');
	if (!end || strcmp(end, "/disable_ipv6") != 0)
		return false;
	return !link || (strlen(link) == (size_t)(end - name) &&
			 strncmp(name, link, (size_t)(end - name)) == 0) ||
	       str_starts(name, "all/");
}

static void set_apply(const struct op *op, struct world *world)
{
	struct ns *ns;

	world_set_sysctl(world, op->ns, op->sysctl.key, op->sysctl.value);
	if (takes_ipv6(op, NULL) && (ns = op_ns(world, op->ns, WORLD_ALL)))
		world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
}

static int restore_ipv6(const struct op *op, struct world *world, struct plan *undo,
			struct error *err)
{
	struct ns *ns = world_ns(world, op->ns, WORLD_LINKS, op->word, err);

	if (!ns)
		return -1;
	world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
	for (size_t i = 0; i < ns->links.n; i++)
		if (takes_ipv6(op, ns->links.v[i].name) &&
		    restore_family_on_link(world, ns, &ns->links.v[i], AF_INET6, undo, err) < 0)
			return -1;
	return 0;
}

static int set_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	const char *before = world_sysctl(world, op->ns, op->sysctl.key, err);

	if (!before) {
		err->word = op->word;
		return -1;
	}
	if (strcmp(before, op->sysctl.value) != 0)
		plan_sysctl(undo, op->ns, op->sysctl.key, before, op->word);
	return takes_ipv6(op, NULL) ? restore_ipv6(op, world, undo, err) : 0;
}

/* sysctl(8) writes the key with dots; an interface's name may hold dots of its own, which the
 * slashes tell apart, so those keys keep their slashes. */
static void set_explain(const struct op *op, struct world *world, struct buf *text)
{
	bool dots = !strchr(op->sysctl.key, '.');

	(void)world;
	explain_in(text, op->ns);
	buf_add(text, "sysctl -qw ");
	for (const char *c = op->sysctl.key; *c; c++)
		buf_addc(text, dots && *c == '/' ? '.' : *c);
	buf_addf(text, "=%s\n", op->sysctl.value);
}

static void set_clear(struct op *op)
{
	free(op->sysctl.key);
	free(op->sysctl.value);
}

const struct op_class op_sysctl = {
	.run = set_run,
	.apply = set_apply,
	.invert = set_invert,
	.explain = set_explain,
	.clear = set_clear,
};
