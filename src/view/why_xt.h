/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_WHY_XT_H
#define NSH_VIEW_WHY_XT_H

#include "view/why_parts.h"

/* What matches and targets of iptables have in common; nobody else includes this. */
struct xt_info {
	const void *data; /* the module's structure, as the kernel has it */
	uint32_t length, revision;
};
typedef void (*xt_function)(struct evaluation *e, const struct xt_info *info);
struct xt_kind {
	const char *name;
	xt_function evaluate;
};

/* Copies the structure; false, with doubt, where the kernel's is another. */
bool xt_take(struct evaluation *e, const struct xt_info *info, void *to, size_t size);
xt_function xt_find(const struct xt_kind *list, size_t count, const char *name);
/* Comments and what is only written; and rates, which one packet is within. */
void xt_nothing(struct evaluation *e, const struct xt_info *info);

#endif
