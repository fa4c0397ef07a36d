/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "kernel/monitor.h"
#include "view/map.h"

/*
 * What the kernel tells is thrown away: the map is read again when it has been quiet for a moment, as
 * one line of nsh's is many changes.
 */

#define QUIET 50 /* ms without news before drawing ... */
#define PATIENCE 300 /* ... but no longer than this after the first */

struct watching {
	const struct view *view;
	bool ascii;
	struct monitor *monitor;
	pollfd_list fds;
};

static int draw(struct watching *w, struct error *err)
{
	const struct view *view = w->view;
	struct graph graph cleanup_graph = { 0 };
	struct buf text cleanup_buf = { 0 };
	struct map_style style;
	size_t rows, line = 0;

	world_forget(view->world);
	if (graph_build(view->world, &graph, err) < 0)
		return -1;
	if (view->json) {
		map_json(&graph, &text);
		fputs(buf_str(&text), view->out);
		fflush(view->out);
		return 0;
	}
	map_terminal(view->out, &style, &rows);
	style.ascii |= w->ascii;
	map_text(&graph, &style, &text);
	if (!rows) {
		fprintf(view->out, "%s\n", buf_str(&text));
		fflush(view->out);
		return 0;
	}
	/* Line by line over the old picture, so that it does not flicker. */
	fputs("\033[H", view->out);
	for (const char *at = buf_str(&text), *end; (end = strchr(at, '\n'));
	     at = end + 1) {
		if (++line >= rows) {
			fputs("\033[0m...\033[K", view->out);
			break;
		}
		fprintf(view->out, "%.*s\033[K\n", (int)(end - at), at);
	}
	fputs("\033[J", view->out);
	fflush(view->out);
	return 0;
}

/* Waits for news and the quiet after it. False: it is to end. */
static bool wait_for_news(struct watching *w)
{
	long long first = 0;

	w->fds.n = 0;
	monitor_fds(w->monitor, &w->fds);
	for (;;) {
		int timeout = first ? QUIET : monitor_patience(w->monitor), ready;
		bool names;

		if (interrupted || terminated)
			return false;
		ready = interrupt_poll(w->fds.v, w->fds.n, timeout);
		if (interrupted || terminated)
			return false;
		if (window_changed) {
			window_changed = 0;
			return true;
		}
		if (ready == 0)
			return true;
		if (ready < 0 || !monitor_read(w->monitor, NULL, NULL, &names))
			continue;
		if (!first)
			first = clock_ms();
		else if (clock_ms() - first > PATIENCE)
			return true;
	}
}

int map_watch(const struct view *view, bool ascii, struct error *err)
{
	struct watching w = { .view = view, .ascii = ascii };
	struct map_style style;
	size_t rows;
	int result;

	w.monitor = monitor_new(view->kernel,
				MONITOR_LINKS | MONITOR_ADDRS | MONITOR_ROUTES |
					MONITOR_NETCONF | MONITOR_RULES,
				NULL, err);
	if (!w.monitor)
		return -1;
	map_terminal(view->out, &style, &rows);
	if (rows && !view->json)
		fputs("\033[2J", view->out);
	do {
		/* Watched first, then looked at: no change falls between the two. */
		result = monitor_names(w.monitor, NULL, NULL, err);
		if (result == 0)
			result = draw(&w, err);
	} while (result == 0 && wait_for_news(&w));
	if (rows && !view->json)
		fputc('\n', view->out);
	monitor_free(w.monitor);
	vector_free(&w.fds);
	/* Ctrl-C is how it ends. */
	if (result == 0 && !terminated)
		interrupted = 0;
	return result;
}
