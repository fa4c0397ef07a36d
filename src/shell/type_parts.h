/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_TYPE_PARTS_H
#define NSH_SHELL_TYPE_PARTS_H

#include "shell/types.h"

/* What the tables of types are put together from; nothing else needs it. */

/* --- type_checks.c: the form of words, as CHECK of struct param_type has it --- */

int check_ns(const char *text, int word, struct error *err);
int check_new_ns(const char *text, int word, struct error *err);
int check_link(const char *text, int word, struct error *err);
int check_new_link(const char *text, int word, struct error *err);
int check_end(const char *text, int word, struct error *err);
int check_new_end(const char *text, int word, struct error *err);
int check_bridge(const char *text, int word, struct error *err);
int check_cidr(const char *text, int word, struct error *err);
int check_addr(const char *text, int word, struct error *err);
int check_net(const char *text, int word, struct error *err);
int check_ip(const char *text, int word, struct error *err);
int check_host(const char *text, int word, struct error *err);
int check_from(const char *text, int word, struct error *err);
int check_to(const char *text, int word, struct error *err);
int check_dest(const char *text, int word, struct error *err);
int check_mac(const char *text, int word, struct error *err);
int check_mtu(const char *text, int word, struct error *err);
int check_queue(const char *text, int word, struct error *err);
int check_port(const char *text, int word, struct error *err);
int check_count(const char *text, int word, struct error *err);
int check_pid(const char *text, int word, struct error *err);
int check_job(const char *text, int word, struct error *err);
int check_listen(const char *text, int word, struct error *err);
int check_target(const char *text, int word, struct error *err);
int check_kind(const char *text, int word, struct error *err);
int check_variable(const char *text, int word, struct error *err);
int check_duration(const char *text, int word, struct error *err);

/* A number from MIN to MAX. WHAT: "an MTU". */
int check_range(const char *text, int word, unsigned long long min, unsigned long long max,
		const char *what, struct error *err);
/*
 * One of NAMES (ended by NULL), or an error: BEFORE, the word and BEHIND. HINT where no name is
 * near; NULL: all of them.
 */
int check_names(const char *text, const char *const *names, const char *before,
		const char *behind, const char *hint, int word, struct error *err);
/* What "link add" makes. */
extern const char *const link_kinds[];

/* --- type_offers.c, type_addrs.c: what there is, as COMPLETE of struct param_type has it --- */

void complete_ns(struct session *session, const struct args *so_far,
		 struct candidates *candidates);
void complete_room(struct session *session, const struct args *so_far,
		   struct candidates *candidates);
void complete_new_end(struct session *session, const struct args *so_far,
		      struct candidates *candidates);
void complete_end(struct session *session, const struct args *so_far,
		  struct candidates *candidates);
void complete_bridge(struct session *session, const struct args *so_far,
		     struct candidates *candidates);
void complete_member(struct session *session, const struct args *so_far,
		     struct candidates *candidates);
void complete_link(struct session *session, const struct args *so_far,
		   struct candidates *candidates);
void complete_neigh(struct session *session, const struct args *so_far,
		    struct candidates *candidates);
void complete_kind(struct session *session, const struct args *so_far,
		   struct candidates *candidates);
void complete_job(struct session *session, const struct args *so_far,
		  struct candidates *candidates);
void complete_lab(struct session *session, const struct args *so_far,
		  struct candidates *candidates);
void complete_listen(struct session *session, const struct args *so_far,
		     struct candidates *candidates);
void complete_pid(struct session *session, const struct args *so_far,
		  struct candidates *candidates);
void complete_file(struct session *session, const struct args *so_far,
		   struct candidates *candidates);
void complete_program(struct session *session, const struct args *so_far,
		      struct candidates *candidates);
void complete_keyword(struct session *session, const struct args *so_far,
		      struct candidates *candidates);
void complete_topic(struct session *session, const struct args *so_far,
		    struct candidates *candidates);
void complete_variable(struct session *session, const struct args *so_far,
		       struct candidates *candidates);
void complete_addr(struct session *session, const struct args *so_far,
		   struct candidates *candidates);
void complete_cidr(struct session *session, const struct args *so_far,
		   struct candidates *candidates);
void complete_net(struct session *session, const struct args *so_far,
		  struct candidates *candidates);
void complete_gw(struct session *session, const struct args *so_far,
		 struct candidates *candidates);
void complete_dest(struct session *session, const struct args *so_far,
		   struct candidates *candidates);

/* The namespace with PARTS of it, or NULL: what is not there is not offered. */
struct ns *ns_there(struct session *session, const char *name, unsigned parts);
/*
 * The namespace that the line is about: its NS, or that of its END, or the current one. *LINK:
 * the interface that it names, or NULL.
 */
struct ns *line_subject(struct session *session, const struct args *so_far, unsigned parts,
			const char **link);

#endif
