// SPDX-License-Identifier: GPL-2.0-or-later
#include "xsplice-ctl/ctl.h"

#include "xsplice-ctl/modinfo.h"
#include "xsplice-ctl/opts.h"
#include "common/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define STATE_WIDTH 8

/* Columns of the terminal that standard output is, 0: it is none. */
static size_t terminal_width(void)
{
	struct winsize w = {0};

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) || w.ws_col < 40)
		return 80;
	return w.ws_col;
}

/* "APPLIED", with the result of the last action where there is something to say. */
static void add_state(struct strbuf *b, const struct lp_status *st)
{
	strbuf_adds(b, lp_state_name(st->state));
	if (st->rc == -EAGAIN)
		strbuf_adds(b, " (action pending)");
	else if (st->rc)
		strbuf_addf(b, " (last action: error %d, %s)", -st->rc, strerror(-st->rc));
}

static void add_padded(struct strbuf *b, size_t from, size_t width)
{
	while (b->len - from < width)
		strbuf_addc(b, ' ');
}

static void print_row(const struct lp_entry *p, size_t name_width, size_t columns)
{
	struct strbuf b = {0};

	strbuf_add_escaped(&b, p->name, strlen(p->name));
	add_padded(&b, 0, name_width);
	strbuf_adds(&b, "  ");
	add_state(&b, &p->status);
	add_padded(&b, 0, name_width + 2 + STATE_WIDTH);
	strbuf_adds(&b, "  ");
	modinfo_line(p->metadata, p->metadata_len, &b);
	if (columns && b.len > columns) {
		size_t cut = columns - 3;

		while (cut && ((unsigned char)b.data[cut] & 0xc0) == 0x80)
			cut--;
		printf("%.*s...\n", (int)cut, b.data);
	} else {
		while (b.len && b.data[b.len - 1] == ' ')
			b.data[--b.len] = 0;
		puts(b.data);
	}
	strbuf_free(&b);
}

static void print_table(const struct lp_list *list)
{
	size_t columns = terminal_width();
	size_t width = 4;
	size_t i;

	if (!list->n) {
		puts("No payloads are loaded.");
		return;
	}
	for (i = 0; i < list->n; i++) {
		struct strbuf name = {0};

		strbuf_add_escaped(&name, list->v[i].name, strlen(list->v[i].name));
		width = name.len > width ? name.len : width;
		strbuf_free(&name);
	}
	printf("%-*s  %-*s  %s\n", (int)width, "NAME", STATE_WIDTH, "STATE", "METADATA");
	for (i = 0; i < list->n; i++)
		print_row(&list->v[i], width, columns);
}

static void print_field(const char *key, size_t key_len, const char *value, size_t len)
{
	struct strbuf b = {0};

	strbuf_add_escaped(&b, key, key_len);
	add_padded(&b, 0, 16);
	strbuf_adds(&b, "  ");
	strbuf_add_escaped(&b, value, len);
	puts(b.data);
	strbuf_free(&b);
}

static void print_details(const struct lp_entry *p)
{
	struct strbuf state = {0};
	struct modinfo_item m;
	size_t at = 0;

	add_state(&state, &p->status);
	print_field("name", 4, p->name, strlen(p->name));
	print_field("state", 5, state.data, state.len);
	while (modinfo_next(p->metadata, p->metadata_len, &at, &m)) {
		if (m.key_len)
			print_field(m.key, m.key_len, m.value, m.value_len);
		else
			print_field("metadata", 8, m.value, m.value_len);
	}
	strbuf_free(&state);
}

static void print_json(const struct lp_list *list, const struct lp_entry *only)
{
	struct json *doc = ctl_json("list");
	struct json *all = json_new_array();
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!only || only == &list->v[i])
			json_add(all, ctl_entry_json(&list->v[i]));
	json_put(doc, "payloads", all);
	ctl_json_done(doc);
}

static int show(const struct lp_list *list, const char *name, bool json, struct err *e)
{
	const struct lp_entry *only = name ? lp_list_find(list, name) : NULL;

	if (name && !only)
		return err_set(e, ERR_STATE, "%s: no payload of this name is loaded", name);
	if (json)
		print_json(list, only);
	else if (only)
		print_details(only);
	else
		print_table(list);
	return 0;
}

int cmd_list(struct cli *cli, void *opts, int argc, char **argv)
{
	const struct opts_list *o = opts;
	struct lp_list list;
	struct lp lp;

	if (argc > 1) {
		err_set(&cli->err, ERR_USAGE, "%s: one name at most", argv[1]);
		return 0;
	}
	if (lp_open(&lp, &cli->err))
		return 0;
	if (lp_list(&lp, &list, &cli->err) == 0) {
		show(&list, argv[0], o->json, &cli->err);
		lp_list_free(&list);
	}
	lp_close(&lp);
	return 0;
}
