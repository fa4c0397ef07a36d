/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/traffic.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

void url_free(struct url *url)
{
	free(url->host);
	free(url->path);
	*url = (struct url){ 0 };
}

static int bad_url(struct error *err, int word, const char *text, const char *from,
		   size_t length, const char *what)
{
	error_set(err, STATUS_USAGE, word, "%s", what);
	return error_part(err, (size_t)(from - text), length);
}

/* The bytes of a scheme before "://", 0: none. */
static size_t scheme_length(const char *text)
{
	size_t length =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "0123456789+-.");

	return str_starts(text + length, "://") ? length : 0;
}

/* Control bytes could end the request line and begin another; what else is odd is
 * escaped. */
static char *escape_path(const char *from, size_t length)
{
	struct buf b cleanup_buf = { 0 };

	if (length == 0 || *from != '/')
		buf_addc(&b, '/');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)from[i];

		if (c <= ' ' || c >= 0x7f)
			buf_addf(&b, "%%%02X", c);
		else
			buf_addc(&b, (char)c);
	}
	return buf_steal(&b);
}

static int parse_host(const char *text, const char *from, size_t length, char **host,
		      int word, struct error *err)
{
	cleanup_free char *name = xstrndup(from, length);

	if (length == 0)
		return bad_url(err, word, text, from, 0, "the URL names no host");
	if (length > 255)
		return bad_url(err, word, text, from, length,
			       "the name of the host is too long");
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f ||
		    strchr("\\[]", name[i]))
			return bad_url(err, word, text, from + i, 1,
				       "no host has such a character in its name");
	*host = steal_pointer(&name);
	return 0;
}

/* "[fd00::1]"; FROM is behind the bracket. Returns what follows, NULL after an error. */
static const char *parse_brackets(const char *text, const char *from, char **host,
				  int word, struct error *err)
{
	const char *end = strchr(from, ']');
	cleanup_free char *name = NULL;
	struct ip ip;

	if (!end) {
		bad_url(err, word, text, from - 1, 1, "this bracket is never closed");
		return NULL;
	}
	name = xstrndup(from, (size_t)(end - from));
	if (ip_parse(name, &ip, word, err) < 0 || ip.family != AF_INET6) {
		bad_url(err, word, text, from, (size_t)(end - from),
			"between brackets belongs an IPv6 address");
		return NULL;
	}
	*host = steal_pointer(&name);
	return end + 1;
}

int url_parse(const char *text, struct url *url, int word, struct error *err)
{
	cleanup_with(url_free) struct url parsed = { .port = 80 };
	size_t scheme = scheme_length(text);
	const char *at = text + (scheme ? scheme + strlen("://") : 0), *end;
	size_t authority = strcspn(at, "/?#");
	unsigned long long port;

	*url = (struct url){ 0 };
	if (scheme && (scheme != 4 || strncasecmp(text, "http", 4) != 0))
		return bad_url(err, word, text, text, scheme,
			       "only http:// is spoken here");
	end = at + authority;
	if (memchr(at, '@', authority))
		return bad_url(err, word, text, at, authority,
			       "a URL with a user's name or password is not taken");
	if (*at == '[') {
		at = parse_brackets(text, at + 1, &parsed.host, word, err);
		if (!at)
			return -1;
		if (at > end || (at < end && *at != ':'))
			return bad_url(err, word, text, at, 1,
				       "\":PORT\" or a path belongs here");
	} else {
		const char *colon = memchr(at, ':', authority);
		const char *stop = colon ? colon : end;

		if (colon && memchr(colon + 1, ':', (size_t)(end - colon - 1))) {
			bad_url(err, word, text, at, authority,
				"a host has one \":PORT\" at most");
			return error_hint(err, "an IPv6 address is put in brackets: "
					       "http://[fd00::1]/");
		}
		if (parse_host(text, at, (size_t)(stop - at), &parsed.host, word, err) <
		    0)
			return -1;
		at = stop;
	}
	if (at < end && at + 1 < end) { /* "blue:" is blue */
		cleanup_free char *number = xstrndup(at + 1, (size_t)(end - at - 1));

		if (!str_number(number, 1, 65535, &port))
			return bad_url(err, word, text, at + 1, (size_t)(end - at - 1),
				       "a port is a number from 1 to 65535");
		parsed.port = (uint16_t)port;
	}
	parsed.path = escape_path(end, strcspn(end, "#"));
	*url = parsed;
	parsed = (struct url){ 0 };
	return 0;
}
