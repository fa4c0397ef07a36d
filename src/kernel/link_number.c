/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/link_number.h"

#include <net/if.h>
#include <string.h>

#include "base/interrupt.h"
#include "base/str.h"

/* Each name has one place where it may stand; the latest comer has it. */
#define PLACES 256

static struct known {
	uint32_t socket;
	char name[IFNAMSIZ];
	int index; /* 0: nothing stands here */
	long long told; /* when, clock_ms() */
} places[PLACES];

static bool is_any; /* whether there is anything to forget */

static struct known *place_of(uint32_t socket, const char *name)
{
	return &places[(str_hash(name) ^ socket) % PLACES];
}

int link_number(const struct nlsock *sock, const char *name)
{
	const struct known *known = place_of(nlsock_id(sock), name);

	if (!known->index || known->socket != nlsock_id(sock) || strcmp(known->name, name) != 0)
		return 0;
	return clock_ms() - known->told < LINK_NUMBER_MS ? known->index : 0;
}

void link_number_is(const struct nlsock *sock, const char *name, int index)
{
	struct known *known = place_of(nlsock_id(sock), name);

	if (strlen(name) >= sizeof(known->name))
		return; /* an alternative name */
	known->socket = nlsock_id(sock);
	str_copy(known->name, sizeof(known->name), name);
	known->index = index;
	known->told = clock_ms();
	is_any = true;
}

void link_numbers_forget(void)
{
	if (is_any)
		memset(places, 0, sizeof(places));
	is_any = false;
}
