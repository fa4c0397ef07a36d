/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_PCAPNG_H
#define NSH_VIEW_PCAPNG_H

#include <stdio.h>

#include "kernel/capture.h"

/*
 * A capture file (draft-ietf-opsawg-pcapng): one section, an interface description for each
 * interface, an enhanced packet block for each packet, times in nanoseconds. Blocks are in the
 * byte order of the machine, which the file tells. Errors stay in the stream: ferror().
 */
void pcapng_begin(FILE *to, const char *program);
/* Whether the LENGTH bytes of HEAD begin a capture file of a PROGRAM whose name begins so. */
bool pcapng_is_of(const char *head, size_t length, const char *program);
/* Interfaces are numbered from 0 in the order in which they are added. FILTER may be NULL. */
void pcapng_interface(FILE *to, const char *name, const char *description, uint16_t hardware,
		      const char *filter);
void pcapng_packet(FILE *to, unsigned interface, const struct capture_packet *packet);
/* At the end, for each interface: how many packets came, and how many were lost. */
void pcapng_statistics(FILE *to, unsigned interface, const struct timespec *at,
		       unsigned long long packets, unsigned long long lost);

#endif
