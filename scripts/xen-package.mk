# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the hypervisor of Debian's source package as the package itself does, without the rest of it. Run by
# scripts/build-xen in the unpacked package; debian/rules brings the arguments (make_args_xen) and the build's date.

include debian/rules

hypervisor:
	cp debian/xen-kconfig xen/.config
	$(MAKE) -C xen olddefconfig $(make_args_xen)
	$(MAKE) -C xen $(make_args_xen)

# Xen's own test payloads, xen/test/livepatch/*.livepatch: not part of the package.
livepatch-tests:
	$(MAKE) -C xen tests $(make_args_xen)

.PHONY: hypervisor livepatch-tests
