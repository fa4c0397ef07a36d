/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view/map.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>

#include "base/style.h"

/* What a map may look like where it is shown. */

/* Whether what is read and written is UTF-8: by the environment, as a locale need not be
 * there. */
static bool is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

void map_terminal(FILE *out, struct map_style *style, size_t *rows)
{
	const char *columns = getenv("COLUMNS");
	unsigned long long number = 80;
	int fd = terminal_of(out);
	struct winsize size = { 0 };

	*rows = 0;
	*style = (struct map_style){ .ascii = !is_utf8(),
				     .color = terminal_has_color(out) };
	if (columns)
		str_number(columns, 1, 10000, &number);
	if (fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
		number = size.ws_col;
		*rows = size.ws_row;
	}
	style->columns = (size_t)number;
}
