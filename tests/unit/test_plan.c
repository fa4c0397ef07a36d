/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What large labs lean on: links found by name, ports counted, operations packed. */
#include <stdlib.h>
#include <string.h>

#include "plan/limits.h"
#include "plan/pack.h"
#include "plan/world.h"
#include "unit/tap.h"

/* By walking over all of them. */
static struct link *find_slowly(struct ns *ns, const char *name)
{
	for (size_t i = 0; i < ns->links.n; i++) {
		struct link *link = &ns->links.v[i];

		if (!strcmp(link->name, name))
			return link;
		for (size_t j = 0; j < link->altnames.n; j++)
			if (!strcmp(link->altnames.v[j], name))
				return link;
	}
	return NULL;
}

static size_t count_slowly(const struct ns *ns, const struct link *bridge)
{
	size_t ports = 0;

	for (size_t i = 0; i < ns->links.n; i++)
		ports += ns->links.v[i].master == bridge->index;
	return ports;
}

static unsigned long long next_random(void)
{
	static unsigned long long state = 88172645463325252u; /* xorshift64 */

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Adds, renames, attaches or removes one, at random. */
static void change(struct world *world, struct ns *ns, const char *name)
{
	static const char *const bridges[] = { "br0", "br1", "br2" };
	struct link *link = ns_link(ns, name);
	char other[IFNAMSIZ];
	size_t position;

	str_copy(other, sizeof(other), name);
	if (!link) {
		other[0] = 'A';
		link = world_add_link(ns, name, "dummy");
		if (next_random() % 4 == 0 && !find_slowly(ns, other))
			strings_add(&link->altnames, other);
		other[0] = 'B';
		if (next_random() % 8 == 0 && !find_slowly(ns, other))
			strings_add(&link->altnames, other);
		return;
	}
	other[0] = 'z';
	position = (size_t)(link - ns->links.v);
	switch (next_random() % 4) {
	case 0:
		world_remove_link(world, ns, name);
		break;
	case 1:
		if (find_slowly(ns, other))
			return;
		link->name[0] = 'z';
		ns_renamed(ns);
		break;
	case 2:
		ns_enslave(ns, link, NULL);
		break;
	case 3:
		ns_enslave(ns, &ns->links.v[position],
			   ns_link(ns, bridges[next_random() % 3]));
		break;
	}
}

/* One that comes as a port and goes again, as when lines are done at once. */
static void come_and_go(struct world *world, struct ns *ns)
{
	struct link *link = world_add_link(ns, "brief", "dummy");

	ns_enslave(ns, link, ns_link(ns, "br1"));
	ns_ports(ns, ns_link(ns, "br1"));
	world_remove_link(world, ns, "brief");
}

static void test_links(void)
{
	struct error err = ERROR_INIT;
	struct world *world = world_new(NULL);
	struct ns *ns = world_ns(world, HOST, WORLD_ALL, -1, &err);
	size_t wrong_names = 0, wrong_ports = 0, most = 0;
	char name[IFNAMSIZ];

	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "br%d", i);
		world_add_link(ns, name, "bridge");
	}
	for (int round = 0; round < 4000; round++) {
		const struct link *bridge;

		snprintf(name, sizeof(name), "l%llu", next_random() % 300);
		change(world, ns, name);
		if (round % 16 == 0)
			come_and_go(world, ns);
		most = ns->links.n > most ? ns->links.n : most;
		snprintf(name, sizeof(name), "%s%llu",
			 (const char *[]){ "l", "z", "A", "br" }[next_random() % 4],
			 next_random() % 300);
		wrong_names += ns_link(ns, name) != find_slowly(ns, name);
		bridge = ns_link(ns, "br1");
		wrong_ports += ns_ports(ns, bridge) != count_slowly(ns, bridge);
		for (size_t i = 0; round % 100 == 0 && i < ns->links.n; i++)
			wrong_names += ns_link(ns, ns->links.v[i].name) !=
				       find_slowly(ns, ns->links.v[i].name);
	}
	tap_ok(most > 150, "links came and went, up to %zu at a time", most);
	tap_ok(wrong_names == 0, "each is found by its names, and none that has gone (%zu wrong)",
	       wrong_names);
	tap_ok(wrong_ports == 0, "the ports of a bridge are counted (%zu wrong)", wrong_ports);
	world_free(world);
	error_clear(&err);
}

static void test_pack(void)
{
	struct cidr cidr = { .prefix = 24 };
	struct nft_rule rule = { .chain = NFT_CHAIN_FORWARD, .comment = "kept" };
	struct route route = { .metric = 77 };
	struct plan plan = PLAN_INIT, back = PLAN_INIT, lent = PLAN_INIT;
	struct packed_ops packed = { 0 };
	struct op *op;

	plan_netns_del(&plan, "red", 3);
	plan_link_del(&plan, "red", "veth-red", 1);
	plan_addr_del(&plan, "red", "veth-red", &cidr, 2)->addr.plain = true;
	plan_route_del(&plan, "red", &route, 4);
	plan_nft_add(&plan, HOST, &rule, 5);
	op = plan_link_set(&plan, HOST, "eth0", 6);
	op->link_set.group = 99;
	ops_pack(&plan, &packed);
	tap_ok(plan.ops.n == 0 && packed.count == 6, "operations are packed");
	ops_lend(&packed, &lent);
	tap_ok(lent.ops.n == 6 && lent.ops.v[1].ns && !strcmp(lent.ops.v[1].ns, "red"),
	       "and can be looked at");
	vector_free(&lent.ops);
	ops_unpack(&packed, &back);
	tap_ok(back.ops.n == 6 && packed.count == 0, "and unpacked");
	tap_ok(back.ops.v[0].word == 3 && !strcmp(back.ops.v[1].link_del.name, "veth-red") &&
		       back.ops.v[2].addr.plain && back.ops.v[2].addr.cidr.prefix == 24 &&
		       back.ops.v[3].route.route.metric == 77 &&
		       !strcmp(back.ops.v[4].nft.rule->comment, "kept") &&
		       back.ops.v[5].link_set.group == 99,
	       "with all that they say");
	plan_clear(&back);
}

static void test_demand(void)
{
	struct error err = ERROR_INIT;
	struct demand each = DEMAND_INIT, other = DEMAND_INIT;
	struct world *world = world_new(NULL);
	struct ns *ns = world_ns(world, HOST, WORLD_ALL, -1, &err);
	struct link *bridge = world_add_link(ns, "br", "bridge");
	struct plan plan = PLAN_INIT;
	int index = bridge->index;
	char name[IFNAMSIZ];
	struct op *op;

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "p%d", i);
		world_add_link(ns, name, "dummy")->master = index;
	}
	for (int i = 0; i < 2; i++) {
		op = plan_link_add(&plan, HOST, i ? "b" : "a", "dummy", -1);
		str_copy(op->link_add.end.master, IFNAMSIZ, i ? "own" : "br");
	}
	demand_add(&each, &plan);
	tap_ok(demand_check(&each, 23, world, 7, &err) == 0, "23 ports more fit");
	tap_ok(demand_check(&each, 24, world, 7, &err) < 0 && err.status == STATUS_FAILED &&
		       err.word == 7,
	       "24 do not");
	tap_ok(err.message && strstr(err.message, "br has no room for 24 more") &&
		       strstr(err.message, "at most 1023 ports") &&
		       strstr(err.message, "1000 of them are in use"),
	       "which is said: %s", err.message ? err.message : "");
	error_clear(&err);
	demand_common(&each, &other);
	tap_ok(demand_check(&each, 24, world, 7, &err) == 0,
	       "what not each round takes does not count");
	plan_clear(&plan);
	demand_free(&each);
	demand_free(&other);
	world_free(world);
	error_clear(&err);
}

int main(void)
{
	test_links();
	test_pack();
	test_demand();
	return tap_done();
}
