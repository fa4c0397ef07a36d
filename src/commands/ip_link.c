/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "base/cleanup.h"
#include "commands/foreign.h"
#include "commands/names.h"
#include "kernel/rtnl.h"
#include "view/lists.h"

/* ip link: interfaces in ip's words. */

static int list(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *arg = arg_get(args, "LINK");
	struct ns *ns = foreign_ns(session, args, WORLD_LINKS, err);
	struct link *link;

	if (!ns || foreign_link(ns, args, &link, err) < 0)
		return -1;
	if (arg_has(args, "up"))
		session_print(session,
			      list_links_up(session->world, ns, link ? link->name : NULL));
	else
		session_print(session,
			      list_links(session->world, ns, link ? link->name : NULL));
	if (link)
		in_nsh_words(session, "link show", "link %s:%s", ns->name, arg->text);
	else
		in_nsh_words(session, "link", "link %s", ns->name);
	return 0;
}

/* --- ip link add --- */

/* What the line says of one end of what it makes. */
struct end_words {
	const struct arg *name, *mac, *netns, *setting[LINK_SETTINGS];
	bool up;
};

/* What stands before "type", and what behind "peer". */
static int read_ends(const struct args *args, struct end_words *end,
		     struct end_words *peer, struct error *err)
{
	struct end_words *one = end;
	bool options = true,
	     netns = false; /* "-n NS" comes first, and is not the end's */

	for (size_t i = 0; i < args->n; i++) {
		const struct arg *arg = &args->v[i];
		int setting;

		if (arg->literal) {
			if (strcmp(arg->name, "link") == 0)
				options = false;
			else if (strcmp(arg->name, "peer") == 0)
				one = peer;
			else if (strcmp(arg->name, "up") == 0)
				one->up = true;
			netns = strcmp(arg->name, "netns") == 0;
			continue;
		}
		if (strcmp(arg->name, "NEWIF") == 0)
			one->name = arg;
		else if ((setting = link_setting_of_param(arg->name)) >= 0)
			one->setting[setting] = arg;
		else if (strcmp(arg->name, "MAC") == 0)
			one->mac = arg;
		else if (strcmp(arg->name, "NS") == 0 && netns && !options)
			one->netns = arg;
	}
	if (peer->up)
		return error_set(
			err, STATUS_USAGE, peer->name->word,
			"the other end cannot be made up: \"ip link set %s up\" does it",
			peer->name->text);
	return 0;
}

/* "ip link set X netns 1", "netns $$": the namespace of the shell, which is host. */
static const char *netns_name(struct session *session, const struct arg *arg)
{
	if ((strcmp(arg->text, "1") == 0 || strcmp(arg->text, "$$") == 0) &&
	    !world_has_ns(session->world, arg->text))
		return HOST;
	return arg->text;
}

/* The namespace in which an end is made: its own, or that of the line. */
static struct ns *end_ns(struct session *session, const struct args *args,
			 const struct end_words *end, struct error *err)
{
	struct ns *ns;

	if (end->netns)
		ns = world_ns(session->world, netns_name(session, end->netns),
			      WORLD_LINKS, end->netns->word, err);
	else
		ns = foreign_ns(session, args, WORLD_LINKS, err);
	if (!ns || name_is_new(ns, end->name->text, end->name, err) < 0)
		return NULL;
	return ns;
}

static void fill_end(struct op_end *op_end, const struct end_words *end)
{
	if (end->mac)
		op_end->has_mac = mac_parse(end->mac->text, op_end->mac);
	op_end->up = end->up;
	op_end->group = NSH_GROUP;
}

/* A size given for one end is that end's alone. */
static void plan_settings(struct plan *plan, const char *ns, const struct end_words *end)
{
	for (unsigned i = 0; i < LINK_SETTINGS; i++)
		if (end->setting[i])
			plan_link_setting(plan_link_set(plan, ns, end->name->text,
							end->setting[i]->word),
					  i, (unsigned)arg_number(end->setting[i]));
}

static int add(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct end_words end = { 0 }, peer = { 0 };
	const struct arg *kind = arg_get(args, "KIND");
	cleanup_free char *ns_name = NULL, *one = NULL, *other = NULL;
	struct ns *ns, *peer_ns;
	struct op *op;

	if (read_ends(args, &end, &peer, err) < 0)
		return -1;
	ns = end_ns(session, args, &end, err);
	if (!ns)
		return -1;
	ns_name = xstrdup(ns->name);
	one = nsh_end(ns, end.name->text);
	op = plan_link_add(plan, ns_name, end.name->text, kind ? kind->text : "veth",
			   kind ? kind->word : end.name->word);
	fill_end(&op->link_add.end, &end);
	if (!peer.name) {
		plan_settings(plan, ns_name, &end);
		if (strcmp(kind->text, "bridge") == 0)
			in_nsh_words(session, "link add bridge",
				     "bridge %s add (which is up)", one);
		else
			in_nsh_words(session, "link add", "link add %s:%s %s", ns_name,
				     end.name->text, kind->text);
		return 0;
	}
	peer_ns = end_ns(session, args, &peer, err);
	if (!peer_ns)
		return -1;
	if (strcmp(peer_ns->name, ns_name) == 0 &&
	    strcmp(end.name->text, peer.name->text) == 0)
		return error_set(err, STATUS_FAILED, peer.name->word,
				 "the ends of a cable need two names");
	op->link_add.peer.ns = xstrdup(peer_ns->name);
	str_copy(op->link_add.peer.name, IFNAMSIZ, peer.name->text);
	fill_end(&op->link_add.peer, &peer);
	other = nsh_end(peer_ns, peer.name->text);
	plan_settings(plan, ns_name, &end);
	plan_settings(plan, peer_ns->name, &peer);
	in_nsh_words(session, "link add veth",
		     "cable A B, with namespaces for A and B: makes %s and %s in place, "
		     "and up",
		     end.name->text, peer.name->text);
	return 0;
}

/* --- ip link set --- */

/* What a line changes, each by the argument that says so. */
struct changes {
	const struct arg *state, *name, *mac, *master, *netns, *group, *setting[LINK_SETTINGS];
};

static bool has_settings(const struct changes *changes)
{
	for (unsigned i = 0; i < LINK_SETTINGS; i++)
		if (changes->setting[i])
			return true;
	return false;
}

static int once(const struct arg **change, const struct arg *arg, struct error *err)
{
	if (*change)
		return error_set(err, STATUS_USAGE, arg->word, "this is said twice");
	*change = arg;
	return 0;
}

static int read_changes(const struct args *args, struct changes *changes,
			struct error *err)
{
	size_t i = 0;
	int result = 0;

	while (strcmp(args->v[i].name, "set") != 0)
		i++;
	for (; i < args->n && result == 0; i++) {
		const struct arg *arg = &args->v[i];
		const char *name = arg->name;
		int setting;

		if (arg->literal &&
		    (strcmp(name, "up") == 0 || strcmp(name, "down") == 0))
			result = once(&changes->state, arg, err);
		else if (arg->literal && strcmp(name, "nomaster") == 0)
			result = once(&changes->master, arg, err);
		else if (arg->literal)
			continue;
		else if ((setting = link_setting_of_param(name)) >= 0)
			result = once(&changes->setting[setting], arg, err);
		else if (strcmp(name, "NEWIF") == 0)
			result = once(&changes->name, arg, err);
		else if (strcmp(name, "MAC") == 0)
			result = once(&changes->mac, arg, err);
		else if (strcmp(name, "BR") == 0)
			result = once(&changes->master, arg, err);
		else if (strcmp(name, "NS") == 0)
			result = once(&changes->netns, arg, err);
		else if (strcmp(name, "OWNGROUP") == 0)
			result = once(&changes->group, arg, err);
	}
	return result;
}

/* Plans the move; *NS is where the interface is then. */
static int plan_move(struct session *session, const struct changes *changes,
		     struct ns **ns, const struct link *link, struct plan *plan,
		     struct error *err)
{
	const struct arg *arg = changes->netns;
	struct ns *to = world_ns(session->world, netns_name(session, arg), WORLD_LINKS,
				 arg->word, err);
	struct op *op;

	if (!to)
		return -1;
	if (link->flags & IFF_LOOPBACK)
		return error_set(err, STATUS_FAILED, arg->word,
				 "lo stays where it is: every namespace has its own");
	in_nsh_words(session, "link netns", "link %s:%s to %s", (*ns)->name, link->name,
		     to->name);
	/* ip, too, is silent where there is nothing to do. */
	if (to == *ns)
		return 0;
	if (name_is_new(to, link->name, arg, err) < 0)
		return -1;
	op = plan_link_set(plan, (*ns)->name, link->name, arg->word);
	op->link_set.set = LINK_CHANGE_NETNS;
	op->link_set.to_ns = xstrdup(to->name);
	*ns = to;
	return 0;
}

static int plan_name(struct session *session, const struct changes *changes,
		     const struct ns *ns, char name[IFNAMSIZ], struct plan *plan,
		     struct error *err)
{
	struct op *op;

	if (strcmp(changes->name->text, name) == 0)
		return 0;
	if (name_is_new(ns, changes->name->text, changes->name, err) < 0 ||
	    name_not_lo(ns, name, changes->name, err) < 0)
		return -1;
	in_nsh_words(session, "link name", "link %s:%s name %s", ns->name, name,
		     changes->name->text);
	op = plan_link_set(plan, ns->name, name, changes->name->word);
	op->link_set.set = LINK_CHANGE_NAME;
	str_copy(op->link_set.new_name, IFNAMSIZ, changes->name->text);
	str_copy(name, IFNAMSIZ, changes->name->text);
	return 0;
}

/* Whether no interface can be a port of this one, whatever the kernel (it has no ndo_add_slave). */
static bool holds_none(const struct link *link)
{
	static const char *const kinds[] = { "veth", "dummy",  "ifb",   "tun",
					     "vlan", "ipvlan", "vxlan", "wireguard" };

	if (strcmp(link->name, "lo") == 0)
		return true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(link->kind, kinds[i]) == 0)
			return true;
	return false;
}

static int plan_master(struct session *session, const struct changes *changes,
		       struct ns *ns, const char *name, struct op *op, struct error *err)
{
	const struct arg *arg = changes->master;
	struct link *master;

	op->link_set.set |= LINK_CHANGE_MASTER;
	op->word = arg->word;
	if (arg->literal)
		return 0;
	master = name_link(ns, arg, err);
	if (!master)
		return -1;
	if (holds_none(master))
		return error_set(err, STATUS_FAILED, arg->word, "%s is no switch", arg->text);
	str_copy(op->link_set.master, IFNAMSIZ, master->name);
	in_nsh_words(session, "link master", "bridge %s attach %s (which is up then)",
		     arg->text, name);
	return 0;
}

static int set(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_LINKS, err);
	const struct arg *arg = arg_get(args, "LINK");
	struct changes changes = { 0 };
	cleanup_free char *end = NULL;
	char name[IFNAMSIZ];
	struct link *link;
	struct op *op;
	bool into_group;

	if (!ns || read_changes(args, &changes, err) < 0)
		return -1;
	link = name_link(ns, arg, err);
	if (!link)
		return -1;
	str_copy(name, IFNAMSIZ, link->name);
	if ((changes.netns && plan_move(session, &changes, &ns, link, plan, err) < 0) ||
	    (changes.name && plan_name(session, &changes, ns, name, plan, err) < 0))
		return -1;
	into_group = changes.group && link->group != NSH_GROUP;
	if (!changes.state && !has_settings(&changes) && !changes.mac && !changes.master &&
	    !into_group)
		return 0;
	end = nsh_end(ns, name);
	op = plan_link_set(plan, ns->name, name, arg->word);
	if (changes.master && plan_master(session, &changes, ns, name, op, err) < 0)
		return -1;
	if (into_group) {
		op->link_set.set |= LINK_CHANGE_GROUP;
		op->link_set.group = NSH_GROUP;
	}
	for (unsigned i = 0; i < LINK_SETTINGS; i++) {
		const struct arg *value = changes.setting[i];

		if (!value)
			continue;
		plan_link_setting(op, i, (unsigned)arg_number(value));
		in_nsh_words(session, link_settings[i].word, "link %s %s %s", end,
			     link_settings[i].word, value->text);
	}
	if (changes.mac) {
		op->link_set.set |= LINK_CHANGE_MAC;
		mac_parse(changes.mac->text, op->link_set.mac);
		in_nsh_words(session, "link mac", "link %s mac %s", end,
			     changes.mac->text);
	}
	if (changes.state) {
		op->link_set.set |= LINK_CHANGE_UP;
		op->link_set.up = strcmp(changes.state->name, "up") == 0;
		in_nsh_words(session, "link up", "link %s %s", end, changes.state->name);
	}
	return 0;
}

static int altname(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_LINKS, err);
	const struct arg *arg = arg_get(args, "ALTNAME");
	cleanup_free char *end = NULL;
	struct link *link;
	struct op *op;

	if (!ns || !(link = name_link(ns, arg_get(args, "LINK"), err)) ||
	    name_is_new(ns, arg->text, arg, err) < 0)
		return -1;
	op = plan_link_set(plan, ns->name, link->name, arg->word);
	op->link_set.set = OP_LINK_ALTNAME;
	op->link_set.altname = xstrdup(arg->text);
	end = nsh_end(ns, link->name);
	in_nsh_words(session, "link altname", "link %s altname %s", end, arg->text);
	return 0;
}

static int del(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_LINKS, err);
	const struct arg *arg = arg_get(args, "LINK"), *kind = arg_get(args, "IFKIND");
	cleanup_free char *end = NULL;
	struct link *link;

	if (!ns || !(link = name_link(ns, arg, err)))
		return -1;
	if (link->flags & IFF_LOOPBACK)
		return error_set(err, STATUS_FAILED, arg->word, "lo cannot be deleted");
	if (kind && strcmp(kind->text, link->kind) != 0)
		return error_set(err, STATUS_FAILED, kind->word, "%s is of the kind %s",
				 link->name, link->kind[0] ? link->kind : "ethernet");
	plan_link_del(plan, ns->name, link->name, arg->word);
	end = nsh_end(ns, link->name);
	in_nsh_words(session, "link del", "link del %s", end);
	return 0;
}

const struct command commands_ip_link[] = {
	{
		.grammar = "ip [IPOPTS] link/l [(show/sh|list/l|ls|lst) [up] [[dev] LINK]]",
		.help = "list the interfaces, or show one",
		.example = "ip link",
		.run = list,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] link/l add/a [name|dev] NEWIF [NEWIFOPT...] type "
			   "veth "
			   "peer [name] NEWIF [NEWIFOPT...]",
		.help = "make a cable, both its ends down",
		.example = "ip link add veth-red type veth peer name veth-blue",
		.plan = add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] link/l add/a [name|dev] NEWIF [NEWIFOPT...] type "
			   "KIND",
		.help = "make a switch or another interface, down",
		.example = "ip link add v-net-0 type bridge",
		.plan = add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] link/l set/s "
			   "([dev] LINK IFCHANGE...|(up|down) [dev] LINK [IFCHANGE...])",
		.help = "change an interface, or move it to another namespace",
		.example = "ip link set dev v-net-0 up",
		.setup = "ip link add v-net-0 type bridge",
		.plan = set,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] link/l property/p add/a dev LINK altname ALTNAME",
		.help = "give an interface a further name, as long as 127 bytes",
		.example = "ip link property add dev v-net-0 altname the-switch-of-all-rooms",
		.setup = "ip link add v-net-0 type bridge",
		.plan = altname,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] link/l delete/d [dev] LINK [type IFKIND]",
		.help = "delete an interface; with one end of a cable goes the other",
		.example = "ip link del v-net-0",
		.setup = "ip link add v-net-0 type bridge",
		.plan = del,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
