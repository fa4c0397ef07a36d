/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/traffic.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/interrupt.h"

#define CLIENTS_MOST 64
#define HEAD_MOST 8192 /* bytes of a request up to its empty line */
#define PATIENCE 10000 /* ms that a client has for everything */
#define PRESSED 1000 /* ms that it has while others wait for its place */
#define FAREWELL 1000 /* ms to take the answer and close */
#define OUT_OF_FILES 100 /* ms until the next try to accept */

/* --- a request --- */

enum verdict {
	ANSWER_GET,
	ANSWER_HEAD,
	ANSWER_MALFORMED,
	ANSWER_METHOD,
	ANSWER_TOO_LONG,
	ANSWERS,
};

static void make_answer(enum verdict verdict, const char *text, struct buf *answer)
{
	static const struct {
		const char *status, *more, *body; /* NULL: TEXT */
	} made_of[ANSWERS] = {
		[ANSWER_GET] = { "200 OK", "", NULL },
		[ANSWER_HEAD] = { "200 OK", "", NULL },
		[ANSWER_MALFORMED] = { "400 Bad Request", "", "this is not HTTP/1\n" },
		[ANSWER_METHOD] = { "405 Method Not Allowed", "Allow: GET, HEAD\r\n",
				    "only GET and HEAD are answered here\n" },
		[ANSWER_TOO_LONG] = { "431 Request Header Fields Too Large", "",
				      "the head of a request has at most 8 KiB\n" },
	};
	const char *body = made_of[verdict].body ? made_of[verdict].body : text;
	size_t length = strlen(body);
	const char *end = length > 0 && body[length - 1] == '\n' ? "" : "\n";

	buf_addf(answer,
		 "HTTP/1.1 %s\r\n"
		 "Server: nsh\r\n"
		 "Content-Type: text/plain; charset=utf-8\r\n"
		 "Content-Length: %zu\r\n"
		 "%s"
		 "Connection: close\r\n"
		 "\r\n",
		 made_of[verdict].status, length + strlen(end), made_of[verdict].more);
	if (verdict != ANSWER_HEAD)
		buf_addf(answer, "%s%s", body, end);
}

/* Bytes of the token (RFC 9110, 5.6.2) that TEXT begins with: a method, a header's name.
 */
static size_t token(const char *text)
{
	return strspn(text,
		      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		      "!#$%&'*+-.^_`|~");
}

/* "GET /path HTTP/1.1" */
static enum verdict judge_request(char *line)
{
	size_t method = token(line);
	char *target, *version;

	if (method == 0 || line[method] != ' ')
		return ANSWER_MALFORMED;
	line[method] = '\0';
	target = line + method + 1;
	version = strchr(target, ' ');
	if (!version || version == target || !str_starts(version + 1, "HTTP/1.") ||
	    strlen(version + 1) != 8 || version[8] < '0' || version[8] > '9')
		return ANSWER_MALFORMED;
	if (!strcmp(line, "GET"))
		return ANSWER_GET;
	return !strcmp(line, "HEAD") ? ANSWER_HEAD : ANSWER_METHOD;
}

/* The LENGTH bytes of a whole head, which it takes apart; a zero byte is behind them. */
static enum verdict judge(char *head, size_t length)
{
	enum verdict verdict = ANSWER_MALFORMED;
	bool first = true;

	if (strlen(head) != length)
		return ANSWER_MALFORMED;
	for (char *line = head, *next, *end; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		end = line + strlen(line);
		if (end > line && end[-1] == '\r')
			end[-1] = '\0';
		if (strchr(line, '\r'))
			return ANSWER_MALFORMED;
		if (first)
			verdict = judge_request(line);
		else if (*line && (token(line) == 0 || line[token(line)] != ':'))
			return ANSWER_MALFORMED;
		first = false;
	}
	return verdict;
}

/* --- a client --- */

struct client {
	int fd;
	enum { CLIENT_ASKS, CLIENT_LISTENS, CLIENT_LEAVES } state;
	long long since, until; /* of clock_ms() */
	size_t length; /* of the head so far */
	struct buf answer;
	size_t sent;
	char head[HEAD_MOST + 1];
};

struct server {
	int listeners[2]; /* -1: none */
	const char *ns;
	const char *text; /* NULL: a greeting that tells clients who they are */
	struct client *clients[CLIENTS_MOST];
	size_t count;
	long long deaf_until; /* there were no file descriptors left */
};

static void drop(struct server *server, size_t at)
{
	struct client *client = server->clients[at];

	close(client->fd);
	buf_free(&client->answer);
	free(client);
	server->clients[at] = server->clients[--server->count];
}

/* "hello from blue to 192.168.15.1": by this a client sees which address it is seen by. */
static char *greeting(const struct server *server, const struct client *client)
{
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);
	char text[IP_TEXT];
	struct ip ip;

	if (getpeername(client->fd, (struct sockaddr *)&address, &length) < 0)
		return xasprintf("hello from %s", server->ns);
	ip = ip_from_sockaddr((struct sockaddr *)&address);
	return xasprintf("hello from %s to %s", server->ns, ip_text(&ip, text));
}

static void answer(struct server *server, struct client *client, enum verdict verdict)
{
	cleanup_free char *made = server->text ? NULL : greeting(server, client);

	client->state = CLIENT_LISTENS;
	make_answer(verdict, made ? made : server->text, &client->answer);
}

/* The newline before the empty line that ends the head, NULL: it has not come yet. */
static char *head_end(struct client *client, size_t before)
{
	char *from = client->head + (before > 2 ? before - 2 : 0);
	size_t length = client->length - (size_t)(from - client->head);
	char *crlf = memmem(from, length, "\n\r\n", 3);
	char *lf = memmem(from, length, "\n\n", 2);

	return crlf && (!lf || crlf < lf) ? crlf : lf;
}

/* Returns whether the client stays. */
static bool hear(struct server *server, struct client *client)
{
	size_t before = client->length;
	ssize_t got = recv(client->fd, client->head + before, HEAD_MOST - before, 0);
	char *end;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0) {
		if (client->length == 0)
			return false;
		answer(server, client, ANSWER_MALFORMED);
		return true;
	}
	client->length += (size_t)got;
	client->head[client->length] = '\0';
	end = head_end(client, before);
	if (end) {
		/* A body, and whatever else follows, is not for the judge. */
		*end = '\0';
		answer(server, client, judge(client->head, (size_t)(end - client->head)));
	} else if (client->length == HEAD_MOST) {
		answer(server, client, ANSWER_TOO_LONG);
	}
	return true;
}

static bool speak(struct client *client)
{
	const struct buf *text = &client->answer;
	ssize_t sent = send(client->fd, text->s + client->sent,
			    text->length - client->sent, MSG_NOSIGNAL);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	client->sent += (size_t)sent;
	if (client->sent == text->length) {
		long long until = clock_ms() + FAREWELL;

		/* Closed at once, with something unread, the answer could get lost. */
		shutdown(client->fd, SHUT_WR);
		client->state = CLIENT_LEAVES;
		if (until < client->until)
			client->until = until;
	}
	return true;
}

static bool see_off(struct client *client)
{
	ssize_t got = recv(client->fd, client->head, HEAD_MOST, 0);

	return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool attend(struct server *server, struct client *client)
{
	switch (client->state) {
	case CLIENT_ASKS:
		if (!hear(server, client))
			return false;
		if (client->state == CLIENT_ASKS)
			return true;
		/* Most answers fit, and go out without another turn. */
		return speak(client);
	case CLIENT_LISTENS:
		return speak(client);
	case CLIENT_LEAVES:
		return see_off(client);
	}
	return false;
}

static void welcome(struct server *server, int listener)
{
	while (server->count < CLIENTS_MOST) {
		int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct client *client;

		if (fd < 0) {
			/* Else poll() would return at once, again and again. */
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			    errno == ENOMEM)
				server->deaf_until = clock_ms() + OUT_OF_FILES;
			return;
		}
		client = xcalloc(1, sizeof(*client));
		client->fd = fd;
		client->since = clock_ms();
		client->until = client->since + PATIENCE;
		server->clients[server->count++] = client;
	}
}

/* --- the server --- */

/* Sends away those whose time is over. Returns the ms until the next one's is, -1:
 * nobody's. */
static int tidy(struct server *server)
{
	bool full = server->count == CLIENTS_MOST;
	long long now = clock_ms(), next = LLONG_MAX;

	for (size_t i = server->count; i-- > 0;) {
		long long until = server->clients[i]->until;

		if (full && until > server->clients[i]->since + PRESSED)
			until = server->clients[i]->since + PRESSED;
		if (until <= now)
			drop(server, i);
		else if (until < next)
			next = until;
	}
	if (server->deaf_until > now && server->deaf_until < next)
		next = server->deaf_until;
	return next == LLONG_MAX ? -1 : (int)(next - now);
}

static void serve(struct server *server)
{
	for (;;) {
		struct pollfd fds[2 + CLIENTS_MOST];
		int timeout = tidy(server);
		size_t count = server->count;
		bool open = count < CLIENTS_MOST && clock_ms() >= server->deaf_until;

		for (size_t i = 0; i < 2; i++)
			fds[i] = (struct pollfd){ .fd = open ? server->listeners[i] : -1,
						  .events = POLLIN };
		for (size_t i = 0; i < count; i++)
			fds[2 + i] = (struct pollfd){
				.fd = server->clients[i]->fd,
				.events = server->clients[i]->state == CLIENT_LISTENS
						  ? POLLOUT
						  : POLLIN,
			};
		if (poll(fds, 2 + count, timeout) <= 0)
			continue;
		/* From behind, as the last one takes the place of one that goes. */
		for (size_t i = count; i-- > 0;)
			if (fds[2 + i].revents && !attend(server, server->clients[i]))
				drop(server, i);
		for (size_t i = 0; i < 2; i++)
			if (fds[i].revents)
				welcome(server, fds[i].fd);
	}
}

/* Nothing of nsh is kept open but the listeners: a pipe's other end may wait for its end.
 */
static void keep_only(const int listeners[2])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned next = STDERR_FILENO + 1;
	unsigned a = (unsigned)listeners[0], b = (unsigned)listeners[1];

	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		if (fd != listeners[0] && fd != listeners[1])
			dup2(null, fd);
	if (listeners[1] < 0)
		b = a;
	if (a > b) {
		a = b;
		b = (unsigned)listeners[0];
	}
	if (a > next)
		close_range(next, a - 1, 0);
	if (b > a + 1 && b > next)
		close_range(a + 1 > next ? a + 1 : next, b - 1, 0);
	close_range(b + 1 > next ? b + 1 : next, UINT_MAX, 0);
}

/* What the child is to know of itself. */
struct start {
	struct server server;
	pid_t parent; /* 0: it outlives its parent */
	int netns;
	int ready; /* closed when it can be found */
	uint16_t port;
};

__attribute__((noreturn)) static void child(struct start *start)
{
	char name[sizeof(SERVER_COMM) + 5];

	interrupt_child();
	if (start->parent) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != start->parent)
			_exit(0); /* it ended before it could be watched */
		setpgid(0, 0);
	} else {
		setsid(); /* nor has it to do with its parent's terminal */
		if (chdir("/") < 0)
			_exit(1);
	}
	/* Where it can be found: by its name, and in the namespace that it serves. */
	snprintf(name, sizeof(name), SERVER_COMM "%u", start->port);
	prctl(PR_SET_NAME, name);
	if (setns(start->netns, CLONE_NEWNET) < 0)
		_exit(1);
	keep_only(start->server.listeners);
	/* Where close_range(2) is not to be had. */
	if (start->ready > STDERR_FILENO)
		close(start->ready);
	serve(&start->server);
	_exit(0);
}

/* A listening socket, or -1 with the error. */
static int listen_on(struct kernel *kernel, const char *ns, uint8_t family, uint16_t port,
		     struct error *err)
{
	struct ip any = { .family = family };
	struct sockaddr_storage address;
	socklen_t length = ip_sockaddr(&any, port, &address);
	cleanup_close int fd = -1;
	int on = 1;

	fd = kernel_socket(kernel, ns, family, SOCK_STREAM | SOCK_NONBLOCK, 0, err);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6) /* IPv4 has a socket of its own */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, length) == 0 &&
	    listen(fd, SOMAXCONN) == 0)
		return steal_fd(&fd);
	if (errno != EADDRINUSE)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot serve on port %u of %s", port, ns);
	error_set(err, STATUS_FAILED, -1, "port %u of %s is taken", port, ns);
	err->number = EADDRINUSE;
	return -1;
}

/* Where the program of a process is. NULL: it cannot be told. */
static char *program_of(const char *pid)
{
	static const char deleted[] = " (deleted)";
	cleanup_free char *link = xasprintf("/proc/%s/exe", pid);
	char path[PATH_MAX], *tail;
	ssize_t length = readlink(link, path, sizeof(path) - 1);

	if (length <= 0)
		return NULL;
	path[length] = '\0';
	tail = path + length - (length >= (ssize_t)sizeof(deleted) ? sizeof(deleted) - 1 : 0);
	if (strcmp(tail, deleted) == 0)
		*tail = '\0';
	return xstrdup(path);
}

static bool runs_our_program(pid_t pid)
{
	cleanup_free char *number = xasprintf("%d", (int)pid);
	cleanup_free char *own = program_of("self");
	cleanup_free char *other = own ? program_of(number) : NULL;

	return other && strcmp(own, other) == 0;
}

bool serve_is_server(pid_t pid, bool any_program, uint16_t *port)
{
	char path[64], comm[32] = "";
	cleanup_file FILE *file = NULL;
	unsigned long long number;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (!file || !fgets(comm, sizeof(comm), file))
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	if (!str_starts(comm, SERVER_COMM) ||
	    !str_number(comm + strlen(SERVER_COMM), 1, 65535, &number) ||
	    (!any_program && !runs_our_program(pid)))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* Until the child has let go of what it does not need: from then on it can be found. */
static void await_end(int ready)
{
	char byte;

	while (read(ready, &byte, 1) < 0 && errno == EINTR)
		continue;
}

int serve_start(struct kernel *kernel, const char *ns, uint16_t port, const char *text,
		pid_t *pid, struct error *err)
{
	cleanup_close int four = -1, six = -1, ready = -1;
	int ends[2];
	struct start start = { .server = { .ns = ns, .text = text }, .port = port };

	start.parent = kernel_is_lasting(kernel) ? 0 : getpid();
	start.netns = kernel_netns_fd(kernel, ns, err);
	if (start.netns < 0)
		return -1;
	four = listen_on(kernel, ns, AF_INET, port, err);
	if (four < 0)
		return -1;
	six = listen_on(kernel, ns, AF_INET6, port, err);
	if (six < 0 && err->number != EAFNOSUPPORT && err->number != EADDRNOTAVAIL)
		return -1;
	error_clear(err); /* IPv6 may be off: then it is IPv4 alone */
	start.server.listeners[0] = four;
	start.server.listeners[1] = six;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, STATUS_FAILED, -1, errno, "cannot start a server");
	ready = ends[0];
	start.ready = ends[1];
	*pid = fork();
	if (*pid == 0)
		child(&start);
	close(ends[1]);
	if (*pid < 0)
		return error_errno(err, STATUS_FAILED, -1, errno,
				   "cannot start a server");
	/* Both do it, so that it has happened whoever comes first. */
	if (start.parent)
		setpgid(*pid, *pid);
	await_end(ready);
	return 0;
}
