# SPDX-License-Identifier: GPL-2.0-or-later
# xSplice. `make help` lists the targets; scripts/build.mk is the engine.

VERSION := 0.1.0
PREFIX  ?= /usr/local
SHELL   := /bin/bash

all: programs

include scripts/build.mk

programs: $(all-progs) $(all-host)
ifeq ($(VARIANT),rel)
	@mkdir -p build/bin && ln -sf $(patsubst build/%,../%,$(all-progs)) build/bin/
	@ln -sf xsplice-ctl build/bin/xen-livepatch
endif
.PHONY: all programs

# --- tests -----------------------------------------------------------------
tests: $(all-tests)
unit: $(all-tests)
	@scripts/run-tests $(all-tests)
.PHONY: tests unit
