/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pings, the web server and the web client, in namespaces of the test's own: red and
 * blue, with a router between them, and green beside it that answers pings as it should
 * not.
 */
#include "unit/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "kernel/icmp.h"
#include "kernel/kernel.h"
#include "kernel/place.h"
#include "kernel/rtnl.h"
#include "kernel/traffic.h"

static struct kernel *kernel;

static struct ip ip(const char *text)
{
	struct error err cleanup_error = ERROR_INIT;
	struct ip address = { 0 };

	ip_parse(text, &address, -1, &err);
	return address;
}

static struct nlsock *rtnl(const char *ns)
{
	struct error err cleanup_error = ERROR_INIT;

	return kernel_rtnl(kernel, ns, &err);
}

static bool make_ns(const char *ns)
{
	struct link_update up = { .set = LINK_CHANGE_UP, .up = true };
	struct error err cleanup_error = ERROR_INIT;
	struct nl_error answer;

	return kernel_netns_add(kernel, ns, &err) == 0 &&
	       rtnl_link_set(rtnl(ns), 1, &up, &answer) == 0;
}

static bool give(const char *ns, const char *link, const char *const addrs[2])
{
	struct link_update up = { .set = LINK_CHANGE_UP, .up = true };
	struct error err cleanup_error = ERROR_INIT;
	struct nl_error answer;
	struct link found = { 0 };
	struct cidr cidr;
	bool good = rtnl_link(rtnl(ns), link, &found, &answer) == 0 &&
		    rtnl_link_set(rtnl(ns), found.index, &up, &answer) == 0;

	for (int i = 0; good && i < 2; i++)
		good = cidr_parse(addrs[i], &cidr, -1, &err) == 0 &&
		       rtnl_addr_add(rtnl(ns), found.index, &cidr, NSH_PROTO, &answer) ==
			       0;
	link_clear(&found);
	return good;
}

/* A cable from NS, whose end is eth0, to the router, whose end has the name of NS. */
static bool cable(const char *ns, const char *const near[2], const char *const far[2])
{
	struct error err cleanup_error = ERROR_INIT;
	struct link_spec peer = { .kind = "veth", .name = ns };
	struct link_spec spec = { .kind = "veth", .name = "eth0", .peer = &peer };
	struct nl_error answer;

	peer.netns_fd = kernel_netns_fd(kernel, "router", &err);
	return peer.netns_fd >= 0 && rtnl_link_add(rtnl(ns), &spec, &answer) == 0 &&
	       give("router", ns, far) && give(ns, "eth0", near);
}

static bool route(const char *ns, const char *dest, const char *gateway, uint8_t type)
{
	struct error err cleanup_error = ERROR_INIT;
	struct route way = { .type = type };
	struct nl_error answer;

	if (cidr_parse(dest, &way.dest, -1, &err) < 0)
		return false;
	if (gateway)
		way.gateway = ip(gateway);
	return rtnl_route_add(rtnl(ns), &way, 0, &answer) == 0;
}

static bool build(void)
{
	static const char *const red[] = { "10.1.0.2/24", "fd01::2/64" };
	static const char *const blue[] = { "10.2.0.2/24", "fd02::2/64" };
	static const char *const green[] = { "10.3.0.2/24", "fd03::2/64" };
	static const char *const to_red[] = { "10.1.0.1/24", "fd01::1/64" };
	static const char *const to_blue[] = { "10.2.0.1/24", "fd02::1/64" };
	static const char *const to_green[] = { "10.3.0.1/24", "fd03::1/64" };

	return make_ns("red") && make_ns("blue") && make_ns("green") &&
	       make_ns("router") && cable("red", red, to_red) &&
	       cable("blue", blue, to_blue) && cable("green", green, to_green) &&
	       route("blue", "10.1.0.0/24", "10.2.0.1", 0) &&
	       route("blue", "fd01::/64", "fd02::1", 0) &&
	       route("red", "10.0.0.0/8", "10.1.0.1", 0) &&
	       route("red", "fd00::/8", "fd01::1", 0);
}

/* --- pings --- */

/* Whether RESULT and the error are a failure that says MESSAGE, or something with it. */
static void fails(int result, const struct error *err, int number, const char *message)
{
	const char *said = err->message ? err->message : "it went well";

	tap_ok(result < 0 && err->status == STATUS_FAILED && err->number == number &&
		       strstr(said, message),
	       "refused: %s", said);
}

struct seen {
	unsigned replies, timeouts, unreachable, failed, others;
	unsigned bytes, ttl, sequence;
	int number;
	struct ip from;
	char text[128];
};

static void see(const struct ping_event *event, void *data)
{
	struct seen *seen = data;

	switch (event->kind) {
	case PING_REPLY:
		seen->replies++;
		seen->others += event->ms < 0 || event->ms > 60000;
		break;
	case PING_TIMEOUT:
		seen->timeouts++;
		break;
	case PING_UNREACHABLE:
		seen->unreachable++;
		break;
	case PING_FAILED:
		seen->failed++;
		break;
	}
	seen->sequence = event->sequence;
	seen->bytes = event->bytes;
	seen->ttl = event->ttl;
	seen->from = event->from;
	seen->number = event->number;
	if (event->text)
		str_copy(seen->text, sizeof(seen->text), event->text);
}

/* Pings with the defaults for what is not set. Returns the milliseconds that it took. */
static long long ping(const char *ns, const char *to, struct ping_options options,
		      struct seen *seen, struct ping_result *result)
{
	struct error err cleanup_error = ERROR_INIT;
	long long before = clock_ms();

	*seen = (struct seen){ 0 };
	options.to = ip(to);
	options.count = options.count ? options.count : 1;
	options.interval = options.interval ? options.interval : 20;
	options.timeout = options.timeout ? options.timeout : 1000;
	options.size = options.size ? options.size : 56;
	if (ping_run(kernel, ns, &options, see, seen, result, &err) < 0)
		tap_ok(false, "ping %s from %s: %s", to, ns, err.message);
	return clock_ms() - before;
}

#define WITH(...) ((struct ping_options){ __VA_ARGS__ })

static void answers(const char *ns, const char *to, struct ping_options options,
		    const char *from)
{
	struct ping_result result;
	struct ip wanted = ip(from);
	struct seen seen;
	unsigned count = options.count ? options.count : 1;
	unsigned size = options.size ? options.size : 56;
	long long ms = ping(ns, to, options, &seen, &result);

	if (!tap_ok(seen.replies == count && result.sent == count &&
			    result.received == count && result.errors == 0 &&
			    !result.interrupted && !seen.others &&
			    seen.sequence == count && seen.bytes == size + 8 &&
			    seen.ttl > 0 && ip_equal(&seen.from, &wanted) &&
			    result.min > 0 && result.min <= result.average &&
			    result.average <= result.max && ms < 900,
		    "%s answers %s, %u times %u bytes (%lld ms)", to, ns, count, size,
		    ms))
		tap_note("%u sent, %u received, %u errors, %u bytes, ttl %u: %s",
			 result.sent, result.received, result.errors, seen.bytes,
			 seen.ttl, seen.text);
}

static void unreachable(const char *ns, const char *to, struct ping_options options,
			const char *from, const char *text)
{
	struct ping_result result;
	struct ip wanted = ip(from);
	struct seen seen;
	long long ms = 0;

	/* The kernel tells a host such things once in two seconds, when it does so often.
	 */
	for (int tries = 0; tries < 4; tries++) {
		ms = ping(ns, to, options, &seen, &result);
		if (seen.unreachable)
			break;
		interrupt_poll(NULL, 0, 1500);
	}
	if (!tap_ok(seen.unreachable == 1 && result.sent == 1 && result.received == 0 &&
			    result.errors == 1 && ip_equal(&seen.from, &wanted) &&
			    seen.number != 0 && !strcmp(seen.text, text),
		    "%s from %s: %s (%lld ms)", to, ns, text, ms))
		tap_note("%u unreachable, %u sent, %u received, %u timeouts: %s",
			 seen.unreachable, result.sent, result.received, seen.timeouts,
			 seen.text);
}

static void test_ping(void)
{
	struct ping_result result;
	struct seen seen;
	long long ms;

	answers("red", "127.0.0.1", WITH(.count = 3), "127.0.0.1");
	answers("red", "::1", WITH(.count = 3), "::1");
	answers("red", "10.1.0.2", WITH(0), "10.1.0.2");
	answers("red", "10.1.0.1", WITH(0), "10.1.0.1");
	answers("red", "10.1.0.1", WITH(.count = 5), "10.1.0.1");
	answers("red", "fd01::1", WITH(.count = 5), "fd01::1");
	answers("red", "10.1.0.1", WITH(.size = 4), "10.1.0.1");
	answers("red", "10.1.0.1", WITH(.size = 9001), "10.1.0.1");
	answers("red", "fd01::1", WITH(.size = 9001), "fd01::1");

	ms = ping("red", "192.168.9.9", WITH(.count = 3), &seen, &result);
	tap_ok(seen.failed == 1 && result.sent == 0 && result.errors == 1 &&
		       seen.number == ENETUNREACH &&
		       !strcmp(seen.text, "Network is unreachable") && ms < 500,
	       "no route: %s", seen.text);
	ms = ping("red", "2001:db8::1", WITH(.count = 3), &seen, &result);
	tap_ok(seen.failed == 1 && result.sent == 0 && seen.number == ENETUNREACH &&
		       ms < 500,
	       "no IPv6 route: %s", seen.text);
	ping("red", "10.1.0.1", WITH(.size = 65535), &seen, &result);
	tap_ok(seen.failed == 1 && seen.number == EMSGSIZE, "too much data: %s",
	       seen.text);

	unreachable("red", "10.1.0.77", WITH(.timeout = 8000), "10.1.0.2",
		    "Destination Host Unreachable");
	unreachable("red", "fd01::77", WITH(.timeout = 8000), "fd01::2",
		    "Destination unreachable: Address unreachable");
	ms = ping("red", "10.1.0.78", WITH(.count = 2, .timeout = 100), &seen, &result);
	tap_ok(seen.timeouts == 2 && result.sent == 2 && result.errors == 0 &&
		       ms >= 120 && ms < 600,
	       "no answer in time (%lld ms)", ms);

	interrupted = 1;
	ms = ping("red", "10.1.0.79", WITH(.count = 1000), &seen, &result);
	interrupted = 0;
	tap_ok(result.interrupted && ms < 500, "Ctrl-C");
}

/* Groups of hosts; whether somebody answers is up to their settings. */
static void test_ping_groups(void)
{
	static const char *const groups[] = { "10.1.0.255", "255.255.255.255",
					      "224.0.0.1", "ff02::1" };
	struct error err cleanup_error = ERROR_INIT;
	struct ping_result result;
	struct seen seen;

	kernel_sysctl_set(kernel, "router", "net/ipv4/icmp_echo_ignore_broadcasts", "0",
			  &err);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		long long ms = ping("red", groups[i],
				    WITH(.count = 2, .timeout = 200, .link = "eth0"),
				    &seen, &result);

		tap_ok(result.sent == 2 && ms >= 200 && ms < 900 && result.received <= 2,
		       "a group: %s, %u answers (%s)", groups[i], seen.replies,
		       seen.text);
	}
	tap_ok(result.received == 2 && seen.replies >= 2,
	       "each of an IPv6 group is seen");
}

static bool link_local(const char *ns, char text[IP_TEXT])
{
	link_list links = { 0 };
	addr_list addrs = { 0 };
	struct nl_error answer;
	bool found = false;

	rtnl_addrs(rtnl(ns), &links, &addrs, &answer);
	for (size_t i = 0; i < addrs.n && !found; i++) {
		struct addr *addr = &addrs.v[i];

		found = addr->cidr.ip.family == AF_INET6 &&
			ip_is_link_local(&addr->cidr.ip) &&
			!(addr->flags & IFA_F_TENTATIVE);
		if (found)
			ip_text(&addr->cidr.ip, text);
	}
	vector_free(&addrs);
	return found;
}

static void test_ping_link_local(void)
{
	struct error err cleanup_error = ERROR_INIT;
	struct ping_options options = { .count = 1, .timeout = 500 };
	struct ping_result result;
	char text[IP_TEXT] = "";
	struct seen seen;
	int code;

	for (int i = 0; i < 50 && !link_local("blue", text); i++)
		interrupt_poll(NULL, 0, 100);
	/* Its own address, so that it does not matter when the router's is there. */
	answers("blue", text, WITH(.link = "eth0"), text);
	answers("blue", text, WITH(0), text);
	options.to = ip(text);
	code = ping_run(kernel, "router", &options, see, &seen, &result, &err);
	fails(code, &err, 0, "say which");
	error_clear(&err);
	options.link = "eth7";
	code = ping_run(kernel, "blue", &options, see, &seen, &result, &err);
	fails(code, &err, 0, "blue has no interface eth7");
}

static void test_ping_routed(void)
{
	struct error err cleanup_error = ERROR_INIT;

	if (kernel_sysctl_set(kernel, "router", "net/ipv4/ip_forward", "1", &err) < 0 ||
	    kernel_sysctl_set(kernel, "router", "net/ipv6/conf/all/forwarding", "1",
			      &err) < 0) {
		tap_skip(1, "%s", err.message);
		return;
	}
	route("router", "10.8.0.0/16", NULL, RTN_PROHIBIT);
	route("router", "10.7.0.0/16", NULL, RTN_UNREACHABLE);
	answers("red", "10.2.0.2", WITH(.count = 2), "10.2.0.2");
	answers("red", "fd02::2", WITH(.count = 2), "fd02::2");
	unreachable("red", "10.2.0.2", WITH(.ttl = 1), "10.1.0.1",
		    "Time to live exceeded");
	unreachable("red", "fd02::2", WITH(.ttl = 1), "fd01::1",
		    "Time exceeded: Hop limit");
	unreachable("red", "10.9.9.9", WITH(0), "10.1.0.1",
		    "Destination Net Unreachable");
	unreachable("red", "10.8.0.1", WITH(0), "10.1.0.1", "Packet filtered");
	unreachable("red", "10.7.0.1", WITH(0), "10.1.0.1",
		    "Destination Host Unreachable");
	unreachable("red", "fd09::9", WITH(.size = 1000), "fd01::1",
		    "Destination unreachable: No route");
}

/* Answers each request of the router's wrongly in every way, then twice as it should be.
 */
static void answer_wrongly(int fd)
{
	uint8_t packet[2048], changed[2048];
	struct sockaddr_storage from;
	uint16_t sum;

	for (;;) {
		socklen_t size = sizeof(from);
		ssize_t got = recvfrom(fd, packet, sizeof(packet), 0,
				       (struct sockaddr *)&from, &size);
		uint8_t *icmp = packet + 20;
		size_t length = got > 28 ? (size_t)got - 20 : 0;

		if (length == 0 || icmp[0] != 8)
			continue;
		icmp[0] = 0;
		for (int i = 0; i < 8; i++) {
			static const size_t wrong_byte[] = { 0, 1, 4, 7, 8, 40 };

			memcpy(changed, icmp, length);
			changed[2] = changed[3] = 0;
			if (i < 6)
				changed[wrong_byte[i]] ^= 0x55;
			sum = icmp_checksum(changed, length);
			memcpy(changed + 2, &sum, 2);
			sendto(fd, changed, i == 5 ? length - 1 : length, 0,
			       (struct sockaddr *)&from, size);
		}
		changed[2] ^= 1; /* not what it adds up to */
		sendto(fd, changed, length, 0, (struct sockaddr *)&from, size);
		sendto(fd, changed, 3, 0, (struct sockaddr *)&from, size);
	}
}

static void test_ping_forged(void)
{
	struct error err cleanup_error = ERROR_INIT;
	struct ping_result result;
	cleanup_close int fd = -1;
	struct seen seen;
	pid_t pid;

	if (kernel_sysctl_set(kernel, "green", "net/ipv4/icmp_echo_ignore_all", "1",
			      &err) < 0) {
		tap_skip(1, "%s", err.message);
		return;
	}
	fd = kernel_socket(kernel, "green", AF_INET, SOCK_RAW, IPPROTO_ICMP, &err);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		alarm(20);
		answer_wrongly(fd);
	}
	ping("router", "10.3.0.2", WITH(.count = 5), &seen, &result);
	tap_ok(result.received == 5 && seen.replies == 5 && seen.bytes == 64 &&
		       seen.unreachable == 0,
	       "forged and doubled answers are not counted (%u, %u)", result.received,
	       seen.replies);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* --- the web --- */

static int get(const char *ns, const char *host, uint16_t port, unsigned timeout,
	       struct http_answer *answer, struct error *err)
{
	char name[64], path[] = "/";
	struct url url = { .host = name, .port = port, .path = path };
	struct ip to = ip(host);

	str_copy(name, sizeof(name), host);
	error_clear(err);
	return http_get(kernel, ns, &url, &to, timeout, answer, err);
}

static void gets_text(const char *ns, const char *host, uint16_t port, const char *body)
{
	struct error err cleanup_error = ERROR_INIT;
	struct http_answer answer = { 0 };
	long long before = clock_ms();
	bool good = get(ns, host, port, 5000, &answer, &err) == 0 &&
		    answer.status == 200 && !strcmp(answer.body, body) &&
		    !strcmp(answer.reason, "OK") && answer.type &&
		    !strcmp(answer.type, "text/plain; charset=utf-8");

	tap_ok(good && clock_ms() - before < 500, "%s gets a page from %s: %s", ns, host,
	       err.message ? err.message : "done");
	http_answer_free(&answer);
}

/* A connection to the server on port 80 of blue, from blue. */
static int connect_blue(void)
{
	struct error err cleanup_error = ERROR_INIT;
	struct sockaddr_storage to;
	struct ip address = ip("10.2.0.2");
	socklen_t length = ip_sockaddr(&address, 80, &to);
	struct timeval patience = { .tv_sec = 5 };
	int fd = kernel_socket(kernel, "blue", AF_INET, SOCK_STREAM, 0, &err);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, length) < 0)
		tap_note("connect: %s", strerror(errno));
	return fd;
}

static void say(int fd, const char *bytes)
{
	if (*bytes && send(fd, bytes, strlen(bytes), MSG_NOSIGNAL) < 0)
		tap_note("send: %s", strerror(errno));
}

/* What the server says to REQUEST, up to its end. Returns whether it closed in time. */
static bool ask(int fd, const char *request, struct buf *said)
{
	char bytes[4096];
	ssize_t got;

	buf_clear(said);
	say(fd, request);
	while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		buf_addn(said, bytes, (size_t)got);
	close(fd);
	return got == 0;
}

static void test_requests(void)
{
	static const struct {
		const char *request, *begins, *ends;
	} cases[] = {
		{ "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n",
		  "\r\n\r\nhello from blue\n" },
		{ "GET /any/where?at=all HTTP/1.1\nHost: x\n\n", "HTTP/1.1 200 OK\r\n",
		  "blue\n" },
		{ "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n",
		  "\r\n\r\n" },
		{ "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 405 ",
		  "answered here\n" },
		{ "get / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 ", "\n" },
		{ "GET /\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "GET  HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "GET / HTTP/2.0\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "GET / x HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "GET / HTTP/1.1\r\nno colon\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "GET / HTTP/1.1\r\n: no name\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "GET / HTTP/1.1\rX: y\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "\x16\x03\x01\x02\r\n\r\n", "HTTP/1.1 400 ", "\n" },
		{ "\r\n\r\n", "HTTP/1.1 400 ", "\n" },
	};
	struct buf said cleanup_buf = { 0 }, large cleanup_buf = { 0 };
	int fd;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_free char *name = str_visible(cases[i].request);
		bool closed = ask(connect_blue(), cases[i].request, &said);
		size_t end = strlen(cases[i].ends);

		if (!tap_ok(closed && str_starts(buf_str(&said), cases[i].begins) &&
				    said.length > end &&
				    !strcmp(said.s + said.length - end, cases[i].ends) &&
				    strstr(said.s, "\r\nServer: nsh\r\n") &&
				    strstr(said.s, "\r\nConnection: close\r\n"),
			    "request \"%s\"", name))
			tap_note("%s", buf_str(&said));
	}
	tap_ok(ask(connect_blue(), "HEAD / HTTP/1.1\r\n\r\n", &said) &&
		       strstr(buf_str(&said), "\r\nContent-Length: 16\r\n"),
	       "HEAD tells the length");
	tap_ok(ask(connect_blue(), "PUT / HTTP/1.1\r\n\r\n", &said) &&
		       strstr(buf_str(&said), "\r\nAllow: GET, HEAD\r\n"),
	       "405 tells what is allowed");
	buf_add(&large, "GET / HTTP/1.1\r\n");
	while (large.length < 9000)
		buf_add(&large,
			"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
	tap_ok(ask(connect_blue(), buf_str(&large), &said) &&
		       str_starts(buf_str(&said), "HTTP/1.1 431 "),
	       "a head of 9000 bytes");
	fd = connect_blue();
	say(fd, "GET / HTTP");
	shutdown(fd, SHUT_WR);
	tap_ok(ask(fd, "", &said) && str_starts(buf_str(&said), "HTTP/1.1 400 "),
	       "half a request");
	fd = connect_blue();
	for (const char *c = "GET / HTTP/1.1\r\nA: b\r\n\r"; *c; c++)
		say(fd, (char[]){ *c, '\0' });
	tap_ok(ask(fd, "\n", &said) && str_starts(buf_str(&said), "HTTP/1.1 200 "),
	       "a request byte by byte");
}

static void test_slow_clients(void)
{
	int fds[100], code;
	struct error err cleanup_error = ERROR_INIT;
	struct http_answer answer = { 0 };
	long long before;

	for (int i = 0; i < 5; i++) {
		fds[i] = connect_blue();
		say(fds[i], "GET / HT");
	}
	gets_text("blue", "10.2.0.2", 80, "hello from blue\n");
	for (int i = 5; i < 100; i++) {
		fds[i] = connect_blue();
		if (i % 2)
			say(fds[i], "GET / HT");
	}
	before = clock_ms();
	code = get("blue", "10.2.0.2", 80, 8000, &answer, &err);
	tap_ok(code == 0 && answer.status == 200,
	       "a hundred that say nothing cannot keep one out (%lld ms): %s",
	       clock_ms() - before, code ? err.message : "done");
	http_answer_free(&answer);
	for (int i = 0; i < 100; i++)
		close(fds[i]);
}

static void stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void test_serve(void)
{
	struct error err cleanup_error = ERROR_INIT;
	pid_t pid = -1, second = -1;
	char local[IP_TEXT] = "";
	int code;

	code = serve_start(kernel, "blue", 80, "hello from blue", &pid, &err);
	if (!tap_ok(code == 0, "a server: %s", code ? err.message : "started"))
		return;
	/* At once: it must be listening already. */
	gets_text("blue", "10.2.0.2", 80, "hello from blue\n");
	gets_text("blue", "127.0.0.1", 80, "hello from blue\n");
	gets_text("blue", "::1", 80, "hello from blue\n");
	gets_text("router", "10.2.0.2", 80, "hello from blue\n");
	gets_text("router", "fd02::2", 80, "hello from blue\n");
	if (link_local("blue", local))
		gets_text("blue", local, 80, "hello from blue\n");
	tap_ok(getpgid(pid) == pid, "it leads its own process group");
	code = serve_start(kernel, "blue", 80, "x", &second, &err);
	fails(code, &err, EADDRINUSE, "port 80 of blue is taken");
	error_clear(&err);
	tap_ok(serve_start(kernel, "red", 80, "red\n", &second, &err) == 0,
	       "the same port elsewhere is not");
	gets_text("red", "10.1.0.2", 80, "red\n");
	stop(second);
	test_requests();
	test_slow_clients();
	tap_ok(waitpid(pid, NULL, WNOHANG) == 0, "after all that it still runs");
	gets_text("blue", "10.2.0.2", 80, "hello from blue\n");
	stop(pid);
	code = serve_start(kernel, "blue", 80, "", &pid, &err);
	tap_ok(code == 0, "the port is free again at once: %s",
	       code ? err.message : "yes");
	gets_text("blue", "10.2.0.2", 80, "\n");
	stop(pid);
}

/* A server dies with the process that started it, and holds nothing of it open. */
static void test_serve_ends(void)
{
	struct pollfd pollfd = { .events = POLLIN };
	int pipes[2];
	pid_t pid;
	char byte;

	if (pipe(pipes) < 0)
		abort();
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct error err cleanup_error = ERROR_INIT;
		pid_t server;

		close(pipes[0]);
		dup2(pipes[1], STDOUT_FILENO);
		if (serve_start(kernel, "blue", 81, "x", &server, &err) < 0)
			_exit(1);
		close(pipes[1]);
		close(STDOUT_FILENO);
		pause();
	}
	close(pipes[1]);
	pollfd.fd = pipes[0];
	tap_ok(poll(&pollfd, 1, 5000) == 1 && read(pipes[0], &byte, 1) == 0,
	       "a server keeps no pipe of its parent's open");
	stop(pid);
	for (int i = 0; i < 100; i++) {
		struct error err cleanup_error = ERROR_INIT;
		struct http_answer answer = { 0 };

		if (get("blue", "127.0.0.1", 81, 1000, &answer, &err) < 0 &&
		    err.number == ECONNREFUSED) {
			tap_ok(true, "it ends with its parent");
			close(pipes[0]);
			return;
		}
		http_answer_free(&answer);
		interrupt_poll(NULL, 0, 20);
	}
	tap_ok(false, "it ends with its parent");
	close(pipes[0]);
}

static void test_serve_without_ipv6(void)
{
	struct error err cleanup_error = ERROR_INIT;
	pid_t pid;
	int code;

	if (kernel_sysctl_set(kernel, "green", "net/ipv6/conf/all/disable_ipv6", "1",
			      &err) < 0) {
		tap_skip(1, "%s", err.message);
		return;
	}
	code = serve_start(kernel, "green", 80, "four", &pid, &err);
	if (!tap_ok(code == 0, "a server where IPv6 is off: %s",
		    code ? err.message : "started"))
		return;
	gets_text("green", "10.3.0.2", 80, "four\n");
	stop(pid);
}

/* A server that says BYTES and then keeps the connection open. */
static pid_t say_and_wait(const char *bytes)
{
	struct error err cleanup_error = ERROR_INIT;
	cleanup_close int fd =
		kernel_socket(kernel, "blue", AF_INET, SOCK_STREAM, 0, &err);
	struct sockaddr_storage address;
	struct ip any = { .family = AF_INET };
	socklen_t length = ip_sockaddr(&any, 8000, &address);
	char request[1000];
	int on = 1, client;
	pid_t pid;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, 5) < 0)
		tap_note("listen: %s", strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid != 0)
		return pid;
	alarm(20);
	client = accept(fd, NULL, NULL);
	if (recv(client, request, sizeof(request), 0) > 0)
		send(client, bytes, strlen(bytes), MSG_NOSIGNAL);
	pause();
	_exit(0);
}

static void test_get(void)
{
	static const struct {
		const char *bytes, *body; /* NULL: no answer, ... */
		int number; /* ... for this errno */
	} cases[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", 0 },
		{ "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
		  "chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\n",
		  "he", 0 },
		{ "HTTP/1.1 204 No Content\r\n\r\n", "", 0 },
		{ "HTTP/1.1 200 OK\r\n\r\nhello", NULL, ETIMEDOUT },
		{ "", NULL, ETIMEDOUT },
		{ "what is it?\n", NULL, 0 },
	};
	struct error err cleanup_error = ERROR_INIT;
	struct http_answer answer = { 0 };
	int code;

	code = get("blue", "10.2.0.2", 82, 1000, &answer, &err);
	fails(code, &err, ECONNREFUSED,
	      "cannot connect to 10.2.0.2:82: Connection refused");
	code = get("blue", "fd02::2", 82, 1000, &answer, &err);
	fails(code, &err, ECONNREFUSED,
	      "cannot connect to [fd02::2]:82: Connection refused");
	code = get("blue", "192.168.9.9", 80, 1000, &answer, &err);
	fails(code, &err, ENETUNREACH, "Network is unreachable");
	code = get("blue", "10.2.0.99", 80, 100, &answer, &err);
	fails(code, &err, ETIMEDOUT,
	      "cannot connect to 10.2.0.99:80: Connection timed out");
	code = get("blue", "10.2.0.98", 80, 8000, &answer, &err);
	fails(code, &err, EHOSTUNREACH, "No route to host");
	interrupted = 1;
	code = get("blue", "10.2.0.99", 80, 5000, &answer, &err);
	fails(code, &err, EINTR, "interrupted");
	interrupted = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cleanup_free char *name = str_visible(cases[i].bytes);
		pid_t pid = say_and_wait(cases[i].bytes);
		long long before = clock_ms();
		int result = get("blue", "10.2.0.2", 8000, 600, &answer, &err);
		long long ms = clock_ms() - before;

		if (cases[i].body)
			tap_ok(result == 0 && !strcmp(answer.body, cases[i].body) &&
				       ms < 400,
			       "an answer on a line kept open: \"%s\" (%s)", name,
			       err.message ? err.message : "done");
		else
			tap_ok(result < 0 && err.number == cases[i].number && ms < 2000,
			       "a server that says \"%s\": %s", name,
			       err.message ? err.message : "taken");
		http_answer_free(&answer);
		stop(pid);
	}
}

int main(void)
{
	struct error err cleanup_error = ERROR_INIT;

	if (!make_sandbox()) {
		printf("1..0 # SKIP no namespaces: %s\n", strerror(errno));
		return 0;
	}
	interrupt_setup();
	kernel = kernel_open(&err);
	if (!kernel || !build()) {
		printf("Bail out! the network cannot be built: %s\n",
		       err.message ? err.message : strerror(errno));
		return 1;
	}
	test_ping();
	test_ping_groups();
	test_ping_link_local();
	test_ping_routed();
	test_ping_forged();
	test_serve();
	test_serve_ends();
	test_serve_without_ipv6();
	test_get();
	kernel_close(kernel);
	return tap_done();
}
