/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/type_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "shell/lexer.h"

/* What form the words of each type have. */

/* --- the form of names --- */

/* Bytes that no name may hold. WHAT: "a namespace". */
static int check_bytes(const char *name, const char *what, int word, struct error *err)
{
	if (!*name)
		return error_set(err, STATUS_USAGE, word, "%s needs a name of at least one "
							  "character", what);
	if (!str_is_visible(name)) {
		cleanup_free char *seen = str_visible(name);

		return error_set(err, STATUS_USAGE, word,
				 "%s holds a character that cannot be shown: no name for %s",
				 seen, what);
	}
	if (strchr(name, '/')) {
		error_set(err, STATUS_USAGE, word, "%s holds a /: no name for %s", name, what);
		return error_part(err, (size_t)(strchr(name, '/') - name), 1);
	}
	if (strpbrk(name, " \t"))
		return error_set(err, STATUS_USAGE, word, "\"%s\" holds a blank: no name for %s",
				 name, what);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return error_set(err, STATUS_USAGE, word, "%s is no name for %s", name, what);
	return 0;
}

int check_ns(const char *text, int word, struct error *err)
{
	if (check_bytes(text, "a namespace", word, err) < 0)
		return -1;
	if (strchr(text, ':')) {
		error_set(err, STATUS_USAGE, word,
			  "%s: a namespace alone is wanted here, without an interface", text);
		return error_part(err, (size_t)(strchr(text, ':') - text),
				  strlen(strchr(text, ':')));
	}
	if (strlen(text) > NS_NAME_MAX) {
		error_set(err, STATUS_USAGE, word, "%.20s... is longer than %d characters", text,
			  NS_NAME_MAX);
		return error_part(err, NS_NAME_MAX, strlen(text) - NS_NAME_MAX);
	}
	return 0;
}

int check_new_ns(const char *text, int word, struct error *err)
{
	if (check_ns(text, word, err) < 0)
		return -1;
	if (strcmp(text, HOST) == 0)
		return error_set(err, STATUS_USAGE, word,
				 "host is the name of the namespace that nsh lives in");
	if (text[0] == '-')
		return error_set(err, STATUS_USAGE, word,
				 "%s: a name that starts with - looks like an option", text);
	return 0;
}

int check_link(const char *text, int word, struct error *err)
{
	if (check_bytes(text, "an interface", word, err) < 0)
		return -1;
	if (strlen(text) > 127)
		return error_set(err, STATUS_USAGE, word,
				 "%.20s... is no name for an interface: it is too long", text);
	return 0;
}

int check_new_link(const char *text, int word, struct error *err)
{
	if (check_bytes(text, "an interface", word, err) < 0)
		return -1;
	if (strchr(text, ':')) {
		error_set(err, STATUS_USAGE, word, "%s holds a colon: no name for an interface",
			  text);
		return error_part(err, (size_t)(strchr(text, ':') - text), 1);
	}
	if (text[0] == '-')
		return error_set(err, STATUS_USAGE, word,
				 "%s: a name that starts with - looks like an option", text);
	if (strchr(text, '%'))
		return error_set(err, STATUS_USAGE, word,
				 "%s holds a %%, which the kernel would fill in", text);
	if (strlen(text) >= IFNAMSIZ) {
		error_set(err, STATUS_USAGE, word, "%s is longer than %d characters", text,
			  IFNAMSIZ - 1);
		return error_part(err, IFNAMSIZ - 1, strlen(text) - (IFNAMSIZ - 1));
	}
	return 0;
}

/* Moves the blame of an error in a part of a word to where that part stands. */
static int shift(struct error *err, size_t by, size_t length)
{
	if (err->length == 0)
		return error_part(err, by, length);
	return error_part(err, err->from + by, err->length);
}

static int check_pair(const char *text, int word,
		      int (*check_if)(const char *, int, struct error *), struct error *err)
{
	const char *colon = strchr(text, ':');
	cleanup_free char *ns = NULL;

	if (strpbrk(text, ":/") && ip_looks_like(text))
		return error_set(err, STATUS_USAGE, word,
				 "%s is an address: the name of a namespace or an interface is "
				 "wanted here", text);
	if (!colon)
		return check_bytes(text, "a namespace", word, err);
	ns = xstrndup(text, (size_t)(colon - text));
	if (*ns && check_ns(ns, word, err) < 0)
		return -1;
	if (check_if(colon + 1, word, err) < 0)
		return shift(err, (size_t)(colon + 1 - text), strlen(colon + 1));
	return 0;
}

int check_end(const char *text, int word, struct error *err)
{
	return check_pair(text, word, check_link, err);
}

int check_new_end(const char *text, int word, struct error *err)
{
	return check_pair(text, word, check_new_link, err);
}

/* A bridge that is there or is to be made: "v-net-0", "red:br0". */
int check_bridge(const char *text, int word, struct error *err)
{
	if (strchr(text, ':'))
		return check_pair(text, word, check_new_link, err);
	return check_new_link(text, word, err);
}

int check_cidr(const char *text, int word, struct error *err)
{
	struct cidr cidr;

	return cidr_parse(text, &cidr, word, err);
}

int check_addr(const char *text, int word, struct error *err)
{
	struct cidr cidr;

	return cidr_parse_loose(text, &cidr, word, err);
}

int check_net(const char *text, int word, struct error *err)
{
	struct cidr cidr, network;
	char right[CIDR_TEXT];

	if (cidr_parse_loose(text, &cidr, word, err) < 0)
		return -1;
	if (!strchr(text, '/')) {
		error_set(err, STATUS_USAGE, word,
			  "%s lacks a prefix length: alone it is an address, not a network", text);
		cidr.prefix = cidr.ip.family == AF_INET ? 24 : 64;
	} else if (cidr_is_network(&cidr)) {
		return 0;
	} else {
		error_set(err, STATUS_USAGE, word, "%s is an address, not a network", text);
	}
	network = cidr_network(&cidr);
	return error_hint(err, "did you mean %s?", cidr_text(&network, right));
}

int check_ip(const char *text, int word, struct error *err)
{
	struct ip ip;

	return ip_parse(text, &ip, word, err);
}

/* An address or a name that stands for one. */
int check_host(const char *text, int word, struct error *err)
{
	struct ip ip;

	if (ip_looks_like(text))
		return ip_parse(text, &ip, word, err);
	return check_pair(text, word, check_link, err);
}

/* What ping has before and behind its options. */
static int check_no_option(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = NULL;

	if (text[0] != '-')
		return 0;
	seen = str_visible(text);
	return error_set(err, STATUS_USAGE, word, "nsh's ping does not know the option %s", seen);
}

int check_from(const char *text, int word, struct error *err)
{
	return check_no_option(text, word, err) < 0 ? -1 : check_ns(text, word, err);
}

int check_to(const char *text, int word, struct error *err)
{
	return check_no_option(text, word, err) < 0 ? -1 : check_host(text, word, err);
}

int check_dest(const char *text, int word, struct error *err)
{
	struct cidr cidr;

	if (ip_looks_like(text))
		return cidr_parse_loose(text, &cidr, word, err);
	return check_pair(text, word, check_link, err);
}

int check_mac(const char *text, int word, struct error *err)
{
	uint8_t mac[6];

	if (!mac_parse(text, mac)) {
		error_set(err, STATUS_USAGE, word, "%s is not a MAC address", text);
		return error_hint(err, "it has six pairs of hexadecimal digits: "
				       "02:00:00:00:00:01");
	}
	if (mac[0] & 1)
		return error_set(err, STATUS_USAGE, word,
				 "%s is a multicast address: no interface can have it", text);
	if (memcmp(mac, (uint8_t[6]){ 0 }, sizeof(mac)) == 0)
		return error_set(err, STATUS_USAGE, word, "%s: no interface can have it", text);
	return 0;
}

int check_range(const char *text, int word, unsigned long long min,
		unsigned long long max, const char *what, struct error *err)
{
	unsigned long long number;
	cleanup_free char *seen = NULL;

	if (str_number(text, min, max, &number))
		return 0;
	seen = str_visible(text);
	return error_set(err, STATUS_USAGE, word, "%s is not %s: a number from %llu to %llu",
			 seen, what, min, max);
}

int check_mtu(const char *text, int word, struct error *err)
{
	return check_range(text, word, 68, 65535, "an MTU", err);
}

int check_queue(const char *text, int word, struct error *err)
{
	return check_range(text, word, 0, UINT32_MAX, "a length of a queue", err);
}

int check_port(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 65535, "a port", err);
}

int check_count(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 1000000, "a count", err);
}

int check_pid(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 4194304, "a process number", err);
}

int check_job(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 1000000, "a job", err);
}

/* "[2001:db8::1]:80", or without the port where none is WANTED. */
static int check_bracketed(const char *text, bool wanted, int word, struct error *err)
{
	const char *close = strchr(text, ']');
	cleanup_free char *host = NULL;
	struct ip ip;

	if (!close)
		return error_set(err, STATUS_USAGE, word, "%s lacks its ]", text);
	host = xstrndup(text + 1, (size_t)(close - text - 1));
	if (ip_parse(host, &ip, word, err) < 0)
		return -1;
	if (!close[1] && !wanted)
		return 0;
	if (close[1] != ':') {
		error_set(err, STATUS_USAGE, word, "%s lacks its port", text);
		return error_hint(err, "[ADDRESS]:PORT");
	}
	if (check_port(close + 2, word, err) < 0)
		return shift(err, (size_t)(close + 2 - text), strlen(close + 2));
	return 0;
}

int check_listen(const char *text, int word, struct error *err)
{
	const char *colon = strrchr(text, ':');
	cleanup_free char *host = NULL;
	struct ip ip;

	if (!colon)
		return check_port(text, word, err);
	if (colon == text)
		return error_set(err, STATUS_USAGE, word, "%s lacks the address before its port",
				 text);
	if (text[0] == '[')
		return check_bracketed(text, true, word, err);
	if (strchr(text, ':') != colon) {
		error_set(err, STATUS_USAGE, word, "%s: an IPv6 address before a port stands in "
						   "brackets", text);
		return error_hint(err, "[ADDRESS]:PORT");
	}
	if (check_port(colon + 1, word, err) < 0)
		return shift(err, (size_t)(colon + 1 - text), strlen(colon + 1));
	host = xstrndup(text, (size_t)(colon - text));
	return ip_parse(host, &ip, word, err);
}

int check_target(const char *text, int word, struct error *err)
{
	const char *colon = strrchr(text, ':');
	cleanup_free char *host = NULL;
	unsigned long long port;

	if (text[0] == '[')
		return check_bracketed(text, false, word, err);
	if (!colon || !isdigit((unsigned char)colon[1]) || ip_looks_like(text))
		return check_host(text, word, err);
	if (!str_number(colon + 1, 1, 65535, &port)) {
		check_port(colon + 1, word, err);
		return shift(err, (size_t)(colon + 1 - text), strlen(colon + 1));
	}
	host = xstrndup(text, (size_t)(colon - text));
	return check_host(host, word, err);
}

int check_names(const char *text, const char *const *names, const char *before,
		const char *behind, const char *hint, int word, struct error *err)
{
	struct strings known cleanup_strings = { 0 };
	cleanup_free char *seen = NULL;
	struct buf all cleanup_buf = { 0 };
	const char *near;

	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], text) == 0)
			return 0;
	seen = str_visible(text);
	for (size_t i = 0; names[i]; i++) {
		strings_add(&known, names[i]);
		buf_addf(&all, "%s%s", i ? ", " : "", names[i]);
	}
	near = str_nearest(text, &known);
	error_set(err, STATUS_USAGE, word, "%s%s%s", before, seen, behind);
	if (near)
		return error_hint(err, "did you mean %s?", near);
	if (hint)
		return error_hint(err, "%s", hint);
	return error_hint(err, "it knows %s", buf_str(&all));
}

const char *const link_kinds[] = { "bridge", "dummy", "ifb", NULL };

int check_kind(const char *text, int word, struct error *err)
{
	return check_names(text, link_kinds, "nsh does not make interfaces of the kind ", "",
			   "it makes bridge, dummy and ifb; cables come from \"cable\"", word,
			   err);
}

int check_variable(const char *text, int word, struct error *err)
{
	if (is_variable_name(text))
		return 0;
	error_set(err, STATUS_USAGE, word,
		  "%s is no name for a variable: letters, digits and _ make one", text);
	if (strchr(text, '='))
		error_hint(err, "blanks belong around the =: NAME = VALUE");
	return -1;
}

int check_duration(const char *text, int word, struct error *err)
{
	const char *unit = text + strspn(text, "0123456789.");
	cleanup_free char *seen = str_visible(text);

	/* No more than strtod() reads: not its exponents and hexadecimal digits. */
	if (isdigit((unsigned char)text[0]) && strchr(text, '.') == strrchr(text, '.') &&
	    (!*unit || strcmp(unit, "s") == 0 || strcmp(unit, "ms") == 0 ||
	     strcmp(unit, "m") == 0)) {
		double value = strtod(text, NULL);

		if (value * (strcmp(unit, "m") == 0 ? 60 : 1) <= 86400)
			return 0;
		return error_set(err, STATUS_USAGE, word, "%s is longer than a day", seen);
	}
	error_set(err, STATUS_USAGE, word, "%s is not a time", seen);
	return error_hint(err, "5s, 0.5s, 200ms or 1m is one");
}
