/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_VIEW_H
#define NSH_VIEW_VIEW_H

#include <stdbool.h>
#include <stdio.h>

struct kernel;
struct world;

/* What is looked at, and where it is shown: what a view takes of a session. */
struct view {
	struct kernel *kernel;
	struct world *world;
	FILE *out;    /* results */
	bool json;    /* else text */
	bool notes;   /* on standard error: what is said beside the results */
	bool sandbox; /* it is not the machine itself */
};

#endif
