/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/model.h"

#include <stdlib.h>
#include <string.h>

void link_clear(struct link *link)
{
	strings_free(&link->altnames);
	free(link->peer_ns);
	memset(link, 0, sizeof(*link));
}

bool link_is_called(const struct link *link, const char *name)
{
	return strcmp(link->name, name) == 0 || strings_has(&link->altnames, name);
}

bool link_is_alike(const struct link *a, const struct link *b)
{
	return a->index == b->index && strcmp(a->name, b->name) == 0 &&
	       (!a->has_mac || !b->has_mac || memcmp(a->mac, b->mac, sizeof(a->mac)) == 0);
}

void link_list_free(link_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		link_clear(&list->v[i]);
	vector_free(list);
}
