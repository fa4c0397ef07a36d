/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/link_number.h"
#include "plan/op_link.h"

/* --- a link to change --- */

struct op *plan_link_set(struct plan *plan, const char *ns, const char *name, int word)
{
	struct op *op = plan_op(plan, OP_LINK_SET, ns, word);

	str_copy(op->link_set.name, IFNAMSIZ, name);
	return op;
}

struct op *plan_link_up(struct plan *plan, const char *ns, const char *name, bool up,
			int word)
{
	struct op *op = plan_link_set(plan, ns, name, word);

	op->link_set.set = LINK_CHANGE_UP;
	op->link_set.up = up;
	return op;
}

void plan_link_setting(struct op *op, enum link_setting which, unsigned value)
{
	op->link_set.set |= LINK_CHANGE_SETTING(which);
	op->link_set.setting[which] = value;
}

void plan_unusual_settings(struct plan *plan, const char *ns, const struct link *link,
			   unsigned mtu)
{
	struct op *op = NULL;

	for (unsigned i = 0; i < LINK_SETTINGS; i++) {
		unsigned usual = link_usual_setting(link, i), value = link_setting(link, i);

		if (i == LINK_SETTING_MTU && mtu)
			usual = mtu;
		if (value == usual)
			continue;
		if (!op)
			op = plan_link_set(plan, ns, link->name, -1);
		plan_link_setting(op, i, value);
	}
}

static int set_failed(const struct op *op, const struct nl_error *answer, struct error *err)
{
	const char *name = op->link_set.name;

	switch (answer->number) {
	case EXFULL:
		return op_bridge_full(op, op->link_set.master, err);
	case ELOOP:
		return error_set(err, STATUS_FAILED, op->word,
				 "%s cannot be attached to %s: switches would form a loop",
				 name, op->link_set.master);
	case EEXIST:
		if (!op->lenient && (op->link_set.set & LINK_CHANGE_NAME))
			return error_set(err, STATUS_FAILED, op->word,
					 "%s:%s exists already", op->ns,
					 op->link_set.new_name);
		break;
	case EBUSY:
		if (op->link_set.set & LINK_CHANGE_NAME) {
			error_set(err, STATUS_FAILED, op->word,
				  "this kernel does not rename %s while it is up", name);
			return error_hint(err, "\"link %s:%s down\" first", op->ns, name);
		}
		break;
	}
	return op_failed(op, answer, err, "cannot change %s:%s", op->ns, name);
}

/* A switch has its link-local address once a port of it had a carrier. */
static bool loses_carrier(const struct op *op)
{
	unsigned set = op->link_set.set;

	return ((set & LINK_CHANGE_UP) && !op->link_set.up) || (set & LINK_CHANGE_NETNS) ||
	       ((set & LINK_CHANGE_MASTER) && !op->link_set.master[0]);
}

/* Whether that can be done before the switches that wait are up. */
static bool is_early(const struct op *op, const struct kernel *kernel)
{
	const unsigned harmless = LINK_CHANGE_UP | LINK_CHANGE_MASTER | LINK_CHANGE_GROUP;

	return !(op->link_set.set & ~harmless) && !loses_carrier(op) &&
	       kernel_is_last_cable(kernel, op->ns, op->link_set.name);
}

static struct nlsock *rtnl_for(const struct op *op, struct kernel *kernel, struct error *err)
{
	if (loses_carrier(op) && kernel_switches_settle(kernel, err) < 0)
		return NULL;
	/* As with a new link that has one. */
	if ((op->link_set.set & LINK_CHANGE_MAC) && kernel_switches_up(kernel, err) < 0)
		return NULL;
	return is_early(op, kernel) ? op_rtnl_early(op, kernel, err) : op_rtnl(op, kernel, err);
}

static bool is_set_up_later(const struct op *op, struct kernel *kernel)
{
	return op->link_set.set == LINK_CHANGE_UP && op->link_set.up &&
	       kernel_switch_up(kernel, op->ns, op->link_set.name);
}

/* Whether there is nothing to do, with OP_LINK_OTHER_MTU. */
static bool has_mtu(const struct op *op, struct nlsock *sock)
{
	struct nl_error ignored;
	struct link link;
	bool same;

	if (!(op->link_set.set & OP_LINK_OTHER_MTU))
		return false;
	same = rtnl_link_alone(sock, op->link_set.name, &link, &ignored) == 0 &&
	       link.mtu == op->link_set.setting[LINK_SETTING_MTU];
	link_clear(&link);
	return same;
}

static int set_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct link_update update = { 0 };
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	int index;

	if (is_set_up_later(op, kernel))
		return 0;
	sock = rtnl_for(op, kernel, err);
	if (!sock || op_link_index(op, sock, op->link_set.name, &index, err) < 0)
		return -1;
	if (index == 0 || has_mtu(op, sock))
		return 0;
	update.set = op->link_set.set & ~OP_LINK_ALL;
	update.up = op->link_set.up;
	memcpy(update.setting, op->link_set.setting, sizeof(update.setting));
	update.name = op->link_set.new_name;
	update.mac = op->link_set.mac;
	update.group = op->link_set.group;
	if ((update.set & LINK_CHANGE_MASTER) && op->link_set.master[0] &&
	    op_link_index(op, sock, op->link_set.master, &update.master, err) < 0)
		return -1;
	if (update.set & LINK_CHANGE_NETNS) {
		update.netns_fd = kernel_netns_fd(kernel, op->link_set.to_ns, err);
		if (update.netns_fd < 0)
			return -1;
	}
	if (update.set && rtnl_link_set(sock, index, &update, &answer) < 0)
		return set_failed(op, &answer, err);
	if ((op->link_set.set & (OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME)) &&
	    rtnl_link_altname(sock, index, op->link_set.altname,
			      op->link_set.set & OP_LINK_ALTNAME, &answer) < 0)
		return op_failed(op, &answer, err, "cannot name %s also %s", op->link_set.name,
				 op->link_set.altname);
	if ((update.set & LINK_CHANGE_UP) && update.up)
		kernel_unsettled(kernel, op->ns, op->link_set.name, true);
	else if ((update.set & LINK_CHANGE_MASTER) && op->link_set.master[0])
		kernel_unsettled(kernel, op->ns, op->link_set.name, false);
	return 0;
}

static void drop_ipv6_addrs(struct ns *ns, const char *name)
{
	for (size_t i = ns->addrs.n; i-- > 0;)
		if (strcmp(ns->addrs.v[i].link, name) == 0 &&
		    ns->addrs.v[i].cidr.ip.family == AF_INET6)
			vector_remove(&ns->addrs, i);
}

/* What the kernel drops of a link that goes down, but for its IPv4 addresses. */
static void drop_routes(struct ns *ns, const char *name)
{
	for (size_t i = ns->routes.n; i-- > 0;)
		if (strcmp(ns->routes.v[i].link, name) == 0)
			vector_remove(&ns->routes, i);
	drop_ipv6_addrs(ns, name);
}

/* Of a link whose MTU becomes too small for IPv6. */
static void drop_ipv6(struct world *world, struct ns *ns, const char *name)
{
	for (size_t i = ns->routes.n; i-- > 0;)
		if (strcmp(ns->routes.v[i].link, name) == 0 &&
		    ns->routes.v[i].dest.ip.family == AF_INET6)
			vector_remove(&ns->routes, i);
	drop_ipv6_addrs(ns, name);
	world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
}

/* What the kernel adds when a link goes up. */
static void add_routes(struct ns *ns, const char *name)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (strcmp(ns->addrs.v[i].link, name) == 0)
			apply_connected(ns, &ns->addrs.v[i]);
}

static void apply_up(const struct op *op, struct world *world, struct ns *ns,
		     struct link *link)
{
	bool known = op->link_set.up && ns->made && ns_simulates(world, ns) &&
		     (ns->loaded & WORLD_ADDRS);

	if ((link->flags & IFF_LOOPBACK) && op->link_set.up && !(link->flags & IFF_UP) &&
	    (ns->loaded & WORLD_ADDRS))
		ns_lo_up(ns);
	if (known && !(link->flags & IFF_UP))
		add_routes(ns, link->name);
	link->flags &= ~(unsigned)IFF_UP;
	if (op->link_set.up)
		link->flags |= IFF_UP;
	else
		drop_routes(ns, link->name);
	if (!known)
		world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
}

static void apply_name(const struct op *op, struct world *world, struct ns *ns,
		       struct link *link)
{
	const char *name = op->link_set.new_name;
	struct ns *peer_ns;
	struct link *peer;

	if (world_peer(world, ns, link, &peer_ns, &peer))
		str_copy(peer->peer_name, IFNAMSIZ, peer->peer_name[0] ? name : "");
	for (size_t i = 0; i < ns->links.n; i++)
		if (ns->links.v[i].master == link->index)
			str_copy(ns->links.v[i].master_name, IFNAMSIZ, name);
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (strcmp(ns->addrs.v[i].link, link->name) == 0)
			str_copy(ns->addrs.v[i].link, IFNAMSIZ, name);
	for (size_t i = 0; i < ns->routes.n; i++)
		if (strcmp(ns->routes.v[i].link, link->name) == 0)
			str_copy(ns->routes.v[i].link, IFNAMSIZ, name);
	str_copy(link->name, IFNAMSIZ, name);
	ns_renamed(ns);
	world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
}

static void apply_altname(const struct op *op, struct ns *ns, struct link *link)
{
	const char *name = op->link_set.altname;
	struct strings left = { 0 };

	if (op->link_set.set & OP_LINK_ALTNAME) {
		strings_add(&link->altnames, name);
		ns_renamed(ns);
		return;
	}
	for (size_t i = 0; i < link->altnames.n; i++)
		if (strcmp(link->altnames.v[i], name) != 0)
			strings_add(&left, link->altnames.v[i]);
	strings_free(&link->altnames);
	link->altnames = left;
	ns_renamed(ns);
}

static void apply_move(const struct op *op, struct world *world, struct ns *ns,
		    struct link *link)
{
	struct ns *to = op_ns(world, op->link_set.to_ns, WORLD_ALL);
	struct link *moved, *peer;
	struct ns *peer_ns;

	if (to && (to->loaded & WORLD_LINKS)) {
		if (world_peer(world, ns, link, &peer_ns, &peer)) {
			free(peer->peer_ns);
			peer->peer_ns = xstrdup(to->name);
			str_copy(peer->peer_name, IFNAMSIZ, link->name);
		}
		moved = world_add_link(to, link->name, link->kind);
		moved->flags = link->flags & ~(unsigned)IFF_UP;
		for (unsigned i = 0; i < LINK_SETTINGS; i++)
			link_set_setting(moved, i, link_setting(link, i));
		moved->group = link->group;
		moved->has_mac = link->has_mac;
		memcpy(moved->mac, link->mac, sizeof(moved->mac));
		moved->peer_ns = steal_pointer(&link->peer_ns);
		str_copy(moved->peer_name, IFNAMSIZ, link->peer_name);
		moved->altnames = link->altnames;
		link->altnames = (struct strings){ 0 };
	}
	/* Not world_remove_link() with the world: the other end stays. */
	world_remove_link(NULL, ns, op->link_set.name);
	world_stale(world, ns, WORLD_ROUTES | WORLD_NEIGHS);
}

static unsigned mtu_after(const struct op *op, unsigned before)
{
	return op->link_set.set & LINK_CHANGE_SETTING(LINK_SETTING_MTU) ?
		       op->link_set.setting[LINK_SETTING_MTU] :
		       before;
}

/* Whether it makes the MTU too small for IPv6. */
static bool gets_small(const struct op *op, unsigned before)
{
	return before >= IPV6_MIN_MTU && mtu_after(op, before) < IPV6_MIN_MTU;
}

/* The switch that a link is in after the operation, where it was in WAS_IN. */
static const char *switch_after(const struct op *op, const char *was_in)
{
	if (op->link_set.set & LINK_CHANGE_NETNS)
		return "";
	return op->link_set.set & LINK_CHANGE_MASTER ? op->link_set.master : was_in;
}

static void apply_switch_mtus(const struct op *op, struct world *world, struct ns *ns,
			      const char *was_in, unsigned mtu)
{
	const char *is_in = switch_after(op, was_in);
	bool stays = strcmp(is_in, was_in) == 0;
	unsigned after = mtu_after(op, mtu);

	if (stays && after == mtu)
		return;
	switch_mtu_changed(world, ns, was_in, mtu, stays ? after : 0);
	if (!stays)
		switch_mtu_changed(world, ns, is_in, 0, after);
}

static void set_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	struct link *link, *master;
	unsigned set = op->link_set.set, mtu;
	char was_in[IFNAMSIZ];

	if (!ns)
		return;
	if ((set & LINK_CHANGE_NETNS) && !world_simulates(world)) {
		struct ns *to = op_ns(world, op->link_set.to_ns, 0);

		world_stale(world, ns, WORLD_ALL & ~WORLD_NFT);
		if (to)
			world_stale(world, to, WORLD_ALL & ~WORLD_NFT);
		return;
	}
	if (!(ns->loaded & WORLD_LINKS) || !(link = ns_link(ns, op->link_set.name)))
		return;
	mtu = link->mtu;
	str_copy(was_in, IFNAMSIZ, link->master_name);
	for (unsigned i = 0; i < LINK_SETTINGS; i++)
		if (set & LINK_CHANGE_SETTING(i))
			link_set_setting(link, i, op->link_set.setting[i]);
	if (set & LINK_CHANGE_GROUP)
		link->group = op->link_set.group;
	if (set & LINK_CHANGE_MAC) {
		memcpy(link->mac, op->link_set.mac, sizeof(link->mac));
		link->has_mac = true;
		switch_changed(world, ns, link->master_name);
	}
	if (set & LINK_CHANGE_MASTER) {
		master = op->link_set.master[0] ? ns_link(ns, op->link_set.master) : NULL;
		switch_changed(world, ns, link->master_name);
		ns_enslave(ns, link, master);
		switch_changed(world, ns, link->master_name);
	}
	if (set & (OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME))
		apply_altname(op, ns, link);
	if (gets_small(op, mtu))
		drop_ipv6(world, ns, link->name);
	if (set & LINK_CHANGE_UP)
		apply_up(op, world, ns, link);
	if (set & LINK_CHANGE_NAME)
		apply_name(op, world, ns, link);
	if (set & LINK_CHANGE_NETNS)
		apply_move(op, world, ns, link);
	apply_switch_mtus(op, world, ns, was_in, mtu);
}

/*
 * With a link that goes down the kernel drops its routes, its IPv6 addresses and its
 * neighbours; with an MTU too small for IPv6 (RFC 8200, 5) all that is IPv6; with another
 * MAC address the neighbours, those for good too.
 */
static bool loses_what_is_on_it(const struct op *op, const struct link *link)
{
	unsigned set = op->link_set.set;

	if ((set & LINK_CHANGE_UP) && !op->link_set.up && (link->flags & IFF_UP))
		return true;
	if (gets_small(op, link->mtu))
		return true;
	return set & LINK_CHANGE_MAC;
}

#define SIMPLE_CHANGES (LINK_CHANGE_UP | LINK_CHANGE_SETTINGS | LINK_CHANGE_MAC |          \
			LINK_CHANGE_MASTER | LINK_CHANGE_GROUP)

static void plan_back(const struct op *op, const struct link *link, const char *name,
		      struct plan *undo)
{
	struct op *back = plan_link_set(undo, op->ns, name, op->word);

	back->link_set.set = op->link_set.set & SIMPLE_CHANGES;
	back->link_set.up = link->flags & IFF_UP;
	for (unsigned i = 0; i < LINK_SETTINGS; i++)
		back->link_set.setting[i] = link_setting(link, i);
	memcpy(back->link_set.mac, link->mac, sizeof(link->mac));
	str_copy(back->link_set.master, IFNAMSIZ, link->master_name);
	back->link_set.group = link->group;
}

/*
 * The link as it is at this moment, asked for alone: where that is enough, a namespace of a thousand
 * links is not read anew for each of them. Its switch is the one that the world knows, if that is
 * right. Returns whether it could be had.
 */
static bool link_alone(const struct op *op, struct world *world, struct link *now)
{
	struct kernel *kernel = world_kernel(world);
	struct error ignored cleanup_error = ERROR_INIT;
	struct nlsock *sock = NULL;
	struct nl_error answer;
	const struct link *known;
	struct ns *ns;
	int master = 0;

	if (world_simulates(world))
		return false;
	ns = world_ns(world, op->ns, WORLD_LINKS, op->word, &ignored);
	known = ns ? ns_link(ns, op->link_set.name) : NULL;
	if (known)
		sock = kernel_is_new_link(kernel, op->ns, op->link_set.name) ?
			       op_rtnl_early(op, kernel, &ignored) :
			       op_rtnl(op, kernel, &ignored);
	if (!sock || rtnl_link_alone(sock, op->link_set.name, now, &answer) < 0)
		return false;
	link_number_is(sock, now->name, now->index);
	if (known->master_name[0])
		op_link_index(op, sock, known->master_name, &master, &ignored);
	if (master == now->master) {
		str_copy(now->master_name, IFNAMSIZ, known->master_name);
		return true;
	}
	link_clear(now);
	return false;
}

/*
 * With a new name the kernel labels all IPv4 addresses but the first ("eth0:2"), and they keep
 * that with the old name: they are added again (net/ipv4/devinet.c, inetdev_changename()).
 */
static int restore_labels(struct world *world, struct ns *ns, const struct link *link,
			  struct plan *undo, struct error *err)
{
	size_t seen = 0;

	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ns->addrs.v[i].cidr.ip.family == AF_INET &&
		    strcmp(ns->addrs.v[i].link, link->name) == 0 && ++seen == 2)
			return restore_from_addr(world, ns, link, i, true, undo, err);
	return 0;
}

/* The MTU of the switches whose ports or their MTU change. */
static int restore_switch_mtus(const struct op *op, struct world *world, const char *was_in,
			       unsigned mtu, struct plan *undo, struct error *err)
{
	const char *is_in = switch_after(op, was_in);
	bool stays = strcmp(is_in, was_in) == 0;
	unsigned after = mtu_after(op, mtu);

	if (stays && after == mtu)
		return 0;
	if (restore_switch_mtu(world, op->ns, was_in, mtu, stays ? after : 0, undo, err) < 0)
		return -1;
	return stays ? 0 : restore_switch_mtu(world, op->ns, is_in, 0, after, undo, err);
}

/* And the neighbours of those whose ports or their MAC addresses change. */
static int restore_switches(const struct op *op, struct world *world, const char *master,
			    unsigned mtu, struct plan *undo, struct error *err)
{
	unsigned set = op->link_set.set;

	if (restore_switch_mtus(op, world, master, mtu, undo, err) < 0)
		return -1;
	if (!(set & (LINK_CHANGE_MASTER | LINK_CHANGE_MAC | LINK_CHANGE_NETNS)))
		return 0;
	if (restore_switch_neighs(world, op->ns, master, undo, err) < 0)
		return -1;
	if (!(set & LINK_CHANGE_MASTER) || strcmp(op->link_set.master, master) == 0)
		return 0;
	return restore_switch_neighs(world, op->ns, op->link_set.master, undo, err);
}

static int set_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	const char *now = op->link_set.name, *where = op->ns;
	unsigned set = op->link_set.set;
	struct link *link, alone;
	struct op *back;
	struct ns *ns;
	bool enough;
	int result = 0;

	if (!(set & ~(unsigned)SIMPLE_CHANGES) && link_alone(op, world, &alone)) {
		enough = !loses_what_is_on_it(op, &alone);
		if (enough) {
			plan_back(op, &alone, now, undo);
			result = restore_switches(op, world, alone.master_name, alone.mtu, undo,
						  err);
		}
		link_clear(&alone);
		if (enough)
			return result;
	}
	link = op_fresh_link(op, world, &ns, op->link_set.name, err);
	if (!link)
		return -1;
	if (set & LINK_CHANGE_NETNS) {
		where = op->link_set.to_ns;
		back = plan_link_set(undo, where, now, op->word);
		back->link_set.set = LINK_CHANGE_NETNS;
		back->link_set.to_ns = xstrdup(op->ns);
		if (link->master_name[0] || (link->flags & IFF_UP)) {
			back = plan_link_set(undo, op->ns, now, op->word);
			back->link_set.set = LINK_CHANGE_UP | LINK_CHANGE_MASTER;
			back->link_set.up = link->flags & IFF_UP;
			str_copy(back->link_set.master, IFNAMSIZ, link->master_name);
			if (!link->master_name[0])
				back->link_set.set &= ~(unsigned)LINK_CHANGE_MASTER;
		}
		if (restore_on_link(world, ns, link, undo, err) < 0)
			return -1;
		return restore_switches(op, world, link->master_name, link->mtu, undo, err);
	}
	if (set & LINK_CHANGE_NAME) {
		now = op->link_set.new_name;
		back = plan_link_set(undo, op->ns, now, op->word);
		back->link_set.set = LINK_CHANGE_NAME;
		str_copy(back->link_set.new_name, IFNAMSIZ, op->link_set.name);
		now = op->link_set.name;
		if (restore_labels(world, ns, link, undo, err) < 0)
			return -1;
	}
	if (set & (OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME)) {
		back = plan_link_set(undo, op->ns, now, op->word);
		back->link_set.set = (OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME) & ~set;
		back->link_set.altname = xstrdup(op->link_set.altname);
	}
	if (!(set & SIMPLE_CHANGES))
		return 0;
	plan_back(op, link, now, undo);
	if (loses_what_is_on_it(op, link) && restore_on_link(world, ns, link, undo, err) < 0)
		return -1;
	return restore_switches(op, world, link->master_name, link->mtu, undo, err);
}

static void set_explain(const struct op *op, struct world *world, struct buf *text)
{
	unsigned set = op->link_set.set;
	char mac[MAC_TEXT];

	(void)world;
	if (set & (OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME)) {
		explain_ip(text, op->ns);
		explain_word(text,
			     set & OP_LINK_ALTNAME ? "link property add dev " :
						     "link property del dev ",
			     op->link_set.name);
		explain_word(text, " altname ", op->link_set.altname);
		buf_addc(text, '\n');
		if (!(set & ~(OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME)))
			return;
	}
	explain_ip(text, op->ns);
	explain_link(text, "link set ", "dev", op->link_set.name);
	for (unsigned i = 0; i < LINK_SETTINGS; i++)
		if (set & LINK_CHANGE_SETTING(i))
			buf_addf(text, " %s %u", link_settings[i].ip,
				 op->link_set.setting[i]);
	if (set & LINK_CHANGE_MAC)
		buf_addf(text, " address %s", mac_text(op->link_set.mac, mac));
	if (set & LINK_CHANGE_GROUP)
		buf_addf(text, " group %u", op->link_set.group);
	if (set & LINK_CHANGE_MASTER) {
		if (op->link_set.master[0])
			explain_word(text, " master ", op->link_set.master);
		else
			buf_add(text, " nomaster");
	}
	if (set & LINK_CHANGE_NAME)
		explain_word(text, " name ", op->link_set.new_name);
	if (set & LINK_CHANGE_UP)
		buf_add(text, op->link_set.up ? " up" : " down");
	if ((set & LINK_CHANGE_NETNS) && strcmp(op->link_set.to_ns, HOST) != 0)
		explain_word(text, " netns ", op->link_set.to_ns);
	else if (set & LINK_CHANGE_NETNS)
		buf_add(text, " netns $$");
	buf_addc(text, '\n');
}

static void set_clear(struct op *op)
{
	free(op->link_set.to_ns);
	free(op->link_set.altname);
}

const struct op_class op_link_set = {
	.run = set_run,
	.apply = set_apply,
	.invert = set_invert,
	.explain = set_explain,
	.clear = set_clear,
};
