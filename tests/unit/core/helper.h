/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * helper.h - what the suites of the core share
 */
#ifndef TEST_CORE_HELPER_H
#define TEST_CORE_HELPER_H

#include "make.h"

#include "common/mem.h"
#include "xsplice/xsplice.h"

#include <check.h>
#include <stdlib.h>

/*
 * Opens a payload from memory of exactly its size, so that ASan sees every byte
 * read too far; reads all there is to read in it. Returns the code.
 */
enum xsp_code open_all(const void *data, size_t size, struct xsp_cause *cause);

/* The file in @file is refused with @code. */
#define refused(file, want)                                                                        \
	do {                                                                                       \
		struct xsp_cause c_ = {XSP_OK, 0, ""};                                             \
		enum xsp_code got_ = open_all((file)->data, (file)->len, &c_);                     \
		ck_assert_msg(got_ == (want), "refused for \"%s: %s\", not \"%s\"", c_.what,       \
			      xsp_code_text(got_), xsp_code_text(want));                           \
		ck_assert_uint_le(c_.pos, (file)->len);                                            \
	} while (0)

#define taken(file) refused(file, XSP_OK)

#endif
