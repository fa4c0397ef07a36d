/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/icmp.h"

#include <net/if.h> /* before linux/icmp.h */

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "kernel/rtnl.h"

uint16_t icmp_checksum(const uint8_t *bytes, size_t length)
{
	uint32_t sum = 0;
	uint16_t word;

	for (; length > 1; bytes += 2, length -= 2) {
		memcpy(&word, bytes, 2);
		sum += word;
	}
	if (length) {
		word = 0;
		memcpy(&word, bytes, 1);
		sum += word;
	}
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return (uint16_t)~sum;
}

/* --- errors --- */

static void words_four(const struct sock_extended_err *ee, char *text)
{
	static const char *const unreachable[] = {
		[ICMP_NET_UNREACH] = "Destination Net Unreachable",
		[ICMP_HOST_UNREACH] = "Destination Host Unreachable",
		[ICMP_PROT_UNREACH] = "Destination Protocol Unreachable",
		[ICMP_PORT_UNREACH] = "Destination Port Unreachable",
		[ICMP_SR_FAILED] = "Source Route Failed",
		[ICMP_NET_UNKNOWN] = "Destination Net Unknown",
		[ICMP_HOST_UNKNOWN] = "Destination Host Unknown",
		[ICMP_HOST_ISOLATED] = "Source Host Isolated",
		[ICMP_NET_ANO] = "Destination Net Prohibited",
		[ICMP_HOST_ANO] = "Destination Host Prohibited",
		[ICMP_NET_UNR_TOS] = "Destination Net Unreachable for Type of Service",
		[ICMP_HOST_UNR_TOS] = "Destination Host Unreachable for Type of Service",
		[ICMP_PKT_FILTERED] = "Packet filtered",
		[ICMP_PREC_VIOLATION] = "Precedence Violation",
		[ICMP_PREC_CUTOFF] = "Precedence Cutoff",
	};

	if (ee->ee_type == ICMP_DEST_UNREACH && ee->ee_code == ICMP_FRAG_NEEDED)
		snprintf(text, ICMP_TEXT, "Frag needed and DF set (mtu = %u)",
			 ee->ee_info);
	else if (ee->ee_type == ICMP_DEST_UNREACH && ee->ee_code <= ICMP_PREC_CUTOFF)
		snprintf(text, ICMP_TEXT, "%s", unreachable[ee->ee_code]);
	else if (ee->ee_type == ICMP_DEST_UNREACH)
		snprintf(text, ICMP_TEXT, "Dest Unreachable, Bad Code: %u", ee->ee_code);
	else if (ee->ee_type == ICMP_TIME_EXCEEDED)
		snprintf(text, ICMP_TEXT, "%s",
			 ee->ee_code == ICMP_EXC_TTL ? "Time to live exceeded"
						     : "Frag reassembly time exceeded");
	else if (ee->ee_type == ICMP_PARAMETERPROB)
		snprintf(text, ICMP_TEXT, "Parameter problem: pointer = %u", ee->ee_info);
	else
		snprintf(text, ICMP_TEXT, "Bad ICMP type: %u", ee->ee_type);
}

static void words_six(const struct sock_extended_err *ee, char *text)
{
	static const char *const unreachable[] = {
		"No route",
		"Administratively prohibited",
		"Beyond scope of source address",
		"Address unreachable",
		"Port unreachable",
		"Source address failed ingress/egress policy",
		"Reject route to destination",
	};
	static const char *const parameter[] = { "Wrong header field", "Unknown header",
						 "Unknown option" };

	if (ee->ee_type == ICMP6_DST_UNREACH && ee->ee_code < 7)
		snprintf(text, ICMP_TEXT, "Destination unreachable: %s",
			 unreachable[ee->ee_code]);
	else if (ee->ee_type == ICMP6_DST_UNREACH)
		snprintf(text, ICMP_TEXT, "Destination unreachable: Unknown code %u",
			 ee->ee_code);
	else if (ee->ee_type == ICMP6_PACKET_TOO_BIG)
		snprintf(text, ICMP_TEXT, "Packet too big: mtu=%u", ee->ee_info);
	else if (ee->ee_type == ICMP6_TIME_EXCEEDED)
		snprintf(text, ICMP_TEXT, "Time exceeded: %s",
			 ee->ee_code == ICMP6_TIME_EXCEED_TRANSIT
				 ? "Hop limit"
				 : "Defragmentation failure");
	else if (ee->ee_type == ICMP6_PARAM_PROB && ee->ee_code < 3)
		snprintf(text, ICMP_TEXT, "Parameter problem: %s at %u",
			 parameter[ee->ee_code], ee->ee_info);
	else
		snprintf(text, ICMP_TEXT, "Unknown icmp type: %u", ee->ee_type);
}

const char *icmp_error_text(const struct sock_extended_err *ee, char text[ICMP_TEXT])
{
	if (ee->ee_origin == SO_EE_ORIGIN_ICMP6)
		words_six(ee, text);
	else
		words_four(ee, text);
	return text;
}

/* --- the socket --- */

static void set_number(int fd, int level, int option, int value)
{
	setsockopt(fd, level, option, &value, sizeof(value));
}

static void set_up_four(int fd, bool raw, int ttl)
{
	struct icmp_filter filter = { ~(1u << ICMP_ECHOREPLY) };

	if (raw)
		setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	set_number(fd, SOL_IP, IP_RECVERR, 1);
	set_number(fd, SOL_IP, IP_RECVTTL, 1);
	if (ttl) {
		set_number(fd, SOL_IP, IP_TTL, ttl);
		set_number(fd, SOL_IP, IP_MULTICAST_TTL, ttl);
	}
}

static void set_up_six(int fd, bool raw, int ttl)
{
	struct icmp6_filter filter;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	if (raw)
		setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter));
	set_number(fd, SOL_IPV6, IPV6_RECVERR, 1);
	set_number(fd, SOL_IPV6, IPV6_RECVHOPLIMIT, 1);
	if (ttl) {
		set_number(fd, SOL_IPV6, IPV6_UNICAST_HOPS, ttl);
		set_number(fd, SOL_IPV6, IPV6_MULTICAST_HOPS, ttl);
	}
}

int icmp_open(struct kernel *kernel, const char *ns, const struct ping_options *options,
	      int *fd, bool *raw, struct error *err)
{
	bool six = options->to.family == AF_INET6;
	int protocol = six ? (int)IPPROTO_ICMPV6 : (int)IPPROTO_ICMP;
	const char *link = options->link;
	cleanup_close int sock = -1;

	*raw = true;
	sock = kernel_socket(kernel, ns, options->to.family, SOCK_RAW, protocol, err);
	if (sock < 0 && (err->number == EPERM || err->number == EACCES)) {
		/* Without CAP_NET_RAW; a sysctl may allow these to everybody. */
		error_clear(err);
		*raw = false;
		sock = kernel_socket(kernel, ns, options->to.family, SOCK_DGRAM, protocol,
				     err);
	}
	if (sock < 0)
		return error_prefix(err, "cannot ping: ");
	if (link && *link &&
	    setsockopt(sock, SOL_SOCKET, SO_BINDTODEVICE, link, (socklen_t)strlen(link)) <
		    0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot ping through %s", link);
	if (options->from.family) {
		struct sockaddr_storage from;
		socklen_t length = ip_sockaddr(&options->from, 0, &from);
		char text[IP_TEXT];

		if (options->from.family != options->to.family)
			return error_set(err, STATUS_FAILED, -1,
					 "cannot ping from %s: it is of another family",
					 ip_text(&options->from, text));
		if (bind(sock, (struct sockaddr *)&from, length) < 0)
			return error_errno(err, STATUS_FAILED, -1, errno, "cannot ping from %s",
					   ip_text(&options->from, text));
	}
	if (six)
		set_up_six(sock, *raw, (int)options->ttl);
	else
		set_up_four(sock, *raw, (int)options->ttl);
	*fd = steal_fd(&sock);
	return 0;
}

int traffic_scope(struct kernel *kernel, const char *ns, const struct ip *to,
		  const char *link, unsigned *index, struct error *err)
{
	link_list links __attribute__((cleanup(link_list_free))) = { 0 };
	bool group = to->family == AF_INET6 && to->bytes[0] == 0xff &&
		     (to->bytes[1] & 0x0f) <= 2; /* on the interface, on the link */
	struct nl_error answer = { 0 };
	struct nlsock *sock;
	char ip[IP_TEXT];

	*index = 0;
	if (to->family != AF_INET6 || (!ip_is_link_local(to) && !group))
		return 0;
	sock = kernel_rtnl(kernel, ns, err);
	if (!sock)
		return -1;
	if (rtnl_links(sock, &links, &answer) < 0)
		return nl_error_set(err, &answer, ns);
	for (size_t i = 0; i < links.n; i++) {
		const struct link *one = &links.v[i];

		if (link && *link ? strcmp(one->name, link) != 0
				  : (one->flags & IFF_LOOPBACK) != 0)
			continue;
		if (*index)
			return error_set(
				err, STATUS_FAILED, -1,
				"%s is on every link, and %s has several interfaces: "
				"say which",
				ip_text(to, ip), ns);
		*index = (unsigned)one->index;
	}
	if (*index)
		return 0;
	if (link && *link)
		return error_set(err, STATUS_FAILED, -1, "%s has no interface %s", ns,
				 link);
	return error_set(err, STATUS_FAILED, -1, "%s has no interface besides lo", ns);
}
