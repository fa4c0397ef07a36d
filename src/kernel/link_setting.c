/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/link_setting.h"

#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>

const struct link_setting_class link_settings[LINK_SETTINGS] = {
	[LINK_SETTING_MTU] = {
		.attr = IFLA_MTU,
		.offset = offsetof(struct link, mtu),
		.param = "MTU",
		.word = "mtu",
		.ip = "mtu",
		.has = "an MTU of",
	},
	[LINK_SETTING_QUEUE] = {
		.attr = IFLA_TXQLEN,
		.offset = offsetof(struct link, queue),
		.param = "QUEUE",
		.word = "queue",
		.ip = "txqueuelen",
		.has = "a queue of",
	},
};

static unsigned *member(struct link *link, enum link_setting which)
{
	return (unsigned *)(void *)((char *)link + link_settings[which].offset);
}

unsigned link_setting(const struct link *link, enum link_setting which)
{
	unsigned value;

	memcpy(&value, (const char *)link + link_settings[which].offset, sizeof(value));
	return value;
}

void link_set_setting(struct link *link, enum link_setting which, unsigned value)
{
	*member(link, which) = value;
}

unsigned link_usual_setting(const struct link *link, enum link_setting which)
{
	switch (which) {
	case LINK_SETTING_MTU:
		/* drivers/net/loopback.c, net/ethernet/eth.c */
		return link->flags & IFF_LOOPBACK ? 64 * 1024 : 1500;
	case LINK_SETTING_QUEUE:
		/* drivers/net/ifb.c, include/net/pkt_sched.h */
		return strcmp(link->kind, "ifb") == 0 ? 32 : 1000;
	case LINK_SETTINGS:
		break;
	}
	return 0;
}

void link_set_usual(struct link *link)
{
	for (unsigned i = 0; i < LINK_SETTINGS; i++)
		link_set_setting(link, i, link_usual_setting(link, i));
}

int link_setting_of_param(const char *param)
{
	for (int i = 0; i < LINK_SETTINGS; i++)
		if (strcmp(link_settings[i].param, param) == 0)
			return i;
	return -1;
}

int link_setting_of_attr(uint16_t attr)
{
	for (int i = 0; i < LINK_SETTINGS; i++)
		if (link_settings[i].attr == attr)
			return i;
	return -1;
}
