/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sources of all cases see first. The forms of attributes and special
 * sections are those of Xen 4.17 on x86 (xen/init.h, xen/percpu.h, xen/compiler.h,
 * asm/bug.h, asm/alternative.h, asm/asm_defns.h, xen/livepatch_payload.h).
 */
#ifndef MINI_XEN_CONFIG_H
#define MINI_XEN_CONFIG_H

#pragma GCC visibility push(hidden)

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef unsigned long size_t;
typedef _Bool bool;

#define NULL ((void *)0)
#define true 1
#define false 0
#define EINVAL 22
#define EPERM 1

#define noinline __attribute__((noinline))
#define always_inline inline __attribute__((always_inline))
#define __used __attribute__((used))
#define __weak __attribute__((weak))
#define __section(s) __attribute__((__section__(s)))
#define __init __section(".init.text")
#define __initdata __section(".init.data")
#define __initconst __section(".init.rodata")
#define __read_mostly __section(".data.read_mostly")
#define __ro_after_init __section(".data.ro_after_init")
#define cf_check __attribute__((cf_check))
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ volatile("" ::: "memory")
#define unreachable() __builtin_unreachable()

#define PER_CPU(name) per_cpu__##name
#define DEFINE_PER_CPU(type, name) __section(".bss.percpu") type PER_CPU(name)
#define this_cpu(name) (*(volatile typeof(PER_CPU(name)) *)&PER_CPU(name))

int printk(const char *fmt, ...);
void do_work(int n);
int get_number(void);

/* --- bug frames: two words, or four with a message --- */

#define FRAME_TEXT(type, more)                                                                     \
	"1: ud2\n"                                                                                 \
	".pushsection .bug_frames." type ", \"a\", @progbits\n"                                    \
	".p2align 2\n"                                                                             \
	"2: .long (1b - 2b) + %c[hi]\n"                                                            \
	".long (%c[file] - 2b) + %c[lo]\n" more ".popsection\n"

#define FRAME_LINE [hi] "i"((__LINE__ >> 7) << 24), [lo] "i"((__LINE__ & 127) << 24)

#define run_in_exception_handler(fn)                                                               \
	__asm__ volatile(FRAME_TEXT("0", "")::[hi] "i"(0), [lo] "i"(0), [file] "i"(fn))
#define WARN() __asm__ volatile(FRAME_TEXT("1", "")::FRAME_LINE, [file] "i"(__FILE__))
#define WARN_ON(p)                                                                                 \
	do {                                                                                       \
		if (unlikely(p))                                                                   \
			WARN();                                                                    \
	} while (0)
#define BUG()                                                                                      \
	do {                                                                                       \
		__asm__ volatile(FRAME_TEXT("2", "")::FRAME_LINE, [file] "i"(__FILE__));           \
		unreachable();                                                                     \
	} while (0)
#define BUG_ON(p)                                                                                  \
	do {                                                                                       \
		if (unlikely(p))                                                                   \
			BUG();                                                                     \
	} while (0)
#define ASSERT(p)                                                                                  \
	do {                                                                                       \
		if (unlikely(!(p))) {                                                              \
			__asm__ volatile(FRAME_TEXT("3", ".long 0, %c[msg] - 2b\n")::FRAME_LINE,   \
					 [file] "i"(__FILE__), [msg] "i"(#p));                     \
			unreachable();                                                             \
		}                                                                                  \
	} while (0)

/* --- alternatives: entries of 14 bytes --- */

#define ALTERNATIVE(plain, better, feature)                                                        \
	"1: " plain "\n2:\n"                                                                       \
	".pushsection .altinstructions, \"a\", @progbits\n"                                        \
	".long 1b - .\n.long 3f - .\n"                                                             \
	".word " feature "\n"                                                                      \
	".byte 2b - 1b, 4f - 3f, 0, 0\n"                                                           \
	".section .altinstr_replacement, \"ax\", @progbits\n"                                      \
	"3: " better "\n4:\n"                                                                      \
	".popsection\n"
#define alternative(plain, better, feature)                                                        \
	__asm__ volatile(ALTERNATIVE(plain, better, feature)::: "memory")

/* --- exception table: pairs of distances; fixups in a section of their own --- */

#define EXTABLE(from, to)                                                                          \
	".pushsection .ex_table, \"a\"\n"                                                          \
	".balign 4\n"                                                                              \
	".long " from " - ., " to " - .\n"                                                         \
	".popsection\n"

/* --- hooks of a live patch --- */

typedef void livepatch_loadcall_t(void);
#define LIVEPATCH_LOAD_HOOK(fn)                                                                    \
	livepatch_loadcall_t *__weak const livepatch_load_data_##fn                                \
		__section(".livepatch.hooks.load") = fn;
#define LIVEPATCH_UNLOAD_HOOK(fn)                                                                  \
	livepatch_loadcall_t *__weak const livepatch_unload_data_##fn                              \
		__section(".livepatch.hooks.unload") = fn;

#endif
