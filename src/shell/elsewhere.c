/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shell/elsewhere.h"

#include <string.h>

#include "base/cleanup.h"
#include "commands/exec.h"
#include "lab/exec.h"
#include "shell/grammar.h"

/* --- signs of a shell's --- */

/*
 * Blames word AT, a sign, of a line that is nsh's own. The line may stand behind "in NS" or
 * "explain", which are not to be seen here. Returns -1.
 */
static int refuse_sign(const struct word *words, size_t at, struct error *err)
{
	const char *sign = words[at].text;

	error_clear(err);
	error_set(err, STATUS_USAGE, (int)at,
		  "nsh has no pipes and redirections, and knows no %s", sign);
	if (strcmp(sign, "&&") == 0)
		return error_hint(err, "\"LINE; LINE\" does one after the other; a script ends where "
				  "one fails");
	if (strcmp(sign, "||") == 0 || sign[0] == '&')
		return error_hint(err, "in a shell: nsh -c 'LINE' %s", sign);
	return error_hint(err, "in a shell: nsh -c 'LINE' %s ...; with a program: exec NS sh -c '...'",
			  sign);
}

int elsewhere_check(const struct args *args, struct error *err)
{
	static const char *const any[] = { "TEXT", "ARG", "PIPE", "LINE", "VALUE" };

	for (size_t i = 0; i < args->n; i++) {
		const struct arg *arg = &args->v[i];
		bool taken = arg->literal || !word_is_sign(&args->words[arg->word]);

		for (size_t j = 0; !taken && j < sizeof(any) / sizeof(any[0]); j++)
			taken = strcmp(any[j], arg->name) == 0;
		if (!taken)
			return refuse_sign(args->words, (size_t)arg->word, err);
	}
	return 0;
}

/* --- programs --- */

/* "exec red tcpdump -i v2"; in a shell there, where it has signs of one. */
static char *exec_line(const struct session *session, const struct word *words, size_t count)
{
	cleanup_free char *line = NULL;

	for (size_t i = 0; i < count; i++)
		if (word_is_sign(&words[i]))
			return exec_shell_line(session->ns, words, count);
	line = words_line(words, count);
	return xasprintf("exec %s %s", session->ns, line);
}

/* No command of nsh's: a program, or something near one. */
static void hint_program(const struct session *session, const struct word *words, size_t count,
			 struct error *err)
{
	const char *own = grammar_synonym(words[0].text);
	cleanup_free char *line = NULL;

	/* "ex" is ambiguous. */
	if (err->hint && str_starts(err->hint, "it could be"))
		return;
	if (exec_finds(session->kernel, words[0].text)) {
		line = exec_line(session, words, count);
		error_hint(err, "\"%s\" runs the program%s%s%s", line,
			   own ? "; nsh's own command is \"" : "", own ? own : "", own ? "\"" : "");
	}
}

/* Whether another program is likely to know the word that is blamed, rather than that it is a mistake
 * in something that nsh knows too. */
static bool is_beyond(const struct word *words, const struct error *err)
{
	if (str_starts(err->message, "nsh"))
		return true;
	/* What nsh has words of its own for may be meant so. */
	if (grammar_is_own(words[0].text) && words[1].text[0] != '-')
		return false;
	return words[err->word].text[0] == '-' || strstr(err->message, "not understood here");
}

/* Words of a program that nsh knows in part. */
static void hint_words(const struct session *session, const struct word *words, size_t count,
		       struct error *err)
{
	cleanup_free char *line = NULL, *hint = NULL;

	if (!grammar_is_foreign(words[0].text) || err->word < 1 || err->word >= (int)count ||
	    !is_beyond(words, err) ||
	    (err->hint && str_starts(err->hint, "did you mean")) ||
	    !exec_finds(session->kernel, words[0].text))
		return;
	line = exec_line(session, words, count);
	hint = err->hint ? xstrdup(err->hint) : NULL;
	error_hint(err, "%s%s\"%s\" runs %s itself", hint ? hint : "", hint ? "; " : "", line,
		   words[0].text);
}

/* What of a program's nsh does not know, but may take for a name or a mistake. */
static const struct {
	const char *program, *word;
} others[] = {
	{ "bridge", "vlan" },  { "bridge", "mdb" },	{ "bridge", "monitor" }, { "bridge", "mst" },
	{ "bridge", "vni" },   { "ip", "rule" },	{ "ip", "maddress" },	 { "ip", "monitor" },
	{ "ip", "tunnel" },    { "ip", "tuntap" },	{ "ip", "xfrm" },	 { "ip", "vrf" },
	{ "ip", "nexthop" },   { "ip", "mroute" },	{ "ip", "ntable" },	 { "ip", "stats" },
	{ "ip", "addrlabel" }, { "ip", "netconf" },
};

void elsewhere_others(const struct session *session, const struct word *words, size_t count,
		      bool unmatched, struct error *err)
{
	cleanup_free char *line = NULL;
	bool ip = count > 0 && strcmp(words[0].text, "ip") == 0;
	/* Of ip options may stand before it, and it is no name where the line was matched. */
	size_t at = ip ? (size_t)err->word : 1;

	if (err->word < 1 || at >= count || err->word > (int)at + 1 || words[at].quoted ||
	    (ip && !unmatched))
		return;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(others[i].program, words[0].text) != 0 ||
		    strcmp(others[i].word, words[at].text) != 0)
			continue;
		error_clear(err);
		error_set(err, STATUS_USAGE, (int)at, "nsh's %s does not know %s", words[0].text,
			  words[at].text);
		line = exec_line(session, words, count);
		if (exec_finds(session->kernel, words[0].text))
			error_hint(err, "\"%s\" runs %s itself", line, words[0].text);
		return;
	}
}

void elsewhere_hint(const struct session *session, const struct word *words, size_t count,
		    struct error *err)
{
	size_t sign = 0;

	if (err->word < 0 || count == 0 || err->status != STATUS_USAGE)
		return;
	while (sign < count && !word_is_sign(&words[sign]))
		sign++;
	/* One before was taken for a name, but by echo. */
	if (sign < count && sign > 0 &&
	    (sign == (size_t)err->word ||
	     (sign < (size_t)err->word && strcmp(words[0].text, "echo") != 0)))
		refuse_sign(words, sign, err);
	else if (err->word == 0 && !words[0].quoted)
		hint_program(session, words, count, err);
	else
		hint_words(session, words, count, err);
	elsewhere_others(session, words, count, true, err);
}
