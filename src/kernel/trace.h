/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_TRACE_H
#define NSH_KERNEL_TRACE_H

#include <linux/netlink.h>
#include <stdbool.h>

#include "base/str.h"

/*
 * Netlink messages that nsh sends, readable: a line for the message, then one for each
 * attribute, indented as they are nested:
 *
 *	red: RTM_NEWADDR (REQUEST ACK EXCL CREATE) inet 192.168.15.1/24 link 2
 *	  IFA_LOCAL 192.168.15.1
 *
 * Rules of nf_tables are shown in libnftnl's words, expression by expression.
 */

/* Whether the message changes something, rather than asks. */
bool trace_is_change(int bus, const struct nlmsghdr *message);
/* Adds a message sent on a socket of family BUS in namespace NS. Whatever is wrong with
 * it shows as such: nothing beyond its LENGTH bytes is read. */
void trace_message(int bus, const char *ns, const struct nlmsghdr *message, size_t length,
		   struct buf *text);

#endif
