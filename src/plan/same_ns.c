/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/same_ns.h"

#include <stdlib.h>

static struct same_ns_entry *find(const struct same_ns *seen, dev_t dev, ino_t ino)
{
	size_t at = (size_t)(ino ^ dev) * 2654435761u & (seen->room - 1);

	while (seen->slots[at].name && (seen->slots[at].ino != ino || seen->slots[at].dev != dev))
		at = (at + 1) & (seen->room - 1);
	return &seen->slots[at];
}

static void grow(struct same_ns *seen)
{
	struct same_ns old = *seen;

	seen->room = old.room ? old.room * 2 : 64;
	seen->slots = xcalloc(seen->room, sizeof(*seen->slots));
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].name)
			*find(seen, old.slots[i].dev, old.slots[i].ino) = old.slots[i];
	free(old.slots);
}

const char *same_ns_seen(struct same_ns *seen, dev_t dev, ino_t ino, const char *name)
{
	struct same_ns_entry *entry;

	if (2 * (seen->used + 1) > seen->room)
		grow(seen);
	entry = find(seen, dev, ino);
	if (entry->name)
		return entry->name;
	*entry = (struct same_ns_entry){ .name = name, .dev = dev, .ino = ino };
	seen->used++;
	return NULL;
}

void same_ns_free(struct same_ns *seen)
{
	free(seen->slots);
	*seen = (struct same_ns){ 0 };
}
