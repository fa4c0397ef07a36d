/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_KERNEL_LINK_SETTING_H
#define NSH_KERNEL_LINK_SETTING_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/model.h"

#define IPV6_MIN_MTU 1280 /* RFC 8200, 5: with less a link has no IPv6 */

/*
 * Numbers that an interface has and that a message sets: attributes of linux/if_link.h of 32 bits.
 * The table says all that running, explaining, taking back, saving and comparing need of one. What
 * another takes besides is in doc/guide.md.
 */
enum link_setting {
	LINK_SETTING_MTU,
	LINK_SETTING_QUEUE,
	LINK_SETTINGS
};

struct link_setting_class {
	uint16_t attr;	   /* IFLA_* */
	size_t offset;	   /* of the member of struct link, an unsigned */
	const char *param; /* the parameter in grammars */
	const char *word;  /* before it in nsh's lines: "link END mtu 1400" */
	const char *ip;	   /* before it in ip-link(8)'s */
	const char *has;   /* in a sentence: "veth-red has an MTU of 1400" */
};

extern const struct link_setting_class link_settings[LINK_SETTINGS];

unsigned link_setting(const struct link *link, enum link_setting which);
void link_set_setting(struct link *link, enum link_setting which, unsigned value);
/* What an interface of this kind has that nobody has given another value; "lo" for lo. */
unsigned link_usual_setting(const struct link *link, enum link_setting which);
/* All of them usual: of a link that is only planned. */
void link_set_usual(struct link *link);

/* Which one is called so in grammars, or is read from that attribute; -1: none. */
int link_setting_of_param(const char *param);
int link_setting_of_attr(uint16_t attr);

#endif
