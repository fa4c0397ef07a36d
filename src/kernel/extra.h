/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_EXTRA_H
#define NSH_KERNEL_EXTRA_H

#include "kernel/model.h"
#include "kernel/netlink.h"

/*
 * What a namespace can have beside what model.h holds: read where all of it is to be
 * told, by "save", in a dump of each kind. As in rtnl.h, LINKS gives the names of
 * interface numbers, what is in the list is replaced, and all return 0, or -1 with
 * *ANSWER.
 */

/* A setting below /proc/sys/DIR/LINK/: "net/ipv4/conf", "red", "rp_filter". */
struct extra_setting {
	char link[IFNAMSIZ];
	const char *dir; /* lives as long as the program */
	const char *key;
	long long value; /* in the unit of the file */
	/* Where the kernel has no usual value of its own: the one that the value follows,
	 * a whole path of /proc/sys; NULL: none. */
	const char *follows;
};
typedef VECTOR(struct extra_setting) extra_setting_list;

/* What a new interface has, of the settings in extra_conf4[] and extra_conf6[]. */
#define EXTRA_CONFS 32
struct extra_usual {
	int four[EXTRA_CONFS], six[EXTRA_CONFS];
};

struct extra_conf {
	uint16_t number; /* IPV4_DEVCONF_*, DEVCONF_* */
	const char *key; /* below net/ipv?/conf/LINK/; NULL: the last one */
	int usual; /* unless somebody has changed net/ipv?/conf/default/ */
	int of_lo; /* where the kernel gives it another one, else the same; below 0: it
		    * gives that to others too, which do no neighbour discovery */
	const char *follows;
};
extern const struct extra_conf extra_conf4[], extra_conf6[];

/*
 * Settings of interfaces that are not USUAL (of lo not BORN, what it has in a new namespace), or, of
 * net/ipv?/neigh, not what a new one would get; and all that follow another. Those of net/ipv?/neigh
 * only if NEIGH: for one namespace the kernel goes through those of all there are.
 */
int extra_settings(struct nlsock *sock, const link_list *links,
		   const struct extra_usual *usual, const struct extra_usual *born, bool neigh,
		   extra_setting_list *settings, struct nl_error *answer);

/* A queueing discipline (tc(8)) that somebody has set: the kernel's own have no handle.
 */
struct extra_qdisc {
	char link[IFNAMSIZ];
	char kind[IFNAMSIZ]; /* "tbf" */
};
typedef VECTOR(struct extra_qdisc) extra_qdisc_list;
int extra_qdiscs(struct nlsock *sock, const link_list *links, extra_qdisc_list *qdiscs,
		 struct nl_error *answer);

#endif
