/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/packet.h"

#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"

/* Messages of DNS (RFC 1035) as tcpdump(8) tells of them: the questions, or the answers. */

#define NAME_MOST 255 /* bytes of a name */

struct message {
	const uint8_t *bytes;
	size_t length; /* bytes that are there */
	bool mdns;
};

static uint16_t get16(const struct message *m, size_t at)
{
	return (uint16_t)(m->bytes[at] << 8 | m->bytes[at + 1]);
}

static const struct {
	uint16_t type;
	const char *name;
} types[] = {
	{ 1, "A" },	  { 2, "NS" },	    { 5, "CNAME" },  { 6, "SOA" },     { 12, "PTR" },
	{ 13, "HINFO" },  { 15, "MX" },	    { 16, "TXT" },   { 28, "AAAA" },   { 33, "SRV" },
	{ 35, "NAPTR" },  { 39, "DNAME" },  { 41, "OPT" },   { 43, "DS" },     { 46, "RRSIG" },
	{ 47, "NSEC" },	  { 48, "DNSKEY" }, { 64, "SVCB" },  { 65, "HTTPS" },  { 99, "SPF" },
	{ 251, "IXFR" },  { 252, "AXFR" },  { 255, "ANY" },  { 256, "URI" },   { 257, "CAA" },
};

static void add_type(struct buf *text, unsigned type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type == type) {
			buf_addf(text, " %s", types[i].name);
			return;
		}
	}
	buf_addf(text, " Type%u", type);
}

/* One label, of any bytes at all; a dot in it is not the one behind it. */
static void add_label(struct buf *text, const uint8_t *bytes, size_t length)
{
	cleanup_free char *label = xstrndup((const char *)bytes, length);

	buf_add_visible(text, label);
	if (strlen(label) < length)
		buf_add(text, "\\x00...");
}

/*
 * Reads the name that begins at *AT, which is moved behind it, and adds it to TEXT (may be NULL).
 * References go backwards only, as all who read names demand: so there is no end without one.
 */
static bool read_name(const struct message *m, size_t *at, struct buf *text)
{
	size_t here = *at, limit = *at, total = 0;
	bool jumped = false;

	for (;;) {
		uint8_t label;

		if (here >= m->length)
			return false;
		label = m->bytes[here++];
		if ((label & 0xc0) == 0xc0) {
			size_t target;

			if (here >= m->length)
				return false;
			target = (size_t)(label & 0x3f) << 8 | m->bytes[here++];
			if (!jumped)
				*at = here;
			jumped = true;
			if (target >= limit)
				return false;
			limit = here = target;
			continue;
		}
		if (label & 0xc0)
			return false;
		if (label == 0)
			break;
		total += label + 1u;
		if (here + label > m->length || total > NAME_MOST)
			return false;
		if (text) {
			add_label(text, m->bytes + here, label);
			buf_addc(text, '.');
		}
		here += label;
	}
	if (!jumped)
		*at = here;
	if (text && total == 0)
		buf_addc(text, '.');
	return true;
}

static void add_class(struct buf *text, unsigned class)
{
	if (class == 255)
		buf_add(text, " ANY");
	else if (class == 3)
		buf_add(text, " CHAOS");
	else if (class == 4)
		buf_add(text, " HS");
	else if (class != 1)
		buf_addf(text, " (Class %u)", class);
}

static bool skip_question(const struct message *m, size_t *at)
{
	if (!read_name(m, at, NULL) || *at + 4 > m->length)
		return false;
	*at += 4;
	return true;
}

static bool add_question(const struct message *m, size_t *at, struct buf *text)
{
	size_t name = *at;
	unsigned class;

	if (!skip_question(m, at))
		return false;
	class = get16(m, *at - 2);
	add_type(text, get16(m, *at - 4));
	add_class(text, m->mdns ? class & 0x7fff : class);
	if (m->mdns)
		buf_add(text, class & 0x8000 ? " (QU)" : " (QM)");
	buf_add(text, "? ");
	return read_name(m, &name, text);
}

static bool add_ip_data(const struct message *m, size_t at, size_t length, uint8_t family,
			struct buf *text)
{
	struct ip ip = { .family = family };
	char shown[IP_TEXT];

	if (length < ip_bytes(family))
		return false;
	memcpy(ip.bytes, m->bytes + at, ip_bytes(family));
	buf_addf(text, " %s", ip_text(&ip, shown));
	return true;
}

static bool add_strings(const struct message *m, size_t at, size_t end, struct buf *text)
{
	while (at < end) {
		size_t length = m->bytes[at++];

		if (at + length > end)
			return false;
		buf_add(text, " \"");
		add_label(text, m->bytes + at, length);
		buf_addc(text, '"');
		at += length;
	}
	return true;
}

/* A name at AT plus SKIP bytes. */
static bool add_name_at(const struct message *m, size_t at, size_t length, size_t skip,
			struct buf *text)
{
	if (length <= skip)
		return false;
	at += skip;
	buf_addc(text, ' ');
	return read_name(m, &at, text);
}

static bool add_data(const struct message *m, unsigned type, size_t at, size_t length,
		     struct buf *text)
{
	switch (type) {
	case 1:
		return add_ip_data(m, at, length, AF_INET, text);
	case 28:
		return add_ip_data(m, at, length, AF_INET6, text);
	case 2:
	case 5:
	case 12:
	case 39:
		return add_name_at(m, at, length, 0, text);
	case 15:
		if (!add_name_at(m, at, length, 2, text))
			return false;
		buf_addf(text, " %u", get16(m, at));
		return true;
	case 16:
		return add_strings(m, at, at + length, text);
	case 33:
		if (!add_name_at(m, at, length, 6, text))
			return false;
		buf_addf(text, ":%u %u %u", get16(m, at + 4), get16(m, at), get16(m, at + 2));
		return true;
	default:
		return true;
	}
}

static bool add_record(const struct message *m, size_t *at, struct buf *text)
{
	size_t length, data;
	unsigned type, class;

	if (!read_name(m, at, NULL) || *at + 10 > m->length)
		return false;
	type = get16(m, *at);
	class = get16(m, *at + 2);
	length = get16(m, *at + 8);
	data = *at + 10;
	if (type != 41)
		add_class(text, m->mdns ? class & 0x7fff : class);
	if (m->mdns && (class & 0x8000))
		buf_add(text, " (Cache flush)");
	add_type(text, type);
	if (data + length > m->length)
		return false;
	*at = data + length;
	return add_data(m, type, data, length, text);
}

static void add_response(const struct message *m, struct buf *text)
{
	static const char *const codes[] = { "", " FormErr", " ServFail", " NXDomain",
					     " NotImp", " Refused", " YXDomain", " YXRRSet",
					     " NXRRSet", " NotAuth", " NotZone" };
	unsigned flags = get16(m, 2), questions = get16(m, 4), answers = get16(m, 6);
	unsigned code = flags & 15;
	size_t at = 12;
	bool whole = true;

	if (code < sizeof(codes) / sizeof(codes[0]))
		buf_add(text, codes[code]);
	else
		buf_addf(text, " Resp%u", code);
	buf_addf(text, "%s%s%s%s", flags & 0x0400 ? "*" : "", flags & 0x0080 ? "" : "-",
		 flags & 0x0200 ? "|" : "", flags & 0x0020 ? "$" : "");
	if (questions != 1)
		buf_addf(text, " [%uq]", questions);
	for (unsigned i = 0; i < questions && whole; i++) {
		buf_add(text, i ? "," : "");
		whole = skip_question(m, &at);
	}
	if (whole)
		buf_addf(text, " %u/%u/%u", answers, get16(m, 8), get16(m, 10));
	for (unsigned i = 0; i < answers && whole; i++) {
		buf_add(text, i ? "," : "");
		whole = add_record(m, &at, text);
	}
	if (!whole)
		buf_add(text, " [|domain]");
}

static void add_request(const struct message *m, struct buf *text)
{
	unsigned flags = get16(m, 2), questions = get16(m, 4);
	size_t at = 12;
	bool whole = true;

	buf_addf(text, "%s%s", flags & 0x0100 ? "+" : "", flags & 0x0010 ? "%" : "");
	if (flags & 0x06cf)
		buf_addf(text, " [b2&3=0x%x]", flags);
	if (get16(m, 6))
		buf_addf(text, " [%ua]", get16(m, 6));
	if (questions != 1)
		buf_addf(text, " [%uq]", questions);
	if (get16(m, 8))
		buf_addf(text, " [%un]", get16(m, 8));
	if (get16(m, 10))
		buf_addf(text, " [%uau]", get16(m, 10));
	for (unsigned i = 0; i < questions && whole; i++)
		whole = add_question(m, &at, text);
	if (!whole)
		buf_add(text, " [|domain]");
}

void packet_dns_text(const uint8_t *bytes, size_t length, size_t whole, bool mdns,
		     struct buf *text)
{
	static const char *const operations[] = { "", " inv_q", " stat", " op3", " notify",
						  " update" };
	const struct message m = { bytes, length, mdns };
	unsigned operation;

	if (length < 12) {
		buf_addf(text, "domain [length %zu < 12] (invalid)", whole);
		return;
	}
	operation = get16(&m, 2) >> 11 & 15;
	buf_addf(text, "%u", get16(&m, 0));
	if (operation < sizeof(operations) / sizeof(operations[0]))
		buf_add(text, operations[operation]);
	else
		buf_addf(text, " op%u", operation);
	if (get16(&m, 2) & 0x8000)
		add_response(&m, text);
	else
		add_request(&m, text);
	buf_addf(text, " (%zu)", whole);
}
