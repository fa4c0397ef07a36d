/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/packet.h"

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

/* A number in network order; the caller has looked that it is there. */
static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static struct ip address(uint8_t family, const uint8_t *bytes)
{
	struct ip ip = { .family = family };

	memcpy(ip.bytes, bytes, ip_bytes(family));
	return ip;
}

static void set_payload(struct packet *packet, size_t header)
{
	if (packet->transport_length < header)
		return;
	packet->payload = packet->transport + header;
	packet->payload_length = packet->transport_length - header;
	packet->payload_whole = packet->transport_whole - header;
}

static void parse_tcp(struct packet *packet)
{
	const uint8_t *tcp = packet->transport;
	size_t header;

	if (packet->transport_length < 20)
		return;
	header = (size_t)(tcp[12] >> 4) * 4;
	packet->has_tcp = true;
	packet->sequence = get32(tcp + 4);
	packet->acknowledged = get32(tcp + 8);
	packet->tcp_flags = get16(tcp + 12) & 0x01ff;
	packet->window = get16(tcp + 14);
	if (header >= 20)
		set_payload(packet, header);
}

static void parse_udp(struct packet *packet)
{
	size_t length;

	if (packet->transport_length < 8)
		return;
	set_payload(packet, 8);
	/* Its own length, where it says less than IP does. */
	length = get16(packet->transport + 4);
	if (length < 8)
		return;
	packet->payload_whole = least(packet->payload_whole, length - 8);
	packet->payload_length = least(packet->payload_length, length - 8);
}

static void parse_icmp(struct packet *packet)
{
	const uint8_t *icmp = packet->transport;

	if (packet->transport_length < 4)
		return;
	packet->has_icmp = true;
	packet->icmp_type = icmp[0];
	packet->icmp_code = icmp[1];
	if (packet->transport_length < 8)
		return;
	packet->icmp_id = get16(icmp + 4);
	packet->icmp_sequence = get16(icmp + 6);
	set_payload(packet, 8);
}

static void parse_transport(struct packet *packet)
{
	bool four = packet->from.family == AF_INET;

	if (packet->later)
		return;
	switch (packet->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		if (packet->transport_length < 4)
			return;
		packet->has_ports = true;
		packet->sport = get16(packet->transport);
		packet->dport = get16(packet->transport + 2);
		if (packet->protocol == IPPROTO_TCP)
			parse_tcp(packet);
		else
			parse_udp(packet);
		break;
	case IPPROTO_ICMP:
		if (four)
			parse_icmp(packet);
		break;
	case IPPROTO_ICMPV6:
		if (!four)
			parse_icmp(packet);
		break;
	default:
		break;
	}
}

/* WHOLE is what the header says of the transport's length, AT where it begins. */
static void set_transport(struct packet *packet, size_t at, size_t whole)
{
	packet->transport = packet->network + at;
	packet->transport_whole = whole;
	packet->transport_length = least(packet->network_length - at, whole);
	parse_transport(packet);
}

static void parse_four(struct packet *packet)
{
	const uint8_t *ip = packet->network;
	size_t header, total;
	unsigned fragment;

	if (packet->network_length < 20 || ip[0] >> 4 != 4)
		return;
	header = (ip[0] & 0x0fu) * 4u;
	total = get16(ip + 2);
	if (total == 0) /* segments that are cut later have no length yet */
		total = packet->network_whole;
	if (header < 20 || total < header)
		return;
	packet->from = address(AF_INET, ip + 12);
	packet->to = address(AF_INET, ip + 16);
	packet->protocol = ip[9];
	packet->ttl = ip[8];
	packet->id = get16(ip + 4);
	fragment = get16(ip + 6);
	packet->fragment = fragment & 0x3fff;
	packet->later = fragment & 0x1fff;
	if (header <= packet->network_length)
		set_transport(packet, header, total - header);
}

/* Whether TYPE is a header that another one follows, of the length that is returned in bytes. */
static size_t extension_length(uint8_t type, const uint8_t *at)
{
	switch (type) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
		return ((size_t)at[1] + 1) * 8;
	case IPPROTO_FRAGMENT:
		return 8;
	case IPPROTO_AH:
		return ((size_t)at[1] + 2) * 4;
	default:
		return 0;
	}
}

static void parse_six(struct packet *packet)
{
	const uint8_t *ip = packet->network;
	size_t at = 40, total;
	uint8_t next;

	if (packet->network_length < 40 || ip[0] >> 4 != 6)
		return;
	total = get16(ip + 4);
	total = total ? total + 40 : packet->network_whole;
	packet->from = address(AF_INET6, ip + 8);
	packet->to = address(AF_INET6, ip + 24);
	packet->ttl = ip[7];
	next = ip[6];
	for (;;) {
		size_t length;

		packet->protocol = next;
		if (at + 8 > packet->network_length || packet->later)
			break;
		length = extension_length(next, ip + at);
		if (length == 0)
			break;
		packet->extended = true;
		packet->hop_by_hop |= next == IPPROTO_HOPOPTS;
		if (next == IPPROTO_FRAGMENT) {
			packet->fragment = get16(ip + at + 2) & 0xfff9;
			packet->later = get16(ip + at + 2) & 0xfff8;
		}
		next = ip[at];
		at += length;
		if (at > packet->network_length)
			return;
	}
	if (total >= at)
		set_transport(packet, at, total - at);
}

static void parse_network(struct packet *packet)
{
	if (packet->type == ETH_P_IP)
		parse_four(packet);
	else if (packet->type == ETH_P_IPV6)
		parse_six(packet);
}

void packet_parse(const uint8_t *bytes, size_t length, size_t whole, bool ethernet,
		  uint16_t protocol, struct packet *packet)
{
	size_t at = 0;

	*packet = (struct packet){ .type = protocol };
	if (ethernet) {
		at = 2 * ETH_ALEN;
		if (length < at + 2) {
			packet->type = 0;
			return;
		}
		packet->type = get16(bytes + at);
		at += 2;
		while ((packet->type == ETH_P_8021Q || packet->type == ETH_P_8021AD) &&
		       at + 4 <= length) {
			packet->type = get16(bytes + at + 2);
			at += 4;
		}
	}
	packet->network = bytes + at;
	packet->network_length = length - at;
	packet->network_whole = whole - at;
	parse_network(packet);
}

void packet_parse_ip(const uint8_t *bytes, size_t length, size_t whole, struct packet *packet)
{
	unsigned version = length ? bytes[0] >> 4 : 0;

	*packet = (struct packet){
		.type = version == 6 ? ETH_P_IPV6 : ETH_P_IP,
		.network = bytes,
		.network_length = length,
		.network_whole = whole,
	};
	parse_network(packet);
}

bool packet_inner(const struct packet *packet, struct packet *inner)
{
	bool error;

	if (!packet->has_icmp || !packet->payload)
		return false;
	if (packet->protocol == IPPROTO_ICMPV6)
		error = packet->icmp_type < 128;
	else /* unreachable, source quench, redirect, time exceeded, parameter problem */
		error = packet->icmp_type == 3 || packet->icmp_type == 4 ||
			packet->icmp_type == 5 || packet->icmp_type == 11 ||
			packet->icmp_type == 12;
	if (!error)
		return false;
	packet_parse_ip(packet->payload, packet->payload_length, packet->payload_whole, inner);
	return inner->from.family != 0;
}
