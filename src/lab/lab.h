/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_LAB_LAB_H
#define NSH_LAB_LAB_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/*
 * Named labs: sandboxes that stay until they are deleted, whoever comes and goes. A lab
 *is its holder (lab/holder.h), a process that listens on a socket by the lab's name in a
 *directory that belongs to the user alone:
 *
 *	root		/run/nsh
 *	others		$XDG_RUNTIME_DIR/nsh, or /run/user/UID/nsh, or /tmp/nsh-UID
 *
 * That socket is all there is to know of a lab: where nobody listens the lab is gone, and
 *the socket is a leftover, to be removed by the next one who looks. Making, deleting and
 *removing happen under a lock on the directory. Where the system takes the directory away
 *(at the last logout, as systemd does with /run/user/UID unless the user lingers) the
 *labs in it end.
 */

#define LAB_NAME_MAX 64 /* bytes: it becomes part of the address of a socket */

/* The form of a name: as a namespace's, but shorter and without a dot in front. */
int lab_check_name(const char *name, int word, struct error *err);

/*
 * Remembers where the labs of this user are. To be called before sandbox_enter() or
 * lab_enter(): inside, the directory has another name or none. No effect but an open
 * descriptor.
 */
void lab_remember(void);

/*
 * Goes on inside lab NAME, which is made if need be (*MADE) and MAKE is set; else ENOENT.
 * Forks as sandbox_enter() does: the child returns 0, in all namespaces of the lab, and
 * dies with its parent, which waits outside and never returns. Where that fails: -1 in
 * the original process.
 */
int lab_enter(const char *name, bool make, bool *made, struct error *err);

/* A lab that is there. */
struct lab {
	char *name;
	long long since; /* seconds of the epoch */
	long namespaces; /* that have a name */
	long processes; /* beside its holder; -1: cannot be told here */
};
typedef VECTOR(struct lab) lab_list;

/* This user's labs, by name; leftovers of dead ones are removed. */
int lab_read(lab_list *labs, struct error *err);
void lab_list_free(lab_list *labs);

/*
 * Ends a lab with all its processes, and returns when the last of them is gone.
 * *PROCESSES: how many there were, -1 where that is not known. ENOENT: there is no such
 * lab.
 */
int lab_delete(const char *name, long *processes, struct error *err);

#endif
