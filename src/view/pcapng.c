/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/pcapng.h"

#include <linux/if_packet.h>
#include <string.h>

/* Types of blocks, and of the options in them. */
#define SECTION 0x0a0d0d0au
#define INTERFACE 1u
#define STATISTICS 5u
#define PACKET 6u

#define SECTION_OPTIONS 24 /* bytes of a section's block before them */

#define OPTION_END 0
#define SECTION_PROGRAM 4
#define INTERFACE_NAME 2
#define INTERFACE_DESCRIPTION 3
#define INTERFACE_RESOLUTION 9
#define INTERFACE_FILTER 11
#define PACKET_FLAGS 2
#define STATISTICS_RECEIVED 4
#define STATISTICS_LOST 5

#define LINK_ETHERNET 1 /* DLT_EN10MB */
#define LINK_RAW 101	/* LINKTYPE_RAW: IP without a header before it */

/* A block is gathered first, as its length stands before and behind it. */
static void add_bytes(struct buf *block, const void *bytes, size_t length)
{
	buf_addn(block, bytes, length);
	while (block->length % 4)
		buf_addc(block, '\0');
}

static void add32(struct buf *block, uint32_t number)
{
	buf_addn(block, (const char *)&number, sizeof(number));
}

static void add16(struct buf *block, uint16_t number)
{
	buf_addn(block, (const char *)&number, sizeof(number));
}

static void add_option(struct buf *block, uint16_t code, const void *bytes, size_t length)
{
	add16(block, code);
	add16(block, (uint16_t)length);
	add_bytes(block, bytes, length);
}

static void put(FILE *to, uint32_t type, const struct buf *block)
{
	uint32_t length = (uint32_t)block->length + 12;
	const uint32_t head[] = { type, length };

	fwrite(head, sizeof(head), 1, to);
	if (block->length > 0)
		fwrite(block->s, block->length, 1, to);
	fwrite(&length, sizeof(length), 1, to);
}

void pcapng_begin(FILE *to, const char *program)
{
	struct buf block cleanup_buf = { 0 };

	add32(&block, 0x1a2b3c4d); /* tells the byte order */
	add16(&block, 1);	   /* version 1.0 */
	add16(&block, 0);
	add32(&block, UINT32_MAX); /* the section's length: not told */
	add32(&block, UINT32_MAX);
	add_option(&block, SECTION_PROGRAM, program, strlen(program));
	add_option(&block, OPTION_END, "", 0);
	put(to, SECTION, &block);
}

void pcapng_interface(FILE *to, const char *name, const char *description, uint16_t hardware,
		      const char *filter)
{
	struct buf block cleanup_buf = { 0 }, text cleanup_buf = { 0 };
	uint8_t nanoseconds = 9;

	add16(&block, capture_is_ethernet(hardware) ? LINK_ETHERNET : LINK_RAW);
	add16(&block, 0);
	add32(&block, CAPTURE_BYTES);
	add_option(&block, INTERFACE_NAME, name, strlen(name));
	add_option(&block, INTERFACE_DESCRIPTION, description, strlen(description));
	add_option(&block, INTERFACE_RESOLUTION, &nanoseconds, 1);
	if (filter) {
		buf_addc(&text, '\0'); /* what follows is a text of libpcap's */
		buf_add(&text, filter);
		add_option(&block, INTERFACE_FILTER, text.s, text.length);
	}
	add_option(&block, OPTION_END, "", 0);
	put(to, INTERFACE, &block);
}

bool pcapng_is_of(const char *head, size_t length, const char *program)
{
	uint32_t type;
	uint16_t option;

	if (length < SECTION_OPTIONS + 4 + strlen(program))
		return false;
	memcpy(&type, head, sizeof(type));
	memcpy(&option, head + SECTION_OPTIONS, sizeof(option));
	return type == SECTION &&
	       (option == SECTION_PROGRAM || option == __builtin_bswap16(SECTION_PROGRAM)) &&
	       !memcmp(head + SECTION_OPTIONS + 4, program, strlen(program));
}

/* Bits 0 and 1: the direction; 2 to 4: whom it was for. */
static uint32_t flags_of(uint8_t direction)
{
	switch (direction) {
	case PACKET_OUTGOING:
		return 2;
	case PACKET_BROADCAST:
		return 1 | 3 << 2;
	case PACKET_MULTICAST:
		return 1 | 2 << 2;
	case PACKET_OTHERHOST:
		return 1 | 4 << 2;
	default:
		return 1 | 1 << 2;
	}
}

static void add_time(struct buf *block, const struct timespec *at)
{
	uint64_t ns = (uint64_t)at->tv_sec * 1000000000u + (uint64_t)at->tv_nsec;

	add32(block, (uint32_t)(ns >> 32));
	add32(block, (uint32_t)ns);
}

void pcapng_packet(FILE *to, unsigned interface, const struct capture_packet *packet)
{
	struct buf block cleanup_buf = { 0 };
	uint32_t flags = flags_of(packet->direction);

	add32(&block, interface);
	add_time(&block, &packet->at);
	add32(&block, (uint32_t)packet->length);
	add32(&block, (uint32_t)packet->whole);
	add_bytes(&block, packet->bytes, packet->length);
	add_option(&block, PACKET_FLAGS, &flags, sizeof(flags));
	add_option(&block, OPTION_END, "", 0);
	put(to, PACKET, &block);
}

void pcapng_statistics(FILE *to, unsigned interface, const struct timespec *at,
		       unsigned long long packets, unsigned long long lost)
{
	struct buf block cleanup_buf = { 0 };
	uint64_t counts[] = { packets, lost };

	add32(&block, interface);
	add_time(&block, at);
	add_option(&block, STATISTICS_RECEIVED, &counts[0], sizeof(counts[0]));
	add_option(&block, STATISTICS_LOST, &counts[1], sizeof(counts[1]));
	add_option(&block, OPTION_END, "", 0);
	put(to, STATISTICS, &block);
}
