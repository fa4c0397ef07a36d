/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/rooms.h"

#include <linux/if_addr.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/interrupt.h"
#include "base/set.h"

struct room {
	char *name;
	char *hosts;	 /* its lines; NULL: not read yet */
	bool trying;	 /* see rooms_trying() */
	long long read;	 /* when, by clock_ms() */
};

struct rooms {
	VECTOR(struct room) list; /* in the order of world_all_names() */
};

static void room_clear(struct room *room)
{
	free(room->name);
	free(room->hosts);
}

void rooms_free(struct rooms *rooms)
{
	if (!rooms)
		return;
	for (size_t i = 0; i < rooms->list.n; i++)
		room_clear(&rooms->list.v[i]);
	vector_free(&rooms->list);
	free(rooms);
}

static void room_forget(struct room *room)
{
	free(room->hosts);
	room->hosts = NULL;
}

void rooms_ran(struct session *session, const char *ns)
{
	struct rooms *rooms = session->rooms;

	for (size_t i = 0; rooms && i < rooms->list.n; i++)
		if (strcmp(ns, HOST) == 0 || strcmp(ns, rooms->list.v[i].name) == 0)
			room_forget(&rooms->list.v[i]);
}

/* Whether the link has an IPv6 address that is worth a route. */
static bool has_global(const struct ns *ns, const char *link)
{
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (addr->cidr.ip.family == AF_INET6 && strcmp(addr->link, link) == 0 &&
		    !ip_is_link_local(&addr->cidr.ip))
			return true;
	}
	return false;
}

bool addr_is_tried_out(const struct ns *ns, const struct addr *addr)
{
	return addr->cidr.ip.family == AF_INET6 && ip_is_link_local(&addr->cidr.ip) &&
	       (addr->flags & IFA_F_TENTATIVE) && !(addr->flags & IFA_F_DADFAILED) &&
	       has_global(ns, addr->link);
}

static void room_read(struct session *session, struct room *room)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct ns *ns = world_ns(session->world, room->name, WORLD_ADDRS, -1, &ignored);
	struct buf hosts cleanup_buf = { 0 };
	char ip[IP_TEXT];

	room_forget(room);
	room->trying = false;
	for (size_t i = 0; ns && i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		room->trying |= addr_is_tried_out(ns, addr);
		if (!ip_is_link_local(&addr->cidr.ip) && !ip_is_loopback(&addr->cidr.ip))
			buf_addf(&hosts, "%s\t%s\n", ip_text(&addr->cidr.ip, ip), room->name);
	}
	room->hosts = xstrdup(buf_str(&hosts));
	room->read = clock_ms();
}

/* Takes over what is known of the rooms that are still there. */
static void follow_names(struct rooms *rooms, const struct strings *names)
{
	struct rooms old = *rooms;
	size_t at = 0;

	rooms->list = (typeof(rooms->list)){ 0 };
	for (size_t i = 0; i < names->n; i++) {
		struct room *room = vector_add(&rooms->list);

		/* Both lists begin with host, and are sorted from there on. */
		while (i > 0 && at < old.list.n && strcmp(old.list.v[at].name, names->v[i]) < 0)
			room_clear(&old.list.v[at++]);
		if (at < old.list.n && strcmp(old.list.v[at].name, names->v[i]) == 0)
			*room = old.list.v[at++];
		else
			*room = (struct room){ .name = xstrdup(names->v[i]) };
	}
	while (at < old.list.n)
		room_clear(&old.list.v[at++]);
	vector_free(&old.list);
}

/* Forgets what this nsh has changed since it was asked last. */
static void follow_changes(struct rooms *rooms, struct world *world)
{
	struct strings changed cleanup_strings = { 0 };
	struct set set cleanup_set = { 0 };
	bool all = world_take_changes(world, &changed);

	set_add_all(&set, &changed);
	for (size_t i = 0; i < rooms->list.n && (all || changed.n > 0); i++)
		if (all || set_has(&set, rooms->list.v[i].name))
			room_forget(&rooms->list.v[i]);
}

/* The rooms as they are, or were a moment ago; NULL: the names cannot be read. */
static struct rooms *refresh(struct session *session)
{
	struct error ignored cleanup_error = ERROR_INIT;
	struct strings names cleanup_strings = { 0 };

	/* What was planned on knows no address but those that were asked for. */
	world_forget(session->world);
	if (world_all_names(session->world, &names, &ignored) < 0)
		return NULL;
	if (!session->rooms)
		session->rooms = xcalloc(1, sizeof(*session->rooms));
	follow_names(session->rooms, &names);
	follow_changes(session->rooms, session->world);
	for (size_t i = 0; i < session->rooms->list.n; i++) {
		struct room *room = &session->rooms->list.v[i];

		if (!room->hosts || clock_ms() - room->read >= ROOMS_MS)
			room_read(session, room);
	}
	return session->rooms;
}

char *rooms_hosts(struct session *session)
{
	struct rooms *rooms = refresh(session);
	struct buf hosts cleanup_buf = { 0 };

	if (!rooms)
		return NULL;
	/* Host, the first of them, is the last here. */
	for (size_t i = 1; i <= rooms->list.n; i++)
		buf_add(&hosts, rooms->list.v[i % rooms->list.n].hosts);
	return xstrdup(buf_str(&hosts));
}

void rooms_trying(struct session *session, struct strings *names)
{
	struct rooms *rooms = refresh(session);

	for (size_t i = 0; rooms && i < rooms->list.n; i++) {
		if (!rooms->list.v[i].trying)
			continue;
		strings_add(names, rooms->list.v[i].name);
		room_forget(&rooms->list.v[i]);
	}
}
