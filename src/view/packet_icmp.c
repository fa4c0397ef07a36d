/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/packet_parts.h"

#include <netinet/in.h>
#include <string.h>

/* Messages of ICMP and ICMPv6 in the words of tcpdump(8). */

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* --- ICMP --- */

/* How an unreachable of ICMP goes on, with %s for the address that it is about. */
static const char *const unreachable[] = {
	"net %s unreachable",
	"host %s unreachable",
	NULL, /* protocol */
	NULL, /* port */
	NULL, /* MTU */
	"%s unreachable - source route failed",
	"net %s unreachable - unknown",
	"host %s unreachable - unknown",
	"%s unreachable - source host isolated",
	"net %s unreachable - admin prohibited",
	"host %s unreachable - admin prohibited",
	"net %s unreachable - tos prohibited",
	"host %s unreachable - tos prohibited",
	"host %s unreachable - admin prohibited filter",
	"host %s unreachable - host precedence violation",
	"host %s unreachable - precedence cutoff",
};

/* Puts TO for the %s of WORDS. */
static void add_about(struct buf *text, const char *words, const char *to)
{
	const char *at = strstr(words, "%s");

	buf_addn(text, words, (size_t)(at - words));
	buf_add(text, to);
	buf_add(text, at + 2);
}

static void port_text(const struct packet *inner, const char *to, struct buf *text)
{
	if (!inner->has_ports)
		buf_addf(text, "%s protocol %u port unreachable", to, inner->protocol);
	else
		buf_addf(text, "%s %s port %u unreachable", to,
			 inner->protocol == IPPROTO_TCP ? "tcp" : "udp", inner->dport);
}

static void unreachable_text(const struct packet *packet, struct buf *text)
{
	unsigned code = packet->icmp_code;
	struct packet inner;
	char to[IP_TEXT];

	if (!packet_inner(packet, &inner)) {
		buf_addf(text, "unreachable - #%u [|icmp]", code);
		return;
	}
	ip_text(&inner.to, to);
	if (code == 2)
		buf_addf(text, "%s protocol %u unreachable", to, inner.protocol);
	else if (code == 3)
		port_text(&inner, to, text);
	else if (code == 4 && packet->icmp_sequence)
		buf_addf(text, "%s unreachable - need to frag (mtu %u)", to,
			 packet->icmp_sequence);
	else if (code == 4)
		buf_addf(text, "%s unreachable - need to frag", to);
	else if (code < sizeof(unreachable) / sizeof(unreachable[0]))
		add_about(text, unreachable[code], to);
	else
		buf_addf(text, "%s unreachable - #%u", to, code);
}

static void redirect_text(const struct packet *packet, struct buf *text)
{
	struct packet inner;

	if (!packet_inner(packet, &inner)) {
		buf_add(text, "redirect [|icmp]");
		return;
	}
	if (packet->icmp_code > 3)
		buf_addf(text, "redirect-#%u ", packet->icmp_code);
	else
		buf_add(text, packet->icmp_code < 2 ? "redirect " : "redirect-tos ");
	packet_add_ip(text, &inner.to);
	buf_add(text, " to ");
	if (packet->icmp_code <= 3)
		buf_add(text, packet->icmp_code & 1 ? "host " : "net ");
	packet_add_address(text, AF_INET, packet->transport + 4);
}

void packet_icmp_text(const struct packet *packet, struct buf *text)
{
	buf_add(text, "ICMP ");
	if (!packet->has_icmp) {
		buf_add(text, "[|icmp]");
		return;
	}
	switch (packet->icmp_type) {
	case 0:
	case 8:
		buf_addf(text, "echo %s, id %u, seq %u",
			 packet->icmp_type ? "request" : "reply", packet->icmp_id,
			 packet->icmp_sequence);
		break;
	case 3:
		unreachable_text(packet, text);
		break;
	case 4:
		buf_add(text, "source quench");
		break;
	case 5:
		redirect_text(packet, text);
		break;
	case 9:
		buf_add(text, "router advertisement");
		break;
	case 10:
		buf_add(text, "router solicitation");
		break;
	case 11:
		if (packet->icmp_code > 1)
			buf_addf(text, "time exceeded-#%u", packet->icmp_code);
		else
			buf_add(text, packet->icmp_code ? "ip reassembly time exceeded" :
							  "time exceeded in-transit");
		break;
	case 12:
		buf_addf(text, "parameter problem - octet %u", packet->icmp_id >> 8);
		break;
	default:
		buf_addf(text, "type-#%u", packet->icmp_type);
		break;
	}
	buf_addf(text, ", length %zu", packet->transport_whole);
}

/* --- ICMPv6 --- */

static const struct {
	uint8_t type;
	const char *name;
} icmp6_names[] = {
	{ 1, "destination unreachable" },
	{ 2, "packet too big" },
	{ 3, "time exceeded in-transit" },
	{ 4, "parameter problem" },
	{ 128, "echo request" },
	{ 129, "echo reply" },
	{ 130, "multicast listener query" },
	{ 131, "multicast listener report" },
	{ 132, "multicast listener done" },
	{ 133, "router solicitation" },
	{ 134, "router advertisement" },
	{ 135, "neighbor solicitation" },
	{ 136, "neighbor advertisement" },
	{ 137, "redirect" },
	{ 143, "multicast listener report v2" },
};

static const char *icmp6_name(uint8_t type)
{
	for (size_t i = 0; i < sizeof(icmp6_names) / sizeof(icmp6_names[0]); i++)
		if (icmp6_names[i].type == type)
			return icmp6_names[i].name;
	return NULL;
}

/* The blank before "unreachable prohibited" is tcpdump's, too. */
static const char *const unreachable6[] = { "unreachable route", " unreachable prohibited",
					    "beyond scope", "unreachable address",
					    "unreachable port" };

static void unreachable6_text(const struct packet *packet, struct buf *text)
{
	struct packet inner;
	char to[IP_TEXT];

	if (packet->icmp_code >= sizeof(unreachable6) / sizeof(unreachable6[0])) {
		buf_addf(text, ", unknown unreach code (%u)", packet->icmp_code);
		return;
	}
	buf_addf(text, ", %s", unreachable6[packet->icmp_code]);
	if (!packet_inner(packet, &inner)) {
		buf_add(text, " [|icmp6]");
		return;
	}
	ip_text(&inner.to, to);
	if (packet->icmp_code != 4) {
		buf_addf(text, " %s", to);
		if (packet->icmp_code == 2) {
			buf_add(text, ", source address ");
			packet_add_ip(text, &inner.from);
		}
	} else if (inner.has_ports) {
		buf_addf(text, ", %s %s port %u", to,
			 inner.protocol == IPPROTO_TCP ? "tcp" : "udp", inner.dport);
	} else {
		buf_addf(text, ", %s protocol %u port unreachable", to, inner.protocol);
	}
}

/* What asks, or tells, of one address or more, which stand AT bytes into the message. */
static bool has_bytes(const struct packet *packet, size_t count, struct buf *text)
{
	if (packet->transport_length >= count)
		return true;
	buf_add(text, " [|icmp6]");
	return false;
}

static void listener_text(const struct packet *packet, struct buf *text)
{
	const uint8_t *at = packet->transport;

	if (packet->icmp_type == 143) {
		buf_addf(text, ", %u group record(s)", packet->icmp_sequence);
	} else if (packet->icmp_type == 130 && packet->transport_whole >= 28) {
		if (!has_bytes(packet, 28, text))
			return;
		buf_add(text, " v2 [gaddr ");
		packet_add_address(text, AF_INET6, at + 8);
		if (get16(at + 26))
			buf_addf(text, ", %u source(s)", get16(at + 26));
		buf_addc(text, ']');
	} else if (has_bytes(packet, 24, text)) {
		buf_addf(text, "max resp delay: %u addr: ", packet->icmp_id);
		packet_add_address(text, AF_INET6, at + 8);
	}
}

static void icmp6_more_text(const struct packet *packet, struct buf *text)
{
	const uint8_t *at = packet->transport;
	struct packet inner;

	switch (packet->icmp_type) {
	case 1:
		unreachable6_text(packet, text);
		break;
	case 2:
		if (has_bytes(packet, 8, text))
			buf_addf(text, ", mtu %u", get32(at + 4));
		break;
	case 3:
		if (packet->icmp_code == 1) {
			buf_add(text, " (reassembly)");
		} else if (packet_inner(packet, &inner)) {
			buf_add(text, " for ");
			packet_add_ip(text, &inner.to);
		}
		break;
	case 128:
	case 129:
		buf_addf(text, ", id %u, seq %u", packet->icmp_id, packet->icmp_sequence);
		break;
	case 130:
	case 131:
	case 132:
	case 143:
		listener_text(packet, text);
		break;
	case 135:
	case 136:
	case 137:
		if (!has_bytes(packet, packet->icmp_type == 137 ? 40 : 24, text))
			break;
		if (packet->icmp_type == 137) {
			buf_add(text, ", ");
			packet_add_address(text, AF_INET6, at + 24);
			buf_add(text, " to ");
		} else {
			buf_add(text, packet->icmp_type == 135 ? ", who has " : ", tgt is ");
		}
		packet_add_address(text, AF_INET6, at + 8);
		break;
	default:
		break;
	}
}

void packet_icmp6_text(const struct packet *packet, struct buf *text)
{
	const char *name = icmp6_name(packet->icmp_type);

	buf_add(text, "ICMP6, ");
	if (!packet->has_icmp) {
		buf_add(text, "[|icmp6]");
		return;
	}
	if (name)
		buf_add(text, name);
	else
		buf_addf(text, "unknown icmp6 type (%u)", packet->icmp_type);
	icmp6_more_text(packet, text);
	buf_addf(text, ", length %zu", packet->transport_whole);
}
