/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_ICMP_H
#define NSH_KERNEL_ICMP_H

#include <time.h> /* before linux/errqueue.h */

#include <linux/errqueue.h>

#include "kernel/traffic.h"

/* What ping_run() needs of ICMP (RFC 792) and ICMPv6 (RFC 4443). */

/* The Internet checksum (RFC 1071), as it goes into the header; 0 over what is intact. */
uint16_t icmp_checksum(const uint8_t *bytes, size_t length);

/* An ICMP error of a socket's error queue, in the words of ping(8). Returns TEXT. */
#define ICMP_TEXT 96
const char *icmp_error_text(const struct sock_extended_err *ee, char text[ICMP_TEXT]);

/*
 * Opens a socket in NS that gets echo replies, with an error queue, for the target, the
 * link and the TTL of OPTIONS. *RAW tells whether it is a raw socket (IPv4 then comes
 * with its header) or a ping socket, which chooses the identifier itself. The caller
 * closes *FD.
 */
int icmp_open(struct kernel *kernel, const char *ns, const struct ping_options *options,
	      int *fd, bool *raw, struct error *err);

#endif
