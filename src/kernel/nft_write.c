/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/nft.h"

#include <endian.h>
#include <errno.h>
#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nft-internal.h"

/* More than any one message of a batch takes: a rule of all that struct nft_rule can hold. */
#define MESSAGE_ROOM 8192

/* Beyond this many rules a batch's echoes might not fit a sandbox's receive buffer. */
#define ECHO_MOST 64

/* A batch under construction. */
struct batch {
	struct nlsock *sock;
	char *bytes;
	size_t length, room;
	uint32_t first_seq;
	unsigned messages;
	size_t last; /* where the last message begins */
};

static void free_batch(struct batch *batch)
{
	free(batch->bytes);
}

/* Makes room for one more message; returns its sequence number. */
static uint32_t make_room(struct batch *batch)
{
	uint32_t seq = nlsock_next_seq(batch->sock);

	if (batch->room - batch->length < MESSAGE_ROOM) {
		batch->room = batch->room ? batch->room * 2 : 4 * MESSAGE_ROOM;
		batch->bytes = xreallocarray(batch->bytes, batch->room, 1);
		/* Attributes are padded, and the padding goes to the kernel too. */
		memset(batch->bytes + batch->length, 0, batch->room - batch->length);
	}
	if (!batch->messages++)
		batch->first_seq = seq;
	return seq;
}

/* Starts a message; end_message() ends it. */
static struct nlmsghdr *start_message(struct batch *batch, unsigned type, uint16_t flags)
{
	uint32_t seq = make_room(batch);

	batch->last = batch->length;
	return nftnl_nlmsg_build_hdr(batch->bytes + batch->length, (uint16_t)type, NFPROTO_INET,
				     flags, seq);
}

static void end_message(struct batch *batch, const struct nlmsghdr *message)
{
	batch->length += NLMSG_ALIGN((size_t)message->nlmsg_len);
}

static void batch_mark(struct batch *batch, bool begin)
{
	uint32_t seq = make_room(batch);
	char *at = batch->bytes + batch->length;

	end_message(batch, begin ? nftnl_batch_begin(at, seq) : nftnl_batch_end(at, seq));
}

static void put_table(struct batch *batch, unsigned type, uint16_t flags)
{
	struct nlmsghdr *message = start_message(batch, type, flags);

	mnl_attr_put_strz(message, NFTA_TABLE_NAME, NFT_TABLE);
	end_message(batch, message);
}

static void put_chain(struct batch *batch, enum nft_chain chain)
{
	static const struct {
		uint32_t hook;
		int32_t priority;
		const char *type;
	} bases[NFT_CHAIN_COUNT] = {
		[NFT_CHAIN_PREROUTING] = { NF_INET_PRE_ROUTING, -100, "nat" },
		[NFT_CHAIN_OUTPUT] = { NF_INET_LOCAL_OUT, -100, "nat" },
		[NFT_CHAIN_POSTROUTING] = { NF_INET_POST_ROUTING, 100, "nat" },
		[NFT_CHAIN_INPUT] = { NF_INET_LOCAL_IN, 0, "filter" },
		[NFT_CHAIN_FORWARD] = { NF_INET_FORWARD, 0, "filter" },
		[NFT_CHAIN_OUTPUT_FILTER] = { NF_INET_LOCAL_OUT, 0, "filter" },
	};
	struct nlmsghdr *message = start_message(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	struct nftnl_chain *from = nftnl_chain_alloc();

	if (!from)
		abort();
	/* No policy: a new chain accepts, and one that is there keeps what it was given. */
	nftnl_chain_set_str(from, NFTNL_CHAIN_TABLE, NFT_TABLE);
	nftnl_chain_set_str(from, NFTNL_CHAIN_NAME, nft_chain_name(chain));
	nftnl_chain_set_str(from, NFTNL_CHAIN_TYPE, bases[chain].type);
	nftnl_chain_set_u32(from, NFTNL_CHAIN_HOOKNUM, bases[chain].hook);
	nftnl_chain_set_s32(from, NFTNL_CHAIN_PRIO, bases[chain].priority);
	nftnl_chain_nlmsg_build_payload(message, from);
	nftnl_chain_free(from);
	end_message(batch, message);
}

static void put_chain_deletion(struct batch *batch, enum nft_chain chain)
{
	struct nlmsghdr *message = start_message(batch, NFT_MSG_DELCHAIN, NLM_F_NONREC);

	mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_CHAIN_NAME, nft_chain_name(chain));
	end_message(batch, message);
}

static void put_rule(struct batch *batch, const struct nft_rule *rule, bool echo)
{
	cleanup_with(nft_free_nftnl_rule) struct nftnl_rule *from = NULL;
	uint16_t flags = NLM_F_CREATE | NLM_F_APPEND | (echo ? NLM_F_ECHO : 0);
	struct nft_rule new = *rule;
	struct nlmsghdr *message;

	new.handle = 0; /* what it had before it was taken away */
	from = nft_encode(&new);
	message = start_message(batch, NFT_MSG_NEWRULE, flags);
	nftnl_rule_nlmsg_build_payload(message, from);
	end_message(batch, message);
}

static void put_rule_deletion(struct batch *batch, const struct nft_rule *rule)
{
	struct nlmsghdr *message = start_message(batch, NFT_MSG_DELRULE, 0);

	mnl_attr_put_strz(message, NFTA_RULE_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, nft_chain_name(rule->chain));
	mnl_attr_put_u64(message, NFTA_RULE_HANDLE, htobe64(rule->handle));
	end_message(batch, message);
}

/* What a batch does about chains that it empties. */
enum drop {
	DROP_NOTHING,
	DROP_CHAINS,
	DROP_TABLE, /* chains and then the table */
};

/* Which chains are there, and have no rule, when the change is done. */
static bool find_empty(const struct nft_change *change, bool empty[NFT_CHAIN_COUNT])
{
	size_t count[NFT_CHAIN_COUNT] = { 0 };
	bool all = true, any = false;

	for (size_t i = 0; i < change->before->rules.n; i++)
		count[change->before->rules.v[i].chain]++;
	for (size_t i = 0; i < change->deletes; i++)
		if (count[change->delete[i]->chain])
			count[change->delete[i]->chain]--;
	for (size_t i = 0; i < change->adds; i++)
		count[change->add[i]->chain]++;
	for (enum nft_chain i = 0; i < NFT_CHAIN_COUNT; i++) {
		empty[i] = change->before->chain[i] && !count[i];
		any |= empty[i];
		all &= !count[i];
	}
	return any || (all && change->before->exists);
}

static void put_drops(struct batch *batch, const struct nft_change *change, enum drop drop)
{
	bool empty[NFT_CHAIN_COUNT], last = true;

	if (drop == DROP_NOTHING || !find_empty(change, empty))
		return;
	for (enum nft_chain i = 0; i < NFT_CHAIN_COUNT; i++)
		if (empty[i])
			put_chain_deletion(batch, i);
		else
			last &= !change->before->chain[i];
	if (drop == DROP_TABLE && last && !change->adds)
		put_table(batch, NFT_MSG_DELTABLE, NLM_F_NONREC);
}

/* The handles come back as echoes: each a NEWRULE with the sequence number of its request. */
struct echoes {
	const struct nft_change *change;
	uint32_t first_seq; /* of the first rule added */
};

static int take_echo(const struct nlmsghdr *message, void *data)
{
	cleanup_with(nft_free_nftnl_rule) struct nftnl_rule *from = NULL;
	const struct echoes *echoes = data;
	uint32_t which = message->nlmsg_seq - echoes->first_seq;

	if (!nft_is(message, NFT_MSG_NEWRULE) || which >= echoes->change->adds)
		return MNL_CB_OK;
	from = nftnl_rule_alloc();
	if (from && nftnl_rule_nlmsg_parse(message, from) >= 0 &&
	    nftnl_rule_is_set(from, NFTNL_RULE_HANDLE))
		echoes->change->add[which]->handle =
			nftnl_rule_get_u64(from, NFTNL_RULE_HANDLE);
	return MNL_CB_OK;
}

/* Sends one batch. *DROP_FAILED: it was an emptied chain or table that would not go. */
static int change_once(struct nlsock *sock, const struct nft_change *change, enum drop drop,
		       bool *drop_failed, struct nl_error *answer)
{
	cleanup_with(free_batch) struct batch batch = { .sock = sock };
	struct echoes echoes = { .change = change };
	bool echo = !change->check_only && change->adds <= ECHO_MOST;
	bool made[NFT_CHAIN_COUNT] = { 0 };
	unsigned before_drops, wanted;
	uint32_t failed;
	struct nlmsghdr *last;
	int result;

	*drop_failed = false;
	batch_mark(&batch, true);
	if (change->drop_table)
		put_table(&batch, NFT_MSG_DELTABLE, 0);
	for (size_t i = 0; i < change->deletes; i++)
		put_rule_deletion(&batch, change->delete[i]);
	/* Making what is there already changes nothing, and it may have gone since it was read. */
	if (change->adds)
		put_table(&batch, NFT_MSG_NEWTABLE, NLM_F_CREATE);
	for (size_t i = 0; i < change->adds; i++) {
		if (!made[change->add[i]->chain])
			put_chain(&batch, change->add[i]->chain);
		made[change->add[i]->chain] = true;
	}
	echoes.first_seq = batch.first_seq + batch.messages;
	for (size_t i = 0; i < change->adds; i++)
		put_rule(&batch, change->add[i], echo);
	before_drops = batch.messages;
	put_drops(&batch, change, drop);
	wanted = batch.messages;
	if (wanted == 1)
		return 0; /* nothing to do */
	/* One acknowledgement for all: the kernel reports each failure without being asked. */
	last = (void *)(batch.bytes + batch.last);
	last->nlmsg_flags |= NLM_F_ACK;
	/* A batch without its end is validated and then taken back. */
	if (!change->check_only)
		batch_mark(&batch, false);
	result = nlsock_batch(sock, batch.bytes, batch.length, batch.first_seq, batch.messages,
			      take_echo, &echoes, answer, &failed);
	if (result < 0)
		*drop_failed = failed - batch.first_seq >= before_drops &&
			       failed - batch.first_seq < wanted;
	return result;
}

/*
 * For the handles that no echo brought: the table is read again. The new rules stand last
 * in their chains, so they are sought from the end.
 */
static void find_handles(struct nlsock *sock, const struct nft_change *change)
{
	struct nft_table now = { 0 };
	struct nl_error answer;
	bool missing = false;
	size_t left;

	for (size_t i = 0; i < change->adds; i++)
		missing |= !change->add[i]->handle;
	/* The change is made whatever comes of this. */
	if (!missing || nft_read(sock, &now, &answer) < 0)
		return;
	left = now.rules.n;
	for (enum nft_chain chain = NFT_CHAIN_COUNT; chain-- > 0;) {
		for (size_t i = change->adds; i-- > 0;) {
			struct nft_rule *add = change->add[i];

			if (add->chain != chain)
				continue;
			while (left && now.rules.v[left - 1].chain >= chain &&
			       !nft_rule_equal(&now.rules.v[left - 1], add))
				left--;
			if (left && now.rules.v[left - 1].chain == chain)
				add->handle = now.rules.v[--left].handle;
		}
		while (left && now.rules.v[left - 1].chain >= chain)
			left--;
	}
	nft_table_free(&now);
}

int nft_change(struct nlsock *sock, const struct nft_change *change, struct nl_error *answer)
{
	enum drop drop = change->drop_chains && change->before ? DROP_TABLE : DROP_NOTHING;
	bool drop_failed;

	memset(answer, 0, sizeof(*answer));
	for (size_t i = 0; i < change->deletes; i++)
		if (change->delete[i]->chain >= NFT_CHAIN_COUNT)
			return nft_fail(answer, EINVAL, "a rule of an unknown chain");
	for (size_t i = 0; i < change->adds; i++) {
		if (change->add[i]->chain >= NFT_CHAIN_COUNT || change->add[i]->foreign)
			return nft_fail(answer, EINVAL, "a rule that nsh cannot make");
		if (!change->check_only)
			change->add[i]->handle = 0;
	}
	/*
	 * NLM_F_NONREC keeps the kernel from deleting what is not empty after all: somebody
	 * else put something there since. Then it stays.
	 */
	while (change_once(sock, change, drop, &drop_failed, answer) < 0) {
		if (!drop_failed || (answer->number != EBUSY && answer->number != ENOENT))
			return -1;
		drop--;
	}
	if (!change->check_only)
		find_handles(sock, change);
	return 0;
}
