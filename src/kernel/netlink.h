/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_NETLINK_H
#define NSH_KERNEL_NETLINK_H

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* What the kernel answered to one request. */
struct nl_error {
	int number;	 /* errno, 0: done */
	char text[160];	 /* the extended ACK's sentence, "" where the kernel gave none */
	uint32_t offset; /* byte of the request that it complains about, 0: not told */
};

/* One netlink socket, which belongs to the namespace that it was opened in. */
struct nlsock;

/*
 * Opens a socket of family BUS (NETLINK_ROUTE, NETLINK_NETFILTER, ...) in the namespace that
 * the calling thread is in, close-on-exec, with extended ACKs and strict checking of questions
 * where the kernel has them. Returns NULL with the error set (STATUS_UNSUPPORTED
 * where the kernel has no such family). A callback given to the functions below must not
 * use any netlink socket itself: there is one receive buffer. An EINTR never shows.
 */
struct nlsock *nlsock_open(int bus, struct error *err);
void nlsock_close(struct nlsock *sock);
int nlsock_fd(const struct nlsock *sock);
/* What tells it from any other that this process has or had; from 1. */
uint32_t nlsock_id(const struct nlsock *sock);
uint32_t nlsock_next_seq(struct nlsock *sock);
/* The namespace that it is in, for nlsock_trace(). Copied. */
void nlsock_set_name(struct nlsock *sock, const char *ns);

/* From now on each message that changes something is printed to TO before it is sent, decoded
 * (kernel/trace.h); NULL: no longer. */
void nlsock_trace(FILE *to);

/*
 * Sends one request (NLM_F_REQUEST | NLM_F_ACK are added, the sequence number is set) and
 * waits for its acknowledgement. Messages that come before it, if any, go to CB (may be
 * NULL), which returns MNL_CB_OK, or MNL_CB_ERROR with errno to fail the request. Returns 0,
 * or -1 with *ANSWER telling what the kernel said; a text may come with success too, as a
 * warning. ENOBUFS: the answer was lost, what was asked for may be done or not.
 */
int nlsock_request(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb, void *data,
		   struct nl_error *answer);

/*
 * The same for a question that the kernel answers with one message, or with an error: no
 * acknowledgement is asked for, which saves a datagram.
 */
int nlsock_ask(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb, void *data,
	       struct nl_error *answer);

/*
 * Sends a request for a dump (NLM_F_DUMP is added) and feeds each message to CB. A dump that
 * the kernel says was interrupted by a change is taken again, up to some tens of times (then
 * EAGAIN): START (may be NULL) is called before each try, the first too, so that what was
 * gathered can be thrown away. After a failure what was gathered is good for nothing.
 */
int nlsock_dump(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb, void *data,
		void (*start)(void *data), struct nl_error *answer);

/*
 * Sends LENGTH bytes of several messages in one datagram (an nf_tables batch, with its begin
 * and end) that have the COUNT sequence numbers from FIRST. Those with NLM_F_ACK are to be
 * acknowledged, one is enough; failures come in any case. The first failure is reported with its
 * sequence number in *FAILED (that of the begin: the batch as a whole). Other messages with
 * these numbers, echoes, go to CB (may be NULL). EMSGSIZE: too long for one datagram.
 */
int nlsock_batch(struct nlsock *sock, const void *bytes, size_t length, uint32_t first,
		 unsigned count, mnl_cb_t cb, void *data, struct nl_error *answer,
		 uint32_t *failed);

/*
 * Sets ERR from ANSWER: "WHAT: the kernel's own text". What this kernel does not have
 * (EOPNOTSUPP and the like: an unknown kind of link, nf_tables) is STATUS_UNSUPPORTED. Returns -1.
 */
int nl_error_set(struct error *err, const struct nl_error *answer, const char *what);

/* The kernel's own text, or the errno's where it gave none. Borrowed. */
const char *nl_error_text(const struct nl_error *answer);

#endif
