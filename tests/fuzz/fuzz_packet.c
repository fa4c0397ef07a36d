/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets of anybody's: whatever they are, the line that tells of them harms no terminal. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "base/cleanup.h"
#include "unit/packets.h"
#include "view/packet.h"

static void add_packet(void (*add)(const void *bytes, size_t length), const char *hex)
{
	uint8_t bytes[PACKET_MOST];
	/* The first byte tells what it begins with. */
	size_t length = packet_bytes(hex, bytes + 1);

	bytes[0] = 0;
	add(bytes, length + 1);
	bytes[14] = 1;
	if (length > 14)
		add(bytes + 14, length + 1 - 14);
}

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++)
		add_packet(add, packets[i].hex);
}

static void check_inside(const struct packet *packet, const uint8_t *bytes, size_t size)
{
	const uint8_t *end = bytes + size;

	if (packet->network)
		CHECK(packet->network >= bytes && packet->network + packet->network_length <= end);
	if (packet->transport)
		CHECK(packet->transport >= bytes &&
		      packet->transport + packet->transport_length <= end);
	if (packet->payload)
		CHECK(packet->payload >= bytes && packet->payload + packet->payload_length <= end);
	CHECK(packet->network_length <= packet->network_whole);
	CHECK(packet->transport_length <= packet->transport_whole);
	CHECK(packet->payload_length <= packet->payload_whole);
}

static struct packet_flows flows;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text cleanup_buf = { 0 }, absolute cleanup_buf = { 0 };
	cleanup_free char *seen = NULL;
	struct packet packet, inner;
	size_t cut;

	if (size < 1)
		return 0;
	/* Some are longer than what is there of them. */
	cut = data[0] >> 4;
	packet_parse(data + 1, size - 1, size - 1 + cut, !(data[0] & 1),
		     data[0] & 2 ? 0x86dd : 0x0800, &packet);
	check_inside(&packet, data, size);
	if (packet_inner(&packet, &inner))
		check_inside(&inner, data, size);
	packet_text(&packet, &flows, &text);
	packet_text(&packet, NULL, &absolute);
	CHECK(text.length > 0 && absolute.length > 0);
	CHECK(!strchr(text.s, '\n'));
	seen = str_visible(text.s);
	CHECK(!strcmp(seen, text.s));
	/* A line is no book: each name of DNS has 255 bytes at most, each up to four characters. */
	CHECK(text.length < 65536 + size * 1100);
	if (flows.list.n > 100)
		packet_flows_free(&flows);
	return 0;
}
