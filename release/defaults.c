// SPDX-License-Identifier: GPL-2.0-or-later
/* What holds for Xen; a project of other habits says so in its release.conf. */
#include "release/config.h"

const struct setting config_defaults[] = {
	{"project.name", "Xen"},
	{"project.mailto", "xen-devel@lists.xenproject.org"},
	{"project.main", "master"},
	{"project.domain", "xenproject.org"},

	/* Tags: the numbers in parentheses are the version; rc has the candidate last. */
	{"tag.release", "^RELEASE-([0-9]+)\\.([0-9]+)\\.([0-9]+)$"},
	{"tag.rc", "^([0-9]+)\\.([0-9]+)\\.([0-9]+)-rc\\.?([0-9]+)$"},
	{"tag.prefix", "RELEASE-"},
	{"branch.stable", "^(origin/)?(stable|staging)-([0-9]+)\\.([0-9]+)$"},

	/* Every date of a cycle, counted from its start; later ones from the release. */
	{"schedule.length", "8m"},
	{"schedule.rc-count", "4"},
	{"schedule.rc-every", "2w"},
	{"milestone.last-posting.offset", "release -14w"},
	{"milestone.last-posting.weekday", "Friday"},
	{"milestone.freeze.offset", "release -10w"},
	{"milestone.freeze.weekday", "Friday"},
	{"milestone.rc1.offset", "release -8w"},
	{"milestone.rc1.weekday", "Wednesday"},
	{"milestone.release.weekday", "Wednesday"},

	{"freeze.ack", "Release-acked-by"},

	{"area.x86.path", "xen/arch/x86/"},
	{"area.x86.path", "xen/include/asm-x86/"},
	{"area.x86.path", "xen/drivers/passthrough/vtd/"},
	{"area.x86.path", "xen/drivers/passthrough/amd/"},
	{"area.x86.path", "xen/drivers/passthrough/x86/"},
	{"area.Arm.path", "xen/arch/arm/"},
	{"area.Arm.path", "xen/include/asm-arm/"},
	{"area.Arm.path", "xen/drivers/passthrough/arm/"},
	{"area.RISC-V.path", "xen/arch/riscv/"},
	{"area.PowerPC.path", "xen/arch/ppc/"},
	{"area.Hypervisor.path", "xen/"},
	{"area.Toolstack.path", "tools/"},
	{"area.Mini-OS.path", "extras/mini-os/"},
	{"area.Stub domains.path", "stubdom/"},
	{"area.Documentation.path", "docs/"},
	{"area.CI.path", "automation/"},

	{"advisory.tree", "xen"},

	{"lint.changelog", "CHANGELOG.md"},
	{"lint.support", "SUPPORT.md"},
	{"lint.pins", "Config.mk"},
	{"lint.versionfile", "xen/Makefile"},

	{"feed.days", "14"},
	{"feed.require", "1"},
	{"livepatch.require", "1"},
	{"release.tarball-name", "xen"},
	{"release.tarballs", "gz,xz,zst"},
	{"release.output", "{name}"},
	{"release.branch-name", "stable-{series}"},
	{"release.publish", "git push --atomic origin {branch} {tag}"},
	{"version-file.xen/Makefile.match",
	 "^((export )?XEN_EXTRAVERSION[[:blank:]]*\\?=[[:blank:]]*)[^$]*(.*)$"},
	{"version-file.xen/Makefile.line", "{1}.{patch}{-rc}{3}"},
	{"version-file.SUPPORT.md.match", "^([[:blank:]]*Xen-Version:[[:blank:]]*).*$"},
	{"version-file.SUPPORT.md.line", "{1}{major}.{minor}{-rc}"},
	{0},
};
