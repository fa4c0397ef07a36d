/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* "red has veth-red and eth0", for an error's hint. */
static void list_links(const struct ns *ns, struct buf *text)
{
	size_t listed = 0;

	for (size_t i = 0; i < ns->links.n; i++) {
		if (ns->links.v[i].flags & IFF_LOOPBACK)
			continue;
		if (listed == 6) {
			buf_add(text, ", ...");
			break;
		}
		if (listed++)
			buf_add(text, ", ");
		buf_add_visible(text, ns->links.v[i].name);
	}
}

static int no_such_link(const struct ns *ns, const char *name, int word, struct error *err)
{
	struct strings names cleanup_strings = { 0 };
	struct buf list cleanup_buf = { 0 };
	cleanup_free char *seen = str_visible(name);
	const char *near;

	for (size_t i = 0; i < ns->links.n; i++)
		strings_add(&names, ns->links.v[i].name);
	near = str_nearest(name, &names);
	list_links(ns, &list);
	error_set(err, STATUS_FAILED, word, "%s has no interface %s", ns->name, seen);
	if (near)
		error_hint(err, "did you mean %s?", near);
	else if (list.length)
		error_hint(err, "%s has %s", ns->name, buf_str(&list));
	return -1;
}

struct link *name_link(struct ns *ns, const struct arg *arg, struct error *err)
{
	struct link *link = ns_link(ns, arg->text);

	if (!link)
		no_such_link(ns, arg->text, arg->word, err);
	return link;
}

/* The only interface besides lo. */
static struct link *only_link(struct ns *ns, int word, struct error *err)
{
	struct buf list cleanup_buf = { 0 };
	struct link *found = NULL;

	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i];

		if (link->flags & IFF_LOOPBACK)
			continue;
		if (found) {
			list_links(ns, &list);
			error_set(err, STATUS_FAILED, word,
				  "%s has several interfaces: say which", ns->name);
			error_hint(err, "%s:IF, where IF is one of %s", ns->name,
				   buf_str(&list));
			return NULL;
		}
		found = link;
	}
	if (!found) {
		error_set(err, STATUS_FAILED, word, "%s has no interface besides lo", ns->name);
		if (strcmp(ns->name, HOST) == 0)
			error_hint(err, "\"cable host OTHER\" makes one");
		else
			error_hint(err,
				   "\"cable %s OTHER\" or \"bridge BR attach %s\" makes one",
				   ns->name, ns->name);
	}
	return found;
}

/* ERR says already that there is no such namespace, and perhaps which is meant. */
static int neither(struct session *session, const struct ns *ns, const char *text, int word,
		   struct error *err)
{
	cleanup_free char *seen = str_visible(text);
	cleanup_free char *hint = steal_pointer(&err->hint);
	struct strings links cleanup_strings = { 0 };
	const char *near;

	for (size_t i = 0; i < ns->links.n; i++)
		strings_add(&links, ns->links.v[i].name);
	near = str_nearest(text, &links);
	error_set(err, STATUS_FAILED, word,
		  "there is no namespace %s, and no such interface in %s", seen, session->ns);
	if (near && (!hint || !str_starts(hint, "did you mean")))
		error_hint(err, "did you mean %s?", near);
	else if (hint)
		error_hint(err, "%s", hint);
	return -1;
}

static int end_of_text(struct session *session, const char *text, int word, unsigned parts,
		       struct ns **ns, struct link **link, struct error *err)
{
	const char *colon = strchr(text, ':');
	cleanup_free char *name = NULL;

	parts |= WORLD_LINKS;
	if (colon) {
		name = colon == text ? xstrdup(session->ns) :
				       xstrndup(text, (size_t)(colon - text));
		*ns = world_ns(session->world, name, parts, word, err);
		if (!*ns) {
			error_part(err, 0, (size_t)(colon - text));
			return -1;
		}
		*link = ns_link(*ns, colon + 1);
		if (*link)
			return 0;
		no_such_link(*ns, colon + 1, word, err);
		return error_part(err, (size_t)(colon + 1 - text), strlen(colon + 1));
	}
	if (world_has_ns(session->world, text)) {
		*ns = world_ns(session->world, text, parts, word, err);
		if (!*ns)
			return -1;
		*link = only_link(*ns, word, err);
		return *link ? 0 : -1;
	}
	*ns = world_ns(session->world, session->ns, parts, word, err);
	if (!*ns)
		return -1;
	*link = ns_link(*ns, text);
	if (*link)
		return 0;
	/* Neither: the error of a namespace, which is what people mean most often. */
	world_ns(session->world, text, 0, word, err);
	return neither(session, *ns, text, word, err);
}

int name_end(struct session *session, const struct arg *arg, unsigned parts, struct ns **ns,
	     struct link **link, struct error *err)
{
	return end_of_text(session, arg->text, arg->word, parts, ns, link, err);
}

int name_is_new(const struct ns *ns, const char *name, const struct arg *arg, struct error *err)
{
	if (!ns_link(ns, name))
		return 0;
	return error_set(err, STATUS_FAILED, arg->word, "%s has an interface %s already",
			 ns->name, name);
}

int name_new_end(struct session *session, const struct arg *arg, struct ns **ns,
		 char if_name[IFNAMSIZ], struct error *err)
{
	const char *colon = strchr(arg->text, ':');
	cleanup_free char *name = colon ? xstrndup(arg->text, (size_t)(colon - arg->text)) :
					  xstrdup(arg->text);

	if (colon == arg->text) {
		free(name);
		name = xstrdup(session->ns);
	}
	if_name[0] = '\0';
	*ns = world_ns(session->world, name, WORLD_LINKS, arg->word, err);
	if (!*ns)
		return colon ? error_part(err, 0, strlen(name)) : -1;
	if (!colon)
		return 0;
	if (name_is_new(*ns, colon + 1, arg, err) < 0)
		return error_part(err, (size_t)(colon + 1 - arg->text), strlen(colon + 1));
	str_copy(if_name, IFNAMSIZ, colon + 1);
	return 0;
}

struct ns *name_ns(struct session *session, const struct args *args, const char *name,
		   unsigned parts, struct error *err)
{
	const struct arg *arg = arg_get(args, name);

	return world_ns(session->world, arg ? arg->text : session->ns, parts,
			arg ? arg->word : -1, err);
}

/* --- addresses --- */

/* Whether an address of FROM is in the network of ADDR, so that it is reached directly. */
static bool is_near(const struct ns *from, const struct addr *addr)
{
	struct cidr network = cidr_network(&addr->cidr);

	for (size_t i = 0; from && i < from->addrs.n; i++)
		if (cidr_contains(&network, &from->addrs.v[i].cidr.ip))
			return true;
	return false;
}

/* How well an address stands for its namespace: the higher, the better; 0: not at all. */
static int rank(const struct addr *addr, const struct ns *from, uint8_t family)
{
	int rank = 3;

	if (family && addr->cidr.ip.family != family)
		return 0;
	if (ip_is_loopback(&addr->cidr.ip))
		return 0;
	if (ip_is_link_local(&addr->cidr.ip))
		return 1;
	/* What FROM sends to an address that it has as well does not leave it. */
	if (from && ns_addr_by_ip(from, &addr->cidr.ip))
		return 2;
	if (addr->cidr.ip.family == AF_INET)
		rank += 1;
	if (is_near(from, addr))
		rank += 2;
	return rank;
}

static int address_of(const struct ns *ns, const char *link, const struct ns *from,
		      uint8_t family, int word, struct ip *ip, struct error *err)
{
	int best = 0;

	if (from == ns)
		from = NULL; /* all are near, and none is another's */
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];
		int this_rank = rank(addr, from, family);

		if ((link && strcmp(addr->link, link) != 0) || this_rank <= best)
			continue;
		best = this_rank;
		*ip = addr->cidr.ip;
	}
	if (best > 0)
		return 0;
	error_set(err, STATUS_FAILED, word, "%s%s%s has no %saddress", ns->name,
		  link ? ":" : "", link ? link : "",
		  family == AF_INET6 ? "IPv6 " :
		  family == AF_INET  ? "IPv4 " :
				       "");
	return error_hint(err, "\"addr %s%s%s ADDRESS/PREFIX\" gives it one", ns->name,
			  link ? ":" : "", link ? link : "");
}

int name_address_text(struct session *session, const char *text, int word,
		      const char *seen_from, uint8_t family, struct ip *ip,
		      struct error *err)
{
	struct ns *ns, *from = NULL;
	struct link *link = NULL;

	if (ip_looks_like(text) && !world_has_ns(session->world, text))
		return ip_parse(text, ip, word, err);
	if (seen_from) {
		from = world_ns(session->world, seen_from, WORLD_ADDRS, word, err);
		if (!from)
			return -1;
	}
	if (!strchr(text, ':') && world_has_ns(session->world, text)) {
		ns = world_ns(session->world, text, WORLD_ADDRS, word, err);
		if (!ns)
			return -1;
	} else if (end_of_text(session, text, word, WORLD_ADDRS, &ns, &link, err) < 0) {
		return -1;
	}
	return address_of(ns, link ? link->name : NULL, from, family, word, ip, err);
}

int name_address(struct session *session, const struct arg *arg, const char *seen_from,
		 uint8_t family, struct ip *ip, struct error *err)
{
	return name_address_text(session, arg->text, arg->word, seen_from, family, ip, err);
}

void name_note_own(struct session *session, const char *text, const char *from,
		   const struct ip *ip)
{
	struct error ignored cleanup_error = ERROR_INIT;
	char shown[IP_TEXT];
	dev_t dev, own_dev;
	ino_t ino, own_ino;
	struct ns *own;

	if (!session->kernel || !world_has_ns(session->world, text) || strcmp(text, from) == 0)
		return;
	own = world_ns(session->world, from, WORLD_ADDRS, -1, &ignored);
	if (!own || !ns_addr_by_ip(own, ip) ||
	    kernel_netns_id(session->kernel, text, &dev, &ino, &ignored) < 0 ||
	    kernel_netns_id(session->kernel, from, &own_dev, &own_ino, &ignored) < 0 ||
	    (dev == own_dev && ino == own_ino))
		return;
	session_note(session, "note: %s of %s is an address of %s too: what is sent there does not "
		     "leave %s", ip_text(ip, shown), text, from, from);
}

const struct addr *name_addr(const struct ns *ns, const char *link, const struct arg *arg,
			     struct error *err)
{
	bool whole = strchr(arg->text, '/') != NULL;
	struct cidr cidr;

	if (cidr_parse_loose(arg->text, &cidr, arg->word, err) < 0)
		return NULL;
	for (size_t i = 0; i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if (strcmp(addr->link, link) == 0 && ip_equal(&addr->cidr.ip, &cidr.ip) &&
		    (!whole || addr->cidr.prefix == cidr.prefix))
			return addr;
	}
	error_set(err, STATUS_FAILED, arg->word, "%s:%s does not have %s", ns->name, link,
		  arg->text);
	return NULL;
}

int name_cidr(const struct arg *arg, struct cidr *cidr, struct error *err)
{
	unsigned bits;
	char text[CIDR_TEXT];
	struct cidr network;
	struct ip broadcast;

	if (cidr_parse(arg->text, cidr, arg->word, err) < 0)
		return -1;
	bits = ip_bits(cidr->ip.family);
	network = cidr_network(cidr);
	if (ip_is_multicast(&cidr->ip))
		return error_set(err, STATUS_USAGE, arg->word,
				 "%s is a multicast address: no interface can have it",
				 arg->text);
	if (ip_is_zero(&cidr->ip))
		return error_set(err, STATUS_USAGE, arg->word,
				 "%s is no address of an interface", arg->text);
	if (cidr->ip.family != AF_INET || cidr->prefix + 1u >= bits)
		return 0;
	if (cidr_is_network(cidr)) {
		struct cidr first = { ip_next(&cidr->ip), cidr->prefix };

		error_set(err, STATUS_USAGE, arg->word,
			  "%s is the network itself, not an address in it", arg->text);
		return error_hint(err, "%s is its first", cidr_text(&first, text));
	}
	broadcast = cidr_broadcast(&network);
	if (ip_equal(&broadcast, &cidr->ip))
		return error_set(err, STATUS_USAGE, arg->word,
				 "%s is the broadcast address of %s", arg->text,
				 cidr_text(&network, text));
	return 0;
}

/* --- new names --- */

/* What keeps two long names apart once they are cut: 16 bits. */
static unsigned short_hash(const char *text)
{
	uint32_t hash = str_hash(text);

	return (hash >> 16) ^ (hash & 0xffff);
}

/*
 * "veth-" MIDDLE NUMBER SUFFIX; too long for the kernel: cut, with a hash of the whole in
 * place of the rest.
 */
static void derive(const char *middle, unsigned number, const char *suffix,
		   struct free_name *name)
{
	cleanup_free char *digits = number > 1 ? xasprintf("%u", number) : xstrdup("");
	cleanup_free char *full = xasprintf("veth-%s%s%s", middle, digits, suffix);
	size_t keep;

	name->altname = NULL;
	if (strlen(full) < IFNAMSIZ) {
		str_copy(name->name, IFNAMSIZ, full);
		return;
	}
	keep = IFNAMSIZ - 1 - strlen("veth-") - strlen("-0000") - strlen(digits) -
	       strlen(suffix);
	/* Not in the middle of a UTF-8 character. */
	while (keep > 0 && ((unsigned char)middle[keep] & 0xc0) == 0x80)
		keep--;
	snprintf(name->name, IFNAMSIZ, "veth-%.*s-%04x%s%s", (int)keep, middle,
		 short_hash(middle), digits, suffix);
	/* The kernel takes alternative names of up to 127 bytes. */
	if (strlen(full) < 128)
		name->altname = steal_pointer(&full);
}

void name_free_pair(const struct ns *ns, const char *suffix, const struct ns *other,
		    const char *other_suffix, const char *middle, struct free_name *name,
		    struct free_name *other_name)
{
	for (unsigned number = 1;; number++) {
		derive(middle, number, suffix, name);
		derive(middle, number, other_suffix, other_name);
		if (!ns_link(ns, name->name) && !ns_link(other, other_name->name))
			return;
		free(name->altname);
		free(other_name->altname);
	}
}

void name_free(const struct ns *ns, const char *middle, const char *suffix,
	       struct free_name *name)
{
	for (unsigned number = 1;; number++) {
		derive(middle, number, suffix, name);
		if (!ns_link(ns, name->name))
			return;
		free(name->altname);
	}
}

struct ns *name_listed(struct session *session, const struct args *args, unsigned parts,
		       const char **only, struct error *err)
{
	const struct arg *end = arg_get(args, "END");
	struct link *link;
	struct ns *ns;

	*only = NULL;
	if (!end)
		return world_ns(session->world, session->ns, parts, -1, err);
	if (!strchr(end->text, ':') && world_has_ns(session->world, end->text))
		return world_ns(session->world, end->text, parts, end->word, err);
	if (name_end(session, end, parts, &ns, &link, err) < 0)
		return NULL;
	*only = link->name;
	return ns;
}

int name_not_lo(const struct ns *ns, const char *name, const struct arg *arg, struct error *err)
{
	const struct link *link = ns_link(ns, name);

	if (!link || !(link->flags & IFF_LOOPBACK))
		return 0;
	return error_set(err, STATUS_FAILED, arg->word,
			 "lo keeps its name: programs, nsh among them, go by it");
}
