/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_OP_H
#define NSH_PLAN_OP_H

#include "kernel/kernel.h"
#include "kernel/rtnl.h"
#include "plan/plan.h"

/* What each kind of operation knows to do with itself; one file per noun, op_*.c. */
struct op_class {
	/* Builds the messages and sends them. ERR blames op->word. */
	int (*run)(const struct op *op, struct kernel *kernel, struct error *err);
	/* Changes the world as running it has, or would have, changed it. */
	void (*apply)(const struct op *op, struct world *world);
	/* Adds to UNDO, in order, what takes it back; the world is still as it was before. */
	int (*invert)(const struct op *op, struct world *world, struct plan *undo,
		      struct error *err);
	/* Adds the lines for a root shell; the world is as before. */
	void (*explain)(const struct op *op, struct world *world, struct buf *text);
	/* Frees what it holds beside op->ns; NULL where that is nothing. */
	void (*clear)(struct op *op);
};

extern const struct op_class op_netns_add, op_netns_del, op_netns_adopt;
extern const struct op_class op_link_add, op_link_del, op_link_set;
extern const struct op_class op_addr_add, op_addr_del;
extern const struct op_class op_route_add, op_route_del;
extern const struct op_class op_neigh_add, op_neigh_del;
extern const struct op_class op_sysctl;
extern const struct op_class op_nft_add, op_nft_del;
extern const struct op_class op_link_clear, op_nft_clear;

/* For plan_check(): the rule of an OP_NFT_ADD. */
int op_nft_check(const struct op *op, struct world *world, struct error *err);

/* Whether it only takes something away. */
bool op_is_deletion(enum op_kind kind);
int op_run(const struct op *op, struct kernel *kernel, struct error *err);

/* A new operation at the end of the plan, zeroed but for these. Good until the next one. */
struct op *plan_op(struct plan *plan, enum op_kind kind, const char *ns, int word);

/* The rtnetlink socket of the operation's namespace. */
struct nlsock *op_rtnl(const struct op *op, struct kernel *kernel, struct error *err);
/* The same of kernel_rtnl_early(). */
struct nlsock *op_rtnl_early(const struct op *op, struct kernel *kernel, struct error *err);
/* The number of link NAME in the namespace of SOCK now (kernel/link_number.h). */
int op_link_index(const struct op *op, struct nlsock *sock, const char *name, int *index,
		  struct error *err);
/*
 * Sets ERR to what the kernel answered: WHAT (a sentence without end) and the kernel's own
 * text. One that is lenient takes what is there already, or, where
 * it deletes, what is gone, for done: returns 0 then.
 */
int op_failed(const struct op *op, const struct nl_error *answer, struct error *err,
	      const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The operation's namespace with PARTS loaded if it simulates, else with what is loaded; NULL
 * where there is none. */
struct ns *op_ns(struct world *world, const char *name, unsigned parts);

/* The scope (RT_SCOPE_*) that an address has unless another is said. */
uint8_t addr_scope(const struct ip *ip);
/* Adds the route that the kernel adds by itself with an address: to its network, by its link. */
void apply_connected(struct ns *ns, const struct addr *addr);

/* BEFORE, then WORD as one word of a shell, in quotes where it needs them. */
void explain_word(struct buf *text, const char *before, const char *word);
/* The same for an interface behind "link set" and the like: with KEYWORD ("dev" or "name")
 * before it where ip(8) would take it for one of its own words. */
void explain_link(struct buf *text, const char *before, const char *keyword,
		  const char *name);
/* "ip " or "ip -n red ". */
void explain_ip(struct buf *text, const char *ns);
/* "" or "ip netns exec red ". */
void explain_in(struct buf *text, const char *ns);

/*
 * What makes a link again as it is now: the link with its other end, masters, addresses,
 * neighbours and routes; for a bridge also its ports. Used to invert a deletion.
 */
int restore_link(struct world *world, struct ns *ns, const struct link *link,
		 struct plan *undo, struct error *err);
/* The same without the ports of a bridge, where these are made again too and know their bridge. */
int restore_link_alone(struct world *world, struct ns *ns, const struct link *link,
		       struct plan *undo, struct error *err);
/* The addresses, permanent neighbours and routes of a link that stays. */
int restore_on_link(struct world *world, struct ns *ns, const struct link *link,
		    struct plan *undo, struct error *err);
/* The same of one address family; 0: of both. */
int restore_family_on_link(struct world *world, struct ns *ns, const struct link *link,
			   uint8_t family, struct plan *undo, struct error *err);
/* Whether nsh makes links of that kind: what restore_link() leaves out otherwise. */
bool can_restore(const struct link *link);
/*
 * Plans namespace NS itself, with its lo as it is: never up, as ip(8) leaves it, or set down
 * again, which leaves it 127.0.0.1.
 */
void restore_netns(const struct ns *ns, struct plan *plan);
/*
 * Settings of NS that nsh knows of, where they are not those of a new namespace: that has the
 * machine's own or the kernel's. FORWARDS: it forwards as the machine does, as one that nsh did not
 * make; else not. ALL: those too that change no interface.
 */
void restore_sysctls(struct world *world, const struct ns *ns, bool forwards, bool all,
		     struct plan *plan);
/* An address as it is, without the route to its network where somebody has taken that away. */
void restore_addr(const struct ns *ns, const struct addr *addr, struct plan *plan);
/*
 * The address numbered AT of NS->addrs, and what goes with it: the routes that rest on it and, in
 * IPv4, other addresses of its network. All of the link's is put back; what is still there is no
 * error then. First goes what would come to stand before the address otherwise; BEHIND: and all
 * that stands behind it. All but nft must be loaded.
 */
int restore_from_addr(struct world *world, struct ns *ns, const struct link *link, size_t at,
		      bool behind, struct plan *undo, struct error *err);
/* What lo was given that none is born with: a MAC address, further names. */
void restore_lo_own(const struct ns *ns, const struct link *lo, struct plan *plan);
/* That a lo which is up has not the addresses it was born with, where it has not. */
void restore_no_loopback(struct world *world, const struct ns *ns, const struct link *lo,
			 struct plan *plan);
/* Whether nsh makes all of the route, or of the address, from what it knows. */
bool can_restore_route(const struct route *route);
bool can_restore_addr(const struct addr *addr);
/* What the kernel makes by itself, and makes again. */
bool is_kernels_addr(const struct addr *addr, const struct link *link);
bool is_kernels_route(const struct route *route);
/* A route as it is, though its gateway may not be reached any more. All but nft must be loaded. */
void restore_route(const struct ns *ns, const struct route *route, struct plan *plan);
/* The routes of FAMILY (0: of both) on the link, "" those on none. All but nft must be loaded. */
void restore_routes(const struct ns *ns, const char *link, uint8_t family, struct plan *plan);
/*
 * The permanent neighbours of switch BRIDGE ("": none). Unless it was given a MAC address it has that
 * of a port: with one that comes or goes that may change, and then the kernel drops them.
 */
int restore_switch_neighs(struct world *world, const char *ns, const char *bridge,
			  struct plan *undo, struct error *err);
/*
 * The MTU of switch BRIDGE ("": none), which unless it was set is that of its smallest port, while
 * a port's goes from BEFORE to AFTER (0: then it is no port of it); and what is on the switch, where
 * a port too small for IPv6 takes that from it (net/bridge/br_if.c, br_mtu_auto_adjust()).
 */
int restore_switch_mtu(struct world *world, const char *ns, const char *bridge, unsigned before,
		       unsigned after, struct plan *undo, struct error *err);
/*
 * UNDO is whole: what restore_switch_mtu() has put into it goes to its end, for each switch as it was
 * before all that is taken back.
 */
void undo_defer(struct plan *undo);
/* Both: what is a switch's own by its ports, one of which comes or goes. */
int restore_switch(struct world *world, const char *ns, const char *bridge, unsigned before,
		   unsigned after, struct plan *undo, struct error *err);
/* The ports of the switch have changed: what is known of its neighbours is not so any more. */
void switch_changed(struct world *world, struct ns *ns, const char *bridge);
/* The same of the MTU of one, after a change as with restore_switch_mtu(). */
void switch_mtu_changed(struct world *world, struct ns *ns, const char *bridge, unsigned before,
			unsigned after);
/* A whole namespace: itself, its links, what is on them, its sysctls and nft rules. */
int restore_ns(struct world *world, struct ns *ns, struct plan *undo, struct error *err);

#endif
