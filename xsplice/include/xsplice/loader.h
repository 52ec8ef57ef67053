/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader.h - the core: loads a payload and plans what is written
 *
 * The second half of the core. xsplice.h reads a payload; this decides whether it
 * may be loaded, gives it a place, links it, and plans every byte that applying,
 * reverting or replacing will write. The same code runs in the hypervisor, behind
 * "patchbuild verify --base", and in the fuzzer; what differs is struct xsp_host.
 *
 * Order of use:
 *
 *	xsp_loader_init()	an empty loader
 *	xsp_module_open()	signatures, policy, ELF, build-ids, layout: how much
 *				memory the payload needs
 *	(the host gets that memory)
 *	xsp_module_link()	sections copied, symbols, relocations, tables, functions
 *	(the host applies alternatives and sets page permissions)
 *	xsp_module_add()	it is loaded: CHECKED
 *	xsp_plan_make()		all that an action will write, checked
 *	(the host stops all CPUs and carries the steps out)
 *	xsp_plan_commit()	states follow; allocates nothing, cannot fail
 *	xsp_plan_free()
 *	xsp_module_remove()
 *
 * The caller holds one lock around all calls with one loader. Everything that is
 * allocated comes from the host. A function that fails has undone what it began.
 */
#ifndef XSPLICE_LOADER_H
#define XSPLICE_LOADER_H

#include "xsplice/xsplice.h"

/* --- the host ------------------------------------------------------------------ */

struct xsp_key;

/* What the core needs of where it runs. Every member is set. */
struct xsp_host {
	void *ctx; /* first argument of all */

	/* Zeroed memory, aligned for any type; NULL: none is left. free() takes NULL. */
	void *(*alloc)(void *ctx, size_t size);
	void (*free)(void *ctx, void *memory);

	/*
	 * Address of a symbol of the hypervisor: "name" of a global one,
	 * "folder/file.c#name" of a local one. False: there is none.
	 */
	bool (*symbol)(void *ctx, const char *name, uint64_t *addr);

	/* All of @size bytes at @addr are code of the hypervisor that stays after boot. */
	bool (*is_text)(void *ctx, uint64_t addr, uint64_t size);

	/* Code at @addr may not be patched: the patching path itself. Needs is_text(). */
	bool (*is_denied)(void *ctx, uint64_t addr, uint64_t size);

	/* Copies code as it is now. Needs is_text(). */
	void (*read_text)(void *ctx, uint64_t addr, void *to, size_t size);

	/*
	 * Copies the hypervisor's data or constants as they are now. False, and nothing
	 * copied: not all of @size bytes at @addr are such, or they are gone after boot.
	 */
	bool (*read_data)(void *ctx, uint64_t addr, void *to, size_t size);

	/*
	 * The digest (XSP_PGP_SHA*) over @count pieces, one after the other; @out has
	 * room for 64 bytes.
	 */
	void (*digest)(void *ctx, uint8_t hash, const struct xsp_bytes *piece, uint32_t count,
		       uint8_t *out);

	/*
	 * The public key @key made @sig over @digest (made with sig->hash). The core
	 * has checked that algorithms fit.
	 */
	bool (*check_signature)(void *ctx, const struct xsp_key *key, const struct xsp_pgp_sig *sig,
				const uint8_t *digest);

	/* Wall-clock time in ns since 1970, for the journal. */
	uint64_t (*now)(void *ctx);

	/* The CPU takes indirect calls to an endbr64 only. NULL: to anything. */
	bool (*has_ibt)(void *ctx);
};

/*
 * deny.c: may the function of the hypervisor with this name ("name", or
 * "folder/file.c#name") not be patched? Every home's is_denied() asks this.
 */
bool xsp_is_denied(const char *symbol);

/* Bytes of a digest of OpenPGP number @hash (XSP_PGP_SHA*). */
static inline uint32_t xsp_digest_size(uint8_t hash)
{
	if (hash == XSP_PGP_SHA256)
		return 32;
	return hash == XSP_PGP_SHA384 ? 48 : 64;
}

/* --- policy.c: who may sign ------------------------------------------------------- */

/* NIST curves. */
enum xsp_curve { XSP_P256 = 1, XSP_P384, XSP_P521 };

#define XSP_RSA_MIN_BITS 2048
#define XSP_RSA_MAX_BITS 4096

/* A public key that payloads may be signed with. */
struct xsp_key {
	uint8_t fingerprint[XSP_FINGERPRINT_SIZE];
	uint8_t primary[XSP_FINGERPRINT_SIZE]; /* of the key it is a subkey of, or its own */
	uint8_t algo; /* XSP_PGP_RSA or XSP_PGP_ECDSA */
	uint8_t curve; /* enum xsp_curve, for XSP_PGP_ECDSA */
	uint32_t created; /* seconds since 1970 */
	uint32_t expires; /* the same, of it or its primary key, the earlier; 0: never */
	const struct xsp_bytes *owners; /* user ids of the key, or of its primary key */
	uint32_t nowners;
	struct xsp_bytes n, e; /* RSA: modulus and exponent, big-endian, no leading zeros */
	struct xsp_bytes point; /* ECDSA: 0x04, x, y */
};

enum xsp_mode {
	XSP_OFF, /* signatures are not looked at */
	XSP_PERMISSIVE, /* what is wrong is recorded, and loaded all the same */
	XSP_ENFORCE, /* what is not signed as the policy wants is refused */
};

struct xsp_policy {
	enum xsp_mode mode;
	uint32_t needed; /* signatures by different primary keys; at least 1 */
	const struct xsp_key *keys;
	uint32_t nkeys;
};

/* What was found out about a file's signatures. */
struct xsp_verdict {
	bool trusted; /* as many good signatures as the policy needs */
	uint32_t good; /* primary keys with a good one */
	uint32_t count; /* signatures in the file */
	const struct xsp_key *signer; /* the first good one's key; NULL: none */
	struct xsp_cause cause; /* if not trusted: why */
};

/*
 * Facts first: checks every signature of @t against @policy's keys. Good is a
 * signature by a known key, made while the key was valid, that fits the file's
 * bytes. A record that its key does not fit makes the file untrusted, however many
 * good ones there are; one by an unknown key only does not count.
 *
 * Then policy: 0 if the file may load (mode and verdict), -1 with the cause if not.
 * @verdict is filled in both cases; nothing is checked in mode XSP_OFF.
 */
int xsp_policy_check(const struct xsp_policy *policy, const struct xsp_host *host,
		     const struct xsp_trailer *t, struct xsp_verdict *verdict,
		     struct xsp_cause *cause) XSP_MUST_CHECK;

/* --- layout.c: where sections go ----------------------------------------------------- */

#define XSP_PAGE 4096

/* In this order in memory, each beginning on a page of its own. */
enum xsp_region { XSP_TEXT, XSP_RW, XSP_RO, XSP_REGIONS };

#define XSP_NOT_LOADED 0xffffffffu

struct xsp_layout {
	struct {
		uint32_t start; /* from the beginning of the memory; page aligned */
		uint32_t size; /* bytes used */
	} region[XSP_REGIONS];
	uint32_t size; /* of the memory: whole pages */
	uint32_t nsections;
	uint32_t *at; /* of each section, from the beginning; XSP_NOT_LOADED */
	bool reapply; /* may be applied again after a revert: no data but .livepatch.funcs */
};

/* Gives every loaded section a place. Free with xsp_layout_free(). */
int xsp_layout_make(const struct xsp_image *img, const struct xsp_host *host,
		    struct xsp_layout *out, struct xsp_cause *cause) XSP_MUST_CHECK;
void xsp_layout_free(struct xsp_layout *l, const struct xsp_host *host);

/* --- modules: payloads that are loaded --------------------------------------------------- */

#define XSP_NAME_MAX  128 /* with its NUL: XEN_LIVEPATCH_NAME_SIZE */
#define XSP_PATCH_MAX 31 /* bytes that one function's patch may write */

enum xsp_state { XSP_CHECKED = 1, XSP_APPLIED = 2 }; /* as LIVEPATCH_STATE_* */

/* A function, linked: what is written over it. */
struct xsp_patch {
	const char *name; /* in the module's memory or strings; "" if it has none */
	uint64_t old_addr;
	uint64_t new_addr; /* 0: NOPs */
	uint32_t old_size;
	uint32_t new_size;
	uint64_t addr; /* where is written: old_addr, behind an endbr64 if there is one */
	uint8_t size; /* bytes written, 0 to XSP_PATCH_MAX */
	uint8_t code[XSP_PATCH_MAX]; /* what is written: a jump or NOPs */
	uint8_t saved[XSP_PATCH_MAX]; /* while applied: what was there before */
	uint8_t nexpect; /* bytes expected at old_addr before, 0: none */
	uint8_t expect[ABI_EXPECT_MAX];
};

/* A symbol that a module defines, for look-ups by address and by name. */
struct xsp_modsym {
	const char *name; /* in the module's strings */
	uint64_t addr;
	uint32_t size;
	bool exported; /* new: other modules may use it */
};

/* A table in a module's memory: run-time address and number of entries. */
struct xsp_table {
	uint64_t addr;
	uint32_t count;
};

struct xsp_module {
	struct xsp_module *next; /* in the order of loading */
	struct xsp_module *below; /* while applied: the one applied before */

	char name[XSP_NAME_MAX];
	enum xsp_state state;
	bool reverted; /* was applied before */
	int32_t rc; /* result of the last action, for the host */
	void *owner; /* for the host */

	struct xsp_layout layout;
	uint64_t base; /* run-time address of the memory */
	uint8_t *memory; /* where the core can write it; layout.size bytes */

	uint8_t digest[64]; /* SHA-256 of the whole file as uploaded, and room for longer ones */
	struct xsp_verdict verdict;
	struct xsp_bytes build_id; /* copies, freed with the module */
	struct xsp_bytes depends;
	struct xsp_bytes info; /* .modinfo */

	struct xsp_patch *patches;
	uint32_t npatches;
	struct xsp_modsym *symbols; /* sorted by address */
	uint32_t nsymbols;
	const struct xsp_modsym **exports; /* those that are exported, sorted by name */
	uint32_t nexports;
	char *strings;
	const struct xsp_module **uses; /* loaded modules whose symbols or code it uses */
	uint32_t nuses;

	struct xsp_table funcs; /* .livepatch.funcs: struct abi_func, pointers filled in */
	struct xsp_table hooks[XSP_HOOKS]; /* pointers to functions in this module's text */
	struct xsp_table bug_frames[ABI_BUG_TYPES];
	struct xsp_table ex_table; /* sorted by address */
	struct xsp_table alternatives; /* checked: applying them cannot fail */
	struct xsp_table alt_calls;
};

struct xsp_loader {
	const struct xsp_host *host;
	struct xsp_policy policy;
	struct xsp_bytes xen_build_id; /* of the running hypervisor */
	uint16_t machine; /* ABI_EM_* that this hypervisor runs on */
	uint32_t features; /* number of CPU features that an alternative may name */
	struct xsp_module *first; /* loaded */
	struct xsp_module *top; /* applied last */
	uint32_t version; /* changes with every load, unload */
	uint32_t count; /* loaded modules */
};

void xsp_loader_init(struct xsp_loader *l, const struct xsp_host *host);
struct xsp_module *xsp_loader_find(const struct xsp_loader *l, const char *name);

/* A name that a payload may have: 1 to 127 bytes, no control characters. */
bool xsp_name_ok(const char *name);

/*
 * From a file to a module that knows how much memory it wants: signatures and
 * policy, ELF, machine, build-id rules (that of the hypervisor, none loaded twice),
 * layout. @p is filled for xsp_module_link() and points into @file. NULL: see
 * @cause. @verdict has what was found out about signatures, in both cases.
 */
struct xsp_module *xsp_module_open(const struct xsp_loader *l, const char *name, const void *file,
				   size_t size, struct xsp_payload *p, struct xsp_verdict *verdict,
				   struct xsp_cause *cause);

/*
 * Puts the payload into the host's @memory (layout.size bytes, zeroed by the core),
 * which runs at @base. On success all is final but alternatives: see struct
 * xsp_module. On failure the memory's content is undefined; the module stays, to be
 * freed. @p may be dropped afterwards.
 */
int xsp_module_link(const struct xsp_loader *l, struct xsp_module *m, const struct xsp_payload *p,
		    uint64_t base, void *memory, struct xsp_cause *cause) XSP_MUST_CHECK;

/* Frees a module that is not loaded (any more). The host's memory is the host's. */
void xsp_module_free(const struct xsp_loader *l, struct xsp_module *m);

/* The module is loaded. It was linked against @l as it is now. */
void xsp_module_add(struct xsp_loader *l, struct xsp_module *m);
/* May it be unloaded: not applied, no loaded module uses a symbol of it. */
int xsp_module_removable(const struct xsp_loader *l, const struct xsp_module *m,
			 struct xsp_cause *cause) XSP_MUST_CHECK;
void xsp_module_remove(struct xsp_loader *l, struct xsp_module *m);

/* The symbol of @m that covers @addr, or NULL. */
const struct xsp_modsym *xsp_module_symbol(const struct xsp_module *m, uint64_t addr);

/* --- plan.c: what an action writes --------------------------------------------------------- */

enum xsp_action { XSP_UNLOAD = 1, XSP_REVERT, XSP_APPLY, XSP_REPLACE }; /* as LIVEPATCH_ACTION_* */

#define XSP_NODEPS 1u /* flag: the stack of build-ids is not looked at */

enum xsp_step_kind {
	XSP_WRITE, /* new bytes over old ones in the hypervisor's text */
	XSP_CALL, /* void (*)(void): a load or unload hook */
	XSP_ACT, /* int (*)(payload *): an apply or revert hook, instead of writes */
};

struct xsp_step {
	enum xsp_step_kind kind;
	struct xsp_module *module; /* for hooks: whose */
	uint64_t addr; /* written to, or the hook's pointer (its value) */
	uint32_t size; /* XSP_WRITE */
	uint32_t bytes; /* XSP_WRITE: index of the old bytes in xsp_plan.bytes; the new ones
			   follow them */
	bool fresh; /* XSP_WRITE: no step before writes there */
};

/* Everything an action does while all CPUs stand still, in order. */
struct xsp_plan {
	enum xsp_action action;
	struct xsp_module *module;
	bool nothing; /* the module is in that state already */
	struct xsp_step *steps;
	uint32_t nsteps;
	uint8_t *bytes;
	uint8_t (*saved)[XSP_PATCH_MAX]; /* apply, replace: for module->patches */
};

/*
 * Checks that @action may be done to @m now (states, order, build-ids, overlaps, the
 * bytes that must be there) and plans it. All that a replace writes is the
 * difference between what is there and what shall be: an address that both the old
 * and the new payloads patch is written once. Only where load and unload hooks must
 * run in between, old payloads' bytes are restored first.
 */
int xsp_plan_make(const struct xsp_loader *l, struct xsp_module *m, enum xsp_action action,
		  uint32_t flags, struct xsp_plan *out, struct xsp_cause *cause) XSP_MUST_CHECK;
void xsp_plan_free(const struct xsp_loader *l, struct xsp_plan *plan);

static inline const uint8_t *xsp_step_old(const struct xsp_plan *p, const struct xsp_step *s)
{
	return p->bytes + s->bytes;
}

static inline const uint8_t *xsp_step_new(const struct xsp_plan *p, const struct xsp_step *s)
{
	return p->bytes + s->bytes + s->size;
}

/*
 * The text still holds the old bytes that the plan was made with: to be asked again
 * when all CPUs stand still. Compares through host->read_text, nothing else.
 */
bool xsp_plan_holds(const struct xsp_loader *l, const struct xsp_plan *plan);

/* The steps were carried out: states and stack follow. Allocates nothing. */
void xsp_plan_commit(struct xsp_loader *l, struct xsp_plan *plan);

/* --- journal.c: what happened ------------------------------------------------------------------ */

/*
 * A ring of records, each with the digest over the one before it (abi.h, struct
 * abi_journal_record). Old records make place for new ones; their digests hold the
 * chain together, so that what is left can still be checked.
 */
struct xsp_journal {
	const struct xsp_host *host;
	struct abi_journal_record *ring; /* the caller's */
	uint32_t size; /* records in it */
	uint64_t next; /* number of the next record; the first is 0 */
	uint8_t digest[32]; /* of the last record */
};

void xsp_journal_init(struct xsp_journal *j, const struct xsp_host *host,
		      struct abi_journal_record *ring, uint32_t size);

/* What is to be recorded; the rest of a record is filled in. */
struct xsp_event {
	uint16_t operation; /* ABI_JOURNAL_* */
	int32_t result; /* 0, or a negative errno of Xen */
	uint16_t code; /* enum xsp_code: why it failed */
	uint8_t mode; /* enum xsp_mode in force */
	uint64_t pause; /* ns that all CPUs stood still; 0: they did not */
	const char *name; /* of the payload as the caller gave it */
	const struct xsp_module *module; /* NULL: none */
	const uint8_t *digest; /* SHA-256 of the file, NULL: module's or none */
};

void xsp_journal_add(struct xsp_journal *j, const struct xsp_event *e);
/* Record @number; NULL: not there (yet, or any more). */
const struct abi_journal_record *xsp_journal_get(const struct xsp_journal *j, uint64_t number);

/*
 * For readers: checks @count records in a row. @before: digest of the record before
 * the first, NULL to take the first one's word. False: *@bad is the index of the
 * first record that is changed, or does not follow the one before it.
 */
bool xsp_journal_check(const struct xsp_host *host, const struct abi_journal_record *records,
		       size_t count, const uint8_t *before, size_t *bad);

#endif
