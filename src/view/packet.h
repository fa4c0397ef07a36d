/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_PACKET_H
#define NSH_VIEW_PACKET_H

#include "base/ip.h"
#include "base/str.h"

/*
 * What is in the bytes of a packet: Ethernet, ARP (RFC 826), IPv4 (RFC 791), IPv6 (RFC 8200),
 * ICMP (RFC 792), ICMPv6 (RFC 4443, 4861), TCP (RFC 9293), UDP (RFC 768), DNS (RFC 1035).
 * Anybody may have made them: nothing in them is believed.
 */
struct packet {
	uint16_t type;		 /* ETH_P_*, behind VLAN tags; up to 1500: a length (802.3) */
	const uint8_t *network;	 /* behind the link's header; NULL: there is nothing */
	size_t network_length;	 /* bytes that are there ... */
	size_t network_whole;	 /* ... and that there were; padding is among them */

	struct ip from, to;	 /* family 0: it is not IP, or cut short */
	uint8_t protocol;	 /* IPPROTO_*, behind IPv6's extension headers */
	uint8_t ttl;		 /* or hop limit */
	uint16_t id;		 /* IPv4's identification */
	bool extended;		 /* IPv6: the first header was none of a protocol's */
	bool hop_by_hop;
	bool fragment;		 /* not whole */
	bool later;		 /* a fragment, not the first: there are no ports in it */

	const uint8_t *transport; /* NULL: not there */
	size_t transport_length, transport_whole;
	bool has_ports;
	uint16_t sport, dport;

	bool has_icmp;
	uint8_t icmp_type, icmp_code;
	uint16_t icmp_id, icmp_sequence; /* of an echo or its reply; else whatever is there */

	bool has_tcp;
	uint16_t tcp_flags, window;
	uint32_t sequence, acknowledged;

	const uint8_t *payload; /* of TCP, UDP, and behind the eight bytes of ICMP; NULL: none */
	size_t payload_length, payload_whole;
};

/* Reads LENGTH bytes of a packet that had WHOLE; PROTOCOL (ETH_P_*) is that of what has no ETHERNET
 * header. PACKET borrows from the bytes. */
void packet_parse(const uint8_t *bytes, size_t length, size_t whole, bool ethernet,
		  uint16_t protocol, struct packet *packet);
/* The same for what begins with an IP header, as ICMP errors return it. */
void packet_parse_ip(const uint8_t *bytes, size_t length, size_t whole, struct packet *packet);
/* The packet that an ICMP error is about. False: this is no such error. */
bool packet_inner(const struct packet *packet, struct packet *inner);

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10

/*
 * Connections whose numbers are told as they count from their beginning. It holds the latest
 * some thousands. Starts zeroed.
 */
struct packet_flow {
	struct ip low, high; /* the end with the lower port first */
	uint16_t low_port, high_port;
	uint32_t low_first, high_first;
};
struct packet_flows {
	VECTOR(struct packet_flow) list;
	size_t oldest;
};
void packet_flows_free(struct packet_flows *flows);

/*
 * Adds the line by which tcpdump -n tells of the packet, without the time. FLOWS may be NULL:
 * then the numbers of TCP are those on the wire. What came from others is made visible.
 */
void packet_text(const struct packet *packet, struct packet_flows *flows, struct buf *text);

/* One message of DNS, as tcpdump has it. MDNS: multicast DNS (RFC 6762). */
void packet_dns_text(const uint8_t *bytes, size_t length, size_t whole, bool mdns,
		     struct buf *text);

#endif
