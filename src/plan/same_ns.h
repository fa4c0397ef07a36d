/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_SAME_NS_H
#define NSH_PLAN_SAME_NS_H

#include <sys/types.h>

#include "base/str.h"

/* Which namespaces were seen, by what they are: one may have several names. Names are borrowed. */
struct same_ns {
	struct same_ns_entry {
		const char *name; /* NULL: free */
		dev_t dev;
		ino_t ino;
	} *slots;
	size_t room, used; /* a power of two, or 0 */
};

/* The name that it was seen under before; else NULL, and NAME is noted. */
const char *same_ns_seen(struct same_ns *seen, dev_t dev, ino_t ino, const char *name);
void same_ns_free(struct same_ns *seen);

#endif
