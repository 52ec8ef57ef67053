# SPDX-License-Identifier: GPL-2.0-or-later
# The build engine: reads the Kbuild of every folder and makes rules of it.
#
# What a Kbuild may say (all paths are relative to its own folder):
#   lib-y          objects of the folder's library, build/<variant>/<folder>/lib.a
#   prog-y         programs that users get, left in build/<variant>/bin/
#   test-y         unit test programs, left in build/<variant>/tests/
#   base-y         tests that need a base, called with the folder of bases; in build/<variant>/base/
#   fuzz-y         libFuzzer programs (variant "fuzz" only), left in build/fuzz/bin/
#   bench-y        benchmark programs, left in build/<variant>/bench/
#   helper-y       programs that tests call, in build/<variant>/helper/
#   host-y         programs that run inside the test host, in build/<variant>/host/
#   NAME-objs      objects of program NAME                (default NAME.o)
#   NAME-libs      folders whose lib.a it links, in order
#   NAME-ld        linker words of foreign libraries
#   ccflags-y      compiler flags for every object of this folder
#   man-y          man pages, installed below share/man
#   completion-y   bash completions, installed under the program's name
#
# VARIANT selects how everything is compiled:
#   rel    gcc -O2, what users get        asan   gcc, ASan + UBSan
#   clang  clang -O1 (its own warnings)   cov    gcc --coverage
#   fuzz   clang with libFuzzer, ASan and UBSan

VARIANT ?= rel
O := build/$(VARIANT)

warnings := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wvla -Wpointer-arith \
	-Wwrite-strings -Wundef -Wformat=2 -Wdeclaration-after-statement

cc-rel   := gcc
cc-asan  := gcc
cc-clang := clang
cc-cov   := gcc
cc-fuzz  := clang
san      := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
flags-rel   := -O2 -g
flags-asan  := -O1 -g $(san)
flags-clang := -O1 -g
flags-cov   := -O0 -g --coverage
flags-fuzz  := -O1 -g $(san) -fsanitize=fuzzer-no-link
ldflags-asan := $(san)
ldflags-cov  := --coverage
ldflags-fuzz := $(san)

ifeq ($(cc-$(VARIANT)),)
$(error VARIANT=$(VARIANT) is not one of: rel asan clang cov fuzz)
endif

CC      := $(cc-$(VARIANT))
CFLAGS  := -std=gnu11 $(flags-$(VARIANT)) $(warnings) \
	-fstack-protector-strong -ffile-prefix-map=$(CURDIR)=.
CPPFLAGS := -D_GNU_SOURCE -DXSP_VERSION='"$(VERSION)"' \
	-Ixsplice/include -Ixsplice/hosted -Itools -I.
LDFLAGS := $(ldflags-$(VARIANT))

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)';)

all-libs :=
all-progs :=
all-tests :=
all-fuzz :=
all-base :=
all-bench :=
all-helper :=
all-host :=
all-objs :=
all-cflags :=
all-man :=
all-completion :=

# $(call link-rule,folder,name,output,extra linker words)
define link-rule
$(3): $$(addprefix $(O)/$(1)/,$$(or $$($(2)-objs),$(2).o)) \
		$$(patsubst %,$(O)/%/lib.a,$$($(2)-libs)) $(1)/Kbuild
	$$(call say,LD,$(3))mkdir -p $$(@D) && $$(CC) $$(LDFLAGS) $(4) -o $$@ $$(filter %.o %.a,$$^) $$($(2)-ld)
all-objs += $$(addprefix $(O)/$(1)/,$$(or $$($(2)-objs),$(2).o))
endef

define dir-rules
ifneq ($$(strip $$(lib-y)),)
$(O)/$(1)/lib.a: $$(addprefix $(O)/$(1)/,$$(lib-y)) $(1)/Kbuild
	$$(call say,AR,$$@)rm -f $$@ && ar rcsD $$@ $$(filter %.o,$$^)
all-libs += $(O)/$(1)/lib.a
all-objs += $$(addprefix $(O)/$(1)/,$$(lib-y))
endif
$$(foreach p,$$(prog-y),$$(eval $$(call link-rule,$(1),$$(p),$(O)/bin/$$(p),)))
$$(foreach p,$$(test-y),$$(eval $$(call link-rule,$(1),$$(p),$(O)/tests/$$(p),)))
$$(foreach p,$$(base-y),$$(eval $$(call link-rule,$(1),$$(p),$(O)/base/$$(p),)))
$$(foreach p,$$(bench-y),$$(eval $$(call link-rule,$(1),$$(p),$(O)/bench/$$(p),)))
$$(foreach p,$$(helper-y),$$(eval $$(call link-rule,$(1),$$(p),$(O)/helper/$$(p),)))
$$(foreach p,$$(host-y),$$(eval $$(call link-rule,$(1),$$(p),$(O)/host/$$(p),)))
ifeq ($(VARIANT),fuzz)
$$(foreach p,$$(fuzz-y),$$(eval $$(call link-rule,$(1),$$(p),$(O)/bin/$$(p),-fsanitize=fuzzer)))
endif
all-progs += $$(addprefix $(O)/bin/,$$(prog-y))
all-tests += $$(addprefix $(O)/tests/,$$(test-y))
all-base  += $$(addprefix $(O)/base/,$$(base-y))
all-bench += $$(addprefix $(O)/bench/,$$(bench-y))
all-helper += $$(addprefix $(O)/helper/,$$(helper-y))
all-host  += $$(addprefix $(O)/host/,$$(host-y))
all-fuzz  += $$(addprefix $(O)/bin/,$$(fuzz-y))
all-man   += $$(addprefix $(1)/,$$(man-y))
all-completion += $$(addprefix $(1)/,$$(completion-y))
$(O)/$(1)/%.o: dir-cflags := $$(ccflags-y)
all-cflags += $$(if $$(ccflags-y),$(1): $$(ccflags-y);)
endef

define load-dir
lib-y :=
prog-y :=
test-y :=
base-y :=
fuzz-y :=
bench-y :=
helper-y :=
host-y :=
ccflags-y :=
man-y :=
completion-y :=
include $(1)/Kbuild
$$(eval $$(call dir-rules,$(1)))
endef

dirs-y :=
include Kbuild
$(foreach d,$(dirs-y),$(eval $(call load-dir,$(d))))

# A change of flags or compiler rebuilds everything of the variant; one of a Kbuild, its libraries and programs.
all-flags := $(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS); $(all-cflags)
say-flags := { echo '$(subst ','\'',$(all-flags))'; $(CC) --version | head -n 1; }
$(O)/flags: FORCE
	@mkdir -p $(O); $(say-flags) | cmp -s - $@ || $(say-flags) > $@

$(O)/%.o: %.c $(O)/flags
	$(call say,CC,$@)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) $(dir-cflags) -MMD -MP -c -o $@ $<

-include $(patsubst %.o,%.d,$(sort $(all-objs)))

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: FORCE
FORCE:
