/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands/save_parts.h"

/* A saved plan in words: one operation after the other, each with those that its line
 * holds. */

void save_word(struct buf *text, const char *word)
{
	if (*word && !strpbrk(word, " \t\r\n\"'\\;#${}")) {
		buf_add(text, word);
		return;
	}
	buf_addc(text, '"');
	for (; *word; word++) {
		if (strchr("\"\\$", *word))
			buf_addc(text, '\\');
		buf_addc(text, *word);
	}
	buf_addc(text, '"');
}

void save_section(struct writer *w, const char *title)
{
	if (w->section && strcmp(w->section, title) == 0)
		return;
	buf_addf(w->text, "\n# %s\n", title);
	w->section = title;
}

/* "red:veth-red"; of host the interface alone, unless a namespace has that name. */
char *save_end_text(struct writer *w, const char *ns, const char *link)
{
	struct buf text cleanup_buf = { 0 };
	cleanup_free char *end = NULL;

	if (strcmp(ns, HOST) == 0 && !world_has_ns(w->model.world, link))
		end = xstrdup(link);
	else
		end = xasprintf("%s:%s", ns, link);
	save_word(&text, end);
	return buf_steal(&text);
}

struct ns *save_model_ns(struct writer *w, const char *name)
{
	struct error none cleanup_error = ERROR_INIT;

	return world_ns(w->model.world, name, 0, -1, &none);
}

/* Counts operation AT as said. */
void save_say(struct writer *w, size_t at)
{
	w->said[at] = true;
	op_apply(&w->plan->ops.v[at], w->model.world);
}

/* --- all of it --- */

static void rule_lines(struct writer *w, size_t at)
{
	const char *ns = w->plan->ops.v[at].ns;
	struct buf lines cleanup_buf = { 0 };

	save_rules_words(&w->model, w->plan, w->said, ns, &lines);
	if (!lines.length)
		return; /* they all come with settings */
	save_section(w, "NAT, published ports and filters");
	buf_add(w->text, buf_str(&lines));
}

/* What rules were to come with settings, and did not. */
static void rest_lines(struct writer *w)
{
	for (size_t i = 0; i < w->plan->ops.n; i++) {
		const struct op *op = &w->plan->ops.v[i];
		bool first = true;

		for (size_t j = 0; j < i && first; j++)
			first = w->plan->ops.v[j].kind != OP_NFT_ADD ||
				strcmp(w->plan->ops.v[j].ns, op->ns) != 0;
		if (op->kind == OP_NFT_ADD && first)
			save_rules_rest(&w->model, w->plan, w->said, op->ns, w->text);
	}
}

static void write_op(struct writer *w, size_t at)
{
	const struct op *op = &w->plan->ops.v[at];

	if (op->kind != OP_LINK_ADD || !op->link_add.peer.ns)
		save_end_attach(w);
	switch (op->kind) {
	case OP_NETNS_ADD:
		save_netns_lines(w, at);
		break;
	case OP_LINK_ADD:
		if (op->link_add.peer.ns)
			save_veth_lines(w, at);
		else
			save_single_lines(w, at);
		break;
	case OP_LINK_SET:
		save_change_lines(w, at);
		break;
	case OP_ADDR_ADD:
		save_addr_line(w, at);
		break;
	case OP_ROUTE_ADD:
		save_route_line(w, at);
		break;
	case OP_NEIGH_ADD:
		save_neigh_line(w, at);
		break;
	case OP_SYSCTL:
		save_setting_line(w, at);
		break;
	case OP_NFT_ADD:
		rule_lines(w, at);
		break;
	case OP_ADDR_DEL:
		save_no_addr_line(w, at);
		break;
	case OP_ROUTE_DEL:
		save_no_route_line(w, at);
		break;
	case OP_NETNS_DEL:
	case OP_NETNS_ADOPT:
	case OP_LINK_DEL:
	case OP_NEIGH_DEL:
	case OP_NFT_DEL:
	case OP_LINK_CLEAR:
	case OP_NFT_CLEAR:
	case OP_KIND_COUNT:
		break; /* nothing that makes */
	}
}

void save_words(struct session *session, const struct plan *plan, struct buf *text)
{
	struct writer w = { .plan = plan, .text = text };

	w.model = (struct session){ .quiet = true, .dry_run = true, .out = session->out };
	w.model.kernel = session->kernel;
	w.model.sandbox = session->sandbox;
	w.model.world = world_new(NULL);
	w.model.ns = xstrdup(HOST);
	w.said = xcalloc(plan->ops.n + 1, sizeof(*w.said));
	for (size_t i = 0; i < plan->ops.n; i++)
		if (!w.said[i])
			write_op(&w, i);
	save_end_attach(&w);
	rest_lines(&w);
	world_free(w.model.world);
	free(w.model.ns);
	free(w.said);
}

static const char *section_of(const struct op *op)
{
	switch (op->kind) {
	case OP_NETNS_ADD:
		return "rooms";
	case OP_LINK_ADD:
		return op->link_add.peer.ns ? "cables" : "switches";
	case OP_ADDR_ADD:
		return "addresses";
	case OP_ROUTE_ADD:
		return "routes";
	case OP_NEIGH_ADD:
		return "neighbours";
	case OP_SYSCTL:
		return "settings";
	case OP_NFT_ADD:
		return "NAT and published ports";
	case OP_LINK_SET:
	case OP_NETNS_DEL:
	case OP_NETNS_ADOPT:
	case OP_LINK_DEL:
	case OP_ADDR_DEL:
	case OP_ROUTE_DEL:
	case OP_NEIGH_DEL:
	case OP_NFT_DEL:
	case OP_LINK_CLEAR:
	case OP_NFT_CLEAR:
	case OP_KIND_COUNT:
		break;
	}
	return NULL; /* goes on in the section before */
}

void save_shell(const struct plan *plan, struct buf *text)
{
	struct world *model = world_new(NULL);
	const char *last = "";

	for (size_t i = 0; i < plan->ops.n; i++) {
		const char *title = section_of(&plan->ops.v[i]);

		if (title && strcmp(title, last) != 0) {
			buf_addf(text, "\n# %s\n", title);
			last = title;
		}
		op_explain(&plan->ops.v[i], model, text);
		op_apply(&plan->ops.v[i], model);
	}
	world_free(model);
}
