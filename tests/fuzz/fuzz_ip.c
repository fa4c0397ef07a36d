/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses: there and back, and what the C library says to the same text. */
#include "fuzz/fuzz.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/ip.h"

#define WORD 7

const char *const fuzz_words[] = {
	"0", "00", "10", "127", "255", "256", "32", "33", "128", "129", ".", "..", ":",
	"::", ":::", "/", "/0", "/24", "/64", "%", "%eth0", "fe80::", "ffff", "::ffff:",
	"dead:beef", "192.168.15.1", "02:00:00:00:00:01", " ", "-1", "+1", "0x10",
	"default", NULL,
};

static const char *const texts[] = {
	"", "0.0.0.0", "10.0.0.1", "192.168.15.1/24", "255.255.255.255/32", "1.2.3",
	"1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/",
	"1.2.3.4/255.255.255.0", "::", "::1", "fd00::1/64", "fe80::1%eth0",
	"::ffff:1.2.3.4", "1:2:3:4:5:6:7:8/128", "1::/129", "2001:db8::dead:beef/127",
	"02:00:00:00:00:01", "FF:ff:Ff:fF:00:0a", "02-00-00-00-00-01", "default", "red",
	"0.0.0.0/0", "::/0", "10.0.0.7/8",
};

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add(texts[i], strlen(texts[i]));
}

/* A refusal says why, blames the word and no byte beyond it, and can be shown. */
static void check_error(const struct error *err, const char *text)
{
	cleanup_free char *seen = NULL;

	CHECK(error_is_set(err) && err->message[0]);
	CHECK(err->status == STATUS_USAGE && err->word == WORD);
	CHECK(err->from <= strlen(text) && err->length <= strlen(text) - err->from);
	seen = str_visible(err->message);
	CHECK(strcmp(seen, err->message) == 0);
}

static void check_ip(const char *text)
{
	struct error err cleanup_error = ERROR_INIT;
	uint8_t four[4], six[16];
	bool is_four = inet_pton(AF_INET, text, four) == 1;
	bool is_six = inet_pton(AF_INET6, text, six) == 1;
	char written[IP_TEXT];
	struct ip ip, again;

	if (ip_parse(text, &ip, WORD, &err) < 0) {
		CHECK(!is_four && !is_six);
		check_error(&err, text);
		return;
	}
	CHECK(!error_is_set(&err));
	CHECK(is_four || is_six);
	CHECK(ip.family == (is_four ? AF_INET : AF_INET6));
	CHECK(memcmp(ip.bytes, is_four ? four : six, ip_bytes(ip.family)) == 0);
	CHECK(ip_looks_like(text));
	ip_text(&ip, written);
	CHECK(ip_parse(written, &again, WORD, &err) == 0);
	CHECK(ip_equal(&ip, &again) && ip_compare(&ip, &again) == 0);
	again = ip_next(&ip);
	CHECK(!ip_equal(&ip, &again));
	CHECK((ip_compare(&ip, &again) < 0) == (ip_compare(&again, &ip) > 0));
}

/* What a network holds and what not. */
static void check_network(const struct cidr *cidr)
{
	struct cidr network = cidr_network(cidr), any = cidr_any(cidr->ip.family);
	struct ip broadcast = cidr_broadcast(cidr), beyond = ip_next(&broadcast);

	CHECK(cidr_is_network(&network));
	CHECK(cidr_is_network(cidr) == cidr_equal(cidr, &network));
	CHECK(cidr_contains(&network, &cidr->ip) && cidr_contains(cidr, &network.ip));
	CHECK(cidr_contains(cidr, &broadcast));
	CHECK(ip_compare(&network.ip, &cidr->ip) <= 0 &&
	      ip_compare(&cidr->ip, &broadcast) <= 0);
	/* The next one is outside, unless it wrapped round the whole space. */
	CHECK(cidr_contains(cidr, &beyond) == (cidr->prefix == 0));
	CHECK(cidr_contains(&any, &cidr->ip));
}

static void check_cidr(const char *text)
{
	struct error err cleanup_error = ERROR_INIT;
	const char *slash = strchr(text, '/');
	struct cidr cidr, strict, again;
	char written[CIDR_TEXT];
	bool is_strict = cidr_parse(text, &strict, WORD, &err) == 0;

	if (!is_strict)
		check_error(&err, text);
	error_clear(&err);
	if (cidr_parse_loose(text, &cidr, WORD, &err) < 0) {
		CHECK(!is_strict);
		check_error(&err, text);
		return;
	}
	CHECK(is_strict == (slash != NULL));
	CHECK(!is_strict || cidr_equal(&cidr, &strict));
	CHECK(cidr.ip.family && cidr.prefix <= ip_bits(cidr.ip.family));
	CHECK(slash || cidr.prefix == ip_bits(cidr.ip.family));
	cidr_text(&cidr, written);
	CHECK(cidr_parse(written, &again, WORD, &err) == 0 && cidr_equal(&cidr, &again));
	check_network(&cidr);
}

/*
 * Six pairs of hexadecimal digits with colons between: read another way than mac_parse()
 * does.
 */
static bool is_mac(const char *text)
{
	if (strlen(text) != 17)
		return false;
	for (int i = 0; i < 17; i++)
		if (i % 3 == 2 ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
	return true;
}

static void check_mac(const char *text)
{
	uint8_t mac[6];
	char written[MAC_TEXT];

	CHECK(mac_parse(text, mac) == is_mac(text));
	if (is_mac(text))
		CHECK(strcasecmp(mac_text(mac, written), text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = xstrndup((const char *)data, size);

	check_ip(text);
	check_cidr(text);
	check_mac(text);
	return 0;
}
