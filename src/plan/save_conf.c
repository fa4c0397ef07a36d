/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/conf.h"
#include "plan/op.h"
#include "plan/reset.h"
#include "plan/save_others.h"

/* Saving: what holds for a whole namespace, and what its new interfaces begin with. */

/* Settings that the kernel sets for all interfaces and new ones when they are set for the
 * namespace: they come when the interfaces are there, and together (save_forwarding()). */
static const struct followed {
	const char *all, *usual, *words; /* WORDS: what restore_sysctls() plans for ALL */
} followed[] = {
	{ "net/ipv4/conf/all/forwarding", "net/ipv4/conf/default/forwarding",
	  "net/ipv4/ip_forward" },
	{ "net/ipv6/conf/all/forwarding", "net/ipv6/conf/default/forwarding",
	  "net/ipv6/conf/all/forwarding" },
	{ "net/ipv6/conf/all/disable_ipv6", "net/ipv6/conf/default/disable_ipv6",
	  "net/ipv6/conf/all/disable_ipv6" },
};
#define FOLLOWED (sizeof(followed) / sizeof(followed[0]))

/* With forwarding the kernel sets this one too, to the opposite (inet_forward_change()). */
static const char redirects[] = "net/ipv4/conf/all/accept_redirects";

static bool comes_later(const char *key)
{
	if (strcmp(key, redirects) == 0)
		return true;
	for (size_t i = 0; i < FOLLOWED; i++)
		if (strcmp(key, followed[i].all) == 0 || strcmp(key, followed[i].usual) == 0)
			return true;
	return false;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* What the kernel takes in some orders only, or once. */
static bool can_be_set(const struct conf *conf)
{
	const char *name = strrchr(conf->key, '/') + 1;

	return conf->value && strcmp(name, "stable_secret") != 0 &&
	       (strcmp(name, "addr_gen_mode") != 0 || strcmp(conf->value, "2") != 0);
}

static const char *value_of(const conf_list *list, const char *family, const char *what,
			    const char *name)
{
	cleanup_free char *key = xasprintf("net/%s/conf/%s/%s", family, what, name);

	return conf_value(list, key);
}

/* What an interface begins with, where it was not read as the kernel has it. */
static void take_usual(const conf_list *list, const char *family,
		       const struct extra_conf *conf, int *usual)
{
	for (size_t i = 0; conf[i].key; i++) {
		const char *value = value_of(list, family, "default", conf[i].key);

		usual[i] = value ? atoi(value) : conf[i].usual;
	}
}

static void take_both(const conf_list *list, struct extra_usual *usual)
{
	take_usual(list, "ipv4", extra_conf4, usual->four);
	take_usual(list, "ipv6", extra_conf6, usual->six);
}

void save_usual_of_new(struct world *world, struct extra_usual *usual)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const conf_list none = { 0 }, *new = &none;

	if (world_kernel(world) &&
	    kernel_conf_of_new(world_kernel(world), &new, &ignored) < 0)
		new = &none;
	take_both(new, usual);
}

void save_conf(struct world *world, const struct ns *ns, struct extra_usual *usual,
	       struct plan *plan, struct strings *left_out)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct kernel *kernel = world_kernel(world);
	conf_list list = { 0 };
	const conf_list *new;

	if (!kernel || kernel_conf(kernel, ns->name, &list, &ignored) < 0 ||
	    kernel_conf_of_new(kernel, &new, &ignored) < 0) {
		conf_list_free(&list);
		return;
	}
	for (size_t i = 0, at = 0; i < list.n; i++) {
		const struct conf *conf = &list.v[i];

		while (at < new->n && strcmp(new->v[at].key, conf->key) != 0)
			at++;
		if (at == new->n)
			break;
		if (is_same(conf->value, new->v[at].value) || comes_later(conf->key))
			continue;
		if (can_be_set(conf))
			plan_sysctl(plan, ns->name, conf->key, conf->value, -1);
		else
			leave_out(left_out, "%s: %s", ns->name, conf->key);
	}
	take_both(&list, usual);
	conf_list_free(&list);
}

/* Whether one of the plan's operations from FIRST on sets KEY. */
static bool is_set(const struct plan *plan, size_t first, const char *key)
{
	for (size_t i = first; i < plan->ops.n; i++)
		if (strcmp(plan->ops.v[i].sysctl.key, key) == 0)
			return true;
	return false;
}

/* Whether "ns add" makes it, or the sandbox it is host of: it does not forward then. */
static bool is_ready_made(const struct ns *ns)
{
	const struct link *lo = ns_link(ns, "lo");

	return strcmp(ns->name, HOST) == 0 ||
	       (ns_is_own(ns) && lo && (lo->flags & IFF_UP));
}

static void save_redirects(struct world *world, const struct ns *ns, const char *begins,
			   struct plan *plan)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const char *value = world_sysctl(world, ns->name, redirects, &ignored);

	if (value && begins && strcmp(value, begins) != 0)
		plan_sysctl(plan, ns->name, redirects, value, -1);
}

void save_forwarding(struct world *world, const struct ns *ns, bool defaults,
		     struct plan *plan)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct kernel *kernel = world_kernel(world);
	const conf_list none = { 0 }, *new = &none;
	size_t first = plan->ops.n;

	restore_sysctls(world, ns, false, !defaults, plan);
	if (kernel && kernel_conf_of_new(kernel, &new, &ignored) < 0)
		new = &none;
	for (size_t i = 0; kernel && i < FOLLOWED; i++) {
		const char *all = world_sysctl(world, ns->name, followed[i].words, &ignored);
		const char *born = conf_value(new, followed[i].all), *usual, *begins;

		if (i == 0 && all && born && !is_ready_made(ns) && strcmp(all, "0") == 0 &&
		    strcmp(born, "0") != 0)
			plan_sysctl(plan, ns->name, followed[i].words, all, -1);
		if (!all || !defaults)
			continue;
		usual = world_sysctl(world, ns->name, followed[i].usual, &ignored);
		begins = is_set(plan, first, followed[i].words) ? all :
			 i == 0 && is_ready_made(ns)		? "0" :
								  conf_value(new, followed[i].usual);
		if (usual && begins && strcmp(usual, begins) != 0)
			plan_sysctl(plan, ns->name, followed[i].usual, usual, -1);
		if (i > 0)
			continue;
		if (is_set(plan, first, followed[i].words))
			begins = strcmp(all, "0") == 0 ? "1" : "0";
		else if (is_ready_made(ns) && born && strcmp(born, "0") != 0)
			begins = "1";
		else
			begins = conf_value(new, redirects);
		save_redirects(world, ns, begins, plan);
	}
}
