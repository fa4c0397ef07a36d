/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/traffic.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/interrupt.h"

#define BODY_MOST (1u << 20)
#define HEAD_MOST (64u << 10) /* bytes of heads and trailer */
#define HEADERS_MOST 128
#define CHUNKS_MOST BODY_MOST /* a byte each */
#define CHUNK_LINE_MOST 1024 /* bytes: a size, maybe with extensions */

/* --- answers --- */

void http_answer_free(struct http_answer *answer)
{
	free(answer->reason);
	free(answer->body);
	free(answer->type);
	*answer = (struct http_answer){ 0 };
}

/*
 * An answer is taken apart byte by byte as it comes in (RFC 9112), so that its end is
 * known as soon as it is there, and no more is ever kept than the limits allow.
 */
enum reading {
	READ_STATUS, /* lines: the status line, ... */
	READ_HEADER,
	READ_CHUNK_SIZE,
	READ_CHUNK_END, /* the empty line behind the data of a chunk */
	READ_TRAILER,
	READ_LENGTH, /* data: REMAINING bytes, ... */
	READ_CHUNK,
	READ_TO_END, /* all that comes */
	READ_DONE,
};

struct reader {
	enum reading reading;
	struct http_answer *answer;
	struct buf line, body;
	size_t head; /* bytes of heads and trailer so far */
	unsigned headers, chunks;
	bool chunked, has_length;
	uint64_t remaining; /* bytes of the body or of the chunk */
};

static void reader_free(struct reader *reader)
{
	buf_free(&reader->line);
	buf_free(&reader->body);
}

static int malformed(struct error *err, const char *what)
{
	return error_set(err, STATUS_FAILED, -1, "the answer is not HTTP: %s", what);
}

static int status_line(struct reader *reader, const char *line, struct error *err)
{
	struct http_answer *answer = reader->answer;

	if (!str_starts(line, "HTTP/1.") || !isdigit((unsigned char)line[7]) ||
	    line[8] != ' ' || !isdigit((unsigned char)line[9]) ||
	    !isdigit((unsigned char)line[10]) || !isdigit((unsigned char)line[11]) ||
	    (line[12] != '\0' && line[12] != ' ') || line[9] < '1')
		return malformed(err, "its first line");
	answer->status = (unsigned)strtoul(line + 9, NULL, 10);
	/* It ends up on a terminal. */
	answer->reason = str_visible(line[12] ? line + 13 : "");
	reader->reading = READ_HEADER;
	return 0;
}

static int body_length(struct reader *reader, const char *value, struct error *err)
{
	unsigned long long length;

	if (!str_number(value, 0, INT64_MAX, &length) ||
	    (reader->has_length && length != reader->remaining))
		return malformed(err, "its Content-Length");
	reader->remaining = length;
	reader->has_length = true;
	return 0;
}

static int header(struct reader *reader, char *line, struct error *err)
{
	char *colon = strchr(line, ':'), *value, *end;

	if (*line == ' ' || *line == '\t')
		return 0; /* goes on with the line before: of no header that matters here
			   */
	if (!colon || colon == line)
		return malformed(err, "a header without a name");
	if (++reader->headers > HEADERS_MOST)
		return malformed(err, "too many headers");
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	for (end = value + strlen(value); end > value && strchr(" \t", end[-1]); end--)
		end[-1] = '\0';
	if (!strcasecmp(line, "Content-Length"))
		return body_length(reader, value, err);
	if (!strcasecmp(line, "Transfer-Encoding")) {
		if (strcasecmp(value, "chunked") != 0)
			return malformed(err, "a Transfer-Encoding other than chunked");
		reader->chunked = true;
	} else if (!strcasecmp(line, "Content-Type") && !reader->answer->type) {
		reader->answer->type = str_visible(value);
	}
	return 0;
}

static void head_ends(struct reader *reader)
{
	struct http_answer *answer = reader->answer;

	if (answer->status < 200) { /* "100 Continue": the real one follows */
		free(steal_pointer(&answer->reason));
		free(steal_pointer(&answer->type));
		reader->chunked = reader->has_length = false;
		reader->remaining = 0;
		reader->reading = READ_STATUS;
	} else if (answer->status == 204 || answer->status == 304) {
		reader->reading = READ_DONE;
	} else if (reader->chunked) {
		reader->reading = READ_CHUNK_SIZE;
	} else if (reader->has_length) {
		reader->reading = reader->remaining ? READ_LENGTH : READ_DONE;
	} else {
		reader->reading = READ_TO_END;
	}
}

static int chunk_size(struct reader *reader, const char *line, struct error *err)
{
	size_t digits = strspn(line, "0123456789abcdefABCDEF");
	const char *rest = line + digits;

	rest += strspn(rest, " \t");
	if (digits == 0 || digits > 15 || (*rest && *rest != ';'))
		return malformed(err, "the size of a chunk");
	if (++reader->chunks > CHUNKS_MOST)
		return malformed(err, "too many chunks");
	reader->remaining = strtoull(line, NULL, 16);
	reader->reading = reader->remaining ? READ_CHUNK : READ_TRAILER;
	return 0;
}

static int take_line(struct reader *reader, char *line, struct error *err)
{
	switch (reader->reading) {
	case READ_STATUS:
		return status_line(reader, line, err);
	case READ_HEADER:
		if (*line)
			return header(reader, line, err);
		head_ends(reader);
		return 0;
	case READ_CHUNK_SIZE:
		return chunk_size(reader, line, err);
	case READ_CHUNK_END:
		if (*line)
			return malformed(err, "the end of a chunk");
		reader->reading = READ_CHUNK_SIZE;
		return 0;
	case READ_TRAILER:
		if (!*line)
			reader->reading = READ_DONE;
		return 0;
	case READ_LENGTH:
	case READ_CHUNK:
	case READ_TO_END:
	case READ_DONE:
		break;
	}
	return 0;
}

static int take_text(struct reader *reader, const char *bytes, size_t length, bool whole,
		     struct error *err)
{
	struct buf *line = &reader->line;
	int result;

	buf_addn(line, bytes, length);
	if (reader->reading == READ_CHUNK_SIZE || reader->reading == READ_CHUNK_END) {
		if (line->length > CHUNK_LINE_MOST)
			return malformed(err, "the size of a chunk");
	} else {
		reader->head += length;
		if (reader->head > HEAD_MOST)
			return malformed(err, "its head is too long");
	}
	if (!whole)
		return 0;
	line->length--;
	if (line->length > 0 && line->s[line->length - 1] == '\r')
		line->length--;
	line->s[line->length] = '\0';
	if (strlen(line->s) != line->length)
		return malformed(err, "a zero byte in its head");
	result = take_line(reader, line->s, err);
	buf_clear(line);
	return result;
}

/* Returns how many bytes it took. */
static size_t take_data(struct reader *reader, const char *bytes, size_t length)
{
	size_t room = BODY_MOST - reader->body.length;

	if (reader->reading != READ_TO_END && length > reader->remaining)
		length = (size_t)reader->remaining;
	if (length > room)
		length = room;
	buf_addn(&reader->body, bytes, length);
	reader->remaining -= reader->reading != READ_TO_END ? length : 0;
	if (reader->body.length == BODY_MOST)
		reader->reading = READ_DONE; /* the rest is dropped */
	else if (reader->reading == READ_LENGTH && reader->remaining == 0)
		reader->reading = READ_DONE;
	else if (reader->reading == READ_CHUNK && reader->remaining == 0)
		reader->reading = READ_CHUNK_END;
	return length;
}

static int feed(struct reader *reader, const char *bytes, size_t length,
		struct error *err)
{
	while (length > 0 && reader->reading != READ_DONE) {
		const char *newline;
		size_t took;

		if (reader->reading >= READ_LENGTH) {
			took = take_data(reader, bytes, length);
		} else {
			newline = memchr(bytes, '\n', length);
			took = newline ? (size_t)(newline - bytes) + 1 : length;
			if (take_text(reader, bytes, took, newline != NULL, err) < 0)
				return -1;
		}
		bytes += took;
		length -= took;
	}
	return 0;
}

/* The other side has closed, or all is there. */
static int finish(struct reader *reader, struct error *err)
{
	if (reader->reading == READ_STATUS && reader->head == 0)
		return error_set(err, STATUS_FAILED, -1,
				 "the server closed without an answer");
	if (reader->reading != READ_DONE && reader->reading != READ_TO_END)
		return error_set(err, STATUS_FAILED, -1, "the answer ends too early");
	buf_add(&reader->body, "");
	reader->answer->length = reader->body.length;
	reader->answer->body = buf_steal(&reader->body);
	return 0;
}

int http_parse(const char *bytes, size_t length, struct http_answer *answer,
	       struct error *err)
{
	cleanup_with(reader_free) struct reader reader = { .answer = answer };

	*answer = (struct http_answer){ 0 };
	if (feed(&reader, bytes, length, err) == 0 && finish(&reader, err) == 0)
		return 0;
	http_answer_free(answer);
	return -1;
}

/* --- the client --- */

static int wait_for(int fd, short events, long long deadline, struct error *err)
{
	struct pollfd pollfd = { .fd = fd, .events = events };

	for (;;) {
		long long left = deadline - clock_ms();

		if (interrupt_pending()) {
			error_set(err, STATUS_FAILED, -1, "interrupted");
			err->number = EINTR;
			return -1;
		}
		if (left <= 0)
			return error_errno(err, STATUS_FAILED, -1, ETIMEDOUT,
					   "no answer in time");
		if (interrupt_poll(&pollfd, 1, left > INT_MAX ? INT_MAX : (int)left) > 0)
			return pollfd.revents;
	}
}

static int connect_to(int fd, const struct ip *to, uint16_t port, unsigned scope,
		      long long deadline, const char *where, struct error *err)
{
	struct sockaddr_storage address;
	socklen_t length = ip_sockaddr(to, port, &address), size = sizeof(int);
	int number = 0;

	if (to->family == AF_INET6)
		((struct sockaddr_in6 *)&address)->sin6_scope_id = scope;
	if (connect(fd, (struct sockaddr *)&address, length) < 0) {
		number = errno;
		if (number == EINPROGRESS || number == EINTR) {
			number = 0;
			if (wait_for(fd, POLLOUT, deadline, err) >= 0)
				getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &size);
			else if (err->number == ETIMEDOUT)
				number = ETIMEDOUT;
			else
				return -1;
		}
	}
	if (number)
		return error_errno(err, STATUS_FAILED, -1, number, "cannot connect to %s",
				   where);
	return 0;
}

/* Sends REQUEST and reads the answer as it comes: a server may answer before it has it
 * all. */
static int converse(int fd, const struct buf *request, struct reader *reader,
		    long long deadline, struct error *err)
{
	size_t sent = 0, length = request->length;
	char bytes[16384];

	while (reader->reading != READ_DONE) {
		short events = POLLIN | (sent < length ? POLLOUT : 0);
		int ready = wait_for(fd, events, deadline, err);
		ssize_t got;

		if (ready < 0)
			return -1;
		if (ready & POLLOUT) {
			got = send(fd, request->s + sent, length - sent, MSG_NOSIGNAL);
			if (got > 0)
				sent += (size_t)got;
			else if (errno != EAGAIN && errno != EINTR)
				sent = length; /* what it has to say may still come */
		}
		if (!(ready & ~POLLOUT))
			continue;
		got = recv(fd, bytes, sizeof(bytes), 0);
		if (got == 0)
			break;
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			return error_errno(err, STATUS_FAILED, -1, errno,
					   "no whole answer");
		if (feed(reader, bytes, (size_t)got, err) < 0)
			return -1;
	}
	return finish(reader, err);
}

int http_get(struct kernel *kernel, const char *ns, const struct url *url,
	     const struct ip *to, unsigned timeout, struct http_answer *answer,
	     struct error *err)
{
	cleanup_with(reader_free) struct reader reader = { .answer = answer };
	bool brackets = strchr(url->host, ':') != NULL;
	long long deadline = clock_ms() + timeout;
	struct buf request cleanup_buf = { 0 };
	cleanup_free char *where = NULL;
	cleanup_close int fd = -1;
	char ip[IP_TEXT];
	unsigned scope;

	*answer = (struct http_answer){ 0 };
	where = xasprintf(to->family == AF_INET6 ? "[%s]:%u" : "%s:%u", ip_text(to, ip),
			  url->port);
	buf_addf(&request,
		 brackets ? "GET %s HTTP/1.1\r\nHost: [%s]"
			  : "GET %s HTTP/1.1\r\nHost: %s",
		 url->path, url->host);
	if (url->port != 80)
		buf_addf(&request, ":%u", url->port);
	buf_add(&request,
		"\r\nUser-Agent: nsh\r\nAccept: */*\r\nConnection: close\r\n\r\n");
	if (traffic_scope(kernel, ns, to, NULL, &scope, err) < 0)
		return -1;
	fd = kernel_socket(kernel, ns, to->family, SOCK_STREAM | SOCK_NONBLOCK, 0, err);
	if (fd < 0 || connect_to(fd, to, url->port, scope, deadline, where, err) < 0)
		return -1;
	if (converse(fd, &request, &reader, deadline, err) == 0)
		return 0;
	http_answer_free(answer);
	return error_prefix(err, "%s: ", where);
}
