/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void add(struct candidates *candidates, const char *text, const char *help,
		bool partial)
{
	struct candidate *candidate;

	if (candidates->prefix && !str_starts(text, candidates->prefix))
		return;
	candidate = vector_add(&candidates->list);
	candidate->text = xstrdup(text);
	candidate->help = help ? xstrdup(help) : NULL;
	candidate->partial = partial;
}

void candidates_add(struct candidates *candidates, const char *text, const char *help)
{
	add(candidates, text, help, false);
}

void candidates_add_partial(struct candidates *candidates, const char *text,
			    const char *help)
{
	add(candidates, text, help, true);
}

void candidates_add_names(struct candidates *candidates, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		candidates_add(candidates, names[i], NULL);
}

static int compare_candidates(const void *a, const void *b)
{
	return str_natural(((const struct candidate *)a)->text,
			   ((const struct candidate *)b)->text);
}

void candidates_sort(struct candidates *candidates)
{
	size_t kept = 0;

	if (candidates->list.n < 2)
		return;
	qsort(candidates->list.v, candidates->list.n, sizeof(*candidates->list.v),
	      compare_candidates);
	for (size_t i = 1; i < candidates->list.n; i++) {
		struct candidate *last = &candidates->list.v[kept], *c = &candidates->list.v[i];

		if (strcmp(last->text, c->text) != 0) {
			candidates->list.v[++kept] = *c;
			continue;
		}
		last->partial |= c->partial;
		free(c->text);
		free(c->help);
	}
	candidates->list.n = kept + 1;
}

void candidates_free(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->list.n; i++) {
		free(candidates->list.v[i].text);
		free(candidates->list.v[i].help);
	}
	vector_free(&candidates->list);
}
