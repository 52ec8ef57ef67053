// SPDX-License-Identifier: GPL-2.0-or-later
#include "signed.h"

#include "patchbuild/sign.h"
#include "unit/core/make.h"

#include <check.h>
#include <time.h>

void unsigned_payload(struct strbuf *out)
{
	struct make m;

	make_payload(&m);
	make_write(&m, out);
}

static struct file_data as_file(const struct strbuf *b)
{
	return (struct file_data){(unsigned char *)b->data, b->len};
}

static int sign(struct strbuf *file, const char *key, struct strbuf *asc, struct err *e)
{
	struct file_data f = as_file(file);
	struct strbuf signature = {0};
	struct strbuf out = {0};
	int ret = payload_sign("p", key, &f, &out, asc ? asc : &signature, e);

	strbuf_free(&signature);
	if (ret) {
		strbuf_free(&out);
		return ret;
	}
	strbuf_free(file);
	*file = out;
	return 0;
}

void sign_payload(struct strbuf *file, const char *key, struct strbuf *asc)
{
	struct err e = ERR_INIT;

	ck_assert_msg(sign(file, key, asc, &e) == 0, "%s", e.text);
}

const char *sign_fails(struct strbuf *file, const char *key)
{
	static struct err e;

	err_clear(&e);
	ck_assert_msg(sign(file, key, NULL, &e) != 0, "signed by %s", key);
	return e.text;
}

int verify_payload(const struct strbuf *file, struct pgp_keyring *k, unsigned int require,
		   struct payload_signers *out, struct err *e)
{
	struct file_data f = as_file(file);

	return payload_verify("p", &f, k, require, (int64_t)time(NULL), out, e);
}
