/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/link_index.h"

#include <stdlib.h>
#include <string.h>

struct ports {
	int master;
	size_t count;
};

/*
 * A hash table of positions in the list, open addressing. An entry may have gone stale: what stands
 * at its position now tells whether it is meant.
 */
struct link_index {
	uint32_t *slots; /* the position plus one; 0: free */
	size_t room;	 /* a power of two, or 0 */
	size_t used;
	size_t named; /* the links before this position are in it */
	VECTOR(struct ports) ports;
	size_t counted; /* the links before this position are counted */
};

struct link_index *link_index_new(void)
{
	return xcalloc(1, sizeof(struct link_index));
}

void link_index_drop(struct link_index *index)
{
	if (!index)
		return;
	free(index->slots);
	index->slots = NULL;
	index->room = index->used = index->named = index->counted = 0;
	vector_free(&index->ports);
}

void link_index_free(struct link_index *index)
{
	link_index_drop(index);
	free(index);
}

/* --- names --- */

static void put_name(struct link_index *index, const char *name, size_t position)
{
	size_t at = str_hash(name) & (index->room - 1);

	while (index->slots[at] && index->slots[at] != position + 1)
		at = (at + 1) & (index->room - 1);
	index->used += !index->slots[at];
	index->slots[at] = (uint32_t)position + 1;
}

static void put_link(struct link_index *index, const link_list *links, size_t position)
{
	const struct link *link = &links->v[position];

	put_name(index, link->name, position);
	for (size_t i = 0; i < link->altnames.n; i++)
		put_name(index, link->altnames.v[i], position);
}

/* Of the links from position FIRST on. */
static size_t count_names(const link_list *links, size_t first)
{
	size_t names = 0;

	for (size_t i = first; i < links->n; i++)
		names += 1 + links->v[i].altnames.n;
	return names;
}

/* Twice as large as is needed, so that it is not made anew with each link that comes. */
static void rebuild(struct link_index *index, const link_list *links)
{
	size_t names = count_names(links, 0);

	index->room = 64;
	while (index->room < 2 * (links->n + names))
		index->room *= 2;
	free(index->slots);
	index->slots = xcalloc(index->room, sizeof(*index->slots));
	index->used = 0;
	for (size_t i = 0; i < links->n; i++)
		put_link(index, links, i);
	index->named = links->n;
}

struct link *link_index_find(struct link_index *index, const link_list *links, const char *name)
{
	/* Never more than three quarters full. */
	if (!index->room ||
	    4 * (index->used + count_names(links, index->named)) > 3 * index->room)
		rebuild(index, links);
	for (; index->named < links->n; index->named++)
		put_link(index, links, index->named);
	for (size_t at = str_hash(name); index->slots[at & (index->room - 1)]; at++) {
		size_t position = index->slots[at & (index->room - 1)] - 1;

		if (position < links->n && link_is_called(&links->v[position], name))
			return &links->v[position];
	}
	return NULL;
}

/* --- ports --- */

static struct ports *ports_of(struct link_index *index, int master)
{
	struct ports *ports;

	for (size_t i = 0; i < index->ports.n; i++)
		if (index->ports.v[i].master == master)
			return &index->ports.v[i];
	ports = vector_add(&index->ports);
	ports->master = master;
	return ports;
}

void link_index_moved(struct link_index *index, size_t position, int from, int to)
{
	if (!index || position >= index->counted)
		return;
	ports_of(index, from)->count--;
	ports_of(index, to)->count++;
}

size_t link_index_ports(struct link_index *index, const link_list *links, int master)
{
	for (; index->counted < links->n; index->counted++)
		ports_of(index, links->v[index->counted].master)->count++;
	return ports_of(index, master)->count;
}

void link_index_remove(struct link_index *index, const link_list *links, size_t position)
{
	if (!index)
		return;
	if (position + 1 < links->n) {
		link_index_drop(index);
		return;
	}
	/* Its names stay in the table, as stale ones. */
	if (index->named > position)
		index->named = position;
	if (index->counted > position) {
		index->counted = position;
		ports_of(index, links->v[position].master)->count--;
	}
}
