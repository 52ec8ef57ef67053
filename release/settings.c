// SPDX-License-Identifier: GPL-2.0-or-later
/* The settings that there are: one that is misspelt would open a gate without a word. */
#include "release/config.h"

#include "common/text.h"

#include <string.h>

static const struct {
	const char *section;
	bool sub; /* [section "name"] */
	const char *names; /* with blanks between; "*": any */
} known[] = {
	{"project", false, "name mailto main domain git"},
	{"people", false, "aliases domains"},
	{"tag", false, "release rc prefix"},
	{"branch", false, "stable"},
	{"schedule", false, "length rc-count rc-every holiday remind"},
	{"milestone", true, "offset weekday"},
	{"cycle", true, "*"},
	{"freeze", false, "ack manager"},
	{"window", true, "from until why"},
	{"waiver", true, "who why until"},
	{"gate", false, "require hosts"},
	{"gate-waiver", true, "who why until"},
	{"host", true, "slots"},
	{"area", true, "path"},
	{"lint", false, "changelog support pins versionfile"},
	{"advisory", false, "path tree"},
	{"build", true, "version commit build-id shipped patched"},
	{"livepatch", false, "path keyring require"},
	{"reason", true, "kind why to"},
	{"feed", false, "path name days keyring require"},
	{"payload", true, "ring replaces not-before"},
	{"none", true, "reason to why"},
	{"release", false,
	 "key keyring committer tarball-name tarballs output branch-name publish"},
	{"version-file", true, "match line"},
	{"site", false, "features roadmap"},
	{"include", false, "path"},
};

/* @name is one of the words of @names. */
static bool is_word(const char *names, const char *name)
{
	size_t len = strlen(name);

	if (!strcmp(names, "*"))
		return true;
	while (*names) {
		size_t n = strcspn(names, " ");

		if (n == len && !memcmp(names, name, n))
			return true;
		names += n;
		names += *names == ' ';
	}
	return false;
}

bool config_is_known(const char *key)
{
	const char *dot = strchr(key, '.');
	const char *last = strrchr(key, '.');
	size_t i;

	for (i = 0; dot && i < sizeof(known) / sizeof(*known); i++) {
		size_t len = strlen(known[i].section);

		if ((size_t)(dot - key) == len && !strncmp(key, known[i].section, len) &&
		    known[i].sub == (last != dot))
			return is_word(known[i].names, last + 1);
	}
	return false;
}
