/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/model.h"

#include <stdlib.h>
#include <string.h>

void link_clear(struct link *link)
{
	free(link->altname);
	free(link->peer_ns);
	memset(link, 0, sizeof(*link));
}

void link_list_free(link_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		link_clear(&list->v[i]);
	vector_free(list);
}
