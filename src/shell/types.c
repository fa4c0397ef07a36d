/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/types.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lab/lab.h"
#include "shell/foreign_types.h"
#include "shell/grammar.h"
#include "shell/lexer.h"

/* --- candidates --- */

static void add(struct candidates *candidates, const char *text, const char *help,
		bool partial)
{
	struct candidate *candidate;

	if (candidates->prefix && !str_starts(text, candidates->prefix))
		return;
	candidate = vector_add(&candidates->list);
	candidate->text = xstrdup(text);
	candidate->help = help ? xstrdup(help) : NULL;
	candidate->partial = partial;
}

void candidates_add(struct candidates *candidates, const char *text, const char *help)
{
	add(candidates, text, help, false);
}

void candidates_add_partial(struct candidates *candidates, const char *text,
			    const char *help)
{
	add(candidates, text, help, true);
}

static int compare_candidates(const void *a, const void *b)
{
	return str_natural(((const struct candidate *)a)->text,
			   ((const struct candidate *)b)->text);
}

void candidates_sort(struct candidates *candidates)
{
	size_t kept = 0;

	if (candidates->list.n < 2)
		return;
	qsort(candidates->list.v, candidates->list.n, sizeof(*candidates->list.v),
	      compare_candidates);
	for (size_t i = 1; i < candidates->list.n; i++) {
		struct candidate *last = &candidates->list.v[kept], *c = &candidates->list.v[i];

		if (strcmp(last->text, c->text) != 0) {
			candidates->list.v[++kept] = *c;
			continue;
		}
		last->partial |= c->partial;
		free(c->text);
		free(c->help);
	}
	candidates->list.n = kept + 1;
}

void candidates_free(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->list.n; i++) {
		free(candidates->list.v[i].text);
		free(candidates->list.v[i].help);
	}
	vector_free(&candidates->list);
}

/* --- the form of names --- */

/* Bytes that no name may hold. WHAT: "a namespace". */
static int check_bytes(const char *name, const char *what, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(name);

	if (!*name)
		return error_set(err, STATUS_USAGE, word, "%s needs a name of at least one "
							  "character", what);
	if (strcmp(seen, name) != 0)
		return error_set(err, STATUS_USAGE, word,
				 "%s holds a character that cannot be shown: no name for %s",
				 seen, what);
	if (strchr(name, '/')) {
		error_set(err, STATUS_USAGE, word, "%s holds a /: no name for %s", seen, what);
		return error_part(err, (size_t)(strchr(name, '/') - name), 1);
	}
	if (strpbrk(name, " \t"))
		return error_set(err, STATUS_USAGE, word, "\"%s\" holds a blank: no name for %s",
				 seen, what);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return error_set(err, STATUS_USAGE, word, "%s is no name for %s", seen, what);
	return 0;
}

static int check_ns(const char *text, int word, struct error *err)
{
	if (check_bytes(text, "a namespace", word, err) < 0)
		return -1;
	if (strchr(text, ':')) {
		error_set(err, STATUS_USAGE, word,
			  "%s: a namespace alone is wanted here, without an interface", text);
		return error_part(err, (size_t)(strchr(text, ':') - text),
				  strlen(strchr(text, ':')));
	}
	if (strlen(text) > NS_NAME_MAX) {
		error_set(err, STATUS_USAGE, word, "%.20s... is longer than %d characters", text,
			  NS_NAME_MAX);
		return error_part(err, NS_NAME_MAX, strlen(text) - NS_NAME_MAX);
	}
	return 0;
}

static int check_new_ns(const char *text, int word, struct error *err)
{
	if (check_ns(text, word, err) < 0)
		return -1;
	if (strcmp(text, HOST) == 0)
		return error_set(err, STATUS_USAGE, word,
				 "host is the name of the namespace that nsh lives in");
	if (text[0] == '-')
		return error_set(err, STATUS_USAGE, word,
				 "%s: a name that starts with - looks like an option", text);
	return 0;
}

static int check_link(const char *text, int word, struct error *err)
{
	if (check_bytes(text, "an interface", word, err) < 0)
		return -1;
	if (strlen(text) > 127)
		return error_set(err, STATUS_USAGE, word,
				 "%.20s... is no name for an interface: it is too long", text);
	return 0;
}

static int check_new_link(const char *text, int word, struct error *err)
{
	if (check_bytes(text, "an interface", word, err) < 0)
		return -1;
	if (strchr(text, ':')) {
		error_set(err, STATUS_USAGE, word, "%s holds a colon: no name for an interface",
			  text);
		return error_part(err, (size_t)(strchr(text, ':') - text), 1);
	}
	if (text[0] == '-')
		return error_set(err, STATUS_USAGE, word,
				 "%s: a name that starts with - looks like an option", text);
	if (strchr(text, '%'))
		return error_set(err, STATUS_USAGE, word,
				 "%s holds a %%, which the kernel would fill in", text);
	if (strlen(text) >= IFNAMSIZ) {
		error_set(err, STATUS_USAGE, word, "%s is longer than %d characters", text,
			  IFNAMSIZ - 1);
		return error_part(err, IFNAMSIZ - 1, strlen(text) - (IFNAMSIZ - 1));
	}
	return 0;
}

/* Moves the blame of an error in a part of a word to where that part stands. */
static int shift(struct error *err, size_t by, size_t length)
{
	if (err->length == 0)
		return error_part(err, by, length);
	return error_part(err, err->from + by, err->length);
}

static int check_pair(const char *text, int word,
		      int (*check_if)(const char *, int, struct error *), struct error *err)
{
	const char *colon = strchr(text, ':');
	cleanup_free char *ns = NULL;

	if (strpbrk(text, ":/") && ip_looks_like(text))
		return error_set(err, STATUS_USAGE, word,
				 "%s is an address: the name of a namespace or an interface is "
				 "wanted here", text);
	if (!colon)
		return check_bytes(text, "a namespace", word, err);
	ns = xstrndup(text, (size_t)(colon - text));
	if (*ns && check_ns(ns, word, err) < 0)
		return -1;
	if (check_if(colon + 1, word, err) < 0)
		return shift(err, (size_t)(colon + 1 - text), strlen(colon + 1));
	return 0;
}

static int check_end(const char *text, int word, struct error *err)
{
	return check_pair(text, word, check_link, err);
}

static int check_new_end(const char *text, int word, struct error *err)
{
	return check_pair(text, word, check_new_link, err);
}

/* A bridge that is there or is to be made: "v-net-0", "red:br0". */
static int check_bridge(const char *text, int word, struct error *err)
{
	if (strchr(text, ':'))
		return check_pair(text, word, check_new_link, err);
	return check_new_link(text, word, err);
}

static int check_cidr(const char *text, int word, struct error *err)
{
	struct cidr cidr;

	return cidr_parse(text, &cidr, word, err);
}

static int check_addr(const char *text, int word, struct error *err)
{
	struct cidr cidr;

	return cidr_parse_loose(text, &cidr, word, err);
}

static int check_net(const char *text, int word, struct error *err)
{
	struct cidr cidr, network;
	char right[CIDR_TEXT];

	if (cidr_parse_loose(text, &cidr, word, err) < 0)
		return -1;
	if (!strchr(text, '/')) {
		error_set(err, STATUS_USAGE, word,
			  "%s lacks a prefix length: alone it is an address, not a network", text);
		cidr.prefix = cidr.ip.family == AF_INET ? 24 : 64;
	} else if (cidr_is_network(&cidr)) {
		return 0;
	} else {
		error_set(err, STATUS_USAGE, word, "%s is an address, not a network", text);
	}
	network = cidr_network(&cidr);
	return error_hint(err, "did you mean %s?", cidr_text(&network, right));
}

static int check_ip(const char *text, int word, struct error *err)
{
	struct ip ip;

	return ip_parse(text, &ip, word, err);
}

/* An address or a name that stands for one. */
static int check_host(const char *text, int word, struct error *err)
{
	struct ip ip;

	if (ip_looks_like(text))
		return ip_parse(text, &ip, word, err);
	return check_pair(text, word, check_link, err);
}

/* What ping has before and behind its options. */
static int check_no_option(const char *text, int word, struct error *err)
{
	cleanup_free char *seen = str_visible(text);

	if (text[0] != '-')
		return 0;
	return error_set(err, STATUS_USAGE, word, "nsh's ping does not know the option %s", seen);
}

static int check_from(const char *text, int word, struct error *err)
{
	return check_no_option(text, word, err) < 0 ? -1 : check_ns(text, word, err);
}

static int check_to(const char *text, int word, struct error *err)
{
	return check_no_option(text, word, err) < 0 ? -1 : check_host(text, word, err);
}

static int check_dest(const char *text, int word, struct error *err)
{
	struct cidr cidr;

	if (ip_looks_like(text))
		return cidr_parse_loose(text, &cidr, word, err);
	return check_pair(text, word, check_link, err);
}

static int check_mac(const char *text, int word, struct error *err)
{
	uint8_t mac[6];

	if (!mac_parse(text, mac)) {
		error_set(err, STATUS_USAGE, word, "%s is not a MAC address", text);
		return error_hint(err, "it has six pairs of hexadecimal digits: "
				       "02:00:00:00:00:01");
	}
	if (mac[0] & 1)
		return error_set(err, STATUS_USAGE, word,
				 "%s is a multicast address: no interface can have it", text);
	if (memcmp(mac, (uint8_t[6]){ 0 }, sizeof(mac)) == 0)
		return error_set(err, STATUS_USAGE, word, "%s: no interface can have it", text);
	return 0;
}

static int check_range(const char *text, int word, unsigned long long min,
		       unsigned long long max, const char *what, struct error *err)
{
	unsigned long long number;
	cleanup_free char *seen = NULL;

	if (str_number(text, min, max, &number))
		return 0;
	seen = str_visible(text);
	return error_set(err, STATUS_USAGE, word, "%s is not %s: a number from %llu to %llu",
			 seen, what, min, max);
}

static int check_mtu(const char *text, int word, struct error *err)
{
	return check_range(text, word, 68, 65535, "an MTU", err);
}

static int check_port(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 65535, "a port", err);
}

static int check_count(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 1000000, "a count", err);
}

static int check_pid(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 4194304, "a process number", err);
}

static int check_job(const char *text, int word, struct error *err)
{
	return check_range(text, word, 1, 1000000, "a job", err);
}

/* "[2001:db8::1]:80", or without the port where none is WANTED. */
static int check_bracketed(const char *text, bool wanted, int word, struct error *err)
{
	const char *close = strchr(text, ']');
	cleanup_free char *host = NULL;
	struct ip ip;

	if (!close)
		return error_set(err, STATUS_USAGE, word, "%s lacks its ]", text);
	host = xstrndup(text + 1, (size_t)(close - text - 1));
	if (ip_parse(host, &ip, word, err) < 0)
		return -1;
	if (!close[1] && !wanted)
		return 0;
	if (close[1] != ':') {
		error_set(err, STATUS_USAGE, word, "%s lacks its port", text);
		return error_hint(err, "[ADDRESS]:PORT");
	}
	if (check_port(close + 2, word, err) < 0)
		return shift(err, (size_t)(close + 2 - text), strlen(close + 2));
	return 0;
}

static int check_listen(const char *text, int word, struct error *err)
{
	const char *colon = strrchr(text, ':');
	cleanup_free char *host = NULL;
	struct ip ip;

	if (!colon)
		return check_port(text, word, err);
	if (colon == text)
		return error_set(err, STATUS_USAGE, word, "%s lacks the address before its port",
				 text);
	if (text[0] == '[')
		return check_bracketed(text, true, word, err);
	if (strchr(text, ':') != colon) {
		error_set(err, STATUS_USAGE, word, "%s: an IPv6 address before a port stands in "
						   "brackets", text);
		return error_hint(err, "[ADDRESS]:PORT");
	}
	if (check_port(colon + 1, word, err) < 0)
		return shift(err, (size_t)(colon + 1 - text), strlen(colon + 1));
	host = xstrndup(text, (size_t)(colon - text));
	return ip_parse(host, &ip, word, err);
}

static int check_target(const char *text, int word, struct error *err)
{
	const char *colon = strrchr(text, ':');
	cleanup_free char *host = NULL;
	unsigned long long port;

	if (text[0] == '[')
		return check_bracketed(text, false, word, err);
	if (!colon || !isdigit((unsigned char)colon[1]) || ip_looks_like(text))
		return check_host(text, word, err);
	if (!str_number(colon + 1, 1, 65535, &port)) {
		check_port(colon + 1, word, err);
		return shift(err, (size_t)(colon + 1 - text), strlen(colon + 1));
	}
	host = xstrndup(text, (size_t)(colon - text));
	return check_host(host, word, err);
}

static const char *const kinds[] = {
	"bridge", "dummy", "ifb", NULL,
};

static int check_kind(const char *text, int word, struct error *err)
{
	struct strings known cleanup_strings = { 0 };
	const char *near;

	for (size_t i = 0; kinds[i]; i++) {
		if (strcmp(kinds[i], text) == 0)
			return 0;
		strings_add(&known, kinds[i]);
	}
	near = str_nearest(text, &known);
	error_set(err, STATUS_USAGE, word, "nsh does not make interfaces of the kind %s", text);
	if (near)
		return error_hint(err, "did you mean %s?", near);
	return error_hint(err, "it makes bridge, dummy and ifb; cables come from \"cable\"");
}

static int check_variable(const char *text, int word, struct error *err)
{
	if (is_variable_name(text))
		return 0;
	error_set(err, STATUS_USAGE, word,
		  "%s is no name for a variable: letters, digits and _ make one", text);
	if (strchr(text, '='))
		error_hint(err, "blanks belong around the =: NAME = VALUE");
	return -1;
}

static int check_duration(const char *text, int word, struct error *err)
{
	const char *unit = text + strspn(text, "0123456789.");
	cleanup_free char *seen = str_visible(text);

	/* No more than strtod() reads: not its exponents and hexadecimal digits. */
	if (isdigit((unsigned char)text[0]) && strchr(text, '.') == strrchr(text, '.') &&
	    (!*unit || strcmp(unit, "s") == 0 || strcmp(unit, "ms") == 0 ||
	     strcmp(unit, "m") == 0)) {
		double value = strtod(text, NULL);

		if (value * (strcmp(unit, "m") == 0 ? 60 : 1) <= 86400)
			return 0;
		return error_set(err, STATUS_USAGE, word, "%s is longer than a day", seen);
	}
	error_set(err, STATUS_USAGE, word, "%s is not a time", seen);
	return error_hint(err, "5s, 0.5s, 200ms or 1m is one");
}

/* --- what there is --- */

static bool is_typed(const struct args *so_far, const char *name)
{
	for (size_t i = 0; i < so_far->n; i++)
		if (!so_far->v[i].literal && strcmp(so_far->v[i].text, name) == 0)
			return true;
	return false;
}

/* Namespaces that the line does not name yet. */
static void add_names(struct session *session, const struct args *so_far,
		      struct candidates *candidates, bool host)
{
	struct error ignored cleanup_error = ERROR_INIT;
	const struct strings *names;

	if (host && !is_typed(so_far, HOST))
		add(candidates, HOST, "the namespace that nsh lives in", false);
	if (world_names(session->world, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (!is_typed(so_far, names->v[i]))
			add(candidates, names->v[i], "a namespace", false);
}

static struct ns *ns_of(struct session *session, const char *name, unsigned parts)
{
	struct error ignored cleanup_error = ERROR_INIT;

	return world_ns(session->world, name, parts, -1, &ignored);
}

static void complete_ns(struct session *session, const struct args *so_far,
			struct candidates *candidates)
{
	add_names(session, so_far, candidates, true);
}

static void complete_room(struct session *session, const struct args *so_far,
			  struct candidates *candidates)
{
	add_names(session, so_far, candidates, false);
}

/* "red:", behind which comes the name of what is to be made. */
static void complete_new_end(struct session *session, const struct args *so_far,
			     struct candidates *candidates)
{
	struct candidates names = { 0 };

	if (candidates->prefix && strchr(candidates->prefix, ':'))
		return;
	complete_ns(session, so_far, &names);
	for (size_t i = 0; i < names.list.n; i++) {
		cleanup_free char *text = xasprintf("%s:", names.list.v[i].text);

		candidates_add_partial(candidates, text, names.list.v[i].help);
	}
	candidates_free(&names);
}


static const char *link_help(const struct link *link)
{
	return link->kind[0] ? link->kind : "interface";
}

/* "red", and once there is a colon "red:veth-red"; bare interfaces of the current namespace. */
static void complete_end(struct session *session, const struct args *so_far,
			 struct candidates *candidates)
{
	const char *prefix = candidates->prefix ? candidates->prefix : "";
	const char *colon = strchr(prefix, ':');
	struct ns *ns;

	if (colon) {
		cleanup_free char *name = colon == prefix ?
						  xstrdup(session->ns) :
						  xstrndup(prefix, (size_t)(colon - prefix));

		ns = ns_of(session, name, WORLD_LINKS);
		for (size_t i = 0; ns && i < ns->links.n; i++) {
			cleanup_free char *text = xasprintf("%.*s:%s", (int)(colon - prefix),
							    prefix, ns->links.v[i].name);

			add(candidates, text, link_help(&ns->links.v[i]), false);
		}
		return;
	}
	add_names(session, so_far, candidates, true);
	ns = ns_of(session, session->ns, WORLD_LINKS);
	for (size_t i = 0; ns && i < ns->links.n; i++)
		if (!(ns->links.v[i].flags & IFF_LOOPBACK) && !ns->links.v[i].master)
			add(candidates, ns->links.v[i].name, link_help(&ns->links.v[i]), false);
}

static void complete_bridge(struct session *session, const struct args *so_far,
			    struct candidates *candidates)
{
	struct ns *ns = ns_of(session, session->ns, WORLD_LINKS);

	(void)so_far;
	for (size_t i = 0; ns && i < ns->links.n; i++)
		if (strcmp(ns->links.v[i].kind, "bridge") == 0)
			add(candidates, ns->links.v[i].name, "a switch", false);
}

/* Namespaces that are attached to a switch; of a large one only the first. */
static void find_attached(struct session *session, const char *bridge,
			  struct strings *attached)
{
	const char *colon = strchr(bridge, ':');
	cleanup_free char *name = colon && colon > bridge ?
					  xstrndup(bridge, (size_t)(colon - bridge)) :
					  xstrdup(session->ns);
	struct ns *ns = ns_of(session, name, WORLD_LINKS);
	size_t ports = 0;

	for (size_t i = 0; ns && i < ns->links.n && ports < 64; i++) {
		struct link *peer;
		struct ns *peer_ns;

		if (strcmp(ns->links.v[i].master_name, colon ? colon + 1 : bridge) != 0)
			continue;
		ports++;
		if (world_peer(session->world, ns, &ns->links.v[i], &peer_ns, &peer))
			strings_add(attached, peer_ns->name);
	}
}

/* Of namespaces those that can be attached, or detached. */
static void complete_member(struct session *session, const struct args *so_far,
			    struct candidates *candidates)
{
	struct strings attached cleanup_strings = { 0 };
	bool detach = arg_has(so_far, "detach");
	const struct strings *names;
	struct error ignored cleanup_error = ERROR_INIT;

	/* A name behind the colon is that of an end to be made. */
	if (!arg_get(so_far, "BR") || world_names(session->world, &names, &ignored) < 0)
		return;
	find_attached(session, arg_text(so_far, "BR"), &attached);
	for (size_t i = 0; i < names->n; i++)
		if (!is_typed(so_far, names->v[i]) &&
		    strings_has(&attached, names->v[i]) == detach)
			add(candidates, names->v[i], "a namespace", false);
}

/* The namespace that the line is about: its NS, or that of its END, or the current one. */
static struct ns *subject(struct session *session, const struct args *so_far, unsigned parts,
			  const char **link)
{
	const struct arg *ns = arg_get(so_far, "NS"), *end = arg_get(so_far, "END");
	const char *colon;

	*link = NULL;
	if (!end) {
		/* What is typed first of two ends. */
		end = arg_get(so_far, "A");
	}
	if (ns)
		return ns_of(session, ns->text, parts);
	if (!end)
		return ns_of(session, session->ns, parts);
	colon = strchr(end->text, ':');
	if (colon) {
		cleanup_free char *name = colon == end->text ?
						  xstrdup(session->ns) :
						  xstrndup(end->text, (size_t)(colon - end->text));

		*link = colon + 1;
		return ns_of(session, name, parts);
	}
	if (world_has_ns(session->world, end->text))
		return ns_of(session, end->text, parts);
	*link = end->text;
	return ns_of(session, session->ns, parts);
}

static void complete_link(struct session *session, const struct args *so_far,
			  struct candidates *candidates)
{
	const char *link;
	struct ns *ns = subject(session, so_far, WORLD_LINKS, &link);

	for (size_t i = 0; ns && i < ns->links.n; i++)
		if (!(ns->links.v[i].flags & IFF_LOOPBACK))
			add(candidates, ns->links.v[i].name, link_help(&ns->links.v[i]), false);
}

static void complete_addr(struct session *session, const struct args *so_far,
			  struct candidates *candidates)
{
	const char *link;
	struct ns *ns = subject(session, so_far, WORLD_ADDRS, &link);
	char text[CIDR_TEXT];

	for (size_t i = 0; ns && i < ns->addrs.n; i++)
		if (!link || strcmp(ns->addrs.v[i].link, link) == 0)
			add(candidates, cidr_text(&ns->addrs.v[i].cidr, text),
			    ns->addrs.v[i].link, false);
}

/* Addresses that are in use around a subnet, as far as they can be found without a search. */
struct used {
	addr_list list;
	bool found;
	struct cidr network;
};

static void use_addrs(struct used *used, const struct ns *ns, const char *link)
{
	for (size_t i = 0; ns && i < ns->addrs.n; i++) {
		const struct addr *addr = &ns->addrs.v[i];

		if ((link && strcmp(addr->link, link) != 0) ||
		    ip_is_loopback(&addr->cidr.ip) || ip_is_link_local(&addr->cidr.ip))
			continue;
		*vector_add(&used->list) = *addr;
		if (!used->found)
			used->network = cidr_network(&addr->cidr);
		used->found = true;
	}
}

/* Those on a switch: its own, and of what is attached to it; of large ones only the first. */
static void use_bridge(struct session *session, struct used *used, const char *ns_name,
		       const char *bridge)
{
	struct ns *ns = ns_of(session, ns_name, WORLD_ADDRS);
	size_t ports = 0;

	use_addrs(used, ns, bridge);
	for (size_t i = 0; ns && i < ns->links.n && ports < 64; i++) {
		struct link *peer;
		struct ns *peer_ns;

		if (strcmp(ns->links.v[i].master_name, bridge) != 0)
			continue;
		ports++;
		if (!world_peer(session->world, ns, &ns->links.v[i], &peer_ns, &peer))
			continue;
		peer_ns = ns_of(session, peer_ns->name, WORLD_ADDRS);
		if (peer_ns)
			use_addrs(used, peer_ns, peer->name);
	}
}

/* Those at the other end of a link: of its peer, or of the switch that is attached to. */
static void use_link(struct session *session, struct used *used, struct ns *ns,
		     struct link *link)
{
	cleanup_free char *name = xstrdup(link->name);
	struct ns *peer_ns;
	struct link *peer;

	if (strcmp(link->kind, "bridge") == 0) {
		use_bridge(session, used, ns->name, name);
		return;
	}
	use_addrs(used, ns_of(session, ns->name, WORLD_ADDRS), name);
	if (!world_peer(session->world, ns, link, &peer_ns, &peer))
		return;
	if (peer->master_name[0]) {
		cleanup_free char *master = xstrdup(peer->master_name);

		use_bridge(session, used, peer_ns->name, master);
	} else {
		cleanup_free char *peer_name = xstrdup(peer->name);

		use_addrs(used, ns_of(session, peer_ns->name, WORLD_ADDRS), peer_name);
	}
}

static bool is_used(const struct used *used, const struct args *so_far, const struct ip *ip)
{
	for (size_t i = 0; i < used->list.n; i++)
		if (ip_equal(&used->list.v[i].cidr.ip, ip))
			return true;
	for (size_t i = 0; i < so_far->n; i++) {
		struct error ignored cleanup_error = ERROR_INIT;
		struct cidr cidr;

		if (cidr_parse(so_far->v[i].text, &cidr, -1, &ignored) == 0 &&
		    ip_equal(&cidr.ip, ip))
			return true;
	}
	return false;
}

/* The first few free addresses of the subnet that the line is about. */
static void complete_cidr(struct session *session, const struct args *so_far,
			  struct candidates *candidates)
{
	const struct arg *br = arg_get(so_far, "BR"), *typed = arg_get(so_far, "CIDR");
	struct used used = { 0 };
	const char *link_name;
	char text[CIDR_TEXT];
	struct ip ip;
	struct ns *ns;

	if (br) {
		use_bridge(session, &used, session->ns, br->text);
	} else {
		ns = subject(session, so_far, WORLD_LINKS, &link_name);
		for (size_t i = 0; ns && i < ns->links.n; i++) {
			struct link *link = &ns->links.v[i];

			if (link->flags & IFF_LOOPBACK)
				continue;
			if (!link_name || strcmp(link->name, link_name) == 0)
				use_link(session, &used, ns, link);
		}
	}
	if (!used.found && typed) {
		struct error ignored cleanup_error = ERROR_INIT;

		used.found = cidr_parse(typed->text, &used.network, -1, &ignored) == 0;
		used.network = cidr_network(&used.network);
	}
	ip = used.network.ip;
	for (int offered = 0, tries = 0; used.found && offered < 8 && tries < 1024; tries++) {
		struct cidr cidr = { ip_next(&ip), used.network.prefix };
		struct ip broadcast = cidr_broadcast(&used.network);

		ip = cidr.ip;
		if (!cidr_contains(&used.network, &ip) || ip_equal(&ip, &broadcast))
			break;
		if (is_used(&used, so_far, &ip))
			continue;
		add(candidates, cidr_text(&cidr, text), "free", false);
		offered++;
	}
	vector_free(&used.list);
}

static void complete_net(struct session *session, const struct args *so_far,
			 struct candidates *candidates)
{
	const char *link;
	struct ns *ns = subject(session, so_far, WORLD_ADDRS, &link);
	char text[CIDR_TEXT];

	for (size_t i = 0; ns && i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (!ip_is_loopback(&network.ip) && !ip_is_link_local(&network.ip))
			add(candidates, cidr_text(&network, text), ns->addrs.v[i].link, false);
	}
}

/* Gateways: whoever else is on the networks of the namespace that is routed from. */
static void complete_gw(struct session *session, const struct args *so_far,
			struct candidates *candidates)
{
	const char *ignored;
	struct ns *ns = subject(session, so_far, WORLD_ADDRS, &ignored), *bridge_ns = NULL;
	struct used used = { 0 };
	char text[IP_TEXT];

	for (size_t i = 0; ns && i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i], *peer;
		struct ns *peer_ns;

		if (link->flags & IFF_LOOPBACK)
			continue;
		use_link(session, &used, ns, link);
		/* The switch's own address is the gateway people mean: offer it by name too. */
		if (world_peer(session->world, ns, link, &peer_ns, &peer) &&
		    peer->master_name[0] && strcmp(peer_ns->name, session->ns) == 0) {
			bridge_ns = ns_of(session, peer_ns->name, WORLD_ADDRS);
			for (size_t j = 0; bridge_ns && j < bridge_ns->addrs.n; j++)
				if (strcmp(bridge_ns->addrs.v[j].link, peer->master_name) == 0 &&
				    !ip_is_link_local(&bridge_ns->addrs.v[j].cidr.ip)) {
					add(candidates, peer->master_name, "a switch", false);
					break;
				}
		}
	}
	for (size_t i = 0; i < used.list.n; i++) {
		bool own = false;

		for (size_t j = 0; ns && j < ns->addrs.n; j++)
			own |= ip_equal(&ns->addrs.v[j].cidr.ip, &used.list.v[i].cidr.ip);
		if (!own)
			add(candidates, ip_text(&used.list.v[i].cidr.ip, text),
			    used.list.v[i].link, false);
	}
	vector_free(&used.list);
}

static void complete_dest(struct session *session, const struct args *so_far,
			  struct candidates *candidates)
{
	const struct arg *ns_arg = arg_get(so_far, "NS");
	struct ns *ns = ns_of(session, ns_arg ? ns_arg->text : session->ns, WORLD_ROUTES);
	bool deleting = arg_has(so_far, "del");
	char text[CIDR_TEXT];

	if (!deleting)
		add(candidates, "default", "everything else", false);
	for (size_t i = 0; deleting && ns && i < ns->routes.n; i++) {
		const struct route *route = &ns->routes.v[i];

		if (ip_is_multicast(&route->dest.ip) || ip_is_link_local(&route->dest.ip))
			continue;
		add(candidates,
		    route->dest.prefix ? cidr_text(&route->dest, text) : "default",
		    route->link, false);
	}
	if (deleting)
		return;
	/* The networks of host, which others most often want to reach. */
	ns = ns_of(session, HOST, WORLD_ADDRS);
	for (size_t i = 0; ns && i < ns->addrs.n; i++) {
		struct cidr network = cidr_network(&ns->addrs.v[i].cidr);

		if (!ip_is_loopback(&network.ip) && !ip_is_link_local(&network.ip))
			add(candidates, cidr_text(&network, text), "a network of host", false);
	}
}

static void complete_neigh(struct session *session, const struct args *so_far,
			   struct candidates *candidates)
{
	const struct arg *ns_arg = arg_get(so_far, "NS");
	struct ns *ns = ns_of(session, ns_arg ? ns_arg->text : session->ns, WORLD_NEIGHS);
	char text[IP_TEXT];

	for (size_t i = 0; ns && i < ns->neighs.n; i++)
		add(candidates, ip_text(&ns->neighs.v[i].ip, text), ns->neighs.v[i].link, false);
}

static void complete_kind(struct session *session, const struct args *so_far,
			  struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	for (size_t i = 0; kinds[i]; i++)
		add(candidates, kinds[i], NULL, false);
}

static void complete_job(struct session *session, const struct args *so_far,
			 struct candidates *candidates)
{
	const job_list *jobs = session_jobs(session);

	(void)so_far;
	for (size_t i = 0; i < jobs->n; i++) {
		cleanup_free char *text = xasprintf("%u", jobs->v[i].number);

		add(candidates, text, jobs->v[i].what, false);
	}
}

static void complete_lab(struct session *session, const struct args *so_far,
			 struct candidates *candidates)
{
	struct error ignored cleanup_error = ERROR_INIT;
	lab_list labs = { 0 };

	(void)session;
	(void)so_far;
	if (lab_read(&labs, &ignored) == 0)
		for (size_t i = 0; i < labs.n; i++)
			add(candidates, labs.v[i].name, NULL, false);
	lab_list_free(&labs);
}

static void complete_listen(struct session *session, const struct args *so_far,
			    struct candidates *candidates)
{
	struct ns *ns = NULL;

	/* What is published already is of use to those who end that. */
	if (arg_has(so_far, "unpublish"))
		ns = ns_of(session, session->ns, WORLD_NFT);
	for (size_t i = 0; ns && i < ns->nft.rules.n; i++) {
		const struct nft_rule *rule = &ns->nft.rules.v[i];
		cleanup_free char *text = xasprintf("%u", rule->dport.first);

		if (rule->verdict == NFT_VERDICT_DNAT && rule->chain == NFT_CHAIN_PREROUTING)
			add(candidates, text, rule->comment, false);
	}
}

static void complete_pid(struct session *session, const struct args *so_far,
			 struct candidates *candidates)
{
	struct error ignored cleanup_error = ERROR_INIT;
	netns_found_list found = { 0 };

	(void)so_far;
	if (!session->kernel || kernel_netns_all(session->kernel, &found, &ignored) < 0)
		return;
	for (size_t i = 0; i < found.n; i++) {
		cleanup_free char *text = xasprintf("%d", (int)found.v[i].pid);

		if (found.v[i].pid && !found.v[i].name)
			add(candidates, text, found.v[i].command, false);
	}
	netns_found_free(&found);
}

static void complete_file(struct session *session, const struct args *so_far,
			  struct candidates *candidates)
{
	const char *prefix = candidates->prefix ? candidates->prefix : "";
	const char *slash = strrchr(prefix, '/'), *name = slash ? slash + 1 : prefix;
	cleanup_free char *dir = slash ? xstrndup(prefix, (size_t)(slash - prefix) + 1) :
					 xstrdup("");
	DIR *stream = opendir(*dir ? dir : ".");
	struct dirent *entry;

	(void)session;
	(void)so_far;
	if (!stream)
		return;
	while ((entry = readdir(stream))) {
		cleanup_free char *path = NULL;
		struct stat status;

		if (!str_starts(entry->d_name, name) ||
		    (entry->d_name[0] == '.' && name[0] != '.'))
			continue;
		path = xasprintf("%s%s", dir, entry->d_name);
		if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
			cleanup_free char *inside = xasprintf("%s/", path);

			add(candidates, inside, "a directory", true);
		} else {
			add(candidates, path, NULL, false);
		}
	}
	closedir(stream);
}

static void complete_program(struct session *session, const struct args *so_far,
			     struct candidates *candidates)
{
	const char *prefix = candidates->prefix ? candidates->prefix : "";
	cleanup_free char *path = xstrdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
	char *rest = path, *dir;

	if (strchr(prefix, '/')) {
		complete_file(session, so_far, candidates);
		return;
	}
	if (!*prefix)
		return; /* thousands: nobody reads that */
	while ((dir = strsep(&rest, ":"))) {
		DIR *stream = opendir(dir);
		struct dirent *entry;

		while (stream && (entry = readdir(stream)))
			if (str_starts(entry->d_name, prefix))
				add(candidates, entry->d_name, NULL, false);
		if (stream)
			closedir(stream);
	}
}

static void complete_topic(struct session *session, const struct args *so_far,
			   struct candidates *candidates)
{
	(void)session;
	(void)so_far;
	for (size_t i = 0; command_table[i]; i++) {
		for (const struct command *c = command_table[i]; c->grammar; c++) {
			cleanup_free char *word = xstrndup(c->grammar, strcspn(c->grammar, " "));

			add(candidates, word, NULL, false);
		}
	}
}

static void complete_variable(struct session *session, const struct args *so_far,
			      struct candidates *candidates)
{
	(void)so_far;
	for (size_t i = 0; i < session->variables.n; i++)
		add(candidates, session->variables.v[i].name, session->variables.v[i].value,
		    false);
}

const struct param_type param_types[] = {
	{ "NS", "a namespace", check_ns, complete_ns },
	{ "ROOM", "a namespace other than host", check_ns, complete_room },
	{ "NEWNS", "a name for a namespace", check_new_ns, NULL },
	{ "FROM", "a namespace", check_from, complete_ns },
	{ "END", "an interface, as NS, NS:IF or IF", check_end, complete_end },
	{ "NEWEND", "an interface to be made, as NS:IF", check_new_end, complete_new_end },
	{ "A", "a namespace, or NS:IF to name the end", check_new_end, complete_ns },
	{ "B", "a namespace, or NS:IF to name the end", check_new_end, complete_ns },
	{ "BR", "a switch", check_bridge, complete_bridge },
	{ "MEMBER", "a namespace, or an interface of this one", check_end, complete_member },
	{ "LINK", "an interface", check_link, complete_link },
	{ "NEWIF", "a name for an interface", check_new_link, NULL },
	{ "ALTNAME", "a further, longer name for an interface", check_link, NULL },
	{ "KIND", "a kind of interface", check_kind, complete_kind },
	{ "CIDR", "an address with its prefix length, as 192.168.15.1/24", check_cidr,
	  complete_cidr },
	{ "ADDR", "an address that the interface has", check_addr, complete_addr },
	{ "IP", "an address", check_ip, complete_neigh },
	{ "NET", "a network, as 192.168.15.0/24", check_net, complete_net },
	{ "DEST", "a network, an address or \"default\"", check_dest, complete_dest },
	{ "GW", "a gateway: an address, or a name that stands for one", check_host,
	  complete_gw },
	{ "TO", "an address, or a name that stands for one", check_to, complete_end },
	{ "MAC", "a MAC address, as 02:00:00:00:00:01", check_mac, NULL },
	{ "MTU", "a size in bytes, 1500 as usual", check_mtu, NULL },
	{ "PORT", "a port", check_port, NULL },
	{ "LISTEN", "a port, or ADDRESS:PORT", check_listen, complete_listen },
	{ "TARGET", "a namespace or address, with :PORT where that differs", check_target,
	  complete_room },
	{ "URL", "a page, as http://192.168.15.2/", NULL, complete_ns },
	{ "N", "a number", check_count, NULL },
	{ "PID", "the number of a process", check_pid, complete_pid },
	{ "PATH", "a file", NULL, complete_file },
	{ "FILE", "a file", NULL, complete_file },
	{ "PROGRAM", "a program", NULL, complete_program },
	{ "ARG", "an argument of the program", NULL, complete_file },
	{ "JOB", "the number of a job", check_job, complete_job },
	{ "LAB", "a named lab", lab_check_name, complete_lab },
	{ "TEXT", "some text", NULL, NULL },
	{ "WORD", "a word", NULL, NULL },
	{ "TOPIC", "a command or another topic", NULL, complete_topic },
	{ "NAME", "a variable", check_variable, complete_variable },
	{ "VALUE", "its value", NULL, NULL },
	{ "DURATION", "a time, as 5s or 200ms", check_duration, NULL },
	{ "LINE", "a command", NULL, NULL },
	{ 0 },
};

const struct param_type *param_type(const char *name)
{
	for (const struct param_type *type = param_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	for (const struct param_type *type = foreign_types; type->name; type++)
		if (strcmp(type->name, name) == 0)
			return type;
	return NULL;
}
