/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include "commands/cable.h"
#include "commands/names.h"
#include "kernel/rtnl.h"
#include "view/lists.h"

/* Addresses of interfaces. */

static int plan_add(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *end = arg_get(args, "END"), *cidr_arg = arg_get(args, "CIDR");
	struct cidr cidr;
	struct link *link;
	struct ns *ns;

	if (name_cidr(cidr_arg, &cidr, err) < 0 ||
	    name_end(session, end, WORLD_ADDRS, &ns, &link, err) < 0 ||
	    check_addr_free(ns, &cidr, cidr_arg, err) < 0)
		return -1;
	plan_addr_add(plan, ns->name, link->name, &cidr, cidr_arg->word);
	return 0;
}

static int plan_del(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *end = arg_get(args, "END"), *addr_arg = arg_get(args, "ADDR");
	const struct addr *addr;
	struct link *link;
	struct ns *ns;

	if (name_end(session, end, WORLD_ADDRS, &ns, &link, err) < 0 ||
	    !(addr = name_addr(ns, link->name, addr_arg, err)))
		return -1;
	plan_addr_del(plan, ns->name, link->name, &addr->cidr, addr_arg->word);
	return 0;
}

static int list_addresses(struct session *session, const struct args *args, struct error *err)
{
	const char *only;
	struct ns *ns = name_listed(session, args, WORLD_ADDRS, &only, err);

	if (!ns)
		return -1;
	session_print(session, list_addrs(ns, only, 0));
	return 0;
}

const struct command commands_addr[] = {
	{
		.grammar = "addr [END]",
		.about = "addresses of interfaces: give, take away, list",
		.help = "list the addresses of a namespace or an interface",
		.example = "addr",
		.run = list_addresses,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "addr END CIDR",
		.help = "give an interface an address",
		.example = "addr v-net-0 192.168.15.5/24",
		.setup = "bridge v-net-0 add",
		.plan = plan_add,
	},
	{
		.grammar = "addr del END ADDR",
		.help = "take an address away",
		.example = "addr del v-net-0 192.168.15.5",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24",
		.plan = plan_del,
	},
	{ 0 },
};
