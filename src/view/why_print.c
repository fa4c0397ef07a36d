/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/why.h"

#include <netinet/in.h>
#include <string.h>

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

void why_print(const struct why *why, const struct why_question *question, const char *prefix,
	       FILE *to)
{
	size_t width = where_width(why);
	bool back = false;

	(void)question;
	for (size_t i = 0; i < why->steps.n; i++) {
		const struct why_step *step = &why->steps.v[i];
		size_t columns = str_columns(step->where);

		if (step->back && !back)
			fprintf(to, "%sthe answer:\n", prefix);
		back = step->back;
		fprintf(to, "%s  %s%*s  %s (%s)\n", prefix, step->where,
			(int)(columns < width ? width - columns : 0), "", step->what,
			why_basis_name(step->basis));
	}
	fprintf(to, "%s%s: %s\n", prefix, why_code_name(why->code), why->sentence);
	if (why->mend)
		fprintf(to, "%sthis would mend it: %s\n", prefix, why->mend);
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
