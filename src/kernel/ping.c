/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/traffic.h"

#include <errno.h>
#include <limits.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "kernel/icmp.h"

#define SIZE_MOST 65535 /* bytes of data that are tried at all */
#define WINDOW_MOST 65536u /* there are no more sequence numbers on the wire */
#define COOKIE 8 /* random bytes in front of the data */
#define AT_ONCE 64 /* messages read before looking at the clock and for Ctrl-C */
#define NS_PER_MS 1000000LL

/* The same in ICMP (RFC 792) and ICMPv6 (RFC 4443). */
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
};

struct probe {
	long long at; /* when it was sent: nanoseconds of the monotonic clock */
	enum { PROBE_WAITS, PROBE_LATE, PROBE_ERROR, PROBE_ANSWERED } state;
};

struct ping {
	const struct ping_options *options;
	void (*seen)(const struct ping_event *event, void *data);
	void *data;
	struct ping_result *result;

	int fd;
	bool six;
	bool raw; /* else a ping socket: the kernel chooses the identifier */
	bool group; /* broadcast or multicast: several may answer */
	uint16_t id;
	struct sockaddr_storage to;
	socklen_t to_length;

	uint8_t *packet; /* what is sent */
	size_t length;
	uint8_t *answer; /* room for what comes */
	size_t room;

	struct probe *probes; /* of the last WINDOW sequence numbers */
	unsigned window;
	unsigned oldest; /* the first that is still waited for; sent + 1: none */
	double total; /* ms */
};

static void ping_free(struct ping *ping)
{
	if (ping->fd >= 0)
		close(ping->fd);
	free(ping->packet);
	free(ping->answer);
	free(ping->probes);
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 * NS_PER_MS + now.tv_nsec;
}

static struct probe *probe_of(struct ping *ping, unsigned sequence)
{
	return &ping->probes[(sequence - 1) % ping->window];
}

static void tell(struct ping *ping, struct ping_event *event)
{
	if (event->kind == PING_FAILED || event->kind == PING_UNREACHABLE)
		ping->result->errors++;
	if (ping->seen)
		ping->seen(event, ping->data);
}

/*
 * The sequence number of a message of TYPE that is this ping's, 0 for anything else. At
 * most COMPARE bytes of its data must be those that were sent.
 */
static unsigned sequence_of(const struct ping *ping, uint8_t type, const uint8_t *bytes,
			    size_t length, size_t compare)
{
	unsigned sent = ping->result->sent, behind;
	struct echo echo;

	if (length < sizeof(echo))
		return 0;
	memcpy(&echo, bytes, sizeof(echo));
	length -= sizeof(echo);
	if (compare > length)
		compare = length;
	if (compare > ping->options->size)
		compare = ping->options->size;
	if (echo.type != type || echo.code != 0 || (ping->raw && echo.id != ping->id) ||
	    memcmp(bytes + sizeof(echo), ping->packet + sizeof(echo), compare) != 0)
		return 0;
	/* Sixteen bits are on the wire: the latest one that they can mean. */
	behind = (uint16_t)(sent - ntohs(echo.sequence));
	return behind < sent && behind < ping->window ? sent - behind : 0;
}

/* --- answers --- */

static unsigned hop_limit(struct msghdr *message)
{
	int limit = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c))
		if (((c->cmsg_level == SOL_IP && c->cmsg_type == IP_TTL) ||
		     (c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)) &&
		    c->cmsg_len >= CMSG_LEN(sizeof(limit)))
			memcpy(&limit, CMSG_DATA(c), sizeof(limit));
	return limit > 0 ? (unsigned)limit : 0;
}

static void count_reply(struct ping_result *result, double *total, double ms)
{
	result->received++;
	*total += ms;
	if (result->received == 1 || ms < result->min)
		result->min = ms;
	if (ms > result->max)
		result->max = ms;
	result->average = *total / result->received;
}

static void take_reply(struct ping *ping, struct msghdr *message, size_t length)
{
	struct ping_event event = { .kind = PING_REPLY };
	const uint8_t *bytes = ping->answer;
	struct probe *probe;

	/* Only a raw IPv4 socket gives the IP header too. */
	if (ping->raw && !ping->six) {
		size_t header = length ? (bytes[0] & 0x0fu) * 4u : 0;

		if (header < 20 || header > length)
			return;
		bytes += header;
		length -= header;
		if (icmp_checksum(bytes, length) != 0)
			return; /* nobody has looked at it before us */
	}
	if (length != ping->length)
		return;
	event.sequence = sequence_of(ping, ping->six ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY,
				     bytes, length, length);
	if (!event.sequence)
		return;
	probe = probe_of(ping, event.sequence);
	if (probe->state == PROBE_ANSWERED && !ping->group)
		return; /* a duplicate */
	event.from = ip_from_sockaddr(message->msg_name);
	event.ms = (double)(now_ns() - probe->at) / NS_PER_MS;
	event.ttl = hop_limit(message);
	event.bytes = (unsigned)length;
	if (probe->state != PROBE_ANSWERED)
		count_reply(ping->result, &ping->total, event.ms);
	probe->state = PROBE_ANSWERED;
	tell(ping, &event);
}

/* One message of the socket or, with MSG_ERRQUEUE, of its error queue. */
static ssize_t receive(struct ping *ping, struct msghdr *message, void *control,
		       size_t room, struct sockaddr_storage *from, int flags)
{
	struct iovec part = { .iov_base = ping->answer, .iov_len = ping->room };
	ssize_t got;

	memset(from, 0, sizeof(*from));
	*message = (struct msghdr){
		.msg_name = from,
		.msg_namelen = sizeof(*from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = room,
	};
	got = recvmsg(ping->fd, message, flags | MSG_DONTWAIT);
	message->msg_iov = NULL;
	return got;
}

static void read_replies(struct ping *ping)
{
	_Alignas(struct cmsghdr) char control[256];
	struct sockaddr_storage from;
	struct msghdr message;

	for (int i = 0; i < AT_ONCE; i++) {
		ssize_t got = receive(ping, &message, control, sizeof(control), &from, 0);

		if (got >= 0)
			take_reply(ping, &message, (size_t)got);
		else if (errno == EAGAIN)
			return;
		/* Any other is that of a message in the error queue. */
	}
}

/* --- errors --- */

static void take_error(struct ping *ping, const struct cmsghdr *c, size_t length)
{
	/* The kernel puts the address of who complains right behind the error. */
	struct {
		struct sock_extended_err ee;
		struct sockaddr_in6 offender;
	} said = { 0 };
	uint8_t type = ping->six ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	struct ping_event event = { .kind = PING_UNREACHABLE };
	size_t have = c->cmsg_len - CMSG_LEN(0);
	struct probe *probe;
	char text[ICMP_TEXT];

	if (have < sizeof(said.ee))
		return;
	memcpy(&said, CMSG_DATA(c), have < sizeof(said) ? have : sizeof(said));
	/* A local one came back from the send as well. */
	if (said.ee.ee_origin != SO_EE_ORIGIN_ICMP &&
	    said.ee.ee_origin != SO_EE_ORIGIN_ICMP6)
		return;
	/* Routers return the start of the packet only, maybe with more words behind it.
	 */
	event.sequence = sequence_of(ping, type, ping->answer, length, COOKIE);
	if (!event.sequence)
		return;
	probe = probe_of(ping, event.sequence);
	if (probe->state == PROBE_ANSWERED || probe->state == PROBE_ERROR)
		return;
	probe->state = PROBE_ERROR;
	event.from = ip_from_sockaddr((const struct sockaddr *)&said.offender);
	event.number = (int)said.ee.ee_errno;
	event.text = icmp_error_text(&said.ee, text);
	tell(ping, &event);
}

static void read_errors(struct ping *ping)
{
	_Alignas(struct cmsghdr) char control[512];
	struct sockaddr_storage to;
	struct msghdr message;
	socklen_t size = sizeof(int);
	int pending;

	for (int i = 0; i < AT_ONCE; i++) {
		ssize_t got = receive(ping, &message, control, sizeof(control), &to,
				      MSG_ERRQUEUE);

		if (got < 0)
			break;
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c;
		     c = CMSG_NXTHDR(&message, c))
			if ((c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) ||
			    (c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR))
				take_error(ping, c, (size_t)got);
	}
	/* One that found no room in the queue would make every wait return at once. */
	getsockopt(ping->fd, SOL_SOCKET, SO_ERROR, &pending, &size);
}

/* --- requests --- */

/* Returns 0 or the errno of a packet that cannot be sent. */
static int transmit(struct ping *ping)
{
	for (int tries = 0;; tries++) {
		int number, on = 1;

		if (sendto(ping->fd, ping->packet, ping->length, MSG_DONTWAIT,
			   (struct sockaddr *)&ping->to, ping->to_length) >= 0)
			return 0;
		number = errno;
		if (number == EAGAIN || number == ENOBUFS)
			return 0; /* lost in a queue that is full, like others further on
				   */
		if (number == EACCES && !ping->six && !ping->group) {
			/* The way to learn that it is a broadcast address. */
			ping->group = true;
			setsockopt(ping->fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
			continue;
		}
		/* It may have been the error of an earlier packet. */
		if (tries == 2)
			return number;
		read_errors(ping);
	}
}

static int send_next(struct ping *ping)
{
	unsigned sequence = ping->result->sent + 1;
	struct ping_event event = { .kind = PING_FAILED, .sequence = sequence };
	struct probe *probe = probe_of(ping, sequence);
	struct echo echo = {
		.type = ping->six ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.id = ping->id,
		.sequence = htons((uint16_t)sequence),
	};
	struct probe next = { .state = PROBE_WAITS };

	memcpy(ping->packet, &echo, sizeof(echo));
	if (!ping->six) { /* of ICMPv6 the kernel makes it, as it knows the source */
		echo.checksum = icmp_checksum(ping->packet, ping->length);
		memcpy(ping->packet, &echo, sizeof(echo));
	}
	next.at = now_ns();
	event.number = transmit(ping);
	if (event.number) {
		event.text = strerror(event.number);
		tell(ping, &event);
		return -1;
	}
	*probe = next;
	ping->result->sent = sequence;
	return 0;
}

/* Whether there are requests to be sent yet. */
static bool goes_on(const struct ping *ping)
{
	return ping->options->deadline ? ping->result->received < ping->options->count
				       : ping->result->sent < ping->options->count;
}

/* Gives up on what is too old, or in the way of the next one. Moves on behind what is
 * done. */
static void expire(struct ping *ping, long long now)
{
	long long timeout = ping->options->timeout * NS_PER_MS;
	unsigned sent = ping->result->sent;

	for (; ping->oldest <= sent; ping->oldest++) {
		struct probe *probe = probe_of(ping, ping->oldest);
		struct ping_event event = { .kind = PING_TIMEOUT,
					    .sequence = ping->oldest };
		bool in_the_way = goes_on(ping) && sent - ping->oldest + 1 >= ping->window;
		bool over = in_the_way || now - probe->at >= timeout;

		if (!over && (probe->state == PROBE_WAITS ||
			      (probe->state == PROBE_ANSWERED && ping->group)))
			return;
		if (probe->state == PROBE_WAITS) {
			probe->state = PROBE_LATE;
			tell(ping, &event);
		}
	}
}

/* Milliseconds until UNTIL, rounded up: a wait that ends early would only be begun again.
 */
static int ms_until(long long until, long long now)
{
	long long ms = until <= now ? 0 : (until - now + NS_PER_MS - 1) / NS_PER_MS;

	return ms > INT_MAX ? INT_MAX : (int)ms;
}

static void run(struct ping *ping)
{
	struct pollfd pollfd = { .fd = ping->fd, .events = POLLIN };
	const struct ping_options *options = ping->options;
	long long next = now_ns(), end = next + options->deadline * NS_PER_MS, until, now;

	while (!interrupt_pending()) {
		now = now_ns();
		expire(ping, now);
		/* As ping(8) has it: nothing that is refused is tried for longer. */
		if (options->deadline &&
		    (now >= end || !goes_on(ping) || ping->result->errors))
			return;
		if (goes_on(ping) && now >= next) {
			if (send_next(ping) < 0)
				return;
			/* After a long stop there is no burst to catch up. */
			next += options->interval * NS_PER_MS;
			if (next < now)
				next = now;
			continue;
		}
		until = next;
		if (ping->oldest <= ping->result->sent) {
			until = probe_of(ping, ping->oldest)->at +
				options->timeout * NS_PER_MS;
			if (goes_on(ping) && next < until)
				until = next;
		} else if (!goes_on(ping)) {
			return;
		}
		if (options->deadline && end < until)
			until = end;
		if (interrupt_poll(&pollfd, 1, ms_until(until, now)) <= 0)
			continue;
		if (pollfd.revents & POLLERR)
			read_errors(ping);
		if (pollfd.revents & POLLIN)
			read_replies(ping);
	}
	ping->result->interrupted = true;
}

/* --- the whole --- */

int ping_run(struct kernel *kernel, const char *ns, const struct ping_options *options,
	     void (*seen)(const struct ping_event *event, void *data), void *data,
	     struct ping_result *result, struct error *err)
{
	cleanup_with(ping_free) struct ping ping = {
		.options = options,
		.seen = seen,
		.data = data,
		.result = result,
		.fd = -1,
		.six = options->to.family == AF_INET6,
		.group = ip_is_multicast(&options->to),
		.length = sizeof(struct echo) + options->size,
		.room = 60 + sizeof(struct echo) + options->size +
			1, /* to see a longer one */
		.window = options->count < WINDOW_MOST && !options->deadline ? options->count
									    : WINDOW_MOST,
		.oldest = 1,
	};
	uint8_t random[COOKIE + sizeof(ping.id)] = { 0 };
	unsigned scope;

	*result = (struct ping_result){ 0 };
	if (options->size > SIZE_MOST)
		return error_set(err, STATUS_FAILED, -1,
				 "a ping carries at most 65507 bytes");
	if (options->count == 0)
		return 0;
	if (traffic_scope(kernel, ns, &options->to, options->link, &scope, err) < 0 ||
	    icmp_open(kernel, ns, options, &ping.fd, &ping.raw, err) < 0)
		return -1;
	ping.to_length = ip_sockaddr(&options->to, 0, &ping.to);
	if (ping.six)
		((struct sockaddr_in6 *)&ping.to)->sin6_scope_id = scope;
	ping.packet = xcalloc(1, ping.length);
	ping.answer = xcalloc(1, ping.room);
	ping.probes = xcalloc(ping.window, sizeof(*ping.probes));
	/* In sandboxes all have the same process number: it is no good as an identifier.
	 */
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
		memcpy(random, &(long long){ now_ns() }, sizeof(long long));
	memcpy(&ping.id, random + COOKIE, sizeof(ping.id));
	for (size_t i = 0; i < options->size; i++)
		ping.packet[sizeof(struct echo) + i] =
			i < COOKIE ? random[i] : (uint8_t)i;
	run(&ping);
	return 0;
}
