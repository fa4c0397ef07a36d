/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/icmp6.h>
#include <linux/icmp.h>
#include <stdlib.h>
#include <string.h>

/* The packet as bytes: what rules of nf_tables look at. */

static void put16(uint8_t *to, uint16_t value)
{
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
}

static uint16_t get16(const uint8_t *from)
{
	return (uint16_t)(from[0] << 8 | from[1]);
}

/* RFC 826, for Ethernet and IPv4. */
static void put_arp(const struct packet *packet, struct headers *h)
{
	uint8_t *at = h->network;

	put16(at, 1);
	put16(at + 2, ETH_P_IP);
	at[4] = 6;
	at[5] = 4;
	put16(at + 6, packet->reply ? 2 : 1);
	memcpy(at + 8, packet->mac_from, 6);
	memcpy(at + 14, packet->from.bytes, 4);
	if (packet->reply)
		memcpy(at + 18, packet->mac_to, 6);
	memcpy(at + 24, packet->to.bytes, 4);
	h->network_length = 28;
}

static void put_ipv4(const struct packet *packet, struct headers *h)
{
	uint8_t *at = h->network;

	at[0] = 0x45;
	at[1] = packet->tos;
	put16(at + 2, (uint16_t)packet->size);
	at[6] = 0x40; /* do not fragment */
	at[8] = packet->ttl;
	at[9] = packet->protocol;
	memcpy(at + 12, packet->from.bytes, 4);
	memcpy(at + 16, packet->to.bytes, 4);
	h->network_length = 20;
}

static void put_ipv6(const struct packet *packet, struct headers *h)
{
	uint8_t *at = h->network;

	at[0] = (uint8_t)(0x60 | packet->tos >> 4);
	at[1] = (uint8_t)(packet->tos << 4);
	put16(at + 4, (uint16_t)(packet->size - 40));
	at[6] = packet->protocol;
	at[7] = packet->ttl;
	memcpy(at + 8, packet->from.bytes, 16);
	memcpy(at + 24, packet->to.bytes, 16);
	h->network_length = 40;
}

static void put_transport(const struct packet *packet, struct headers *h)
{
	uint8_t *at = h->transport;

	switch (packet->protocol) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		at[0] = packet->type;
		put16(at + 4, packet->id);
		put16(at + 6, 1);
		h->transport_length = 8;
		if (is_discovery(packet)) {
			put16(at + 4, 0);
			put16(at + 6, 0);
			memcpy(at + 8, packet->about.bytes, 16);
			h->transport_length = 24;
		}
		break;
	case IPPROTO_TCP:
		put16(at, packet->sport);
		put16(at + 2, packet->dport);
		at[12] = 0xa0; /* 40 bytes with its options */
		at[13] = packet->tcp_flags;
		put16(at + 14, 64240);
		h->transport_length = 20;
		break;
	case IPPROTO_UDP:
		put16(at, packet->sport);
		put16(at + 2, packet->dport);
		put16(at + 4, (uint16_t)(packet->size - h->network_length));
		h->transport_length = 8;
		break;
	}
}

void packet_headers(const struct packet *packet, struct headers *h)
{
	memset(h, 0, sizeof(*h));
	memcpy(h->ether, packet->mac_to, 6);
	memcpy(h->ether + 6, packet->mac_from, 6);
	if (packet->kind == PACKET_ARP) {
		put16(h->ether + 12, ETH_P_ARP);
		put_arp(packet, h);
		return;
	}
	put16(h->ether + 12, packet->from.family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	if (packet->from.family == AF_INET)
		put_ipv4(packet, h);
	else
		put_ipv6(packet, h);
	put_transport(packet, h);
}

void packet_from_headers(struct packet *packet, const struct headers *h)
{
	bool four = packet->from.family == AF_INET;
	const uint8_t *at = h->network;

	memcpy(packet->mac_to, h->ether, 6);
	memcpy(packet->mac_from, h->ether + 6, 6);
	if (packet->kind == PACKET_ARP)
		return;
	packet->tos = four ? at[1] : (uint8_t)(at[0] << 4 | at[1] >> 4);
	packet->ttl = four ? at[8] : at[7];
	memcpy(packet->from.bytes, at + (four ? 12 : 8), ip_bytes(packet->from.family));
	memcpy(packet->to.bytes, at + (four ? 16 : 24), ip_bytes(packet->to.family));
	if (packet->protocol == IPPROTO_TCP || packet->protocol == IPPROTO_UDP) {
		packet->sport = get16(h->transport);
		packet->dport = get16(h->transport + 2);
	}
}

void why_packet_text(const struct packet *packet, struct buf *text)
{
	char from[IP_TEXT], to[IP_TEXT];
	bool tcp = packet->protocol == IPPROTO_TCP, udp = packet->protocol == IPPROTO_UDP;

	buf_addf(text, "%s -> %s", ip_text(&packet->from, from), ip_text(&packet->to, to));
	if (tcp || udp)
		buf_addf(text, ", %s port %u", tcp ? "tcp" : "udp",
			 packet->is_answer ? packet->sport : packet->dport);
}

bool is_discovery(const struct packet *packet)
{
	return packet->kind == PACKET_IP && packet->protocol == IPPROTO_ICMPV6 &&
	       (packet->type == ND_NEIGHBOR_SOLICIT || packet->type == ND_NEIGHBOR_ADVERT);
}
