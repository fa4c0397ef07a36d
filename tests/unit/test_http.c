/* SPDX-License-Identifier: GPL-3.0-or-later */
/* URLs and the answers of web servers, good ones and bad ones. */
#include "unit/tap.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "kernel/traffic.h"

/* --- URLs --- */

static const struct {
	const char *text, *host;
	unsigned port;
	const char *path;
} good_urls[] = {
	{ "http://blue/", "blue", 80, "/" },
	{ "http://blue", "blue", 80, "/" },
	{ "HTTP://blue", "blue", 80, "/" },
	{ "blue", "blue", 80, "/" },
	{ "blue:8080", "blue", 8080, "/" },
	{ "blue:", "blue", 80, "/" },
	{ "blue:1/", "blue", 1, "/" },
	{ "blue:65535", "blue", 65535, "/" },
	{ "http://192.168.15.2:81/a/b?c=d", "192.168.15.2", 81, "/a/b?c=d" },
	{ "http://[fd00::1]/", "fd00::1", 80, "/" },
	{ "[fd00::1]:8080/x", "fd00::1", 8080, "/x" },
	{ "[::]:", "::", 80, "/" },
	{ "http://blue?q", "blue", 80, "/?q" },
	{ "http://blue/a#part", "blue", 80, "/a" },
	{ "http://blue#part", "blue", 80, "/" },
	{ "http://blue/a b", "blue", 80, "/a%20b" },
	{ "http://blue/\r\nEvil: yes", "blue", 80, "/%0D%0AEvil:%20yes" },
	{ "http://blue/\xc3\xa9%20", "blue", 80, "/%C3%A9%20" },
	{ "http://blue/http://red@/", "blue", 80, "/http://red@/" },
	{ "v-net-0.example", "v-net-0.example", 80, "/" },
};

static const struct {
	const char *text;
	size_t from, length;
	const char *message;
} bad_urls[] = {
	{ "", 0, 0, "the URL names no host" },
	{ "http://", 7, 0, "the URL names no host" },
	{ "http:///x", 7, 0, "the URL names no host" },
	{ ":80", 0, 0, "the URL names no host" },
	{ "https://blue/", 0, 5, "only http:// is spoken here" },
	{ "ftp://blue/", 0, 3, "only http:// is spoken here" },
	{ "http://me@blue/", 7, 7, "a URL with a user's name or password is not taken" },
	{ "blue:0", 5, 1, "a port is a number from 1 to 65535" },
	{ "blue:65536/", 5, 5, "a port is a number from 1 to 65535" },
	{ "blue:99999999999999999999999", 5, 23, "a port is a number from 1 to 65535" },
	{ "blue:-1", 5, 2, "a port is a number from 1 to 65535" },
	{ "blue:8o", 5, 2, "a port is a number from 1 to 65535" },
	{ "fd00::1", 0, 7, "a host has one \":PORT\" at most" },
	{ "http://[fd00::1", 7, 1, "this bracket is never closed" },
	{ "http://[fd00::1]x", 16, 1, "\":PORT\" or a path belongs here" },
	{ "http://[192.168.1.1]/", 8, 11, "between brackets belongs an IPv6 address" },
	{ "http://[]/", 8, 0, "between brackets belongs an IPv6 address" },
	{ "http://[fd00/::1]/", 8, 8, "between brackets belongs an IPv6 address" },
	{ "http://bl ue/", 9, 1, "no host has such a character in its name" },
	{ "http://blue\r\nX: y/", 11, 2, NULL },
};

static void test_urls(void)
{
	for (size_t i = 0; i < sizeof(good_urls) / sizeof(good_urls[0]); i++) {
		struct error err cleanup_error = ERROR_INIT;
		struct url url = { 0 };
		bool good = url_parse(good_urls[i].text, &url, 3, &err) == 0 &&
			    !strcmp(url.host, good_urls[i].host) &&
			    url.port == good_urls[i].port &&
			    !strcmp(url.path, good_urls[i].path);
		cleanup_free char *name = str_visible(good_urls[i].text);

		if (!tap_ok(good, "URL \"%s\"", name))
			tap_note("%s, host %s, port %u, path %s",
				 err.message ? err.message : "no error", url.host,
				 url.port, url.path);
		url_free(&url);
	}
	for (size_t i = 0; i < sizeof(bad_urls) / sizeof(bad_urls[0]); i++) {
		struct error err cleanup_error = ERROR_INIT;
		struct url url = { 0 };
		cleanup_free char *name = str_visible(bad_urls[i].text);
		bool bad = url_parse(bad_urls[i].text, &url, 3, &err) < 0 && !url.host &&
			   !url.path && err.status == STATUS_USAGE && err.word == 3;

		if (bad && bad_urls[i].message)
			bad = !strcmp(err.message, bad_urls[i].message) &&
			      err.from == bad_urls[i].from &&
			      err.length == bad_urls[i].length;
		if (!tap_ok(bad, "no URL: \"%s\"", name))
			tap_note("%s, bytes %zu+%zu",
				 err.message ? err.message : "no error", err.from,
				 err.length);
		url_free(&url);
	}
}

/* --- answers --- */

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
	const char *name, *bytes;
	size_t length; /* 0: up to the zero byte */
	unsigned status;
	const char *reason, *type, *body;
} good[] = {
	{ "with a length",
	  OK "Content-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello", 0, 200, "OK",
	  "text/plain", "hello" },
	{ "more than its length", OK "Content-Length: 5\r\n\r\nhello, more", 0, 200, "OK",
	  NULL, "hello" },
	{ "of length 0", OK "Content-Length: 0\r\n\r\nxx", 0, 200, "OK", NULL, "" },
	{ "the same length twice", OK "Content-Length: 1\r\ncontent-length:1\r\n\r\na", 0,
	  200, "OK", NULL, "a" },
	{ "up to its end", OK "\r\nall of it", 0, 200, "OK", NULL, "all of it" },
	{ "without a body", OK "\r\n", 0, 200, "OK", NULL, "" },
	{ "no reason", "HTTP/1.1 200\r\n\r\n", 0, 200, "", NULL, "" },
	{ "an empty reason", "HTTP/1.0 404 \r\n\r\n", 0, 404, "", NULL, "" },
	{ "bare newlines", "HTTP/1.0 404 Not Found\nX: y\n\nno", 0, 404, "Not Found",
	  NULL, "no" },
	{ "the terminal is left alone",
	  "HTTP/1.1 200 \033[2J\r\nContent-Type: a\033b\r\n\r\n", 0, 200, "\\x1b[2J",
	  "a\\x1bb", "" },
	{ "100 before it",
	  "HTTP/1.1 100 Continue\r\nContent-Length: 7\r\n\r\n" OK "\r\nx", 0, 200, "OK",
	  NULL, "x" },
	{ "204", "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc", 0, 204,
	  "No Content", NULL, "" },
	{ "304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", 0, 304,
	  "Not Modified", NULL, "" },
	{ "chunks",
	  OK
	  "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=\"y\"\r\n,\r\n00\r\n\r\n",
	  0, 200, "OK", NULL, "hello," },
	{ "chunks and a length",
	  OK "Content-Length: 1\r\nTransfer-Encoding: Chunked\r\n\r\nA "
	     "\r\n0123456789\r\n0\r\n"
	     "Trailer: x\r\n\r\nrest",
	  0, 200, "OK", NULL, "0123456789" },
	{ "no chunk", OK "Transfer-Encoding:chunked\r\n\r\n0\r\n\r\n", 0, 200, "OK", NULL,
	  "" },
	{ "a folded header", OK "X: a\r\n b: c\r\nContent-Length: 1\r\n\r\nz", 0, 200,
	  "OK", NULL, "z" },
	{ "a header without value", OK "X:\r\n\r\n", 0, 200, "OK", NULL, "" },
};

static const struct {
	const char *name, *bytes;
	size_t length;
} bad[] = {
	{ "nothing", "", 0 },
	{ "half a line", "HTTP/1.1 200 OK", 0 },
	{ "half a head", OK "Content-Length: 5\r\n", 0 },
	{ "something else", "SSH-2.0-OpenSSH\r\n", 0 },
	{ "HTTP/2", "HTTP/2 200\r\n\r\n", 0 },
	{ "no status", "HTTP/1.1\r\n\r\n", 0 },
	{ "a short status", "HTTP/1.1 20\r\n\r\n", 0 },
	{ "a long status", "HTTP/1.1 2000\r\n\r\n", 0 },
	{ "a status of 000", "HTTP/1.1 000 x\r\n\r\n", 0 },
	{ "cut short", OK "Content-Length: 5\r\n\r\nhell", 0 },
	{ "a negative length", OK "Content-Length: -1\r\n\r\n", 0 },
	{ "a signed length", OK "Content-Length: +1\r\n\r\na", 0 },
	{ "a length of words", OK "Content-Length: 1 2\r\n\r\na", 0 },
	{ "an enormous length", OK "Content-Length: 18446744073709551617\r\n\r\na", 0 },
	{ "two lengths", OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 0 },
	{ "a header without colon", OK "nonsense\r\n\r\n", 0 },
	{ "a header without name", OK ": x\r\n\r\n", 0 },
	{ "a zero byte in the head", OK "X: a\0b\r\n\r\n", 26 },
	{ "another encoding", OK "Transfer-Encoding: gzip, chunked\r\n\r\n", 0 },
	{ "a chunk cut short", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", 0 },
	{ "no last chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 0 },
	{ "no end of the trailer", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n", 0 },
	{ "a chunk longer than it says",
	  OK "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 0 },
	{ "a size of nothing", OK "Transfer-Encoding: chunked\r\n\r\n\r\n0\r\n\r\n", 0 },
	{ "a negative size", OK "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n",
	  0 },
	{ "a size of 0x", OK "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
	  0 },
	{ "an enormous size",
	  OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na\r\n0\r\n\r\n", 0 },
};

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void test_answers(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct error err cleanup_error = ERROR_INIT;
		size_t length = good[i].length ? good[i].length : strlen(good[i].bytes);
		struct http_answer answer = { 0 };
		bool fine = http_parse(good[i].bytes, length, &answer, &err) == 0 &&
			    answer.status == good[i].status &&
			    same(answer.reason, good[i].reason) &&
			    same(answer.type, good[i].type) &&
			    same(answer.body, good[i].body) &&
			    answer.length == strlen(good[i].body);

		if (!tap_ok(fine, "answer: %s", good[i].name))
			tap_note("%s, %u \"%s\" \"%s\"",
				 err.message ? err.message : "no error", answer.status,
				 answer.reason, answer.body);
		http_answer_free(&answer);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error err cleanup_error = ERROR_INIT;
		size_t length = bad[i].length ? bad[i].length : strlen(bad[i].bytes);
		struct http_answer answer = { 0 };

		tap_ok(http_parse(bad[i].bytes, length, &answer, &err) < 0 &&
			       error_is_set(&err) && err.status == STATUS_FAILED &&
			       !answer.body && !answer.reason,
		       "no answer: %s: %s", bad[i].name,
		       err.message ? err.message : "taken");
		http_answer_free(&answer);
	}
}

/* --- too much of everything --- */

static int parse_buf(const struct buf *b, struct http_answer *answer, struct error *err)
{
	return http_parse(b->s, b->length, answer, err);
}

static void test_limits(void)
{
	enum { MORE = (1 << 20) + 5000 };
	struct http_answer answer = { 0 };
	cleanup_free char *much = xcalloc(1, MORE + 1);

	memset(much, 'x', MORE);
	for (int i = 0; i < 3; i++) {
		static const char *const head[] = { "", "Content-Length: 1053576\r\n",
						    "Transfer-Encoding: chunked\r\n" };
		struct error err cleanup_error = ERROR_INIT;
		struct buf b cleanup_buf = { 0 };

		buf_addf(&b, OK "%s\r\n", head[i]);
		if (i == 2)
			buf_addf(&b, "%x\r\n", MORE);
		buf_addn(&b, much, MORE);
		tap_ok(parse_buf(&b, &answer, &err) == 0 && answer.length == 1 << 20 &&
			       answer.body[1 << 20] == '\0',
		       "a body has at most 1 MiB (%d)", i);
		http_answer_free(&answer);
	}
	{
		struct error err cleanup_error = ERROR_INIT;
		struct buf b cleanup_buf = { 0 };

		buf_add(&b, OK "Transfer-Encoding: chunked\r\n\r\n");
		for (int i = 0; i < 300000; i++)
			buf_add(&b, "1\r\na\r\n");
		buf_add(&b, "0\r\n\r\n");
		tap_ok(parse_buf(&b, &answer, &err) == 0 && answer.length == 300000,
		       "many small chunks");
		http_answer_free(&answer);
	}
	for (int i = 0; i < 5; i++) {
		static const char *const what[] = { "an endless line",
						    "an endless header",
						    "endless headers", "endless preludes",
						    "an endless chunk line" };
		struct error err cleanup_error = ERROR_INIT;
		struct buf b cleanup_buf = { 0 };

		if (i == 0)
			buf_addn(&b, much, 100000);
		if (i == 1)
			buf_addf(&b, OK "X: %.100000s\r\n\r\n", much);
		if (i == 2)
			buf_add(&b, OK);
		for (int n = 0; i == 2 && n < 1000; n++)
			buf_add(&b, "X: y\r\n");
		for (int n = 0; i == 3 && n < 10000; n++)
			buf_add(&b, "HTTP/1.1 100 Continue\r\n\r\n");
		if (i == 4)
			buf_addf(&b,
				 OK "Transfer-Encoding: chunked\r\n\r\n1;%.5000s\r\na",
				 much);
		tap_ok(parse_buf(&b, &answer, &err) < 0, "%s: %s", what[i],
		       err.message ? err.message : "taken");
		http_answer_free(&answer);
	}
}

/* An answer may be cut anywhere: never a crash, and the whole one only is one. */
static void test_cut(void)
{
	static const char whole[] =
		OK "Content-Type: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		   "5\r\nhello\r\n0\r\nT: r\r\n\r\n";
	size_t taken = 0;

	for (size_t length = 0; length < sizeof(whole); length++) {
		struct error err cleanup_error = ERROR_INIT;
		cleanup_free char *copy = xcalloc(1, length + 1);
		struct http_answer answer = { 0 };

		memcpy(copy, whole, length);
		taken += http_parse(copy, length, &answer, &err) == 0;
		http_answer_free(&answer);
	}
	tap_ok(taken == 1, "of all beginnings of an answer just the whole is one");
}

int main(void)
{
	test_urls();
	test_answers();
	test_limits();
	test_cut();
	return tap_done();
}
