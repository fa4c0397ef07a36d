/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/kernel-internal.h"
#include "kernel/rtnl.h"

/* Switches that are set up later than it was said. */

void kernel_set_lazy(struct kernel *kernel, bool lazy)
{
	kernel->lazy = lazy;
}

bool kernel_is_lazy(const struct kernel *kernel)
{
	return kernel->lazy;
}

static void no_cable(struct kernel *kernel)
{
	for (int i = 0; i < 2; i++) {
		free(kernel->cable[i].ns);
		kernel->cable[i].ns = NULL;
	}
}

void kernel_switch_made(struct kernel *kernel, const char *ns, const char *name, int index)
{
	struct new_switch *one;

	if (!kernel->lazy || !index)
		return;
	one = vector_add(&kernel->switches);
	one->ns = xstrdup(ns);
	str_copy(one->name, sizeof(one->name), name);
	one->index = index;
	no_cable(kernel);
}

static struct new_switch *find_switch(const struct kernel *kernel, const char *ns,
				      const char *name)
{
	/* The last is meant most often. */
	for (size_t i = kernel->switches.n; i-- > 0;) {
		struct new_switch *one = &kernel->switches.v[i];

		if (strcmp(one->name, name) == 0 && strcmp(one->ns, ns) == 0)
			return one;
	}
	return NULL;
}

bool kernel_switch_up(struct kernel *kernel, const char *ns, const char *name)
{
	struct new_switch *one = kernel->lazy ? find_switch(kernel, ns, name) : NULL, last;
	size_t at;

	if (!one)
		return false;
	/* In the order in which they are to be up. */
	at = (size_t)(one - kernel->switches.v);
	last = *one;
	last.waits = true;
	memmove(one, one + 1, (kernel->switches.n - at - 1) * sizeof(*one));
	kernel->switches.v[kernel->switches.n - 1] = last;
	return true;
}

bool kernel_switch_waits(const struct kernel *kernel, const char *ns, const char *name)
{
	for (size_t i = kernel->switches.n; i-- > 0;) {
		const struct new_switch *one = &kernel->switches.v[i];

		if (strcmp(one->ns, ns) == 0)
			return one->waits && strcmp(one->name, name) == 0;
	}
	return false;
}

void kernel_cable_made(struct kernel *kernel, const char *const ns[2],
		       const char *const names[2])
{
	if (kernel->switches.n == 0)
		return;
	no_cable(kernel);
	for (int i = 0; i < 2; i++) {
		kernel->cable[i].ns = xstrdup(ns[i]);
		str_copy(kernel->cable[i].name, sizeof(kernel->cable[i].name), names[i]);
	}
}

bool kernel_is_last_cable(const struct kernel *kernel, const char *ns, const char *name)
{
	for (int i = 0; i < 2 && kernel->cable[i].ns; i++)
		if (strcmp(kernel->cable[i].name, name) == 0 &&
		    strcmp(kernel->cable[i].ns, ns) == 0)
			return true;
	return false;
}

bool kernel_is_new_link(const struct kernel *kernel, const char *ns, const char *name)
{
	const struct new_switch *one = find_switch(kernel, ns, name);

	return one ? !one->waits : kernel_is_last_cable(kernel, ns, name);
}

static int set_up(struct kernel *kernel, const struct new_switch *one, struct error *err)
{
	const struct link_update update = { .set = LINK_CHANGE_UP, .up = true };
	struct nl_error answer = { 0 };
	struct nlsock *sock = kernel_rtnl_early(kernel, one->ns, err);

	/* Somebody else may have deleted the one or the other meanwhile. */
	if (!sock && err->number == ENOENT)
		error_clear(err);
	if (!sock)
		return error_is_set(err) ? -1 : 0;
	if (rtnl_link_set(sock, one->index, &update, &answer) < 0) {
		if (answer.number == ENODEV)
			return 0;
		nl_error_set(err, &answer, one->name);
		return error_prefix(err, "cannot set up switch ");
	}
	kernel_unsettled(kernel, one->ns, one->name, false);
	return 0;
}

/* What fails is not tried again. NS NULL: those of all namespaces. */
static int up_in(struct kernel *kernel, const char *ns, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < kernel->switches.n;) {
		struct new_switch one = kernel->switches.v[i];

		if (ns && strcmp(one.ns, ns) != 0) {
			i++;
			continue;
		}
		vector_remove(&kernel->switches, i);
		if (one.waits) {
			struct error failed cleanup_error = ERROR_INIT;

			/* One that cannot be is no reason to leave the others down. */
			if (set_up(kernel, &one, &failed) < 0 && result == 0)
				result = error_take(err, &failed);
		}
		free(one.ns);
	}
	no_cable(kernel);
	return result;
}

int switches_up_in(struct kernel *kernel, const char *ns, struct error *err)
{
	bool waits = false;

	for (size_t i = 0; i < kernel->switches.n; i++) {
		const struct new_switch *one = &kernel->switches.v[i];

		waits |= one->waits && strcmp(one->ns, ns) == 0;
	}
	/* What comes may take the carrier of its ports. */
	if (waits)
		return kernel_settle(kernel, err);
	return kernel->switches.n > 0 ? up_in(kernel, ns, err) : 0;
}

int kernel_switches_up(struct kernel *kernel, struct error *err)
{
	return kernel->switches.n > 0 ? up_in(kernel, NULL, err) : 0;
}

int kernel_switches_settle(struct kernel *kernel, struct error *err)
{
	for (size_t i = 0; i < kernel->switches.n; i++)
		if (kernel->switches.v[i].waits)
			return kernel_settle(kernel, err);
	return 0;
}

void switches_forget(struct kernel *kernel, const char *ns)
{
	for (size_t i = kernel->switches.n; i-- > 0;) {
		if (strcmp(kernel->switches.v[i].ns, ns) != 0)
			continue;
		free(kernel->switches.v[i].ns);
		vector_remove(&kernel->switches, i);
	}
}

void switches_free(struct kernel *kernel)
{
	for (size_t i = 0; i < kernel->switches.n; i++)
		free(kernel->switches.v[i].ns);
	vector_free(&kernel->switches);
	no_cable(kernel);
}
