// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints how many pages of the host's memory are free, as Xen counts them: for tests
 * that look for leaks. XEN_SYSCTL_physinfo, of the interface of Xen 4.17 to 4.20.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <xen/xen.h>
#include <xencall.h>

#define SYSCTL_PHYSINFO 3
#define INTERFACE	0x15

struct sysctl {
	uint32_t cmd;
	uint32_t interface_version;
	struct {
		uint32_t words[10];
		uint64_t total_pages;
		uint64_t free_pages;
		uint64_t rest[10];
	} physinfo;
};

static int ask(xencall_handle *xcall, struct sysctl *s)
{
	*s = (struct sysctl){.cmd = SYSCTL_PHYSINFO, .interface_version = INTERFACE};
	return xencall1(xcall, __HYPERVISOR_sysctl, (uintptr_t)s);
}

int main(void)
{
	xencall_handle *xcall = xencall_open(NULL, 0);
	struct sysctl *s = xcall ? xencall_alloc_buffer(xcall, sizeof(*s)) : NULL;

	if (!s || ask(xcall, s) < 0) {
		fprintf(stderr, "free-pages: %s\n", strerror(errno));
		return 1;
	}
	printf("%" PRIu64 "\n", s->physinfo.free_pages);
	xencall_free_buffer(xcall, s);
	xencall_close(xcall);
	return 0;
}
