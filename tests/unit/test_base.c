/* SPDX-License-Identifier: GPL-3.0-or-later */
/* src/base: addresses, strings, errors, tables. Nothing here asks the system. */
#include "unit/tap.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/ip.h"
#include "base/str.h"
#include "base/style.h"
#include "base/table.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- addresses --- */

/* Three ways to read an address: which of them take TEXT, and how it is written then. */
static const struct {
	const char *text;
	const char *ip, *cidr, *loose; /* NULL: refused */
} addresses[] = {
	{ "0.0.0.0", "0.0.0.0", NULL, "0.0.0.0/32" },
	{ "192.168.15.1", "192.168.15.1", NULL, "192.168.15.1/32" },
	{ "255.255.255.255", "255.255.255.255", NULL, "255.255.255.255/32" },
	{ "192.168.15.1/24", NULL, "192.168.15.1/24", "192.168.15.1/24" },
	{ "10.0.0.0/0", NULL, "10.0.0.0/0", "10.0.0.0/0" },
	{ "10.0.0.1/32", NULL, "10.0.0.1/32", "10.0.0.1/32" },
	{ "10.0.0.1/33", NULL, NULL, NULL },
	{ "10.0.0.1/", NULL, NULL, NULL },
	{ "10.0.0.1/24/24", NULL, NULL, NULL },
	{ "10.0.0.1/-1", NULL, NULL, NULL },
	{ "10.0.0.1/+1", NULL, NULL, NULL },
	{ "10.0.0.1/ 8", NULL, NULL, NULL },
	{ "10.0.0.1/255.0.0.0", NULL, NULL, NULL },
	{ "10.0.0.1/18446744073709551640", NULL, NULL, NULL }, /* 24 in 64 bits */
	{ "10.0.0", NULL, NULL, NULL },
	{ "10", NULL, NULL, NULL },
	{ "10.0.0.1.2", NULL, NULL, NULL },
	{ "10.0.0.256", NULL, NULL, NULL },
	{ "10.0.0.4294967297", NULL, NULL, NULL },
	{ "010.0.0.1", NULL, NULL, NULL },
	{ "10.0.0.0x1", NULL, NULL, NULL },
	{ "10..0.1", NULL, NULL, NULL },
	{ ".10.0.0.1", NULL, NULL, NULL },
	{ "10.0.0.1.", NULL, NULL, NULL },
	{ " 10.0.0.1", NULL, NULL, NULL },
	{ "10.0.0.1 ", NULL, NULL, NULL },
	{ "", NULL, NULL, NULL },
	{ "/", NULL, NULL, NULL },
	{ "/24", NULL, NULL, NULL },
	{ "red", NULL, NULL, NULL },
	{ "default", NULL, NULL, NULL },
	{ "::", "::", NULL, "::/128" },
	{ "::1", "::1", NULL, "::1/128" },
	{ "FD00:0:0::0001", "fd00::1", NULL, "fd00::1/128" },
	{ "fd00::1/64", NULL, "fd00::1/64", "fd00::1/64" },
	{ "1:2:3:4:5:6:7:8/128", NULL, "1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:8/128" },
	{ "::ffff:192.168.15.1", "::ffff:192.168.15.1", NULL, "::ffff:192.168.15.1/128" },
	{ "::/0", NULL, "::/0", "::/0" },
	{ "::1/129", NULL, NULL, NULL },
	{ "fe80::1%eth0", NULL, NULL, NULL },
	{ ":", NULL, NULL, NULL },
	{ ":::", NULL, NULL, NULL },
	{ "1::2::3", NULL, NULL, NULL },
	{ "1:2:3:4:5:6:7", NULL, NULL, NULL },
	{ "12345::", NULL, NULL, NULL },
	{ "[::1]", NULL, NULL, NULL },
};

static void test_addresses(void)
{
	for (size_t i = 0; i < COUNT(addresses); i++) {
		const char *text = addresses[i].text;
		struct error err cleanup_error = ERROR_INIT;
		char written[CIDR_TEXT];
		struct cidr cidr;
		struct ip ip;
		bool taken;

		taken = ip_parse(text, &ip, 0, &err) == 0;
		tap_is_str(taken ? ip_text(&ip, written) : NULL, addresses[i].ip,
			   "ip_parse \"%s\"", text);
		tap_ok(taken == !error_is_set(&err), "ip_parse \"%s\": an error or none",
		       text);
		error_clear(&err);
		taken = cidr_parse(text, &cidr, 0, &err) == 0;
		tap_is_str(taken ? cidr_text(&cidr, written) : NULL, addresses[i].cidr,
			   "cidr_parse \"%s\"", text);
		error_clear(&err);
		taken = cidr_parse_loose(text, &cidr, 0, &err) == 0;
		tap_is_str(taken ? cidr_text(&cidr, written) : NULL, addresses[i].loose,
			   "cidr_parse_loose \"%s\"", text);
	}
}

/* What is said of a wrong address, and which part of it is blamed; "": the whole word. */
static const struct {
	const char *text, *message, *hint, *part;
} address_errors[] = {
	{ "10.0.300.1/24", "10.0.300.1 is not an address: 300 is over 255", NULL, "300" },
	{ "999.0.0.1/24", "999.0.0.1 is not an address: 999 is over 255", NULL, "999" },
	{ "10.0.0.01/24",
	  "10.0.0.01: a number with a leading zero could be meant as octal",
	  "write 1", "01" },
	{ "10.0.0/24", "10.0.0 is not an address: an IPv4 address has four numbers", NULL,
	  "" },
	{ "1.2.3.4.5/24", "1.2.3.4.5 has more than four numbers", NULL, "" },
	{ "10.0.0.1/33", "/33 is longer than an IPv4 address: 32 is the most", NULL,
	  "/33" },
	{ "fd00::1/129", "/129 is longer than an IPv6 address: 128 is the most", NULL,
	  "/129" },
	{ "10.0.0.1/x", "/x is not a prefix length", NULL, "/x" },
	{ "10.0.0.1/\033[1m", "/\\x1b[1m is not a prefix length", NULL, "/\033[1m" },
	{ "10.0.0.1/255.0.0.0",
	  "/255.0.0.0: a prefix length is a number of bits, as in /24", NULL,
	  "/255.0.0.0" },
	{ "10.0.0.1",
	  "10.0.0.1 lacks a prefix length: alone it would mean /32, an address connected to "
	  "nothing",
	  "did you mean 10.0.0.1/24?", "" },
	{ "fd00::1",
	  "fd00::1 lacks a prefix length: alone it would mean /128, an address connected to "
	  "nothing",
	  "did you mean fd00::1/64?", "" },
	{ "fe80::1%eth0/64",
	  "fe80::1%eth0: the interface of an address goes into a word of its own", NULL,
	  "" },
	{ "1:2:3/64", "1:2:3 is not an IPv6 address", NULL, "" },
	{ "red\n/64", "red\\x0a is not an address", NULL, "" },
};

static void test_address_errors(void)
{
	struct error err cleanup_error = ERROR_INIT;
	struct ip ip;

	for (size_t i = 0; i < COUNT(address_errors); i++) {
		const char *text = address_errors[i].text;
		struct error one cleanup_error = ERROR_INIT;
		cleanup_free char *part = NULL, *seen = str_visible(text);
		struct cidr cidr;

		tap_ok(cidr_parse(text, &cidr, 3, &one) == -1 &&
			       one.status == STATUS_USAGE && one.word == 3,
		       "\"%s\" is refused, and word 3 blamed", seen);
		tap_is_str(one.message, address_errors[i].message, "\"%s\": the message",
			   seen);
		tap_is_str(one.hint, address_errors[i].hint, "\"%s\": the hint", seen);
		if (one.from <= strlen(text) && one.length <= strlen(text) - one.from)
			part = xstrndup(text + one.from, one.length);
		tap_is_str(part, address_errors[i].part, "\"%s\": the part to blame",
			   seen);
	}
	tap_ok(ip_parse("10.0.0.1/24", &ip, 0, &err) == -1 && err.from == 8 &&
		       err.length == 3,
	       "a prefix length where an address alone is wanted is blamed");
	tap_is_str(err.message,
		   "10.0.0.1/24: an address without a prefix length is wanted here",
		   "and the message says so");
}

static struct cidr cidr_of(const char *text)
{
	struct error err cleanup_error = ERROR_INIT;
	struct cidr cidr;

	if (cidr_parse_loose(text, &cidr, 0, &err) < 0)
		tap_ok(false, "the test itself: %s", err.message);
	return cidr;
}

static struct ip ip_of(const char *text)
{
	return cidr_of(text).ip;
}

static const struct {
	const char *cidr, *network, *broadcast, *beyond;
} networks[] = {
	{ "192.168.15.77/24", "192.168.15.0/24", "192.168.15.255", "192.168.16.0" },
	{ "192.168.15.0/24", "192.168.15.0/24", "192.168.15.255", "192.168.16.0" },
	{ "10.1.2.3/0", "0.0.0.0/0", "255.255.255.255", "0.0.0.0" },
	{ "10.1.2.3/32", "10.1.2.3/32", "10.1.2.3", "10.1.2.4" },
	{ "10.1.2.3/31", "10.1.2.2/31", "10.1.2.3", "10.1.2.4" },
	{ "10.1.2.3/30", "10.1.2.0/30", "10.1.2.3", "10.1.2.4" },
	{ "172.31.255.255/12", "172.16.0.0/12", "172.31.255.255", "172.32.0.0" },
	{ "10.255.255.255/8", "10.0.0.0/8", "10.255.255.255", "11.0.0.0" },
	{ "255.255.255.254/31", "255.255.255.254/31", "255.255.255.255", "0.0.0.0" },
	{ "fd00::1:2/64", "fd00::/64", "fd00::ffff:ffff:ffff:ffff", "fd00:0:0:1::" },
	{ "fd00::1/128", "fd00::1/128", "fd00::1", "fd00::2" },
	{ "fd00:0:0:f::/61", "fd00:0:0:8::/61", "fd00::f:ffff:ffff:ffff:ffff",
	  "fd00:0:0:10::" },
	{ "::1/0", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::" },
};

static void test_networks(void)
{
	for (size_t i = 0; i < COUNT(networks); i++) {
		struct cidr cidr = cidr_of(networks[i].cidr),
			    network = cidr_network(&cidr);
		struct ip broadcast = cidr_broadcast(&cidr), beyond = ip_next(&broadcast);
		char text[CIDR_TEXT];

		tap_is_str(cidr_text(&network, text), networks[i].network,
			   "network of %s", networks[i].cidr);
		tap_is_str(ip_text(&broadcast, text), networks[i].broadcast,
			   "broadcast of %s", networks[i].cidr);
		tap_is_str(ip_text(&beyond, text), networks[i].beyond,
			   "what is behind %s", networks[i].cidr);
		tap_ok(cidr_is_network(&cidr) ==
			       (strcmp(networks[i].cidr, networks[i].network) == 0),
		       "whether %s is a network", networks[i].cidr);
	}
}

static const struct {
	const char *network, *ip;
	bool contains;
} members[] = {
	{ "192.168.15.0/24", "192.168.15.0", true },
	{ "192.168.15.0/24", "192.168.15.255", true },
	{ "192.168.15.0/24", "192.168.16.0", false },
	{ "192.168.15.0/24", "192.168.14.255", false },
	{ "192.168.15.7/24", "192.168.15.1", true },
	{ "0.0.0.0/0", "255.0.0.1", true },
	{ "0.0.0.0/0", "::1", false },
	{ "::/0", "1.2.3.4", false },
	{ "10.0.0.1/32", "10.0.0.1", true },
	{ "10.0.0.1/32", "10.0.0.0", false },
	{ "10.128.0.0/9", "10.127.255.255", false },
	{ "fd00::/64", "fd00::1", true },
	{ "fd00::/64", "fd00:0:0:1::", false },
	{ "fd00::/61", "fd00:0:0:7::1", true },
	{ "fd00::/61", "fd00:0:0:8::1", false },
};

/* loopback, link-local, multicast, zero: a letter each */
static const struct {
	const char *ip, *is;
} kinds[] = {
	{ "127.0.0.1", "l" }, { "127.255.255.255", "l" }, { "128.0.0.1", "" },
	{ "::1", "l" },
	{ "::2", "" }, { "::ffff:127.0.0.1", "" }, { "169.254.1.1", "k" },
	{ "169.253.1.1", "" },
	{ "fe80::1", "k" }, { "febf::1", "k" }, { "fec0::1", "" }, { "224.0.0.1", "m" },
	{ "239.255.255.255", "m" }, { "240.0.0.1", "" }, { "ff02::1", "m" },
	{ "fe02::1", "" },
	{ "0.0.0.0", "z" }, { "::", "z" }, { "0.0.0.1", "" }, { "10.0.0.1", "" },
};

static void test_members(void)
{
	struct ip none = { 0 };
	char text[IP_TEXT];

	for (size_t i = 0; i < COUNT(members); i++) {
		struct cidr network = cidr_of(members[i].network);
		struct ip ip = ip_of(members[i].ip);

		tap_ok(cidr_contains(&network, &ip) == members[i].contains, "%s %s in %s",
		       members[i].ip, members[i].contains ? "is" : "is not",
		       members[i].network);
		tap_ok(!cidr_contains(&network, &none), "no address is in %s",
		       members[i].network);
	}
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct ip ip = ip_of(kinds[i].ip);
		char is[5] = "";

		strcat(is, ip_is_loopback(&ip) ? "l" : "");
		strcat(is, ip_is_link_local(&ip) ? "k" : "");
		strcat(is, ip_is_multicast(&ip) ? "m" : "");
		strcat(is, ip_is_zero(&ip) ? "z" : "");
		tap_is_str(is, kinds[i].is, "the kind of %s", kinds[i].ip);
	}
	tap_is_str(ip_text(&none, text), "none", "no address is written as none");
	tap_ok(!ip_is_loopback(&none) && !ip_is_link_local(&none) &&
		       !ip_is_multicast(&none),
	       "and is of no kind");
}

/* In order: each is less than those behind it. */
static const char *const ordered[] = {
	"0.0.0.0", "1.0.0.0", "1.0.0.255", "1.0.1.0", "127.0.0.1", "128.0.0.1",
	"255.0.0.0", "::", "::1", "::1:0", "fd00::", "fe80::1",
};

static void test_order(void)
{
	bool good = true;

	for (size_t i = 0; i < COUNT(ordered); i++)
		for (size_t j = 0; j < COUNT(ordered); j++) {
			struct ip a = ip_of(ordered[i]), b = ip_of(ordered[j]);
			int order = ip_compare(&a, &b);

			if ((order < 0) == (i < j) && (order > 0) == (i > j) &&
			    ip_equal(&a, &b) == (i == j))
				continue;
			good = false;
			tap_note("%s and %s: %d", ordered[i], ordered[j], order);
		}
	tap_ok(good, "addresses in order");
}

static const struct {
	const char *text;
	bool looks;
} looks[] = {
	{ "10.0.0.1", true }, { "10.0.0.300", true }, { "10.0.0.1/24", true },
	{ "10.", true },
	{ "::", true }, { "fd00::1", true }, { "fe80::1/64", true }, { "1:2:3", true },
	{ "red", false }, { "red:eth0", false }, { "10", false }, { "10.0.0.x", false },
	{ "", false }, { "fe", false }, { "a:b", false }, { "host:eth0:1", false },
};

static const struct {
	const char *text;
	const char *mac; /* NULL: refused */
} macs[] = {
	{ "02:00:00:00:00:01", "02:00:00:00:00:01" },
	{ "FF:Ee:dD:cc:BB:aa", "ff:ee:dd:cc:bb:aa" },
	{ "02:00:00:00:00", NULL },
	{ "02:00:00:00:00:01:", NULL },
	{ "02:00:00:00:00:011", NULL },
	{ "2:0:0:0:0:1", NULL },
	{ "02-00-00-00-00-01", NULL },
	{ "02:00:00:00:00:0g", NULL },
	{ " 2:00:00:00:00:01", NULL },
	{ "+2:00:00:00:00:01", NULL },
	{ "", NULL },
};

static void test_sockaddr(const char *text)
{
	struct sockaddr_storage storage;
	struct ip ip = ip_of(text), back;
	socklen_t length = ip_sockaddr(&ip, 8080, &storage);

	back = ip_from_sockaddr((const struct sockaddr *)&storage);
	tap_ok(ip_equal(&ip, &back), "a socket address of %s, and back", text);
	if (ip.family == AF_INET)
		tap_ok(length == sizeof(struct sockaddr_in) &&
			       ((struct sockaddr_in *)&storage)->sin_port == htons(8080),
		       "its size and port");
	else
		tap_ok(length == sizeof(struct sockaddr_in6) &&
			       ((struct sockaddr_in6 *)&storage)->sin6_port ==
				       htons(8080),
		       "its size and port");
}

static void test_looks(void)
{
	for (size_t i = 0; i < COUNT(looks); i++)
		tap_ok(ip_looks_like(looks[i].text) == looks[i].looks,
		       "\"%s\" %s like an address", looks[i].text,
		       looks[i].looks ? "looks" : "does not look");
	for (size_t i = 0; i < COUNT(macs); i++) {
		uint8_t mac[6];
		char text[MAC_TEXT];

		tap_is_str(mac_parse(macs[i].text, mac) ? mac_text(mac, text) : NULL,
			   macs[i].mac, "mac_parse \"%s\"", macs[i].text);
	}
	test_sockaddr("192.168.15.1");
	test_sockaddr("fd00::1");
}

/* --- strings --- */

/* In order: each is less than those behind it. */
static const char *const natural[] = {
	"", "1", "02", "2", "9", "10", "11", "100", "99999999999999999999999", "a", "a1b",
	"a1c", "a01d", "a2", "a10", "eth", "eth0", "eth00", "eth1", "eth1.5", "eth1.10",
	"eth2", "eth10", "red", "red1-2", "red1-10", "red2", "red10", "red10a",
	"\xc3\xa4",
};

static void test_natural(void)
{
	bool good = true;
	struct strings list cleanup_strings = { 0 };

	for (size_t i = 0; i < COUNT(natural); i++)
		for (size_t j = 0; j < COUNT(natural); j++) {
			int order = str_natural(natural[i], natural[j]);

			if ((order < 0) == (i < j) && (order > 0) == (i > j))
				continue;
			good = false;
			tap_note("\"%s\" and \"%s\": %d", natural[i], natural[j], order);
		}
	tap_ok(good, "the natural order is one");
	for (size_t i = COUNT(natural); i-- > 0;)
		strings_add(&list, natural[i]);
	strings_sort(&list);
	good = list.n == COUNT(natural);
	for (size_t i = 0; i < list.n; i++)
		good = good && strcmp(list.v[i], natural[i]) == 0;
	tap_ok(good, "strings_sort() sorts by it");
	tap_ok(strings_has(&list, "red10") && !strings_has(&list, "red1"),
	       "strings_has()");
}

static const struct {
	const char *a, *b;
	unsigned limit, distance;
} distances[] = {
	{ "", "", 3, 0 }, { "red", "red", 3, 0 }, { "red", "", 3, 3 },
	{ "", "red", 2, 3 },
	{ "blue", "bleu", 3, 1 }, { "blue", "lbue", 3, 1 }, { "blue", "blu", 3, 1 },
	{ "blue", "bluue", 3, 1 }, { "blue", "blux", 3, 1 }, { "blue", "green", 5, 4 },
	{ "abcd", "badc", 3, 2 }, { "kitten", "sitting", 3, 3 },
	{ "kitten", "sitting", 2, 3 },
	{ "kitten", "sitting", 0, 1 }, { "bridge", "bridge", 0, 0 },
	{ "abcdefgh", "a", 3, 4 },
};

static const struct {
	const char *word, *nearest;
} nearest[] = {
	{ "bleu", "blue" }, { "blue", "blue" }, { "gren", "green" },
	{ "atach", "attach" },
	{ "xyz", NULL }, { "r", NULL }, { "", NULL }, { "rde", "red" },
	{ "att", "attach" },
	{ "v-net0", "v-net-0" }, { "v-nt-1", "v-net-0" }, { "zzzzzz", NULL },
};

static void test_distance(void)
{
	static const char *const known[] = { "red", "blue", "green", "attach",
					     "v-net-0" };
	struct strings candidates cleanup_strings = { 0 }, none = { 0 };
	char longer[400];

	for (size_t i = 0; i < COUNT(distances); i++) {
		const char *a = distances[i].a, *b = distances[i].b;
		unsigned limit = distances[i].limit;
		unsigned there = str_distance(a, b, limit),
			 back = str_distance(b, a, limit);

		if (!tap_ok(there == distances[i].distance && back == there,
			    "from \"%s\" to \"%s\", up to %u: %u edits", a, b, limit,
			    distances[i].distance))
			tap_note("there %u, back %u", there, back);
	}
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	tap_ok(str_distance(longer, longer, 3) == 4,
	       "what is too long to compare is far away");
	for (size_t i = 0; i < COUNT(known); i++)
		strings_add(&candidates, known[i]);
	for (size_t i = 0; i < COUNT(nearest); i++)
		tap_is_str(str_nearest(nearest[i].word, &candidates), nearest[i].nearest,
			   "nearest to \"%s\"", nearest[i].word);
	tap_ok(!str_nearest("red", &none), "nothing is near where there is nothing");
}

static const struct {
	const char *text;
	unsigned long long min, max;
	bool good;
	unsigned long long number;
} numbers[] = {
	{ "0", 0, 10, true, 0 },
	{ "10", 0, 10, true, 10 },
	{ "11", 0, 10, false, 0 },
	{ "007", 0, 10, true, 7 },
	{ "4", 5, 10, false, 0 },
	{ "5", 5, 10, true, 5 },
	{ "7", 0, 5, false, 0 },
	{ "9", 0, 0, false, 0 },
	{ "0", 0, 0, true, 0 },
	{ "", 0, 10, false, 0 },
	{ "+1", 0, 10, false, 0 },
	{ "-1", 0, 10, false, 0 },
	{ " 1", 0, 10, false, 0 },
	{ "1 ", 0, 10, false, 0 },
	{ "1x", 0, 10, false, 0 },
	{ "0x1", 0, 10, false, 0 },
	{ "1.0", 0, 10, false, 0 },
	{ "65535", 1, 65535, true, 65535 },
	{ "65536", 1, 65535, false, 0 },
	{ "18446744073709551615", 0, ULLONG_MAX, true, ULLONG_MAX },
	{ "18446744073709551616", 0, ULLONG_MAX, false, 0 },
	{ "18446744073709551617", 0, 10, false, 0 },
	{ "99999999999999999999999999", 0, ULLONG_MAX, false, 0 },
	{ "99999999999999999999999999", 0, 5, false, 0 },
};

static void test_numbers(void)
{
	for (size_t i = 0; i < COUNT(numbers); i++) {
		unsigned long long number = 0;
		bool good = str_number(numbers[i].text, numbers[i].min, numbers[i].max,
				       &number);

		tap_ok(good == numbers[i].good && (!good || number == numbers[i].number),
		       "\"%s\" as a number from %llu to %llu", numbers[i].text, numbers[i].min,
		       numbers[i].max);
	}
}

/* How a string is shown, how many columns that takes, and the string in JSON. */
static const struct {
	const char *text, *visible;
	size_t columns; /* of the text itself */
	const char *json;
} strings[] = {
	{ "", "", 0, "\"\"" },
	{ "red", "red", 3, "\"red\"" },
	{ "a b", "a b", 3, "\"a b\"" },
	{ "\"\\/", "\"\\/", 3, "\"\\\"\\\\/\"" },
	{ "a\nb\tc\r", "a\\x0ab\\x09c\\x0d", 6, "\"a\\u000ab\\u0009c\\u000d\"" },
	{ "\033[31mred", "\\x1b[31mred", 8, "\"\\u001b[31mred\"" },
	{ "\x01\x7f", "\\x01\\x7f", 2, "\"\\u0001\\u007f\"" },
	{ "\xc3\xa4\xc3\xb6", "\xc3\xa4\xc3\xb6", 2, "\"\xc3\xa4\xc3\xb6\"" },
	/* wide, with a mark, and an emoji */
	{ "\xe7\xb6\xb2\xe8\xb7\xaf", "\xe7\xb6\xb2\xe8\xb7\xaf", 4,
	  "\"\xe7\xb6\xb2\xe8\xb7\xaf\"" },
	{ "e\xcc\x81x", "e\xcc\x81x", 2, "\"e\xcc\x81x\"" },
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 2, "\"\xf0\x9f\x98\x80\"" },
	/* a control of two bytes, the turn of writing, a byte order mark, a tag */
	{ "a\xc2\x9b" "b", "a\\u009bb", 3, "\"a\\u009bb\"" },
	{ "a\xe2\x80\xae" "b", "a\\u202eb", 3, "\"a\\u202eb\"" },
	{ "\xef\xbb\xbf", "\\ufeff", 1, "\"\\ufeff\"" },
	{ "\xf3\xa0\x81\x81", "\\U000e0041", 1, "\"\\udb40\\udc41\"" },
	/* not UTF-8: a lone byte, one cut short, overlong, a surrogate, beyond Unicode */
	{ "a\xff" "b", "a\\xffb", 3, "\"a\xef\xbf\xbd" "b\"" },
	{ "\x80", "\\x80", 1, "\"\xef\xbf\xbd\"" },
	{ "\xe7\xb6", "\\xe7\\xb6", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xe7\xb6\"", "\\xe7\\xb6\"", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\\\"\"" },
	{ "\xc0\xaf", "\\xc0\\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf", 3,
	  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80", 3,
	  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 4,
	  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ "\xf0\x9f\x98", "\\xf0\\x9f\\x98", 3,
	  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
};

static void test_hash(void)
{
	/* From http://www.isthe.com/chongo/src/fnv/test_fnv.c. */
	tap_ok(str_hash("") == 0x811c9dc5 && str_hash("a") == 0xe40c292c &&
		       str_hash("foobar") == 0xbf9cf968,
	       "the hash is FNV-1a of 32 bits");
	tap_ok(str_hash("\xc3\xa9") == 0x1e9de8c1, "bytes beyond ASCII are not negative");
}

static void test_visible(void)
{
	for (size_t i = 0; i < COUNT(strings); i++) {
		cleanup_free char *seen = str_visible(strings[i].text);
		cleanup_free char *again = str_visible(seen);
		struct buf json cleanup_buf = { 0 };
		size_t columns = str_columns(strings[i].text);

		buf_add_json(&json, strings[i].text);
		tap_is_str(seen, strings[i].visible, "%s can be shown",
			   strings[i].visible);
		tap_is_str(again, seen, "%s is shown as it is", seen);
		tap_ok(str_is_visible(strings[i].text) == !strcmp(strings[i].text, seen) &&
			       str_is_visible(seen), "what of %s is shown as it is is told", seen);
		tap_is_str(buf_str(&json), strings[i].json, "%s in JSON", seen);
		if (!tap_ok(columns == strings[i].columns, "the columns of %s", seen))
			tap_note("got %zu, expected %zu", columns, strings[i].columns);
	}
}

static void test_wrapping(void)
{
	static const struct {
		const char *text, *wanted;
		size_t width, indent;
	} texts[] = {
		{ "one two three four five six", "one two three four five six", 0, 2 },
		{ "one two three four five six", "one two three four five six", 27, 2 },
		{ "one two three four five six", "one two three four five\n  six", 26, 2 },
		{ "eins zwei drei grün 漢字漢", "eins zwei drei grün\n 漢字漢", 25, 1 },
		{ "eins zwei drei grün 漢字漢", "eins zwei drei grün 漢字漢", 26, 1 },
		{ "\033[0;31mred\033[0m two three four fi", "\033[0;31mred\033[0m two three four fi",
		  21, 0 },
		{ "  where  what there is to say about it", "  where  what there is to say\n"
		  "         about it", 29, 9 },
		{ "12345678901234567890123 x", "12345678901234567890123\nx", 22, 0 },
		{ "a bb ccc dddd eeeee ffffff", "a bb ccc dddd eeeee\nffffff", 21, 10 },
		{ "one line\nand then another one more\n",
		  "one line\nand then another one\n  more\n", 22, 2 },
		{ "", "", 30, 2 },
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buf b cleanup_buf = { 0 };

		buf_add_wrapped(&b, texts[i].text, texts[i].width, texts[i].indent);
		tap_is_str(buf_str(&b), texts[i].wanted, "text %zu in %zu columns", i,
			   texts[i].width);
	}
}

static void test_buffers(void)
{
	struct buf b cleanup_buf = { 0 };
	VECTOR(int) numbers_list = { 0 };
	char copy[4];
	cleanup_free char *stolen = NULL;
	bool good = true;

	tap_is_str(buf_str(&b), "", "a buffer starts empty");
	buf_addn(&b, "", 0);
	tap_is_str(b.s, "", "adding nothing ends it with a NUL");
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i % 10);
	buf_addc(&b, '.');
	tap_ok(b.length == 2001 && strlen(b.s) == 2001 && !strncmp(b.s, "0,1,2,", 6) &&
		       !strcmp(b.s + 1998, "9,."),
	       "a buffer grows");
	stolen = buf_steal(&b);
	tap_ok(strlen(stolen) == 2001 && !b.s && b.length == 0, "it is stolen whole");
	buf_add(&b, "x");
	buf_clear(&b);
	tap_is_str(buf_str(&b), "", "and cleared");

	str_copy(copy, sizeof(copy), "abcdef");
	tap_is_str(copy, "abc", "str_copy() cuts");
	str_copy(copy, sizeof(copy), "ab");
	tap_is_str(copy, "ab", "str_copy() copies");
	tap_ok(str_starts("bridge", "bri") && str_starts("x", "") &&
		       !str_starts("br", "bri"),
	       "str_starts()");

	for (int i = 0; i < 100; i++)
		*vector_add(&numbers_list) = i;
	vector_remove(&numbers_list, 0);
	vector_remove(&numbers_list, 98);
	vector_remove(&numbers_list, 49);
	for (size_t i = 0; i < numbers_list.n; i++)
		good &= numbers_list.v[i] == (int)i + (i < 49 ? 1 : 2);
	tap_ok(good && numbers_list.n == 97, "a vector grows and shrinks");
	vector_free(&numbers_list);
	tap_ok(!numbers_list.v && numbers_list.n == 0, "and is gone");
}

/* --- errors --- */

static void test_errors(void)
{
	struct error err cleanup_error = ERROR_INIT, other cleanup_error = ERROR_INIT;
	cleanup_free char *wanted =
		xasprintf("red: cannot open it: %s", strerror(ENOENT));

	tap_ok(!error_is_set(&err) && err.word == -1, "no error");
	tap_ok(error_set(&err, STATUS_USAGE, 2, "%s is %d", "it", 7) == -1 &&
		       error_is_set(&err) && err.status == STATUS_USAGE &&
		       err.word == 2 && err.number == 0,
	       "an error with its status and word");
	tap_is_str(err.message, "it is 7", "its message");
	error_hint(&err, "did you mean %s?", "blue");
	error_hint(&err, "did you mean %s?", "red");
	tap_is_str(err.hint, "did you mean red?", "the last hint counts");
	error_part(&err, 3, 4);
	tap_ok(err.from == 3 && err.length == 4, "the part to blame");
	tap_ok(error_prefix(&err, "in %s: ", "lab") == -1 && err.word == 2 &&
		       err.from == 3,
	       "words in front keep the blame");
	tap_is_str(err.message, "in lab: it is 7", "and the message");
	error_set(&err, STATUS_FAILED, 1, "about %s", err.message);
	tap_is_str(err.message, "about in lab: it is 7",
		   "an error may quote the one before");
	tap_ok(!err.hint && err.from == 0 && err.length == 0 &&
		       err.status == STATUS_FAILED,
	       "and has nothing else of it");
	error_errno(&err, STATUS_UNSUPPORTED, 0, ENOENT, "cannot open %s", "it");
	error_prefix(&err, "red: ");
	tap_is_str(err.message, wanted, "the text of an errno");
	tap_ok(err.number == ENOENT && err.status == STATUS_UNSUPPORTED,
	       "and its number");
	error_clear(&err);
	tap_ok(!error_is_set(&err) && !err.hint && err.word == -1 &&
		       err.status == STATUS_OK,
	       "cleared");
	error_prefix(&err, "alone");
	tap_is_str(err.message, "alone", "words in front of nothing");

	error_set(&other, STATUS_UNSUPPORTED, 3, "another");
	error_hint(&other, "its hint");
	tap_ok(error_take(&err, &other) == -1 && err.status == STATUS_UNSUPPORTED &&
		       err.word == 3,
	       "an error is taken over");
	tap_is_str(err.message, "another", "with its message");
	tap_is_str(err.hint, "its hint", "and its hint");
	tap_ok(!error_is_set(&other) && !other.hint && other.word == -1,
	       "and is one no more where it was");
}

/* --- tables --- */

static const struct column columns[] = {
	{ "NAME", "name", COLUMN_TEXT },
	{ "MTU", "mtu", COLUMN_NUMBER },
	{ "UP", "up", COLUMN_BOOL },
	{ "", "index", COLUMN_TEXT },
	{ "ADDRESSES", "addresses", COLUMN_LIST },
	{ NULL, NULL, COLUMN_TEXT },
};

/* What is printed, as a string. */
static char *printed(struct table *const *tables, size_t count, bool json)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		abort();
	if (count == 1)
		table_print(tables[0], json, to);
	else
		tables_print(tables, count, json, to);
	fclose(to);
	return text;
}

static void is_printed(struct table *const *tables, size_t count, bool json,
		       const char *wanted, const char *what)
{
	cleanup_free char *text = printed(tables, count, json);

	tap_is_str(text, wanted, "%s, %s", what, json ? "JSON" : "text");
}

static void add_row(struct table *table, const char *const cells[5])
{
	table_row(table);
	for (size_t i = 0; i < 5; i++)
		table_cell(table, cells[i]);
}

static void test_tables(void)
{
	struct table *both[2], **one = &both[0], **two = &both[1];

	*one = table_new("links", columns);
	is_printed(one, 1, false, "NAME  MTU  UP  ADDRESSES\n", "an empty table");
	is_printed(one, 1, true, "[]\n", "an empty table");
	table_if_empty(*one, "there is no link");
	is_printed(one, 1, false, "there is no link\n", "an empty table that says so");
	is_printed(one, 1, true, "[]\n", "an empty table that says so");

	add_row(*one, (const char *const[]){ "lo", "65536", "yes", "1",
					     "127.0.0.1/8 ::1/128" });
	add_row(*one, (const char *const[]){ "veth-red", "150", "no", NULL, "" });
	table_row(*one); /* a row that is not filled */
	table_cellf(*one, "br%d", 0);
	table_row(*one); /* not at all */
	is_printed(one, 1, false,
		   "NAME        MTU  UP   ADDRESSES\n"
		   "lo        65536  yes  127.0.0.1/8 ::1/128\n"
		   "veth-red    150  no   -\n"
		   "br0           -  -    -\n"
		   "-             -  -    -\n",
		   "rows");
	is_printed(one, 1, true,
		   "[{\"name\":\"lo\",\"mtu\":65536,\"up\":true,\"index\":\"1\","
		   "\"addresses\":[\"127.0.0.1/8\",\"::1/128\"]},"
		   "{\"name\":\"veth-red\",\"mtu\":150,\"up\":false,\"index\":null,"
		   "\"addresses\":[]},"
		   "{\"name\":\"br0\",\"mtu\":null,\"up\":false,\"index\":null,"
		   "\"addresses\":[]},"
		   "{\"name\":null,\"mtu\":null,\"up\":false,\"index\":null,"
		   "\"addresses\":[]}]\n",
		   "rows");
	tap_ok(table_rows(*one) == 4, "four rows");

	*two = table_new(NULL, columns);
	is_printed(both, 2, true,
		   "{\"links\":[{\"name\":\"lo\",\"mtu\":65536,\"up\":true,\"index\":\"1\","
		   "\"addresses\":[\"127.0.0.1/8\",\"::1/128\"]},"
		   "{\"name\":\"veth-red\",\"mtu\":150,\"up\":false,\"index\":null,"
		   "\"addresses\":[]},"
		   "{\"name\":\"br0\",\"mtu\":null,\"up\":false,\"index\":null,"
		   "\"addresses\":[]},"
		   "{\"name\":null,\"mtu\":null,\"up\":false,\"index\":null,"
		   "\"addresses\":[]}],\"\":[]}\n",
		   "two tables");
	is_printed(both, 2, false,
		   "links:\n"
		   "NAME        MTU  UP   ADDRESSES\n"
		   "lo        65536  yes  127.0.0.1/8 ::1/128\n"
		   "veth-red    150  no   -\n"
		   "br0           -  -    -\n"
		   "-             -  -    -\n"
		   "\n"
		   "NAME  MTU  UP  ADDRESSES\n",
		   "two tables");
	table_free(*one);
	table_free(*two);
	table_free(NULL);
}

static void test_hostile_tables(void)
{
	struct table *table = table_new(NULL, columns);

	add_row(table, (const char *const[]){ "a\"}]\n\033[2J", "1", "yes", "\\\"",
					      "x\ty \"z\"" });
	add_row(table,
		(const char *const[]){ "\xe7\xb6\xb2", "-5", "true", "\xff", "  a  b" });
	add_row(table, (const char *const[]){ "e\xcc\x81\xff", "1.25", "", "", "" });
	/* What is no number must not break what is around it. */
	add_row(table, (const char *const[]){ "n", "1,\"x\":2", "no", "", "" });
	add_row(table, (const char *const[]){ "n", "007", "no", "", "" });
	add_row(table, (const char *const[]){ "n", "nan", "no", "", "" });
	is_printed(&table, 1, false,
		   "NAME                 MTU  UP    ADDRESSES\n"
		   "a\"}]\\x0a\\x1b[2J        1  yes   x\\x09y \"z\"\n"
		   "\xe7\xb6\xb2                    -5  true    a  b\n"
		   "e\xcc\x81\\xff               1.25  -     -\n"
		   "n                1,\"x\":2  no    -\n"
		   "n                    007  no    -\n"
		   "n                    nan  no    -\n",
		   "hostile strings");
	is_printed(&table, 1, true,
		   "[{\"name\":\"a\\\"}]\\u000a\\u001b[2J\",\"mtu\":1,\"up\":true,"
		   "\"index\":\"\\\\\\\"\",\"addresses\":[\"x\\u0009y\",\"\\\"z\\\"\"]},"
		   "{\"name\":\"\xe7\xb6\xb2\",\"mtu\":-5,\"up\":false,"
		   "\"index\":\"\xef\xbf\xbd\",\"addresses\":[\"a\",\"b\"]},"
		   "{\"name\":\"e\xcc\x81\xef\xbf\xbd\",\"mtu\":1.25,\"up\":false,\"index\":\"\","
		   "\"addresses\":[]},"
		   "{\"name\":\"n\",\"mtu\":\"1,\\\"x\\\":2\",\"up\":false,\"index\":\"\","
		   "\"addresses\":[]},"
		   "{\"name\":\"n\",\"mtu\":\"007\",\"up\":false,\"index\":\"\","
		   "\"addresses\":[]},"
		   "{\"name\":\"n\",\"mtu\":\"nan\",\"up\":false,\"index\":\"\","
		   "\"addresses\":[]}]\n",
		   "hostile strings");
	table_free(table);
}

int main(void)
{
	test_addresses();
	test_address_errors();
	test_networks();
	test_members();
	test_order();
	test_looks();
	test_natural();
	test_distance();
	test_numbers();
	test_hash();
	test_visible();
	test_wrapping();
	test_buffers();
	test_errors();
	test_tables();
	test_hostile_tables();
	return tap_done();
}
