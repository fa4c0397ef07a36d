/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/names.h"
#include "commands/save_parts.h"
#include "kernel/rtnl.h"

/* Saving: namespaces, interfaces and their addresses in nsh's words. */

/* How many namespaces stand in one line. */
#define NAMES_PER_LINE 8
#define MEMBERS_PER_LINE 4

/* Adds a line about an interface: "link red:veth-red down". */
static void link_line(struct writer *w, struct buf *to, const char *ns, const char *link,
		      const char *what)
{
	cleanup_free char *end = save_end_text(w, ns, link);

	buf_addf(to, "link %s %s\n", end, what);
}

static void setting_line(struct writer *w, struct buf *to, const char *ns, const char *link,
			 enum link_setting which, unsigned value)
{
	cleanup_free char *what = xasprintf("%s %u", link_settings[which].word, value);

	link_line(w, to, ns, link, what);
}

static void mtu_line(struct writer *w, struct buf *to, const char *ns, const char *link,
		     unsigned mtu)
{
	setting_line(w, to, ns, link, LINK_SETTING_MTU, mtu);
}

static void altname_line(struct writer *w, struct buf *to, const char *ns, const char *link,
			 const char *altname)
{
	struct buf what cleanup_buf = { 0 };

	buf_add(&what, "altname ");
	save_word(&what, altname);
	link_line(w, to, ns, link, buf_str(&what));
}

/* What no line that makes an interface says of it. NAMED: its first further name, if it has one,
 * is nsh's own. */
static void end_lines(struct writer *w, struct buf *to, const struct op_end *end,
		      bool named)
{
	char mac[MAC_TEXT];

	if (end->has_mac) {
		cleanup_free char *what = xasprintf("mac %s", mac_text(end->mac, mac));

		link_line(w, to, end->ns, end->name, what);
	}
	for (size_t i = named ? 1 : 0; i < end->altnames.n; i++)
		altname_line(w, to, end->ns, end->name, end->altnames.v[i]);
	if (!end->up)
		link_line(w, to, end->ns, end->name, "down");
}

/* --- addresses --- */

/* Whether "addr" takes it; else ip's words do. */
static bool plain_addr(struct writer *w, const struct op *op)
{
	struct ns *ns = save_model_ns(w, op->ns);
	char text[CIDR_TEXT];
	struct arg arg = { .text = cidr_text(&op->addr.cidr, text) };
	struct error none cleanup_error = ERROR_INIT;
	struct cidr cidr;

	return ns && name_cidr(&arg, &cidr, &none) == 0 && !ns_addr_by_ip(ns, &cidr.ip);
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

/* Whether a line of its own gives an interface its MTU. */
static bool has_mtu_line(struct writer *w, const char *ns, const char *link)
{
	for (size_t i = 0; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];

		if (op->kind == OP_LINK_SET && strcmp(op->ns, ns) == 0 &&
		    strcmp(op->link_set.name, link) == 0 &&
		    (op->link_set.set & LINK_CHANGE_SETTING(LINK_SETTING_MTU)))
			return true;
	}
	return false;
}

static char *addr_text(struct writer *w, long at)
{
	char text[CIDR_TEXT];

	return xstrdup(cidr_text(&w->plan->ops.v[at].addr.cidr, text));
}

/* "ip -n red addr add 192.168.15.1/24 dev veth-red" */
static void addr_in_ip(struct writer *w, const struct op *op, const char *what)
{
	char cidr[CIDR_TEXT];

	buf_add(w->text, "ip ");
	if (strcmp(op->ns, HOST) != 0) {
		buf_add(w->text, "-n ");
		save_word(w->text, op->ns);
		buf_addc(w->text, ' ');
	}
	buf_addf(w->text, "addr %s %s dev ", what, cidr_text(&op->addr.cidr, cidr));
	save_word(w->text, op->addr.link);
	buf_addc(w->text, '\n');
}

void save_no_addr_line(struct writer *w, size_t at)
{
	save_section(w, "addresses");
	addr_in_ip(w, &w->plan->ops.v[at], "del");
	save_say(w, at);
}

void save_addr_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	cleanup_free char *cidr = addr_text(w, (long)at);

	save_section(w, "addresses");
	if (plain_addr(w, op)) {
		cleanup_free char *end = save_end_text(w, op->ns, op->addr.link);

		buf_addf(w->text, "addr %s %s\n", end, cidr);
	} else {
		addr_in_ip(w, op, "add");
	}
	save_say(w, at);
}

/* --- namespaces, switches, cables --- */

void save_netns_lines(struct writer *w, size_t at)
{
	size_t in_line = 0;

	save_section(w, "rooms");
	for (size_t i = at; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];

		if (op->kind != OP_NETNS_ADD || op->netns.lo_down)
			continue;
		buf_add(w->text, in_line == 0 ? "ns add " : " ");
		save_word(w->text, op->ns);
		in_line = (in_line + 1) % NAMES_PER_LINE;
		if (in_line == 0)
			buf_addc(w->text, '\n');
		save_say(w, i);
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
		save_say(w, i);
	}
}

void save_single_lines(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	const struct op_end *end = &op->link_add.end;
	cleanup_free char *name = NULL;
	long addr = end->up ? first_addr(w, op->ns, end->name) : -1;

	/* A small port takes IPv6 from a switch until the switch has an MTU of its own. */
	if (addr >= 0 && w->plan->ops.v[addr].addr.cidr.ip.family == AF_INET6 &&
	    has_mtu_line(w, op->ns, end->name))
		addr = -1;
	save_section(w, "switches");
	if (strcmp(op->link_add.kind, "bridge") == 0) {
		name = save_end_text(w, op->ns, end->name);
		buf_addf(w->text, "bridge %s add", name);
	} else {
		buf_add(w->text, "link add ");
		name = xasprintf("%s:%s", op->ns, end->name);
		save_word(w->text, name);
		buf_addf(w->text, " %s", op->link_add.kind);
		addr = -1;
	}
	save_say(w, at);
	if (addr >= 0) {
		cleanup_free char *cidr = addr_text(w, addr);

		buf_addf(w->text, " addr %s", cidr);
		save_say(w, (size_t)addr);
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
	if (!end->altnames.n || !name->altname)
		return !end->altnames.n && !name->altname;
	return strcmp(end->altnames.v[0], name->altname) == 0;
}

static bool is_cabled(struct writer *w, const struct ns *ns, const char *other,
		      const char *master)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		const struct link *link = &ns->links.v[i];
		struct ns *far = link->peer_ns ? save_model_ns(w, link->peer_ns) : NULL;
		const struct link *peer = far ? ns_link(far, link->peer_name) : NULL;

		if (peer && strcmp(far->name, other) == 0 && !link->master_name[0] &&
		    strcmp(peer->master_name, master) == 0)
			return true;
	}
	return false;
}

/*
 * The member of "bridge BR attach MEMBER" that makes this very cable: "red", or
 * "red:eth0" where only the port is named as nsh names it. NULL: there is none.
 */
static char *member_of(struct writer *w, const struct op *op, bool *named)
{
	const struct op_end *port = &op->link_add.end, *end = &op->link_add.peer;
	struct ns *here = save_model_ns(w, port->ns), *there = save_model_ns(w, end->ns);
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

void save_end_attach(struct writer *w)
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
	char *bridge = save_end_text(w, port->ns, port->master);
	struct attach *attach = &w->attach;
	long addr;

	save_say(w, at);
	addr = first_addr(w, end->ns, end->name);
	if (attach->bridge && (strcmp(attach->bridge, bridge) != 0 ||
			       attach->members.n == MEMBERS_PER_LINE ||
			       (attach->cidrs.n > 0) != (addr >= 0)))
		save_end_attach(w);
	if (attach->bridge)
		free(bridge);
	else
		attach->bridge = bridge;
	strings_take(&attach->members, member);
	if (addr >= 0) {
		strings_take(&attach->cidrs, addr_text(w, addr));
		save_say(w, (size_t)addr);
	}
	if (op->link_add.mtu) {
		mtu_line(w, &attach->after, port->ns, port->name, op->link_add.mtu);
		mtu_line(w, &attach->after, end->ns, end->name, op->link_add.mtu);
	}
	end_lines(w, &attach->after, port, true);
	end_lines(w, &attach->after, end, named);
}

/* How "cable" is told of an end: the namespace alone where nsh would name it so itself.
 */
static char *cable_end(const struct op_end *end, const struct free_name *name,
		       bool *named)
{
	*named = same_name(end, name);
	return *named ? xstrdup(end->ns) : xasprintf("%s:%s", end->ns, end->name);
}

static void cable_line(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];
	const struct op_end *a = &op->link_add.end, *b = &op->link_add.peer;
	struct ns *a_ns = save_model_ns(w, a->ns), *b_ns = save_model_ns(w, b->ns);
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
	save_say(w, at);
	a_addr = a->up && b->up ? first_addr(w, a->ns, a->name) : -1;
	b_addr = a_addr >= 0 ? first_addr(w, b->ns, b->name) : -1;
	if (b_addr >= 0 && !ip_equal(&w->plan->ops.v[a_addr].addr.cidr.ip,
				     &w->plan->ops.v[b_addr].addr.cidr.ip)) {
		cleanup_free char *first = addr_text(w, a_addr),
				  *second = addr_text(w, b_addr);

		buf_addf(w->text, " addr %s %s", first, second);
		save_say(w, (size_t)a_addr);
		save_say(w, (size_t)b_addr);
	}
	if (op->link_add.mtu)
		buf_addf(w->text, " mtu %u", op->link_add.mtu);
	buf_addc(w->text, '\n');
	for (int i = 0; i < 2; i++) {
		const struct op_end *end = i ? b : a;
		cleanup_free char *bridge = NULL, *port = NULL;

		if (!end->master[0])
			continue;
		bridge = save_end_text(w, end->ns, end->master);
		port = xasprintf("%s:%s", end->ns, end->name);
		buf_addf(w->text, "bridge %s attach ", bridge);
		save_word(w->text, port);
		buf_addc(w->text, '\n');
	}
	end_lines(w, w->text, a, a_named);
	end_lines(w, w->text, b, b_named);
}

void save_veth_lines(struct writer *w, size_t at)
{
	bool named;
	char *member = member_of(w, &w->plan->ops.v[at], &named);

	save_section(w, "cables");
	if (member) {
		attach_line(w, at, member, named);
		return;
	}
	save_end_attach(w);
	cable_line(w, at);
}

/* A setting that is not the usual one, what a lo was given, or one that is down. */
void save_change_lines(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];

	save_end_attach(w);
	for (unsigned i = 0; i < LINK_SETTINGS; i++)
		if (op->link_set.set & LINK_CHANGE_SETTING(i))
			setting_line(w, w->text, op->ns, op->link_set.name, i,
				     op->link_set.setting[i]);
	if (op->link_set.set & OP_LINK_ALTNAME)
		altname_line(w, w->text, op->ns, op->link_set.name, op->link_set.altname);
	if (op->link_set.set & LINK_CHANGE_MAC) {
		char mac[MAC_TEXT];
		cleanup_free char *what = xasprintf("mac %s", mac_text(op->link_set.mac, mac));

		link_line(w, w->text, op->ns, op->link_set.name, what);
	}
	if (op->link_set.set & LINK_CHANGE_UP)
		link_line(w, w->text, op->ns, op->link_set.name,
			  op->link_set.up ? "up" : "down");
	save_say(w, at);
}
