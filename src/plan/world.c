/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/world.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
#include "kernel/rtnl.h"
#include "plan/addr_order.h"
#include "plan/link_index.h"

/*
 * Namespaces stand in a hash table by name with open addressing: a lab of 10,000 must cost no
 * more per line than one of ten. Once the names were read, one stands there for each, though
 * nothing of it may be loaded; `names` is made from them when somebody wants a list.
 */
struct world {
	struct kernel *kernel;
	bool simulates;
	bool guessed; /* since it was last forgotten a namespace was made */
	bool names_loaded;
	bool names_listed;
	struct strings names;
	struct ns **slots;
	size_t slot_count; /* a power of two */
	size_t used;
};

/*
 * Links that are only planned, or made since they were last read, are numbered from here on: the
 * kernel chooses its numbers itself, and one must not be taken for the other.
 */
#define PLANNED_INDEX (1 << 24)

/* The slot that holds NAME, or the empty one where it belongs. */
static struct ns **find_slot(const struct world *world, const char *name)
{
	size_t at = str_hash(name) & (world->slot_count - 1);

	while (world->slots[at] && strcmp(world->slots[at]->name, name) != 0)
		at = (at + 1) & (world->slot_count - 1);
	return &world->slots[at];
}

static void grow_slots(struct world *world)
{
	struct ns **old = world->slots;
	size_t old_count = world->slot_count;

	world->slot_count = old_count ? old_count * 2 : 64;
	world->slots = xcalloc(world->slot_count, sizeof(struct ns *));
	for (size_t i = 0; i < old_count; i++)
		if (old[i])
			*find_slot(world, old[i]->name) = old[i];
	free(old);
}

static void ns_forget(struct ns *ns, unsigned parts)
{
	if (parts & WORLD_LINKS) {
		link_list_free(&ns->links);
		link_index_free(ns->index);
		ns->index = NULL;
	}
	if (parts & WORLD_ADDRS)
		vector_free(&ns->addrs);
	if (parts & WORLD_ROUTES)
		vector_free(&ns->routes);
	if (parts & WORLD_NEIGHS)
		vector_free(&ns->neighs);
	if (parts & WORLD_NFT)
		nft_table_free(&ns->nft);
	ns->loaded &= ~parts;
}

static void ns_forget_sysctls(struct ns *ns)
{
	for (size_t i = 0; i < ns->sysctls.n; i++) {
		free(ns->sysctls.v[i].key);
		free(ns->sysctls.v[i].value);
	}
	vector_free(&ns->sysctls);
}

static void ns_free(struct ns *ns)
{
	if (!ns)
		return;
	ns_forget(ns, WORLD_ALL);
	ns_forget_sysctls(ns);
	free(ns->name);
	free(ns);
}

static struct ns *ns_insert(struct world *world, const char *name)
{
	struct ns *ns = xcalloc(1, sizeof(*ns));

	if (2 * (world->used + 1) > world->slot_count)
		grow_slots(world);
	ns->name = xstrdup(name);
	ns->next_index = PLANNED_INDEX;
	*find_slot(world, name) = ns;
	world->used++;
	return ns;
}

static struct ns *ns_find(const struct world *world, const char *name)
{
	return world->slot_count ? *find_slot(world, name) : NULL;
}

static bool kernel_has_ipv6(void)
{
	static int has = -1;

	if (has < 0)
		has = access("/proc/net/if_inet6", F_OK) == 0;
	return has;
}

const char *const lo_addrs[2] = { "127.0.0.1/8", "::1/128" };

void ns_lo_up(struct ns *ns)
{
	struct error none cleanup_error = ERROR_INIT;

	for (size_t i = 0; i < (kernel_has_ipv6() ? 2 : 1); i++) {
		struct addr addr = { .link = "lo", .index = 1, .scope = RT_SCOPE_HOST };

		cidr_parse(lo_addrs[i], &addr.cidr, -1, &none);
		if (!ns_addr(ns, addr.link, &addr.cidr))
			addr_place(ns, &addr);
	}
}

static void add_loopback(struct ns *ns, bool up)
{
	struct link *lo = vector_add(&ns->links);

	*lo = (struct link){ .index = 1, .peer_nsid = -1, .has_mac = true };
	str_copy(lo->name, sizeof(lo->name), "lo");
	lo->flags = IFF_LOOPBACK | (up ? IFF_UP | IFF_RUNNING | IFF_LOWER_UP : 0);
	lo->carrier = true;
	link_set_usual(lo);
	ns->loaded = WORLD_ALL;
	if (up)
		ns_lo_up(ns);
}

struct world *world_new(struct kernel *kernel)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->kernel = kernel;
	if (!kernel) {
		world->simulates = true;
		world->names_loaded = true;
		add_loopback(ns_insert(world, HOST), true);
	}
	return world;
}

void world_free(struct world *world)
{
	if (!world)
		return;
	for (size_t i = 0; i < world->slot_count; i++)
		ns_free(world->slots[i]);
	free(world->slots);
	strings_free(&world->names);
	free(world);
}

void world_forget(struct world *world)
{
	if (world->simulates)
		return;
	for (size_t i = 0; i < world->slot_count; i++) {
		ns_free(world->slots[i]);
		world->slots[i] = NULL;
	}
	world->used = 0;
	world->names_loaded = world->names_listed = world->guessed = false;
}

void world_simulate(struct world *world, bool on)
{
	if (!world->kernel || world->simulates == on)
		return;
	world->simulates = on;
	if (!on)
		world_forget(world);
}

void world_stale(struct world *world, struct ns *ns, unsigned parts)
{
	if (!world->simulates)
		ns_forget(ns, parts);
}

bool world_simulates(const struct world *world)
{
	return world->simulates;
}

bool world_is_guessed(const struct world *world)
{
	return world->guessed && !world->simulates;
}

bool ns_simulates(const struct world *world, const struct ns *ns)
{
	return world->simulates || (ns->made && (ns->loaded & WORLD_ROUTES));
}

struct kernel *world_kernel(const struct world *world)
{
	return world->kernel;
}

static int load_names(struct world *world, struct error *err)
{
	struct strings names cleanup_strings = { 0 };

	if (world->names_loaded)
		return 0;
	if (kernel_netns_names(world->kernel, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++)
		if (!ns_find(world, names.v[i]))
			ns_insert(world, names.v[i]);
	world->names_loaded = true;
	world->names_listed = false;
	return 0;
}

int world_names(struct world *world, const struct strings **names, struct error *err)
{
	if (load_names(world, err) < 0)
		return -1;
	if (!world->names_listed) {
		strings_free(&world->names);
		for (size_t i = 0; i < world->slot_count; i++)
			if (world->slots[i] && strcmp(world->slots[i]->name, HOST) != 0)
				strings_add(&world->names, world->slots[i]->name);
		strings_sort(&world->names);
		world->names_listed = true;
	}
	*names = &world->names;
	return 0;
}

int world_all_names(struct world *world, struct strings *all, struct error *err)
{
	const struct strings *names;

	strings_add(all, HOST);
	if (world_names(world, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names->n; i++)
		strings_add(all, names->v[i]);
	return 0;
}

bool world_has_ns(struct world *world, const char *name)
{
	struct error err cleanup_error = ERROR_INIT;

	if (strcmp(name, HOST) == 0)
		return true;
	return load_names(world, &err) == 0 && ns_find(world, name);
}

/* After links were added to the list. */
static void links_came(struct ns *ns)
{
	const struct link *last = ns->links.n ? &ns->links.v[ns->links.n - 1] : NULL;

	if (last && last->index >= ns->next_index)
		ns->next_index = last->index + 1;
	if (ns->links.n > LINK_INDEX_MANY && !ns->index)
		ns->index = link_index_new();
}

/* One part from the kernel. Links come first: the others name them. */
static int load_part(struct world *world, struct ns *ns, unsigned part, struct error *err)
{
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	int result = -1;

	if (part == WORLD_NFT)
		sock = kernel_netfilter(world->kernel, ns->name, err);
	else
		sock = kernel_rtnl(world->kernel, ns->name, err);
	if (!sock)
		return -1;
	switch ((enum world_part)part) {
	case WORLD_LINKS:
		result = rtnl_links(sock, &ns->links, &answer);
		break;
	case WORLD_ADDRS:
		result = rtnl_addrs(sock, &ns->links, &ns->addrs, &answer);
		break;
	case WORLD_ROUTES:
		result = rtnl_routes(sock, &ns->links, &ns->routes, &answer);
		break;
	case WORLD_NEIGHS:
		result = rtnl_neighs(sock, &ns->links, &ns->neighs, &answer);
		break;
	case WORLD_NFT:
		result = nft_read(sock, &ns->nft, &answer);
		break;
	case WORLD_ALL:
		break;
	}
	if (result < 0) {
		ns_forget(ns, part);
		nl_error_set(err, &answer, ns->name);
		return error_prefix(err, "cannot read namespace ");
	}
	ns->loaded |= part;
	if (part == WORLD_LINKS)
		links_came(ns);
	return 0;
}

/* The number that the kernel has given to a link made since the links were read. */
static void settle_link(struct nlsock *sock, struct ns *ns, struct link *link)
{
	struct nl_error answer = { 0 };
	struct link now = { 0 };
	int planned = link->index;

	if (rtnl_link(sock, link->name, &now, &answer) < 0) {
		link_clear(&now);
		return;
	}
	link->index = now.index;
	link->has_mac = now.has_mac;
	memcpy(link->mac, now.mac, sizeof(link->mac));
	link->peer = now.peer;
	link->peer_nsid = now.peer_nsid;
	link_clear(&now);
	/* An end of a cable has no ports. */
	for (size_t i = 0; strcmp(link->kind, "veth") != 0 && i < ns->links.n; i++)
		if (ns->links.v[i].master == planned)
			ns->links.v[i].master = link->index;
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ns->addrs.v[i].index == planned)
			ns->addrs.v[i].index = link->index;
}

/*
 * What is read next names links by number. In place: links are lent to those who plan. One that
 * is not there any more needs no number.
 */
static int settle_links(struct world *world, struct ns *ns, struct error *err)
{
	struct nlsock *sock = NULL;

	for (size_t i = 0; i < ns->links.n; i++) {
		if (ns->links.v[i].index < PLANNED_INDEX)
			continue;
		if (!sock && !(sock = kernel_rtnl(world->kernel, ns->name, err)))
			return -1;
		settle_link(sock, ns, &ns->links.v[i]);
		/* Its ports are those of another number now. */
		link_index_drop(ns->index);
	}
	return 0;
}

static int ns_load(struct world *world, struct ns *ns, unsigned parts, int word,
		   struct error *err)
{
	if (parts & (WORLD_ADDRS | WORLD_ROUTES | WORLD_NEIGHS))
		parts |= WORLD_LINKS;
	for (unsigned part = 1; part <= WORLD_NFT; part <<= 1) {
		if (!(parts & part) || (ns->loaded & part))
			continue;
		if (part != WORLD_LINKS && part != WORLD_NFT &&
		    settle_links(world, ns, err) < 0)
			return -1;
		if (load_part(world, ns, part, err) < 0) {
			err->word = word;
			return -1;
		}
	}
	return 0;
}

static int no_such_ns(struct world *world, const char *name, int word, struct error *err)
{
	struct error unread cleanup_error = ERROR_INIT;
	struct strings names cleanup_strings = { 0 };
	cleanup_free char *seen = str_visible(name);
	const char *near;

	world_all_names(world, &names, &unread);
	near = str_nearest(name, &names);
	error_set(err, STATUS_FAILED, word, "there is no namespace %s", seen);
	if (near)
		error_hint(err, "did you mean %s?", near);
	else if (names.n == 1)
		error_hint(err, "\"ns add %s\" makes it", seen);
	else
		error_hint(err, "\"ns\" lists those that there are");
	return -1;
}

struct ns *world_ns(struct world *world, const char *name, unsigned parts, int word,
		    struct error *err)
{
	struct ns *ns = ns_find(world, name);

	if (!ns && strcmp(name, HOST) == 0)
		ns = ns_insert(world, name);
	if (!ns) {
		if (load_names(world, err) < 0)
			return NULL;
		ns = ns_find(world, name);
	}
	if (!ns) {
		no_such_ns(world, name, word, err);
		return NULL;
	}
	return ns_load(world, ns, parts, word, err) < 0 ? NULL : ns;
}

struct link *ns_link(const struct ns *ns, const char *name)
{
	if (ns->index)
		return link_index_find(ns->index, &ns->links, name);
	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i];

		if (strcmp(link->name, name) == 0 ||
		    (link->altname && strcmp(link->altname, name) == 0))
			return link;
	}
	return NULL;
}

struct addr *ns_addr(const struct ns *ns, const char *link, const struct cidr *cidr)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (strcmp(ns->addrs.v[i].link, link) == 0 &&
		    cidr_equal(&ns->addrs.v[i].cidr, cidr))
			return &ns->addrs.v[i];
	return NULL;
}

struct addr *ns_addr_by_ip(const struct ns *ns, const struct ip *ip)
{
	for (size_t i = 0; i < ns->addrs.n; i++)
		if (ip_equal(&ns->addrs.v[i].cidr.ip, ip))
			return &ns->addrs.v[i];
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	const struct link *one = a, *other = b;

	return (one->index > other->index) - (one->index < other->index);
}

struct link *ns_link_by_index(const struct ns *ns, int index)
{
	const struct link key = { .index = index };
	struct link *found = NULL;

	if (ns->links.n)
		found = bsearch(&key, ns->links.v, ns->links.n, sizeof(key), by_number);
	if (found)
		return found;
	/* Numbers that were settled later may be out of order. */
	for (size_t i = 0; i < ns->links.n; i++)
		if (ns->links.v[i].index == index)
			return &ns->links.v[i];
	return NULL;
}

size_t ns_ports(const struct ns *ns, const struct link *bridge)
{
	size_t ports = 0;

	if (ns->index)
		return link_index_ports(ns->index, &ns->links, bridge->index);
	for (size_t i = 0; i < ns->links.n; i++)
		ports += ns->links.v[i].master == bridge->index;
	return ports;
}

void ns_renamed(struct ns *ns)
{
	link_index_drop(ns->index);
}

void ns_enslave(struct ns *ns, struct link *link, const struct link *master)
{
	int to = master ? master->index : 0;

	link_index_moved(ns->index, (size_t)(link - ns->links.v), link->master, to);
	link->master = to;
	str_copy(link->master_name, IFNAMSIZ, master ? master->name : "");
}

/* Whether the namespace NAME is the one that NS knows by the number NSID. */
static bool has_nsid(struct world *world, const struct ns *ns, const char *name, int nsid)
{
	struct error err cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock = kernel_rtnl(world->kernel, ns->name, &err);
	int fd, found;

	if (!sock)
		return false;
	fd = kernel_netns_fd(world->kernel, name, &err);
	if (fd < 0 || rtnl_nsid_of(sock, fd, &found, &answer) < 0)
		return false;
	return found == nsid;
}

/* Whether a link like FAR is in the namespace NAME. */
static bool has_alike(struct world *world, const char *name, const struct link *far)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct ns *ns = world_ns(world, name, WORLD_LINKS, -1, &ignored);
	const struct link *link = ns ? ns_link_by_index(ns, far->index) : NULL;

	return link && link_is_alike(link, far);
}

/* What is at the other end of LINK: what it is called is not known yet. */
static bool far_link(struct world *world, const struct ns *ns, const struct link *link,
		     struct link *far)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *sock = kernel_rtnl(world->kernel, ns->name, &ignored);

	*far = (struct link){ 0 };
	return sock && rtnl_link_there(sock, link->peer_nsid, link->peer, far, &answer) == 0;
}

/*
 * The name of the namespace that NS knows by NSID. Host is the likeliest, then one whose name
 * is part of the link's (veth-red-br leads to red), then those with a link that looks like the
 * one there, then each in turn.
 */
static const char *name_of_nsid(struct world *world, const struct ns *ns,
				const struct link *link)
{
	struct error err cleanup_error = ERROR_INIT;
	const struct strings *names;
	const char *found = NULL;
	struct link far;

	if (link->peer_nsid < 0)
		return ns->name;
	if (strcmp(ns->name, HOST) != 0 && has_nsid(world, ns, HOST, link->peer_nsid))
		return HOST;
	if (world_names(world, &names, &err) < 0)
		return NULL;
	for (size_t i = 0; i < names->n; i++)
		if (strstr(link->name, names->v[i]) &&
		    has_nsid(world, ns, names->v[i], link->peer_nsid))
			return names->v[i];
	if (far_link(world, ns, link, &far))
		for (size_t i = 0; !found && i < names->n; i++)
			if (has_alike(world, names->v[i], &far) &&
			    has_nsid(world, ns, names->v[i], link->peer_nsid))
				found = names->v[i];
	link_clear(&far);
	for (size_t i = 0; !found && i < names->n; i++)
		if (has_nsid(world, ns, names->v[i], link->peer_nsid))
			found = names->v[i];
	return found;
}

static struct link *find_peer(const struct ns *ns, const struct link *link)
{
	return link->peer_name[0] ? ns_link(ns, link->peer_name) :
				    ns_link_by_index(ns, link->peer);
}

bool world_peer(struct world *world, struct ns *ns, const struct link *link,
		struct ns **peer_ns, struct link **peer)
{
	struct error err cleanup_error = ERROR_INIT;
	const char *name = link->peer_ns;

	if (!name && world->kernel && link->peer)
		name = name_of_nsid(world, ns, link);
	if (!name || !world_has_ns(world, name))
		return false;
	*peer_ns = world_ns(world, name, WORLD_LINKS, -1, &err);
	if (!*peer_ns)
		return false;
	*peer = find_peer(*peer_ns, link);
	if (*peer || world->simulates || *peer_ns == ns)
		return *peer != NULL;
	/* Made since its namespace was read: known by its name there, not by its number. */
	world_stale(world, *peer_ns, WORLD_LINKS);
	*peer_ns = world_ns(world, name, WORLD_LINKS, -1, &err);
	*peer = *peer_ns ? find_peer(*peer_ns, link) : NULL;
	return *peer != NULL;
}

static struct sysctl_value *find_sysctl(struct ns *ns, const char *key)
{
	for (size_t i = 0; i < ns->sysctls.n; i++)
		if (strcmp(ns->sysctls.v[i].key, key) == 0)
			return &ns->sysctls.v[i];
	return NULL;
}

const char *world_sysctl(struct world *world, const char *name, const char *key,
			 struct error *err)
{
	struct ns *ns = world_ns(world, name, 0, -1, err);
	struct sysctl_value *found;
	char *value = NULL;

	if (!ns)
		return NULL;
	found = find_sysctl(ns, key);
	if (found)
		return found->value;
	/* A namespace that is only planned has the kernel's values at its birth. */
	if (world->kernel && !ns->planned) {
		if (kernel_sysctl_get(world->kernel, name, key, &value, err) < 0)
			return NULL;
	} else {
		value = xstrdup("0");
	}
	found = vector_add(&ns->sysctls);
	found->key = xstrdup(key);
	found->value = value;
	return found->value;
}

struct ns *world_add_ns(struct world *world, const char *name)
{
	struct ns *ns = ns_find(world, name);

	if (!ns)
		ns = ns_insert(world, name);
	ns->planned = world->simulates;
	ns->made = !world->simulates;
	world->guessed |= ns->made;
	add_loopback(ns, true);
	ns->links.v[0].group = NSH_GROUP;
	world->names_listed = false;
	return ns;
}

/* Empties the slot of NS; those behind it that it kept from their place move up. */
static void empty_slot(struct world *world, const struct ns *ns)
{
	size_t mask = world->slot_count - 1, hole, at;

	hole = (size_t)(find_slot(world, ns->name) - world->slots);
	for (at = (hole + 1) & mask; world->slots[at]; at = (at + 1) & mask) {
		size_t home = str_hash(world->slots[at]->name) & mask;

		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		world->slots[hole] = world->slots[at];
		hole = at;
	}
	world->slots[hole] = NULL;
	world->used--;
}

void world_remove_ns(struct world *world, const char *name)
{
	struct ns *ns = ns_find(world, name);

	if (!ns)
		return;
	/* Its cables go with it, and so do their other ends. */
	for (size_t i = 0; (ns->loaded & WORLD_LINKS) && i < ns->links.n; i++) {
		struct ns *peer_ns;
		struct link *peer;

		if (strcmp(ns->links.v[i].kind, "veth") == 0 &&
		    world_peer(world, ns, &ns->links.v[i], &peer_ns, &peer) && peer_ns != ns)
			world_remove_link(NULL, peer_ns, peer->name);
	}
	empty_slot(world, ns);
	ns_free(ns);
	world->names_listed = false;
}

struct link *world_add_link(struct ns *ns, const char *name, const char *kind)
{
	struct link *link;
	int index = ns->next_index;

	ns->next_index = index + 1;
	link = vector_add(&ns->links);
	links_came(ns);
	link->index = index;
	link->peer_nsid = -1;
	link_set_usual(link);
	str_copy(link->name, sizeof(link->name), name);
	str_copy(link->kind, sizeof(link->kind), kind);
	return link;
}

static void remove_of_link(struct ns *ns, const char *name)
{
	for (size_t i = ns->addrs.n; i-- > 0;)
		if (strcmp(ns->addrs.v[i].link, name) == 0)
			vector_remove(&ns->addrs, i);
	for (size_t i = ns->routes.n; i-- > 0;)
		if (strcmp(ns->routes.v[i].link, name) == 0)
			vector_remove(&ns->routes, i);
	for (size_t i = ns->neighs.n; i-- > 0;)
		if (strcmp(ns->neighs.v[i].link, name) == 0)
			vector_remove(&ns->neighs, i);
}

void world_remove_link(struct world *world, struct ns *ns, const char *name)
{
	struct link *link = ns_link(ns, name);
	struct ns *peer_ns;
	struct link *peer;

	if (!link)
		return;
	/* WORLD is NULL where the other end is gone already. */
	if (world && strcmp(link->kind, "veth") == 0 &&
	    world_peer(world, ns, link, &peer_ns, &peer)) {
		cleanup_free char *peer_name = xstrdup(peer->name);

		world_remove_link(NULL, peer_ns, peer_name);
		link = ns_link(ns, name);
		if (!link)
			return;
	}
	for (size_t i = 0; i < ns->links.n; i++)
		if (ns->links.v[i].master == link->index)
			ns_enslave(ns, &ns->links.v[i], NULL);
	remove_of_link(ns, link->name);
	link_index_remove(ns->index, &ns->links, (size_t)(link - ns->links.v));
	link_clear(link);
	vector_remove(&ns->links, (size_t)(link - ns->links.v));
}

void world_set_sysctl(struct world *world, const char *name, const char *key,
		      const char *value)
{
	struct ns *ns = ns_find(world, name);
	struct sysctl_value *found;

	if (!ns)
		ns = ns_insert(world, name);
	found = find_sysctl(ns, key);
	if (!found) {
		found = vector_add(&ns->sysctls);
		found->key = xstrdup(key);
		found->value = NULL;
	}
	free(found->value);
	found->value = xstrdup(value);
}

void world_unmake_link(struct world *world, const char *name, const char *link)
{
	struct ns *ns = ns_find(world, name);

	if (ns && (ns->loaded & WORLD_LINKS))
		world_remove_link(world, ns, link);
}
