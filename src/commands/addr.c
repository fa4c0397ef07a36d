/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "base/table.h"
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
	bool whole = strchr(addr_arg->text, '/') != NULL;
	struct cidr cidr;
	struct link *link;
	struct ns *ns;

	if (cidr_parse_loose(addr_arg->text, &cidr, addr_arg->word, err) < 0 ||
	    name_end(session, end, WORLD_ADDRS, &ns, &link, err) < 0)
		return -1;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (strcmp(addr->link, link->name) != 0 || !ip_equal(&addr->cidr.ip, &cidr.ip) ||
		    (whole && addr->cidr.prefix != cidr.prefix))
			continue;
		plan_addr_del(plan, ns->name, link->name, &addr->cidr, addr_arg->word);
		return 0;
	}
	return error_set(err, STATUS_FAILED, addr_arg->word, "%s:%s does not have %s", ns->name,
			 link->name, addr_arg->text);
}

/* The namespace, or one interface of it, that a list is of. */
static struct ns *listed(struct session *session, const struct args *args, unsigned parts,
			 const char **only, struct error *err)
{
	const struct arg *end = arg_get(args, "END");
	struct link *link;
	struct ns *ns;

	*only = NULL;
	if (!end)
		return world_ns(session->world, session->ns, parts, -1, err);
	if (!strchr(end->text, ':') && world_has_ns(session->world, end->text))
		return world_ns(session->world, end->text, parts, end->word, err);
	if (name_end(session, end, parts, &ns, &link, err) < 0)
		return NULL;
	*only = link->name;
	return ns;
}

static int list_addresses(struct session *session, const struct args *args, struct error *err)
{
	struct table *table;
	const char *only;
	struct ns *ns = listed(session, args, WORLD_ADDRS, &only, err);

	if (!ns)
		return -1;
	table = list_addrs(ns, only);
	table_print(table, session->format == FORMAT_JSON, session->out);
	table_free(table);
	return 0;
}

const struct command commands_addr[] = {
	{
		.grammar = "addr [END]",
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

/* --- link: it lists the same way --- */

static int list_interfaces(struct session *session, const struct args *args,
			   struct error *err)
{
	struct table *table;
	const char *only;
	struct ns *ns = listed(session, args, WORLD_LINKS, &only, err);

	if (!ns)
		return -1;
	table = list_links(session->world, ns, only);
	table_print(table, session->format == FORMAT_JSON, session->out);
	table_free(table);
	return 0;
}

static int plan_link_new(struct session *session, const struct args *args, struct plan *plan,
			 struct error *err)
{
	const struct arg *end = arg_get(args, "NEWEND"), *kind = arg_get(args, "KIND");
	char name[IFNAMSIZ];
	struct ns *ns;

	if (!strchr(end->text, ':') && !world_has_ns(session->world, end->text)) {
		error_set(err, STATUS_FAILED, end->word, "there is no namespace %s", end->text);
		return error_hint(err, "an interface of that name is %s:%s", session->ns,
				  end->text);
	}
	if (name_new_end(session, end, &ns, name, err) < 0)
		return -1;
	if (!name[0]) {
		error_set(err, STATUS_USAGE, end->word, "%s lacks the interface's name",
			  end->text);
		return error_hint(err, "%s:NAME", end->text);
	}
	plan_link_add(plan, ns->name, name, kind->text, kind->word)->link_add.end.up = true;
	return 0;
}

static int plan_change(struct session *session, const struct args *args, struct plan *plan,
		       struct error *err)
{
	const struct arg *end = arg_get(args, "END"), *arg;
	unsigned long long number;
	struct link *link;
	struct ns *ns;
	struct op *op;

	if (name_end(session, end, 0, &ns, &link, err) < 0)
		return -1;
	op = plan_link_set(plan, ns->name, link->name, end->word);
	if (arg_has(args, "up") || arg_has(args, "down")) {
		op->link_set.set = LINK_CHANGE_UP;
		op->link_set.up = arg_has(args, "up");
	} else if ((arg = arg_get(args, "MTU"))) {
		str_number(arg->text, 0, 0xffffffffu, &number);
		op->word = arg->word;
		op->link_set.set = LINK_CHANGE_MTU;
		op->link_set.mtu = (unsigned)number;
	} else if ((arg = arg_get(args, "NEWIF"))) {
		op->word = arg->word;
		if (ns_link(ns, arg->text))
			return error_set(err, STATUS_FAILED, arg->word,
					 "%s has an interface %s already", ns->name, arg->text);
		op->link_set.set = LINK_CHANGE_NAME;
		str_copy(op->link_set.new_name, IFNAMSIZ, arg->text);
	} else if ((arg = arg_get(args, "MAC"))) {
		op->word = arg->word;
		op->link_set.set = LINK_CHANGE_MAC;
		mac_parse(arg->text, op->link_set.mac);
	} else if ((arg = arg_get(args, "ALTNAME"))) {
		op->word = arg->word;
		if (ns_link(ns, arg->text))
			return error_set(err, STATUS_FAILED, arg->word,
					 "%s has an interface %s already", ns->name, arg->text);
		op->link_set.set = OP_LINK_ALTNAME;
		op->link_set.altname = xstrdup(arg->text);
	} else if ((arg = arg_get(args, "NS"))) {
		struct ns *to = world_ns(session->world, arg->text, WORLD_LINKS, arg->word, err);

		op->word = arg->word;
		if (!to)
			return -1;
		if (to == ns)
			return error_set(err, STATUS_FAILED, arg->word, "%s is in %s already",
					 link->name, ns->name);
		if (link->flags & IFF_LOOPBACK)
			return error_set(err, STATUS_FAILED, end->word,
					 "lo stays where it is: every namespace has its own");
		if (strcmp(link->kind, "bridge") == 0)
			return error_set(err, STATUS_FAILED, end->word,
					 "%s is a switch: it cannot move to another namespace",
					 link->name);
		if (ns_link(to, link->name))
			return error_set(err, STATUS_FAILED, arg->word,
					 "%s has an interface %s already", to->name,
					 link->name);
		op->link_set.set = LINK_CHANGE_NETNS;
		op->link_set.to_ns = xstrdup(to->name);
		plan_note(plan, "note: %s is down in %s and has no address there", link->name,
			  to->name);
	}
	return 0;
}

static int plan_remove(struct session *session, const struct args *args, struct plan *plan,
		       struct error *err)
{
	const struct arg *end = arg_get(args, "END");
	struct link *link;
	struct ns *ns;

	if (name_end(session, end, 0, &ns, &link, err) < 0)
		return -1;
	if (link->flags & IFF_LOOPBACK)
		return error_set(err, STATUS_FAILED, end->word, "lo cannot be deleted");
	plan_link_del(plan, ns->name, link->name, end->word);
	return 0;
}

const struct command commands_link[] = {
	{
		.grammar = "link [END]",
		.help = "list the interfaces of a namespace, or show one",
		.example = "link",
		.run = list_interfaces,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "link add NEWEND KIND",
		.help = "make an interface of another kind, up",
		.example = "link add host:br0 bridge",
		.plan = plan_link_new,
	},
	{
		.grammar = "link END (up|down|mtu MTU|name NEWIF|altname ALTNAME|mac MAC|to NS)",
		.help = "change an interface, or move it to another namespace",
		.example = "link v-net-0 mtu 1400",
		.setup = "bridge v-net-0 add",
		.plan = plan_change,
	},
	{
		.grammar = "link del END",
		.help = "delete an interface; with one end of a cable goes the other",
		.example = "link del v-net-0",
		.setup = "bridge v-net-0 add",
		.plan = plan_remove,
	},
	{ 0 },
};
