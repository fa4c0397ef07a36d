/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_LINK_NUMBER_H
#define NSH_KERNEL_LINK_NUMBER_H

#include "kernel/netlink.h"

/*
 * The numbers of interfaces that the kernel has told, or taken, a moment ago, so that it is not
 * asked for each again and again. They are known for LINK_NUMBER_MS milliseconds, and only as
 * long as nsh itself has renamed, moved and deleted no link: a name that somebody else gives to
 * another link meanwhile is a race as narrow as it is for anybody who asks first and acts then.
 */
#define LINK_NUMBER_MS 20

/* The number of link NAME in the namespace of SOCK, 0: not known. */
int link_number(const struct nlsock *sock, const char *name);
/* It is INDEX now. */
void link_number_is(const struct nlsock *sock, const char *name, int index);
/* A link was renamed, moved or deleted: nothing is known any longer. */
void link_numbers_forget(void);

#endif
