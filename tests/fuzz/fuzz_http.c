/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of web servers and URLs of users: whatever they are, they harm nobody. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/traffic.h"

#define WORD 7

const char *const fuzz_words[] = {
	"HTTP/1.1 ",
	"HTTP/1.0 ",
	"100 ",
	"200 OK",
	"204 ",
	"304 ",
	"\r\n",
	"\r\n\r\n",
	"\n",
	"Content-Length: ",
	"Content-Type: ",
	"Transfer-Encoding: ",
	"chunked",
	"0\r\n\r\n",
	"ffffffffffffffff",
	"18446744073709551615",
	"1048576",
	";",
	":",
	" ",
	"http://",
	"https://",
	"[::1]",
	"[",
	"]",
	"@",
	"/",
	"?",
	"#",
	":80",
	":65536",
	NULL,
};

#define OK "HTTP/1.1 200 OK\r\n"

static const char *const texts[] = {
	OK "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
	OK "Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: r\r\n\r\n",
	OK "\r\nall of it",
	"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\n\nno",
	"HTTP/1.1 304 Not Modified\r\n\r\n",
	"http://192.168.15.2:8080/a/b?c=d#e",
	"http://[fd00::1]:80/",
	"blue:80",
	"https://me:secret@blue/",
};

void fuzz_seeds(void (*add)(const void *bytes, size_t length))
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add(texts[i], strlen(texts[i]));
}

/* What a server says may be shown on a terminal as it is. */
static void check_visible(const char *text)
{
	cleanup_free char *seen = str_visible(text);

	CHECK(!strcmp(seen, text));
}

static void check_answer(const char *bytes, size_t size)
{
	struct error err cleanup_error = ERROR_INIT;
	struct http_answer answer = { 0 };

	if (http_parse(bytes, size, &answer, &err) < 0) {
		CHECK(error_is_set(&err) && err.status == STATUS_FAILED);
		CHECK(!answer.body && !answer.reason && !answer.type);
		check_visible(err.message);
		return;
	}
	CHECK(!error_is_set(&err));
	CHECK(answer.status >= 200 && answer.status <= 999);
	CHECK(answer.length <= 1 << 20 && answer.length <= size);
	CHECK(answer.body && answer.body[answer.length] == '\0');
	CHECK(answer.reason);
	check_visible(answer.reason);
	if (answer.type)
		check_visible(answer.type);
	http_answer_free(&answer);
	CHECK(!answer.body && !answer.reason && !answer.type);
}

static void check_url(const char *text)
{
	struct error err cleanup_error = ERROR_INIT;
	struct url url = { 0 };

	if (url_parse(text, &url, WORD, &err) < 0) {
		CHECK(error_is_set(&err) && err.status == STATUS_USAGE &&
		      err.word == WORD);
		CHECK(err.from <= strlen(text) && err.length <= strlen(text) - err.from);
		CHECK(!url.host && !url.path);
		check_visible(err.message);
		return;
	}
	CHECK(!error_is_set(&err));
	CHECK(*url.host && url.port > 0 && *url.path == '/');
	/* Neither may end the line of the request and begin another. */
	for (const char *c = url.path; *c; c++)
		CHECK(*c > ' ' && *c < 0x7f);
	for (const char *c = url.host; *c; c++)
		CHECK((unsigned char)*c > ' ' && *c != 0x7f);
	url_free(&url);
	CHECK(!url.host && !url.path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup_free char *text = xstrndup((const char *)data, size);

	check_answer((const char *)data, size);
	check_url(text);
	return 0;
}
