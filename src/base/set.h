/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_SET_H
#define NSH_BASE_SET_H

#include "base/str.h"

/*
 * Which strings there are, to be asked often: strings_has() looks at each of a list, this at a
 * few. The strings are borrowed: they must outlive the set, and stay as they are.
 */
struct set {
	VECTOR(const char *) strings;
	bool sorted;
};

#define cleanup_set __attribute__((cleanup(set_free)))

void set_add(struct set *set, const char *string);
void set_add_all(struct set *set, const struct strings *list);
bool set_has(struct set *set, const char *string);
void set_free(struct set *set);

#endif
