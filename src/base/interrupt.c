/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/interrupt.h"

#include <stddef.h>
#include <time.h>
#include <unistd.h>

volatile sig_atomic_t interrupted;
volatile sig_atomic_t terminated;
volatile sig_atomic_t child_changed;
volatile sig_atomic_t window_changed;
volatile sig_atomic_t interrupt_newline;

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGWINCH };
#define CAUGHT (sizeof(caught) / sizeof(caught[0]))

/* What the process was started with; what its children get back. */
static sigset_t outside;
static bool is_set_up;

static void on_signal(int number)
{
	switch (number) {
	case SIGINT:
		interrupted = 1;
		if (interrupt_newline && write(STDERR_FILENO, "\n", 1) == 1)
			interrupt_newline = 0;
		break;
	case SIGCHLD:
		child_changed = 1;
		break;
	case SIGWINCH:
		window_changed = 1;
		break;
	default:
		terminated = number;
		break;
	}
}

void interrupt_setup(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t block;

	sigemptyset(&action.sa_mask);
	sigemptyset(&block);
	for (size_t i = 0; i < CAUGHT; i++)
		sigaddset(&block, caught[i]);
	sigprocmask(SIG_BLOCK, &block, &outside);
	for (size_t i = 0; i < CAUGHT; i++) {
		struct sigaction old;

		/* nohup(1) and the like are to be obeyed. */
		if (caught[i] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(caught[i], &action, NULL);
	}
	is_set_up = true;
}

void interrupt_child(void)
{
	for (size_t i = 0; i < CAUGHT; i++)
		signal(caught[i], SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (is_set_up)
		sigprocmask(SIG_SETMASK, &outside, NULL);
}

int interrupt_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	struct timespec wait = { .tv_sec = timeout / 1000,
				 .tv_nsec = (long)(timeout % 1000) * 1000000 };

	return ppoll(fds, count, timeout < 0 ? NULL : &wait, is_set_up ? &outside : NULL);
}

/* How long, in milliseconds, a signal may wait between the lines of a script. */
#define BETWEEN_MS 5

bool interrupt_pending(void)
{
	interrupt_poll(NULL, 0, 0);
	return interrupted || terminated;
}

bool interrupt_between(void)
{
	static long long looked;
	long long now = clock_ms();

	if (now - looked < BETWEEN_MS)
		return interrupted || terminated;
	looked = now;
	return interrupt_pending();
}

long long clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
