/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "base/cleanup.h"
#include "commands/foreign.h"
#include "commands/ns.h"

/* ip netns: namespaces in ip's words. "ip netns exec" is the shell's
 * (src/shell/foreign.c). */

static int list(struct session *session, const struct args *args, struct error *err)
{
	in_nsh_words(session, "netns list", "ns");
	return ns_list(session, args, err);
}

static int add(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	if (ns_plan_add(session, args, plan, err) < 0)
		return -1;
	/* ip leaves lo as the kernel makes it. */
	for (size_t i = 0; i < plan->ops.n; i++)
		plan->ops.v[i].netns.lo_down = true;
	in_nsh_words(session, "netns add",
		     "ns add %s (and lo is up in it; ip leaves it down)",
		     arg_text(args, "NEWNS"));
	return 0;
}

static int del(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	in_nsh_words(session, "netns del", "ns del %s", arg_text(args, "ROOM"));
	return ns_plan_del(session, args, plan, err);
}

static int attach(struct session *session, const struct args *args, struct plan *plan,
		  struct error *err)
{
	in_nsh_words(session, "netns attach", "ns adopt %s pid %s",
		     arg_text(args, "NEWNS"), arg_text(args, "PID"));
	return ns_plan_adopt(session, args, plan, err);
}

const struct command commands_ip_netns[] = {
	{
		.grammar = "ip netns/net [show/s|list/l|ls|lst]",
		.help = "list the namespaces",
		.example = "ip netns",
		.run = list,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "ip netns/net add/a NEWNS",
		.help = "make a namespace, with lo down as ip leaves it",
		.example = "ip netns add red",
		.plan = add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip netns/net delete/d ROOM",
		.help = "delete a namespace with all that is in it",
		.example = "ip netns del red",
		.setup = "ip netns add red",
		.plan = del,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip netns/net attach/at NEWNS PID",
		.help = "give the namespace of a process a name",
		.example = "ip netns attach me 1",
		.plan = attach,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
