/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_CANDIDATES_H
#define NSH_SHELL_CANDIDATES_H

#include <stdbool.h>

#include "base/str.h"

/* What may be typed for a word, for TAB and "?". */
struct candidate {
	char *text;
	char *help; /* NULL: none */
	bool partial; /* more is to follow without a blank: a directory, "red:" */
};
struct candidates {
	VECTOR(struct candidate) list;
	const char *prefix; /* what is typed already; the rest need not be offered */
};

/* Adds one if it starts with what is typed. HELP may be NULL. Both are copied. */
void candidates_add(struct candidates *candidates, const char *text, const char *help);
void candidates_add_partial(struct candidates *candidates, const char *text,
			    const char *help);
/* Each of NAMES, which NULL ends. */
void candidates_add_names(struct candidates *candidates, const char *const *names);
void candidates_sort(struct candidates *candidates); /* and drops those that stand twice */
void candidates_free(struct candidates *candidates);

#endif
