/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "commands/names.h"
#include "kernel/rtnl.h"
#include "view/lists.h"

/* Interfaces. */

static int list_interfaces(struct session *session, const struct args *args,
			   struct error *err)
{
	const char *only;
	struct ns *ns = name_listed(session, args, WORLD_LINKS, &only, err);

	if (!ns)
		return -1;
	session_print(session, list_links(session->world, ns, only));
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

/* --- changing one --- */

/* A change of the interface that END names, to be filled in; ARG is what it gets. NULL: error. */
static struct op *change(struct session *session, const struct args *args,
			 const struct arg *arg, struct ns **ns, struct plan *plan,
			 struct error *err)
{
	struct link *link;

	if (name_end(session, arg_get(args, "END"), 0, ns, &link, err) < 0)
		return NULL;
	return plan_link_set(plan, (*ns)->name, link->name,
			     arg ? arg->word : arg_get(args, "END")->word);
}

static int plan_state(struct session *session, const struct args *args, struct plan *plan,
		      struct error *err)
{
	struct ns *ns;
	struct op *op = change(session, args, NULL, &ns, plan, err);

	if (!op)
		return -1;
	op->link_set.set = LINK_CHANGE_UP;
	op->link_set.up = arg_has(args, "up");
	return 0;
}

/* Any of kernel/link_setting.h: the parameter tells which. */
static int plan_setting(struct session *session, const struct args *args, struct plan *plan,
			struct error *err)
{
	const struct arg *arg = &args->v[args->n - 1];
	struct ns *ns;
	struct op *op = change(session, args, arg, &ns, plan, err);

	if (!op)
		return -1;
	plan_link_setting(op, (enum link_setting)link_setting_of_param(arg->name),
			  (unsigned)arg_number(arg));
	return 0;
}

static int plan_name(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	const struct arg *arg = arg_get(args, "NEWIF");
	struct ns *ns;
	struct op *op = change(session, args, arg, &ns, plan, err);

	if (!op || name_is_new(ns, arg->text, arg, err) < 0 ||
	    name_not_lo(ns, op->link_set.name, arg_get(args, "END"), err) < 0)
		return -1;
	op->link_set.set = LINK_CHANGE_NAME;
	str_copy(op->link_set.new_name, IFNAMSIZ, arg->text);
	return 0;
}

static int plan_altname(struct session *session, const struct args *args, struct plan *plan,
			struct error *err)
{
	const struct arg *arg = arg_get(args, "ALTNAME");
	struct ns *ns;
	struct op *op = change(session, args, arg, &ns, plan, err);

	if (!op || name_is_new(ns, arg->text, arg, err) < 0)
		return -1;
	op->link_set.set = OP_LINK_ALTNAME;
	op->link_set.altname = xstrdup(arg->text);
	return 0;
}

static int plan_mac(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *arg = arg_get(args, "MAC");
	struct ns *ns;
	struct op *op = change(session, args, arg, &ns, plan, err);

	if (!op)
		return -1;
	op->link_set.set = LINK_CHANGE_MAC;
	mac_parse(arg->text, op->link_set.mac);
	return 0;
}

static int check_moves(const struct ns *ns, const struct link *link, const struct ns *to,
		       const struct args *args, struct error *err)
{
	const struct arg *end = arg_get(args, "END"), *arg = arg_get(args, "NS");

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
	return name_is_new(to, link->name, arg, err);
}

static int plan_move(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	const struct arg *end = arg_get(args, "END"), *arg = arg_get(args, "NS");
	struct link *link;
	struct ns *ns, *to;
	struct op *op;

	if (name_end(session, end, 0, &ns, &link, err) < 0 ||
	    !(to = world_ns(session->world, arg->text, WORLD_LINKS, arg->word, err)) ||
	    check_moves(ns, link, to, args, err) < 0)
		return -1;
	op = plan_link_set(plan, ns->name, link->name, arg->word);
	op->link_set.set = LINK_CHANGE_NETNS;
	op->link_set.to_ns = xstrdup(to->name);
	plan_note(plan, "note: %s is down in %s and has no address there", link->name, to->name);
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
		.about = "interfaces: make, set up or down, change, move, delete, list",
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
		.grammar = "link END (up|down)",
		.help = "set an interface up or down",
		.example = "link v-net-0 down",
		.setup = "bridge v-net-0 add",
		.plan = plan_state,
	},
	{
		.grammar = "link END mtu MTU",
		.help = "change the size of the largest packet it takes",
		.example = "link v-net-0 mtu 1400",
		.setup = "bridge v-net-0 add",
		.plan = plan_setting,
	},
	{
		.grammar = "link END queue QUEUE",
		.help = "change how many packets may wait in it to be sent",
		.example = "link v-net-0 queue 100",
		.setup = "bridge v-net-0 add",
		.plan = plan_setting,
	},
	{
		.grammar = "link END mac MAC",
		.help = "give it another MAC address",
		.example = "link v-net-0 mac 02:00:00:00:00:01",
		.setup = "bridge v-net-0 add",
		.plan = plan_mac,
	},
	{
		.grammar = "link END name NEWIF",
		.help = "give it another name",
		.example = "link v-net-0 name v-net-1",
		.setup = "bridge v-net-0 add",
		.plan = plan_name,
	},
	{
		.grammar = "link END altname ALTNAME",
		.help = "give it a further name, as long as 127 bytes",
		.example = "link v-net-0 altname the-switch-of-all-rooms",
		.setup = "bridge v-net-0 add",
		.plan = plan_altname,
	},
	{
		.grammar = "link END to NS",
		.help = "move it to another namespace",
		.example = "link host:veth-red to blue",
		.setup = "ns add blue; cable host:veth-red host:veth-blue",
		.plan = plan_move,
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
