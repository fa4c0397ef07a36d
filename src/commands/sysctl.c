/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/tables.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "commands/foreign.h"
#include "commands/forwarding.h"

/* Settings: sysctl(8), and echo and cat of files below /proc/sys. */

/* sysctl(8) takes dots and slashes, whichever comes first for what divides: a/b.c, a.b/c.
 */
static char *key_of(const char *text, size_t length)
{
	char *key = xstrndup(text, length);
	bool dots = key[strcspn(key, "./")] == '.';

	for (char *c = key; dots && *c; c++) {
		if (*c == '.')
			*c = '/';
		else if (*c == '/')
			*c = '.';
	}
	return key;
}

/* "net/ipv4/ip_forward", with what nsh itself adds to forwarding. */
static int plan_setting(struct session *session, const char *key, const char *value, int word,
			struct plan *plan, struct error *err)
{
	struct ns *ns = world_ns(session->world, session->ns, WORLD_LINKS, word, err);
	bool said = false;

	if (!ns)
		return -1;
	if (strcmp(key, FORWARD4) == 0 || strcmp(key, FORWARD6) == 0)
		in_nsh_words(session, "forwarding", "forwarding %s %s", ns->name,
			     strcmp(value, "0") == 0 ? "off" : "on");
	if ((strcmp(key, FORWARD4) == 0 || strcmp(key, FORWARD6) == 0) &&
	    strcmp(value, "1") == 0)
		return plan_forward_key(session, ns, key, plan, word, &said, err);
	if (!world_sysctl(session->world, ns->name, key, err)) {
		err->word = word;
		return -1;
	}
	plan_sysctl(plan, ns->name, key, value, word);
	return 0;
}

/* Whether the line sets KEY again behind the setting numbered NTH: the last one holds. */
static bool is_set_again(const struct args *args, size_t nth, const char *key)
{
	const struct arg *arg;

	while ((arg = arg_nth(args, "SETTING", ++nth))) {
		cleanup_free char *other = key_of(arg->text, strcspn(arg->text, "="));

		if (strcmp(other, key) == 0)
			return true;
	}
	return false;
}

static int set(struct session *session, const struct args *args, struct plan *plan,
	       struct error *err)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_nth(args, "SETTING", i)); i++) {
		const char *equals = strchr(arg->text, '=');
		cleanup_free char *key = key_of(arg->text, (size_t)(equals - arg->text));

		if (is_set_again(args, i, key))
			continue;
		if (plan_setting(session, key, equals + 1, arg->word, plan, err) < 0)
			return -1;
	}
	return 0;
}

static int print_setting(struct session *session, const char *key, const char *shown,
			 int word, struct error *err)
{
	const char *value = world_sysctl(session->world, session->ns, key, err);
	cleanup_free char *seen = NULL;

	if (!value) {
		err->word = word;
		return -1;
	}
	seen = str_visible(value);
	if (session->format == FORMAT_JSON) {
		struct buf json cleanup_buf = { 0 };

		buf_add(&json, "{\"key\":");
		buf_add_json(&json, key);
		buf_add(&json, ",\"value\":");
		buf_add_json_value(&json, value);
		fprintf(session->out, "%s}\n", buf_str(&json));
	} else if (shown) {
		fprintf(session->out, "%s = %s\n", shown, seen);
	} else {
		fprintf(session->out, "%s\n", seen);
	}
	if (strcmp(key, FORWARD4) == 0 || strcmp(key, FORWARD6) == 0)
		in_nsh_words(session, "forwarding read", "forwarding");
	return 0;
}

static int get(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_nth(args, "KEY", i)); i++) {
		cleanup_free char *key = key_of(arg->text, strlen(arg->text));

		if (print_setting(session, key, arg_has(args, "-n") ? NULL : arg->text,
				  arg->word, err) < 0)
			return -1;
	}
	return 0;
}

/* --- echo and cat --- */

static int echo_into(struct session *session, const struct args *args, struct plan *plan,
		     struct error *err)
{
	const struct arg *file = arg_get(args, "PROCFILE");

	return plan_setting(session, file->text + strlen("/proc/sys/"),
			    arg_text(args, "VALUE"), file->word, plan, err);
}

static int echo(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *arg;

	for (size_t i = 0; (arg = arg_nth(args, "TEXT", i)); i++) {
		/* Not an option that would be printed, nor a redirection that would be.
		 */
		if (!args->words[arg->word].quoted &&
		    (strpbrk(arg->text, "<>|&") ||
		     (i == 0 && arg->text[0] == '-' && arg->text[1]))) {
			error_set(err, STATUS_USAGE, arg->word,
				  "nsh's echo does not know %s", arg->text);
			return error_hint(err, "of a shell's redirections nsh knows "
					       "\"echo VALUE > /proc/sys/...\"");
		}
	}
	for (size_t i = 0; (arg = arg_nth(args, "TEXT", i)); i++)
		fprintf(session->out, "%s%s", i ? " " : "", arg->text);
	if (!arg_has(args, "-n"))
		fputc('\n', session->out);
	fflush(session->out);
	in_nsh_words(session, "echo", "say TEXT");
	return 0;
}

static int cat(struct session *session, const struct args *args, struct error *err)
{
	const struct arg *file = arg_get(args, "PROCFILE");

	return print_setting(session, file->text + strlen("/proc/sys/"), NULL, file->word,
			     err);
}

const struct command commands_sysctl[] = {
	{
		.grammar = "sysctl [(-w|-q|-n|--write)...] SETTING...",
		.help = "change settings of the kernel",
		.example = "sysctl -w net.ipv4.ip_forward=1",
		.plan = set,
		.flags = COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "sysctl [(-n|--values)...] KEY...",
		.help = "show settings of the kernel",
		.example = "sysctl net.ipv4.ip_forward",
		.run = get,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN | COMMAND_GETOPT,
	},
	{
		.grammar = "echo VALUE (>|PIPE [sudo] tee) PROCFILE",
		.help = "change a setting of the kernel",
		.example = "echo 1 > /proc/sys/net/ipv4/ip_forward",
		.plan = echo_into,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "echo [-n] [TEXT...]",
		.help = "print a text",
		.example = "echo \"two rooms and a cable\"",
		.run = echo,
		.flags = COMMAND_FOREIGN,
	},
	{
		.grammar = "cat PROCFILE",
		.help = "show a setting of the kernel",
		.example = "cat /proc/sys/net/ipv4/ip_forward",
		.run = cat,
		.flags = COMMAND_LOOKS | COMMAND_FOREIGN,
	},
	{ 0 },
};
