/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_BASE_INTERRUPT_H
#define NSH_BASE_INTERRUPT_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

/*
 * Signals become flags that the one main thread looks at where it waits. SIGINT, SIGTERM,
 * SIGHUP, SIGCHLD and SIGWINCH are caught without SA_RESTART and are blocked except inside
 * interrupt_poll(), so that none gets lost between a look and a wait; a child of nsh must call
 * interrupt_child() before anything else.
 */
extern volatile sig_atomic_t interrupted; /* SIGINT came: Ctrl-C */
extern volatile sig_atomic_t terminated;  /* SIGTERM or SIGHUP came: its number */
extern volatile sig_atomic_t child_changed;
extern volatile sig_atomic_t window_changed;

/* SIGINT is to end the line on which the terminal has shown ^C. It does so once. */
extern volatile sig_atomic_t interrupt_newline;

void interrupt_setup(void);
void interrupt_child(void); /* default actions, nothing blocked */

/*
 * ppoll() with the signals let in; TIMEOUT in milliseconds, -1 for ever. Returns as poll(),
 * -1 with EINTR when a signal came.
 */
int interrupt_poll(struct pollfd *fds, nfds_t count, int timeout);

/* Lets pending signals in for a moment. Whether the running command is to end now. */
bool interrupt_pending(void);
/* The same for who asks thousands of times a second: it lets signals in every few milliseconds. */
bool interrupt_between(void);

/* Milliseconds of the monotonic clock. */
long long clock_ms(void);

#endif
