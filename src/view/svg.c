/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "view/map_canvas.h"
#include "view/map_svg.h"

#define PAD 14 /* between a box's frame and its text */
#define TITLE 34 /* of a box */
#define LEAST 150 /* wide */
#define COLUMN_X10 78 /* tenths of a pixel: a column of the lines' font */
#define TITLE_X10 93 /* of a title's */
#define LABEL_X10 66

/* A style sheet rather than attributes: a dark page gets dark boxes. */
static const char style[] =
	"text{font-family:'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,"
	"'Noto Sans Mono CJK KR',monospace;font-size:13px;fill:#26324a}"
	".sheet{fill:#ffffff}"
	".house{fill:#f7f4ec;stroke:#b9a77c;stroke-width:2}"
	".room{fill:#eef4ff;stroke:#5b7db1;stroke-width:1.5}"
	".again{stroke-dasharray:5 4;fill-opacity:.45}"
	".switch{fill:#d9f2e6;stroke:#2e8b62;stroke-width:2.5}"
	".cable{stroke:#5b7db1;stroke-width:2.5;fill:none}"
	".off{stroke:#c0392b;stroke-dasharray:6 5}"
	".socket{fill:#26324a}"
	".cloud{fill:#eceff4;stroke:#8892a6;stroke-width:1.5}"
	".name,.housename,.barname{font-family:'DejaVu Sans','Helvetica Neue',Arial,"
	"'Noto Sans CJK KR',sans-serif;font-weight:bold}"
	".name{font-size:15px}.housename{font-size:17px}.barname{font-size:15px}"
	".label,.legend{font-size:11px}.label,.legend,.dim{fill:#66718a}"
	".up{fill:#1f9d55}.down{fill:#c0392b}.sw{fill:#1c6b49}.fact{fill:#8a5a00}"
	"@media (prefers-color-scheme:dark){"
	"text{fill:#dfe6f3}.sheet{fill:#151a23}"
	".house{fill:#262319;stroke:#8d7c50}.room{fill:#1c2739;stroke:#7f9fd1}"
	".switch{fill:#14352a;stroke:#46b584}.cable{stroke:#7f9fd1}.off{stroke:#ff7b6b}"
	".socket{fill:#dfe6f3}.cloud{fill:#2a303c;stroke:#8892a6}"
	".label,.legend,.dim{fill:#9aa5bb}"
	".up{fill:#4cd38a}.down{fill:#ff7b6b}.sw{fill:#7fe0b4}.fact{fill:#e9b44c}}";

static int pixels(size_t columns, int x10)
{
	return (int)columns * x10 / 10 + 1;
}

static void reach(struct svg *svg, int x)
{
	if (x > svg->right)
		svg->right = x;
}

/* --- text --- */

/* Markup's own characters, and the two that XML forbids though they are in UTF-8. */
static void add_xml(struct buf *b, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		switch (text[i]) {
		case ' ': /* of several, all but one would be dropped */
			buf_add(b, i && text[i - 1] == ' ' ? "&#160;" : " ");
			break;
		case '&':
			buf_add(b, "&amp;");
			break;
		case '<':
			buf_add(b, "&lt;");
			break;
		case '>':
			buf_add(b, "&gt;");
			break;
		case '"':
			buf_add(b, "&quot;");
			break;
		case '\'':
			buf_add(b, "&#39;");
			break;
		default:
			if (length - i >= 3 && (unsigned char)text[i] == 0xef &&
			    (unsigned char)text[i + 1] == 0xbf &&
			    (unsigned char)text[i + 2] >= 0xbe) {
				buf_addf(b, "\\uff%02x",
					 (unsigned char)text[i + 2] + 0x40);
				i += 2;
				break;
			}
			buf_addc(b, text[i]);
			break;
		}
	}
}

static const char *class_of(enum map_mark how)
{
	switch (how) {
	case MARK_UP:
		return "up";
	case MARK_DOWN:
		return "down";
	case MARK_DIM:
		return "dim";
	case MARK_SWITCH:
		return "sw";
	case MARK_FACT:
		return "fact";
	case MARK_PLAIN:
	case MARK_NAME:
	case MARK_ADDRESS:
	case MARK_END:
		break;
	}
	return NULL;
}

static void add_spans(struct buf *b, const char *marked)
{
	enum map_mark how = MARK_PLAIN;

	while (*marked) {
		size_t length = 0;
		const char *class;

		if ((unsigned char)*marked < MARK_END) {
			how = (enum map_mark) * marked++;
			continue;
		}
		while ((unsigned char)marked[length] >= MARK_END)
			length++;
		class = class_of(how);
		if (class)
			buf_addf(b, "<tspan class=\"%s\">", class);
		add_xml(b, marked, length);
		if (class)
			buf_add(b, "</tspan>");
		marked += length;
	}
}

static void text_at(struct svg *svg, const char *class, int x, int y, const char *marked,
		    bool right)
{
	buf_addf(&svg->body, "<text class=\"%s\" x=\"%d\" y=\"%d\"%s>", class, x, y,
		 right ? " text-anchor=\"end\"" : "");
	add_spans(&svg->body, marked);
	buf_add(&svg->body, "</text>\n");
}

void svg_text(struct svg *svg, const char *class, int x, int y, const char *marked)
{
	/* Blanks at the start would be dropped: they become room. */
	size_t blanks = 0;
	char how = MARK_PLAIN;
	struct buf rest cleanup_buf = { 0 };

	for (; *marked == ' ' || (*marked && (unsigned char)*marked < MARK_END);
	     marked++) {
		if (*marked == ' ')
			blanks++;
		else
			how = *marked;
	}
	buf_addc(&rest, how);
	buf_add(&rest, marked);
	x += pixels(blanks, COLUMN_X10) - 1;
	text_at(svg, class, x, y, buf_str(&rest), false);
	reach(svg, x + pixels(map_columns(marked), COLUMN_X10));
}

void svg_text_right(struct svg *svg, const char *class, int x, int y, const char *marked)
{
	text_at(svg, class, x, y, marked, true);
}

void svg_label(struct svg *svg, const struct svg_card *card, int x, int y)
{
	if (card->label)
		svg_text(svg, "label", x, y, card->label);
}

/* --- shapes --- */

void svg_rect(struct svg *svg, const char *class, int x, int y, int width, int height,
	      int round)
{
	buf_addf(&svg->body,
		 "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
		 "rx=\"%d\"/>\n",
		 class, x, y, width, height, round);
	reach(svg, x + width);
}

void svg_line(struct svg *svg, const char *class, int x1, int y1, int x2, int y2)
{
	buf_addf(&svg->body, "<path class=\"%s\" d=\"M%d %dL%d %d\"/>\n", class, x1, y1,
		 x2, y2);
	reach(svg, x2);
}

void svg_curve(struct svg *svg, const char *class, int x1, int y1, int x2, int y2)
{
	int half = (x1 + x2) / 2;

	buf_addf(&svg->body, "<path class=\"%s\" d=\"M%d %dC%d %d %d %d %d %d\"/>\n",
		 class, x1, y1, half, y1, half, y2, x2, y2);
	svg_rect(svg, "socket", x1 - 4, y1 - 5, 8, 10, 2);
	svg_rect(svg, "socket", x2 - 4, y2 - 5, 8, 10, 2);
}

void svg_cloud(struct svg *svg, int x, int y, const char *text)
{
	buf_addf(&svg->body,
		 "<path class=\"cloud\" d=\"M%d %da22 22 0 0 1 6 -43a34 34 0 0 1 62 -6"
		 "a26 26 0 0 1 36 25a13 13 0 0 1 0 24z\"/>\n",
		 x - 52, y + 22);
	text_at(svg, "label", x + 26, y + 12, text, true);
	reach(svg, x + 60);
}

/* --- boxes --- */

void svg_card_make(struct svg_card *card, const struct map_box *box, size_t columns)
{
	int label;

	*card = (struct svg_card){ .again = box->again, .broken = box->broken };
	card->title = xstrdup(box->title);
	card->label = box->label ? xstrdup(box->label) : NULL;
	for (size_t i = 0; i < box->lines.n; i++) {
		if (i == box->left)
			card->left = card->lines.n;
		if (i == box->right)
			card->right = card->lines.n;
		map_wrap(&card->lines, box->lines.v[i], columns ? columns : 1000000);
	}
	card->title_width = pixels(map_columns(card->title), TITLE_X10);
	card->width = card->title_width + 2 * PAD;
	for (size_t i = 0; i < card->lines.n; i++) {
		int width = pixels(map_columns(card->lines.v[i]), COLUMN_X10) + 2 * PAD;

		if (width > card->width)
			card->width = width;
	}
	/* The label stands beside the cable, which comes in at the left. */
	label = card->label ? pixels(map_columns(card->label), LABEL_X10) + 52 : 0;
	if (label > card->width)
		card->width = label;
	if (card->width < LEAST)
		card->width = LEAST;
	card->height = TITLE + (int)card->lines.n * SVG_LINE + (card->lines.n ? 8 : 0);
}

void svg_card_free(struct svg_card *card)
{
	free(card->title);
	free(card->label);
	strings_free(&card->lines);
}

int svg_card_line(const struct svg_card *card, bool right)
{
	return TITLE + (int)(right ? card->right : card->left) * SVG_LINE + 5;
}

void svg_card(struct svg *svg, const struct svg_card *card, int x, int y, int width,
	      int height)
{
	for (int behind = 2; card->many && behind > 0; behind--)
		svg_rect(svg, "room", x + 5 * behind, y + 5 * behind, width, height, 10);
	svg_rect(svg, card->again ? "room again" : "room", x, y, width, height, 10);
	svg_text(svg, "name", x + PAD, y + 24, card->title);
	for (size_t i = 0; i < card->lines.n; i++)
		svg_text(svg, "line", x + PAD, y + TITLE + 10 + (int)i * SVG_LINE,
			 card->lines.v[i]);
}

/* --- the file --- */

struct legend_entry {
	const char *text;
	const char *box; /* class of a sample box, NULL: none ... */
	const char *line; /* ... and of a sample cable */
	int width;
};

/* Broken into lines where the picture is narrow. Returns the y of the last one. */
static int legend(struct svg *svg, int left, int y)
{
	static const struct legend_entry entries[] = {
		{ "\003●\001 up", NULL, NULL, 52 },
		{ "\004○\001 down", NULL, NULL, 64 },
		{ "\004◌\001 no carrier", NULL, NULL, 108 },
		{ "cable", NULL, "cable", 96 },
		{ "carries nothing", NULL, "cable off", 164 },
		{ "switch", "switch", NULL, 96 },
		{ "namespace", "room", NULL, 118 },
		{ "drawn elsewhere", "room again", NULL, 150 },
	};
	int x = left, right = svg->right > left + 440 ? svg->right : left + 440;

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct legend_entry *e = &entries[i];

		if (x + e->width > right) {
			x = left;
			y += SVG_LINE + 5;
		}
		if (e->box)
			svg_rect(svg, e->box, x, y - 11, 30, 14, 4);
		if (e->line)
			svg_line(svg, e->line, x, y - 4, x + 30, y - 4);
		svg_text(svg, "legend", x + (e->box || e->line ? 38 : 0), y, e->text);
		x += e->width;
	}
	return y;
}

void svg_finish(struct svg *svg, int y, int margin, struct buf *text)
{
	int height = legend(svg, margin, y) + margin, width = svg->right + margin;

	buf_addf(text,
		 MAP_SVG_BEGIN "xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		 "viewBox=\"0 0 %d %d\" role=\"img\">\n" MAP_SVG_TITLE "\n"
		 "<style>%s</style>\n"
		 "<rect class=\"sheet\" width=\"%d\" height=\"%d\" "
		 "rx=\"16\"/>\n%s</svg>\n",
		 width, height, width, height, style, width, height, buf_str(&svg->body));
	buf_free(&svg->body);
}
