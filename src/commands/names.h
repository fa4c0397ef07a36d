/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_COMMANDS_NAMES_H
#define NSH_COMMANDS_NAMES_H

#include "commands/command.h"

/* What the words of a line stand for, and the names of what a line makes. */

/*
 * An end that is there: "red:eth0", "red" (its only interface besides lo), "eth0" or ":eth0"
 * (of the namespace that the line acts in; a namespace of that name comes first). *NS has its
 * links loaded, and PARTS; both are borrowed from the world.
 */
int name_end(struct session *session, const struct arg *arg, unsigned parts, struct ns **ns,
	     struct link **link, struct error *err);

/*
 * A namespace, or the interface to be made in it: "red" or "red:eth0". IF_NAME is "" where none
 * is named; a named one must be new.
 */
int name_new_end(struct session *session, const struct arg *arg, struct ns **ns,
		 char if_name[IFNAMSIZ], struct error *err);

/* The namespace of argument NAME, or the one that the line acts in where it is left out. */
struct ns *name_ns(struct session *session, const struct args *args, const char *name,
		   unsigned parts, struct error *err);

/* An interface of NS by the name of ARG, or an error that lists what there is. */
struct link *name_link(struct ns *ns, const struct arg *arg, struct error *err);

/*
 * An address: itself, or a name that stands for one: a namespace, NS:IF, or an interface of the
 * namespace that the line acts in. From several addresses it takes the one that SEEN_FROM (may
 * be NULL) reaches directly, else the first; IPv4 before IPv6 unless FAMILY says which.
 */
int name_address(struct session *session, const struct arg *arg, const char *seen_from,
		 uint8_t family, struct ip *ip, struct error *err);
/* The same for a word that is part of an argument. */
int name_address_text(struct session *session, const char *text, int word,
		      const char *seen_from, uint8_t family, struct ip *ip,
		      struct error *err);
/* Says so where the address that the namespace TEXT was taken for is one of FROM itself too. */
void name_note_own(struct session *session, const char *text, const char *from,
		   const struct ip *ip);

/*
 * A free interface name in NS: "veth-red", or "veth-red2" and so on where it is taken; MIDDLE is
 * the namespace's part, SUFFIX comes behind the number ("-br" or ""). A name too long for the
 * kernel is shortened, the same way every time, and the full one is returned in *ALTNAME (else
 * NULL), which the caller frees. OTHER may name a second namespace in which MIDDLE with
 * OTHER_SUFFIX must be free under the same number; NULL: none.
 */
struct free_name {
	char name[IFNAMSIZ];
	char *altname;
};
void name_free(const struct ns *ns, const char *middle, const char *suffix,
	       struct free_name *name);
void name_free_pair(const struct ns *ns, const char *suffix, const struct ns *other,
		    const char *other_suffix, const char *middle, struct free_name *name,
		    struct free_name *other_name);

/* The address of a link that ADDR says, whose prefix length may be left out. NULL: error. */
const struct addr *name_addr(const struct ns *ns, const char *link, const struct arg *arg,
			     struct error *err);

/* A CIDR argument that has a prefix length and is no network, multicast or broadcast address. */
int name_cidr(const struct arg *arg, struct cidr *cidr, struct error *err);

/* -1 with the error set where NS has an interface NAME already. */
int name_is_new(const struct ns *ns, const char *name, const struct arg *arg, struct error *err);

/* -1 with the error set where NAME is the loopback interface: every namespace is known by its lo. */
int name_not_lo(const struct ns *ns, const char *name, const struct arg *arg, struct error *err);

/* The namespace that a list is of, by END or the one in use, or the interface of it: *ONLY, else
 * NULL. PARTS of it are loaded. NULL: error. */
struct ns *name_listed(struct session *session, const struct args *args, unsigned parts,
		       const char **only, struct error *err);

#endif
