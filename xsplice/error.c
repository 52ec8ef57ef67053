// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * error.c - the catalogue: words and kind of every failure
 */
#include "core.h"

struct entry {
	const char *text;
	enum xsp_kind kind;
};

#define INV XSP_KIND_INVALID
#define UNS XSP_KIND_UNSUPPORTED
#define SIG XSP_KIND_SIGNATURE

static const struct entry catalogue[XSP_CODES] = {
	[XSP_OK] = {"is in order", XSP_KIND_NONE},

	[XSP_EMPTY] = {"is empty", INV},
	[XSP_TOO_BIG] = {"is larger than the 2 MiB that Xen takes", INV},
	[XSP_TRUNCATED] = {"ends too early", INV},

	[XSP_NOT_ELF] = {"is not an ELF file", INV},
	[XSP_ELF_CLASS] = {"is not 64-bit", UNS},
	[XSP_ELF_DATA] = {"is not little-endian", UNS},
	[XSP_ELF_VERSION] = {"has an unknown version", UNS},
	[XSP_ELF_OSABI] = {"is for another operating system's ABI", UNS},
	[XSP_ELF_TYPE] = {"is not relocatable (ld -r makes such files)", UNS},
	[XSP_ELF_MACHINE] = {"is for another machine than x86-64 or arm64", UNS},
	[XSP_ELF_FLAGS] = {"has machine flags that are not known", UNS},
	[XSP_ELF_SEGMENTS] = {"has program headers", UNS},
	[XSP_ELF_HEADER_SIZE] = {"states a wrong size for itself", INV},
	[XSP_SHDR_SIZE] = {"states a wrong size for section headers", INV},
	[XSP_SHDR_COUNT] = {"states no sections, or more than 1023", UNS},
	[XSP_SHDR_RANGE] = {"reach out of the file", INV},
	[XSP_SHSTRNDX] = {"names no section that exists", INV},

	[XSP_SECTION_ZERO] = {"is not empty, as the first one must be", INV},
	[XSP_SECTION_RANGE] = {"reaches out of the file", INV},
	[XSP_SECTION_IN_HEADER] = {"begins inside the ELF header", INV},
	[XSP_SECTION_ALIGN] = {"has an alignment that is 0, no power of two or above 4096", UNS},
	[XSP_SECTION_ADDR] = {"has an address that is not aligned", INV},
	[XSP_SECTION_NOBITS_SIZE] = {"asks for more than 2 MiB of zeros", INV},
	[XSP_SECTION_WRITE_EXEC] = {"is writable and executable", UNS},
	[XSP_SECTION_FLAGS] = {"is compressed or thread-local", UNS},
	[XSP_SECTION_NAME] = {"has a name outside the table of names", INV},
	[XSP_STRTAB_TYPE] = {"is no string table", INV},
	[XSP_STRTAB_EMPTY] = {"is empty", INV},
	[XSP_STRTAB_BOUNDS] = {"does not begin and end with a zero byte", INV},
	[XSP_SYMTAB_MISSING] = {"is missing", INV},
	[XSP_SYMTAB_TWICE] = {"is there more than once", UNS},
	[XSP_SYMTAB_ENTRY] = {"has a size that is no number of symbols", INV},
	[XSP_SYMTAB_LINK] = {"names no section with its strings", INV},
	[XSP_SYMTAB_INDEX] = {"uses extended section numbers", UNS},
	[XSP_SYMBOL_NAME] = {"has a name outside the table of strings", INV},
	[XSP_SYMBOL_COMMON] = {"is a common symbol (compile with -fno-common)", INV},
	[XSP_SYMBOL_SECTION] = {"is in a section that does not exist", INV},
	[XSP_RELOC_KIND] = {"has relocations without addends", UNS},
	[XSP_RELOC_ENTRY] = {"has a size that is no number of relocations", INV},
	[XSP_RELOC_LINK] = {"does not use the symbol table", INV},
	[XSP_RELOC_TARGET] = {"changes a section that does not exist or has no content", INV},
	[XSP_TAIL] = {"goes on behind its end with bytes that are no signature", SIG},

	[XSP_SPECIAL_TWICE] = {"is there more than once", INV},
	[XSP_SPECIAL_ALLOC] = {"is not loaded (flag A is missing)", INV},
	[XSP_SPECIAL_NOBITS] = {"has no content in the file", INV},
	[XSP_SPECIAL_MISSING] = {"is missing or empty", INV},
	[XSP_SPECIAL_SIZE] = {"has a size that is no number of entries", INV},
	[XSP_SPECIAL_COUNT] = {"does not hold exactly one entry", INV},
	[XSP_SPECIAL_MACHINE] = {"does not exist on this machine", UNS},
	[XSP_SPECIAL_RELOC] = {"is changed by a relocation, but must be final", INV},
	[XSP_NOTHING_TO_DO] = {"has no functions and no hooks: nothing to patch", INV},
	[XSP_ALT_NO_TEXT] = {"is there without code or replacements", INV},
	[XSP_NOTE_SIZE] = {"is no single complete note", INV},
	[XSP_NOTE_NAME] = {"is a note of another owner than GNU", INV},
	[XSP_NOTE_TYPE] = {"is no build-id note", INV},
	[XSP_NOTE_ID_SIZE] = {"has a build-id that is empty or longer than 64 bytes", INV},
	[XSP_MODINFO_EMPTY] = {"is empty", INV},
	[XSP_MODINFO_END] = {"does not end with a zero byte", INV},

	[XSP_FUNC_VERSION] = {"has another version than 2", UNS},
	[XSP_FUNC_PAD] = {"has padding that is not zero", INV},
	[XSP_FUNC_OLD_SIZE] = {"has an old size of 0", INV},
	[XSP_FUNC_TOO_SMALL] = {"is too small for a jump to the new code", INV},
	[XSP_FUNC_NOP_SIZE] = {"has no new code and a new size above 31 or above the old one", INV},
	[XSP_FUNC_NO_NAME] = {"has neither an old address nor a name", INV},
	[XSP_FUNC_NAME] = {"has a name that does not end inside its section", INV},
	[XSP_FUNC_NEW_RANGE] = {"has new code that does not begin inside a code section", INV},
	[XSP_FUNC_OLD_LOCAL] = {"would patch the payload itself", INV},
	[XSP_EXPECT_RESERVED] = {"has reserved bits set in its expectation", INV},
	[XSP_EXPECT_SIZE] = {"expects more bytes than the old function has", INV},
	[XSP_POINTER_RELOC] =
		{"has a relocation that is no 64-bit absolute one, once, of a pointer", INV},
	[XSP_POINTER_SYMBOL] = {"has a pointer to a symbol that does not exist", INV},
	[XSP_POINTER_ORDER] = {"has relocations that are not in the order of its elements", INV},

	[XSP_TRAILER_COUNT] = {"states no signatures, or more than 16", SIG},
	[XSP_TRAILER_SIZE] = {"states more bytes of signatures than the file has", SIG},
	[XSP_TRAILER_TILE] = {"does not end where its lengths say", SIG},
	[XSP_RECORD_MAGIC] = {"does not begin with its magic", SIG},
	[XSP_RECORD_ALGO] = {"has an unknown public-key algorithm", SIG},
	[XSP_RECORD_HASH] = {"has an unknown digest algorithm", SIG},
	[XSP_RECORD_ID_TYPE] = {"has an unknown type of key id", SIG},
	[XSP_RECORD_KEY_ID_SIZE] = {"has a key id of another size than 8 bytes", SIG},
	[XSP_RECORD_PAD] = {"has padding that is not zero", SIG},
	[XSP_RECORD_SIGNER] = {"has no signer, or one with control characters", SIG},
	[XSP_RECORD_SAME_KEY] = {"is by a key that has signed already", SIG},
	[XSP_RECORD_MISMATCH] = {"contradicts the OpenPGP signature in it", SIG},

	[XSP_PGP_HEADER] = {"has a packet header of another form", SIG},
	[XSP_PGP_VERSION] = {"is not of version 4", SIG},
	[XSP_PGP_TYPE] = {"is not over a binary document", SIG},
	[XSP_PGP_ALGO] = {"is neither RSA nor ECDSA", SIG},
	[XSP_PGP_HASH] = {"uses another digest than SHA-256, SHA-384 or SHA-512", SIG},
	[XSP_PGP_LENGTH] = {"has lengths that do not fit each other", SIG},
	[XSP_PGP_SUBPACKET] =
		{"carries a subpacket that is not understood (expiry, notation, policy ...)", SIG},
	[XSP_PGP_SUBPACKET_SIZE] = {"has a subpacket of a wrong size or form", SIG},
	[XSP_PGP_SUBPACKET_TWICE] = {"has a subpacket twice", SIG},
	[XSP_PGP_NO_TIME] = {"does not say when it was made", SIG},
	[XSP_PGP_NO_ISSUER] = {"does not give the fingerprint of its key", SIG},
	[XSP_PGP_UNHASHED] = {"carries unsigned data besides the key id", SIG},
	[XSP_PGP_ISSUER] = {"has a key id that is not its fingerprint's", SIG},
	[XSP_PGP_MPI] = {"has a number that is not in shortest form", SIG},
	[XSP_PGP_MPI_SIZE] = {"has a number that is empty or too long", SIG},
};

static const struct entry unknown = {"failed for an unknown reason", INV};

static const struct entry *find(enum xsp_code code)
{
	if ((unsigned int)code >= XSP_CODES || !catalogue[code].text)
		return &unknown;
	return &catalogue[code];
}

const char *xsp_code_text(enum xsp_code code)
{
	return find(code)->text;
}

enum xsp_kind xsp_code_kind(enum xsp_code code)
{
	return find(code)->kind;
}
