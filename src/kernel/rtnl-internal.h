/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_RTNL_INTERNAL_H
#define NSH_KERNEL_RTNL_INTERNAL_H

#include "kernel/model.h"
#include "kernel/netlink.h"

/* What the readers rtnl_*.c, extra*.c and diag.c share; nobody else includes this. */

/* With strict checking a dump's request carries the header of its own kind, the rest
 * zero. */
struct request {
	union {
		struct nlmsghdr header;
		char bytes[512];
	};
};

/* An empty request with its header of HEADER bytes, which is returned. */
void *request_init(struct request *request, uint16_t type, size_t header);
/* What a callback returns of a message that makes no sense. */
int malformed(void);
/* The link's name; of one that came after LINKS was read "if12", as ip(8) says; of 0 "".
 */
void name_of(const link_list *links, int index, char name[IFNAMSIZ]);

#endif
