// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * deny.c - functions of the hypervisor that may not be patched
 *
 * What runs while text is being written: the loader itself, the way of a CPU into and
 * out of the pause, and what interrupts that cannot be turned off. A change there
 * would be run half old, half new, or would change the code that undoes it. Also what
 * the loader stands on before and after: a wrong patch of the way from dom0 to here
 * could not be reverted any more.
 */
#include "core.h"
#include "xsplice/loader.h"

struct rule {
	const char *name;
	bool prefix; /* whatever begins like this */
};

static const struct rule rules[] = {
	/* this loader, and Xen's own */
	{"xsp_", true},
	{"xsplice_", true},
	{"arch_xsplice_", true},
	{"common/xsplice/", true},
	{"arch/x86/xsplice.c#", true},
	{"livepatch_", true},
	{"arch_livepatch_", true},
	{"common/livepatch", true},
	{"arch/x86/livepatch.c#", true},
	{"check_for_livepatch_work", false},
	{"revert_payload", true},
	{"is_patch", false},

	/* how a CPU comes to the pause */
	{"idle_loop", false},
	{"arch/x86/domain.c#idle_loop", false},
	{"do_tasklet", false},
	{"tasklet_schedule_on_cpu", false},
	{"common/tasklet.c#", true},
	{"get_s_time", false},
	{"get_s_time_fixed", false},
	{"arch/x86/time.c#read_tsc", true},

	/* what the pause calls */
	{"memcpy", false},
	{"memset", false},
	{"memcmp", false},
	{"memmove", false},
	{"relax_virtual_region_perms", false},
	{"tighten_virtual_region_perms", false},
	{"modify_xen_mappings_lite", false},
	{"flush_area_local", false},
	{"__x86_", true},

	/* what comes through all the same */
	{"do_nmi", false},
	{"do_nmi_crash", false},
	{"handle_ist_exception", false},
	{"set_nmi_callback", false},
	{"unset_nmi_callback", false},
	{"self_nmi", false},
	{"do_machine_check", false},

	/* the way back */
	{"do_sysctl", false},
};

static bool begins(const char *s, const char *with)
{
	while (*with && *s == *with) {
		s++;
		with++;
	}
	return !*with;
}

bool xsp_is_denied(const char *symbol)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].prefix ? begins(symbol, rules[i].name)
				    : xsp_streq(symbol, rules[i].name))
			return true;
	return false;
}
