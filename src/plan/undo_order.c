/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/op.h"

#include <stdlib.h>
#include <string.h>

/*
 * Taking back a line: what a switch has from its ports is looked at once all of them are as they
 * were. One that still follows its ports has its MTU then; set too early, it would follow no more.
 */

static bool sets_mtu_of(const struct op *op, const struct op *late)
{
	return op->kind == OP_LINK_SET &&
	       (op->link_set.set & LINK_CHANGE_SETTING(LINK_SETTING_MTU)) &&
	       strcmp(op->ns, late->ns) == 0 &&
	       strcmp(op->link_set.name, late->link_set.name) == 0;
}

static bool is_other_mtu(const struct op *op)
{
	return op->kind == OP_LINK_SET && (op->link_set.set & OP_LINK_OTHER_MTU);
}

/* Whether what stands behind it in UNDO, from before it in the line, makes it void. */
static bool is_void(const struct plan *undo, size_t at)
{
	const struct op *late = &undo->ops.v[at];

	for (size_t i = at + 1; i < undo->ops.n; i++) {
		const struct op *op = &undo->ops.v[i];

		if (op->kind == OP_NETNS_DEL && strcmp(op->ns, late->ns) == 0)
			return true;
		if (is_other_mtu(late) && sets_mtu_of(op, late))
			return true;
	}
	return false;
}

static bool any_late(const struct plan *undo)
{
	for (size_t i = 0; i < undo->ops.n; i++)
		if (undo->ops.v[i].late)
			return true;
	return false;
}

void undo_defer(struct plan *undo)
{
	struct plan others = PLAN_INIT, mtus = PLAN_INIT, rest = PLAN_INIT, none = PLAN_INIT;
	struct plan *const parts[] = { &others, &mtus, &rest };

	if (!any_late(undo))
		return;
	for (size_t i = 0; i < undo->ops.n; i++) {
		const struct op *op = &undo->ops.v[i];
		struct plan *to = !op->late ? &others :
				  is_void(undo, i)  ? &none :
				  is_other_mtu(op) ? &mtus :
						     &rest;

		*vector_add(&to->ops) = *op;
	}
	undo->ops.n = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (size_t j = 0; j < parts[i]->ops.n; j++) {
			struct op *op = vector_add(&undo->ops);

			*op = parts[i]->ops.v[j];
			op->late = false;
		}
		vector_free(&parts[i]->ops);
	}
	plan_clear(&none);
}
