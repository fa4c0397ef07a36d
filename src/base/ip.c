/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/ip.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

unsigned ip_bits(uint8_t family)
{
	return family == AF_INET6 ? 128 : 32;
}

unsigned ip_bytes(uint8_t family)
{
	return family == AF_INET6 ? 16 : 4;
}

bool ip_looks_like(const char *text)
{
	const char *colon = strchr(text, ':');
	size_t digits = strspn(text, "0123456789");

	if (colon && strchr(colon + 1, ':') &&
	    strspn(text, "0123456789abcdefABCDEF:./%") == strlen(text))
		return true;
	return digits > 0 && text[digits] == '.' &&
	       strspn(text, "0123456789./") == strlen(text);
}

/* Four numbers from 0 to 255 without leading zeros, which inet_aton() would take for octal. */
static int parse_v4(const char *text, struct ip *ip, int word, struct error *err)
{
	const char *at = text;

	for (int i = 0; i < 4; i++) {
		size_t digits = strspn(at, "0123456789");
		unsigned value = 0;

		if (digits == 0 || (i < 3 ? at[digits] != '.' : at[digits] != '\0')) {
			cleanup_free char *seen = str_visible(text);

			if (i == 3 && digits && at[digits] == '.')
				return error_set(err, STATUS_USAGE, word,
						 "%s has more than four numbers", seen);
			return error_set(err, STATUS_USAGE, word,
					 "%s is not an address: an IPv4 address has four "
					 "numbers",
					 seen);
		}
		for (size_t j = 0; j < digits && value < 1000; j++)
			value = value * 10 + (unsigned)(at[j] - '0');
		if (value > 255) {
			error_set(err, STATUS_USAGE, word, "%s is not an address: %.*s is over 255",
				  text, (int)(digits > 20 ? 20 : digits), at);
			return error_part(err, (size_t)(at - text), digits);
		}
		if (digits > 1 && at[0] == '0') {
			error_set(err, STATUS_USAGE, word,
				  "%s: a number with a leading zero could be meant as octal",
				  text);
			error_hint(err, "write %u", value);
			return error_part(err, (size_t)(at - text), digits);
		}
		ip->bytes[i] = (uint8_t)value;
		at += digits + 1;
	}
	ip->family = AF_INET;
	return 0;
}

int ip_parse(const char *text, struct ip *ip, int word, struct error *err)
{
	cleanup_free char *seen = NULL;
	const char *slash;

	*ip = (struct ip){ 0 };
	if (strlen(text) < 64 && inet_pton(AF_INET6, text, ip->bytes) == 1) {
		ip->family = AF_INET6;
		return 0;
	}
	*ip = (struct ip){ 0 };
	slash = strchr(text, '/');
	if (!slash && isdigit((unsigned char)text[0]) &&
	    strspn(text, "0123456789.") == strlen(text))
		return parse_v4(text, ip, word, err);
	seen = str_visible(text);
	if (slash) {
		error_set(err, STATUS_USAGE, word, "%s: an address without a prefix length is "
						   "wanted here", seen);
		return error_part(err, (size_t)(slash - text), strlen(slash));
	}
	if (strchr(text, '%'))
		return error_set(err, STATUS_USAGE, word,
				 "%s: the interface of an address goes into a word of its own",
				 seen);
	if (strchr(text, ':') && strspn(text, "0123456789abcdefABCDEF:.") == strlen(text))
		return error_set(err, STATUS_USAGE, word, "%s is not an IPv6 address", seen);
	return error_set(err, STATUS_USAGE, word, "%s is not an address", seen);
}

static int parse(const char *text, struct cidr *cidr, bool strict, int word,
		 struct error *err)
{
	const char *slash = strchr(text, '/');
	cleanup_free char *address = slash ? xstrndup(text, (size_t)(slash - text)) :
					     xstrdup(text);
	unsigned long long prefix;
	unsigned bits;

	*cidr = (struct cidr){ 0 };
	if (ip_parse(address, &cidr->ip, word, err) < 0)
		return -1;
	bits = ip_bits(cidr->ip.family);
	if (!slash) {
		cidr->prefix = (uint8_t)bits;
		if (!strict)
			return 0;
		error_set(err, STATUS_USAGE, word, "%s lacks a prefix length: alone it would mean "
						   "/%u, an address connected to nothing",
			  text, bits);
		return error_hint(err, "did you mean %s/%u?", text, bits == 32 ? 24 : 64);
	}
	if (!str_number(slash + 1, 0, 999, &prefix)) {
		cleanup_free char *seen = str_visible(slash);

		if (strchr(slash, '.'))
			error_set(err, STATUS_USAGE, word,
				  "%s: a prefix length is a number of bits, as in /24", seen);
		else
			error_set(err, STATUS_USAGE, word, "%s is not a prefix length", seen);
		return error_part(err, (size_t)(slash - text), strlen(slash));
	}
	if (slash[1] == '0' && slash[2]) {
		error_set(err, STATUS_USAGE, word,
			  "%s: a number with a leading zero could be meant as octal", slash);
		error_hint(err, "write /%llu", prefix);
		return error_part(err, (size_t)(slash - text), strlen(slash));
	}
	if (prefix > bits) {
		error_set(err, STATUS_USAGE, word,
			  "/%llu is longer than an %s address: %u is the most", prefix,
			  bits == 32 ? "IPv4" : "IPv6", bits);
		return error_part(err, (size_t)(slash - text), strlen(slash));
	}
	cidr->prefix = (uint8_t)prefix;
	return 0;
}

int cidr_parse(const char *text, struct cidr *cidr, int word, struct error *err)
{
	return parse(text, cidr, true, word, err);
}

int cidr_parse_loose(const char *text, struct cidr *cidr, int word, struct error *err)
{
	return parse(text, cidr, false, word, err);
}

const char *ip_text(const struct ip *ip, char text[IP_TEXT])
{
	if (!ip->family || !inet_ntop(ip->family, ip->bytes, text, IP_TEXT))
		str_copy(text, IP_TEXT, "none");
	return text;
}

const char *cidr_text(const struct cidr *cidr, char text[CIDR_TEXT])
{
	char ip[IP_TEXT];

	snprintf(text, CIDR_TEXT, "%s/%u", ip_text(&cidr->ip, ip), cidr->prefix);
	return text;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return ip_compare(a, b) == 0;
}

int ip_compare(const struct ip *a, const struct ip *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return a->family ? memcmp(a->bytes, b->bytes, ip_bytes(a->family)) : 0;
}

bool ip_is_zero(const struct ip *ip)
{
	static const uint8_t zero[16];

	return memcmp(ip->bytes, zero, ip_bytes(ip->family)) == 0;
}

bool ip_is_loopback(const struct ip *ip)
{
	struct ip one = { .family = AF_INET6, .bytes = { [15] = 1 } };

	if (ip->family == AF_INET)
		return ip->bytes[0] == 127;
	return ip_equal(ip, &one);
}

bool ip_is_link_local(const struct ip *ip)
{
	if (ip->family == AF_INET)
		return ip->bytes[0] == 169 && ip->bytes[1] == 254;
	return ip->family == AF_INET6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

bool ip_is_multicast(const struct ip *ip)
{
	if (ip->family == AF_INET)
		return (ip->bytes[0] & 0xf0) == 0xe0;
	return ip->family == AF_INET6 && ip->bytes[0] == 0xff;
}

bool cidr_equal(const struct cidr *a, const struct cidr *b)
{
	return a->prefix == b->prefix && ip_equal(&a->ip, &b->ip);
}

/* Sets the bits behind the prefix to ones or zeros. */
static struct ip host_bits(const struct cidr *cidr, bool ones)
{
	struct ip ip = cidr->ip;

	for (unsigned i = cidr->prefix / 8u; i < ip_bytes(ip.family); i++) {
		unsigned kept = i == cidr->prefix / 8u ? cidr->prefix % 8u : 0;
		uint8_t mask = (uint8_t)(0xff >> kept);

		if (ones)
			ip.bytes[i] |= mask;
		else
			ip.bytes[i] &= (uint8_t)~mask;
	}
	return ip;
}

struct cidr cidr_network(const struct cidr *cidr)
{
	return (struct cidr){ host_bits(cidr, false), cidr->prefix };
}

bool cidr_is_network(const struct cidr *cidr)
{
	struct ip network = host_bits(cidr, false);

	return ip_equal(&network, &cidr->ip);
}

bool cidr_contains(const struct cidr *network, const struct ip *ip)
{
	struct cidr same = { *ip, network->prefix };
	struct ip a, b;

	if (!ip->family || ip->family != network->ip.family)
		return false;
	a = host_bits(network, false);
	b = host_bits(&same, false);
	return ip_equal(&a, &b);
}

struct ip cidr_broadcast(const struct cidr *cidr)
{
	return host_bits(cidr, true);
}

struct ip ip_next(const struct ip *ip)
{
	struct ip next = *ip;

	for (unsigned i = ip_bytes(ip->family); i-- > 0;)
		if (++next.bytes[i] != 0)
			break;
	return next;
}

struct cidr cidr_any(uint8_t family)
{
	return (struct cidr){ .ip = { .family = family } };
}

socklen_t ip_sockaddr(const struct ip *ip, uint16_t port, struct sockaddr_storage *to)
{
	memset(to, 0, sizeof(*to));
	to->ss_family = ip->family;
	if (ip->family == AF_INET6) {
		struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;

		six->sin6_port = htons(port);
		memcpy(&six->sin6_addr, ip->bytes, 16);
		return sizeof(*six);
	} else {
		struct sockaddr_in *four = (struct sockaddr_in *)to;

		four->sin_port = htons(port);
		memcpy(&four->sin_addr, ip->bytes, 4);
		return sizeof(*four);
	}
}

struct ip ip_from_sockaddr(const struct sockaddr *from)
{
	struct ip ip = { 0 };

	if (from->sa_family == AF_INET6) {
		ip.family = AF_INET6;
		memcpy(ip.bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
	} else if (from->sa_family == AF_INET) {
		ip.family = AF_INET;
		memcpy(ip.bytes, &((const struct sockaddr_in *)from)->sin_addr, 4);
	}
	return ip;
}

bool mac_parse(const char *text, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++) {
		char byte[3] = { 0 };

		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]))
			return false;
		memcpy(byte, text, 2);
		mac[i] = (uint8_t)strtoul(byte, NULL, 16);
		text += 2;
		if (i < 5 && *text++ != ':')
			return false;
	}
	return *text == '\0';
}

const char *mac_text(const uint8_t mac[6], char text[MAC_TEXT])
{
	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return text;
}
