/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/watch_parts.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/style.h"
#include "base/table.h"
#include "view/sniff.h"

static void room_free(struct watch_room *room)
{
	link_list_free(&room->links);
	vector_free(&room->addrs);
	vector_free(&room->routes);
	vector_free(&room->neighs);
	nft_table_free(&room->nft);
	free(room->name);
	free(room);
}

void watch_tell(struct watch *watch, const struct watch_room *room, const char *kind,
		enum style style, const char *format, ...)
{
	cleanup_free char *says = NULL, *ns = NULL, *seen = NULL;
	struct timespec now;
	char at[CLOCK_TEXT];
	va_list ap;

	if (room->quiet || !watch->lines)
		return;
	va_start(ap, format);
	says = xvasprintf(format, ap);
	va_end(ap);
	clock_gettime(CLOCK_REALTIME, &now);
	watch->count++;
	if (watch->json) {
		buf_addf(watch->lines, "{\"time\":%lld.%03ld,\"namespace\":", (long long)now.tv_sec,
			 now.tv_nsec / 1000000);
		buf_add_json(watch->lines, room->name);
		buf_addf(watch->lines, ",\"kind\":\"%s\",\"says\":", kind);
		buf_add_json(watch->lines, says);
		buf_add(watch->lines, "}\n");
		return;
	}
	/* To the millisecond: it is when it was heard of. */
	clock_text(&now, at);
	at[12] = '\0';
	buf_add_style(watch->lines, watch->color, STYLE_FAINT, at);
	buf_addc(watch->lines, ' ');
	ns = str_visible(room->name);
	buf_add_style(watch->lines, watch->color, STYLE_NS, ns);
	buf_add(watch->lines, ": ");
	seen = str_visible(says);
	buf_add_style(watch->lines, watch->color, style, seen);
	buf_addc(watch->lines, '\n');
}

const char *watch_link_name(const struct watch_room *room, int index, char name[IFNAMSIZ])
{
	snprintf(name, IFNAMSIZ, "if%d", index);
	for (size_t i = 0; i < room->links.n; i++)
		if (room->links.v[i].index == index)
			str_copy(name, IFNAMSIZ, room->links.v[i].name);
	return name;
}

/* --- namespaces --- */

static struct watch_room *find_room(struct watch *watch, const char *name)
{
	for (size_t i = 0; i < watch->rooms.n; i++)
		if (strcmp(watch->rooms.v[i]->name, name) == 0)
			return watch->rooms.v[i];
	return NULL;
}

static void room_added(struct watch *watch, const char *name)
{
	struct watch_room *room = xcalloc(1, sizeof(*room));

	room->name = xstrdup(name);
	room->forwarding[0] = room->forwarding[1] = -1;
	room->quiet = !watch->started;
	room->stale = true;
	*vector_add(&watch->rooms) = room;
	watch_say(watch, room, "namespace", "namespace %s added", name);
	watch_refresh(watch, room);
	room->quiet = false;
}

static void room_gone(struct watch *watch, const char *name)
{
	for (size_t i = 0; i < watch->rooms.n; i++) {
		struct watch_room *room = watch->rooms.v[i];

		if (strcmp(room->name, name) != 0)
			continue;
		watch_say(watch, room, "namespace", "namespace %s removed", name);
		room_free(room);
		vector_remove(&watch->rooms, i);
		return;
	}
}

static void on_event(const struct monitor_event *event, void *data)
{
	struct watch *watch = data;
	struct watch_room *room;

	switch (event->kind) {
	case MONITOR_NS_ADDED:
		room_added(watch, event->ns);
		break;
	case MONITOR_NS_GONE:
		room_gone(watch, event->ns);
		break;
	case MONITOR_MESSAGE:
		room = find_room(watch, event->ns);
		if (room)
			watch_message(watch, room, event);
		break;
	case MONITOR_OVERRUN:
		room = find_room(watch, event->ns);
		if (room)
			room->stale = true;
		break;
	}
}

/* --- the whole --- */

struct watch *watch_new(struct kernel *kernel, const struct strings *only, struct error *err)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->kernel = kernel;
	watch->err = (struct error)ERROR_INIT;
	watch->monitor = monitor_new(kernel,
				     MONITOR_LINKS | MONITOR_ADDRS | MONITOR_ROUTES |
					     MONITOR_NEIGHS | MONITOR_NETCONF | MONITOR_RULES,
				     only, err);
	if (!watch->monitor || monitor_names(watch->monitor, on_event, watch, err) < 0) {
		watch_free(watch);
		return NULL;
	}
	watch->started = true;
	return watch;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	monitor_free(watch->monitor);
	for (size_t i = 0; i < watch->rooms.n; i++)
		room_free(watch->rooms.v[i]);
	vector_free(&watch->rooms);
	error_clear(&watch->err);
	free(watch);
}

void watch_fds(const struct watch *watch, pollfd_list *fds)
{
	monitor_fds(watch->monitor, fds);
}

int watch_patience(const struct watch *watch)
{
	return monitor_patience(watch->monitor);
}

size_t watch_read(struct watch *watch, bool json, FILE *to, struct buf *lines)
{
	struct error ignored cleanup_error = ERROR_INIT;
	size_t before = watch->count;
	bool names;

	watch->json = json;
	watch->color = terminal_has_color(to);
	watch->lines = lines;
	monitor_read(watch->monitor, on_event, watch, &names);
	for (size_t i = 0; i < watch->rooms.n; i++)
		watch_refresh(watch, watch->rooms.v[i]);
	if (names)
		monitor_names(watch->monitor, on_event, watch, &ignored);
	watch->lines = NULL;
	return watch->count - before;
}

/* Of what has come, as many lines as are still wanted. */
static void print_lines(FILE *out, const struct buf *lines, unsigned long long wanted)
{
	const char *at = buf_str(lines), *end;

	while (wanted-- > 0 && (end = strchr(at, '\n'))) {
		fwrite(at, 1, (size_t)(end - at) + 1, out);
		at = end + 1;
	}
	fflush(out);
}

static int wait_time(const struct watch *watch, long long end)
{
	int timeout = watch_patience(watch);
	long long left = end - clock_ms();

	if (!end)
		return timeout;
	left = left < 0 ? 0 : left;
	return timeout < 0 || left < timeout ? (int)left : timeout;
}

int watch_run(const struct view *view, const struct strings *only, long long ms,
	      unsigned long long count, struct error *err)
{
	struct watch *watch = watch_new(view->kernel, only, err);
	unsigned long long left = count ? count : ULLONG_MAX;
	long long end = ms ? clock_ms() + ms : 0;
	pollfd_list fds = { 0 };

	if (!watch)
		return -1;
	while (left > 0 && !interrupted && !terminated && !ferror(view->out) &&
	       (!end || clock_ms() < end)) {
		struct buf lines cleanup_buf = { 0 };
		size_t got;

		fds.n = 0;
		watch_fds(watch, &fds);
		interrupt_poll(fds.v, fds.n, wait_time(watch, end));
		got = watch_read(watch, view->json, view->out, &lines);
		print_lines(view->out, &lines, left);
		left = got > left ? 0 : left - got;
	}
	vector_free(&fds);
	watch_free(watch);
	/* Ctrl-C is how it ends. */
	if (!terminated)
		interrupted = 0;
	return 0;
}
