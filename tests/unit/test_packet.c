/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines that tell of packets: as tcpdump has them, and of broken and hostile ones. */
#include "unit/tap.h"

#include "base/cleanup.h"
#include "unit/packets.h"
#include "view/packet.h"

static void test_lines(void)
{
	struct packet_flows flows = { 0 };
	uint8_t bytes[PACKET_MOST];

	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		size_t length = packet_bytes(packets[i].hex, bytes);
		struct buf text cleanup_buf = { 0 };
		struct packet packet;

		packet_parse(bytes, length, length, true, 0, &packet);
		packet_text(&packet, &flows, &text);
		tap_is_str(buf_str(&text), packets[i].line, "%s", packets[i].name);
	}
	packet_flows_free(&flows);
}

/* Each packet cut at each byte: nothing is read that is not there (a sanitizer or valgrind sees it,
 * as the copy is just that long), something is said, and what is said is one visible line. */
static void test_cut(void)
{
	uint8_t bytes[PACKET_MOST];
	unsigned bad = 0;

	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		size_t whole = packet_bytes(packets[i].hex, bytes);

		for (size_t length = 0; length <= whole; length++) {
			struct buf text cleanup_buf = { 0 };
			cleanup_free uint8_t *exact = xreallocarray(NULL, length ? length : 1, 1);
			cleanup_free char *seen = NULL;
			struct packet packet;

			memcpy(exact, bytes, length);
			packet_parse(exact, length, whole, true, 0, &packet);
			packet_text(&packet, NULL, &text);
			seen = str_visible(buf_str(&text));
			if (text.length == 0 || strchr(text.s, '\n') || strcmp(seen, text.s) != 0) {
				tap_note("%s, %zu bytes: %s", packets[i].name, length, seen);
				bad++;
			}
		}
	}
	tap_ok(bad == 0, "each packet, cut at each byte, is told of in one visible line");
}

static void parse_named(const char *name, uint8_t *bytes, struct packet *packet)
{
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		if (strcmp(packets[i].name, name) == 0) {
			size_t length = packet_bytes(packets[i].hex, bytes);

			packet_parse(bytes, length, length, true, 0, packet);
			return;
		}
	}
	tap_ok(false, "there is a packet \"%s\"", name);
}

/* What a trace looks at. */
static void test_parts(void)
{
	uint8_t bytes[PACKET_MOST];
	struct packet packet, inner;
	char ip[IP_TEXT];

	parse_named("echo request", bytes, &packet);
	tap_ok(packet.has_icmp && packet.icmp_type == 8 && packet.icmp_id == 7 &&
		       packet.icmp_sequence == 1 && packet.payload_length == 56 &&
		       packet.payload[0] == 'x' && packet.ttl == 64,
	       "an echo request: number, data, TTL");
	tap_is_str(ip_text(&packet.to, ip), "192.168.15.2", "and where it goes");
	tap_ok(!packet_inner(&packet, &inner), "it is about no other packet");
	parse_named("udp port unreachable", bytes, &packet);
	tap_ok(packet_inner(&packet, &inner) && inner.has_ports && inner.sport == 1234 &&
		       inner.dport == 53 && inner.protocol == IPPROTO_UDP,
	       "an ICMP error: the packet that it is about");
	parse_named("IPv6 port unreachable", bytes, &packet);
	tap_ok(packet_inner(&packet, &inner) && inner.dport == 53 &&
		       inner.to.family == AF_INET6,
	       "the same of IPv6");
	parse_named("SYN ACK", bytes, &packet);
	tap_ok(packet.has_tcp && packet.tcp_flags == (TCP_SYN | TCP_ACK) &&
		       packet.acknowledged == 1001 && packet.payload_length == 0,
	       "a segment: flags, numbers");
	parse_named("another fragment", bytes, &packet);
	tap_ok(packet.later && !packet.has_ports, "a later fragment has no ports");
	parse_named("a tag", bytes, &packet);
	tap_ok(packet.has_icmp, "behind the tag of a VLAN there is a packet");
}

/* More connections than are remembered. */
static void test_many_flows(void)
{
	struct packet_flows flows = { 0 };
	struct packet packet;
	uint8_t bytes[PACKET_MOST];

	parse_named("the ACK that follows", bytes, &packet);
	for (unsigned i = 0; i < 5000; i++) {
		struct buf text cleanup_buf = { 0 };

		packet.sport = (uint16_t)(10000 + i);
		packet_text(&packet, &flows, &text);
	}
	tap_ok(flows.list.n == 4096, "no more than 4096 connections are remembered");
	packet_flows_free(&flows);
}

int main(void)
{
	test_lines();
	test_cut();
	test_parts();
	test_many_flows();
	return tap_done();
}
