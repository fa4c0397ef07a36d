/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_VIEW_LISTS_H
#define NSH_VIEW_LISTS_H

#include "base/table.h"
#include "plan/world.h"

/*
 * What is in one namespace, as tables: text and JSON from the same description. Each needs its
 * part of NS loaded; ONLY (may be NULL) keeps to one interface, FAMILY (0: both) to IPv4 or IPv6,
 * DEFAULTS to the routes that take all. The caller frees the table.
 */
struct table *list_links(struct world *world, struct ns *ns, const char *only);
struct table *list_links_up(struct world *world, struct ns *ns, const char *only); /* set up */
struct table *list_addrs(const struct ns *ns, const char *only, uint8_t family);
struct table *list_routes(const struct ns *ns, const char *only, uint8_t family, bool defaults);
struct table *list_neighs(const struct ns *ns, const char *only, uint8_t family);
struct table *list_rules(const struct ns *ns);

/* A rule that `nat` lists: masquerade, or any translation of the source. */
bool is_nat_rule(const struct nft_rule *rule);
/* A rule that `publish` lists: its translation of the destination, for traffic from outside. */
bool is_publish_rule(const struct nft_rule *rule);

#endif
