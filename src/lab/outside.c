/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lab/outside.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

/*
 * Left to the child, which is in the foreground. SIGTSTP: process 1 cannot be stopped
 * that way, and its parent alone is not to be.
 */
static const int ignored[] = { SIGINT, SIGQUIT, SIGTTOU, SIGTSTP, SIGPIPE };
#define IGNORED (sizeof(ignored) / sizeof(ignored[0]))

/* What the parent waits for, instead of being ended by it. */
static void waited_signals(sigset_t *waited)
{
	struct sigaction hup;

	sigemptyset(waited);
	sigaddset(waited, SIGCHLD);
	sigaddset(waited, SIGTERM);
	/* nohup(1) is to be obeyed. */
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		sigaddset(waited, SIGHUP);
}

/* Whether the terminal is this process' to use and to hand on. */
static bool has_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	       tcgetpgrp(STDIN_FILENO) == getpgrp();
}

void outside_prepare(struct outside *outside)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t blocked;

	outside->terminal = has_terminal();
	/* Before there is a child, whose end must not go by unseen, nor a SIGTERM that it
	 * should get; nor may a Ctrl-C end its parent before that ignores it. */
	waited_signals(&blocked);
	for (size_t i = 0; i < IGNORED; i++)
		sigaddset(&blocked, ignored[i]);
	sigprocmask(SIG_BLOCK, &blocked, &outside->before);
	sigaction(SIGCHLD, &plain, &outside->chld);
}

void outside_give_up(const struct outside *outside)
{
	sigaction(SIGCHLD, &outside->chld, NULL);
	sigprocmask(SIG_SETMASK, &outside->before, NULL);
}

void outside_child(const struct outside *outside)
{
	outside_give_up(outside);
}

/*
 * A PID namespace has no number for a process group from outside: the terminal, once lent
 * to a program, could never be taken back. So the process inside becomes a group that it
 * can name.
 */
void outside_take_terminal(const struct outside *outside)
{
	sigset_t block, old;

	if (!outside->terminal)
		return;
	sigemptyset(&block);
	sigaddset(&block, SIGTTOU);
	sigprocmask(SIG_BLOCK, &block, &old);
	if (setpgid(0, 0) == 0)
		tcsetpgrp(STDIN_FILENO, getpid());
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/*
 * With SIGTTOU ignored: takes the terminal back where nobody else has it; from one who
 * was killed in the state that it was in before.
 */
static void return_terminal(pid_t child, bool killed, const struct termios *state)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	if (group != child && (group <= 0 || kill(-group, 0) == 0 || errno != ESRCH))
		return;
	tcsetpgrp(STDIN_FILENO, getpgrp());
	if (killed)
		tcsetattr(STDIN_FILENO, TCSADRAIN, state);
}

/* Ends as the child did. */
static void __attribute__((noreturn)) mirror(int status)
{
	if (WIFSIGNALED(status)) {
		int number = WTERMSIG(status);
		const struct rlimit no_core = { 0 };
		sigset_t one;

		/* The core, if any, is the child's. */
		setrlimit(RLIMIT_CORE, &no_core);
		signal(number, SIG_DFL);
		sigemptyset(&one);
		sigaddset(&one, number);
		kill(getpid(), number);
		sigprocmask(SIG_UNBLOCK, &one, NULL);
		_exit(128 + number);
	}
	_exit(WEXITSTATUS(status));
}

/* Keeps standard error, and GONE, as the descriptor behind it. */
static void close_all(bool terminal, int *gone)
{
	int next = STDERR_FILENO + 1;

	/* Pipes that only the child is to hold open; the terminal is wanted once more. */
	if (!terminal) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
	}
	if (*gone >= 0)
		*gone = dup2(*gone, next++);
	if (close_range((unsigned)next, ~0U, 0) < 0)
		for (int fd = next; fd < 1024; fd++)
			close(fd);
}

static bool has_ended(int pidfd)
{
	struct pollfd end = { .fd = pidfd, .events = POLLIN };

	/* The child ends first, as what it depends on waits for it. */
	return pidfd >= 0 && poll(&end, 1, 1000) > 0;
}

void outside_wait(const struct outside *outside, pid_t child, int gone, const char *what)
{
	struct termios state;
	bool has_state;
	sigset_t waited;
	int status;

	has_state = outside->terminal && tcgetattr(STDIN_FILENO, &state) == 0;
	waited_signals(&waited);
	for (size_t i = 0; i < IGNORED; i++)
		signal(ignored[i], SIG_IGN);
	close_all(outside->terminal, &gone);

	/* A look first: a SIGCHLD may stand for several things. */
	for (;;) {
		pid_t pid = waitpid(child, &status, WNOHANG);
		int number;

		if (pid == child)
			break;
		if (pid < 0 && errno != EINTR)
			_exit(STATUS_FAILED);
		number = sigwaitinfo(&waited, NULL);
		if (number == SIGTERM || number == SIGHUP)
			kill(child, number);
	}
	if (outside->terminal)
		return_terminal(child, has_state && WIFSIGNALED(status), &state);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && has_ended(gone)) {
		cleanup_free char *text = xasprintf("\nnsh: %s is gone\n", what);

		if (write(STDERR_FILENO, text, strlen(text)) < 0)
			_exit(STATUS_FAILED);
		_exit(STATUS_FAILED);
	}
	mirror(status);
}
