/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_LAB_OUTSIDE_H
#define NSH_LAB_OUTSIDE_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/*
 * A process in another PID namespace cannot be the one that the shell has started: that
 * one stays outside, waits, and ends as the process inside ends. It passes on SIGTERM and
 * SIGHUP, leaves SIGINT to the process inside, and takes the terminal back.
 */
struct outside {
	bool terminal; /* there is one, to be used inside */
	sigset_t before; /* the signal mask from before */
	struct sigaction chld;
};

/* Before the fork: what is sent from now on waits for the process inside to be there. */
void outside_prepare(struct outside *outside);
/* In the child, first of all: signals are as they were; the terminal is not taken yet. */
void outside_child(const struct outside *outside);
/* In the child: takes the terminal, where there is one. */
void outside_take_terminal(const struct outside *outside);
/* In the parent where there is no child after all: signals are as they were. */
void outside_give_up(const struct outside *outside);
/*
 * The rest of the parent's life. GONE (-1: none) is a pidfd without which the child
 * cannot live: where the child was killed, and that has ended, WHAT is said to be gone,
 * and the status is STATUS_FAILED.
 */
void outside_wait(const struct outside *outside, pid_t child, int gone, const char *what)
	__attribute__((noreturn));

#endif
