/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why.h"

#include <netinet/in.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/style.h"
#include "base/table.h"

static const char *protocol_name(const struct why_question *question)
{
	switch (question->protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	}
	return "ping";
}

static size_t where_width(const struct why *why)
{
	size_t width = 0;

	for (size_t i = 0; i < why->steps.n; i++) {
		size_t columns = str_columns(why->steps.v[i].where);

		if (columns > width)
			width = columns;
	}
	return width < 32 ? width : 32;
}

static enum style style_of_basis(enum why_basis basis)
{
	return basis == WHY_UNSURE ? STYLE_NOTE : STYLE_FAINT;
}

/* WIDTH: of the column that says where; OUT: of the terminal, 0: there is none. */
static void print_step(const struct why_step *step, const char *prefix, size_t width, size_t out,
		       bool color, struct buf *text)
{
	cleanup_free char *basis = xasprintf("(%s)", why_basis_name(step->basis));
	size_t columns = str_columns(step->where);
	struct buf line cleanup_buf = { 0 };

	buf_addf(&line, "%s  ", prefix);
	buf_add_end_style(&line, color, step->where);
	buf_addf(&line, "%*s  %s ", (int)(columns < width ? width - columns : 0), "", step->what);
	buf_add_style(&line, color, style_of_basis(step->basis), basis);
	buf_addc(&line, '\n');
	buf_add_wrapped(text, buf_str(&line), out, width + 4);
}

void why_print(const struct why *why, const char *prefix, FILE *to)
{
	bool back = false, color = terminal_has_color(to);
	/* What each line is to begin with, none that comes of wrapping does. */
	size_t width = where_width(why), out = *prefix ? 0 : terminal_columns(to);
	struct buf text cleanup_buf = { 0 }, verdict cleanup_buf = { 0 };

	for (size_t i = 0; i < why->steps.n; i++) {
		const struct why_step *step = &why->steps.v[i];

		if (step->back && !back)
			buf_addf(&text, "%sthe answer:\n", prefix);
		back = step->back;
		print_step(step, prefix, width, out, color, &text);
	}
	buf_add(&verdict, prefix);
	buf_add_style(&verdict, color,
		      why->code == WHY_ARRIVES ? STYLE_GOOD :
		      why->code == WHY_UNKNOWN ? STYLE_NOTE :
						 STYLE_BAD,
		      why_code_name(why->code));
	buf_addf(&verdict, ": %s\n", why->sentence);
	buf_add_wrapped(&text, buf_str(&verdict), out, 2);
	/* One line, whatever its length: it is there to be copied. */
	if (why->mend) {
		buf_addf(&text, "%sthis would mend it: ", prefix);
		buf_add_style(&text, color, STYLE_HEAD, why->mend);
		buf_addc(&text, '\n');
	}
	fputs(buf_str(&text), to);
}

static void add_string(struct buf *b, const char *key, const char *value)
{
	buf_addf(b, "\"%s\":", key);
	if (value)
		buf_add_json(b, value);
	else
		buf_add(b, "null");
}

void why_print_json(const struct why *why, const struct why_question *question, FILE *to)
{
	struct buf b cleanup_buf = { 0 };
	char text[IP_TEXT];

	buf_addf(&b, "{\"code\":\"%s\",\"arrives\":%s,", why_code_name(why->code),
		 why->code == WHY_ARRIVES ? "true" : "false");
	add_string(&b, "from", question->from);
	buf_addc(&b, ',');
	add_string(&b, "source", why->from.family ? ip_text(&why->from, text) : NULL);
	buf_addc(&b, ',');
	add_string(&b, "to", why->to.family ? ip_text(&why->to, text) : NULL);
	buf_addf(&b, ",\"protocol\":\"%s\",\"port\":", protocol_name(question));
	if (question->port)
		buf_addf(&b, "%u,", question->port);
	else
		buf_add(&b, "null,");
	add_string(&b, "sentence", why->sentence);
	buf_addc(&b, ',');
	add_string(&b, "mend", why->mend);
	buf_add(&b, ",\"steps\":[");
	for (size_t i = 0; i < why->steps.n; i++) {
		const struct why_step *step = &why->steps.v[i];

		buf_addf(&b, "%s{\"way\":\"%s\",", i ? "," : "", step->back ? "back" : "there");
		add_string(&b, "where", step->where);
		buf_addc(&b, ',');
		add_string(&b, "what", step->what);
		buf_addf(&b, ",\"basis\":\"%s\"}", why_basis_name(step->basis));
	}
	buf_add(&b, "]}\n");
	fputs(buf_str(&b), to);
}
