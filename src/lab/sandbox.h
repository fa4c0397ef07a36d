/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_LAB_SANDBOX_H
#define NSH_LAB_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * A private sandbox: new user, network, mount, PID (and UTS, IPC) namespaces, in which the
 * caller goes on as root; gone when nsh ends, however it ends.
 *
 * sandbox_enter() forks. The child returns 0 from it, as process 1 of the new PID namespace, with
 * lo up, NETNS_DIR a private tmpfs, /proc and (where possible) /sys of the sandbox, and dies
 * with its parent. The parent never returns: it passes on SIGTERM and SIGHUP, leaves
 * SIGINT to the child, and ends as the child ends, with the same status or signal. Where a
 * sandbox cannot be made, returns -1 in the original process with nothing changed, and the
 * error (STATUS_UNSUPPORTED) names the setting that forbids it and what to do.
 *
 * Call it before any thread, terminal or netlink set-up.
 */
int sandbox_enter(struct error *err);

/*
 * The same without giving anything up: as fork(), with the child as process 1 of a sandbox. It
 * dies with its parent until it says otherwise (PR_SET_PDEATHSIG). The parent gets its number once
 * the sandbox stands, or -1 with the error.
 */
pid_t sandbox_fork(struct error *err);

/* Whether this process has CAP_NET_ADMIN and CAP_SYS_ADMIN in its user namespace, the first
 * one or not: what working on the machine itself needs. */
bool machine_allowed(void);

#endif
