# SPDX-License-Identifier: GPL-2.0-or-later
# xSplice. `make help` lists the targets; scripts/build.mk is the engine.

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
SHELL   := /bin/bash
TREE    := build/xen/debian-4.17
STORE   := build/store

all: programs

include scripts/build.mk

# Every compilation waits for the packages it needs; `need` is silent when all are there.
need-%:
	@scripts/need $*
$(all-objs) $(O)/flags: | need-build

# What a person asks for goes one after the other; each step compiles on all CPUs.
parallel = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
ifeq ($(MAKELEVEL),0)
.NOTPARALLEL:
programs:
	@$(parallel) programs
else
programs: $(all-progs) $(all-host)
ifeq ($(VARIANT),rel)
	@mkdir -p build/bin && ln -sf $(patsubst build/%,../%,$(all-progs)) build/bin/
	@ln -sf xsplice-ctl build/bin/xen-livepatch
endif
endif

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST) | sort | awk -F': ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

## all: the programs, in build/bin/ (the default)
## demo: the main job end to end, on a real Xen with our loader (HOST_XEN=stock: with Xen's own)
## host: a shell on a real Xen host with the tools in it (HOST_XEN=xsplice: with our loader)
## check: all tests: unit, builder, host, analysers, fuzzing
## check-unit: unit and builder tests under sanitizers, no host: the quick ones
## check-release: the release tool
## check-base: the builder and the overlay on the objects and sources of a real Xen, no host
## check-host: the tests on real Xen hosts
## check-xen-history: the release tool on a clone of Xen's repository, XSPLICE_XEN_GIT
## lint: formatter, analysers, arrows between the parts
## fuzz: every fuzz target for FUZZ_SECONDS (60) each
## bench: benchmarks, as JSON
## coverage: lines and branches of the core that unit tests reach
## site: this project's own releases as a web site, in build/site/
## base: Debian's Xen, rebuilt and proven, as a base in build/store/
## xen: Debian's Xen with our loader, in build/xen/xsplice-4.17/; keys for tests in build/keys/
## base-4.20: Xen 4.20 of Debian 13, built here, as a base in build/store-4.20/
## install: programs, man pages, completions to DESTDIR PREFIX
## clean: removes what was compiled; distclean removes all of build/

# --- the real Xen ------------------------------------------------------------
stock-xen:
	@scripts/build-xen
xen: stock-xen
	@scripts/need fetch xen demo
	@scripts/build-overlay
xen-4.20:
	@scripts/build-xen 4.20
testhost: need-fetch need-host
	@scripts/fetch kernel xen-shipped xen-tools

# The base is made again when the tree or the maker of bases changed its form.
base: programs stock-xen
	@scripts/need fetch && scripts/fetch xen-shipped
	@scripts/make-base $(TREE) $(STORE) build/xen/shipped/xen

base-4.20: programs xen-4.20
	@scripts/make-base build/xen/debian-4.20 $(STORE)-4.20

# The same for the Xen with our loader, whose build-id changes with it.
overlay-base: programs xen
	@scripts/make-base build/xen/xsplice-4.17 $(STORE)-xsplice build/xen/xsplice-4.17/xen/xen

demo: programs base $(if $(filter stock,$(HOST_XEN)),,overlay-base) testhost need-demo
	@tests/demo/demo

host: programs testhost $(if $(filter xsplice,$(HOST_XEN)),xen)
	@tests/host/host shell $(if $(filter xsplice,$(HOST_XEN)),--xen build/xen/xsplice-4.17/xen/xen) --tool build/bin/xsplice-ctl --share .

# --- tests -------------------------------------------------------------------
tests: $(all-tests) $(all-helper)

# Under the sanitizers without a process for each test: copying their page tables costs
# more than the tests.
unit-tests   := $(all-tests:build/$(VARIANT)/%=build/rel/%) \
	$(patsubst build/$(VARIANT)/%,"CK_FORK=no build/asan/%",$(all-tests))
unit-jobs    := -j$(shell echo $$(($$(nproc) + 1)))
source-tests := scripts/check-freestanding scripts/check-arrows
# Of the build itself.
engine-tests := tests/engine/markers tests/engine/kbuild
host-tests    = $(sort $(filter-out %.inc %.md,$(wildcard tests/host/cases/*)))
release-tests := tests/release/run tests/release/self tests/release/chain/run tests/release/feed tests/release/cut
# Of Xen with our loader, which they take from build/xen/.
overlay-tests := scripts/check-stack tests/overlay/off

build-quick: need-check
	@$(parallel) VARIANT=rel programs $(all-helper)
	@$(parallel) VARIANT=asan tests

build-unit: need-check
	@$(parallel) VARIANT=rel programs tests
	@$(parallel) VARIANT=asan tests

# For every few minutes: under the sanitizers only, without what is tagged "long" in the
# suites and without the release tool's own. `check` has all, and both builds.
quick-tests := $(patsubst build/$(VARIANT)/%,"CK_FORK=no CK_EXCLUDE_TAGS=long build/asan/%",$(all-tests))
check-unit: build-quick
	@scripts/run-tests $(unit-jobs) $(quick-tests) $(source-tests) $(engine-tests)

check-release: build-unit
	@scripts/run-tests $(unit-jobs) $(release-tests)

# Programs that are called with the folder of bases.
base-tests = $(foreach t,$(all-base) tests/builder/errors tests/builder/offline tests/release/chain/run,"$(t) $(STORE)")
build-base-tests: need-check base
	@$(parallel) $(all-base)

check-base: build-base-tests xen
	@scripts/run-tests $(base-tests) $(overlay-tests)

check-host: base overlay-base testhost need-demo
	@XSPLICE_TOP=$(CURDIR) scripts/run-tests tests/host/selftest $(host-tests)

check-xen-history: programs need-check
	@tests/release/xen-history

FUZZ_SECONDS ?= 60
fuzz-build: need-check
	@$(parallel) VARIANT=fuzz fuzz-programs
fuzz-programs: $(if $(filter fuzz,$(VARIANT)),$(all-fuzz))
fuzz: fuzz-build
	@scripts/run-tests "scripts/run-fuzz $(FUZZ_SECONDS)"

lint: need-check
	@$(parallel) VARIANT=clang programs tests
	@scripts/run-tests scripts/lint $(source-tests)

check: build-unit fuzz-build build-base-tests overlay-base testhost need-demo
	@$(parallel) VARIANT=clang programs tests
	@$(parallel) VARIANT=asan build/asan/bin/xsplice-release
	@XSPLICE_TOP=$(CURDIR) scripts/run-tests \
		$(unit-jobs) $(unit-tests) $(source-tests) $(engine-tests) $(release-tests) \
		"PROGRAM=build/asan/bin/xsplice-release tests/release/run" \
		"PROGRAM=build/asan/bin/xsplice-release tests/release/chain/run" \
		"PROGRAM=build/asan/bin/xsplice-release tests/release/feed" \
		"PROGRAM=build/asan/bin/xsplice-release CUT_EVERY=7 tests/release/cut" \
		-j1 $(base-tests) $(overlay-tests) scripts/lint "scripts/run-fuzz 5" tests/host/selftest $(host-tests)

bench: base xen testhost
	@$(parallel) $(all-bench)
	@for b in $(all-bench) tests/bench/pause; do $$b $(STORE) || exit 1; done

site: programs
	@build/bin/xsplice-release site -c release/self.conf -o build/site

coverage: need-check
	@$(parallel) VARIANT=cov tests
	@scripts/coverage

# --- the rest ----------------------------------------------------------------
install: programs
	@install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions
	@install -m 755 $(all-progs) $(DESTDIR)$(PREFIX)/bin/
	@for f in $(all-man); do install -m 644 $$f $(DESTDIR)$(PREFIX)/share/man/man1/; done
	@for f in $(all-completion); do install -m 644 $$f \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$(basename $$f .bash); done
	@echo "installed to $(DESTDIR)$(PREFIX)"

clean:
	rm -rf build/rel build/asan build/clang build/cov build/fuzz build/bin
distclean:
	rm -rf build

.PHONY: all programs help stock-xen xen xen-4.20 testhost base base-4.20 overlay-base demo host tests build-quick build-unit check-unit check-release check-xen-history build-base-tests check-base check-host \
	fuzz fuzz-build fuzz-programs lint check site bench coverage install clean distclean
