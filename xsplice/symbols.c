// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * symbols.c - from names to addresses, and the module's own names
 */
#include "link.h"
#include "sort.h"

/* --- look-ups ------------------------------------------------------------------- */

/* As strcmp(). */
static int compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (uint8_t)*a - (uint8_t)*b;
}

/* The one of that name; of several, which is not said, none. */
static const struct xsp_modsym *only(const struct xsp_module *m, uint32_t i)
{
	const char *name = m->exports[i]->name;

	if ((i && !compare(m->exports[i - 1]->name, name)) ||
	    (i + 1 < m->nexports && !compare(m->exports[i + 1]->name, name)))
		return NULL;
	return m->exports[i];
}

static const struct xsp_modsym *find_export(const struct xsp_module *m, const char *name)
{
	uint32_t high = m->nexports;
	uint32_t low = 0;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int order = compare(m->exports[mid]->name, name);

		if (!order)
			return only(m, mid);
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The loaded module that exports @name, or NULL. */
static const struct xsp_module *exporter(const struct xsp_loader *l, const char *name,
					 uint64_t *addr)
{
	const struct xsp_module *m;

	for (m = l->first; m; m = m->next) {
		const struct xsp_modsym *s = find_export(m, name);

		if (!s)
			continue;
		*addr = s->addr;
		return m;
	}
	return NULL;
}

static bool lookup_plain(const struct xsp_loader *l, struct xsp_module *m, const char *name,
			 uint64_t *addr)
{
	const struct xsp_module *other;

	if (!*name)
		return false;
	if (l->host->symbol(l->host->ctx, name, addr))
		return true;
	other = exporter(l, name, addr);
	if (other)
		xsp_module_uses(m, other);
	return other != NULL;
}

static bool digit(char c, uint32_t *value)
{
	if (c >= '0' && c <= '9')
		*value = (uint32_t)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*value = (uint32_t)(c - 'a' + 10);
	else
		return false;
	return true;
}

/* All of @s is "0x" and 1 to 8 hexadecimal digits. */
static bool parse_offset(const char *s, uint32_t *offset)
{
	uint32_t value;
	uint32_t n;

	if (s[0] != '0' || s[1] != 'x')
		return false;
	s += 2;
	*offset = 0;
	for (n = 0; n < 8 && digit(s[n], &value); n++)
		*offset = *offset << 4 | value;
	return n && !s[n];
}

/* Takes "symbol+0x12" apart at its last '+'. Needs a name that is not too long. */
static bool split(const char *name, char symbol[XSP_SYMBOL_MAX + 1], uint32_t *offset)
{
	size_t plus = 0;
	size_t i;

	for (i = 0; name[i]; i++)
		if (name[i] == '+')
			plus = i;
	if (!plus || !parse_offset(name + plus + 1, offset))
		return false;
	memcpy(symbol, name, plus);
	symbol[plus] = '\0';
	return true;
}

bool xsp_lookup(const struct xsp_loader *l, struct xsp_module *m, const char *name, uint64_t *addr)
{
	char symbol[XSP_SYMBOL_MAX + 1];
	uint32_t offset;

	if (lookup_plain(l, m, name, addr))
		return true;
	if (!split(name, symbol, &offset) || !lookup_plain(l, m, symbol, addr))
		return false;
	*addr += offset;
	return true;
}

/* --- symbols of the file ----------------------------------------------------------- */

static uint64_t symbol_pos(const struct xsp_image *img, uint32_t index)
{
	return (uint64_t)(img->symbols.data - img->data) + (uint64_t)index * sizeof(struct abi_sym);
}

static bool is_short(const char *name)
{
	size_t n = 0;

	while (n <= XSP_SYMBOL_MAX && name[n])
		n++;
	return n <= XSP_SYMBOL_MAX;
}

/*
 * Assemblers mention the table of addresses whenever an instruction goes by way of it.
 * There is none; what needs more than the mention is refused by its relocation.
 */
#define GOT "_GLOBAL_OFFSET_TABLE_"

static int resolve_one(struct xsp_link *k, uint32_t index)
{
	struct xsp_target *t = &k->targets[index];
	struct xsp_symbol sym;

	xsp_image_symbol(&k->p->image, index, &sym);
	if (!is_short(sym.name))
		return xsp_fail(k->cause, XSP_SYMBOL_LONG, symbol_pos(&k->p->image, index),
				"symbol");
	t->known = true;
	if (sym.shndx == ABI_SHN_UNDEF) {
		t->known = xsp_lookup(k->loader, k->m, sym.name, &t->addr);
		if (!t->known && !xsp_streq(sym.name, GOT))
			return xsp_fail(k->cause, XSP_SYMBOL_UNRESOLVED,
					symbol_pos(&k->p->image, index), "symbol");
	} else if (sym.shndx == ABI_SHN_ABS) {
		t->addr = sym.value;
	} else if (k->m->layout.at[sym.shndx] == XSP_NOT_LOADED) {
		t->known = false;
	} else {
		t->addr = xsp_section_addr(k->m, sym.shndx) + sym.value;
	}
	return 0;
}

int xsp_resolve(struct xsp_link *k)
{
	uint32_t i;

	for (i = 1; i < k->p->image.nsymbols; i++)
		if (resolve_one(k, i))
			return -1;
	return 0;
}

/* --- the module's own ----------------------------------------------------------------- */

/* Arm's marks of what follows: code ($x) or data ($d); perhaps ".something" behind. */
static bool is_mapping(const struct xsp_image *img, const char *name)
{
	return img->machine == ABI_EM_AARCH64 && name[0] == '$' &&
	       (name[1] == 'x' || name[1] == 'd' || name[1] == 'a') && (!name[2] || name[2] == '.');
}

/* Does the module have this symbol of the file: it is loaded and was named by somebody. */
static bool is_own(const struct xsp_link *k, const struct xsp_symbol *sym)
{
	struct xsp_section s;

	if (sym->shndx == ABI_SHN_UNDEF || sym->shndx == ABI_SHN_ABS || !*sym->name)
		return false;
	xsp_image_section(&k->p->image, sym->shndx, &s);
	if (!(s.flags & ABI_SHF_ALLOC) || is_mapping(&k->p->image, sym->name))
		return false;
	/* The assembler's labels of merged strings. */
	return !(s.flags & ABI_SHF_MERGE) || sym->name[0] != '.' || sym->name[1] != 'L';
}

static bool addr_less(const struct xsp_modsym *a, const struct xsp_modsym *b)
{
	return a->addr != b->addr ? a->addr < b->addr : a->size < b->size;
}

static bool name_less(const struct xsp_modsym *const *a, const struct xsp_modsym *const *b)
{
	return compare((*a)->name, (*b)->name) < 0;
}

static bool u64_less(const uint64_t *a, const uint64_t *b)
{
	return *a < *b;
}

XSP_SORT(sort_by_addr, struct xsp_modsym, addr_less)
XSP_SORT(sort_by_name, const struct xsp_modsym *, name_less)
XSP_SORT(sort_u64, uint64_t, u64_less)

/* The addresses of new code, sorted. NULL: no memory. */
static uint64_t *new_code(const struct xsp_link *k)
{
	const struct xsp_module *m = k->m;
	uint64_t *a = xsp_alloc(k->loader->host, (uint64_t)m->npatches + 1, sizeof(*a));
	uint32_t i;

	if (!a)
		return NULL;
	for (i = 0; i < m->npatches; i++)
		a[i] = m->patches[i].new_addr;
	sort_u64(a, m->npatches);
	return a;
}

static bool contains(const uint64_t *sorted, uint32_t n, uint64_t value)
{
	uint32_t high = n;
	uint32_t low = 0;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (sorted[mid] < value)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && sorted[low] == value;
}

/*
 * Symbol @index of the file becomes one of the module. What takes another's place is
 * not exported; all else must have a name of its own in all that is loaded, as in
 * Xen (which counts local symbols too).
 */
static int add_symbol(struct xsp_link *k, uint32_t index, const struct xsp_symbol *sym,
		      const uint64_t *overriding)
{
	const struct xsp_loader *l = k->loader;
	const struct xsp_image *img = &k->p->image;
	struct xsp_modsym *s = &k->m->symbols[k->m->nsymbols++];
	uint64_t addr;

	s->name = k->m->strings + (sym->name - (const char *)img->strings.data);
	s->addr = k->targets[index].addr;
	s->size = sym->size > k->m->layout.size ? 0 : (uint32_t)sym->size;
	s->exported = !contains(overriding, k->m->npatches, s->addr);
	if (s->exported &&
	    (l->host->symbol(l->host->ctx, s->name, &addr) || exporter(l, s->name, &addr)))
		return xsp_fail(k->cause, XSP_SYMBOL_DUPLICATE, symbol_pos(img, index), "symbol");
	return 0;
}

static int add_symbols(struct xsp_link *k, const uint64_t *overriding)
{
	struct xsp_symbol sym;
	uint32_t i;

	for (i = 1; i < k->p->image.nsymbols; i++) {
		xsp_image_symbol(&k->p->image, i, &sym);
		if (is_own(k, &sym) && add_symbol(k, i, &sym, overriding))
			return -1;
	}
	return 0;
}

static void sort_symbols(struct xsp_module *m)
{
	uint32_t i;

	sort_by_addr(m->symbols, m->nsymbols);
	for (i = 0; i < m->nsymbols; i++)
		if (m->symbols[i].exported)
			m->exports[m->nexports++] = &m->symbols[i];
	sort_by_name(m->exports, m->nexports);
}

int xsp_own_symbols(struct xsp_link *k)
{
	const struct xsp_host *host = k->loader->host;
	uint64_t *overriding = new_code(k);
	struct xsp_module *m = k->m;
	int status;

	m->symbols = xsp_alloc(host, k->p->image.nsymbols, sizeof(*m->symbols));
	m->exports = xsp_alloc(host, k->p->image.nsymbols, sizeof(*m->exports));
	if (!overriding || !m->symbols || !m->exports) {
		xsp_free(host, overriding);
		return xsp_fail(k->cause, XSP_NO_MEMORY, 0, "symbols");
	}
	status = add_symbols(k, overriding);
	xsp_free(host, overriding);
	if (!status)
		sort_symbols(m);
	return status;
}

const struct xsp_modsym *xsp_module_symbol(const struct xsp_module *m, uint64_t addr)
{
	uint32_t high = m->nsymbols;
	const struct xsp_modsym *s;
	uint32_t low = 0;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->symbols[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || !xsp_in_module(m, addr, 1))
		return NULL;
	s = &m->symbols[low - 1];
	return s->size && addr - s->addr >= s->size ? NULL : s;
}
