/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/set.h"

#include <stdlib.h>
#include <string.h>

/* Sorted when first asked; what is added later is put where it belongs. */
void set_add(struct set *set, const char *string)
{
	size_t low = 0, high = set->strings.n;

	*vector_add(&set->strings) = string;
	if (!set->sorted)
		return;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(set->strings.v[middle], string) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	memmove(&set->strings.v[low + 1], &set->strings.v[low],
		(set->strings.n - 1 - low) * sizeof(*set->strings.v));
	set->strings.v[low] = string;
}

void set_add_all(struct set *set, const struct strings *list)
{
	set->sorted = false;
	for (size_t i = 0; i < list->n; i++)
		set_add(set, list->v[i]);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool set_has(struct set *set, const char *string)
{
	if (set->strings.n == 0)
		return false;
	if (!set->sorted)
		qsort(set->strings.v, set->strings.n, sizeof(*set->strings.v), compare);
	set->sorted = true;
	return bsearch(&string, set->strings.v, set->strings.n, sizeof(*set->strings.v),
		       compare) != NULL;
}

void set_free(struct set *set)
{
	vector_free(&set->strings);
}
