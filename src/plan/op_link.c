/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/link_number.h"

/* --- a new link, or a cable with both its ends --- */

struct op *plan_link_add(struct plan *plan, const char *ns, const char *name,
			 const char *kind, int word)
{
	struct op *op = plan_op(plan, OP_LINK_ADD, ns, word);

	op->link_add.end.ns = xstrdup(ns);
	op->link_add.end.group = NSH_GROUP;
	str_copy(op->link_add.end.name, IFNAMSIZ, name);
	str_copy(op->link_add.kind, IFNAMSIZ, kind);
	return op;
}

/* What the kernel's answer means for the end that is made. */
static int add_failed(const struct op *op, const struct nl_error *answer, struct error *err)
{
	const char *kind = op->link_add.kind, *name = op->link_add.end.name;

	switch (answer->number) {
	case EOPNOTSUPP:
		error_set(err, STATUS_UNSUPPORTED, op->word,
			  "this kernel has no interfaces of the kind %s", kind);
		error_hint(err, "\"doctor\" lists what it has");
		return -1;
	case EXFULL:
		return error_set(err, STATUS_FAILED, op->word,
				 "%s is full: a bridge holds at most 1023 ports",
				 op->link_add.end.master);
	case EEXIST:
		if (op->lenient)
			return 0;
		if (op->link_add.peer.ns)
			return error_set(err, STATUS_FAILED, op->word,
					 "%s:%s or %s:%s exists already", op->ns, name,
					 op->link_add.peer.ns, op->link_add.peer.name);
		return error_set(err, STATUS_FAILED, op->word, "%s:%s exists already", op->ns,
				 name);
	}
	return op_failed(op, answer, err, "cannot make %s:%s (%s)", op->ns, name, kind);
}

/*
 * The numbers of what is made are chosen here where it is known which are free: who is to set the
 * link up or give it an address then needs not ask for it. Of a pair both or none.
 */
static void choose_numbers(const struct op *op, struct kernel *kernel, struct link_spec *spec,
			   struct link_spec *peer)
{
	spec->index = kernel_next_link(kernel, op->ns);
	if (!spec->peer)
		return;
	peer->index = strcmp(op->link_add.peer.ns, op->ns) == 0 && spec->index ?
			      spec->index + 1 :
			      kernel_next_link(kernel, op->link_add.peer.ns);
	if (!spec->index || !peer->index)
		spec->index = peer->index = 0;
}

/* Somebody else has taken a number, or the name: the answer to a second try tells which. */
static int add_anew(const struct op *op, struct kernel *kernel, struct nlsock *sock,
		    struct link_spec *spec, struct link_spec *peer, struct nl_error *answer)
{
	spec->index = peer->index = 0;
	kernel_last_link(kernel, op->ns, 0);
	if (op->link_add.peer.ns)
		kernel_last_link(kernel, op->link_add.peer.ns, 0);
	return rtnl_link_add(sock, spec, answer);
}

static void learn_number(struct kernel *kernel, const char *ns, const char *name, int chosen)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct op ask = { .word = -1 };
	struct nlsock *sock = kernel_rtnl(kernel, ns, &ignored);
	int index = chosen;

	if (!sock)
		return;
	if (chosen)
		link_number_is(sock, name, chosen);
	else if (op_link_index(&ask, sock, name, &index, &ignored) < 0)
		return;
	kernel_last_link(kernel, ns, index);
}

/* What the message that makes a pair cannot say of the second end: up, master. */
static int finish_peer(const struct op *op, struct kernel *kernel, struct error *err)
{
	const struct op_end *peer = &op->link_add.peer;
	struct nlsock *sock = kernel_rtnl(kernel, peer->ns, err);
	struct link_update update = { 0 };
	struct nl_error answer = { 0 };
	int index;

	if (!sock || op_link_index(op, sock, peer->name, &index, err) < 0)
		return -1;
	if (peer->master[0]) {
		update.set |= LINK_CHANGE_MASTER;
		if (op_link_index(op, sock, peer->master, &update.master, err) < 0)
			return -1;
	}
	if (peer->up) {
		update.set |= LINK_CHANGE_UP;
		update.up = true;
	}
	if (update.set && rtnl_link_set(sock, index, &update, &answer) < 0) {
		if (answer.number == EXFULL)
			return error_set(err, STATUS_FAILED, op->word,
					 "%s is full: a bridge holds at most 1023 ports",
					 peer->master);
		return op_failed(op, &answer, err, "cannot set %s:%s up", peer->ns, peer->name);
	}
	return 0;
}

static int add_altname(const struct op *op, struct kernel *kernel, const struct op_end *end,
		       struct error *err)
{
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	int index;

	if (!end->altname)
		return 0;
	sock = kernel_rtnl(kernel, end->ns, err);
	if (!sock || op_link_index(op, sock, end->name, &index, err) < 0)
		return -1;
	if (rtnl_link_altname(sock, index, end->altname, true, &answer) < 0)
		return op_failed(op, &answer, err, "cannot name %s also %s", end->name,
				 end->altname);
	return 0;
}

/*
 * A port of a switch forwards once the kernel has worked off that its carrier came, up to a second
 * later. Being asked for the one link (not in a dump) it does so at once: rtnl_getlink() calls
 * linkwatch_sync_dev().
 */
static void settle_port(struct kernel *kernel, const char *ns, const char *name)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nlsock *sock;
	struct nl_error answer = { 0 };
	struct link link = { 0 };

	sock = kernel_rtnl(kernel, ns, &ignored);
	if (sock && rtnl_link(sock, name, &link, &answer) == 0)
		link_clear(&link);
}

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	const struct op_end *end = &op->link_add.end, *peer = &op->link_add.peer;
	struct link_spec peer_spec = { .netns_fd = -1 };
	struct link_spec spec = { .netns_fd = -1 };
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock = op_rtnl(op, kernel, err);
	int index;

	if (!sock)
		return -1;
	spec.kind = op->link_add.kind;
	spec.name = end->name;
	spec.mtu = op->link_add.mtu;
	spec.mac = end->has_mac ? end->mac : NULL;
	spec.group = end->group;
	spec.up = end->up;
	if (end->master[0] && op_link_index(op, sock, end->master, &spec.master, err) < 0)
		return -1;
	if (peer->ns) {
		peer_spec.name = peer->name;
		peer_spec.mtu = op->link_add.mtu;
		peer_spec.mac = peer->has_mac ? peer->mac : NULL;
		peer_spec.group = peer->group;
		if (strcmp(peer->ns, op->ns) != 0) {
			peer_spec.netns_fd = kernel_netns_fd(kernel, peer->ns, err);
			if (peer_spec.netns_fd < 0)
				return -1;
		}
		spec.peer = &peer_spec;
	}
	choose_numbers(op, kernel, &spec, &peer_spec);
	if (rtnl_link_add(sock, &spec, &answer) < 0 &&
	    (!spec.index || (answer.number != EEXIST && answer.number != EBUSY) ||
	     add_anew(op, kernel, sock, &spec, &peer_spec, &answer) < 0))
		return add_failed(op, &answer, err);
	learn_number(kernel, op->ns, end->name, spec.index);
	if (peer->ns)
		learn_number(kernel, peer->ns, peer->name, peer_spec.index);
	if ((peer->ns && finish_peer(op, kernel, err) < 0) ||
	    add_altname(op, kernel, end, err) < 0 ||
	    (peer->ns && add_altname(op, kernel, peer, err) < 0)) {
		if (op_link_index(op, sock, end->name, &index, &ignored) == 0)
			rtnl_link_del(sock, index, &answer);
		return -1;
	}
	if (end->master[0] && end->up)
		settle_port(kernel, end->ns, end->name);
	if (peer->ns && peer->master[0] && peer->up)
		settle_port(kernel, peer->ns, peer->name);
	return 0;
}

static struct link *apply_end(const struct op *op, struct world *world,
			      const struct op_end *end, const struct op_end *other)
{
	struct ns *ns = op_ns(world, end->ns, WORLD_ALL);
	struct link *link, *master;

	if (!ns || !(ns->loaded & WORLD_LINKS))
		return NULL;
	link = world_add_link(ns, end->name, op->link_add.kind);
	link->flags = IFF_BROADCAST | IFF_MULTICAST | (end->up ? IFF_UP : 0);
	link->group = end->group;
	link->has_mac = end->has_mac;
	memcpy(link->mac, end->mac, sizeof(link->mac));
	if (op->link_add.mtu)
		link->mtu = op->link_add.mtu;
	link->altname = end->altname ? xstrdup(end->altname) : NULL;
	master = end->master[0] ? ns_link(ns, end->master) : NULL;
	if (master) {
		link->master = master->index;
		str_copy(link->master_name, IFNAMSIZ, master->name);
	}
	if (other->ns) {
		link->peer_ns = xstrdup(other->ns);
		str_copy(link->peer_name, IFNAMSIZ, other->name);
	}
	return link;
}

static void add_apply(const struct op *op, struct world *world)
{
	apply_end(op, world, &op->link_add.end, &op->link_add.peer);
	if (op->link_add.peer.ns)
		apply_end(op, world, &op->link_add.peer, &op->link_add.end);
}

static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	(void)world;
	(void)err;
	plan_link_del(undo, op->ns, op->link_add.end.name, op->word);
	return 0;
}

static void explain_mac(struct buf *text, const struct op_end *end)
{
	char mac[MAC_TEXT];

	if (end->has_mac)
		buf_addf(text, " address %s", mac_text(end->mac, mac));
}

static void explain_end(struct buf *text, const struct op_end *end)
{
	explain_ip(text, end->ns);
	explain_link(text, "link set ", "dev", end->name);
	if (end->group)
		buf_addf(text, " group %u", end->group);
	if (end->master[0])
		explain_word(text, " master ", end->master);
	if (end->up)
		buf_add(text, " up");
	buf_addc(text, '\n');
	if (end->altname) {
		explain_ip(text, end->ns);
		explain_word(text, "link property add dev ", end->name);
		explain_word(text, " altname ", end->altname);
		buf_addc(text, '\n');
	}
}

static void add_explain(const struct op *op, struct world *world, struct buf *text)
{
	const struct op_end *end = &op->link_add.end, *peer = &op->link_add.peer;

	(void)world;
	explain_ip(text, op->ns);
	explain_link(text, "link add ", "name", end->name);
	explain_mac(text, end);
	if (op->link_add.mtu)
		buf_addf(text, " mtu %u", op->link_add.mtu);
	buf_addf(text, " type %s", op->link_add.kind);
	if (peer->ns) {
		explain_word(text, " peer name ", peer->name);
		explain_mac(text, peer);
		if (op->link_add.mtu)
			buf_addf(text, " mtu %u", op->link_add.mtu);
		if (strcmp(peer->ns, op->ns) != 0 && strcmp(peer->ns, HOST) != 0)
			explain_word(text, " netns ", peer->ns);
		else if (strcmp(peer->ns, op->ns) != 0)
			buf_add(text, " netns $$");
	}
	buf_addc(text, '\n');
	explain_end(text, end);
	if (peer->ns)
		explain_end(text, peer);
}

static void add_clear(struct op *op)
{
	free(op->link_add.end.ns);
	free(op->link_add.end.altname);
	free(op->link_add.peer.ns);
	free(op->link_add.peer.altname);
}

const struct op_class op_link_add = {
	.name = "link-add",
	.run = add_run,
	.apply = add_apply,
	.invert = add_invert,
	.explain = add_explain,
	.clear = add_clear,
};

/* --- a link to delete; the other end of a cable goes with it --- */

struct op *plan_link_del(struct plan *plan, const char *ns, const char *name, int word)
{
	struct op *op = plan_op(plan, OP_LINK_DEL, ns, word);

	str_copy(op->link_del.name, IFNAMSIZ, name);
	return op;
}

static int del_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct nl_error answer = { 0 };
	int index;

	if (!sock || op_link_index(op, sock, op->link_del.name, &index, err) < 0)
		return -1;
	if (index == 0) /* lenient, and gone */
		return 0;
	if (rtnl_link_del(sock, index, &answer) < 0)
		return op_failed(op, &answer, err, "cannot delete %s:%s", op->ns,
				 op->link_del.name);
	return 0;
}

static void del_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);

	if (ns && (ns->loaded & WORLD_LINKS))
		world_remove_link(world, ns, op->link_del.name);
}

/* The link as it is at this moment, its addresses and number included. */
static struct link *fresh_link(const struct op *op, struct world *world, struct ns **ns,
			       const char *name, struct error *err)
{
	struct link *link;

	*ns = world_ns(world, op->ns, 0, op->word, err);
	if (!*ns)
		return NULL;
	world_stale(world, *ns, WORLD_LINKS | WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
	*ns = world_ns(world, op->ns, WORLD_ALL & ~WORLD_NFT, op->word, err);
	if (!*ns)
		return NULL;
	link = ns_link(*ns, name);
	if (!link)
		error_set(err, STATUS_FAILED, op->word, "there is no interface %s in %s", name,
			  op->ns);
	return link;
}

static int del_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	struct ns *ns;
	struct link *link = fresh_link(op, world, &ns, op->link_del.name, err);

	return link ? restore_link(world, ns, link, undo, err) : -1;
}

static void del_explain(const struct op *op, struct world *world, struct buf *text)
{
	(void)world;
	explain_ip(text, op->ns);
	explain_link(text, "link del ", "dev", op->link_del.name);
	buf_addc(text, '\n');
}

const struct op_class op_link_del = {
	.name = "link-del",
	.run = del_run,
	.apply = del_apply,
	.invert = del_invert,
	.explain = del_explain,
};

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

static int set_failed(const struct op *op, const struct nl_error *answer, struct error *err)
{
	const char *name = op->link_set.name;

	switch (answer->number) {
	case EXFULL:
		return error_set(err, STATUS_FAILED, op->word,
				 "%s is full: a bridge holds at most 1023 ports",
				 op->link_set.master);
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

static int set_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	struct nlsock *sock = op_rtnl(op, kernel, err);
	struct link_update update = { 0 };
	struct nl_error answer = { 0 };
	int index;

	if (!sock || op_link_index(op, sock, op->link_set.name, &index, err) < 0)
		return -1;
	if (index == 0)
		return 0;
	update.set = op->link_set.set & ~(OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME);
	update.up = op->link_set.up;
	update.mtu = op->link_set.mtu;
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
	if ((update.set & LINK_CHANGE_MASTER) && op->link_set.master[0])
		settle_port(kernel, op->ns, op->link_set.name);
	return 0;
}

/* What the kernel drops of a link that goes down, but for its IPv4 addresses. */
static void drop_routes(struct ns *ns, const char *name)
{
	for (size_t i = ns->routes.n; i-- > 0;)
		if (strcmp(ns->routes.v[i].link, name) == 0)
			vector_remove(&ns->routes, i);
	for (size_t i = ns->addrs.n; i-- > 0;)
		if (strcmp(ns->addrs.v[i].link, name) == 0 &&
		    ns->addrs.v[i].cidr.ip.family == AF_INET6)
			vector_remove(&ns->addrs, i);
}

/* What the kernel adds when a link goes up. */
static void add_routes(struct ns *ns, const char *name)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (strcmp(ns->addrs.v[i].link, name) == 0)
			apply_connected(ns, &ns->addrs.v[i]);
}

static void move_to(const struct op *op, struct world *world, struct ns *ns,
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
		moved->mtu = link->mtu;
		moved->group = link->group;
		moved->has_mac = link->has_mac;
		memcpy(moved->mac, link->mac, sizeof(moved->mac));
		moved->peer_ns = steal_pointer(&link->peer_ns);
		str_copy(moved->peer_name, IFNAMSIZ, link->peer_name);
		moved->altname = steal_pointer(&link->altname);
	}
	/* Not world_remove_link() with the world: the other end stays. */
	world_remove_link(NULL, ns, op->link_set.name);
	world_stale(world, ns, WORLD_ROUTES | WORLD_NEIGHS);
}

static void set_apply(const struct op *op, struct world *world)
{
	struct ns *ns = op_ns(world, op->ns, WORLD_ALL);
	struct link *link, *master;
	unsigned set = op->link_set.set;

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
	if (set & LINK_CHANGE_MTU)
		link->mtu = op->link_set.mtu;
	if (set & LINK_CHANGE_GROUP)
		link->group = op->link_set.group;
	if (set & LINK_CHANGE_MAC) {
		memcpy(link->mac, op->link_set.mac, sizeof(link->mac));
		link->has_mac = true;
	}
	if (set & LINK_CHANGE_MASTER) {
		master = op->link_set.master[0] ? ns_link(ns, op->link_set.master) : NULL;
		link->master = master ? master->index : 0;
		str_copy(link->master_name, IFNAMSIZ, master ? master->name : "");
	}
	if (set & OP_LINK_ALTNAME) {
		free(link->altname);
		link->altname = xstrdup(op->link_set.altname);
	}
	if (set & OP_LINK_NO_ALTNAME) {
		free(link->altname);
		link->altname = NULL;
	}
	if (set & LINK_CHANGE_UP) {
		bool known = op->link_set.up && ns->made && ns_simulates(world, ns) &&
			     (ns->loaded & WORLD_ADDRS);

		if (known && !(link->flags & IFF_UP))
			add_routes(ns, link->name);
		link->flags &= ~(unsigned)IFF_UP;
		if (op->link_set.up) {
			link->flags |= IFF_UP;
		} else {
			drop_routes(ns, link->name);
		}
		if (!known)
			world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
	}
	if (set & LINK_CHANGE_NAME) {
		struct ns *peer_ns;
		struct link *peer;

		if (world_peer(world, ns, link, &peer_ns, &peer))
			str_copy(peer->peer_name, IFNAMSIZ,
				 peer->peer_name[0] ? op->link_set.new_name : "");
		for (size_t i = 0; i < ns->links.n; i++)
			if (ns->links.v[i].master == link->index)
				str_copy(ns->links.v[i].master_name, IFNAMSIZ,
					 op->link_set.new_name);
		for (size_t i = 0; i < ns->addrs.n; i++)
			if (strcmp(ns->addrs.v[i].link, link->name) == 0)
				str_copy(ns->addrs.v[i].link, IFNAMSIZ, op->link_set.new_name);
		for (size_t i = 0; i < ns->routes.n; i++)
			if (strcmp(ns->routes.v[i].link, link->name) == 0)
				str_copy(ns->routes.v[i].link, IFNAMSIZ,
					 op->link_set.new_name);
		str_copy(link->name, IFNAMSIZ, op->link_set.new_name);
		world_stale(world, ns, WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS);
	}
	if (set & LINK_CHANGE_NETNS)
		move_to(op, world, ns, link);
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
	if ((set & LINK_CHANGE_MTU) && op->link_set.mtu < 1280 && link->mtu >= 1280)
		return true;
	return set & LINK_CHANGE_MAC;
}

#define SIMPLE_CHANGES (LINK_CHANGE_UP | LINK_CHANGE_MTU | LINK_CHANGE_MAC |               \
			LINK_CHANGE_MASTER | LINK_CHANGE_GROUP)

static void plan_back(const struct op *op, const struct link *link, const char *name,
		      struct plan *undo)
{
	struct op *back = plan_link_set(undo, op->ns, name, op->word);

	back->link_set.set = op->link_set.set & SIMPLE_CHANGES;
	back->link_set.up = link->flags & IFF_UP;
	back->link_set.mtu = link->mtu;
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
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer;
	struct nlsock *sock;
	const struct link *known;
	struct ns *ns;
	int master = 0;

	if (world_simulates(world))
		return false;
	ns = world_ns(world, op->ns, WORLD_LINKS, op->word, &ignored);
	known = ns ? ns_link(ns, op->link_set.name) : NULL;
	sock = known ? op_rtnl(op, world_kernel(world), &ignored) : NULL;
	if (!sock || rtnl_link(sock, op->link_set.name, now, &answer) < 0)
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

static int set_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	const char *now = op->link_set.name, *where = op->ns;
	unsigned set = op->link_set.set;
	struct link *link, alone;
	bool enough;
	struct op *back;
	struct ns *ns;

	if (!(set & ~(unsigned)SIMPLE_CHANGES) && link_alone(op, world, &alone)) {
		enough = !loses_what_is_on_it(op, &alone);
		if (enough)
			plan_back(op, &alone, now, undo);
		link_clear(&alone);
		if (enough)
			return 0;
	}
	link = fresh_link(op, world, &ns, op->link_set.name, err);
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
		return restore_on_link(world, ns, link, undo, err);
	}
	if (set & LINK_CHANGE_NAME) {
		now = op->link_set.new_name;
		back = plan_link_set(undo, op->ns, now, op->word);
		back->link_set.set = LINK_CHANGE_NAME;
		str_copy(back->link_set.new_name, IFNAMSIZ, op->link_set.name);
		now = op->link_set.name;
	}
	if (set & OP_LINK_ALTNAME) {
		back = plan_link_set(undo, op->ns, now, op->word);
		back->link_set.set = OP_LINK_NO_ALTNAME;
		back->link_set.altname = xstrdup(op->link_set.altname);
	}
	if (!(set & SIMPLE_CHANGES))
		return 0;
	plan_back(op, link, now, undo);
	if (loses_what_is_on_it(op, link))
		return restore_on_link(world, ns, link, undo, err);
	return 0;
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
	if (set & LINK_CHANGE_MTU)
		buf_addf(text, " mtu %u", op->link_set.mtu);
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
	.name = "link-set",
	.run = set_run,
	.apply = set_apply,
	.invert = set_invert,
	.explain = set_explain,
	.clear = set_clear,
};
