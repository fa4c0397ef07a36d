/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "view/sniff.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/style.h"
#include "base/table.h"
#include "kernel/capture.h"
#include "kernel/monitor.h"
#include "kernel/rtnl.h"
#include "view/packet.h"
#include "view/pcapng.h"

#define HOLD 2 /* ms to wait for older packets of other sockets */

/* A socket, and what is known of the interfaces behind it. */
struct source {
	char *ns;
	char link[IFNAMSIZ]; /* "": all */
	link_list links;
	unsigned long long lost;
};

/* An interface that has packets in the file. */
struct port {
	size_t source;
	int index;
	unsigned long long packets;
};

struct sniffing {
	const struct view *view;
	const struct sniff_options *options;
	struct monitor *monitor;
	capture_filter filter;
	VECTOR(struct source) sources;
	VECTOR(int) fds; /* of the sources; -1: its namespace has gone */
	VECTOR(struct port) ports;
	struct capture_merge merge;
	struct packet_flows flows;
	pollfd_list polled;
	FILE *file;
	unsigned long long shown, lost;
	bool started;
	struct error err; /* of what happens inside call-backs */
};

void sniff_options_free(struct sniff_options *options)
{
	for (size_t i = 0; i < options->ends.n; i++)
		free(options->ends.v[i].ns);
	vector_free(&options->ends);
}

const char *clock_text(const struct timespec *at, char text[CLOCK_TEXT])
{
	struct tm tm = { 0 };

	localtime_r(&at->tv_sec, &tm);
	snprintf(text, CLOCK_TEXT, "%02u:%02u:%02u.%06u", (unsigned)tm.tm_hour % 24,
		 (unsigned)tm.tm_min % 60, (unsigned)tm.tm_sec % 61,
		 (unsigned)(at->tv_nsec / 1000) % 1000000);
	return text;
}

static const struct {
	const char *text, *word;
} directions[] = {
	[PACKET_HOST] = { "In", "in" },
	[PACKET_BROADCAST] = { "B", "broadcast" },
	[PACKET_MULTICAST] = { "M", "multicast" },
	[PACKET_OTHERHOST] = { "P", "other" },
	[PACKET_OUTGOING] = { "Out", "out" },
};
#define DIRECTIONS (sizeof(directions) / sizeof(directions[0]))

const char *direction_text(uint8_t direction)
{
	return direction < DIRECTIONS ? directions[direction].text : "?";
}

const char *direction_word(uint8_t direction)
{
	return direction < DIRECTIONS ? directions[direction].word : "unknown";
}

/* --- interfaces --- */

static void read_links(struct sniffing *s, struct source *source)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct nl_error answer = { 0 };
	struct nlsock *rtnl = kernel_rtnl(s->view->kernel, source->ns, &ignored);
	link_list links = { 0 };

	if (!rtnl || rtnl_links(rtnl, &links, &answer) < 0)
		return;
	link_list_free(&source->links);
	source->links = links;
}

static const struct link *find_link(const struct source *source, int index)
{
	for (size_t i = 0; i < source->links.n; i++)
		if (source->links.v[i].index == index)
			return &source->links.v[i];
	return NULL;
}

/* NULL: it has gone before anybody looked. */
static const struct link *link_of(struct sniffing *s, size_t source, int index)
{
	const struct link *link = find_link(&s->sources.v[source], index);

	if (link || s->fds.v[source] < 0)
		return link;
	read_links(s, &s->sources.v[source]);
	return find_link(&s->sources.v[source], index);
}

/* "red:veth-red" */
static void add_name(struct sniffing *s, size_t source, int index, struct buf *name)
{
	const struct link *link = link_of(s, source, index);

	buf_addf(name, "%s:", s->sources.v[source].ns);
	if (link)
		buf_add(name, link->name);
	else
		buf_addf(name, "if%d", index);
}

/* --- sockets --- */

static int open_source(struct sniffing *s, const char *ns, const char *link)
{
	struct source source = { .ns = xstrdup(ns) };
	int fd, index = 0;

	str_copy(source.link, sizeof(source.link), link);
	read_links(s, &source);
	for (size_t i = 0; *link && i < source.links.n; i++)
		if (strcmp(source.links.v[i].name, link) == 0)
			index = source.links.v[i].index;
	if ((*link && !index) ||
	    capture_open(s->view->kernel, ns, index, &s->filter, &fd, &s->err) < 0) {
		link_list_free(&source.links);
		free(source.ns);
		return -1;
	}
	*vector_add(&s->sources) = source;
	*vector_add(&s->fds) = fd;
	return 0;
}

/* Counts what was lost since the last time. */
static void count_lost(struct sniffing *s, size_t source)
{
	unsigned lost;

	if (s->fds.v[source] < 0)
		return;
	lost = capture_lost(s->fds.v[source]);
	s->sources.v[source].lost += lost;
	s->lost += lost;
}

static void close_source(struct sniffing *s, size_t source)
{
	if (s->fds.v[source] < 0)
		return;
	count_lost(s, source);
	close(s->fds.v[source]);
	s->fds.v[source] = -1;
}

static bool is_whole(const struct sniff_options *options, const char *ns)
{
	for (size_t i = 0; i < options->ends.n; i++)
		if (!options->ends.v[i].link[0] && strcmp(options->ends.v[i].ns, ns) == 0)
			return true;
	return options->ends.n == 0;
}

static void namespace_seen(const struct monitor_event *event, void *data)
{
	struct sniffing *s = data;

	if (event->kind == MONITOR_NS_GONE) {
		for (size_t i = 0; i < s->sources.n; i++)
			if (strcmp(s->sources.v[i].ns, event->ns) == 0)
				close_source(s, i);
		return;
	}
	if (error_is_set(&s->err))
		return;
	if (is_whole(s->options, event->ns)) {
		open_source(s, event->ns, "");
	} else {
		for (size_t i = 0; i < s->options->ends.n; i++)
			if (strcmp(s->options->ends.v[i].ns, event->ns) == 0)
				open_source(s, event->ns, s->options->ends.v[i].link);
	}
	/* One that went again while it was opened is no failure. */
	if (s->started)
		error_clear(&s->err);
}

static void source_failed(size_t source, int number, void *data)
{
	struct sniffing *s = data;

	/* Of a socket for all interfaces it is the news that one of them went down. */
	if (s->sources.v[source].link[0] && number != ENETDOWN)
		close_source(s, source);
}

/* --- packets --- */

static size_t port_of(struct sniffing *s, const struct capture_packet *packet, size_t source)
{
	struct buf name cleanup_buf = { 0 }, words cleanup_buf = { 0 };
	struct port *port;

	for (size_t i = 0; i < s->ports.n; i++)
		if (s->ports.v[i].source == source && s->ports.v[i].index == packet->index)
			return i;
	port = vector_add(&s->ports);
	port->source = source;
	port->index = packet->index;
	add_name(s, source, packet->index, &name);
	buf_addf(&words, "interface %s of namespace %s", strchr(buf_str(&name), ':') + 1,
		 s->sources.v[source].ns);
	pcapng_interface(s->file, buf_str(&name), buf_str(&words), packet->hardware,
			 s->options->filter);
	return s->ports.n - 1;
}

static void write_packet(struct sniffing *s, const struct capture_packet *packet, size_t source)
{
	size_t port = port_of(s, packet, source);

	s->ports.v[port].packets++;
	pcapng_packet(s->file, (unsigned)port, packet);
}

static void add_end_json(struct buf *line, const char *key, const struct ip *ip)
{
	char text[IP_TEXT];

	buf_addf(line, ",\"%s\":", key);
	if (ip->family)
		buf_add_json(line, ip_text(ip, text));
	else
		buf_add(line, "null");
}

static void print_packet(struct sniffing *s, const struct capture_packet *seen, size_t source)
{
	struct buf line cleanup_buf = { 0 }, name cleanup_buf = { 0 }, text cleanup_buf = { 0 };
	FILE *out = s->view->out;
	struct packet packet;
	char at[CLOCK_TEXT];

	packet_parse(seen->bytes, seen->length, seen->whole, capture_is_ethernet(seen->hardware),
		     seen->protocol, &packet);
	packet_text(&packet, &s->flows, &text);
	add_name(s, source, seen->index, &name);
	if (s->view->json) {
		buf_addf(&line, "{\"time\":%lld.%09ld,\"namespace\":", (long long)seen->at.tv_sec,
			 seen->at.tv_nsec);
		buf_add_json(&line, s->sources.v[source].ns);
		buf_add(&line, ",\"interface\":");
		buf_add_json(&line, buf_str(&name) + strlen(s->sources.v[source].ns) + 1);
		buf_addf(&line, ",\"direction\":\"%s\",\"length\":%zu",
			 direction_word(seen->direction), seen->whole);
		add_end_json(&line, "from", &packet.from);
		add_end_json(&line, "to", &packet.to);
		buf_add(&line, ",\"text\":");
		buf_add_json(&line, buf_str(&text));
		buf_addc(&line, '}');
	} else {
		cleanup_free char *where = str_visible(buf_str(&name));
		bool color = terminal_has_color(out);

		buf_add_style(&line, color, STYLE_FAINT, clock_text(&seen->at, at));
		buf_addc(&line, ' ');
		buf_add_end_style(&line, color, where);
		buf_addf(&line, " %-3s %s", direction_text(seen->direction), buf_str(&text));
	}
	fprintf(out, "%s\n", buf_str(&line));
}

/* The machine's own interfaces are shown only to those who name host: they are no lab's, and what
 * goes over them may be the very lines that tell of it. */
static bool is_the_machines(struct sniffing *s, size_t source, int index)
{
	const struct link *link;

	if (s->options->ends.n > 0 || s->view->sandbox ||
	    strcmp(s->sources.v[source].ns, HOST) != 0)
		return false;
	link = link_of(s, source, index);
	return !link || link->group != NSH_GROUP;
}

static bool packet_seen(const struct capture_packet *packet, size_t source, void *data)
{
	struct sniffing *s = data;

	/* What goes out on lo comes in on lo. */
	if (packet->hardware == ARPHRD_LOOPBACK && packet->direction == PACKET_OUTGOING)
		return true;
	if (is_the_machines(s, source, packet->index))
		return true;
	s->shown++;
	if (s->file)
		write_packet(s, packet, source);
	if (!s->file || s->view->notes)
		print_packet(s, packet, source);
	return !s->options->count || s->shown < s->options->count;
}

/* --- the whole --- */

static bool is_capture(const char *head, size_t length)
{
	return pcapng_is_of(head, length, PACKAGE_NAME " ");
}

static int open_file(struct sniffing *s, struct error *err)
{
	const char *path = s->options->file;

	if (!path)
		return 0;
	if (file_check(path, s->options->file_word, is_capture, err) < 0)
		return -1;
	s->file = fopen(path, "we");
	if (!s->file)
		return error_errno(err, STATUS_FAILED, s->options->file_word, errno,
				   "cannot write %s", path);
	pcapng_begin(s->file, PACKAGE_STRING);
	return 0;
}

static int close_file(struct sniffing *s, struct error *err)
{
	struct timespec now;
	bool failed;

	if (!s->file)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < s->ports.n; i++)
		pcapng_statistics(s->file, (unsigned)i, &now, s->ports.v[i].packets,
				  s->sources.v[s->ports.v[i].source].lost);
	failed = ferror(s->file);
	failed |= fclose(s->file) != 0;
	s->file = NULL;
	return failed && !error_is_set(err) ?
		       error_errno(err, STATUS_FAILED, s->options->file_word, errno,
				   "cannot write %s", s->options->file) :
		       0;
}

/* Returns whether the other end wants it to end. */
static bool wait_for_packets(struct sniffing *s, bool held, long long end)
{
	int timeout = monitor_patience(s->monitor), stop = s->options->stop_fd;

	s->polled.n = 0;
	*vector_add(&s->polled) = (struct pollfd){ .fd = stop, .events = POLLIN };
	monitor_fds(s->monitor, &s->polled);
	for (size_t i = 0; i < s->fds.n; i++)
		*vector_add(&s->polled) =
			(struct pollfd){ .fd = s->fds.v[i], .events = POLLIN };
	if (end) {
		long long left = end - clock_ms();

		left = left < 0 ? 0 : left;
		if (timeout < 0 || left < timeout)
			timeout = (int)left;
	}
	if (held)
		timeout = HOLD;
	if (interrupt_poll(s->polled.v, s->polled.n, timeout) <= 0)
		return false;
	return stop >= 0 && s->polled.v[0].revents;
}

static bool read_packets(struct sniffing *s, bool final)
{
	bool held = capture_merge_read(&s->merge, s->fds.v, s->fds.n, final, packet_seen,
				       source_failed, s);

	fflush(s->view->out);
	if (s->file)
		fflush(s->file);
	return held;
}

static bool is_over(const struct sniffing *s, long long end)
{
	return (s->options->count && s->shown >= s->options->count) ||
	       (end && clock_ms() >= end) || interrupted || terminated ||
	       ferror(s->view->out) || (s->file && ferror(s->file));
}

static int loop(struct sniffing *s, struct error *err)
{
	long long end = s->options->ms ? clock_ms() + s->options->ms : 0;
	bool held = false, stop = false, names;

	while (!is_over(s, end) && !stop) {
		stop = wait_for_packets(s, held, end);
		if (stop || is_over(s, end))
			break;
		/* First the packets: a namespace that has gone may have some to tell of. */
		held = read_packets(s, false);
		monitor_read(s->monitor, NULL, NULL, &names);
		if (names && monitor_names(s->monitor, namespace_seen, s, err) < 0)
			return -1;
	}
	if (!s->options->count || s->shown < s->options->count)
		read_packets(s, true);
	for (size_t i = 0; i < s->fds.n; i++)
		count_lost(s, i);
	return 0;
}

static int start(struct sniffing *s, struct strings *only, struct error *err)
{
	const struct sniff_options *options = s->options;

	if (options->filter &&
	    capture_compile(options->filter, options->filter_word, &s->filter, err) < 0)
		return -1;
	for (size_t i = 0; i < options->ends.n; i++)
		strings_add(only, options->ends.v[i].ns);
	s->monitor = monitor_new(s->view->kernel, 0, options->ends.n ? only : NULL, err);
	if (!s->monitor || monitor_names(s->monitor, namespace_seen, s, err) < 0)
		return -1;
	if (error_is_set(&s->err))
		return error_take(err, &s->err);
	s->started = true;
	if (open_file(s, err) < 0)
		return -1;
	if (options->ready_fd >= 0 && write(options->ready_fd, "", 1) != 1)
		return error_errno(err, STATUS_FAILED, -1, errno, "nobody waits for packets");
	return 0;
}

static void tell_count(const struct sniffing *s)
{
	struct buf text cleanup_buf = { 0 };

	if (!s->view->notes)
		return;
	buf_addf(&text, "%llu packet%s", s->shown, s->shown == 1 ? "" : "s");
	if (s->options->file)
		buf_addf(&text, " in %s", s->options->file);
	if (s->lost)
		buf_addf(&text, ", and %llu that came too fast to be seen", s->lost);
	fflush(s->view->out);
	fprintf(stderr, "%s\n", buf_str(&text));
}

static void clear(struct sniffing *s)
{
	monitor_free(s->monitor);
	for (size_t i = 0; i < s->sources.n; i++) {
		if (s->fds.v[i] >= 0)
			close(s->fds.v[i]);
		link_list_free(&s->sources.v[i].links);
		free(s->sources.v[i].ns);
	}
	vector_free(&s->sources);
	vector_free(&s->fds);
	vector_free(&s->ports);
	vector_free(&s->filter);
	vector_free(&s->polled);
	capture_merge_free(&s->merge);
	packet_flows_free(&s->flows);
	error_clear(&s->err);
}

int sniff_run(const struct view *view, const struct sniff_options *options, struct error *err)
{
	struct strings only cleanup_strings = { 0 };
	struct sniffing s = {
		.view = view,
		.options = options,
		.err = ERROR_INIT,
	};
	int result = start(&s, &only, err);

	if (result == 0) {
		result = loop(&s, err);
		if (close_file(&s, err) < 0)
			result = -1;
		tell_count(&s);
	}
	if (s.file)
		fclose(s.file);
	clear(&s);
	/* Ctrl-C is how it ends. */
	if (result == 0 && !terminated)
		interrupted = 0;
	return result;
}
