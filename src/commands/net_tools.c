/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/arp.h"
#include "commands/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/foreign.h"
#include "commands/names.h"
#include "commands/route.h"
#include "kernel/rtnl.h"
#include "view/lists.h"

/* arp(8), route(8) and ifconfig(8). */

/* The line's arguments with other texts for some, as nsh's own commands want them. */
struct copied_args {
	struct args args;
	struct arg *v;
};

static void copy_args(const struct args *args, struct copied_args *copy)
{
	copy->v = xcalloc(args->n, sizeof(*copy->v));
	memcpy(copy->v, args->v, args->n * sizeof(*copy->v));
	copy->args = *args;
	copy->args.v = copy->v;
}

static void set_text(struct copied_args *copy, const char *name, const char *text)
{
	for (size_t i = 0; i < copy->args.n; i++)
		if (!copy->v[i].literal && strcmp(copy->v[i].name, name) == 0)
			copy->v[i].text = text;
}

/* The prefix length of 255.255.255.0. */
static int mask_prefix(const struct arg *arg, unsigned *prefix, struct error *err)
{
	uint32_t bits = 0;
	struct ip ip;

	if (ip_parse(arg->text, &ip, arg->word, err) < 0)
		return -1;
	for (int i = 0; i < 4; i++)
		bits = bits << 8 | ip.bytes[i];
	*prefix = 0;
	while (*prefix < 32 && (bits & (0x80000000u >> *prefix)))
		++*prefix;
	if (ip.family == AF_INET && (*prefix == 32 || !(bits << *prefix)))
		return 0;
	error_set(err, STATUS_USAGE, arg->word, "%s is no netmask", arg->text);
	return error_hint(err, "255.255.255.0 is one, of /24");
}

/* --- arp --- */

static int arp_list(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_NEIGHS, -1, err);

	(void)args;
	if (!ns)
		return -1;
	session_print(session, list_neighs(ns, NULL, 0));
	in_nsh_words(session, "arp", "arp %s", ns->name);
	return 0;
}

static int arp_set(struct session *session, const struct args *args, struct plan *plan,
		   struct error *err)
{
	in_nsh_words(session, "arp -s", "arp %s add %s %s", session->ns,
		     arg_text(args, "IP"), arg_text(args, "MAC"));
	return arp_plan_add(session, args, plan, err);
}

static int arp_delete(struct session *session, const struct args *args, struct plan *plan,
		      struct error *err)
{
	in_nsh_words(session, "arp -d", "arp %s del %s", session->ns,
		     arg_text(args, "IP"));
	return arp_plan_del(session, args, plan, err);
}

/* --- route --- */

static int routes(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_ROUTES, -1, err);

	(void)args;
	if (!ns)
		return -1;
	session_print(session, list_routes(ns, NULL, 0, false));
	in_nsh_words(session, "route -n", "route %s", ns->name);
	return 0;
}

/* "-net 10.0.0.0 netmask 255.0.0.0", "-net 10.0.0.0/8", "-host 10.0.0.9", as one word. */
static int read_dest(const struct args *args, char **dest, struct error *err)
{
	const struct arg *arg = arg_get(args, "DEST"), *mask = arg_get(args, "MASK");
	unsigned prefix;

	*dest = NULL;
	if (mask && (strchr(arg->text, '/') || arg_has(args, "-host")))
		return error_set(err, STATUS_USAGE, mask->word,
				 "the length of the network's prefix is said already");
	if (mask) {
		if (mask_prefix(mask, &prefix, err) < 0)
			return -1;
		*dest = xasprintf("%s/%u", arg->text, prefix);
		return 0;
	}
	if (arg_has(args, "-net") && !strchr(arg->text, '/') &&
	    strcmp(arg->text, "default") != 0) {
		error_set(err, STATUS_USAGE, arg->word, "%s lacks its length", arg->text);
		return error_hint(err, "%s/24, or netmask 255.255.255.0 behind it",
				  arg->text);
	}
	*dest = xstrdup(arg->text);
	return 0;
}

static int route_add(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	const char *gw = arg_text(args, "GW"), *link = arg_text(args, "LINK");
	struct copied_args copy = { 0 };
	cleanup_free char *dest = NULL;
	int result;

	if (!gw && !link) {
		error_set(err, STATUS_USAGE, (int)args->word_count,
			  "the route leads nowhere yet");
		return error_hint(
			err, "next comes gw GW (a gateway) or dev LINK (an interface)");
	}
	if (read_dest(args, &dest, err) < 0)
		return -1;
	copy_args(args, &copy);
	set_text(&copy, "DEST", dest);
	result = route_plan_add(session, &copy.args, plan, err);
	free(copy.v);
	in_nsh_words(session, "route add", "route %s %s%s%s%s%s", session->ns, dest,
		     gw ? " via " : "", gw ? gw : "", link ? " dev " : "",
		     link ? link : "");
	return result;
}

static int route_del(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	struct copied_args copy = { 0 };
	cleanup_free char *dest = NULL;
	int result;

	if (read_dest(args, &dest, err) < 0)
		return -1;
	copy_args(args, &copy);
	set_text(&copy, "DEST", dest);
	result = route_plan_del(session, &copy.args, plan, err);
	free(copy.v);
	in_nsh_words(session, "route del", "route del %s %s", session->ns, dest);
	return result;
}

/* --- ifconfig --- */

static int if_list(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_ADDRS, -1, err);
	const struct arg *arg = arg_get(args, "LINK");
	struct table *tables[2];
	struct link *link = NULL;

	if (!ns || (arg && !(link = name_link(ns, arg, err))))
		return -1;
	tables[0] = list_links(session->world, ns, link ? link->name : NULL);
	tables[1] = list_addrs(ns, link ? link->name : NULL, 0);
	session_print_all(session, tables, 2);
	in_nsh_words(session, "ifconfig", "link %s, addr %s", ns->name, ns->name);
	return 0;
}

/* ifconfig takes the length of an address from its class where nothing else says it. */
static unsigned class_prefix(const struct ip *ip)
{
	if (ip->bytes[0] < 128)
		return 8;
	return ip->bytes[0] < 192 ? 16 : 24;
}

static int read_address(const struct args *args, struct cidr *cidr, struct error *err)
{
	const struct arg *arg = arg_get(args, "NEWADDR"), *mask = arg_get(args, "MASK");
	unsigned prefix;

	if (cidr_parse_loose(arg->text, cidr, arg->word, err) < 0)
		return -1;
	if (mask && (strchr(arg->text, '/') || cidr->ip.family == AF_INET6))
		return error_set(err, STATUS_USAGE, mask->word,
				 "no netmask belongs here");
	if (mask && mask_prefix(mask, &prefix, err) < 0)
		return -1;
	if (strchr(arg->text, '/') || cidr->ip.family == AF_INET6)
		return 0;
	cidr->prefix = (uint8_t)(mask ? prefix : class_prefix(&cidr->ip));
	return 0;
}

/* GONE: the address that it replaces; NULL: none. */
static void address_words(struct session *session, const struct args *args, const struct ns *ns,
			  const char *name, const struct cidr *gone, const struct cidr *cidr)
{
	const struct link *link = ns_link(ns, name);
	const struct arg *mtu = arg_get(args, "MTU");
	struct buf words cleanup_buf = { 0 };
	char text[CIDR_TEXT];

	if (gone)
		buf_addf(&words, "addr del %s:%s %s; ", ns->name, name, cidr_text(gone, text));
	buf_addf(&words, "addr %s:%s %s", ns->name, name, cidr_text(cidr, text));
	if (mtu)
		buf_addf(&words, "; link %s:%s mtu %s", ns->name, name, mtu->text);
	if (link && !(link->flags & IFF_UP))
		buf_addf(&words, "; link %s:%s up", ns->name, name);
	in_nsh_words(session, gone ? "ifconfig another address" : "ifconfig address", "%s",
		     buf_str(&words));
}

/* The address replaces the interface's first one; with it the interface is up. */
static int plan_address(struct session *session, const struct args *args,
			const char *name, struct plan *plan, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_ADDRS, -1, err);
	const struct arg *arg = arg_get(args, "NEWADDR");
	const struct cidr *gone = NULL;
	struct cidr cidr;

	if (!ns || read_address(args, &cidr, err) < 0)
		return -1;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (strcmp(addr->link, name) != 0 || addr->cidr.ip.family != AF_INET ||
		    cidr.ip.family != AF_INET)
			continue;
		if (cidr_equal(&addr->cidr, &cidr))
			return 0;
		gone = &addr->cidr;
		plan_addr_del(plan, ns->name, name, gone, arg->word);
		break;
	}
	plan_addr_add(plan, ns->name, name, &cidr, arg->word);
	address_words(session, args, ns, name, gone, &cidr);
	return 0;
}

static int if_set(struct session *session, const struct args *args, struct plan *plan,
		  struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_ADDRS, -1, err);
	const struct arg *arg = arg_get(args, "LINK"), *setting = NULL;
	const struct arg *mac = arg_get(args, "MAC"), *address = arg_get(args, "NEWADDR");
	bool down = arg_has(args, "down");
	struct link *link;
	struct op *op;
	int which = -1;

	if (!ns || !(link = name_link(ns, arg, err)))
		return -1;
	for (size_t i = 0; i < args->n && !setting; i++)
		if ((which = link_setting_of_param(args->v[i].name)) >= 0)
			setting = &args->v[i];
	if (setting)
		in_nsh_words(session, "ifconfig mtu", "link %s:%s %s %s", ns->name,
			     link->name, link_settings[which].word, setting->text);
	else if (mac)
		in_nsh_words(session, "ifconfig hw", "link %s:%s mac %s", ns->name,
			     link->name, mac->text);
	else
		in_nsh_words(session, "ifconfig up", "link %s:%s %s", ns->name,
			     link->name, down ? "down" : "up");
	if (address && plan_address(session, args, link->name, plan, err) < 0)
		return -1;
	op = plan_link_set(plan, ns->name, link->name, arg->word);
	if (address || down || arg_has(args, "up")) {
		op->link_set.set = LINK_CHANGE_UP;
		op->link_set.up = !down;
	}
	if (setting)
		plan_link_setting(op, (enum link_setting)which,
				  (unsigned)arg_number(setting));
	if (mac) {
		op->link_set.set |= LINK_CHANGE_MAC;
		mac_parse(mac->text, op->link_set.mac);
	}
	return 0;
}

const struct command commands_net_tools[] = {
	{
		.grammar = "arp (-n|-a|-e)...",
		.help = "list the neighbours that a namespace knows",
		.example = "arp -n",
		.run = arp_list,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "arp -s IP MAC",
		.help = "enter a neighbour for good",
		.example = "arp -s 192.168.15.9 02:00:00:00:00:09",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24",
		.plan = arp_set,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "arp -d IP",
		.help = "forget a neighbour",
		.example = "arp -d 192.168.15.9",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24; "
			 "arp -s 192.168.15.9 02:00:00:00:00:09",
		.plan = arp_delete,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "route (-n|-e)...",
		.help = "list the routes",
		.example = "route -n",
		.run = routes,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "route add [-net|-host] DEST [netmask MASK] [gw GW] [metric "
			   "METRIC] "
			   "[dev LINK] [LINK]",
		.help = "send what goes to a network through a gateway or an interface",
		.example = "route add -net 192.168.1.0/24 gw 192.168.15.9",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24",
		.plan = route_add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "route del [-net|-host] DEST [netmask MASK] [gw GW] [metric "
			   "METRIC] "
			   "[dev LINK]",
		.help = "delete a route",
		.example = "route del -net 192.168.1.0/24",
		.setup = "bridge v-net-0 add addr 192.168.15.5/24; "
			 "route add -net 192.168.1.0/24 gw 192.168.15.9",
		.plan = route_del,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ifconfig [-a] [LINK]",
		.help = "list the interfaces with their addresses",
		.example = "ifconfig",
		.run = if_list,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "ifconfig LINK (up|down|mtu MTU|txqueuelen QUEUE|hw ether MAC)",
		.help = "change an interface",
		.example = "ifconfig v-net-0 down",
		.setup = "bridge v-net-0 add",
		.plan = if_set,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ifconfig LINK NEWADDR [netmask MASK] [mtu MTU] [up]",
		.help = "give an interface its address, and set it up",
		.example = "ifconfig v-net-0 192.168.15.5 netmask 255.255.255.0 up",
		.setup = "brctl addbr v-net-0",
		.plan = if_set,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
