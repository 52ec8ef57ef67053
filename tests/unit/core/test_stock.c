// SPDX-License-Identifier: GPL-2.0-or-later
/* Xen's own test payloads, as built with the base (make base), from the folder of the project. */
#include "rig.h"
#include "common/io.h"

#include <stdio.h>
#include <string.h>

#define FOLDER "build/xen/debian-4.17/xen/test/livepatch/"

static struct rig r;
static uint8_t xen_id[20];

static void setup(void)
{
	rig_init(&r);
	rig_symbol(&r, "xen_extra_version", RIG_TEXT + 0x1000);
	rig_symbol(&r, "xen_minor_version", RIG_TEXT + 0x2000);
	rig_symbol(&r, "printk", RIG_TEXT + 0x3000);
	rig_symbol(&r, "__x86_return_thunk", RIG_TEXT + 0x4000);
	rig_symbol(&r, "revert_payload", RIG_TEXT + 0x5000);
	rig_symbol(&r, "revert_payload_tail", RIG_TEXT + 0x6000);
}

static void teardown(void)
{
	rig_free(&r);
}

static void read_stock(const char *name)
{
	struct xsp_cause c = {XSP_OK, 0, ""};
	struct file_data data = {0};
	struct err e = ERR_INIT;
	char path[256];

	snprintf(path, sizeof(path), FOLDER "%s.livepatch", name);
	ck_assert_msg(!file_read(path, 0, &data, &e), "%s (make base builds it)", e.text);
	strbuf_free(&r.file);
	strbuf_add(&r.file, (const char *)data.data, data.size);
	file_free(&data);
	if (!xsp_payload_open(&r.payload, r.file.data, r.file.len, &c)) {
		memcpy(xen_id, r.payload.xen_depends.data, sizeof(xen_id));
		r.loader.xen_build_id = (struct xsp_bytes){xen_id, sizeof(xen_id)};
	}
}

static const struct {
	const char *name;
	enum xsp_code code;
	uint32_t patches;
} stock[] = {
	{"xen_hello_world", XSP_OK, 1},
	{"xen_bye_world", XSP_OK, 1},
	{"xen_replace_world", XSP_OK, 1},
	{"xen_nop", XSP_OK, 1},
	{"xen_no_xen_buildid", XSP_SPECIAL_MISSING, 0},
	{"xen_prepost_hooks", XSP_OK, 1},
	{"xen_prepost_hooks_fail", XSP_OK, 1},
	{"xen_action_hooks", XSP_OK, 1},
	{"xen_action_hooks_nofunc", XSP_OK, 0},
	{"xen_action_hooks_marker", XSP_OK, 1},
	{"xen_action_hooks_noapply", XSP_OK, 1},
	{"xen_action_hooks_norevert", XSP_OK, 1},
	{"xen_expectations", XSP_OK, 1},
	{"xen_expectations_fail", XSP_OK, 1},
};

START_TEST(links)
{
	read_stock(stock[_i].name);
	ck_assert_msg(rig_load_file(&r) == stock[_i].code, "%s: %s: %s at %llu: %s", stock[_i].name,
		      r.cause.what, xsp_code_text(r.cause.code), (unsigned long long)r.cause.pos,
		      r.cause.what);
	if (r.module)
		ck_assert_uint_eq(r.module->npatches, stock[_i].patches);
}
END_TEST

START_TEST(hello_world)
{
	const struct xsp_module *m;

	read_stock("xen_hello_world");
	ck_assert_int_eq(rig_load_file(&r), XSP_OK);
	m = r.module;
	ck_assert_uint_eq(m->patches[0].old_addr, RIG_TEXT + 0x1000);
	ck_assert_uint_eq(m->hooks[XSP_HOOK_LOAD].count, 2);
	ck_assert_uint_eq(m->hooks[XSP_HOOK_UNLOAD].count, 3);
	ck_assert_uint_eq(m->bug_frames[2].count, 2);
	ck_assert_uint_eq(m->alternatives.count, 3);
	ck_assert_uint_eq(m->ex_table.count, 1);
	ck_assert_str_eq(xsp_module_symbol(m, m->patches[0].new_addr)->name, "xen_hello_world");
	ck_assert(!m->layout.reapply);
}
END_TEST

/* As the sequence of Xen's own tests loads them (XEN-FACTS 7). */
START_TEST(together)
{
	static const char *const names[] = {"xen_hello_world", "xen_bye_world", "xen_replace_world",
					    "xen_nop"};

	for (size_t i = 0; i < 4; i++) {
		read_stock(names[i]);
		r.name = names[i];
		ck_assert_msg(rig_load_file(&r) == XSP_OK, "%s: %s: %s", names[i], r.cause.what,
			      xsp_code_text(r.cause.code));
		xsp_module_add(&r.loader, r.module);
		r.module = NULL;
		r.memory = NULL;
		r.base += 1u << 20;
	}
	read_stock("xen_hello_world");
	r.name = "again";
	ck_assert_int_eq(rig_load_file(&r), XSP_ID_TAKEN);
}
END_TEST

static Suite *suite_stock(void)
{
	Suite *s = suite_create("stock");
	TCase *t = tcase_create("payloads");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, links, 0, sizeof(stock) / sizeof(*stock));
	tcase_add_test(t, hello_world);
	tcase_add_test(t, together);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *sr = srunner_create(suite_stock());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
