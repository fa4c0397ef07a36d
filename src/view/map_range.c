/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/map.h"

/* Many names in few words. */

#define PARTS_MAX 3 /* ranges that are told before "and 7 more" */

/* A name as text, number, text: the last run of digits counts. */
struct numbered {
	size_t at, length; /* of the digits; length 0: none */
	unsigned long long number;
};

static struct numbered split(const char *name)
{
	struct numbered n = { strlen(name), 0, 0 };

	while (n.at > 0 && !isdigit((unsigned char)name[n.at - 1]))
		n.at--;
	while (n.at > 0 && isdigit((unsigned char)name[n.at - 1]) && n.length < 18) {
		n.at--;
		n.length++;
	}
	if (n.length)
		n.number = strtoull(name + n.at, NULL, 10);
	return n;
}

/* Whether B is A with its number one higher. */
static bool follows(const char *a, const char *b)
{
	struct numbered x = split(a), y = split(b);

	return x.length && y.length && x.at == y.at && strncmp(a, b, x.at) == 0 &&
	       strcmp(a + x.at + x.length, b + y.at + y.length) == 0 &&
	       y.number == x.number + 1;
}

static bool all_same(const struct strings *names)
{
	for (size_t i = 1; i < names->n; i++)
		if (strcmp(names->v[0], names->v[i]) != 0)
			return false;
	return true;
}

char *map_range(const struct strings *names, const char *dots)
{
	struct buf text = { 0 };
	size_t parts = 0, run;

	if (names->n == 0)
		return xstrdup("");
	if (all_same(names))
		return xstrdup(names->v[0]);
	for (size_t i = 0; i < names->n; i += run) {
		run = 1;
		while (i + run < names->n &&
		       follows(names->v[i + run - 1], names->v[i + run]))
			run++;
		if (run == 2)
			run = 1;
		if (parts == PARTS_MAX) {
			buf_addf(&text, " and %zu more", names->n - i);
			break;
		}
		buf_add(&text, parts++ ? ", " : "");
		buf_add(&text, names->v[i]);
		if (run > 2)
			buf_addf(&text, " %s %s", dots, names->v[i + run - 1]);
	}
	return buf_steal(&text);
}

static const struct cidr *nth_addr(const struct graph *graph, size_t iface, size_t nth)
{
	const struct ns *ns = graph_node_of(graph, iface)->ns;

	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (addr->index == graph->ifs.v[iface].link->index &&
		    !ip_is_link_local(&addr->cidr.ip) && nth-- == 0)
			return &addr->cidr;
	}
	return NULL;
}

static int compare_cidrs(const void *a, const void *b)
{
	const struct cidr *const *x = a, *const *y = b;

	return ip_compare(&(*x)->ip, &(*y)->ip);
}

/* "192.168.15.1–97/24": of the last address what differs from the first. */
static void add_cidr_range(struct buf *text, const struct cidr *first,
			   const struct cidr *last, const char *dash)
{
	char a[IP_TEXT], b[IP_TEXT];
	size_t same = 0;

	ip_text(&first->ip, a);
	ip_text(&last->ip, b);
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '.' || a[i] == ':')
			same = i + 1;
	/* Only a last part that differs alone may stand for the whole. */
	if (strpbrk(b + same, ".:"))
		same = 0;
	buf_addf(text, "%s%s%s/%u", a, dash, b + same, first->prefix);
}

char *map_addr_range(const struct graph *graph, const size_t *ifaces, size_t count,
		     size_t nth, const char *dash)
{
	cleanup_free const struct cidr **list = xcalloc(count + 1, sizeof(*list));
	struct buf text = { 0 };
	char cidr[CIDR_TEXT];
	size_t found = 0, parts = 0, run;

	for (size_t i = 0; i < count; i++)
		if (ifaces[i] != GRAPH_NONE &&
		    (list[found] = nth_addr(graph, ifaces[i], nth)))
			found++;
	qsort(list, found, sizeof(*list), compare_cidrs);
	for (size_t i = 0; i < found; i += run) {
		struct ip next = ip_next(&list[i]->ip);

		for (run = 1; i + run < found; run++, next = ip_next(&next))
			if (!ip_equal(&list[i + run]->ip, &next) ||
			    list[i + run]->prefix != list[i]->prefix)
				break;
		if (run == 2)
			run = 1;
		if (parts == PARTS_MAX) {
			buf_addf(&text, " and %zu more", found - i);
			break;
		}
		buf_add(&text, parts++ ? ", " : "");
		if (run > 2)
			add_cidr_range(&text, list[i], list[i + run - 1], dash);
		else
			buf_add(&text, cidr_text(list[i], cidr));
	}
	return buf_steal(&text);
}
