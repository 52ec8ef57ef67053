/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xsplice.h - the core: reads and checks a payload
 *
 * The core is the only code that reads the bytes of a payload. It is freestanding
 * C: it takes what it needs of its surroundings from <xsp_env.h>, keeps no state
 * of its own and prints nothing. This half of it allocates nothing; loader.h is the
 * other half. All memory given to it stays the caller's, must not change while it is
 * in use, and needs no alignment; what the core gives back points into it.
 *
 * Order of use, the one of a loader:
 *
 *	xsp_trailer_open()    where the ELF ends and signatures begin, from the length
 *	xsp_trailer_sig()     each signature, taken apart and checked for form
 *	(the caller checks the digests and public keys, and decides on them)
 *	xsp_payload_open()    the ELF, its sections, notes and tables
 *	xsp_payload_func()    each function to patch
 *
 * Functions that can fail return 0, or -1 with the first cause in a struct
 * xsp_cause. What a function needs to have been proven before is in its comment;
 * what has been proven is not checked again.
 */
#ifndef XSPLICE_XSPLICE_H
#define XSPLICE_XSPLICE_H

#include "xsplice/abi.h"

/* --- failures --------------------------------------------------------------- */

/* What is wrong, one by one; xsp_code_text() has the words. */
enum xsp_code {
	XSP_OK = 0,

	/* the file as a whole */
	XSP_EMPTY,
	XSP_TOO_BIG,
	XSP_TRUNCATED,

	/* ELF header */
	XSP_NOT_ELF,
	XSP_ELF_CLASS,
	XSP_ELF_DATA,
	XSP_ELF_VERSION,
	XSP_ELF_OSABI,
	XSP_ELF_TYPE,
	XSP_ELF_MACHINE,
	XSP_ELF_FLAGS,
	XSP_ELF_SEGMENTS,
	XSP_ELF_HEADER_SIZE,
	XSP_SHDR_SIZE,
	XSP_SHDR_COUNT,
	XSP_SHDR_RANGE,
	XSP_SHSTRNDX,

	/* section headers */
	XSP_SECTION_ZERO,
	XSP_SECTION_RANGE,
	XSP_SECTION_IN_HEADER,
	XSP_SECTION_ALIGN,
	XSP_SECTION_ADDR,
	XSP_SECTION_NOBITS_SIZE,
	XSP_SECTION_WRITE_EXEC,
	XSP_SECTION_FLAGS,
	XSP_SECTION_NAME,
	XSP_STRTAB_TYPE,
	XSP_STRTAB_EMPTY,
	XSP_STRTAB_BOUNDS,
	XSP_SYMTAB_MISSING,
	XSP_SYMTAB_TWICE,
	XSP_SYMTAB_ENTRY,
	XSP_SYMTAB_LINK,
	XSP_SYMTAB_INDEX,
	XSP_SYMBOL_NAME,
	XSP_SYMBOL_COMMON,
	XSP_SYMBOL_SECTION,
	XSP_RELOC_KIND,
	XSP_RELOC_ENTRY,
	XSP_RELOC_LINK,
	XSP_RELOC_TARGET,
	XSP_TAIL,

	/* sections that mean something */
	XSP_SPECIAL_TWICE,
	XSP_SPECIAL_ALLOC,
	XSP_SPECIAL_NOBITS,
	XSP_SPECIAL_MISSING,
	XSP_SPECIAL_SIZE,
	XSP_SPECIAL_COUNT,
	XSP_SPECIAL_MACHINE,
	XSP_SPECIAL_RELOC,
	XSP_NOTHING_TO_DO,
	XSP_ALT_NO_TEXT,
	XSP_NOTE_SIZE,
	XSP_NOTE_NAME,
	XSP_NOTE_TYPE,
	XSP_NOTE_ID_SIZE,
	XSP_MODINFO_EMPTY,
	XSP_MODINFO_END,

	/* functions to patch */
	XSP_FUNC_VERSION,
	XSP_FUNC_PAD,
	XSP_FUNC_OLD_SIZE,
	XSP_FUNC_TOO_SMALL,
	XSP_FUNC_NOP_SIZE,
	XSP_FUNC_NO_NAME,
	XSP_FUNC_NAME,
	XSP_FUNC_NEW_RANGE,
	XSP_FUNC_OLD_LOCAL,
	XSP_EXPECT_RESERVED,
	XSP_EXPECT_SIZE,
	XSP_POINTER_RELOC,
	XSP_POINTER_SYMBOL,
	XSP_POINTER_ORDER,

	/* signature records */
	XSP_TRAILER_COUNT,
	XSP_TRAILER_SIZE,
	XSP_TRAILER_TILE,
	XSP_RECORD_MAGIC,
	XSP_RECORD_ALGO,
	XSP_RECORD_HASH,
	XSP_RECORD_ID_TYPE,
	XSP_RECORD_KEY_ID_SIZE,
	XSP_RECORD_PAD,
	XSP_RECORD_SIGNER,
	XSP_RECORD_SAME_KEY,
	XSP_RECORD_MISMATCH,

	/* OpenPGP signature packets */
	XSP_PGP_HEADER,
	XSP_PGP_VERSION,
	XSP_PGP_TYPE,
	XSP_PGP_ALGO,
	XSP_PGP_HASH,
	XSP_PGP_LENGTH,
	XSP_PGP_SUBPACKET,
	XSP_PGP_SUBPACKET_SIZE,
	XSP_PGP_SUBPACKET_TWICE,
	XSP_PGP_NO_TIME,
	XSP_PGP_NO_ISSUER,
	XSP_PGP_UNHASHED,
	XSP_PGP_ISSUER,
	XSP_PGP_MPI,
	XSP_PGP_MPI_SIZE,

	/* policy */
	XSP_POLICY_UNSIGNED,
	XSP_POLICY_NO_KEYS,
	XSP_POLICY_UNKNOWN_KEY,
	XSP_POLICY_KEY_ALGO,
	XSP_POLICY_KEY_TIME,
	XSP_POLICY_BAD_SIGNATURE,
	XSP_POLICY_TOO_FEW,
	XSP_POLICY_SIGNER,

	/* loading */
	XSP_NO_MEMORY,
	XSP_NAME,
	XSP_NAME_TAKEN,
	XSP_OTHER_MACHINE,
	XSP_XEN_NO_ID,
	XSP_XEN_OTHER,
	XSP_ID_TAKEN,
	XSP_LAYOUT_SIZE,

	/* linking */
	XSP_SYMBOL_UNRESOLVED,
	XSP_SYMBOL_DUPLICATE,
	XSP_SYMBOL_LONG,
	XSP_RELOC_OFFSET,
	XSP_RELOC_SYMBOL,
	XSP_RELOC_NOT_LOADED,
	XSP_RELOC_TYPE,
	XSP_RELOC_OVERFLOW,
	XSP_RELOC_MISALIGNED,
	XSP_FUNC_NOT_FOUND,
	XSP_FUNC_OLD_TEXT,
	XSP_FUNC_DENIED,
	XSP_FUNC_DISTANCE,
	XSP_FUNC_ENDBR,
	XSP_FUNC_OVERLAP,
	XSP_HOOK_TARGET,
	XSP_ALT_ORIGINAL,
	XSP_ALT_REPLACEMENT,
	XSP_ALT_SIZE,
	XSP_ALT_FEATURE,
	XSP_ALT_APPLIED,
	XSP_ALT_BRANCH,
	XSP_ALT_CALL,
	XSP_EX_ENTRY,
	XSP_BUG_LOCATION,
	XSP_BUG_POINTER,

	/* actions */
	XSP_STATE_APPLIED,
	XSP_STATE_NOT_APPLIED,
	XSP_STATE_NOT_TOP,
	XSP_STATE_REAPPLY,
	XSP_IN_USE,
	XSP_DEPENDS_XEN,
	XSP_DEPENDS_TOP,
	XSP_EXPECT_MISMATCH,
	XSP_PLAN_OVERLAP,
	XSP_REPLACE_HOOKS,

	/* on CPUs with indirect branch tracking */
	XSP_HOOK_ENDBR,

	XSP_CODES
};

/* Kinds of failure, for mapping to an errno or an exit status. */
enum xsp_kind {
	XSP_KIND_NONE,
	XSP_KIND_INVALID, /* contradicts the format */
	XSP_KIND_UNSUPPORTED, /* well-formed, but nothing that is understood here */
	XSP_KIND_SIGNATURE, /* about a signature */
	XSP_KIND_POLICY, /* in order, but not allowed here */
	XSP_KIND_MEMORY, /* no memory is left */
	XSP_KIND_EXISTS, /* there already */
	XSP_KIND_MISSING, /* not there */
	XSP_KIND_RANGE, /* too far away or too large */
	XSP_KIND_STATE, /* not now: another state or order is needed */
};

/* The first cause of a failure. Zero it before use. */
struct xsp_cause {
	enum xsp_code code;
	uint64_t pos; /* byte offset in what was given to the core */
	const char *what; /* constant: the field, section or part concerned; never NULL */
};

/* A constant sentence part without a full stop, such as "is not an ELF file". */
const char *xsp_code_text(enum xsp_code code);
enum xsp_kind xsp_code_kind(enum xsp_code code);

/* --- signatures ---------------------------------------------------------------- */

/* A piece of the caller's memory. */
struct xsp_bytes {
	const uint8_t *data;
	size_t size;
};

/* Numbers of OpenPGP (RFC 4880, sections 9.1 and 9.4; ECDSA: RFC 6637). */
#define XSP_PGP_RSA    1
#define XSP_PGP_ECDSA  19
#define XSP_PGP_SHA256 8
#define XSP_PGP_SHA384 9
#define XSP_PGP_SHA512 10

#define XSP_FINGERPRINT_SIZE 20 /* of a version 4 key */

/*
 * A version 4 signature packet over a binary document. Its only accepted form:
 * old-format header with the shortest length; hashed area with creation time,
 * issuer fingerprint and, if wanted, the signer's user id, each once; unhashed
 * area with the issuer's key id alone; integers without leading zeros. So no bit
 * of it can change without being either signed or refused.
 */
struct xsp_pgp_sig {
	uint8_t algo; /* XSP_PGP_RSA or XSP_PGP_ECDSA */
	uint8_t hash; /* XSP_PGP_SHA* */
	uint32_t created; /* seconds since 1970 */
	const uint8_t *fingerprint; /* of the key that signed: XSP_FINGERPRINT_SIZE bytes */
	const uint8_t *key_id; /* its last ABI_KEY_ID_SIZE bytes */
	struct xsp_bytes signer; /* user id in the hashed area, empty if none */
	struct xsp_bytes hashed; /* version up to the hashed area's end: is digested */
	uint8_t left16[2]; /* first bytes of the digest */
	uint32_t nmpi; /* 1 for RSA, 2 (r, s) for ECDSA */
	struct xsp_bytes mpi[2]; /* big-endian, no leading zero byte */
};

/*
 * Takes a signature packet apart. @pos: its offset in the file, for the cause.
 * The digest that it signs is over: the document, @out->hashed, and the six bytes
 * that xsp_pgp_suffix() gives (RFC 4880, section 5.2.4).
 */
int xsp_pgp_parse(const void *packet, size_t size, uint64_t pos, struct xsp_pgp_sig *out,
		  struct xsp_cause *cause) XSP_MUST_CHECK;
void xsp_pgp_suffix(const struct xsp_pgp_sig *sig, uint8_t suffix[6]);

/* Where a file's parts are. */
struct xsp_trailer {
	const uint8_t *data;
	size_t elf_size; /* bytes that are signed; all of the file if count is 0 */
	uint32_t count; /* signatures */
};

/* One signature record. */
struct xsp_sig {
	size_t pos; /* of the record in the file */
	size_t size; /* of the record */
	struct xsp_bytes packet;
	struct xsp_pgp_sig pgp;
	struct xsp_bytes key_id; /* ABI_KEY_ID_SIZE bytes, equal to pgp.key_id */
	struct xsp_bytes signer; /* user id as the signer's key had it */
};

/*
 * Finds the signatures of a file of @size bytes, from its length alone: the file's
 * last bytes say how long the records before them are. Nothing of the ELF is
 * looked at. A file that does not end with that mark has no signatures (count 0):
 * it is all ELF, and xsp_payload_open() refuses it if anything else follows the
 * ELF.
 *
 * Proven on success: the records fill the space between ELF and end exactly, each
 * is well-formed, and no key id is there twice.
 */
int xsp_trailer_open(struct xsp_trailer *t, const void *data, size_t size,
		     struct xsp_cause *cause) XSP_MUST_CHECK;

/* Signature @index (below @t->count) of a trailer that xsp_trailer_open() took. */
void xsp_trailer_sig(const struct xsp_trailer *t, uint32_t index, struct xsp_sig *out);

/*
 * For makers: writes a record's header. @packet was taken by xsp_pgp_parse(), which
 * gave @sig. False: @signer_size is 0 or above 255.
 */
bool xsp_record_header(const struct xsp_pgp_sig *sig, size_t packet_size, size_t signer_size,
		       struct abi_sig_header *out);

/* --- the ELF --------------------------------------------------------------------- */

/* An ELF image whose headers, section names and symbols have been checked. */
struct xsp_image {
	const uint8_t *data;
	size_t size;
	uint16_t machine; /* ABI_EM_* */
	uint32_t nsections; /* with section 0 */
	uint32_t nsymbols; /* with symbol 0 */
	size_t headers; /* offset of the section headers */
	uint32_t symtab; /* index of the symbol table's section */
	struct xsp_bytes names; /* of sections */
	struct xsp_bytes strings; /* names of symbols */
	struct xsp_bytes symbols; /* the table itself */
};

struct xsp_section {
	const char *name;
	uint32_t index;
	uint32_t type;
	uint64_t flags;
	uint64_t addr;
	size_t pos; /* in the file, at most its end */
	size_t size;
	const uint8_t *data; /* NULL for SHT_NOBITS */
	uint64_t align;
	uint64_t entsize;
	uint32_t link;
	uint32_t info;
};

struct xsp_symbol {
	const char *name;
	uint8_t bind;
	uint8_t type;
	uint16_t shndx; /* 0: undefined; ABI_SHN_ABS; or a section that exists */
	uint64_t value;
	uint64_t size;
};

struct xsp_reloc {
	size_t pos; /* of the entry in the file */
	uint64_t offset; /* in the section that it changes; not checked */
	uint32_t type;
	uint32_t symbol; /* not checked */
	int64_t addend;
};

/*
 * Checks that @data is an ELF file that a payload may be: 64-bit, little-endian,
 * relocatable, x86-64 or arm64, all headers, names and symbols in bounds, every
 * byte of its end belonging to a section or to the section headers.
 */
int xsp_image_open(struct xsp_image *img, const void *data, size_t size,
		   struct xsp_cause *cause) XSP_MUST_CHECK;

/* Section @index, below @img->nsections. */
void xsp_image_section(const struct xsp_image *img, uint32_t index, struct xsp_section *out);
/* The first section of that name; false if there is none. */
bool xsp_image_find(const struct xsp_image *img, const char *name, struct xsp_section *out);
/* Symbol @index, below @img->nsymbols. */
void xsp_image_symbol(const struct xsp_image *img, uint32_t index, struct xsp_symbol *out);
/*
 * For messages: name of the symbol whose entry in the symbol table is at @pos of the
 * file, or that the relocation at @pos is by; NULL if there is neither.
 */
const char *xsp_image_name_at(const struct xsp_image *img, uint64_t pos);
/*
 * The next section of relocations for loaded sections after section @after (0 at
 * first); its info is the index of the section that it changes. False: no more.
 */
bool xsp_image_relocs(const struct xsp_image *img, uint32_t after, struct xsp_section *out);
/* Number of relocations in such a section, and one of them. */
uint32_t xsp_reloc_count(const struct xsp_section *relocs);
void xsp_image_reloc(const struct xsp_section *relocs, uint32_t index, struct xsp_reloc *out);

/* --- the payload ------------------------------------------------------------------ */

enum xsp_hook {
	XSP_HOOK_LOAD,
	XSP_HOOK_UNLOAD,
	XSP_HOOK_PREAPPLY,
	XSP_HOOK_APPLY,
	XSP_HOOK_POSTAPPLY,
	XSP_HOOK_PREREVERT,
	XSP_HOOK_REVERT,
	XSP_HOOK_POSTREVERT,
	XSP_HOOKS
};

/* A payload whose sections have been checked. Sizes are 0 for what is not there. */
struct xsp_payload {
	struct xsp_image image;
	struct xsp_bytes build_id;
	struct xsp_bytes depends; /* build-id of what must be applied before, or of Xen */
	struct xsp_bytes xen_depends; /* build-id of the Xen it is for */
	struct xsp_section funcs;
	uint32_t nfuncs;
	struct xsp_section func_relocs; /* relocations of funcs */
	struct xsp_section hooks[XSP_HOOKS];
	struct xsp_section modinfo;
};

/* What a pointer in a section that is not yet relocated will hold. */
enum xsp_ref_kind {
	XSP_REF_NULL, /* 0 */
	XSP_REF_VALUE, /* a number that no relocation changes */
	XSP_REF_LOCAL, /* a place in a section of the payload */
	XSP_REF_EXTERN, /* a symbol that is not defined in the payload, and an offset */
};

struct xsp_ref {
	enum xsp_ref_kind kind;
	const char *symbol; /* name, "" if it has none */
	uint32_t shndx; /* XSP_REF_LOCAL: section ... */
	uint64_t value; /* ... and offset in it; XSP_REF_VALUE: the number */
	int64_t addend; /* XSP_REF_EXTERN */
};

/* One function to patch. */
struct xsp_func {
	size_t pos; /* in the file */
	const char *name; /* NULL: none given */
	struct xsp_ref new_code; /* XSP_REF_NULL: NOPs take the old one's place */
	struct xsp_ref old_code; /* XSP_REF_NULL: Xen looks the name up */
	uint32_t new_size;
	uint32_t old_size;
	bool expect; /* expected bytes are given */
	struct xsp_bytes expected;
};

/* One string of .modinfo, "key=value"; a string without '=' has an empty key. */
struct xsp_info {
	struct xsp_bytes key;
	struct xsp_bytes value;
};

/*
 * Checks the ELF bytes of a payload (without signatures): xsp_image_open(), and
 * every rule about sections that mean something to a loader; then every function.
 */
int xsp_payload_open(struct xsp_payload *p, const void *elf, size_t size,
		     struct xsp_cause *cause) XSP_MUST_CHECK;

/* Function @index, below @p->nfuncs, of a payload that xsp_payload_open() took. */
void xsp_payload_func(const struct xsp_payload *p, uint32_t index, struct xsp_func *out);

/* The next string of .modinfo. Start with *@pos 0; false at the end. */
bool xsp_payload_info(const struct xsp_payload *p, size_t *pos, struct xsp_info *out);

/* Name of a hook's section. */
const char *xsp_hook_section(enum xsp_hook hook);

#endif
