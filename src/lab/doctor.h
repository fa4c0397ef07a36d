/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_LAB_DOCTOR_H
#define NSH_LAB_DOCTOR_H

#include <stdbool.h>

#include "base/str.h"

enum doctor_verdict { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_LACKS, DOCTOR_BROKEN };

/* One thing that nsh needs of a machine, or can make use of. */
struct doctor_check {
	/* NOTE: it is there, and may surprise; LACKS: nsh works without; BROKEN: it does not */
	enum doctor_verdict verdict;
	const char *name; /* "user namespaces", "veth", "nf_tables NAT", ... */
	char *found;	  /* what is there: "allowed, up to 96365" */
	char *remedy;	  /* what to do, NULL where nothing is to be done */
};
typedef VECTOR(struct doctor_check) doctor_list;

/*
 * Checks this machine by trying: kinds of links, nf_tables and NAT in a sandbox of a child
 * process, so that the machine itself is not touched. Never fails; takes some tens of ms.
 */
void doctor_run(doctor_list *checks);
void doctor_free(doctor_list *checks);

#endif
