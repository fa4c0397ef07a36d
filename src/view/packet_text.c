/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/packet.h"

#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/packet_parts.h"

/* Packets in the words of tcpdump(8), which people know and can look up. */

#define FLOWS 4096 /* connections that are remembered */

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

void packet_add_ip(struct buf *text, const struct ip *ip)
{
	char shown[IP_TEXT];

	buf_add(text, ip_text(ip, shown));
}

void packet_add_address(struct buf *text, uint8_t family, const uint8_t *bytes)
{
	struct ip ip = { .family = family };

	memcpy(ip.bytes, bytes, ip_bytes(family));
	packet_add_ip(text, &ip);
}

static void add_mac(struct buf *text, const uint8_t *mac)
{
	char shown[MAC_TEXT];

	buf_add(text, mac_text(mac, shown));
}

static void add_ends(struct buf *text, const struct packet *packet)
{
	packet_add_ip(text, &packet->from);
	if (packet->has_ports && !packet->extended)
		buf_addf(text, ".%u", packet->sport);
	buf_add(text, " > ");
	packet_add_ip(text, &packet->to);
	if (packet->has_ports && !packet->extended)
		buf_addf(text, ".%u", packet->dport);
	buf_add(text, ": ");
}

/* --- ARP --- */

static void arp_text(const struct packet *packet, struct buf *text)
{
	static const uint8_t nobody[ETH_ALEN];
	const uint8_t *arp = packet->network;
	unsigned operation;

	buf_add(text, "ARP, ");
	if (packet->network_length < 8) {
		buf_add(text, "[|arp]");
		return;
	}
	operation = get16(arp + 6);
	if (get16(arp + 2) != ETH_P_IP || arp[4] != ETH_ALEN || arp[5] != 4 ||
	    packet->network_length < 28) {
		buf_addf(text, "hardware %u (len %u), protocol 0x%04x (len %u), length %zu",
			 get16(arp), arp[4], get16(arp + 2), arp[5], packet->network_whole);
		return;
	}
	switch (operation) {
	case 1:
		buf_add(text, "Request who-has ");
		packet_add_address(text, AF_INET, arp + 24);
		if (memcmp(arp + 18, nobody, sizeof(nobody)) != 0) {
			buf_add(text, " (");
			add_mac(text, arp + 18);
			buf_addc(text, ')');
		}
		buf_add(text, " tell ");
		packet_add_address(text, AF_INET, arp + 14);
		break;
	case 2:
		buf_add(text, "Reply ");
		packet_add_address(text, AF_INET, arp + 14);
		buf_add(text, " is-at ");
		add_mac(text, arp + 8);
		break;
	default:
		buf_addf(text, "Unknown (%u)", operation);
		break;
	}
	buf_addf(text, ", length %zu", packet->network_whole);
}

/* --- TCP and UDP --- */

/* Whether the packet goes from the higher to the lower end; *FLOW is new where it was not known. */
static bool find_flow(struct packet_flows *flows, const struct packet *packet,
		      struct packet_flow **flow, bool *known)
{
	bool reverse = packet->sport > packet->dport ||
		       (packet->sport == packet->dport &&
			ip_compare(&packet->from, &packet->to) > 0);
	const struct packet_flow wanted = {
		.low = reverse ? packet->to : packet->from,
		.high = reverse ? packet->from : packet->to,
		.low_port = reverse ? packet->dport : packet->sport,
		.high_port = reverse ? packet->sport : packet->dport,
	};

	for (size_t i = 0; i < flows->list.n; i++) {
		*flow = &flows->list.v[i];
		*known = (*flow)->low_port == wanted.low_port &&
			 (*flow)->high_port == wanted.high_port &&
			 ip_equal(&(*flow)->low, &wanted.low) &&
			 ip_equal(&(*flow)->high, &wanted.high);
		if (*known)
			return reverse;
	}
	*known = false;
	if (flows->list.n < FLOWS) {
		*flow = vector_add(&flows->list);
	} else {
		*flow = &flows->list.v[flows->oldest];
		flows->oldest = (flows->oldest + 1) % FLOWS;
	}
	**flow = wanted;
	return reverse;
}

/* Numbers as they count from the beginning of the connection, but in its first two packets. */
static void count_from_start(struct packet_flows *flows, const struct packet *packet,
			     uint32_t *sequence, uint32_t *acknowledged, uint32_t *sack_base)
{
	struct packet_flow *flow;
	bool known, reverse;

	if (!flows || !(packet->tcp_flags & TCP_ACK))
		return;
	reverse = find_flow(flows, packet, &flow, &known);
	if (!known || (packet->tcp_flags & TCP_SYN)) {
		flow->low_first = reverse ? *acknowledged - 1 : *sequence;
		flow->high_first = reverse ? *sequence : *acknowledged - 1;
	} else {
		*sequence -= reverse ? flow->high_first : flow->low_first;
		*acknowledged -= reverse ? flow->low_first : flow->high_first;
	}
	*sack_base = reverse ? flow->low_first : flow->high_first;
}

static void sack_text(const uint8_t *at, size_t length, uint32_t base, struct buf *text)
{
	if (length % 8 != 0) {
		buf_add(text, " invalid sack");
		return;
	}
	buf_addf(text, " %zu ", length / 8);
	for (size_t i = 0; i < length; i += 8)
		buf_addf(text, "{%u:%u}", get32(at + i) - base, get32(at + i + 4) - base);
}

/* One option of LENGTH bytes with its data AT. */
static void option_text(uint8_t kind, const uint8_t *at, size_t length, uint32_t base,
			struct buf *text)
{
	static const char *const names[] = { "eol", "nop", "mss", "wscale", "sackOK", "sack" };

	if (kind == 8 && length == 8) {
		buf_addf(text, "TS val %u ecr %u", get32(at), get32(at + 4));
		return;
	}
	if (kind < sizeof(names) / sizeof(names[0]))
		buf_add(text, names[kind]);
	else if (kind == 34)
		buf_add(text, "tfo ");
	else
		buf_addf(text, "unknown-%u", kind);
	if (kind == 2 && length == 2) {
		buf_addf(text, " %u", get16(at));
	} else if (kind == 3 && length == 1) {
		buf_addf(text, " %u", at[0]);
	} else if (kind == 5) {
		sack_text(at, length, base, text);
	} else if (length > 0) {
		buf_add(text, kind == 34 ? " cookie " : " 0x");
		for (size_t i = 0; i < length; i++)
			buf_addf(text, "%02x", at[i]);
	} else if (kind == 34) {
		buf_add(text, " cookiereq");
	}
}

static void options_text(const struct packet *packet, size_t header, uint32_t base,
			 struct buf *text)
{
	const uint8_t *at = packet->transport + 20, *end = packet->transport + header;
	const char *comma = "";

	buf_add(text, ", options [");
	while (at < end) {
		uint8_t kind = *at++;
		size_t length = 0;

		if (kind > 1) {
			if (at == end || *at < 2 || *at - 2 > end - at - 1) {
				buf_addf(text, "%s[bad opt]", comma);
				break;
			}
			length = (size_t)*at++ - 2;
		}
		buf_add(text, comma);
		option_text(kind, at, length, base, text);
		at += length;
		comma = ",";
		if (kind == 0)
			break;
	}
	buf_addc(text, ']');
}

/* The first line of a message of HTTP/1. */
static void http_text(const struct packet *packet, struct buf *text)
{
	size_t length = 0;
	cleanup_free char *line = NULL;

	buf_add(text, ": HTTP");
	while (length < packet->payload_length && packet->payload[length] != '\r' &&
	       packet->payload[length] != '\n' && packet->payload[length])
		length++;
	line = xstrndup((const char *)packet->payload, length);
	if (str_starts(line, "GET ") || str_starts(line, "HEAD ") || str_starts(line, "POST ") ||
	    str_starts(line, "PUT ") || str_starts(line, "DELETE ") ||
	    str_starts(line, "OPTIONS ") || str_starts(line, "HTTP/")) {
		buf_add(text, ": ");
		buf_add_visible(text, line);
	}
}

static bool is_port(const struct packet *packet, uint16_t port)
{
	return packet->sport == port || packet->dport == port;
}

static void above_tcp_text(const struct packet *packet, struct buf *text)
{
	size_t length = packet->payload_length;

	if (length == 0 || (packet->tcp_flags & TCP_RST))
		return;
	if (is_port(packet, 80) || is_port(packet, 8080) || is_port(packet, 3128)) {
		http_text(packet, text);
	} else if (is_port(packet, 53) && length > 2) {
		if (get16(packet->payload) != packet->payload_whole - 2)
			return; /* a part of one */
		buf_addc(text, ' ');
		packet_dns_text(packet->payload + 2, length - 2, packet->payload_whole - 2,
				false, text);
	}
}

static void tcp_text(const struct packet *packet, struct packet_flows *flows, struct buf *text)
{
	static const char letters[] = "FSRP.UEWe";
	uint32_t sequence = packet->sequence, acknowledged = packet->acknowledged, base = 0;
	uint16_t flags = packet->tcp_flags;
	size_t header;

	if (!packet->has_tcp) {
		buf_add(text, "[|tcp]");
		return;
	}
	header = (size_t)(packet->transport[12] >> 4) * 4;
	if (header < 20 || header > packet->transport_whole) {
		buf_addf(text, "tcp %zu [bad hdr length %zu]", packet->transport_whole, header);
		return;
	}
	buf_add(text, "Flags [");
	for (size_t i = 0; letters[i]; i++)
		if (flags & 1u << i)
			buf_addc(text, letters[i]);
	buf_add(text, flags ? "]" : "none]");
	count_from_start(flows, packet, &sequence, &acknowledged, &base);
	if (packet->payload_whole > 0 || (flags & (TCP_SYN | TCP_FIN | TCP_RST)))
		buf_addf(text, ", seq %u", sequence);
	if (packet->payload_whole > 0)
		buf_addf(text, ":%u", (uint32_t)(sequence + packet->payload_whole));
	if (flags & TCP_ACK)
		buf_addf(text, ", ack %u", acknowledged);
	buf_addf(text, ", win %u", packet->window);
	if (flags & 0x20)
		buf_addf(text, ", urg %u", get16(packet->transport + 18));
	if (header > packet->transport_length) {
		buf_add(text, " [|tcp]");
		return;
	}
	if (header > 20)
		options_text(packet, header, base, text);
	buf_addf(text, ", length %zu", packet->payload_whole);
	above_tcp_text(packet, text);
}

static void udp_text(const struct packet *packet, struct buf *text)
{
	if (!packet->payload) {
		buf_add(text, "[|udp]");
		return;
	}
	if ((is_port(packet, 53) || is_port(packet, 5353)) && packet->payload_length > 0 &&
	    !packet->fragment)
		packet_dns_text(packet->payload, packet->payload_length, packet->payload_whole,
				is_port(packet, 5353), text);
	else
		buf_addf(text, "UDP, length %zu", packet->payload_whole);
}

/* --- IP --- */

static void igmp_text(const struct packet *packet, struct buf *text)
{
	const uint8_t *at = packet->transport;

	if (packet->transport_length < 8) {
		buf_add(text, "[|igmp]");
		return;
	}
	switch (at[0]) {
	case 0x11:
		buf_addf(text, "igmp query v%u", packet->transport_whole >= 12 ? 3 :
						 at[1] ? 2 : 1);
		break;
	case 0x12:
	case 0x16:
		buf_addf(text, "igmp v%u report ", at[0] == 0x16 ? 2 : 1);
		packet_add_address(text, AF_INET, at + 4);
		break;
	case 0x17:
		buf_add(text, "igmp leave ");
		packet_add_address(text, AF_INET, at + 4);
		break;
	case 0x22:
		buf_addf(text, "igmp v3 report, %u group record(s)", get16(at + 6));
		break;
	default:
		buf_addf(text, "igmp-%u", at[0]);
		break;
	}
}

static void transport_text(const struct packet *packet, struct packet_flows *flows,
			   struct buf *text)
{
	struct packet inner;
	bool four = packet->from.family == AF_INET;

	if (packet->protocol == IPPROTO_TCP) {
		tcp_text(packet, flows, text);
	} else if (packet->protocol == IPPROTO_UDP) {
		udp_text(packet, text);
	} else if (packet->protocol == IPPROTO_ICMP && four) {
		packet_icmp_text(packet, text);
	} else if (packet->protocol == IPPROTO_ICMPV6 && !four) {
		packet_icmp6_text(packet, text);
	} else if (packet->protocol == IPPROTO_IGMP && four) {
		igmp_text(packet, text);
	} else if (packet->protocol == IPPROTO_IPIP || packet->protocol == IPPROTO_IPV6) {
		packet_parse_ip(packet->transport, packet->transport_length,
				packet->transport_whole, &inner);
		/* Boxes within boxes within boxes are told no further than this. */
		buf_add(text, inner.from.family == AF_INET6 ? "IP6 " : "IP ");
		if (inner.from.family) {
			add_ends(text, &inner);
			buf_addf(text, "ip-proto-%u", inner.protocol);
		}
	} else if (packet->protocol == IPPROTO_NONE) {
		buf_add(text, "no next header");
	} else {
		buf_addf(text, " ip-proto-%u %zu", packet->protocol, packet->transport_whole);
	}
}

static void ip_packet_text(const struct packet *packet, struct packet_flows *flows,
			   struct buf *text)
{
	bool four = packet->type == ETH_P_IP;

	buf_add(text, four ? "IP " : "IP6 ");
	if (!packet->from.family) {
		buf_add(text, four ? "[|ip]" : "[|ip6]");
		return;
	}
	add_ends(text, packet);
	if (packet->hop_by_hop)
		buf_add(text, "HBH ");
	if (packet->fragment && !four)
		buf_add(text, "frag ");
	if (packet->later) {
		text->length -= four ? 1 : 0;
		buf_addf(text, "%sip-proto-%u", four ? " " : "", packet->protocol);
	} else if (!packet->transport) {
		buf_add(text, four ? "[|ip]" : "[|ip6]");
	} else {
		if (packet->has_ports && packet->extended)
			buf_addf(text, "%u > %u: ", packet->sport, packet->dport);
		transport_text(packet, flows, text);
	}
}

void packet_text(const struct packet *packet, struct packet_flows *flows, struct buf *text)
{
	switch (packet->type) {
	case ETH_P_IP:
	case ETH_P_IPV6:
		ip_packet_text(packet, flows, text);
		break;
	case ETH_P_ARP:
		arp_text(packet, text);
		break;
	default:
		/* A bridge's spanning tree: what a lab has of 802.3. */
		if (packet->type <= 1500 && packet->network_length > 3 &&
		    packet->network[0] == 0x42 && packet->network[1] == 0x42)
			buf_addf(text, "STP, length %u", packet->type - 3u);
		else if (!packet->network)
			buf_add(text, "[|ether]");
		else if (packet->type <= 1500)
			buf_addf(text, "802.3, length %u", packet->type);
		else
			buf_addf(text, "ethertype 0x%04x, length %zu", packet->type,
				 packet->network_whole);
		break;
	}
}

void packet_flows_free(struct packet_flows *flows)
{
	vector_free(&flows->list);
	flows->oldest = 0;
}
