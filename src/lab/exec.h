/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_LAB_EXEC_H
#define NSH_LAB_EXEC_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"
#include "kernel/kernel.h"

/*
 * Starts a program inside a namespace, as `ip netns exec` does: a mount namespace of its own
 * with /sys of that network namespace, the files of /etc/netns/NAME bound over those of /etc, and
 * HOSTS (text of an /etc/hosts to put before the machine's own lines; NULL: none) bound over
 * /etc/hosts. argv[0] is looked up in PATH; as root on the machine itself in
 * /usr/local/sbin:…:/bin instead. Signals are back at their defaults and, where FOREGROUND is
 * set and there is a terminal, the program gets it as its own process group.
 *
 * Returns 0 with *PID, which the caller waits for; a program that cannot be started is an
 * error here (told by a close-on-exec pipe): "there is no program foo" with STATUS_FAILED.
 */
int exec_start(struct kernel *kernel, const char *ns, char *const argv[], const char *hosts,
	       bool foreground, pid_t *pid, struct error *err);

/* Whether exec_start() finds a program of that name, which is no path, in the directories that it
 * looks through. KERNEL may be NULL, as in a dry run. */
bool exec_finds(const struct kernel *kernel, const char *name);

/*
 * Starts a program that shows what INPUT (a descriptor) holds: where nsh is, on the terminal, as
 * the user who started nsh and without any capability, whatever nsh itself may do. ROOT: that is
 * the machine's root, whose PATH is not looked at. Fails where nsh has no terminal to lend.
 */
int exec_viewer(char *const argv[], char *const environment[], bool root, int input, pid_t *pid,
		struct error *err);

/* Waits for a program started in the foreground, gives the terminal back to nsh and returns
 * its wait status (as waitpid()). Ctrl-C goes to the program alone. */
int exec_wait(pid_t pid);

#endif
