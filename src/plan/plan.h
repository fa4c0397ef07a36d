/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_PLAN_H
#define NSH_PLAN_PLAN_H

#include "base/error.h"
#include "kernel/link_setting.h"
#include "kernel/model.h"
#include "plan/world.h"

/*
 * A plan is a list of typed operations, made without side effects. The same list is carried
 * out, explained, inverted and recorded. Operations name things by namespace and name,
 * never by interface number, which means something only in one namespace at one time.
 */
enum op_kind {
	OP_NETNS_ADD,
	OP_NETNS_DEL,
	OP_NETNS_ADOPT,
	OP_LINK_ADD,
	OP_LINK_DEL,
	OP_LINK_SET,
	OP_ADDR_ADD,
	OP_ADDR_DEL,
	OP_ROUTE_ADD,
	OP_ROUTE_DEL,
	OP_NEIGH_ADD,
	OP_NEIGH_DEL,
	OP_SYSCTL,
	OP_NFT_ADD,
	OP_NFT_DEL,
	OP_LINK_CLEAR, /* all links of nsh's in a namespace */
	OP_NFT_CLEAR,  /* the whole table of nsh's */
	OP_KIND_COUNT,
};

/* One end of a link to be made. */
struct op_end {
	char *ns;
	char name[IFNAMSIZ];
	struct strings altnames; /* the first may be the full name where NAME is a shortened one */
	uint8_t mac[6];
	bool has_mac;
	unsigned group;
	bool up;
	char master[IFNAMSIZ]; /* "" none */
};

struct op {
	enum op_kind kind;
	int word;  /* the word of the line that it comes from, -1: none */
	char *ns;  /* where it happens */
	bool lenient; /* part of taking back: what is gone or there already is no error */
	bool late;    /* see undo_defer() */
	union {
		struct {
			char *path; /* adopt: the file */
			bool marked; /* add: lo in NSH_GROUP; else as the kernel makes it */
			bool name_only; /* del: what it names is not nsh's, and stays */
			bool lo_down; /* add: lo stays down, as ip(8) leaves it */
		} netns;
		struct {
			char kind[IFNAMSIZ];
			unsigned mtu; /* 0: the kernel's choice */
			struct op_end end, peer; /* peer.ns NULL: not a veth */
		} link_add;
		struct {
			char name[IFNAMSIZ];
			/* Where its other end is, or the link's own namespace where it has none; NULL:
			 * not known, or it is to go by itself. */
			char *peer_ns;
		} link_del;
		struct {
			char name[IFNAMSIZ];
			unsigned set; /* LINK_CHANGE_* of kernel/rtnl.h, OP_LINK_ALTNAME */
			bool up;
			unsigned setting[LINK_SETTINGS];
			char new_name[IFNAMSIZ];
			uint8_t mac[6];
			char master[IFNAMSIZ]; /* "" none */
			char *to_ns;
			char *altname;
			unsigned group;
		} link_set;
		struct {
			char link[IFNAMSIZ];
			struct cidr cidr;
			uint8_t proto;
			bool plain; /* as ip(8) adds it: no broadcast address, no nodad */
			char label[IFNAMSIZ]; /* "": the link's name */
		} addr;
		struct {
			struct route route;
		} route;
		struct {
			struct neigh neigh;
		} neigh;
		struct {
			char *key;   /* "net/ipv4/ip_forward" */
			char *value;
		} sysctl;
		struct {
			struct nft_rule *rule; /* apart: it is large, and rare */
		} nft;
	};
};

/* Beside LINK_CHANGE_*: gives a link an alternative name. */
#define OP_LINK_ALTNAME (1u << 16)
/* Takes that name away again. */
#define OP_LINK_NO_ALTNAME (1u << 17)
/* Nothing is done where the link has that MTU: one that is set stays, and a switch's follows its
 * ports no more. */
#define OP_LINK_OTHER_MTU (1u << 18)
#define OP_LINK_ALL (OP_LINK_ALTNAME | OP_LINK_NO_ALTNAME | OP_LINK_OTHER_MTU)

struct plan {
	VECTOR(struct op) ops;
	struct strings notes;	 /* to be said when it is done, one sentence each */
	struct strings warnings; /* to be said before: what cannot be taken back */
	/* Nobody can undo it, and where it fails the same line goes on from there: no way back is
	 * made. */
	bool one_way;
};

#define PLAN_INIT { 0 }
#define cleanup_plan __attribute__((cleanup(plan_clear)))
void plan_clear(struct plan *plan);
void op_clear(struct op *op);

void plan_note(struct plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void plan_warn(struct plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* --- making operations: each copies what it is given --- */

struct op *plan_netns_add(struct plan *plan, const char *ns, int word);
struct op *plan_netns_del(struct plan *plan, const char *ns, int word);
struct op *plan_netns_adopt(struct plan *plan, const char *ns, const char *path, int word);
/* The caller fills in the ends: what stands there is kind and, of END, ns and name. */
struct op *plan_link_add(struct plan *plan, const char *ns, const char *name,
			 const char *kind, int word);
struct op *plan_link_del(struct plan *plan, const char *ns, const char *name, int word);
/* The same for a link whose other end is in PEER_NS: it need not go by itself where both namespaces
 * go. One without another end has it in its own. */
struct op *plan_cable_del(struct plan *plan, const char *ns, const char *name,
			  const char *peer_ns, int word);
/* The caller sets what is to change. */
struct op *plan_link_set(struct plan *plan, const char *ns, const char *name, int word);
struct op *plan_link_up(struct plan *plan, const char *ns, const char *name, bool up,
			int word);
/* One more change of what plan_link_set() returned. */
void plan_link_setting(struct op *op, enum link_setting which, unsigned value);
/* Changes what LINK has set otherwise than a new one of its kind, made with the MTU (0: the
 * usual); nothing where it has all as usual. */
void plan_unusual_settings(struct plan *plan, const char *ns, const struct link *link,
			   unsigned mtu);
struct op *plan_addr_add(struct plan *plan, const char *ns, const char *link,
			 const struct cidr *cidr, int word);
struct op *plan_addr_del(struct plan *plan, const char *ns, const char *link,
			 const struct cidr *cidr, int word);
struct op *plan_route_add(struct plan *plan, const char *ns, const struct route *route,
			  int word);
struct op *plan_route_del(struct plan *plan, const char *ns, const struct route *route,
			  int word);
struct op *plan_neigh_add(struct plan *plan, const char *ns, const struct neigh *neigh,
			  int word);
struct op *plan_neigh_del(struct plan *plan, const char *ns, const struct neigh *neigh,
			  int word);
struct op *plan_sysctl(struct plan *plan, const char *ns, const char *key,
		       const char *value, int word);
struct op *plan_nft_add(struct plan *plan, const char *ns, const struct nft_rule *rule,
			int word);
struct op *plan_nft_del(struct plan *plan, const char *ns, const struct nft_rule *rule,
			int word);
/* All links of NSH_GROUP in one message; there must be at least one, and lo not among them. */
struct op *plan_link_clear(struct plan *plan, const char *ns, int word);
struct op *plan_nft_clear(struct plan *plan, const char *ns, int word);

/* --- what becomes of a plan --- */

/*
 * Carries the operations out, one after the other, and applies each to the world. The
 * inverse of each, from the state read just before, is put in front of UNDO's operations, so
 * that UNDO run from first to last takes all back. On failure what was done is still done
 * and in UNDO, as is what the kernel may have done of a change to a link that failed; ERR blames
 * the word of the operation that failed.
 */
int plan_run(const struct plan *plan, struct world *world, struct plan *undo,
	     struct error *err);

/*
 * In a world that simulates: puts what takes the plan back in front of UNDO, and leaves the world as
 * the plan would. -1 with the error where something cannot be taken back.
 */
int plan_imagine(const struct plan *plan, struct world *world, struct plan *undo,
		 struct error *err);

/*
 * What the plan would destroy that undo does not bring back, a sentence each: processes in a
 * namespace, kinds of links, routes and rules that nsh does not know. From the state now.
 */
void plan_lost(const struct plan *plan, struct world *world, struct strings *sentences);

/*
 * Has the kernel validate what the plan adds to nf_tables, in batches that are never committed;
 * where the rule's namespace is only planned, in host's. Nothing where there is no kernel.
 */
int plan_check(const struct plan *plan, struct world *world, struct error *err);

/* Applies an operation, or all, to the world without running it. */
void op_apply(const struct op *op, struct world *world);
void plan_apply(const struct plan *plan, struct world *world);

/*
 * The `ip`, `nft` and `sysctl` lines that do the same, one a line, for a root shell. WORLD is
 * the state before the plan and simulates; afterwards it is the state that the plan leads to.
 */
void plan_explain(const struct plan *plan, struct world *world, struct buf *text);

/* The same for one operation; the world stays as it is. */
void op_explain(const struct op *op, struct world *world, struct buf *text);

/*
 * Carries out what plan_run() has put together to take a plan back. It goes on after a failure,
 * to take back as much as can be: -1 with the first one. REDO, if not NULL, gets what leads to
 * where it began, in front.
 */
int undo_run(const struct plan *undo, struct world *world, struct plan *redo,
	     struct error *err);

#endif
