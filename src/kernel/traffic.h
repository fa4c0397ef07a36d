/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_TRAFFIC_H
#define NSH_KERNEL_TRAFFIC_H

#include "base/ip.h"
#include "kernel/kernel.h"

/*
 * Traffic, built in: an echo request, a small web server and a small web client, each working
 * from inside a namespace. They wait with interrupt_poll() and stop early, saying so, on Ctrl-C.
 */

struct ping_options {
	struct ip to;
	const char *link;	/* the interface to leave by, "" or NULL: as the routes say */
	struct ip from;		/* the address to ping from; no family: as the routes say */
	unsigned count;		/* requests to send, at least 1 */
	unsigned interval;	/* milliseconds from one request to the next */
	unsigned timeout;	/* milliseconds to wait for the answer to the last */
	unsigned deadline;	/* 0: none; else requests are sent for that many milliseconds at
				   most, until COUNT are answered or one is refused */
	unsigned size;		/* bytes of data, 56 as usual */
	unsigned ttl;		/* 0: the kernel's own */
};

enum ping_event_kind {
	PING_REPLY,
	PING_TIMEOUT,	  /* nothing came for SEQUENCE in time */
	PING_UNREACHABLE, /* an ICMP error came from FROM, or the kernel gave up on ARP */
	PING_FAILED,	  /* the request could not be sent: "Network is unreachable" */
};
struct ping_event {
	enum ping_event_kind kind;
	unsigned sequence;    /* from 1 */
	struct ip from;	      /* who answered */
	double ms;	      /* round trip */
	unsigned ttl;	      /* of the reply, 0: unknown */
	unsigned bytes;	      /* of the reply's ICMP message */
	int number;	      /* errno of a failure */
	const char *text;     /* the failure as ping(8) words it: "Destination Host Unreachable" */
};

struct ping_result {
	unsigned sent, received, errors;
	double min, average, max; /* milliseconds */
	bool interrupted;
};

/*
 * Pings from namespace NS. SEEN (may be NULL) is called for each event as it happens. Returns
 * 0 when it ran, whether or not anything answered, -1 when there could be no ping at all. A
 * send that fails (PING_FAILED) ends it.
 */
int ping_run(struct kernel *kernel, const char *ns, const struct ping_options *options,
	     void (*seen)(const struct ping_event *event, void *data), void *data,
	     struct ping_result *result, struct error *err);

/*
 * The interface number that a link-local IPv6 address needs in NS: that of LINK or, where it is
 * NULL or "", of the only interface besides lo. 0 for all other addresses.
 */
int traffic_scope(struct kernel *kernel, const char *ns, const struct ip *to,
		  const char *link, unsigned *index, struct error *err);

/*
 * Starts a web server on PORT of NS, IPv4 and IPv6, in a child process that ends with nsh, unless
 * kernel_set_lasting() says otherwise; the child is in NS too, by the name SERVER_COMM and PORT. Every
 * GET or HEAD is answered with 200 and TEXT as text/plain; a newline is added where it has none.
 * TEXT may be NULL: then the page says hello from NS, to the address that the client is seen by.
 * The child is the leader of its own process group, so that a Ctrl-C of the terminal does
 * not reach it. A port that is taken is an error that says so. The caller reaps *PID.
 */
#define SERVER_COMM "nsh-serve "
int serve_start(struct kernel *kernel, const char *ns, uint16_t port, const char *text,
		pid_t *pid, struct error *err);

/*
 * Whether a process that /proc shows is such a server: by its name, and as it runs the program that
 * nsh is, though that may have been replaced since; ANY_PROGRAM: by its name alone. *PORT is its
 * port, and set then only.
 */
bool serve_is_server(pid_t pid, bool any_program, uint16_t *port);

/* http://HOST[:PORT][/PATH]; the scheme may be left out, HOST may be a name, an address or
 * [an IPv6 address]. */
struct url {
	char *host;
	uint16_t port; /* 80 where left out */
	char *path;    /* "/" where left out */
};
int url_parse(const char *text, struct url *url, int word, struct error *err);
void url_free(struct url *url);

struct http_answer {
	unsigned status; /* 200, ... */
	char *reason;
	char *body;	 /* NUL behind its last byte */
	size_t length;	 /* bytes of the body, at most 1 MiB: the rest is dropped */
	char *type;	 /* Content-Type, or NULL */
};

/*
 * Fetches URL from inside NS; TO is the address of its host. HTTP/1.1 with "Connection:
 * close", chunked bodies decoded. TIMEOUT in milliseconds for the whole. A connection that is
 * refused, times out or finds no network is an error with the kernel's word for it and its errno
 * in err->number. Redirections are not followed.
 */
int http_get(struct kernel *kernel, const char *ns, const struct url *url,
	     const struct ip *to, unsigned timeout, struct http_answer *answer,
	     struct error *err);
void http_answer_free(struct http_answer *answer);
/* The parser behind it, for tests and fuzzers: a whole answer as it came in. */
int http_parse(const char *bytes, size_t length, struct http_answer *answer,
	       struct error *err);

#endif
