/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* What the walk knows, what it tells, and how it ends. */

/* --- reading --- */

struct why_ns *why_space(struct walk *walk, const char *name)
{
	struct why_ns *space;
	struct ns *ns;

	for (size_t i = 0; i < walk->spaces.n; i++)
		if (!strcmp(walk->spaces.v[i]->ns->name, name))
			return walk->spaces.v[i];
	ns = world_ns(walk->world, name, WORLD_LINKS | WORLD_ADDRS | WORLD_NEIGHS, -1, walk->err);
	if (!ns) {
		walk->failed = true;
		return NULL;
	}
	space = xcalloc(1, sizeof(*space));
	space->ns = ns;
	*vector_add(&walk->spaces) = space;
	return space;
}

static int read_legacy(void *data, struct error *err)
{
	static const char *const files[] = { "/proc/thread-self/net/ip_tables_names",
					     "/proc/thread-self/net/ip6_tables_names" };
	struct ruleset *rules = data;

	(void)err;
	for (int i = 0; i < 2; i++) {
		cleanup_close int fd = open(files[i], O_RDONLY | O_CLOEXEC);
		char byte;
		bool any = fd >= 0 && read(fd, &byte, 1) == 1;

		if (i == 0)
			rules->legacy4 = any;
		else
			rules->legacy6 = any;
	}
	return 0;
}

bool why_rules(struct walk *walk, struct why_ns *space)
{
	struct kernel *kernel = world_kernel(walk->world);
	struct error err cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock;

	if (space->rules_read)
		return true;
	space->rules_read = true;
	kernel_inside(kernel, space->ns->name, read_legacy, &space->rules, &err);
	error_clear(&err);
	sock = kernel_netfilter(kernel, space->ns->name, &err);
	if (!sock && err.status == STATUS_UNSUPPORTED)
		return true; /* no netfilter at all */
	if (sock && ruleset_read(sock, &space->rules, &answer) == 0)
		return true;
	why_end(walk, WHY_UNKNOWN, WHY_UNSURE, space->ns, NULL, NULL,
		"the firewall of %s cannot be read: %s", space->ns->name,
		sock ? nl_error_text(&answer) : err.message);
	return false;
}

void why_fdb(struct walk *walk, struct why_ns *space)
{
	struct nlsock *sock = why_rtnl(walk, space->ns);
	struct nl_error failed;

	if (space->fdb_read || !sock)
		return;
	space->fdb_read = true;
	/* Without them frames are taken to go to all ports, which is the usual way. */
	diag_fdb(sock, &space->fdb, &failed);
	diag_bridge_ports(sock, &space->ports, &failed);
}

struct nlsock *why_rtnl(struct walk *walk, const struct ns *ns)
{
	struct kernel *kernel = world_kernel(walk->world);
	struct nlsock *sock = kernel ? kernel_rtnl(kernel, ns->name, walk->err) : NULL;

	if (!kernel)
		error_set(walk->err, STATUS_FAILED, -1, "nothing runs here that could be asked");
	if (!sock)
		walk->failed = true;
	return sock;
}

bool why_route(struct walk *walk, const struct ns *ns, const struct route_question *question,
	       struct route_answer *answer)
{
	struct nlsock *sock = why_rtnl(walk, ns);
	struct nl_error failed;

	if (!sock)
		return false;
	if (diag_route(sock, question, answer, &failed) == 0)
		return true;
	nl_error_set(walk->err, &failed, "the kernel cannot be asked for a route");
	walk->failed = true;
	return false;
}

__attribute__((format(printf, 3, 0)))
static const char *sysctl_value(struct walk *walk, const struct ns *ns, const char *format,
				va_list ap)
{
	struct error err cleanup_error = ERROR_INIT;
	cleanup_free char *key = xvasprintf(format, ap);
	const char *value = world_sysctl(walk->world, ns->name, key, &err);

	return value ? value : "";
}

const char *why_sysctl(struct walk *walk, const struct ns *ns, const char *format, ...)
{
	const char *value;
	va_list ap;

	va_start(ap, format);
	value = sysctl_value(walk, ns, format, ap);
	va_end(ap);
	return value;
}

bool why_sysctl_on(struct walk *walk, const struct ns *ns, const char *format, ...)
{
	const char *value;
	va_list ap;

	va_start(ap, format);
	value = sysctl_value(walk, ns, format, ap);
	va_end(ap);
	return *value && strcmp(value, "0") != 0;
}

/* --- telling --- */

void link_text(struct buf *text, const struct ns *ns, const struct link *link)
{
	buf_add_visible(text, ns ? ns->name : "?");
	if (!link)
		return;
	buf_addc(text, ':');
	buf_add_visible(text, link->name);
}

/* Names of interfaces and chains are anybody's: no terminal is to act on them. */
static char *visible(const char *format, va_list ap)
	__attribute__((format(printf, 1, 0)));
static char *visible(const char *format, va_list ap)
{
	cleanup_free char *text = xvasprintf(format, ap);

	return str_visible(text);
}

void why_step(struct walk *walk, enum why_basis basis, const struct ns *ns,
	      const struct link *link, const char *format, ...)
{
	struct buf where cleanup_buf = { 0 };
	struct why_step *step;
	va_list ap;

	if (walk->quiet)
		return;
	link_text(&where, ns, link);
	step = vector_add(&walk->why->steps);
	step->back = walk->back;
	step->basis = basis;
	step->where = buf_steal(&where);
	va_start(ap, format);
	step->what = visible(format, ap);
	va_end(ap);
}

void ending_free(struct ending *ending)
{
	free(ending->where);
	free(ending->sentence);
	free(ending->mend);
	*ending = (struct ending){ 0 };
}

static void set_ending(struct ending *ending, enum why_code code, enum why_basis basis,
		       const struct ns *ns, const struct link *link, const char *mend,
		       char *sentence)
{
	struct buf where cleanup_buf = { 0 };

	if (ending->set) {
		free(sentence);
		return;
	}
	link_text(&where, ns, link);
	*ending = (struct ending){ .set = true, .code = code, .basis = basis,
				   .where = buf_steal(&where), .sentence = sentence,
				   .mend = mend ? str_visible(mend) : NULL };
}

static void tell_ending(struct walk *walk)
{
	struct why_step *step;

	if (walk->quiet)
		return;
	step = vector_add(&walk->why->steps);
	*step = (struct why_step){ .back = walk->back, .basis = walk->ending.basis,
				   .where = xstrdup(walk->ending.where),
				   .what = xasprintf("%s: %s", why_code_name(walk->ending.code),
						     walk->ending.sentence) };
}

bool why_end(struct walk *walk, enum why_code code, enum why_basis basis, const struct ns *ns,
	     const struct link *link, const char *mend, const char *format, ...)
{
	bool first = !walk->ending.set;
	va_list ap;

	va_start(ap, format);
	set_ending(&walk->ending, code, basis, ns, link, mend, visible(format, ap));
	va_end(ap);
	if (first)
		tell_ending(walk);
	return true;
}

bool why_obstacle(struct walk *walk, enum why_code code, enum why_basis basis,
		  const struct ns *ns, const struct link *link, const char *mend,
		  const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	set_ending(&walk->obstacle, code, basis, ns, link, mend, visible(format, ap));
	va_end(ap);
	return false;
}

bool why_end_by_obstacle(struct walk *walk)
{
	if (walk->ending.set || !walk->obstacle.set)
		return walk->ending.set;
	walk->ending = walk->obstacle;
	walk->obstacle = (struct ending){ 0 };
	tell_ending(walk);
	return true;
}
