/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_LAB_HOLDER_H
#define NSH_LAB_HOLDER_H

/*
 * The holder of a named lab: process 1 of its PID namespace, which does nothing but be
 *there. All that is in the lab ends with it, by the kernel's doing: its processes, and
 *with the last of them its namespaces. It answers on a socket of type SOCK_SEQPACKET, one
 *request a connection, of one byte:
 *
 *	HOLDER_TELL	"1 SINCE NAMESPACES PROCESSES": seconds of the epoch, how many
 *namespaces have a name, how many processes there are beside itself (-1: cannot tell),
 *			with a pidfd of itself as SCM_RIGHTS. The pidfd joins the lab
 *(setns(2)), ends it, and tells when it has ended wholly (poll(2)). HOLDER_END	no answer:
 *it ends
 */
#define HOLDER_TELL 'i'
#define HOLDER_END 'd'
#define HOLDER_ANSWER "1 %lld %ld %ld"

/*
 * The holder's life, to be called as process 1 of a sandbox: leaves the terminal, its
 * session and its parent, closes all descriptors but LISTENER and DIRECTORY, and answers
 * until it is told to end, or until its socket NAME is gone from DIRECTORY, so that
 * nobody could reach it.
 */
void holder_run(int listener, int directory, const char *name) __attribute__((noreturn));

#endif
