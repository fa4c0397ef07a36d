/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/trace_parts.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "kernel/icmp.h"

/* The packet that is sent, and what its own socket hears of it. */

#define SIZE 56 /* bytes of data of an echo request, as usual */

/* The same in ICMP (RFC 792) and ICMPv6 (RFC 4443). */
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
};

static int open_echo(struct trace *trace, struct error *err)
{
	struct ping_options options = { .to = trace->options->to, .count = 1, .size = SIZE };
	bool raw;

	return icmp_open(trace->view->kernel, trace->options->from, &options,
			 &trace->probe.fd, &raw, err);
}

static int open_socket(struct trace *trace, struct error *err)
{
	bool tcp = trace->options->protocol == IPPROTO_TCP;

	trace->probe.fd = kernel_socket(trace->view->kernel, trace->options->from,
					trace->options->to.family,
					(tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0, err);
	return trace->probe.fd < 0 ? error_prefix(err, "cannot trace: ") : 0;
}

/* Binds to a port, which tells the packet from others; the address stays the kernel's choice. */
static int choose_port(struct trace *trace, struct error *err)
{
	struct ip any = { .family = trace->options->to.family };
	struct sockaddr_storage here;
	socklen_t length = ip_sockaddr(&any, 0, &here);
	int fd = trace->probe.fd;

	if (bind(fd, (const struct sockaddr *)&here, length) < 0 ||
	    getsockname(fd, (struct sockaddr *)&here, &length) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot trace");
	/* The port is at the same place for both families. */
	trace->probe.sport = ntohs(((const struct sockaddr_in *)&here)->sin_port);
	return 0;
}

int trace_probe_open(struct trace *trace, struct error *err)
{
	uint8_t *cookie = trace->probe.cookie;

	if (getrandom(cookie, TRACE_COOKIE, GRND_NONBLOCK) < 0) {
		struct timespec now;

		clock_gettime(CLOCK_MONOTONIC, &now);
		memcpy(cookie, &now, sizeof(now) < TRACE_COOKIE ? sizeof(now) : TRACE_COOKIE);
	}
	if (trace->options->protocol == IPPROTO_ICMP)
		return open_echo(trace, err);
	if (open_socket(trace, err) < 0)
		return -1;
	return choose_port(trace, err);
}

static ssize_t send_echo(struct trace *trace, const struct sockaddr *to, socklen_t length)
{
	bool six = trace->options->to.family == AF_INET6;
	struct echo echo = {
		.type = six ? ICMP6_ECHO_REQUEST : 8,
		.sequence = htons(1),
	};
	uint8_t bytes[sizeof(echo) + SIZE];

	memcpy(&echo.id, trace->probe.cookie, sizeof(echo.id));
	memcpy(bytes, &echo, sizeof(echo));
	for (size_t i = 0; i < SIZE; i++)
		bytes[sizeof(echo) + i] = i < TRACE_COOKIE ? trace->probe.cookie[i] : (uint8_t)i;
	if (!six) { /* of ICMPv6 the kernel makes it, as it knows the source */
		echo.checksum = icmp_checksum(bytes, sizeof(bytes));
		memcpy(bytes, &echo, sizeof(echo));
	}
	return sendto(trace->probe.fd, bytes, sizeof(bytes), MSG_DONTWAIT, to, length);
}

/* The source that the kernel chooses before any rule sees the packet. */
static void find_source(struct trace *trace, const struct sockaddr_storage *to, socklen_t length)
{
	struct error err cleanup_error = ERROR_INIT;
	struct sockaddr_storage here = { 0 };
	socklen_t size = sizeof(here);
	cleanup_close int fd = kernel_socket(trace->view->kernel, trace->options->from,
					     trace->options->to.family, SOCK_DGRAM, 0, &err);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)to, length) == 0 &&
	    getsockname(fd, (struct sockaddr *)&here, &size) == 0)
		trace->probe.source = ip_from_sockaddr((const struct sockaddr *)&here);
}

void trace_probe_send(struct trace *trace)
{
	const struct trace_options *options = trace->options;
	struct trace_probe *probe = &trace->probe;
	struct error err cleanup_error = ERROR_INIT;
	struct sockaddr_storage to;
	socklen_t length = ip_sockaddr(&options->to, options->port, &to);
	unsigned scope = 0;
	ssize_t result;

	if (traffic_scope(trace->view->kernel, options->from, &options->to, NULL, &scope,
			  &err) == 0 &&
	    options->to.family == AF_INET6)
		((struct sockaddr_in6 *)&to)->sin6_scope_id = scope;
	find_source(trace, &to, length);
	if (options->protocol == IPPROTO_ICMP) {
		result = send_echo(trace, (const struct sockaddr *)&to, length);
	} else {
		result = connect(probe->fd, (const struct sockaddr *)&to, length);
		if (result < 0 && errno == EINPROGRESS)
			result = 0;
		if (result == 0 && options->protocol == IPPROTO_UDP)
			result = send(probe->fd, probe->cookie, TRACE_COOKIE, MSG_DONTWAIT);
	}
	probe->sent = result >= 0;
	probe->number = probe->sent ? 0 : errno;
	/* A listener on the same machine may have refused it by now. */
	if (!probe->sent && options->protocol == IPPROTO_TCP && errno == ECONNREFUSED)
		probe->sent = probe->refused = true;
}

/* --- what comes back --- */

static void read_echo(struct trace *trace)
{
	bool six = trace->options->to.family == AF_INET6;
	uint8_t bytes[2048];
	ssize_t got;

	while ((got = recv(trace->probe.fd, bytes, sizeof(bytes), MSG_DONTWAIT)) >= 0 ||
	       (errno != EAGAIN && errno != EBADF && errno != EINTR)) {
		struct packet packet;
		size_t at = 0;

		if (got < 0)
			continue; /* of a message in the error queue, which goes with it */
		/* A raw socket of IPv4 comes with the header, a ping socket does not. */
		packet_parse_ip(bytes, (size_t)got, (size_t)got, &packet);
		if (!six && packet.has_icmp)
			at = (size_t)(packet.transport - bytes);
		if ((size_t)got >= at + sizeof(struct echo) + TRACE_COOKIE &&
		    memcmp(bytes + at + sizeof(struct echo), trace->probe.cookie,
			   TRACE_COOKIE) == 0)
			trace->probe.answered = true;
	}
}

static void read_errors(struct trace *trace)
{
	char bytes[512];
	_Alignas(struct cmsghdr) char control[512];
	struct iovec part = { .iov_base = bytes, .iov_len = sizeof(bytes) };

	for (;;) {
		struct msghdr message = {
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};

		if (recvmsg(trace->probe.fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
	}
}

static void read_connection(struct trace *trace)
{
	struct trace_probe *probe = &trace->probe;
	socklen_t size = sizeof(int);
	int number = 0;
	char byte;

	getsockopt(probe->fd, SOL_SOCKET, SO_ERROR, &number, &size);
	if (number == ECONNREFUSED)
		probe->refused = true;
	else if (number)
		probe->unreachable = true;
	else if (trace->options->protocol == IPPROTO_TCP ||
		 recv(probe->fd, &byte, 1, MSG_DONTWAIT) >= 0)
		probe->answered = true;
}

void trace_probe_read(struct trace *trace)
{
	if (trace->options->protocol != IPPROTO_ICMP) {
		read_connection(trace);
		return;
	}
	read_errors(trace);
	read_echo(trace);
}

bool trace_probe_over(const struct trace *trace)
{
	const struct trace_probe *probe = &trace->probe;

	return !probe->sent || probe->answered || probe->refused || probe->unreachable;
}
