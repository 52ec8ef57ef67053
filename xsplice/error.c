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
#define POL XSP_KIND_POLICY
#define MEM XSP_KIND_MEMORY
#define EXI XSP_KIND_EXISTS
#define MIS XSP_KIND_MISSING
#define RNG XSP_KIND_RANGE
#define STA XSP_KIND_STATE

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
	[XSP_FUNC_NAME] = {"has a name that does not end inside its section, or is too long", INV},
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

	[XSP_POLICY_UNSIGNED] = {"is not signed", SIG},
	[XSP_POLICY_NO_KEYS] = {"cannot be verified: no keys are known here", SIG},
	[XSP_POLICY_UNKNOWN_KEY] = {"is by a key that is not known here", SIG},
	[XSP_POLICY_KEY_ALGO] = {"is of another algorithm than its key", SIG},
	[XSP_POLICY_KEY_TIME] = {"was not made while its key was valid", SIG},
	[XSP_POLICY_BAD_SIGNATURE] = {"is not its key's over this content", SIG},
	[XSP_POLICY_SIGNER] = {"names a signer that is not its key's owner", SIG},
	[XSP_POLICY_TOO_FEW] = {"has fewer good signatures than are needed here", SIG},

	[XSP_NO_MEMORY] = {"needs more memory than there is", MEM},
	[XSP_NAME] = {"is empty, too long or has control characters", INV},
	[XSP_NAME_TAKEN] = {"is the name of a payload that is loaded", EXI},
	[XSP_OTHER_MACHINE] = {"is for another machine than this", UNS},
	[XSP_XEN_NO_ID] = {"cannot be compared: this hypervisor has no build-id", MIS},
	[XSP_XEN_OTHER] = {"is not the build-id of this hypervisor", INV},
	[XSP_ID_TAKEN] = {"is the build-id of a payload that is loaded", EXI},
	[XSP_LAYOUT_SIZE] = {"needs more than 16 MiB when loaded", RNG},

	[XSP_SYMBOL_UNRESOLVED] = {"is in neither the hypervisor nor a loaded payload", MIS},
	[XSP_SYMBOL_DUPLICATE] = {"has a name that exists already", EXI},
	[XSP_SYMBOL_LONG] = {"has a name of more than 255 bytes", INV},
	[XSP_RELOC_OFFSET] = {"changes bytes outside its section", INV},
	[XSP_RELOC_SYMBOL] = {"has a symbol number that does not exist", INV},
	[XSP_RELOC_NOT_LOADED] = {"leads to a section that is not loaded", INV},
	[XSP_RELOC_TYPE] = {"is of a type that is not known", UNS},
	[XSP_RELOC_OVERFLOW] = {"leads too far away for its field", RNG},
	[XSP_RELOC_MISALIGNED] = {"leads to an address that is not aligned for it", INV},
	[XSP_FUNC_NOT_FOUND] = {"names a function that does not exist", MIS},
	[XSP_FUNC_OLD_TEXT] = {"has old code outside the hypervisor's code", INV},
	[XSP_FUNC_DENIED] = {"is needed for patching itself and cannot be patched", POL},
	[XSP_FUNC_DISTANCE] = {"has new code too far away for a jump", RNG},
	[XSP_FUNC_ENDBR] = {"is too small for a jump behind its endbr64", INV},
	[XSP_FUNC_OVERLAP] = {"is patched twice by one payload", INV},
	[XSP_HOOK_TARGET] = {"does not lead to code of the payload", INV},
	[XSP_ALT_ORIGINAL] = {"changes bytes outside the payload's code", INV},
	[XSP_ALT_REPLACEMENT] = {"has a replacement outside its section", INV},
	[XSP_ALT_SIZE] = {"has a replacement that does not fit", INV},
	[XSP_ALT_FEATURE] = {"names a CPU feature that does not exist", INV},
	[XSP_ALT_APPLIED] = {"is marked as applied already", INV},
	[XSP_ALT_BRANCH] = {"has a branch that cannot be moved", UNS},
	[XSP_ALT_CALL] = {"is no indirect call through a pointer that can be read", INV},
	[XSP_EX_ENTRY] = {"leads out of the payload's code", INV},
	[XSP_BUG_LOCATION] = {"does not lead to code of the payload", INV},
	[XSP_BUG_POINTER] = {"has a file name or message outside the payload's data", INV},

	[XSP_STATE_APPLIED] = {"is applied: revert it first", STA},
	[XSP_STATE_NOT_APPLIED] = {"is not applied", STA},
	[XSP_STATE_NOT_TOP] = {"is not the one applied last: revert that first", STA},
	[XSP_STATE_REAPPLY] = {"has data and was reverted: unload and upload it again", STA},
	[XSP_IN_USE] = {"has a symbol that another loaded payload uses", STA},
	[XSP_DEPENDS_XEN] = {"does not depend on the hypervisor, and nothing is applied", STA},
	[XSP_DEPENDS_TOP] = {"does not depend on the payload applied last", STA},
	[XSP_EXPECT_MISMATCH] = {"has other bytes in the hypervisor than it expects", STA},
	[XSP_PLAN_OVERLAP] = {"would write into the middle of another payload's patch", STA},
	[XSP_REPLACE_HOOKS] = {"cannot be replaced: it has hooks that may refuse", UNS},

	[XSP_HOOK_ENDBR] = {"does not begin with endbr64, which this CPU demands", INV},
};

static const struct entry unknown = {"failed for an unknown reason", INV};

/* No code below XSP_CODES is without words; a test sees to that, and this to one forgotten. */
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
