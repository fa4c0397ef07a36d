/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/world_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft.h"
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
	struct strings changed; /* see world_changed(), if anybody has asked */
	bool asked, any_changed;
};

/* More names than these are worth no list. */
#define CHANGED_AT_MOST 1024

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

void ns_forget(struct ns *ns, unsigned parts)
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

struct world *world_new(struct kernel *kernel)
{
	struct world *world = xcalloc(1, sizeof(*world));

	world->kernel = kernel;
	if (!kernel) {
		world->simulates = true;
		world->names_loaded = true;
		ns_add_loopback(ns_insert(world, HOST));
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
	strings_free(&world->changed);
	free(world);
}

void world_changed(struct world *world, const char *ns)
{
	struct strings *changed = &world->changed;

	if (!world->asked || world->any_changed ||
	    (ns && changed->n > 0 && strcmp(changed->v[changed->n - 1], ns) == 0))
		return;
	world->any_changed = !ns || changed->n == CHANGED_AT_MOST;
	if (!world->any_changed)
		strings_add(changed, ns);
}

bool world_take_changes(struct world *world, struct strings *names)
{
	bool any = !world->asked || world->any_changed;

	strings_add_all(names, &world->changed);
	strings_free(&world->changed);
	world->asked = true;
	world->any_changed = false;
	return any;
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
	ns_add_loopback(ns);
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
