/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/foreign.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "commands/names.h"

void in_nsh_words(struct session *session, const char *key, const char *format, ...)
{
	va_list ap;

	free(session->words);
	free(session->words_key);
	va_start(ap, format);
	session->words = xvasprintf(format, ap);
	va_end(ap);
	session->words_key = xstrdup(key);
}

char *nsh_end(const struct ns *ns, const char *link)
{
	if (strcmp(ns->name, HOST) == 0)
		return xstrdup(link);
	return xasprintf("%s:%s", ns->name, link);
}

struct ns *foreign_ns(struct session *session, const struct args *args, unsigned parts,
		      struct error *err)
{
	const struct arg *ns = NULL;

	for (size_t i = 0; i + 1 < args->n; i++) {
		const struct arg *arg = &args->v[i];

		if (!arg->literal ||
		    (strcmp(arg->name, "-n") != 0 && strcmp(arg->name, "-netns") != 0))
			continue;
		if (ns) {
			error_set(err, STATUS_USAGE, arg->word, "%s stands here twice",
				  arg->name);
			return NULL;
		}
		ns = &args->v[i + 1];
	}
	return world_ns(session->world, ns ? ns->text : session->ns, parts,
			ns ? ns->word : -1, err);
}

uint8_t foreign_family(const struct args *args)
{
	if (arg_has(args, "-6"))
		return AF_INET6;
	return arg_has(args, "-4") ? AF_INET : 0;
}

int foreign_link(struct ns *ns, const struct args *args, struct link **link,
		 struct error *err)
{
	const struct arg *arg = arg_get(args, "LINK");

	*link = NULL;
	if (!arg)
		return 0;
	*link = name_link(ns, arg, err);
	return *link ? 0 : -1;
}
