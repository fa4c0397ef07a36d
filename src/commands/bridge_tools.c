/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <linux/if_bridge.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/bridge.h"
#include "commands/foreign.h"
#include "commands/names.h"
#include "kernel/diag.h"
#include "kernel/rtnl.h"

/* Switches in the words of bridge(8) and brctl(8). */

static const char *port_state(uint8_t state)
{
	switch (state) {
	case BR_STATE_DISABLED:
		return "disabled";
	case BR_STATE_LISTENING:
		return "listening";
	case BR_STATE_LEARNING:
		return "learning";
	case BR_STATE_FORWARDING:
		return "forwarding";
	case BR_STATE_BLOCKING:
		return "blocking";
	}
	return "unknown";
}

/* bridge link: what is attached to switches, and to which. */
static int ports(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "INTERFACE", "interface", COLUMN_TEXT },
		{ "SWITCH", "bridge", COLUMN_SWITCH },
		{ "STATE", "state", COLUMN_STATE },
		{ "MTU", "mtu", COLUMN_NUMBER },
		{ 0 },
	};
	struct ns *ns = world_ns(session->world, session->ns, WORLD_LINKS, -1, err);
	const struct arg *arg = arg_get(args, "LINK");
	struct link *only = NULL;
	struct table *table;

	if (!ns || (arg && !(only = name_link(ns, arg, err))))
		return -1;
	table = table_new("ports", columns);
	table_if_empty(table, "nothing is attached to a switch");
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];

		if (!link->master_name[0] || (only && link != only))
			continue;
		table_row(table);
		table_cell(table, link->name);
		table_cell(table, link->master_name);
		table_cell(table, port_state(link->port_state));
		table_cellf(table, "%u", link->mtu);
	}
	session_print(session, table);
	in_nsh_words(session, "bridge link", "bridge BR show");
	return 0;
}

static struct link *name_bridge(struct ns *ns, const struct arg *arg, struct error *err)
{
	struct link *link = name_link(ns, arg, err);

	if (!link || strcmp(link->kind, "bridge") == 0)
		return link;
	error_set(err, STATUS_FAILED, arg->word, "%s is no switch", arg->text);
	return NULL;
}

static const char *link_name(const struct ns *ns, int index)
{
	const struct link *link = ns_link_by_index(ns, index);

	return link ? link->name : NULL;
}

/* bridge fdb: which station is behind which port of a switch, as far as the switch knows. */
static int stations(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "MAC", "mac", COLUMN_TEXT },
		{ "INTERFACE", "interface", COLUMN_TEXT },
		{ "SWITCH", "bridge", COLUMN_SWITCH },
		{ "KIND", "kind", COLUMN_FAINT },
		{ 0 },
	};
	struct ns *ns = world_ns(session->world, session->ns, WORLD_LINKS, -1, err);
	const struct arg *br = arg_get(args, "BR"), *port = arg_get(args, "LINK");
	struct link *of = NULL, *at = NULL;
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	struct table *table;
	fdb_list entries = { 0 };

	if (!ns || (br && !(of = name_bridge(ns, br, err))) ||
	    (port && !(at = name_link(ns, port, err))))
		return -1;
	sock = kernel_rtnl(session->kernel, ns->name, err);
	if (!sock)
		return -1;
	if (diag_fdb(sock, &entries, &answer) < 0) {
		vector_free(&entries);
		return nl_error_set(err, &answer, ns->name);
	}
	table = table_new("stations", columns);
	table_if_empty(table, "no switch has seen anybody");
	for (size_t i = 0; i < entries.n; i++) {
		const struct fdb_entry *entry = &entries.v[i];
		char mac[MAC_TEXT];

		if ((of && entry->bridge != of->index) || (at && entry->port != at->index))
			continue;
		table_row(table);
		table_cell(table, mac_text(entry->mac, mac));
		table_cell(table, link_name(ns, entry->port));
		table_cell(table, entry->bridge ? link_name(ns, entry->bridge) : NULL);
		table_cell(table, entry->local ? "its own" : entry->fixed ? "fixed" : "learned");
	}
	vector_free(&entries);
	session_print(session, table);
	return 0;
}

static int show(struct session *session, const struct args *args, struct error *err)
{
	in_nsh_words(session, "brctl show", "bridge");
	return bridge_list(session, args, err);
}

static int add(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_LINKS, -1, err);
	const struct arg *br = arg_get(args, "NEWIF");

	if (!ns || name_is_new(ns, br->text, br, err) < 0)
		return -1;
	plan_link_add(plan, ns->name, br->text, "bridge", br->word);
	in_nsh_words(session, "brctl addbr", "bridge %s add (which is up)", br->text);
	return 0;
}

static int del(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_LINKS, -1, err);
	const struct arg *br = arg_get(args, "BR");
	const struct link *link = ns ? name_bridge(ns, br, err) : NULL;

	if (!link)
		return -1;
	plan_link_del(plan, ns->name, link->name, br->word);
	in_nsh_words(session, "brctl delbr", "bridge %s del", link->name);
	return 0;
}

/* addif and delif. */
static int change_port(struct session *session, const struct args *args,
		       struct plan *plan, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_LINKS, -1, err);
	const struct arg *br = arg_get(args, "BR"), *port = arg_get(args, "LINK");
	const struct link *bridge = ns ? name_bridge(ns, br, err) : NULL;
	const struct link *link = bridge ? name_link(ns, port, err) : NULL;
	bool attach = arg_has(args, "addif");
	struct op *op;

	if (!link)
		return -1;
	if (attach && link->master_name[0])
		return error_set(err, STATUS_FAILED, port->word,
				 "%s is attached to %s already", link->name,
				 link->master_name);
	if (!attach && link->master != bridge->index)
		return error_set(err, STATUS_FAILED, port->word,
				 "%s is not attached to %s", link->name, bridge->name);
	op = plan_link_set(plan, ns->name, link->name, port->word);
	op->link_set.set = LINK_CHANGE_MASTER;
	if (attach)
		str_copy(op->link_set.master, IFNAMSIZ, bridge->name);
	in_nsh_words(session, attach ? "brctl addif" : "brctl delif", "bridge %s %s %s%s",
		     bridge->name, attach ? "attach" : "detach", link->name,
		     attach ? " (which is up then)" : "");
	return 0;
}

const struct command commands_bridge_tools[] = {
	{
		.grammar = "bridge link [show [dev LINK]]",
		.help = "list what is attached to switches",
		.example = "bridge link",
		.run = ports,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "bridge fdb [show] [br BR|dev LINK|brport LINK]",
		.help = "list which station is behind which port of a switch",
		.example = "bridge fdb show br v-net-0",
		.setup = "bridge v-net-0 add",
		.run = stations,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "brctl show",
		.help = "list the switches",
		.example = "brctl show",
		.run = show,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "brctl addbr NEWIF",
		.help = "make a switch, down",
		.example = "brctl addbr v-net-0",
		.plan = add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "brctl delbr BR",
		.help = "delete a switch",
		.example = "brctl delbr v-net-0",
		.setup = "brctl addbr v-net-0",
		.plan = del,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "brctl (addif|delif) BR LINK",
		.help = "attach an interface to a switch, or detach it",
		.example = "brctl addif v-net-0 veth-red",
		.setup = "brctl addbr v-net-0; ip link add veth-red type veth peer name "
			 "veth-blue",
		.plan = change_port,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
