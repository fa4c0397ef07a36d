/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <linux/neighbour.h>
#include <string.h>

#include "commands/arp.h"
#include "commands/names.h"
#include "view/lists.h"

/* Neighbours: which MAC address belongs to an address. */

static int arp_list(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = name_ns(session, args, "NS", WORLD_NEIGHS, err);

	if (!ns)
		return -1;
	session_print(session, list_neighs(ns, NULL, 0));
	return 0;
}

/* An address whose network IP is in; not one of lo, which leads nowhere. */
static const struct addr *near_addr(const struct ns *ns, const struct ip *ip)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];
		const struct link *link = ns_link(ns, addr->link);
		struct cidr network = cidr_network(&addr->cidr);

		if (network.prefix != ip_bits(network.ip.family) &&
		    cidr_contains(&network, ip) && !(link && (link->flags & IFF_LOOPBACK)))
			return addr;
	}
	return NULL;
}

int arp_plan_add(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err)
{
	const struct arg *ip = arg_get(args, "IP"), *link_arg = arg_get(args, "LINK");
	struct ns *ns = name_ns(session, args, "NS", WORLD_ADDRS, err);
	struct neigh neigh = { .state = NUD_PERMANENT, .has_mac = true, .proto = NSH_PROTO };
	const struct addr *addr;
	struct link *link;

	if (!ns || ip_parse(ip->text, &neigh.ip, ip->word, err) < 0)
		return -1;
	mac_parse(arg_text(args, "MAC"), neigh.mac);
	if (link_arg) {
		link = name_link(ns, link_arg, err);
		if (!link)
			return -1;
		if (link->flags & IFF_LOOPBACK)
			return error_set(err, STATUS_FAILED, link_arg->word,
					 "%s has no neighbours: it leads back to %s itself",
					 link->name, ns->name);
		str_copy(neigh.link, IFNAMSIZ, link->name);
	} else {
		addr = near_addr(ns, &neigh.ip);
		if (!addr) {
			error_set(err, STATUS_FAILED, ip->word,
				  "%s is in none of %s's networks", ip->text, ns->name);
			return error_hint(err, "\"dev IF\" says on which interface it is");
		}
		str_copy(neigh.link, IFNAMSIZ, addr->link);
	}
	plan_neigh_add(plan, ns->name, &neigh, ip->word);
	return 0;
}

int arp_plan_del(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err)
{
	const struct arg *ip_arg = arg_get(args, "IP");
	struct ns *ns = name_ns(session, args, "NS", WORLD_NEIGHS, err);
	const char *link = arg_text(args, "LINK");
	struct ip ip;

	if (!ns || ip_parse(ip_arg->text, &ip, ip_arg->word, err) < 0)
		return -1;
	for (size_t i = 0; i < ns->neighs.n; i++) {
		if (!ip_equal(&ns->neighs.v[i].ip, &ip) ||
		    (link && strcmp(ns->neighs.v[i].link, link) != 0))
			continue;
		plan_neigh_del(plan, ns->name, &ns->neighs.v[i], ip_arg->word);
		return 0;
	}
	return error_set(err, STATUS_FAILED, ip_arg->word, "%s is not in the ARP table of %s",
			 ip_arg->text, ns->name);
}

int arp_plan_flush(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err)
{
	struct ns *ns = name_ns(session, args, "NS", WORLD_NEIGHS, err);

	if (!ns)
		return -1;
	for (size_t i = 0; i < ns->neighs.n; i++)
		if (!(ns->neighs.v[i].state & NUD_PERMANENT))
			plan_neigh_del(plan, ns->name, &ns->neighs.v[i], -1);
	return 0;
}

const struct command commands_arp[] = {
	{
		.grammar = "arp [NS]",
		.about = "neighbours, the ARP table: enter, forget, list",
		.help = "list the neighbours that a namespace knows: the ARP table",
		.example = "arp",
		.run = arp_list,
		.flags = COMMAND_LOOKS,
	},
	{
		.grammar = "arp NS add IP MAC [dev LINK]",
		.help = "enter a neighbour for good",
		.example = "arp host add 192.168.15.9 02:00:00:00:00:09 dev v-net-0",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24",
		.plan = arp_plan_add,
	},
	{
		.grammar = "arp NS del IP",
		.help = "forget a neighbour",
		.example = "arp host del 192.168.15.9",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24; "
			 "arp host add 192.168.15.9 02:00:00:00:00:09",
		.plan = arp_plan_del,
	},
	{
		.grammar = "arp NS flush",
		.help = "forget all neighbours but those entered for good",
		.example = "arp host flush",
		.plan = arp_plan_flush,
	},
	{ 0 },
};
