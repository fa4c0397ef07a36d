/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/cable.h"
#include "commands/names.h"

/* Cables: veth pairs. */

/* Whether a cable leads from A to B already: its ends' names for the error. */
static bool is_connected(struct session *session, struct ns *a, const struct ns *b,
			 const struct link **end, const struct link **other)
{
	for (size_t i = 0; i < a->links.n; i++) {
		struct ns *peer_ns;
		struct link *peer;

		if (strcmp(a->links.v[i].kind, "veth") != 0 || a->links.v[i].master)
			continue;
		if (world_peer(session->world, a, &a->links.v[i], &peer_ns, &peer) &&
		    peer_ns == b && !peer->master) {
			*end = &a->links.v[i];
			*other = peer;
			return true;
		}
	}
	return false;
}

struct op *plan_cable(struct plan *plan, const struct ns *a, const struct free_name *a_name,
		      const struct ns *b, const struct free_name *b_name, int word)
{
	struct op *op = plan_link_add(plan, a->name, a_name->name, "veth", word);
	struct op_end *end = &op->link_add.end, *peer = &op->link_add.peer;

	peer->ns = xstrdup(b->name);
	str_copy(peer->name, IFNAMSIZ, b_name->name);
	if (a_name->altname)
		strings_add(&end->altnames, a_name->altname);
	if (b_name->altname)
		strings_add(&peer->altnames, b_name->altname);
	end->group = peer->group = NSH_GROUP;
	end->up = peer->up = true;
	return op;
}

int check_addr_free(const struct ns *ns, const struct cidr *cidr, const struct arg *arg,
		    struct error *err)
{
	const struct addr *used = ns_addr_by_ip(ns, &cidr->ip);
	char text[CIDR_TEXT];

	if (!used)
		return 0;
	return error_set(err, STATUS_FAILED, arg->word, "%s has %s already, on %s", ns->name,
			 cidr_text(&used->cidr, text), used->link);
}

static int plan_add(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *a_arg = arg_get(args, "A"), *b_arg = arg_get(args, "B");
	const struct arg *a_cidr = arg_nth(args, "CIDR", 0), *b_cidr = arg_nth(args, "CIDR", 1);
	const struct arg *mtu = arg_get(args, "MTU");
	struct free_name a_name = { 0 }, b_name = { 0 };
	const struct link *end, *other;
	struct cidr cidr, second, network;
	struct ns *a, *b;
	struct op *op;

	if (name_new_end(session, a_arg, &a, a_name.name, err) < 0 ||
	    name_new_end(session, b_arg, &b, b_name.name, err) < 0)
		return -1;
	if (a == b && !a_name.name[0] && !b_name.name[0]) {
		error_set(err, STATUS_FAILED, b_arg->word,
			  "both ends of the cable would be in %s", a->name);
		return error_hint(err, "name them if that is meant: cable %s:eth0 %s:eth1",
				  a->name, a->name);
	}
	/* Two cables between the same two are fine for those who name the ends. */
	if (!a_name.name[0] && !b_name.name[0] &&
	    is_connected(session, a, b, &end, &other)) {
		error_set(err, STATUS_FAILED, b_arg->word,
			  "%s and %s have a cable already: %s and %s", a->name, b->name,
			  end->name, other->name);
		return error_hint(err, "name the ends of a second one: cable %s:eth1 %s:eth1",
				  a->name, b->name);
	}
	if (!a_name.name[0])
		name_free(a, a->name, "", &a_name);
	if (!b_name.name[0])
		name_free(b, b->name, "", &b_name);
	if (a == b && strcmp(a_name.name, b_name.name) == 0) {
		free(a_name.altname);
		free(b_name.altname);
		return error_set(err, STATUS_FAILED, b_arg->word,
				 "the ends of a cable need two names");
	}
	op = plan_cable(plan, a, &a_name, b, &b_name, b_arg->word);
	free(a_name.altname);
	free(b_name.altname);
	if (mtu)
		op->link_add.mtu = (unsigned)arg_number(mtu);
	if (!a_cidr)
		return 0;
	if (name_cidr(a_cidr, &cidr, err) < 0 || name_cidr(b_cidr, &second, err) < 0)
		return -1;
	a = world_ns(session->world, a->name, WORLD_ADDRS, a_arg->word, err);
	b = a ? world_ns(session->world, b->name, WORLD_ADDRS, b_arg->word, err) : NULL;
	if (!a || !b || check_addr_free(a, &cidr, a_cidr, err) < 0 ||
	    check_addr_free(b, &second, b_cidr, err) < 0)
		return -1;
	if (ip_equal(&cidr.ip, &second.ip))
		return error_set(err, STATUS_FAILED, b_cidr->word,
				 "both ends would have the address %s", b_cidr->text);
	plan_addr_add(plan, a->name, a_name.name, &cidr, a_cidr->word);
	plan_addr_add(plan, b->name, b_name.name, &second, b_cidr->word);
	/* Which holds no address of the other family either. */
	network = cidr_network(&cidr);
	if (!cidr_contains(&network, &second.ip))
		plan_note(plan, "note: %s is not in the network of %s: the two ends will not reach "
				"each other directly", b_cidr->text, a_cidr->text);
	return 0;
}

static int plan_del(struct session *session, const struct args *args, struct plan *plan,
		    struct error *err)
{
	const struct arg *arg = arg_get(args, "END"), *second = arg_nth(args, "END", 1);
	struct ns *ns, *peer_ns;
	struct link *link, *peer;

	if (second && world_has_ns(session->world, arg->text) &&
	    world_has_ns(session->world, second->text)) {
		const struct link *end, *other;
		struct ns *b;

		ns = world_ns(session->world, arg->text, WORLD_LINKS, arg->word, err);
		b = world_ns(session->world, second->text, WORLD_LINKS, second->word, err);
		if (!ns || !b)
			return -1;
		if (!is_connected(session, ns, b, &end, &other))
			return error_set(err, STATUS_FAILED, second->word,
					 "there is no cable between %s and %s", ns->name,
					 b->name);
		plan_link_del(plan, ns->name, end->name, arg->word);
		return 0;
	}
	if (name_end(session, arg, 0, &ns, &link, err) < 0)
		return -1;
	if (strcmp(link->kind, "veth") != 0) {
		error_set(err, STATUS_FAILED, arg->word, "%s:%s is not a cable but %s%s",
			  ns->name, link->name, link->kind[0] ? "a " : "no link of nsh's",
			  link->kind);
		return error_hint(err, "\"link del %s:%s\" deletes it", ns->name, link->name);
	}
	if (second) {
		struct ns *b;
		struct link *b_link;

		if (name_end(session, second, 0, &b, &b_link, err) < 0)
			return -1;
		if (!world_peer(session->world, ns, link, &peer_ns, &peer) || peer != b_link)
			return error_set(err, STATUS_FAILED, second->word,
					 "%s:%s is not the other end of %s:%s", b->name,
					 b_link->name, ns->name, link->name);
	}
	plan_link_del(plan, ns->name, link->name, arg->word);
	return 0;
}

/* Every cable once: from the end that stands first. */
static int add_cables(struct session *session, const char *name, struct table *table,
		      struct error *err)
{
	struct ns *ns = world_ns(session->world, name, WORLD_LINKS, -1, err);

	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i], *peer;
		struct ns *peer_ns;
		int order;

		if (strcmp(link->kind, "veth") != 0)
			continue;
		if (!world_peer(session->world, ns, link, &peer_ns, &peer)) {
			table_row(table);
			table_cellf(table, "%s:%s", ns->name, link->name);
			table_cell(table, NULL);
			table_cell(table, link->master_name[0] ? link->master_name : NULL);
			continue;
		}
		order = strcmp(ns->name, peer_ns->name) == 0 ?
				link->index - peer->index :
				(strcmp(ns->name, HOST) == 0 ? 1 :
				 strcmp(peer_ns->name, HOST) == 0 ?
							       -1 :
							       str_natural(ns->name, peer_ns->name));
		if (order > 0)
			continue;
		table_row(table);
		table_cellf(table, "%s:%s", ns->name, link->name);
		table_cellf(table, "%s:%s", peer_ns->name, peer->name);
		table_cell(table, link->master_name[0] ? link->master_name :
				  peer->master_name[0] ? peer->master_name :
							 NULL);
	}
	return 0;
}

static int list(struct session *session, const struct args *args, struct error *err)
{
	static const struct column columns[] = {
		{ "END", "a", COLUMN_END },
		{ "OTHER END", "b", COLUMN_END },
		{ "SWITCH", "bridge", COLUMN_SWITCH },
		{ 0 },
	};
	struct table *table = table_new("cables", columns);
	struct strings names cleanup_strings = { 0 };
	int result;

	(void)args;
	table_if_empty(table, "no cables");
	result = world_all_names(session->world, &names, err);
	/* Host, the first of them, is the last here. */
	for (size_t i = 1; result == 0 && i <= names.n; i++)
		result = add_cables(session, names.v[i % names.n], table, err);
	if (result == 0)
		table_print(table, session->format == FORMAT_JSON, session->out);
	table_free(table);
	return result;
}

const struct command commands_cable[] = {
	{
		.grammar = "cable",
		.about = "cables between namespaces (veth pairs): make, delete, list",
		.help = "list the cables and where their ends are",
		.example = "cable",
		.setup = "ns add red blue; cable red blue",
		.run = list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "cable A B [addr CIDR CIDR] [mtu MTU]",
		.help = "connect two namespaces with a veth pair, both ends up",
		.example = "cable red blue addr 192.168.15.1/24 192.168.15.2/24",
		.setup = "ns add red blue",
		.plan = plan_add,
	},
	{
		.grammar = "cable del END [END]",
		.help = "delete a cable: both its ends",
		.example = "cable del red blue",
		.setup = "ns add red blue; cable red blue",
		.plan = plan_del,
	},
	{ 0 },
};
