/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/save.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/forwarding.h"
#include "commands/names.h"
#include "kernel/rtnl.h"

/* How many namespaces stand in one line. */
#define NAMES_PER_LINE 8
#define MEMBERS_PER_LINE 4

/* A "bridge BR attach ..." that more members may join. */
struct attach {
	char *bridge; /* NULL: none */
	struct strings members, cidrs;
	struct buf after; /* lines that come behind it */
};

struct writer {
	struct session model; /* the lab as the lines so far make it; its namespace is host */
	const struct plan *plan;
	bool *said; /* of the operations: which are in a line already */
	struct buf *text;
	const char *section;
	struct attach attach;
};

void save_word(struct buf *text, const char *word)
{
	if (*word && !strpbrk(word, " \t\r\n\"'\\;#${}")) {
		buf_add(text, word);
		return;
	}
	buf_addc(text, '"');
	for (; *word; word++) {
		if (strchr("\"\\$", *word))
			buf_addc(text, '\\');
		buf_addc(text, *word);
	}
	buf_addc(text, '"');
}

static void section(struct writer *w, const char *title)
{
	if (w->section && strcmp(w->section, title) == 0)
		return;
	buf_addf(w->text, "\n# %s\n", title);
	w->section = title;
}

/* "red:veth-red"; of host the interface alone, unless a namespace has that name. */
static char *end_text(struct writer *w, const char *ns, const char *link)
{
	struct buf text cleanup_buf = { 0 };
	cleanup_free char *end = NULL;

	if (strcmp(ns, HOST) == 0 && !world_has_ns(w->model.world, link))
		end = xstrdup(link);
	else
		end = xasprintf("%s:%s", ns, link);
	save_word(&text, end);
	return buf_steal(&text);
}

static struct ns *model_ns(struct writer *w, const char *name)
{
	struct error none cleanup_error = ERROR_INIT;

	return world_ns(w->model.world, name, 0, -1, &none);
}

/* Counts operation AT as said. */
static void say(struct writer *w, size_t at)
{
	w->said[at] = true;
	op_apply(&w->plan->ops.v[at], w->model.world);
}

/* Adds a line about an interface: "link red:veth-red down". */
static void link_line(struct writer *w, struct buf *to, const char *ns, const char *link,
		      const char *what)
{
	cleanup_free char *end = end_text(w, ns, link);

	buf_addf(to, "link %s %s\n", end, what);
}

static void mtu_line(struct writer *w, struct buf *to, const char *ns, const char *link,
		     unsigned mtu)
{
	cleanup_free char *what = xasprintf("mtu %u", mtu);

	link_line(w, to, ns, link, what);
}

/* What no line that makes an interface says of it. NAMED: its further name is nsh's own. */
static void end_lines(struct writer *w, struct buf *to, const struct op_end *end, bool named)
{
	char mac[MAC_TEXT];

	if (end->has_mac) {
		cleanup_free char *what = xasprintf("mac %s", mac_text(end->mac, mac));

		link_line(w, to, end->ns, end->name, what);
	}
	if (end->altname && !named) {
		struct buf what cleanup_buf = { 0 };

		buf_add(&what, "altname ");
		save_word(&what, end->altname);
		link_line(w, to, end->ns, end->name, buf_str(&what));
	}
	if (!end->up)
		link_line(w, to, end->ns, end->name, "down");
}

/* --- addresses --- */

/* Whether "addr" takes it; else ip's words do. */
static bool plain_addr(struct writer *w, const struct op *op)
{
	struct ns *ns = model_ns(w, op->ns);
	char text[CIDR_TEXT];
	struct arg arg = { .text = cidr_text(&op->addr.cidr, text) };
	struct error none cleanup_error = ERROR_INIT;
	struct cidr cidr;

	return ns && name_cidr(&arg, &cidr, &none) == 0 && !addr_in_use(ns, &cidr.ip);
}

/* The first address of an interface that no line has said yet; -1: none. */
static long first_addr(struct writer *w, const char *ns, const char *link)
{
	for (size_t i = 0; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];

		if (op->kind == OP_ADDR_ADD && !w->said[i] && strcmp(op->ns, ns) == 0 &&
		    strcmp(op->addr.link, link) == 0)
			return plain_addr(w, op) ? (long)i : -1;
	}
	return -1;
}

static char *addr_text(struct writer *w, long at)
{
	char text[CIDR_TEXT];

	return xstrdup(cidr_text(&w->plan->ops.v[at].addr.cidr, text));
}

static void addr_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	cleanup_free char *cidr = addr_text(w, (long)at);

	section(w, "addresses");
	if (plain_addr(w, op)) {
		cleanup_free char *end = end_text(w, op->ns, op->addr.link);

		buf_addf(w->text, "addr %s %s\n", end, cidr);
	} else {
		buf_add(w->text, "ip ");
		if (strcmp(op->ns, HOST) != 0) {
			buf_add(w->text, "-n ");
			save_word(w->text, op->ns);
			buf_addc(w->text, ' ');
		}
		buf_addf(w->text, "addr add %s dev ", cidr);
		save_word(w->text, op->addr.link);
		buf_addc(w->text, '\n');
	}
	say(w, at);
}

/* --- namespaces, switches, cables --- */

static void netns_lines(struct writer *w, size_t at)
{
	size_t in_line = 0;

	section(w, "rooms");
	for (size_t i = at; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];

		if (op->kind != OP_NETNS_ADD || op->netns.lo_down)
			continue;
		buf_add(w->text, in_line == 0 ? "ns add " : " ");
		save_word(w->text, op->ns);
		in_line = (in_line + 1) % NAMES_PER_LINE;
		if (in_line == 0)
			buf_addc(w->text, '\n');
		say(w, i);
	}
	if (in_line > 0)
		buf_addc(w->text, '\n');
	/* With lo down: in ip's words, as it was made. */
	for (size_t i = at; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];

		if (op->kind != OP_NETNS_ADD || !op->netns.lo_down)
			continue;
		buf_add(w->text, "ip netns add ");
		save_word(w->text, op->ns);
		buf_addc(w->text, '\n');
		say(w, i);
	}
}

static void single_lines(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	const struct op_end *end = &op->link_add.end;
	cleanup_free char *name = NULL;
	long addr = end->up ? first_addr(w, op->ns, end->name) : -1;

	section(w, "switches");
	if (strcmp(op->link_add.kind, "bridge") == 0) {
		name = end_text(w, op->ns, end->name);
		buf_addf(w->text, "bridge %s add", name);
	} else {
		buf_add(w->text, "link add ");
		name = xasprintf("%s:%s", op->ns, end->name);
		save_word(w->text, name);
		buf_addf(w->text, " %s", op->link_add.kind);
		addr = -1;
	}
	say(w, at);
	if (addr >= 0) {
		cleanup_free char *cidr = addr_text(w, addr);

		buf_addf(w->text, " addr %s", cidr);
		say(w, (size_t)addr);
	}
	buf_addc(w->text, '\n');
	if (op->link_add.mtu)
		mtu_line(w, w->text, op->ns, end->name, op->link_add.mtu);
	end_lines(w, w->text, end, false);
}

static bool same_name(const struct op_end *end, const struct free_name *name)
{
	if (strcmp(end->name, name->name) != 0)
		return false;
	if (!end->altname || !name->altname)
		return !end->altname && !name->altname;
	return strcmp(end->altname, name->altname) == 0;
}

static bool is_cabled(struct writer *w, const struct ns *ns, const char *other,
		      const char *master)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];
		struct ns *far = link->peer_ns ? model_ns(w, link->peer_ns) : NULL;
		const struct link *peer = far ? ns_link(far, link->peer_name) : NULL;

		if (peer && strcmp(far->name, other) == 0 && !link->master_name[0] &&
		    strcmp(peer->master_name, master) == 0)
			return true;
	}
	return false;
}

/*
 * The member of "bridge BR attach MEMBER" that makes this very cable: "red", or "red:eth0"
 * where only the port is named as nsh names it. NULL: there is none.
 */
static char *member_of(struct writer *w, const struct op *op, bool *named)
{
	const struct op_end *port = &op->link_add.end, *end = &op->link_add.peer;
	struct ns *here = model_ns(w, port->ns), *there = model_ns(w, end->ns);
	struct free_name name = { 0 }, port_name = { 0 };
	char *member = NULL;

	*named = false;
	if (!here || !there || here == there || !port->master[0] || end->master[0] ||
	    !port->up || !end->up)
		return NULL;
	name_free_pair(there, "", here, "-br", end->ns, &name, &port_name);
	if (same_name(end, &name) && same_name(port, &port_name) &&
	    !is_cabled(w, there, port->ns, port->master)) {
		member = xstrdup(end->ns);
		*named = true;
	}
	free(name.altname);
	free(port_name.altname);
	if (member)
		return member;
	name_free(here, end->ns, "-br", &port_name);
	if (same_name(port, &port_name))
		member = xasprintf("%s:%s", end->ns, end->name);
	free(port_name.altname);
	return member;
}

static void end_attach(struct writer *w)
{
	struct attach *attach = &w->attach;

	if (!attach->bridge)
		return;
	buf_addf(w->text, "bridge %s attach", attach->bridge);
	for (size_t i = 0; i < attach->members.n; i++) {
		buf_addc(w->text, ' ');
		save_word(w->text, attach->members.v[i]);
	}
	for (size_t i = 0; i < attach->cidrs.n; i++)
		buf_addf(w->text, "%s %s", i ? "" : " addr", attach->cidrs.v[i]);
	buf_addc(w->text, '\n');
	buf_add(w->text, buf_str(&attach->after));
	free(attach->bridge);
	strings_free(&attach->members);
	strings_free(&attach->cidrs);
	buf_free(&attach->after);
	*attach = (struct attach){ 0 };
}

static void attach_line(struct writer *w, size_t at, char *member, bool named)
{
	const struct op *op = &w->plan->ops.v[at];
	const struct op_end *port = &op->link_add.end, *end = &op->link_add.peer;
	char *bridge = end_text(w, port->ns, port->master);
	struct attach *attach = &w->attach;
	long addr;

	say(w, at);
	addr = first_addr(w, end->ns, end->name);
	if (attach->bridge && (strcmp(attach->bridge, bridge) != 0 ||
			       attach->members.n == MEMBERS_PER_LINE ||
			       (attach->cidrs.n > 0) != (addr >= 0)))
		end_attach(w);
	if (attach->bridge)
		free(bridge);
	else
		attach->bridge = bridge;
	strings_take(&attach->members, member);
	if (addr >= 0) {
		strings_take(&attach->cidrs, addr_text(w, addr));
		say(w, (size_t)addr);
	}
	if (op->link_add.mtu) {
		mtu_line(w, &attach->after, port->ns, port->name, op->link_add.mtu);
		mtu_line(w, &attach->after, end->ns, end->name, op->link_add.mtu);
	}
	end_lines(w, &attach->after, port, true);
	end_lines(w, &attach->after, end, named);
}

/* How "cable" is told of an end: the namespace alone where nsh would name it so itself. */
static char *cable_end(const struct op_end *end, const struct free_name *name, bool *named)
{
	*named = same_name(end, name);
	return *named ? xstrdup(end->ns) : xasprintf("%s:%s", end->ns, end->name);
}

static void cable_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	const struct op_end *a = &op->link_add.end, *b = &op->link_add.peer;
	struct ns *a_ns = model_ns(w, a->ns), *b_ns = model_ns(w, b->ns);
	cleanup_free char *a_text = NULL, *b_text = NULL;
	struct free_name a_name = { 0 }, b_name = { 0 };
	bool a_named, b_named;
	long a_addr, b_addr;

	if (!a_ns || !b_ns)
		return;
	name_free(a_ns, a->ns, "", &a_name);
	name_free(b_ns, b->ns, "", &b_name);
	a_text = cable_end(a, &a_name, &a_named);
	b_text = cable_end(b, &b_name, &b_named);
	free(a_name.altname);
	free(b_name.altname);
	/* A second cable between the same two needs the names of its ends. */
	if (a_named && b_named && (a_ns == b_ns || is_cabled(w, a_ns, b->ns, ""))) {
		free(a_text);
		a_text = xasprintf("%s:%s", a->ns, a->name);
		a_named = false;
		free(b_text);
		b_text = xasprintf("%s:%s", b->ns, b->name);
		b_named = false;
	}
	buf_add(w->text, "cable ");
	save_word(w->text, a_text);
	buf_addc(w->text, ' ');
	save_word(w->text, b_text);
	say(w, at);
	a_addr = a->up && b->up ? first_addr(w, a->ns, a->name) : -1;
	b_addr = a_addr >= 0 ? first_addr(w, b->ns, b->name) : -1;
	if (b_addr >= 0 && !ip_equal(&w->plan->ops.v[a_addr].addr.cidr.ip,
				     &w->plan->ops.v[b_addr].addr.cidr.ip)) {
		cleanup_free char *first = addr_text(w, a_addr), *second = addr_text(w, b_addr);

		buf_addf(w->text, " addr %s %s", first, second);
		say(w, (size_t)a_addr);
		say(w, (size_t)b_addr);
	}
	if (op->link_add.mtu)
		buf_addf(w->text, " mtu %u", op->link_add.mtu);
	buf_addc(w->text, '\n');
	for (int i = 0; i < 2; i++) {
		const struct op_end *end = i ? b : a;
		cleanup_free char *bridge = NULL, *port = NULL;

		if (!end->master[0])
			continue;
		bridge = end_text(w, end->ns, end->master);
		port = xasprintf("%s:%s", end->ns, end->name);
		buf_addf(w->text, "bridge %s attach ", bridge);
		save_word(w->text, port);
		buf_addc(w->text, '\n');
	}
	end_lines(w, w->text, a, a_named);
	end_lines(w, w->text, b, b_named);
}

static void veth_lines(struct writer *w, size_t at)
{
	bool named;
	char *member = member_of(w, &w->plan->ops.v[at], &named);

	section(w, "cables");
	if (member) {
		attach_line(w, at, member, named);
		return;
	}
	end_attach(w);
	cable_line(w, at);
}

/* An MTU, or a lo that is down. */
static void change_lines(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];

	end_attach(w);
	if (op->link_set.set & LINK_CHANGE_MTU)
		mtu_line(w, w->text, op->ns, op->link_set.name, op->link_set.mtu);
	if (op->link_set.set & LINK_CHANGE_UP)
		link_line(w, w->text, op->ns, op->link_set.name,
			  op->link_set.up ? "up" : "down");
	say(w, at);
}

/* --- routes and neighbours --- */

/* A name that stands for the gateway's address, where there is just one and it is that. */
static const char *gateway_name(struct writer *w, const struct ip *gateway)
{
	struct ns *host = model_ns(w, HOST);
	const char *name = NULL;

	for (size_t i = 0; i < host->addrs.n; i++)
		if (ip_equal(&host->addrs.v[i].cidr.ip, gateway))
			name = host->addrs.v[i].link;
	if (!name || gateway->family != AF_INET || world_has_ns(w->model.world, name))
		return NULL;
	for (size_t i = 0; i < host->addrs.n; i++)
		if (strcmp(host->addrs.v[i].link, name) == 0 &&
		    host->addrs.v[i].cidr.ip.family == AF_INET &&
		    !ip_equal(&host->addrs.v[i].cidr.ip, gateway))
			return NULL;
	return name;
}

/* Whether the kernel finds the interface from the gateway alone. */
static bool finds_link(const struct ns *ns, const struct route *route)
{
	const char *found = NULL;

	if (!route->gateway.family || ip_is_link_local(&route->gateway))
		return false;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (!cidr_contains(&network, &route->gateway))
			continue;
		if (found && strcmp(found, ns->addrs.v[i].link) != 0)
			return false;
		found = ns->addrs.v[i].link;
	}
	return found && strcmp(found, route->link) == 0;
}

/* Whether "route" in nsh's own words does it: not for the rarer kinds, nor where another route
 * to the same place is there. */
static bool own_route(const struct ns *ns, const struct route *route)
{
	bool six = route->dest.ip.family == AF_INET6;
	uint8_t scope = six || route->gateway.family ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;

	if (route->type != RTN_UNICAST || route->metric != (six ? 1024 : 0) ||
	    (route->table && route->table != RT_TABLE_MAIN) || route->source.family ||
	    (route->flags & RTNH_F_ONLINK) || route->scope != scope)
		return false;
	if (route->gateway.family && route->gateway.family != route->dest.ip.family)
		return false;
	if (!route->gateway.family && route->dest.prefix == 0)
		return false;
	for (size_t i = 0; i < ns->routes.n; i++)
		if (cidr_equal(&ns->routes.v[i].dest, &route->dest))
			return false;
	if (!route->gateway.family)
		return true;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (strcmp(ns->addrs.v[i].link, route->link) == 0 &&
		    network.prefix < ip_bits(network.ip.family) &&
		    cidr_contains(&network, &route->gateway))
			return true;
	}
	return ip_is_link_local(&route->gateway);
}

static const char *dest_text(const struct route *route, char text[CIDR_TEXT])
{
	return route->dest.prefix ? cidr_text(&route->dest, text) : "default";
}

static void route_in_ip(struct writer *w, const struct op *op)
{
	const struct route *route = &op->route.route;
	bool six = route->dest.ip.family == AF_INET6;
	char dest[CIDR_TEXT], ip[IP_TEXT];

	buf_add(w->text, "ip ");
	if (six)
		buf_add(w->text, "-6 ");
	if (strcmp(op->ns, HOST) != 0) {
		buf_add(w->text, "-n ");
		save_word(w->text, op->ns);
		buf_addc(w->text, ' ');
	}
	buf_addf(w->text, "route add %s%s",
		 route->type == RTN_BLACKHOLE	? "blackhole " :
		 route->type == RTN_UNREACHABLE ? "unreachable " :
		 route->type == RTN_PROHIBIT	? "prohibit " :
						  "",
		 dest_text(route, dest));
	if (route->gateway.family)
		buf_addf(w->text, " via %s", ip_text(&route->gateway, ip));
	/* An IPv6 route to nowhere leads through lo, the kernel says. */
	if (route->link[0] && route->type == RTN_UNICAST) {
		buf_add(w->text, " dev ");
		save_word(w->text, route->link);
	}
	if (route->source.family)
		buf_addf(w->text, " src %s", ip_text(&route->source, ip));
	if (route->metric && !(six && route->metric == 1024))
		buf_addf(w->text, " metric %u", route->metric);
	if (route->table && route->table != RT_TABLE_MAIN)
		buf_addf(w->text, " table %u", route->table);
	if (route->flags & RTNH_F_ONLINK)
		buf_add(w->text, " onlink");
	buf_addc(w->text, '\n');
}

static void route_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	const struct route *route = &op->route.route;
	struct ns *ns = model_ns(w, op->ns);
	char dest[CIDR_TEXT], ip[IP_TEXT];
	const char *name;

	section(w, "routes");
	if (!ns || !own_route(ns, route)) {
		route_in_ip(w, op);
		say(w, at);
		return;
	}
	buf_add(w->text, "route ");
	save_word(w->text, op->ns);
	buf_addf(w->text, " %s", dest_text(route, dest));
	if (route->gateway.family) {
		name = strcmp(op->ns, HOST) != 0 ? gateway_name(w, &route->gateway) : NULL;
		buf_add(w->text, " via ");
		save_word(w->text, name ? name : ip_text(&route->gateway, ip));
	}
	if (!finds_link(ns, route)) {
		buf_add(w->text, " dev ");
		save_word(w->text, route->link);
	}
	buf_addc(w->text, '\n');
	say(w, at);
}

static void neigh_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	char ip[IP_TEXT], mac[MAC_TEXT];

	section(w, "neighbours");
	buf_add(w->text, "arp ");
	save_word(w->text, op->ns);
	buf_addf(w->text, " add %s %s dev ", ip_text(&op->neigh.neigh.ip, ip),
		 mac_text(op->neigh.neigh.mac, mac));
	save_word(w->text, op->neigh.neigh.link);
	buf_addc(w->text, '\n');
	say(w, at);
}

/* --- settings --- */

/* The operation, not yet said, that sets KEY of a namespace; -1: none. */
static long setting(struct writer *w, const char *ns, const char *key)
{
	for (size_t i = 0; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];

		if (op->kind == OP_SYSCTL && !w->said[i] && strcmp(op->ns, ns) == 0 &&
		    strcmp(op->sysctl.key, key) == 0 && strcmp(op->sysctl.value, "1") == 0)
			return (long)i;
	}
	return -1;
}

/* What the line does to the model: on a machine a rule comes with forwarding. */
static void forward(struct writer *w, const char *ns_name, const char *key)
{
	struct error none cleanup_error = ERROR_INIT;
	struct plan plan cleanup_plan = PLAN_INIT;
	struct ns *ns = model_ns(w, ns_name);
	bool said = true;

	if (ns && plan_forward_key(&w->model, ns, key, &plan, -1, &said, &none) == 0)
		plan_apply(&plan, w->model.world);
}

static void setting_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	long four = setting(w, op->ns, FORWARD4), six = setting(w, op->ns, FORWARD6);

	section(w, "forwarding");
	if (four >= 0 && six >= 0) {
		buf_add(w->text, "forwarding ");
		save_word(w->text, op->ns);
		buf_add(w->text, " on\n");
		forward(w, op->ns, FORWARD4);
		forward(w, op->ns, FORWARD6);
		w->said[four] = w->said[six] = true;
		return;
	}
	if (strcmp(op->ns, HOST) != 0) {
		buf_add(w->text, "in ");
		save_word(w->text, op->ns);
		buf_addc(w->text, ' ');
	}
	buf_add(w->text, "sysctl -w ");
	for (const char *c = op->sysctl.key; *c; c++)
		buf_addc(w->text, *c == '/' ? '.' : *c);
	buf_addf(w->text, "=%s\n", op->sysctl.value);
	if (four == (long)at || six == (long)at) {
		forward(w, op->ns, op->sysctl.key);
		w->said[at] = true;
	} else {
		say(w, at);
	}
}

/* --- all of it --- */

static void rule_lines(struct writer *w, size_t at)
{
	const char *ns = w->plan->ops.v[at].ns;

	struct buf lines cleanup_buf = { 0 };

	save_rules_words(&w->model, w->plan, w->said, ns, &lines);
	if (!lines.length)
		return; /* they all come with settings */
	section(w, "NAT and published ports");
	buf_add(w->text, buf_str(&lines));
}

/* What rules were to come with settings, and did not. */
static void rest_lines(struct writer *w)
{
	for (size_t i = 0; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];
		bool first = true;

		for (size_t j = 0; j < i && first; j++)
			first = w->plan->ops.v[j].kind != OP_NFT_ADD ||
				strcmp(w->plan->ops.v[j].ns, op->ns) != 0;
		if (op->kind == OP_NFT_ADD && first)
			save_rules_rest(&w->model, w->plan, w->said, op->ns, w->text);
	}
}

static void write_op(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];

	if (op->kind != OP_LINK_ADD || !op->link_add.peer.ns)
		end_attach(w);
	switch (op->kind) {
	case OP_NETNS_ADD:
		netns_lines(w, at);
		break;
	case OP_LINK_ADD:
		if (op->link_add.peer.ns)
			veth_lines(w, at);
		else
			single_lines(w, at);
		break;
	case OP_LINK_SET:
		change_lines(w, at);
		break;
	case OP_ADDR_ADD:
		addr_line(w, at);
		break;
	case OP_ROUTE_ADD:
		route_line(w, at);
		break;
	case OP_NEIGH_ADD:
		neigh_line(w, at);
		break;
	case OP_SYSCTL:
		setting_line(w, at);
		break;
	case OP_NFT_ADD:
		rule_lines(w, at);
		break;
	case OP_NETNS_DEL:
	case OP_NETNS_ADOPT:
	case OP_LINK_DEL:
	case OP_ADDR_DEL:
	case OP_ROUTE_DEL:
	case OP_NEIGH_DEL:
	case OP_NFT_DEL:
	case OP_LINK_CLEAR:
	case OP_NFT_CLEAR:
	case OP_KIND_COUNT:
		break; /* nothing that makes */
	}
}

void save_words(struct session *session, const struct plan *plan, struct buf *text)
{
	struct writer w = { .plan = plan, .text = text };

	w.model = (struct session){ .quiet = true, .dry_run = true, .out = session->out };
	w.model.kernel = session->kernel;
	w.model.sandbox = session->sandbox;
	w.model.world = world_new(NULL);
	w.model.ns = xstrdup(HOST);
	w.said = xcalloc(plan->ops.n + 1, sizeof(*w.said));
	for (size_t i = 0; i < plan->ops.n; i++)
		if (!w.said[i])
			write_op(&w, i);
	end_attach(&w);
	rest_lines(&w);
	world_free(w.model.world);
	free(w.model.ns);
	free(w.said);
}

static const char *section_of(const struct op *op)
{
	switch (op->kind) {
	case OP_NETNS_ADD:
		return "rooms";
	case OP_LINK_ADD:
		return op->link_add.peer.ns ? "cables" : "switches";
	case OP_ADDR_ADD:
		return "addresses";
	case OP_ROUTE_ADD:
		return "routes";
	case OP_NEIGH_ADD:
		return "neighbours";
	case OP_SYSCTL:
		return "settings";
	case OP_NFT_ADD:
		return "NAT and published ports";
	case OP_LINK_SET:
	case OP_NETNS_DEL:
	case OP_NETNS_ADOPT:
	case OP_LINK_DEL:
	case OP_ADDR_DEL:
	case OP_ROUTE_DEL:
	case OP_NEIGH_DEL:
	case OP_NFT_DEL:
	case OP_LINK_CLEAR:
	case OP_NFT_CLEAR:
	case OP_KIND_COUNT:
		break;
	}
	return NULL; /* goes on in the section before */
}

void save_shell(const struct plan *plan, struct buf *text)
{
	struct world *model = world_new(NULL);
	const char *last = "";

	for (size_t i = 0; i < plan->ops.n; i++) {
		const char *title = section_of(&plan->ops.v[i]);

		if (title && strcmp(title, last) != 0) {
			buf_addf(text, "\n# %s\n", title);
			last = title;
		}
		op_explain(&plan->ops.v[i], model, text);
		op_apply(&plan->ops.v[i], model);
	}
	world_free(model);
}
