/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan/pack.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_WITH(member) (offsetof(struct op, member) + sizeof(((struct op *)0)->member))

/* The bytes of an operation that mean something. */
static size_t used_size(enum op_kind kind)
{
	switch (kind) {
	case OP_NETNS_ADD:
	case OP_NETNS_DEL:
	case OP_NETNS_ADOPT:
		return SIZE_WITH(netns);
	case OP_LINK_ADD:
		return SIZE_WITH(link_add);
	case OP_LINK_DEL:
		return SIZE_WITH(link_del);
	case OP_ADDR_ADD:
	case OP_ADDR_DEL:
		return SIZE_WITH(addr);
	case OP_ROUTE_ADD:
	case OP_ROUTE_DEL:
		return SIZE_WITH(route);
	case OP_NEIGH_ADD:
	case OP_NEIGH_DEL:
		return SIZE_WITH(neigh);
	case OP_SYSCTL:
		return SIZE_WITH(sysctl);
	case OP_NFT_ADD:
	case OP_NFT_DEL:
		return SIZE_WITH(nft);
	case OP_LINK_SET:
	case OP_LINK_CLEAR:
	case OP_NFT_CLEAR:
	case OP_KIND_COUNT:
		break;
	}
	return sizeof(struct op);
}

static size_t packed_size(enum op_kind kind)
{
	size_t align = _Alignof(struct op);

	return (used_size(kind) + align - 1) / align * align;
}

void ops_pack(struct plan *plan, struct packed_ops *packed)
{
	size_t size = 0, at = 0;

	for (size_t i = 0; i < plan->ops.n; i++)
		size += packed_size(plan->ops.v[i].kind);
	packed->bytes = size ? xcalloc(1, size) : NULL;
	packed->count = plan->ops.n;
	for (size_t i = 0; i < plan->ops.n; i++) {
		const struct op *op = &plan->ops.v[i];

		memcpy(packed->bytes + at, op, used_size(op->kind));
		at += packed_size(op->kind);
	}
	vector_free(&plan->ops);
}

void ops_lend(const struct packed_ops *packed, struct plan *plan)
{
	size_t at = 0;

	for (size_t i = 0; i < packed->count; i++) {
		enum op_kind kind;

		memcpy(&kind, packed->bytes + at + offsetof(struct op, kind), sizeof(kind));
		memcpy(vector_add(&plan->ops), packed->bytes + at, used_size(kind));
		at += packed_size(kind);
	}
}

void ops_unpack(struct packed_ops *packed, struct plan *plan)
{
	ops_lend(packed, plan);
	free(packed->bytes);
	*packed = (struct packed_ops){ 0 };
}

void packed_free(struct packed_ops *packed)
{
	struct plan plan = PLAN_INIT;

	ops_unpack(packed, &plan);
	plan_clear(&plan);
}
