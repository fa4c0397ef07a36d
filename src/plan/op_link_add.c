/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/link_number.h"
#include "plan/op_link.h"

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
		return op_bridge_full(op, op->link_add.end.master, err);
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

/*
 * Cables are made before the switches that wait are up. Not where somebody chose a MAC address: the
 * probe of whether another has it is to find who does.
 */
static struct nlsock *rtnl_for(const struct op *op, struct kernel *kernel, struct error *err)
{
	if (strcmp(op->link_add.kind, "veth") != 0 || !op->link_add.peer.ns)
		return op_rtnl(op, kernel, err);
	if ((op->link_add.end.has_mac || op->link_add.peer.has_mac) &&
	    kernel_switches_up(kernel, err) < 0)
		return NULL;
	return op_rtnl_early(op, kernel, err);
}

static bool is_late_switch(const struct op *op, const struct kernel *kernel)
{
	return kernel_is_lazy(kernel) && strcmp(op->link_add.kind, "bridge") == 0 &&
	       !op->link_add.end.has_mac;
}

/* Of a link that was made. */
static int set_up_later(const struct op *op, struct kernel *kernel, struct nlsock *sock,
			struct error *err)
{
	const struct link_update update = { .set = LINK_CHANGE_UP, .up = true };
	const char *name = op->link_add.end.name;
	struct nl_error answer = { 0 };
	int index = 0;

	if (op_link_index(op, sock, name, &index, err) < 0)
		return -1;
	kernel_switch_made(kernel, op->ns, name, index);
	if (!op->link_add.end.up || kernel_switch_up(kernel, op->ns, name) ||
	    rtnl_link_set(sock, index, &update, &answer) == 0)
		return 0;
	return op_failed(op, &answer, err, "cannot set %s:%s up", op->ns, name);
}

static void learn_number(struct kernel *kernel, const char *ns, const char *name, int chosen)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct op ask = { .word = -1 };
	struct nlsock *sock = kernel_rtnl_early(kernel, ns, &ignored);
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
	struct nlsock *sock = kernel_rtnl_early(kernel, peer->ns, err);
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
			return op_bridge_full(op, peer->master, err);
		return op_failed(op, &answer, err, "cannot set %s:%s up", peer->ns, peer->name);
	}
	return 0;
}

static int add_altnames(const struct op *op, struct kernel *kernel, const struct op_end *end,
			struct error *err)
{
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	int index;

	if (end->altnames.n == 0)
		return 0;
	sock = kernel_rtnl(kernel, end->ns, err);
	if (!sock || op_link_index(op, sock, end->name, &index, err) < 0)
		return -1;
	for (size_t i = 0; i < end->altnames.n; i++)
		if (rtnl_link_altname(sock, index, end->altnames.v[i], true, &answer) < 0)
			return op_failed(op, &answer, err, "cannot name %s also %s", end->name,
					 end->altnames.v[i]);
	return 0;
}

static int add_run(const struct op *op, struct kernel *kernel, struct error *err)
{
	const struct op_end *end = &op->link_add.end, *peer = &op->link_add.peer;
	struct link_spec peer_spec = { .netns_fd = -1 };
	struct link_spec spec = { .netns_fd = -1 };
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock = rtnl_for(op, kernel, err);
	bool late = is_late_switch(op, kernel);
	int index;

	if (!sock)
		return -1;
	spec.kind = op->link_add.kind;
	spec.name = end->name;
	spec.mtu = op->link_add.mtu;
	spec.mac = end->has_mac ? end->mac : NULL;
	spec.group = end->group;
	spec.up = end->up && !late;
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
	    (late && set_up_later(op, kernel, sock, err) < 0) ||
	    add_altnames(op, kernel, end, err) < 0 ||
	    (peer->ns && add_altnames(op, kernel, peer, err) < 0)) {
		if (op_link_index(op, sock, end->name, &index, &ignored) == 0)
			rtnl_link_del(sock, index, &answer);
		return -1;
	}
	if (peer->ns)
		kernel_cable_made(kernel, (const char *const[]){ op->ns, peer->ns },
				  (const char *const[]){ end->name, peer->name });
	/* The end that is set up first has no carrier until the other is; that one has it at once. */
	if (end->up && (end->master[0] || (peer->ns && peer->up)))
		kernel_unsettled(kernel, end->ns, end->name, false);
	return 0;
}

static void apply_end(const struct op *op, struct world *world,
		      const struct op_end *end, const struct op_end *other)
{
	struct ns *ns = op_ns(world, end->ns, WORLD_ALL);
	struct link *link, *master;

	if (!ns || !(ns->loaded & WORLD_LINKS))
		return;
	link = world_add_link(ns, end->name, op->link_add.kind);
	link->flags = IFF_BROADCAST | IFF_MULTICAST | (end->up ? IFF_UP : 0);
	link->group = end->group;
	link->has_mac = end->has_mac;
	memcpy(link->mac, end->mac, sizeof(link->mac));
	if (op->link_add.mtu)
		link->mtu = op->link_add.mtu;
	strings_add_all(&link->altnames, &end->altnames);
	master = end->master[0] ? ns_link(ns, end->master) : NULL;
	if (master) {
		link->master = master->index;
		str_copy(link->master_name, IFNAMSIZ, master->name);
		switch_changed(world, ns, master->name);
	}
	if (other->ns) {
		link->peer_ns = xstrdup(other->ns);
		str_copy(link->peer_name, IFNAMSIZ, other->name);
	}
	/* Last of all: the links may be forgotten then. */
	switch_mtu_changed(world, ns, end->master, 0, link->mtu);
}

static void add_apply(const struct op *op, struct world *world)
{
	apply_end(op, world, &op->link_add.end, &op->link_add.peer);
	if (op->link_add.peer.ns)
		apply_end(op, world, &op->link_add.peer, &op->link_add.end);
}

static unsigned mtu_of(const struct op *op)
{
	return op->link_add.mtu ? op->link_add.mtu : ETH_DATA_LEN;
}

static int add_invert(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err)
{
	const struct op_end *end = &op->link_add.end, *peer = &op->link_add.peer;

	plan_cable_del(undo, op->ns, end->name, peer->ns ? peer->ns : op->ns, op->word);
	if (restore_switch(world, end->ns, end->master, 0, mtu_of(op), undo, err) < 0)
		return -1;
	if (!peer->ns)
		return 0;
	return restore_switch(world, peer->ns, peer->master, 0, mtu_of(op), undo, err);
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
	for (size_t i = 0; i < end->altnames.n; i++) {
		explain_ip(text, end->ns);
		explain_word(text, "link property add dev ", end->name);
		explain_word(text, " altname ", end->altnames.v[i]);
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
	strings_free(&op->link_add.end.altnames);
	free(op->link_add.peer.ns);
	strings_free(&op->link_add.peer.altnames);
}

const struct op_class op_link_add = {
	.run = add_run,
	.apply = add_apply,
	.invert = add_invert,
	.explain = add_explain,
	.clear = add_clear,
};
