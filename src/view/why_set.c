/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why_parts.h"

#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* Whether a set holds a key, as the kernel's own kinds of sets find it. */

#ifndef NFT_SET_ELEM_CATCHALL
#define NFT_SET_ELEM_CATCHALL 0x2
#endif

struct search {
	const struct ruleset_set *set;
	const uint8_t *key;
	struct nftnl_set_elem *best; /* of intervals: the nearest edge below */
	struct nftnl_set_elem *found, *all;
	bool best_ends;
	uint8_t best_key[64];
};

static uint32_t flags_of(struct nftnl_set_elem *element)
{
	return nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_FLAGS) ?
		       nftnl_set_elem_get_u32(element, NFTNL_SET_ELEM_FLAGS) : 0;
}

/* The key of the element, padded with zeros to LENGTH. */
static bool key_of(struct nftnl_set_elem *element, uint16_t attr, uint8_t *key, uint32_t length)
{
	uint32_t got = 0;
	const void *data;

	memset(key, 0, 64);
	if (!nftnl_set_elem_is_set(element, attr))
		return false;
	data = nftnl_set_elem_get(element, attr, &got);
	if (!data || got > 64 || length > 64)
		return false;
	memcpy(key, data, got < length ? got : length);
	return true;
}

/* Each part of a concatenation lies within its own range (nft_set_pipapo.c). */
static bool in_ranges(const struct search *search, const uint8_t *from, const uint8_t *to)
{
	uint32_t at = 0;

	for (size_t i = 0; i < sizeof(search->set->fields) && search->set->fields[i]; i++) {
		uint32_t length = search->set->fields[i];

		if (at + length > 64 || memcmp(search->key + at, from + at, length) < 0 ||
		    memcmp(search->key + at, to + at, length) > 0)
			return false;
		at += (length + 3) & ~3u; /* parts begin at registers */
	}
	return at > 0;
}

static int look_exact(struct nftnl_set_elem *element, void *data)
{
	struct search *search = data;
	uint32_t length = search->set->key_length;
	uint8_t key[64], end[64];

	if (flags_of(element) & NFT_SET_ELEM_CATCHALL) {
		search->all = element;
		return 0;
	}
	if (!key_of(element, NFTNL_SET_ELEM_KEY, key, length))
		return 0;
	if (key_of(element, NFTNL_SET_ELEM_KEY_END, end, length) ?
		    in_ranges(search, key, end) : !memcmp(key, search->key, length))
		search->found = element;
	return 0;
}

/* Elements are the edges of intervals (nft_set_rbtree.c): the nearest at or below decides. */
static int look_interval(struct nftnl_set_elem *element, void *data)
{
	struct search *search = data;
	uint32_t length = search->set->key_length;
	bool ends = flags_of(element) & NFT_SET_ELEM_INTERVAL_END;
	uint8_t key[64];
	int order;

	if (flags_of(element) & NFT_SET_ELEM_CATCHALL) {
		search->all = element;
		return 0;
	}
	if (!key_of(element, NFTNL_SET_ELEM_KEY, key, length) ||
	    memcmp(key, search->key, length) > 0)
		return 0;
	order = search->best ? memcmp(key, search->best_key, length) : 1;
	/* Where one interval ends and the next begins, the beginning counts. */
	if (order > 0 || (order == 0 && search->best_ends)) {
		search->best = element;
		search->best_ends = ends;
		memcpy(search->best_key, key, sizeof(key));
	}
	return 0;
}

static void copy_data(struct nftnl_set_elem *element, struct set_data *data)
{
	uint32_t length = 0;
	const void *bytes;
	const char *chain;

	memset(data, 0, sizeof(*data));
	if (nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_VERDICT)) {
		data->is_verdict = true;
		data->verdict = nftnl_set_elem_get_u32(element, NFTNL_SET_ELEM_VERDICT);
		chain = nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_CHAIN) ?
				nftnl_set_elem_get_str(element, NFTNL_SET_ELEM_CHAIN) : NULL;
		str_copy(data->chain, sizeof(data->chain), chain ? chain : "");
	} else if (nftnl_set_elem_is_set(element, NFTNL_SET_ELEM_DATA)) {
		bytes = nftnl_set_elem_get(element, NFTNL_SET_ELEM_DATA, &length);
		data->length = length < sizeof(data->bytes) ? length : sizeof(data->bytes);
		if (bytes)
			memcpy(data->bytes, bytes, data->length);
	}
}

int set_lookup(const struct ruleset_set *set, const uint8_t *key, struct set_data *data)
{
	struct search search = { .set = set, .key = key };
	bool interval = (set->flags & NFT_SET_INTERVAL) && !set->fields[0];

	if (set->key_length == 0 || set->key_length > 64)
		return -1;
	nftnl_set_elem_foreach(set->set, interval ? look_interval : look_exact, &search);
	if (search.best && !search.best_ends)
		search.found = search.best;
	if (!search.found)
		search.found = search.all;
	if (!search.found)
		return set->partial ? -1 : 0;
	copy_data(search.found, data);
	return 1;
}
