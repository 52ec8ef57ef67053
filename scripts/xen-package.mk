# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds the hypervisor of Debian's source package as the package itself does, without the rest of it. Run by
# scripts/build-xen in the unpacked package; debian/rules brings the arguments (make_args_xen) and the build's date.

include debian/rules

hypervisor:
	cp debian/xen-kconfig xen/.config
	$(MAKE) -C xen olddefconfig $(make_args_xen)
	$(MAKE) -C xen $(make_args_xen)

# The same with our loader (scripts/build-overlay). The configuration is touched only when it changes.
hypervisor-xsplice:
	{ cat debian/xen-kconfig; echo 'CONFIG_XSPLICE=y'; echo 'CONFIG_XSPLICE_KEYRING="$(XSPLICE_KEYRING)"'; } >xen/.config.want
	cmp -s xen/.config.want xen/.config.wanted || \
		{ cp xen/.config.want xen/.config && $(MAKE) -C xen olddefconfig $(make_args_xen); }
	mv xen/.config.want xen/.config.wanted
	$(MAKE) -C xen $(make_args_xen)

# Xen's own test payloads, xen/test/livepatch/*.livepatch: not part of the package.
livepatch-tests:
	$(MAKE) -C xen tests $(make_args_xen)

.PHONY: hypervisor hypervisor-xsplice livepatch-tests
