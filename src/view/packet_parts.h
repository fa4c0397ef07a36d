/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_PACKET_PARTS_H
#define NSH_VIEW_PACKET_PARTS_H

#include "view/packet.h"

/* What the files that tell of packets share; nobody else includes this. */
void packet_add_ip(struct buf *text, const struct ip *ip);
void packet_add_address(struct buf *text, uint8_t family, const uint8_t *bytes);
void packet_icmp_text(const struct packet *packet, struct buf *text);
void packet_icmp6_text(const struct packet *packet, struct buf *text);

#endif
