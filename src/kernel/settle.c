/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/kernel.h"

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "kernel/kernel-internal.h"
#include "kernel/rtnl.h"

/* The kernel works off that a carrier came within a second (net/core/link_watch.c); in milliseconds,
 * with something to spare. */
#define SETTLED_AFTER 1500

void kernel_unsettled(struct kernel *kernel, const char *ns, const char *name, bool pair)
{
	struct unsettled *one = vector_add(&kernel->unsettled);

	one->ns = xstrdup(ns);
	one->name = xstrdup(name);
	one->pair = pair;
	one->since = clock_ms();
}

void unsettled_free(struct kernel *kernel)
{
	for (size_t i = 0; i < kernel->unsettled.n; i++) {
		free(kernel->unsettled.v[i].ns);
		free(kernel->unsettled.v[i].name);
	}
	vector_free(&kernel->unsettled);
}

int kernel_settle(struct kernel *kernel, struct error *err)
{
	int result = kernel_switches_up(kernel, err);
	long long now = clock_ms();

	for (size_t i = 0; i < kernel->unsettled.n; i++) {
		const struct unsettled *one = &kernel->unsettled.v[i];
		struct error ignored cleanup_error = ERROR_INIT;
		struct nlsock *sock;

		if (now - one->since > SETTLED_AFTER)
			continue;
		/* It may be gone already. */
		sock = kernel_rtnl(kernel, one->ns, &ignored);
		if (sock && one->pair)
			rtnl_pair_settle(sock, one->name);
		else if (sock)
			rtnl_link_settle(sock, one->name);
	}
	unsettled_free(kernel);
	return result;
}
