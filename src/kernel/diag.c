/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/rtnl-internal.h"
#include "kernel/rtnl.h"

/* --- sockets --- */

static struct ip ip_of(uint8_t family, const uint32_t *words)
{
	struct ip ip = { .family = family };

	memcpy(ip.bytes, words, ip_bytes(family));
	return ip;
}

bool diag_parse_socket(const struct nlmsghdr *message, struct diag_socket *socket)
{
	struct inet_diag_msg header;
	struct nlattr *attr;

	memset(socket, 0, sizeof(*socket));
	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(header))
		return false;
	memcpy(&header, mnl_nlmsg_get_payload(message), sizeof(header));
	if (header.idiag_family != AF_INET && header.idiag_family != AF_INET6)
		return false;
	socket->family = header.idiag_family;
	socket->at = ip_of(header.idiag_family, header.id.idiag_src);
	socket->port = ntohs(header.id.idiag_sport);
	socket->peer = ip_of(header.idiag_family, header.id.idiag_dst);
	socket->peer_port = ntohs(header.id.idiag_dport);
	socket->index = header.id.idiag_if;
	mnl_attr_for_each(attr, message, sizeof(header))
		if (mnl_attr_get_type(attr) == INET_DIAG_SKV6ONLY &&
		    mnl_attr_get_payload_len(attr) == 1)
			socket->v6_only = mnl_attr_get_u8(attr);
	return true;
}

static void sockets_start(void *data)
{
	diag_socket_list *sockets = data;

	sockets->n = 0;
}

static int sockets_add(const struct nlmsghdr *message, void *data)
{
	diag_socket_list *sockets = data;
	struct diag_socket socket;

	if (diag_parse_socket(message, &socket))
		*vector_add(sockets) = socket;
	return MNL_CB_OK;
}

static int dump_sockets(struct nlsock *sock, uint8_t family, uint8_t protocol,
			diag_socket_list *sockets, struct nl_error *failed)
{
	struct request request;
	struct inet_diag_req_v2 *ask =
		request_init(&request, SOCK_DIAG_BY_FAMILY, sizeof(*ask));

	ask->sdiag_family = family;
	ask->sdiag_protocol = protocol;
	/* A UDP socket is "closed" while it takes packets of anybody. */
	ask->idiag_states = protocol == IPPROTO_TCP ? 1 << TCP_LISTEN :
						      1 << TCP_CLOSE | 1 << TCP_ESTABLISHED;
	return nlsock_dump(sock, &request.header, sockets_add, sockets, sockets_start, failed);
}

static int open_diag(void *data, struct error *err)
{
	struct nlsock **sock = data;

	*sock = nlsock_open(NETLINK_SOCK_DIAG, err);
	return *sock ? 0 : -1;
}

int diag_sockets(struct kernel *kernel, const char *name, uint8_t protocol,
		 diag_socket_list *sockets, struct error *err)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct nlsock *sock = NULL;
	int result = 0;

	sockets->n = 0;
	if (kernel_inside(kernel, name, open_diag, &sock, err) < 0) {
		nlsock_close(sock);
		return -1;
	}
	for (size_t i = 0; result == 0 && i < sizeof(families); i++) {
		diag_socket_list some = { 0 };
		struct nl_error failed = { 0 };

		result = dump_sockets(sock, families[i], protocol, &some, &failed);
		/* A kernel without IPv6 has no such sockets. */
		if (result < 0 && families[i] == AF_INET6 && failed.number == ENOENT)
			result = 0;
		else if (result < 0)
			nl_error_set(err, &failed, "the sockets cannot be listed");
		for (size_t j = 0; j < some.n; j++)
			*vector_add(sockets) = some.v[j];
		vector_free(&some);
	}
	nlsock_close(sock);
	return result;
}

/* --- routes --- */

struct taken_route {
	struct route_answer *answer;
	bool came, bad;
};

static void take_mtu(const struct nlmsghdr *message, struct route_answer *answer)
{
	struct nlattr *attr, *metric;

	mnl_attr_for_each(attr, message, sizeof(struct rtmsg)) {
		if (mnl_attr_get_type(attr) != RTA_METRICS)
			continue;
		mnl_attr_for_each_nested(metric, attr)
			if (mnl_attr_get_type(metric) == RTAX_MTU &&
			    mnl_attr_get_payload_len(metric) == sizeof(uint32_t))
				answer->mtu = mnl_attr_get_u32(metric);
	}
}

static int route_take(const struct nlmsghdr *message, void *data)
{
	struct taken_route *taken = data;
	struct route route;

	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	if (rtnl_parse_route(message, &route, &taken->answer->out) < 0) {
		taken->bad = true;
		return MNL_CB_OK;
	}
	taken->came = true;
	taken->answer->type = route.type;
	taken->answer->gateway = route.gateway;
	taken->answer->source = route.source;
	taken->answer->table = route.table;
	taken->answer->dest = route.dest;
	take_mtu(message, taken->answer);
	return MNL_CB_OK;
}

/* What RTM_GETROUTE says instead of a route; all else is a question that failed. */
static bool is_answer(int number)
{
	return number == ENETUNREACH || number == EHOSTUNREACH || number == EACCES ||
	       number == EINVAL || number == EXDEV || number == ENETDOWN || number == EAGAIN;
}

int diag_route(struct nlsock *rtnl, const struct route_question *question,
	       struct route_answer *answer, struct nl_error *failed)
{
	struct taken_route taken = { .answer = answer };
	struct request request;
	struct rtmsg *header = request_init(&request, RTM_GETROUTE, sizeof(*header));
	uint8_t family = question->to.family;
	bool ports = question->protocol == IPPROTO_TCP || question->protocol == IPPROTO_UDP;

	memset(answer, 0, sizeof(*answer));
	memset(failed, 0, sizeof(*failed));
	header->rtm_family = family;
	header->rtm_dst_len = (uint8_t)ip_bits(family);
	if (family == AF_INET)
		header->rtm_flags = RTM_F_LOOKUP_TABLE;
	mnl_attr_put(&request.header, RTA_DST, ip_bytes(family), question->to.bytes);
	if (question->from.family == family) {
		header->rtm_src_len = (uint8_t)ip_bits(family);
		mnl_attr_put(&request.header, RTA_SRC, ip_bytes(family), question->from.bytes);
	}
	if (question->in)
		mnl_attr_put_u32(&request.header, RTA_IIF, (uint32_t)question->in);
	if (question->out)
		mnl_attr_put_u32(&request.header, RTA_OIF, (uint32_t)question->out);
	if (question->mark)
		mnl_attr_put_u32(&request.header, RTA_MARK, question->mark);
	if (ports) {
		mnl_attr_put_u8(&request.header, RTA_IP_PROTO, question->protocol);
		mnl_attr_put_u16(&request.header, RTA_SPORT, htons(question->sport));
		mnl_attr_put_u16(&request.header, RTA_DPORT, htons(question->dport));
	}
	if (nlsock_request(rtnl, &request.header, route_take, &taken, failed) < 0) {
		answer->error = failed->number;
		return is_answer(failed->number) ? 0 : -1;
	}
	if (taken.bad || !taken.came) {
		failed->number = EBADMSG;
		return -1;
	}
	/* IPv6 answers an unreachable route with the route. */
	switch (answer->type) {
	case RTN_UNREACHABLE:
		answer->error = EHOSTUNREACH;
		break;
	case RTN_PROHIBIT:
		answer->error = EACCES;
		break;
	case RTN_BLACKHOLE:
		answer->error = EINVAL;
		break;
	}
	return 0;
}

/* --- switches --- */

bool diag_parse_fdb(const struct nlmsghdr *message, struct fdb_entry *entry)
{
	struct ndmsg header;
	struct nlattr *attr;
	bool mac = false;

	memset(entry, 0, sizeof(*entry));
	if (message->nlmsg_type != RTM_NEWNEIGH ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(header))
		return false;
	memcpy(&header, mnl_nlmsg_get_payload(message), sizeof(header));
	if (header.ndm_family != AF_BRIDGE)
		return false;
	mnl_attr_for_each(attr, message, sizeof(header)) {
		if (mnl_attr_get_type(attr) == NDA_LLADDR &&
		    mnl_attr_get_payload_len(attr) == sizeof(entry->mac)) {
			memcpy(entry->mac, mnl_attr_get_payload(attr), sizeof(entry->mac));
			mac = true;
		}
		if (mnl_attr_get_type(attr) == NDA_MASTER &&
		    mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
			entry->bridge = (int)mnl_attr_get_u32(attr);
	}
	entry->port = header.ndm_ifindex;
	entry->local = header.ndm_state & NUD_PERMANENT;
	entry->fixed = header.ndm_state & (NUD_PERMANENT | NUD_NOARP);
	/* Entries of the interface itself (multicast filters) are none of a switch. */
	return mac && (entry->bridge || !(header.ndm_flags & NTF_SELF));
}

static void fdb_start(void *data)
{
	fdb_list *entries = data;

	entries->n = 0;
}

static int fdb_add(const struct nlmsghdr *message, void *data)
{
	fdb_list *entries = data;
	struct fdb_entry entry;

	if (diag_parse_fdb(message, &entry))
		*vector_add(entries) = entry;
	return MNL_CB_OK;
}

int diag_fdb(struct nlsock *rtnl, fdb_list *entries, struct nl_error *failed)
{
	struct request request;
	struct ndmsg *header = request_init(&request, RTM_GETNEIGH, sizeof(*header));

	header->ndm_family = AF_BRIDGE;
	return nlsock_dump(rtnl, &request.header, fdb_add, entries, fdb_start, failed);
}

static bool flag_of(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) == 1 && mnl_attr_get_u8(attr);
}

bool diag_parse_port(const struct nlmsghdr *message, struct bridge_port *port)
{
	struct ifinfomsg header;
	struct nlattr *attr, *part;
	bool found = false;

	memset(port, 0, sizeof(*port));
	if (message->nlmsg_type != RTM_NEWLINK ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(header))
		return false;
	memcpy(&header, mnl_nlmsg_get_payload(message), sizeof(header));
	port->index = header.ifi_index;
	mnl_attr_for_each(attr, message, sizeof(header)) {
		if (mnl_attr_get_type(attr) != IFLA_PROTINFO)
			continue;
		found = true;
		mnl_attr_for_each_nested(part, attr) {
			switch (mnl_attr_get_type(part)) {
			case IFLA_BRPORT_MODE:
				port->hairpin = flag_of(part);
				break;
			case IFLA_BRPORT_ISOLATED:
				port->isolated = flag_of(part);
				break;
			case IFLA_BRPORT_UNICAST_FLOOD:
				port->no_flood = !flag_of(part);
				break;
			case IFLA_BRPORT_LEARNING:
				port->no_learning = !flag_of(part);
				break;
			}
		}
	}
	return found;
}

static void ports_start(void *data)
{
	bridge_port_list *ports = data;

	ports->n = 0;
}

static int ports_add(const struct nlmsghdr *message, void *data)
{
	bridge_port_list *ports = data;
	struct bridge_port port;

	if (diag_parse_port(message, &port))
		*vector_add(ports) = port;
	return MNL_CB_OK;
}

int diag_bridge_ports(struct nlsock *rtnl, bridge_port_list *ports, struct nl_error *failed)
{
	struct request request;
	struct ifinfomsg *header = request_init(&request, RTM_GETLINK, sizeof(*header));

	header->ifi_family = AF_BRIDGE;
	return nlsock_dump(rtnl, &request.header, ports_add, ports, ports_start, failed);
}
