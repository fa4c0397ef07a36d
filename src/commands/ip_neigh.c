/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include "commands/arp.h"
#include "commands/foreign.h"
#include "view/lists.h"

/* ip neigh: neighbours in ip's words. */

static int neighbours(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_NEIGHS, err);
	struct link *link;

	if (!ns || foreign_link(ns, args, &link, err) < 0)
		return -1;
	session_print(session,
		      list_neighs(ns, link ? link->name : NULL, foreign_family(args)));
	in_nsh_words(session, "neigh", "arp %s", ns->name);
	return 0;
}

static int neigh_add(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	struct ns *ns = foreign_ns(session, args, 0, err);

	if (!ns)
		return -1;
	in_nsh_words(session, "neigh add", "arp %s add %s %s", ns->name,
		     arg_text(args, "IP"), arg_text(args, "MAC"));
	return arp_plan_add(session, args, plan, err);
}

static int neigh_del(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	struct ns *ns = foreign_ns(session, args, 0, err);

	if (!ns)
		return -1;
	in_nsh_words(session, "neigh del", "arp %s del %s", ns->name,
		     arg_text(args, "IP"));
	return arp_plan_del(session, args, plan, err);
}

static int neigh_flush(struct session *session, const struct args *args,
		       struct plan *plan, struct error *err)
{
	struct ns *ns = foreign_ns(session, args, 0, err);

	if (!ns)
		return -1;
	in_nsh_words(session, "neigh flush", "arp %s flush", ns->name);
	return arp_plan_flush(session, args, plan, err);
}

const struct command commands_ip_neigh[] = {
	{
		.grammar = "ip [IPOPTS] (neighbor/n|neighbour) "
			   "[(show/s|list/l|ls|lst) [[dev] LINK]]",
		.help = "list the neighbours that a namespace knows",
		.example = "ip neigh",
		.run = neighbours,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] (neighbor/n|neighbour) (add/a|replace/r) IP "
			   "(lladdr MAC dev LINK|dev LINK lladdr MAC) [nud permanent] "
			   "[(proto|protocol) OWNPROTO]",
		.help = "enter a neighbour for good",
		.example =
			"ip neigh add 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0",
		.setup = "ip link add v-net-0 type bridge; ip link set v-net-0 up; "
			 "ip addr add 192.168.15.5/24 dev v-net-0",
		.plan = neigh_add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] (neighbor/n|neighbour) delete/d IP dev LINK",
		.help = "forget a neighbour",
		.example = "ip neigh del 192.168.15.9 dev v-net-0",
		.setup = "ip link add v-net-0 type bridge; ip link set v-net-0 up; "
			 "ip addr add 192.168.15.5/24 dev v-net-0; "
			 "ip neigh add 192.168.15.9 lladdr 02:00:00:00:00:09 dev v-net-0",
		.plan = neigh_del,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] (neighbor/n|neighbour) flush/f (all|dev LINK)",
		.help = "forget the neighbours but those entered for good",
		.example = "ip neigh flush all",
		.plan = neigh_flush,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
