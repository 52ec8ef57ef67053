/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * abi.h - the forms that a payload has on disk
 *
 * Shared by all that make or read payloads. docs/payload-format.md says the same
 * in prose and names the source of every rule. All numbers are little-endian
 * unless a comment says otherwise; the machine that runs this code is
 * little-endian too.
 *
 * Only forms are here. What is checked about them is in the core; a reader of
 * untrusted bytes uses that (xsplice.h) and never these structs directly.
 */
#ifndef XSPLICE_ABI_H
#define XSPLICE_ABI_H

#include <xsp_env.h>

/* Xen refuses uploads above this many bytes, signatures included. */
#define ABI_PAYLOAD_MAX (2u << 20)

/* --- ELF, the part of it that payloads use (System V ABI, gABI chapter 4) --- */

struct abi_ehdr {
	uint8_t e_ident[16];
	uint16_t e_type;
	uint16_t e_machine;
	uint32_t e_version;
	uint64_t e_entry;
	uint64_t e_phoff;
	uint64_t e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize;
	uint16_t e_phentsize;
	uint16_t e_phnum;
	uint16_t e_shentsize;
	uint16_t e_shnum;
	uint16_t e_shstrndx;
};

struct abi_shdr {
	uint32_t sh_name;
	uint32_t sh_type;
	uint64_t sh_flags;
	uint64_t sh_addr;
	uint64_t sh_offset;
	uint64_t sh_size;
	uint32_t sh_link;
	uint32_t sh_info;
	uint64_t sh_addralign;
	uint64_t sh_entsize;
};

struct abi_sym {
	uint32_t st_name;
	uint8_t st_info;
	uint8_t st_other;
	uint16_t st_shndx;
	uint64_t st_value;
	uint64_t st_size;
};

struct abi_rela {
	uint64_t r_offset;
	uint64_t r_info;
	int64_t r_addend;
};

#define ABI_RELA_SYM(info)     ((uint32_t)((info) >> 32))
#define ABI_RELA_TYPE(info)    ((uint32_t)(info))
#define ABI_RELA_INFO(s, type) (((uint64_t)(s) << 32) | (uint32_t)(type))
#define ABI_SYM_BIND(info)     ((info) >> 4)
#define ABI_SYM_TYPE(info)     ((info)&15)
#define ABI_SYM_INFO(b, type)  ((uint8_t)(((b) << 4) | (type)))

/* e_ident */
#define ABI_EI_CLASS	  4
#define ABI_EI_DATA	  5
#define ABI_EI_VERSION	  6
#define ABI_EI_OSABI	  7
#define ABI_EI_ABIVERSION 8
#define ABI_CLASS64	  2
#define ABI_DATA_LSB	  1
#define ABI_OSABI_NONE	  0
#define ABI_OSABI_FREEBSD 9

#define ABI_EV_CURRENT 1
#define ABI_ET_REL     1
#define ABI_EM_X86_64  62
#define ABI_EM_AARCH64 183

/* Xen takes fewer sections than this. */
#define ABI_SHNUM_LIMIT 1024

#define ABI_SHT_NULL	     0
#define ABI_SHT_PROGBITS     1
#define ABI_SHT_SYMTAB	     2
#define ABI_SHT_STRTAB	     3
#define ABI_SHT_RELA	     4
#define ABI_SHT_NOTE	     7
#define ABI_SHT_NOBITS	     8
#define ABI_SHT_REL	     9
#define ABI_SHT_SYMTAB_SHNDX 18

#define ABI_SHF_WRITE	   0x1
#define ABI_SHF_ALLOC	   0x2
#define ABI_SHF_EXECINSTR  0x4
#define ABI_SHF_MERGE	   0x10
#define ABI_SHF_STRINGS	   0x20
#define ABI_SHF_INFO_LINK  0x40
#define ABI_SHF_TLS	   0x400
#define ABI_SHF_COMPRESSED 0x800

#define ABI_SHN_UNDEF	  0
#define ABI_SHN_LORESERVE 0xff00
#define ABI_SHN_ABS	  0xfff1
#define ABI_SHN_COMMON	  0xfff2

#define ABI_STB_LOCAL	0
#define ABI_STB_GLOBAL	1
#define ABI_STB_WEAK	2
#define ABI_STT_NOTYPE	0
#define ABI_STT_OBJECT	1
#define ABI_STT_FUNC	2
#define ABI_STT_SECTION 3
#define ABI_STT_FILE	4

/* Relocations that stock Xen applies (x86-64 psABI, table 4.9). */
#define ABI_R_X86_64_NONE  0
#define ABI_R_X86_64_64	   1
#define ABI_R_X86_64_PC32  2
#define ABI_R_X86_64_PLT32 4
/* Further ones that compilers emit and stock Xen refuses. */
#define ABI_R_X86_64_32		   10
#define ABI_R_X86_64_32S	   11
#define ABI_R_X86_64_16		   12
#define ABI_R_X86_64_PC16	   13
#define ABI_R_X86_64_8		   14
#define ABI_R_X86_64_PC8	   15
#define ABI_R_X86_64_PC64	   24
#define ABI_R_X86_64_GOTPCRELX	   41
#define ABI_R_X86_64_REX_GOTPCRELX 42

/* Relocations of arm64 (AAELF64, section 5.7). */
#define ABI_R_AARCH64_NONE		  0
#define ABI_R_AARCH64_NONE_OLD		  256
#define ABI_R_AARCH64_ABS64		  257
#define ABI_R_AARCH64_ABS32		  258
#define ABI_R_AARCH64_ABS16		  259
#define ABI_R_AARCH64_PREL64		  260
#define ABI_R_AARCH64_PREL32		  261
#define ABI_R_AARCH64_PREL16		  262
#define ABI_R_AARCH64_MOVW_UABS_G0	  263
#define ABI_R_AARCH64_MOVW_UABS_G0_NC	  264
#define ABI_R_AARCH64_MOVW_UABS_G1	  265
#define ABI_R_AARCH64_MOVW_UABS_G1_NC	  266
#define ABI_R_AARCH64_MOVW_UABS_G2	  267
#define ABI_R_AARCH64_MOVW_UABS_G2_NC	  268
#define ABI_R_AARCH64_MOVW_UABS_G3	  269
#define ABI_R_AARCH64_MOVW_SABS_G0	  270
#define ABI_R_AARCH64_MOVW_SABS_G1	  271
#define ABI_R_AARCH64_MOVW_SABS_G2	  272
#define ABI_R_AARCH64_LD_PREL_LO19	  273
#define ABI_R_AARCH64_ADR_PREL_LO21	  274
#define ABI_R_AARCH64_ADR_PREL_PG_HI21	  275
#define ABI_R_AARCH64_ADR_PREL_PG_HI21_NC 276
#define ABI_R_AARCH64_ADD_ABS_LO12_NC	  277
#define ABI_R_AARCH64_LDST8_ABS_LO12_NC	  278
#define ABI_R_AARCH64_TSTBR14		  279
#define ABI_R_AARCH64_CONDBR19		  280
#define ABI_R_AARCH64_JUMP26		  282
#define ABI_R_AARCH64_CALL26		  283
#define ABI_R_AARCH64_LDST16_ABS_LO12_NC  284
#define ABI_R_AARCH64_LDST32_ABS_LO12_NC  285
#define ABI_R_AARCH64_LDST64_ABS_LO12_NC  286
#define ABI_R_AARCH64_MOVW_PREL_G0	  287
#define ABI_R_AARCH64_MOVW_PREL_G0_NC	  288
#define ABI_R_AARCH64_MOVW_PREL_G1	  289
#define ABI_R_AARCH64_MOVW_PREL_G1_NC	  290
#define ABI_R_AARCH64_MOVW_PREL_G2	  291
#define ABI_R_AARCH64_MOVW_PREL_G2_NC	  292
#define ABI_R_AARCH64_MOVW_PREL_G3	  293
#define ABI_R_AARCH64_LDST128_ABS_LO12_NC 299

/* --- sections that mean something to Xen ----------------------------------- */

#define ABI_SEC_FUNCS	     ".livepatch.funcs"
#define ABI_SEC_DEPENDS	     ".livepatch.depends"
#define ABI_SEC_XEN_DEPENDS  ".livepatch.xen_depends"
#define ABI_SEC_BUILD_ID     ".note.gnu.build-id"
#define ABI_SEC_MODINFO	     ".modinfo"
#define ABI_SEC_LOAD	     ".livepatch.hooks.load"
#define ABI_SEC_UNLOAD	     ".livepatch.hooks.unload"
#define ABI_SEC_PREAPPLY     ".livepatch.hooks.preapply"
#define ABI_SEC_APPLY	     ".livepatch.hooks.apply"
#define ABI_SEC_POSTAPPLY    ".livepatch.hooks.postapply"
#define ABI_SEC_PREREVERT    ".livepatch.hooks.prerevert"
#define ABI_SEC_REVERT	     ".livepatch.hooks.revert"
#define ABI_SEC_POSTREVERT   ".livepatch.hooks.postrevert"
#define ABI_SEC_BUG_FRAMES   ".bug_frames." /* and 0 to 3 */
#define ABI_SEC_ALTINSTR     ".altinstructions"
#define ABI_SEC_ALTINSTR_REP ".altinstr_replacement"
#define ABI_SEC_ALT_CALLS    ".alt_call_sites"
#define ABI_SEC_EX_TABLE     ".ex_table"

/*
 * One function to patch, an element of .livepatch.funcs: xen/livepatch_payload.h
 * of Xen 4.14 and later (LIVEPATCH_PAYLOAD_VERSION 2).
 */
#define ABI_FUNC_VERSION 2
#define ABI_EXPECT_MAX	 31
#define ABI_NOP_MAX	 31 /* x86: bytes that a patch without new code may cover */

struct abi_func {
	uint64_t name; /* pointer: C string */
	uint64_t new_addr; /* pointer: the new code; 0: overwrite with NOPs */
	uint64_t old_addr; /* pointer: the code in Xen; 0: look the name up */
	uint32_t new_size;
	uint32_t old_size;
	uint8_t version;
	uint8_t pad[39]; /* 0 */
	uint8_t expect; /* ABI_EXPECT_* and the length */
	uint8_t expect_data[ABI_EXPECT_MAX]; /* bytes that old_addr must hold */
};

#define ABI_EXPECT_ENABLED 0x01
#define ABI_EXPECT_LEN(b)  (((b) >> 1) & 31)
#define ABI_EXPECT_RSV	   0xc0 /* 0 */
#define ABI_EXPECT(len)	   ((uint8_t)(ABI_EXPECT_ENABLED | (len) << 1))

/* Trampolines: jmp rel32 on x86, b on Arm; behind an endbr64 where there is one. */
#define ABI_X86_JUMP_SIZE   5
#define ABI_X86_ENDBR_SIZE  4
#define ABI_ARM64_JUMP_SIZE 4

/* Header of an ELF note; the name, padded to 4 bytes, and the descriptor follow. */
struct abi_note {
	uint32_t namesz;
	uint32_t descsz;
	uint32_t type;
};

#define ABI_NOTE_GNU	      "GNU" /* with its NUL: 4 bytes */
#define ABI_NT_GNU_BUILD_ID   3
#define ABI_BUILD_ID_MAX      64
#define ABI_BUILD_ID_SIZE     20 /* of ELF images */
#define ABI_BUILD_ID_SIZE_EFI 16 /* of xen.efi: a CodeView GUID */

/* Element of .altinstructions on x86 (asm/alternative.h). */
struct abi_alt_instr {
	int32_t orig_offset; /* from this field to the original code */
	int32_t repl_offset; /* from this field to the replacement */
	uint16_t feature; /* bit 15: use it where the feature is missing */
	uint8_t orig_len;
	uint8_t repl_len;
	uint8_t pad_len; /* NOPs behind the original */
	uint8_t priv; /* for Xen at run time */
} __attribute__((packed));

#define ABI_ALT_NOT 0x8000

/* The same on arm64. */
struct abi_alt_instr_arm64 {
	int32_t orig_offset;
	int32_t repl_offset;
	uint16_t feature;
	uint8_t orig_len;
	uint8_t repl_len;
};

/*
 * Element of .bug_frames.N on x86 (asm/bug.h): two words, each a displacement of
 * 24 bits from the frame's start and 7 bits of the line number. A frame of type
 * 3 (assertion) is followed by { 0, displacement of the message }.
 */
struct abi_bug_frame {
	int32_t loc; /* bits 0-23: code; 24-30: high bits of the line */
	int32_t ptr; /* bits 0-23: file name or function; 24-30: low bits of the line */
};

#define ABI_BUG_TYPES 4

/* The same on arm64 (asm-arm/bug.h). */
struct abi_bug_frame_arm64 {
	int32_t loc_disp;
	int32_t file_disp;
	int32_t msg_disp;
	uint16_t line;
	uint16_t pad;
};

/* Element of .ex_table on x86: displacements, each from its own field. */
struct abi_ex_entry {
	int32_t addr; /* instruction that may fault */
	int32_t cont; /* where to go on then */
};

/* Element of .alt_call_sites (x86, Xen 4.21): displacement to a 6-byte call. */
struct abi_alt_call {
	int32_t offset;
};

/* --- keys of .modinfo that our builder writes, as "key=value" strings ------- */

#define ABI_INFO_NAME	  "name" /* of the patch */
#define ABI_INFO_ADVISORY "advisory" /* may be given again */
#define ABI_INFO_BUILDER  "builder" /* program and version */
#define ABI_INFO_PATCH	  "patch" /* "sha256:" and the digest of the source patch */
#define ABI_INFO_BASE	  "base" /* version of the Xen it is for */
#define ABI_INFO_FUNCTION "function" /* may be given again */
#define ABI_INFO_DIGEST	  "digest" /* "sha256:" and that of the ELF, zeros for it and the build-id */

/* --- signatures behind the ELF --------------------------------------------- */

/*
 * A signed payload is the ELF file, then one record for each signature, then one
 * struct abi_sig_end, which is the last thing in the file. A record is the magic,
 * a header, and the three parts whose lengths the header gives: an OpenPGP
 * signature packet over the ELF bytes alone, the key id, the signer's name. The
 * record is the one of Xen's docs/misc/livepatch.pandoc, "Signature checking
 * requirements"; the end is ours.
 */
#define ABI_SIG_MAGIC	   "~Module signature appended~\n"
#define ABI_SIG_MAGIC_SIZE 28

struct abi_sig_header {
	uint8_t algo; /* ABI_PKEY_* */
	uint8_t hash; /* ABI_HASH_* */
	uint8_t id_type; /* ABI_ID_PGP */
	uint8_t signer_len;
	uint8_t key_id_len; /* ABI_KEY_ID_SIZE */
	uint8_t pad[3]; /* 0 */
	uint8_t sig_len[4]; /* big-endian */
};

#define ABI_PKEY_RSA	1
#define ABI_PKEY_ECDSA	2 /* not in Xen's document, which has DSA (0) and RSA */
#define ABI_HASH_SHA256 4
#define ABI_HASH_SHA384 5
#define ABI_HASH_SHA512 6
#define ABI_ID_PGP	0

#define ABI_KEY_ID_SIZE 8
#define ABI_SIG_MAX	16 /* records in one file */

#define ABI_SIG_END_MAGIC      "~xSplice sigs 1\n"
#define ABI_SIG_END_MAGIC_SIZE 16

struct abi_sig_end {
	uint8_t magic[ABI_SIG_END_MAGIC_SIZE];
	uint32_t size; /* of all records together */
	uint32_t count; /* of records, 1 to ABI_SIG_MAX */
};

/* --- the journal ------------------------------------------------------------- */

/* What happened. */
#define ABI_JOURNAL_BOOT    0 /* the first record: the loader came up */
#define ABI_JOURNAL_UNLOAD  1 /* 1 to 4: numbers of Xen's actions */
#define ABI_JOURNAL_REVERT  2
#define ABI_JOURNAL_APPLY   3
#define ABI_JOURNAL_REPLACE 4
#define ABI_JOURNAL_UPLOAD  5

#define ABI_JOURNAL_TRUSTED 0x01 /* the payload was signed as the policy wants */

/*
 * One record. Its digest is SHA-256 over the digest of the record before (zeros
 * before record 0) and all bytes of this one up to the digest.
 */
struct abi_journal_record {
	uint64_t number; /* 0, 1, 2 ... since boot */
	uint64_t time; /* ns since 1970, by the hypervisor's clock */
	uint64_t pause; /* ns that all CPUs stood still */
	int32_t result; /* 0, or a negative errno of Xen */
	uint16_t operation; /* ABI_JOURNAL_* */
	uint16_t code; /* enum xsp_code: why it failed; 0: done, or CPUs or a hook did not agree */
	uint8_t file_digest[32]; /* SHA-256 of the file as uploaded; zeros: unknown */
	uint8_t build_id[20]; /* of the payload, its first bytes; zeros: unknown */
	uint8_t signer[20]; /* fingerprint of the first good signature's key; or zeros */
	uint8_t flags; /* ABI_JOURNAL_TRUSTED */
	uint8_t mode; /* 0 off, 1 permissive, 2 enforce */
	uint8_t signatures; /* primary keys with a good one */
	uint8_t pad[5]; /* 0 */
	char name[128]; /* of the payload, zeros behind it; not escaped */
	uint8_t digest[32];
};

#define ABI_SIZE(type, size)                                                                       \
	_Static_assert(sizeof(struct type) == (size), "struct " #type " has another size on disk")
ABI_SIZE(abi_ehdr, 64);
ABI_SIZE(abi_shdr, 64);
ABI_SIZE(abi_sym, 24);
ABI_SIZE(abi_rela, 24);
ABI_SIZE(abi_func, 104);
ABI_SIZE(abi_note, 12);
ABI_SIZE(abi_alt_instr, 14);
ABI_SIZE(abi_alt_instr_arm64, 12);
ABI_SIZE(abi_bug_frame, 8);
ABI_SIZE(abi_bug_frame_arm64, 16);
ABI_SIZE(abi_ex_entry, 8);
ABI_SIZE(abi_alt_call, 4);
ABI_SIZE(abi_sig_header, 12);
ABI_SIZE(abi_sig_end, 24);
ABI_SIZE(abi_journal_record, 272);
#undef ABI_SIZE

#endif
