/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/bridge.h"
#include "commands/cable.h"
#include "commands/names.h"
#include "kernel/limits.h"
#include "kernel/rtnl.h"
#include "view/lists.h"

/* Switches: bridges in the namespace that the line acts in, "v-net-0", or in NS, "red:br0". */

struct bridge_name {
	struct ns *ns;
	char name[IFNAMSIZ];
	struct link *link; /* NULL: not there yet */
};

static int name_bridge(struct session *session, const struct arg *arg, unsigned parts,
		       struct bridge_name *bridge, struct error *err)
{
	const char *colon = strchr(arg->text, ':'), *name = colon ? colon + 1 : arg->text;
	cleanup_free char *ns = colon && colon > arg->text ?
					xstrndup(arg->text, (size_t)(colon - arg->text)) :
					xstrdup(session->ns);

	bridge->ns = world_ns(session->world, ns, parts | WORLD_LINKS, arg->word, err);
	if (!bridge->ns)
		return colon ? error_part(err, 0, strlen(ns)) : -1;
	str_copy(bridge->name, IFNAMSIZ, name);
	bridge->link = ns_link(bridge->ns, name);
	if (bridge->link && strcmp(bridge->link->kind, "bridge") != 0)
		return error_set(err, STATUS_FAILED, arg->word,
				 "%s:%s is an interface, but no switch", bridge->ns->name, name);
	return 0;
}

/* The same for a bridge that must be there. */
static int find_bridge(struct session *session, const struct arg *arg, unsigned parts,
		       struct bridge_name *bridge, struct error *err)
{
	struct strings names cleanup_strings = { 0 };
	const char *near;

	if (name_bridge(session, arg, parts, bridge, err) < 0)
		return -1;
	if (bridge->link)
		return 0;
	for (size_t i = 0; i < bridge->ns->links.n; i++)
		if (strcmp(bridge->ns->links.v[i].kind, "bridge") == 0)
			strings_add(&names, bridge->ns->links.v[i].name);
	near = str_nearest(bridge->name, &names);
	error_set(err, STATUS_FAILED, arg->word, "%s has no switch %s", bridge->ns->name,
		  bridge->name);
	if (near)
		error_hint(err, "did you mean %s?", near);
	else if (names.n > 0)
		error_hint(err, "\"bridge\" lists the switches");
	return -1;
}

static void plan_new_bridge(struct plan *plan, const struct bridge_name *bridge, int word)
{
	plan_link_add(plan, bridge->ns->name, bridge->name, "bridge", word)->link_add.end.up =
		true;
}

static int plan_add(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *name = arg_get(args, "BR"), *cidr_arg = arg_get(args, "CIDR");
	struct bridge_name bridge;
	struct cidr cidr;

	if (name_bridge(session, name, WORLD_ADDRS, &bridge, err) < 0)
		return -1;
	if (bridge.link)
		return error_set(err, STATUS_FAILED, name->word, "there is a switch %s already",
				 bridge.name);
	plan_new_bridge(plan, &bridge, name->word);
	if (!cidr_arg)
		return 0;
	if (name_cidr(cidr_arg, &cidr, err) < 0 ||
	    check_addr_free(bridge.ns, &cidr, cidr_arg, err) < 0)
		return -1;
	plan_addr_add(plan, bridge.ns->name, bridge.name, &cidr, cidr_arg->word);
	return 0;
}

/*
 * The network of a switch, for "auto": that of its own address, or else of the first address
 * found on what is attached to it. *TAKEN gathers the addresses in use there.
 */
static int find_network(struct session *session, struct bridge_name *bridge,
			const struct arg *arg, struct cidr *network, addr_list *taken,
			struct error *err)
{
	bool found = false;

	for (size_t i = 0; bridge->link && i < bridge->ns->addrs.n; i++) {
		const struct addr *addr = &bridge->ns->addrs.v[i];

		if (strcmp(addr->link, bridge->name) != 0 || ip_is_link_local(&addr->cidr.ip))
			continue;
		*vector_add(taken) = *addr;
		if (!found)
			*network = cidr_network(&addr->cidr);
		found = true;
	}
	for (size_t i = 0; bridge->link && i < bridge->ns->links.n; i++) {
		struct link *port = &bridge->ns->links.v[i], *peer;
		struct ns *ns;

		if (strcmp(port->master_name, bridge->name) != 0 ||
		    !world_peer(session->world, bridge->ns, port, &ns, &peer))
			continue;
		ns = world_ns(session->world, ns->name, WORLD_ADDRS, arg->word, err);
		if (!ns)
			return -1;
		for (size_t j = 0; j < ns->addrs.n; j++) {
			const struct addr *addr = &ns->addrs.v[j];

			if (strcmp(addr->link, peer->name) != 0 ||
			    ip_is_link_local(&addr->cidr.ip))
				continue;
			*vector_add(taken) = *addr;
			if (!found)
				*network = cidr_network(&addr->cidr);
			found = true;
		}
	}
	if (found)
		return 0;
	error_set(err, STATUS_FAILED, arg->word, "%s has no network yet to take addresses from",
		  bridge->name);
	if (bridge->link)
		return error_hint(err, "\"addr %s 192.168.15.5/24\" gives it one", arg->text);
	return error_hint(err, "\"bridge %s add addr 192.168.15.5/24\" makes one that has one",
			  arg->text);
}

static int next_free(const struct cidr *network, addr_list *taken, const struct arg *arg,
		     struct cidr *free_one, struct error *err)
{
	struct ip broadcast = cidr_broadcast(network), ip = network->ip;
	char text[CIDR_TEXT];

	for (;;) {
		bool used = false;

		ip = ip_next(&ip);
		if (ip_equal(&ip, &broadcast) || !cidr_contains(network, &ip))
			return error_set(err, STATUS_FAILED, arg->word,
					 "%s has no free address left",
					 cidr_text(network, text));
		for (size_t i = 0; i < taken->n && !used; i++)
			used = ip_equal(&taken->v[i].cidr.ip, &ip);
		if (!used)
			break;
	}
	free_one->ip = ip;
	free_one->prefix = network->prefix;
	vector_add(taken)->cidr = *free_one;
	return 0;
}

/* Whether the namespace has a cable to the bridge already. */
static bool is_attached(struct session *session, const struct bridge_name *bridge,
			const struct ns *ns, const char **end)
{
	/* From the namespace's side: it has few links, a bridge has many ports. */
	for (size_t i = 0; bridge->link && i < ns->links.n; i++) {
		struct ns *peer_ns;
		struct link *peer;

		if (strcmp(ns->links.v[i].kind, "veth") != 0)
			continue;
		if (world_peer(session->world,
			       world_ns(session->world, ns->name, 0, -1,
					&(struct error)ERROR_INIT),
			       &ns->links.v[i], &peer_ns, &peer) &&
		    peer_ns == bridge->ns && strcmp(peer->master_name, bridge->name) == 0) {
			*end = ns->links.v[i].name;
			return true;
		}
	}
	return false;
}

/* An interface that is there becomes a port: an uplink, or the end of a cable. */
static int attach_link(struct bridge_name *bridge, const struct arg *arg, struct ns *ns,
		       struct link *link, struct plan *plan, struct error *err)
{
	struct op *op;

	if (ns != bridge->ns)
		return error_set(err, STATUS_FAILED, arg->word,
				 "%s:%s is in another namespace than %s: a cable is needed",
				 ns->name, link->name, bridge->name);
	if (strcmp(link->name, bridge->name) == 0)
		return error_set(err, STATUS_FAILED, arg->word,
				 "a switch cannot be attached to itself");
	if (link->flags & IFF_LOOPBACK)
		return error_set(err, STATUS_FAILED, arg->word,
				 "lo cannot be attached to a switch");
	if (strcmp(link->kind, "bridge") == 0) {
		error_set(err, STATUS_FAILED, arg->word,
			  "%s is a switch itself: a switch cannot be a port of another",
			  link->name);
		return error_hint(err, "join two switches with a cable whose ends are attached "
				       "to one each");
	}
	if (strcmp(link->master_name, bridge->name) == 0)
		return error_set(err, STATUS_FAILED, arg->word, "%s is attached to %s already",
				 link->name, bridge->name);
	if (link->master_name[0])
		return error_set(err, STATUS_FAILED, arg->word, "%s is attached to %s",
				 link->name, link->master_name);
	op = plan_link_set(plan, ns->name, link->name, arg->word);
	op->link_set.set = LINK_CHANGE_MASTER | LINK_CHANGE_UP;
	op->link_set.up = true;
	str_copy(op->link_set.master, IFNAMSIZ, bridge->name);
	return 0;
}

/*
 * One member: "red" gets a cable to the switch, "red:eth0" one whose end is named so, and an
 * interface that is there is attached as it is. *END is what an address would go to.
 */
static int attach(struct session *session, struct bridge_name *bridge, const struct arg *arg,
		  struct plan *plan, struct ns **ns, char end[IFNAMSIZ], struct error *err)
{
	const char *colon = strchr(arg->text, ':'), *attached;
	struct free_name name = { 0 }, port = { 0 };
	struct op *op;

	if (colon || !world_has_ns(session->world, arg->text)) {
		struct error no_link cleanup_error = ERROR_INIT;
		struct link *link;

		if (name_end(session, arg, 0, ns, &link, &no_link) == 0) {
			str_copy(end, IFNAMSIZ, link->name);
			return attach_link(bridge, arg, *ns, link, plan, err);
		}
		if (!colon) {
			if (strcmp(arg->text, bridge->name) == 0)
				return error_set(err, STATUS_FAILED, arg->word,
						 "a switch cannot be attached to itself");
			return error_take(err, &no_link);
		}
		if (name_new_end(session, arg, ns, name.name, err) < 0)
			return -1;
	} else {
		*ns = world_ns(session->world, arg->text, WORLD_LINKS, arg->word, err);
		if (!*ns)
			return -1;
		if (is_attached(session, bridge, *ns, &attached))
			return error_set(err, STATUS_FAILED, arg->word,
					 "%s is attached to %s already, with %s", arg->text,
					 bridge->name, attached);
	}
	if (*ns == bridge->ns)
		return error_set(err, STATUS_FAILED, arg->word,
				 "%s is where %s is: it needs no cable, only an address on it",
				 (*ns)->name, bridge->name);
	if (name.name[0])
		name_free(bridge->ns, (*ns)->name, "-br", &port);
	else
		name_free_pair(*ns, "", bridge->ns, "-br", (*ns)->name, &name, &port);
	op = plan_cable(plan, bridge->ns, &port, *ns, &name, arg->word);
	str_copy(op->link_add.end.master, IFNAMSIZ, bridge->name);
	str_copy(end, IFNAMSIZ, name.name);
	free(name.altname);
	free(port.altname);
	return 0;
}

/* Whether the switch has addresses of the family, but none whose network the address is in. */
static bool is_elsewhere(const struct ns *ns, const char *bridge, const struct ip *ip)
{
	bool any = false;

	if (ip_is_link_local(ip) || ns_is_near(ns, bridge, ip))
		return false;
	for (size_t i = 0; i < ns->addrs.n && !any; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		any = strcmp(addr->link, bridge) == 0 && addr->cidr.ip.family == ip->family &&
		      !ip_is_link_local(&addr->cidr.ip);
	}
	return any;
}

/*
 * Says that an address is the switch's own, stands in the line twice or is in none of the
 * switch's networks, and adds it to GIVEN. Whether a namespace that is attached already has it
 * would take a look at each of them.
 */
static void warn_address(struct session *session, const struct bridge_name *bridge,
			 const struct cidr *cidr, addr_list *given, struct plan *plan)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct ns *ns = NULL;
	const struct addr *own;
	char text[CIDR_TEXT];
	bool twice = false;

	if (bridge->link)
		ns = world_ns(session->world, bridge->ns->name, WORLD_ADDRS, -1, &ignored);
	own = ns ? ns_addr_by_ip(ns, &cidr->ip) : NULL;
	for (size_t i = 0; i < given->n && !twice; i++)
		twice = ip_equal(&given->v[i].cidr.ip, &cidr->ip);
	if (own && strcmp(own->link, bridge->name) == 0)
		plan_warn(plan, "note: %s is an address of the switch %s already: only one of the "
				"two will be reached",
			  ip_text(&cidr->ip, text), bridge->name);
	else if (twice)
		plan_warn(plan, "note: %s stands here twice: only one of the two will be reached",
			  ip_text(&cidr->ip, text));
	else if (ns && is_elsewhere(ns, bridge->name, &cidr->ip))
		plan_warn(plan, "note: %s is in no network of the switch %s", cidr_text(cidr, text),
			  bridge->name);
	vector_add(given)->cidr = *cidr;
}

static int plan_attach(struct session *session, const struct args *args, struct plan *plan,
		       struct error *err)
{
	const struct arg *br = arg_get(args, "BR"), *arg, *cidr_arg;
	size_t members = arg_count(args, "MEMBER"), cidrs = arg_count(args, "CIDR"), ports;
	bool automatic = arg_has(args, "auto");
	addr_list taken = { 0 };
	struct cidr network = { 0 }, cidr;
	struct bridge_name bridge;
	char end[IFNAMSIZ];
	struct ns *ns;
	int result = 0;

	if (name_bridge(session, br, automatic ? WORLD_ADDRS : WORLD_LINKS, &bridge, err) < 0)
		return -1;
	if (cidrs > members)
		return error_set(err, STATUS_USAGE, arg_nth(args, "CIDR", members)->word,
				 "there are more addresses than namespaces");
	if (cidrs > 0 && cidrs < members)
		return error_set(err, STATUS_USAGE, arg_nth(args, "MEMBER", cidrs)->word,
				 "%s is left without an address: give one for each, or \"auto\"",
				 arg_nth(args, "MEMBER", cidrs)->text);
	if (automatic && find_network(session, &bridge, br, &network, &taken, err) < 0) {
		vector_free(&taken);
		return -1;
	}
	if (!bridge.link) {
		plan_new_bridge(plan, &bridge, br->word);
		plan_note(plan, "note: made the switch %s", bridge.name);
	}
	ports = bridge.link ? ns_ports(bridge.ns, bridge.link) : 0;
	for (size_t i = 0; result == 0 && (arg = arg_nth(args, "MEMBER", i)); i++) {
		if (ports + i >= BRIDGE_PORTS_MAX) {
			result = error_set(err, STATUS_FAILED, arg->word,
					   "%s is full: a bridge holds at most %d ports",
					   bridge.name, BRIDGE_PORTS_MAX);
			break;
		}
		for (size_t j = 0; j < i && result == 0; j++)
			if (strcmp(arg_nth(args, "MEMBER", j)->text, arg->text) == 0)
				result = error_set(err, STATUS_FAILED, arg->word,
						   "%s stands here twice", arg->text);
		if (result < 0 || attach(session, &bridge, arg, plan, &ns, end, err) < 0) {
			result = -1;
			break;
		}
		cidr_arg = arg_nth(args, "CIDR", i);
		if (!cidr_arg && !automatic)
			continue;
		ns = world_ns(session->world, ns->name, WORLD_ADDRS, arg->word, err);
		if (!ns)
			result = -1;
		else if (automatic)
			result = next_free(&network, &taken, arg, &cidr, err);
		else if (name_cidr(cidr_arg, &cidr, err) < 0 ||
			 check_addr_free(ns, &cidr, cidr_arg, err) < 0)
			result = -1;
		if (result == 0 && !automatic)
			warn_address(session, &bridge, &cidr, &taken, plan);
		if (result == 0)
			plan_addr_add(plan, ns->name, end, &cidr,
				      cidr_arg ? cidr_arg->word : arg->word);
	}
	vector_free(&taken);
	return result;
}

/* Each port leaves once, by whatever name: that of its room, or its own. */
static int check_leaves_once(struct session *session, struct ns *ns, struct link *link,
			     struct strings *leaving, const struct arg *arg, struct error *err)
{
	cleanup_free char *end = NULL;
	struct link *peer;
	struct ns *room;

	if (world_peer(session->world, ns, link, &room, &peer) && link->master_name[0]) {
		ns = room;
		link = peer;
	}
	end = xasprintf("%s:%s", ns->name, link->name);
	if (strings_has(leaving, end))
		return error_set(err, STATUS_FAILED, arg->word, "%s is detached here already",
				 arg->text);
	strings_add(leaving, end);
	return 0;
}

/* The cable that attach made goes; any other port only leaves the switch. */
static int plan_detach(struct session *session, const struct args *args, struct plan *plan,
		       struct error *err)
{
	struct strings leaving cleanup_strings = { 0 };
	const struct arg *br = arg_get(args, "BR"), *arg;
	struct bridge_name bridge;

	if (find_bridge(session, br, 0, &bridge, err) < 0)
		return -1;
	for (size_t i = 0; (arg = arg_nth(args, "MEMBER", i)); i++) {
		const char *end;
		struct link *link;
		struct ns *ns;
		struct op *op;

		if (!strchr(arg->text, ':') && world_has_ns(session->world, arg->text)) {
			ns = world_ns(session->world, arg->text, WORLD_LINKS, arg->word, err);
			if (!ns)
				return -1;
			if (!is_attached(session, &bridge, ns, &end))
				return error_set(err, STATUS_FAILED, arg->word,
						 "%s is not attached to %s", arg->text,
						 bridge.name);
			link = ns_link(ns, end);
			if (link && check_leaves_once(session, ns, link, &leaving, arg, err) < 0)
				return -1;
			plan_link_del(plan, ns->name, end, arg->word);
			continue;
		}
		if (name_end(session, arg, 0, &ns, &link, err) < 0)
			return -1;
		if (ns != bridge.ns || strcmp(link->master_name, bridge.name) != 0)
			return error_set(err, STATUS_FAILED, arg->word,
					 "%s is not attached to %s", arg->text, bridge.name);
		if (check_leaves_once(session, ns, link, &leaving, arg, err) < 0)
			return -1;
		op = plan_link_set(plan, ns->name, link->name, arg->word);
		op->link_set.set = LINK_CHANGE_MASTER;
	}
	return 0;
}

static int plan_del(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *br = arg_get(args, "BR");
	struct bridge_name bridge;

	if (find_bridge(session, br, 0, &bridge, err) < 0)
		return -1;
	/* The cables that lead to it stay: they are the rooms' too. */
	plan_link_del(plan, bridge.ns->name, bridge.name, br->word);
	return 0;
}

static const char *port_state(const struct link *port)
{
	static const char *const names[] = { "disabled", "listening", "learning", "forwarding",
					     "blocking" };

	if (!(port->flags & IFF_UP))
		return "down";
	return port->port_state < 5 ? names[port->port_state] : NULL;
}

static struct table *list_ports(struct session *session, struct ns *ns, const char *bridge)
{
	static const struct column columns[] = {
		{ "PORT", "port", COLUMN_TEXT },
		{ "STATE", "state", COLUMN_STATE },
		{ "OTHER END", "peer", COLUMN_END },
		{ "ADDRESSES", "addresses", COLUMN_ADDRESSES },
		{ 0 },
	};
	struct error ignored cleanup_error = ERROR_INIT;
	struct table *table = table_new("ports", columns);

	table_if_empty(table, "nothing is attached to it");
	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *port = &ns->links.v[i], *peer;
		struct buf addresses cleanup_buf = { 0 };
		char text[CIDR_TEXT];
		struct ns *peer_ns;

		if (strcmp(port->master_name, bridge) != 0)
			continue;
		table_row(table);
		table_cell(table, port->name);
		table_cell(table, port_state(port));
		if (!world_peer(session->world, ns, port, &peer_ns, &peer))
			continue;
		table_cellf(table, "%s:%s", peer_ns->name, peer->name);
		peer_ns = world_ns(session->world, peer_ns->name, WORLD_ADDRS, -1, &ignored);
		for (size_t j = 0; peer_ns && j < peer_ns->addrs.n; j++) {
			const struct addr *addr = &peer_ns->addrs.v[j];

			if (strcmp(addr->link, peer->name) != 0 ||
			    ip_is_link_local(&addr->cidr.ip))
				continue;
			buf_addf(&addresses, "%s%s", addresses.length ? " " : "",
				 cidr_text(&addr->cidr, text));
		}
		table_cell(table, buf_str(&addresses));
	}
	return table;
}

static int show(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *br = arg_get(args, "BR");
	struct bridge_name bridge;
	struct table *tables[3];

	if (find_bridge(session, br, WORLD_ADDRS, &bridge, err) < 0)
		return -1;
	tables[0] = list_links(session->world, bridge.ns, bridge.name);
	tables[1] = list_addrs(bridge.ns, bridge.name, 0);
	tables[2] = list_ports(session, bridge.ns, bridge.name);
	session_print_all(session, tables, 3);
	return 0;
}

int bridge_list(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "SWITCH", "name", COLUMN_SWITCH },
		{ "STATE", "state", COLUMN_STATE },
		{ "PORTS", "ports", COLUMN_NUMBER },
		{ "ADDRESSES", "addresses", COLUMN_ADDRESSES },
		{ 0 },
	};
	struct ns *ns = world_ns(session->world, session->ns, WORLD_ADDRS, -1, err);
	struct table *table;

	(void)args;
	if (!ns)
		return -1;
	table = table_new("bridges", columns);
	table_if_empty(table, "no switches");
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];
		struct buf addresses cleanup_buf = { 0 };
		char text[CIDR_TEXT];
		size_t ports = 0;

		if (strcmp(link->kind, "bridge") != 0)
			continue;
		for (size_t j = 0; j < ns->links.n; j++)
			ports += strcmp(ns->links.v[j].master_name, link->name) == 0;
		for (size_t j = 0; j < ns->addrs.n; j++)
			if (strcmp(ns->addrs.v[j].link, link->name) == 0 &&
			    !ip_is_link_local(&ns->addrs.v[j].cidr.ip))
				buf_addf(&addresses, "%s%s", addresses.length ? " " : "",
					 cidr_text(&ns->addrs.v[j].cidr, text));
		table_row(table);
		table_cell(table, link->name);
		table_cell(table, link->flags & IFF_UP ? "up" : "down");
		table_cellf(table, "%zu", ports);
		table_cell(table, buf_str(&addresses));
	}
	session_print(session, table);
	return 0;
}

const struct command commands_bridge[] = {
	{
		.grammar = "bridge",
		.about = "switches: make, attach namespaces to them, detach, delete, list",
		.help = "list the switches",
		.example = "bridge",
		.run = bridge_list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "bridge BR add [addr CIDR]",
		.help = "make a switch, up; with an address the namespace itself joins it",
		.example = "bridge v-net-0 add addr 192.168.15.5/24",
		.plan = plan_add,
	},
	{
		.grammar = "bridge BR attach MEMBER... [addr CIDR...|auto]",
		.help = "connect namespaces to a switch, each with a cable",
		.example = "bridge v-net-0 attach red blue addr 192.168.15.1/24 192.168.15.2/24",
		.setup = "ns add red blue",
		.plan = plan_attach,
	},
	{
		.grammar = "bridge BR detach MEMBER...",
		.help = "take namespaces off a switch, with their cables",
		.example = "bridge v-net-0 detach red",
		.setup = "ns add red; bridge v-net-0 attach red",
		.plan = plan_detach,
	},
	{
		.grammar = "bridge BR del",
		.help = "delete a switch; the cables stay",
		.example = "bridge v-net-0 del",
		.setup = "bridge v-net-0 add",
		.plan = plan_del,
	},
	{
		.grammar = "bridge BR show",
		.help = "show a switch and what is attached to it",
		.example = "bridge v-net-0 show",
		.setup = "ns add red; bridge v-net-0 attach red",
		.run = show,
		.flags = COMMAND_LOOKS,
	},
	{ 0 },
};
