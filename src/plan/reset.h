/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_PLAN_RESET_H
#define NSH_PLAN_RESET_H

#include "plan/plan.h"

/*
 * What nsh has made, told by its marks in the kernel alone (kernel/model.h), so that it
 * does not matter which process made it, or how that ended.
 *
 * Every mark is set in the message that makes the thing, or before anybody can see the
 * thing: there is no moment at which something of nsh's has none. Of IPv4 and IPv6
 * addresses it needs a kernel that keeps their protocol number (IFA_PROTO, 5.18); with an
 * older one addresses that nsh gave to an interface of somebody else's stay.
 */

/* Whether nsh made the namespace: its lo is in NSH_GROUP. Links must be loaded. */
bool ns_is_own(const struct ns *ns);

/*
 * Plans that all of it goes: in each namespace that is not nsh's the links in one
 * message, then routes, addresses and permanent neighbours on other links, then sysctls
 * get back what they were, then nsh's table; at last the namespaces that nsh made, and
 * the names that it gave. Nothing of nsh's is an empty plan. Warns of what lives on:
 * processes in a namespace that loses its name, but servers of nsh's own, which end with it.
 * What nsh changed of things that are not its own (an MTU, a link set up) is not put back.
 * OWN_HOST: host is nsh's own too, the sandbox's: it forwards nothing, as when it was made. Where
 * PLAN->one_way is set, what is in namespaces that go is left to the kernel, unread.
 */
int plan_reset(struct world *world, bool own_host, struct plan *plan, struct error *err);

/*
 * What a sysctl was before nsh changed it stands in the comment of a rule of nsh's table,
 * which is made before the change: "net/ipv4/ip_forward was 0". sysctl_record() sets the
 * comment. sysctl_recorded() tells whether RULE has one; *KEY and *VALUE (both may be
 * NULL) are for the caller to free.
 */
void sysctl_record(struct nft_rule *rule, const char *key, const char *value);
bool sysctl_recorded(const struct nft_rule *rule, char **key, char **value);

#endif
