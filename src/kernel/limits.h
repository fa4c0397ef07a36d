/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_LIMITS_H
#define NSH_KERNEL_LIMITS_H

#include <stddef.h>

#include "base/error.h"

/* What the kernel has only so much of. */

/* BR_MAX_PORTS of the kernel's net/bridge/br_private.h is 1024; port 0 is never given out. */
#define BRIDGE_PORTS_MAX 1023

/* The number in /proc/sys/KEY where nsh is; -1: there is no such setting. */
long long kernel_limit(const char *key);
/* How many mounts this process sees, at most MOST: fs.mount-max is their limit. */
size_t kernel_mounts(size_t most);
/* How many files the whole machine has open; -1: not known. */
long long kernel_files_open(void);

/* Sets ERR for a namespace that was refused with ENOSPC. Returns -1. */
int netns_limit_reached(struct error *err);

#endif
