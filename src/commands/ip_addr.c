/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/foreign.h"
#include "commands/names.h"
#include "view/lists.h"

/* ip addr: addresses in ip's words. */

static int list(struct session *session, const struct args *args, struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_ADDRS, err);
	struct link *link;

	if (!ns || foreign_link(ns, args, &link, err) < 0)
		return -1;
	session_print(session,
		      list_addrs(ns, link ? link->name : NULL, foreign_family(args)));
	in_nsh_words(session, "addr", "addr %s", ns->name);
	return 0;
}

/* "brd +" is what nsh does unasked; another address than the network's last nobody needs.
 */
static int read_broadcast(const struct args *args, const struct cidr *cidr, bool *plain,
			  struct error *err)
{
	const struct arg *brd = arg_get(args, "BRD");
	struct ip ip, last = cidr_broadcast(cidr);
	char text[IP_TEXT];

	*plain = cidr->ip.family == AF_INET6 ? !arg_has(args, "nodad") : true;
	if (!brd || strcmp(brd->text, "-") == 0)
		return 0;
	if (cidr->ip.family == AF_INET6)
		return error_set(err, STATUS_USAGE, brd->word,
				 "IPv6 has no broadcast addresses");
	*plain = false;
	if (strcmp(brd->text, "+") == 0)
		return 0;
	if (ip_parse(brd->text, &ip, brd->word, err) < 0)
		return -1;
	if (ip_equal(&ip, &last))
		return 0;
	return error_set(err, STATUS_USAGE, brd->word,
			 "nsh sets no other broadcast address than the network's own, %s",
			 ip_text(&last, text));
}

static int check_family(const struct args *args, const struct cidr *cidr,
			const struct arg *arg, struct error *err)
{
	uint8_t family = foreign_family(args);

	if (!family || cidr->ip.family == family)
		return 0;
	return error_set(err, STATUS_USAGE, arg->word, "%s is not an %s address",
			 arg->text, family == AF_INET6 ? "IPv6" : "IPv4");
}

static int add(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_ADDRS, err);
	const struct arg *arg = arg_get(args, "NEWADDR");
	cleanup_free char *end = NULL;
	char text[CIDR_TEXT];
	struct link *link;
	struct cidr cidr;
	bool plain;

	if (!ns || cidr_parse_loose(arg->text, &cidr, arg->word, err) < 0 ||
	    check_family(args, &cidr, arg, err) < 0 ||
	    foreign_link(ns, args, &link, err) < 0 ||
	    read_broadcast(args, &cidr, &plain, err) < 0)
		return -1;
	if (ns_addr(ns, link->name, &cidr)) {
		if (arg_has(args, "replace"))
			return 0;
		return error_set(err, STATUS_FAILED, arg->word, "%s:%s has %s already",
				 ns->name, link->name, arg->text);
	}
	plan_addr_add(plan, ns->name, link->name, &cidr, arg->word)->addr.plain = plain;
	end = nsh_end(ns, link->name);
	in_nsh_words(session, "addr add", "addr %s %s", end, cidr_text(&cidr, text));
	if (!strchr(arg->text, '/') && !(link->flags & IFF_LOOPBACK))
		plan_note(
			plan,
			"note: without a prefix length %s is alone in its network (%s): "
			"nothing is reached through it",
			arg->text, cidr_text(&cidr, text));
	return 0;
}

static int del(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_ADDRS, err);
	const struct arg *arg = arg_get(args, "ADDR");
	cleanup_free char *end = NULL;
	const struct addr *addr;
	struct link *link;

	if (!ns || foreign_link(ns, args, &link, err) < 0 ||
	    !(addr = name_addr(ns, link->name, arg, err)))
		return -1;
	plan_addr_del(plan, ns->name, link->name, &addr->cidr, arg->word);
	end = nsh_end(ns, link->name);
	in_nsh_words(session, "addr del", "addr del %s %s", end, arg->text);
	return 0;
}

static int flush(struct session *session, const struct args *args, struct plan *plan,
		 struct error *err)
{
	struct ns *ns = foreign_ns(session, args, WORLD_ADDRS, err);
	uint8_t family = foreign_family(args);
	struct link *link;

	if (!ns || foreign_link(ns, args, &link, err) < 0)
		return -1;
	/* The last first: with a primary address go the others of its network. */
	for (size_t i = ns->addrs.n; i-- > 0;) {
		const struct addr *addr = &ns->addrs.v[i];

		if (strcmp(addr->link, link->name) == 0 &&
		    (!family || addr->cidr.ip.family == family))
			plan_addr_del(plan, ns->name, link->name, &addr->cidr,
				      arg_get(args, "LINK")->word);
	}
	return 0;
}

const struct command commands_ip_addr[] = {
	{
		.grammar = "ip [IPOPTS] address/a [(show/s|list/l|ls|lst) [[dev] LINK]]",
		.help = "list the addresses of all interfaces or of one",
		.example = "ip addr",
		.run = list,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] address/a (add/a|replace/r) (NEWADDR "
			   "[ADDROPT...] dev LINK|"
			   "dev LINK NEWADDR) [ADDROPT...]",
		.help = "give an interface an address",
		.example = "ip addr add 192.168.15.5/24 dev v-net-0",
		.setup = "ip link add v-net-0 type bridge",
		.plan = add,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] address/a delete/d ADDR dev LINK",
		.help = "take an address away",
		.example = "ip addr del 192.168.15.5/24 dev v-net-0",
		.setup = "ip link add v-net-0 type bridge; "
			 "ip addr add 192.168.15.5/24 dev v-net-0",
		.plan = del,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "ip [IPOPTS] address/a flush/f [dev] LINK",
		.help = "take all addresses of an interface away",
		.example = "ip addr flush dev v-net-0",
		.setup = "ip link add v-net-0 type bridge; "
			 "ip addr add 192.168.15.5/24 dev v-net-0",
		.plan = flush,
		.flags = COMMAND_FOREIGN,
	},
	{ 0 },
};
