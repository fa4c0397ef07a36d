/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/netlink.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/trace.h"

/* How often a dump is taken again before nsh gives up on a system that never holds still. */
#define DUMP_TRIES 50

/* Enough for the acknowledgements and echoes of a large nf_tables batch. */
#define RECEIVE_ROOM (4 * 1024 * 1024)

struct nlsock {
	int fd;
	int bus;
	uint32_t id;
	bool strict; /* NETLINK_GET_STRICT_CHK is on */
	char *name; /* of its namespace; NULL: nobody has said */
	uint32_t seq;
	int send_room; /* SO_SNDBUF as far as it was raised, 0: as it came */
};

/*
 * The kernel fills datagrams of up to 32 KiB where the reader's buffer takes as much. One
 * buffer does for all sockets: nsh has one thread, and callbacks do not receive.
 */
static char buffer[64 * 1024] __attribute__((aligned(NLMSG_ALIGNTO)));

/* Walks over the messages of a datagram: LEFT bytes behind AT. */
static bool message_ok(const struct nlmsghdr *at, size_t left)
{
	return left >= sizeof(*at) && at->nlmsg_len >= sizeof(*at) && at->nlmsg_len <= left;
}

static const struct nlmsghdr *message_next(const struct nlmsghdr *at, size_t *left)
{
	size_t step = NLMSG_ALIGN((size_t)at->nlmsg_len);

	*left = step < *left ? *left - step : 0;
	return (const void *)((const char *)at + step);
}

static uint32_t last_id;

struct nlsock *nlsock_open(int bus, struct error *err)
{
	cleanup_close int fd = -1;
	const int on = 1;
	struct nlsock *sock;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, bus);
	if (fd < 0) {
		bool unknown = errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT;

		error_errno(err, unknown ? STATUS_UNSUPPORTED : STATUS_FAILED, -1, errno,
			    "cannot open a netlink socket%s",
			    bus == NETLINK_NETFILTER ? " for netfilter" : "");
		return NULL;
	}
	/* Best effort: kernels before 4.12 do without. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	if (bus == NETLINK_NETFILTER) {
		const int room = RECEIVE_ROOM;

		/* A failed request is not to come back whole. */
		setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
		/* FORCE needs the privilege on the machine itself; a sandbox has it not. */
		if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) < 0)
			setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	}
	sock = xcalloc(1, sizeof(*sock));
	sock->fd = steal_fd(&fd);
	sock->bus = bus;
	sock->id = ++last_id;
	return sock;
}

void nlsock_close(struct nlsock *sock)
{
	if (!sock)
		return;
	close(sock->fd);
	free(sock->name);
	free(sock);
}

void nlsock_set_name(struct nlsock *sock, const char *ns)
{
	free(sock->name);
	sock->name = xstrdup(ns);
}

static FILE *trace_to;

void nlsock_trace(FILE *to)
{
	trace_to = to;
}

/* Prints what of LENGTH bytes of messages changes something. */
static void trace(const struct nlsock *sock, const void *bytes, size_t length)
{
	struct buf text cleanup_buf = { 0 };
	const struct nlmsghdr *message = bytes;

	for (; message_ok(message, length); message = message_next(message, &length))
		if (trace_is_change(sock->bus, message))
			trace_message(sock->bus, sock->name ? sock->name : "?", message,
				      length, &text);
	fputs(buf_str(&text), trace_to);
}

int nlsock_fd(const struct nlsock *sock)
{
	return sock->fd;
}

uint32_t nlsock_id(const struct nlsock *sock)
{
	return sock->id;
}

uint32_t nlsock_next_seq(struct nlsock *sock)
{
	/* 0 is what messages carry that answer nobody. */
	if (++sock->seq == 0)
		sock->seq = 1;
	return sock->seq;
}

static int fail(struct nl_error *answer, int number, const char *text)
{
	answer->number = number;
	answer->offset = 0;
	str_copy(answer->text, sizeof(answer->text), text);
	return -1;
}

/* Reads the extended ACK's attributes, SKIP bytes into the payload of MESSAGE. */
static void read_extended_ack(const struct nlmsghdr *message, size_t skip,
			      struct nl_error *answer)
{
	size_t length = mnl_nlmsg_get_payload_len(message);
	const char *at = (const char *)mnl_nlmsg_get_payload(message) + skip;
	size_t left = length > skip ? length - skip : 0;

	while (left >= sizeof(struct nlattr)) {
		struct nlattr attr;
		size_t size, step;
		const char *value = at + sizeof(attr);

		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < sizeof(attr) || attr.nla_len > left)
			return;
		size = attr.nla_len - sizeof(attr);
		switch (attr.nla_type & NLA_TYPE_MASK) {
		case NLMSGERR_ATTR_MSG:
			/* The kernel ends it with a NUL; trust the length only. */
			if (size >= sizeof(answer->text))
				size = sizeof(answer->text) - 1;
			memcpy(answer->text, value, size);
			answer->text[size] = '\0';
			break;
		case NLMSGERR_ATTR_OFFS:
			if (size >= sizeof(answer->offset))
				memcpy(&answer->offset, value, sizeof(answer->offset));
			break;
		}
		step = NLMSG_ALIGN(attr.nla_len);
		if (step >= left)
			return;
		at += step;
		left -= step;
	}
}

/* What the kernel says in place of an errno: 0 or its negative, down to its MAX_ERRNO. */
static int errno_of(int error)
{
	return error <= 0 && error >= -4095 ? -error : EBADMSG;
}

/* NLMSG_ERROR: errno, the header of the request (with its payload where that was not
 * capped), then the extended ACK. */
static void read_ack(const struct nlmsghdr *message, struct nl_error *answer)
{
	size_t length = mnl_nlmsg_get_payload_len(message);
	struct nlmsgerr ack;
	size_t skip = sizeof(ack);

	memset(answer, 0, sizeof(*answer));
	if (length < sizeof(ack)) {
		answer->number = EBADMSG;
		return;
	}
	memcpy(&ack, mnl_nlmsg_get_payload(message), sizeof(ack));
	answer->number = errno_of(ack.error);
	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(message->nlmsg_flags & NLM_F_CAPPED)) {
		size_t echoed = NLMSG_ALIGN((size_t)ack.msg.nlmsg_len);

		if (echoed > sizeof(ack.msg))
			skip += echoed - sizeof(ack.msg);
	}
	read_extended_ack(message, skip, answer);
}

/* NLMSG_DONE: errno of the dump, then the extended ACK. */
static void read_done(const struct nlmsghdr *message, struct nl_error *answer)
{
	int number = 0;

	memset(answer, 0, sizeof(*answer));
	if (mnl_nlmsg_get_payload_len(message) >= sizeof(number))
		memcpy(&number, mnl_nlmsg_get_payload(message), sizeof(number));
	answer->number = number < 0 ? errno_of(number) : 0;
	if (message->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extended_ack(message, sizeof(number), answer);
}

/* Returns 0 or an errno. */
static int send_all(struct nlsock *sock, const void *bytes, size_t length)
{
	const struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	ssize_t sent;

	if (trace_to)
		trace(sock, bytes, length);
	do {
		sent = sendto(sock->fd, bytes, length, 0, (const struct sockaddr *)&to,
			      sizeof(to));
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? errno : 0;
}

/* Receives one datagram of the kernel's into BUFFER. Returns its length, or -1 with errno. */
static ssize_t receive(struct nlsock *sock, int flags)
{
	for (;;) {
		struct sockaddr_nl from = { 0 };
		struct iovec room = { .iov_base = buffer, .iov_len = sizeof(buffer) };
		struct msghdr header = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &room,
			.msg_iovlen = 1,
		};
		ssize_t length = recvmsg(sock->fd, &header, flags);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return -1;
		if (header.msg_namelen == sizeof(from) && from.nl_pid != 0)
			continue; /* not from the kernel */
		if (header.msg_flags & MSG_TRUNC) {
			errno = EMSGSIZE;
			return -1;
		}
		return length;
	}
}

/* Gives a message to CB. Returns 0, or the errno of its failure. */
static int feed(mnl_cb_t cb, void *data, const struct nlmsghdr *message)
{
	if (!cb)
		return 0;
	errno = 0;
	if (cb(message, data) >= MNL_CB_STOP)
		return 0;
	return errno ? errno : EBADMSG;
}

/* What only looks is to be checked strictly, or a dump would not be filtered. Who only writes,
 * as to most of many namespaces, saves the call. Kernels before 4.20 do without. */
static void be_strict(struct nlsock *sock)
{
	const int on = 1;

	if (!sock->strict)
		setsockopt(sock->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	sock->strict = true;
}

/* RTM_GET*: rtnetlink(7)'s types come in fours, NEW, DEL, GET, SET. */
static bool is_question(const struct nlsock *sock, const struct nlmsghdr *request)
{
	return sock->bus != NETLINK_NETFILTER && (request->nlmsg_type & 3) == 2;
}

/* Up to the acknowledgement, or to a message where NLM_F_ACK did not ask for one. */
static int exchange(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb, void *data,
		    struct nl_error *answer)
{
	int trouble = 0, flags = 0, number;

	memset(answer, 0, sizeof(*answer));
	request->nlmsg_seq = nlsock_next_seq(sock);
	number = send_all(sock, request, request->nlmsg_len);
	if (number)
		return fail(answer, number, "");
	for (;;) {
		ssize_t length = receive(sock, flags);
		const struct nlmsghdr *message = (const void *)buffer;
		size_t left = (size_t)length;

		if (length < 0 && errno == ENOBUFS && !flags) {
			/* Something was lost, perhaps not the acknowledgement. What there
			 * is has arrived already: the kernel answers before it returns. */
			flags = MSG_DONTWAIT;
			continue;
		}
		if (length < 0)
			return fail(answer, errno == EAGAIN ? ENOBUFS : errno,
				    errno == EAGAIN ? "the kernel's answer was lost" : "");
		for (; message_ok(message, left); message = message_next(message, &left)) {
			if (message->nlmsg_seq != request->nlmsg_seq)
				continue;
			if (message->nlmsg_type == NLMSG_ERROR) {
				read_ack(message, answer);
				if (!answer->number && trouble)
					fail(answer, trouble, "");
				return answer->number ? -1 : 0;
			}
			if (message->nlmsg_type >= NLMSG_MIN_TYPE && !trouble)
				trouble = feed(cb, data, message);
			if (!(request->nlmsg_flags & NLM_F_ACK))
				return trouble ? fail(answer, trouble, "") : 0;
		}
	}
}

int nlsock_request(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb, void *data,
		   struct nl_error *answer)
{
	if (is_question(sock, request))
		be_strict(sock);
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	return exchange(sock, request, cb, data, answer);
}

int nlsock_ask(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb, void *data,
	       struct nl_error *answer)
{
	request->nlmsg_flags |= NLM_F_REQUEST;
	return exchange(sock, request, cb, data, answer);
}

enum dump_end {
	DUMP_WHOLE,
	DUMP_AGAIN,
	DUMP_FAILED,
};

/* One try. The rest of a dump is always received: the socket could start no other before. */
static enum dump_end dump_once(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb,
			       void *data, struct nl_error *answer)
{
	int trouble = 0, number;
	bool again = false;

	request->nlmsg_seq = nlsock_next_seq(sock);
	number = send_all(sock, request, request->nlmsg_len);
	if (number) {
		fail(answer, number, "");
		return DUMP_FAILED;
	}
	for (;;) {
		ssize_t length = receive(sock, 0);
		const struct nlmsghdr *message = (const void *)buffer;
		size_t left = (size_t)length;

		if (length < 0 && errno == ENOBUFS) {
			again = true;
			continue;
		}
		if (length < 0 && errno == EMSGSIZE) {
			trouble = EMSGSIZE;
			continue;
		}
		if (length < 0) {
			fail(answer, errno, "");
			return DUMP_FAILED;
		}
		for (; message_ok(message, left); message = message_next(message, &left)) {
			if (message->nlmsg_seq != request->nlmsg_seq)
				continue;
			if (message->nlmsg_flags & NLM_F_DUMP_INTR)
				again = true;
			if (message->nlmsg_type == NLMSG_ERROR) {
				read_ack(message, answer);
				if (!answer->number)
					continue; /* an acknowledgement, not the end */
				return DUMP_FAILED;
			}
			if (message->nlmsg_type == NLMSG_DONE) {
				read_done(message, answer);
				if (again || answer->number == EINTR)
					return DUMP_AGAIN;
				if (!answer->number && trouble)
					fail(answer, trouble, "");
				return answer->number ? DUMP_FAILED : DUMP_WHOLE;
			}
			if (message->nlmsg_type >= NLMSG_MIN_TYPE && !trouble && !again)
				trouble = feed(cb, data, message);
		}
	}
}

int nlsock_dump(struct nlsock *sock, struct nlmsghdr *request, mnl_cb_t cb, void *data,
		void (*start)(void *data), struct nl_error *answer)
{
	be_strict(sock);
	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	for (int try = 0; try < DUMP_TRIES; try++) {
		memset(answer, 0, sizeof(*answer));
		if (start)
			start(data);
		switch (dump_once(sock, request, cb, data, answer)) {
		case DUMP_WHOLE:
			return 0;
		case DUMP_FAILED:
			return -1;
		case DUMP_AGAIN:
			break;
		}
	}
	return fail(answer, EAGAIN, "it changes faster than it can be read");
}

/* Whether each message that asks for an acknowledgement, counted from FIRST, is in SEEN. */
static bool acks_missing(const void *bytes, size_t length, uint32_t first, unsigned count,
			 const bool *seen)
{
	const struct nlmsghdr *message = bytes;

	for (; message_ok(message, length); message = message_next(message, &length)) {
		uint32_t number = message->nlmsg_seq - first;

		if ((message->nlmsg_flags & NLM_F_ACK) && number < count && !seen[number])
			return true;
	}
	return false;
}

int nlsock_batch(struct nlsock *sock, const void *bytes, size_t length, uint32_t first,
		 unsigned count, mnl_cb_t cb, void *data, struct nl_error *answer,
		 uint32_t *failed)
{
	cleanup_free bool *seen = xcalloc(count ? count : 1, sizeof(*seen));
	int number, trouble = 0;
	bool refused = false, lost = false;

	memset(answer, 0, sizeof(*answer));
	*failed = 0;
	/* A datagram must fit the send buffer; the kernel doubles what it is asked for. */
	if (length > 64 * 1024 && (size_t)sock->send_room < length && length < INT32_MAX / 2) {
		const int room = (int)length;

		if (setsockopt(sock->fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
			setsockopt(sock->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
		sock->send_room = room;
	}
	number = send_all(sock, bytes, length);
	if (number)
		return fail(answer, number,
			    number == EMSGSIZE ? "too many changes for one batch" : "");
	/*
	 * The kernel has worked through the batch and queued all its answers when the send
	 * returns: those that are there are all. Not each message asks for one, but each
	 * that fails gets one.
	 */
	for (;;) {
		ssize_t got = receive(sock, MSG_DONTWAIT);
		const struct nlmsghdr *message = (const void *)buffer;
		size_t left = (size_t)got;

		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (got < 0 && (errno == ENOBUFS || errno == EMSGSIZE)) {
			lost = true;
			continue;
		}
		if (got < 0)
			return fail(answer, errno, "");
		for (; message_ok(message, left); message = message_next(message, &left)) {
			uint32_t which = message->nlmsg_seq - first;

			if (which >= count)
				continue;
			if (message->nlmsg_type == NLMSG_ERROR) {
				struct nl_error one;

				read_ack(message, &one);
				seen[which] = true;
				if (one.number && !refused) {
					refused = true;
					*answer = one;
					*failed = message->nlmsg_seq;
				}
			} else if (message->nlmsg_type >= NLMSG_MIN_TYPE && !trouble) {
				trouble = feed(cb, data, message);
			}
		}
	}
	if (refused)
		return -1;
	if (acks_missing(bytes, length, first, count, seen))
		return fail(answer, lost ? ENOBUFS : EPROTO, "the kernel's answer was lost");
	if (trouble)
		return fail(answer, trouble, "");
	return 0;
}

const char *nl_error_text(const struct nl_error *answer)
{
	return answer->text[0] ? answer->text : strerror(answer->number);
}

int nl_error_set(struct error *err, const struct nl_error *answer, const char *what)
{
	enum status status = STATUS_FAILED;

	/* What the kernel does not know: a kind of link, a family, nf_tables itself. */
	if (answer->number == EOPNOTSUPP || answer->number == EAFNOSUPPORT ||
	    answer->number == EPROTONOSUPPORT)
		status = STATUS_UNSUPPORTED;
	error_set(err, status, -1, "%s: %s", what, nl_error_text(answer));
	err->number = answer->number;
	return -1;
}
