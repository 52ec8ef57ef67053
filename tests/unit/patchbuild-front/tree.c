// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree.h"

#include "common/io.h"
#include "common/mem.h"
#include "common/proc.h"
#include "common/temp.h"
#include "patchbuild/store.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char script[] =
	"mkdir -p tree/xen/common tree/xen/include/xen/sub tree/xen/include/config store\n"
	"cd tree/xen\n"
	"touch Rules.mk common/Makefile Kconfig\n"
	"ln -s . source\n"
	"echo CONFIG_LIVEPATCH=y > include/config/auto.conf\n"
	"printf '#define XEN_VERSION 4\\n#define XEN_SUBVERSION 17\\n"
	"#define XEN_EXTRAVERSION \".9\"\\n' > include/xen/compile.h\n"
	"printf 'int helper(int);\\n#define LINE() helper(__LINE__)\\n' > include/xen/lib.h\n"
	"printf '#include \"../lib.h\"\\n' > include/xen/sub/up.h\n"
	"printf '#include <xen/lib.h>\\nint a_one(int x)\\n{\\n    return LINE() + x;\\n}\\n"
	"int a_two(int x)\\n{\\n    return LINE() * x;\\n}\\n' > common/a.c\n"
	"printf '#include <xen/sub/up.h>\\nconst char *where(void) { return __FILE__; }\\n"
	"int helper(int x)\\n{\\n    return x + 1;\\n}\\n"
	"static const int table[] = {5, 7};\\n"
	"static int hidden(int x)\\n{\\n    return table[(x - 3) & 1];\\n}\\n"
	"int seen(int x)\\n{\\n    return hidden(x) + x;\\n}\\n' > common/b.c\n"
	"one() {\n"
	"  cmd=\"gcc -MMD -MP -MF common/.$1.o.d -O2 -nostdinc -ffunction-sections "
	"-fno-inline -fno-pie -I./include -I$PWD/include -c $PWD/common/$1.c -o "
	"common/.$1.o.tmp -MQ common/$1.o\"\n"
	"  $cmd\n"
	"  objcopy --redefine-sym $1.c=common/$1.c common/.$1.o.tmp common/$1.o\n"
	"  { printf 'cmd_common/%s.o := %s\\n\\nsource_common/%s.o := common/%s.c\\n\\n' $1 "
	"\"$cmd\" "
	"$1 $1\n"
	"    printf 'deps_common/%s.o := \\\\\\n' $1\n"
	"    printf '    $(wildcard include/config/x.h) \\\\\\n'\n"
	"    for d in $2; do printf '  %s \\\\\\n' $d; done; } > common/.$1.o.cmd\n"
	"}\n"
	"one a include/xen/lib.h\n"
	"one b 'include/xen/sub/up.h include/xen/sub/../lib.h'\n"
	"ld -r -o prelink.o common/a.o common/b.o\n"
	"echo 'cmd_prelink.o := ld -r -o prelink.o common/a.o common/b.o' > .prelink.o.cmd\n"
	"ld -e 0 --build-id=sha1 -o xen-syms prelink.o\n"
	"objcopy -O binary xen-syms xen\n"
	"gzip -nc xen > xen.gz\n";

void fake_run(const struct fake *f, const char *text)
{
	const char *argv[] = {"sh", "-ec", text, NULL};
	struct proc p = {.argv = argv, .cwd = f->dir};
	struct err e = ERR_INIT;

	ck_assert_msg(proc_run(&p, &e) == 0, "%s", e.text);
	ck_assert_msg(p.status == 0, "%s: %s", text, p.errors.data ? p.errors.data : "");
	proc_free(&p);
}

void fake_make(struct fake *f)
{
	struct err e = ERR_INIT;

	memset(f, 0, sizeof(*f));
	f->dir = dir_temp("front", &e);
	ck_assert_msg(f->dir != NULL, "%s", e.text);
	f->tree = path_join(f->dir, "tree");
	f->store = path_join(f->dir, "store");
	fake_run(f, script);
}

void fake_make_base(struct fake *f)
{
	struct err e = ERR_INIT;

	fake_make(f);
	ck_assert_msg(store_make(f->store, f->tree, NULL, &f->id, &e) == 0, "%s", e.text);
}

void fake_free(struct fake *f)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(dir_remove(f->dir, &e), 0);
	free(f->dir);
	free(f->tree);
	free(f->store);
	free(f->id);
}
