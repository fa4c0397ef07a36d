/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_CONF_H
#define NSH_KERNEL_CONF_H

#include "kernel/kernel.h"

/*
 * All that stands below /proc/sys/net/ipv?/conf/all and default: settings that hold for a whole
 * namespace, and those that its new interfaces begin with. Netlink tells few of them, and each
 * file costs some ten microseconds.
 */
struct conf {
	char *key;   /* "net/ipv4/conf/all/rp_filter" */
	char *value; /* without its newline; NULL: cannot be read, as before it was set */
};
typedef VECTOR(struct conf) conf_list;

void conf_list_free(conf_list *list);
const char *conf_value(const conf_list *list, const char *key); /* NULL: there is none */

/*
 * Those that a new namespace has: the kernel's own, or host's of the machine
 * (net.core.devconf_inherit_init_net). One is made for it, unless that was done within the last
 * second. Only what can be written; in the order all, default of IPv4, then of IPv6. Borrowed
 * until the next call.
 */
int kernel_conf_of_new(struct kernel *kernel, const conf_list **list, struct error *err);

/* The same of a namespace, replacing what is in the list. */
int kernel_conf(struct kernel *kernel, const char *name, conf_list *list, struct error *err);

#endif
