# Every command a person needs. `make help` lists them; `make demo` and `make test` do everything from a fresh clone.
#
# Conventions, so that a new file needs no line here:
#   core/sources.mk, interop/cli/sources.mk    explicit lists: CORE_SOURCES, CLI_SOURCES
#   tests/*/x_test.c                           one test program each, linked with the inner objects of core and CLI, and cmocka
#   tests/support/*.c                          helpers that every C test program is linked with
#   tests/fuzz/x_fuzz.c                        one fuzz target each, its corpus in tests/fuzz/corpus/x/
#   bindings/cpp/tests/*.cpp                   one test program, with doctest
#   interop/ports/c/*.c, examples/NAME/c/*.c   one program each, over the public API only; lib*.c become lib*.so.
#                                              A sources.mk in the folder says otherwise: PROGRAMS += path/of/program,
#                                              path/of/program_SOURCES := ..., SHARED += path/of/libx
#   interop/ports/cpp/sources.mk, examples/NAME/cpp/*.cpp   likewise in C++; CPP_PROGRAMS in the sources.mk
# A program path/of/x is built as $(BUILD)/path/of/x.

# ---- Knobs -------------------------------------------------------------------------------------------------------------
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
WERROR ?=
SANITIZE ?=
FUZZ_SECONDS ?= 60
MUTANTS ?=
PYTHON3 ?= python3
CARGO ?= cargo
CARGO_FLAGS ?= --locked
CARGO_TARGET_DIR ?= $(BUILD)/rust
GO ?= go
NODE ?= node
NPM ?= npm
CLANG ?= clang
VALGRIND ?= valgrind --quiet --error-exitcode=99 --leak-check=full --num-callers=40 --errors-for-leak-kinds=definite,indirect,possible \
	--suppressions=$(abspath tests/support/valgrind.supp)
ZMQ_LIBS ?= -lzmq
CMOCKA_LIBS ?= -lcmocka
CFLAGS ?= -O2 -g
CXXFLAGS ?= -O2 -g
# make's own default is g++, whatever is installed.
ifeq ($(origin CXX),default)
CXX := c++
endif
SETUP ?= tools/setup
# V=1 shows the commands.
V ?=
Q := $(if $(V),,@)
say = @$(if $(V)$(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),:,printf '  %-7s %s\n' $(1) $(2))

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wundef
ifneq ($(WERROR),)
WARNINGS += -Werror
endif
ifneq ($(SANITIZE),)
SANITIZE_FLAGS := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
# The library is optimised as a whole; its objects can be linked one by one as well (tests, fuzzing). Not for clang, whose form of it needs
# a linker of its own, nor under a sanitizer.
LTO ?= $(if $(or $(SANITIZE),$(findstring clang,$(CC))),,1)
CORE_FLAGS = -fno-semantic-interposition $(if $(LTO),-flto=auto -ffat-lto-objects)
# (Once everything is one, gcc 12 takes what is set behind a pointer and checked by its code for maybe uninitialised.)
# The user's CFLAGS come last, so that they win.
C_FLAGS = -std=c11 -fPIC -fvisibility=hidden -pthread $(WARNINGS) $(SANITIZE_FLAGS) $(CFLAGS)
CXX_WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(if $(WERROR),-Werror)
CXX_FLAGS = -std=c++17 -fPIC -pthread $(CXX_WARNINGS) $(SANITIZE_FLAGS) $(CXXFLAGS)
PUBLIC_FLAGS = -Icore/include
CPP_PUBLIC_FLAGS = $(PUBLIC_FLAGS) -Ibindings/cpp/include
INNER_FLAGS = -Icore/include -Icore/src
LINK_FLAGS = -pthread $(SANITIZE_FLAGS) $(LDFLAGS)
SHARED_FLAGS = -shared -Wl,-z,now -Wl,-z,relro
# A sanitizer's own symbols are found in the program, not in the library.
ifeq ($(SANITIZE),)
SHARED_FLAGS += -Wl,-z,defs
endif

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules
export CARGO_TARGET_DIR := $(abspath $(CARGO_TARGET_DIR))

# ---- What there is -----------------------------------------------------------------------------------------------------
include core/sources.mk
-include interop/cli/sources.mk
PROGRAMS :=
SHARED :=
-include $(wildcard interop/ports/c/sources.mk examples/*/c/sources.mk)
# Folders without a sources.mk: one program per file.
LISTED_DIRS := $(dir $(wildcard interop/ports/c/sources.mk examples/*/c/sources.mk))
LOOSE := $(filter-out $(addsuffix %,$(LISTED_DIRS)),$(wildcard interop/ports/c/*.c examples/*/c/*.c))
SHARED += $(basename $(foreach file,$(LOOSE),$(if $(filter lib%,$(notdir $(file))),$(file))))
PROGRAMS += $(basename $(foreach file,$(LOOSE),$(if $(filter lib%,$(notdir $(file))),,$(file))))

CPP_PROGRAMS := $(basename $(wildcard examples/*/cpp/*.cpp))
-include interop/ports/cpp/sources.mk
CPP_TEST := $(BUILD)/bindings/cpp/tests/tests
bindings/cpp/tests/tests_SOURCES := $(wildcard bindings/cpp/tests/*.cpp)

PUBLIC_HEADERS := $(wildcard core/include/sabir/*.h)
CPP_HEADERS := $(wildcard bindings/cpp/include/sabir/*.hpp)
CPP_INNER_HEADERS := $(wildcard bindings/cpp/include/sabir/cpp/*.hpp)
TEST_SOURCES := $(wildcard tests/*/*_test.c)
SUPPORT_SOURCES := $(wildcard tests/support/*.c)
FUZZ_SOURCES := $(wildcard tests/fuzz/*_fuzz.c)

LIB := $(BUILD)/lib/libsabir.so.1
INTERNAL := $(BUILD)/lib/libsabir_internal.a
CLI_ARCHIVE := $(BUILD)/lib/libsabir_cli.a
CLI := $(if $(CLI_SOURCES),$(BUILD)/bin/sabir)
C_TESTS := $(patsubst %.c,$(BUILD)/%,$(TEST_SOURCES))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(FUZZ_SOURCES))
C_PROGRAMS := $(addprefix $(BUILD)/,$(PROGRAMS)) $(patsubst %,$(BUILD)/%.so,$(SHARED))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
cpp_objects = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))

# ---- Everyday ----------------------------------------------------------------------------------------------------------
.PHONY: all lib cli programs cpp rust python go js tests demo help setup
all: lib cli verbs programs cpp rust python go js ## build everything (the default)

lib: $(LIB) $(BUILD)/lib/libsabir.so $(INTERNAL) ## the C library alone

cli: lib $(CLI) ## the sabir command alone

programs: lib $(C_PROGRAMS) ## the C ports and examples alone

cpp: lib $(addprefix $(BUILD)/,$(CPP_PROGRAMS)) ## the C++ ports and examples alone; the binding itself is headers

tests: $(C_TESTS) $(CPP_TEST) ## the C and C++ test programs, without running them

demo: all ## the mixed-language main job: C, C++, Rust and Python play ping-pong in all sixteen pairs
	MAKEFLAGS= $(BUILD)/bin/sabir matrix

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) tools/check.mk tools/bench.mk tools/install.mk | \
		while IFS="$$(printf '\t')" read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

# ---- Set-up: what is missing on this machine, once -----------------------------------------------------------------------
STAMPS := build/.setup
.PRECIOUS: $(STAMPS)/%
$(STAMPS)/%: tools/setup
	@mkdir -p $(@D)
	$(SETUP) $*
	@touch $@

setup: $(STAMPS)/c $(STAMPS)/cpp $(STAMPS)/test $(STAMPS)/rust .venv/.ready ## install what is missing: packages, .venv

.venv/.ready: requirements-dev.txt | $(STAMPS)/python
	test -x .venv/bin/python || $(PYTHON3) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# ---- The core ----------------------------------------------------------------------------------------------------------
# Objects are made anew when the flags change.
FLAGS_TEXT := $(CC) $(CPPFLAGS) $(CORE_FLAGS) $(C_FLAGS) $(LINK_FLAGS) $(SHARED_FLAGS)
$(BUILD)/obj/flags: FORCE | $(STAMPS)/c
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS_TEXT)' | cmp -s - $@ || printf '%s\n' '$(FLAGS_TEXT)' > $@
.PHONY: FORCE # a mere target without a rule would count as secondary, and force nothing
FORCE:

$(BUILD)/obj/core/%.o: core/%.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(INNER_FLAGS) $(CORE_FLAGS) $(C_FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/obj/flags | $(STAMPS)/test
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(INNER_FLAGS) -Iinterop -Itests -I$(<D) $(C_FLAGS) -MMD -MP -c -o $@ $<

# Everything else sees the public headers alone.
$(BUILD)/obj/%.o: %.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CPPFLAGS) $(PUBLIC_FLAGS) -Iinterop -I$(<D) $(C_FLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(call objects,$(CORE_SOURCES)) core/sabir.map
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_FLAGS) $(SHARED_FLAGS) $(CORE_FLAGS) $(C_FLAGS) $(if $(LTO),-Wno-maybe-uninitialized) -Wl,-soname,libsabir.so.1 -Wl,--version-script=core/sabir.map \
		-o $@.$$$$ $(call objects,$(CORE_SOURCES)) $(ZMQ_LIBS) -lpthread && mv $@.$$$$ $@

$(BUILD)/lib/libsabir.so: $(LIB)
	@ln -sf libsabir.so.1 $@

# For tests: all objects of the core, so that what is hidden in the library can be reached.
$(INTERNAL): $(call objects,$(CORE_SOURCES))
$(CLI_ARCHIVE): $(call objects,$(filter-out %/main.c,$(CLI_SOURCES)))
%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)$(AR) rcs $@ $^

# ---- The command, the C ports and the examples ---------------------------------------------------------------------------
# $ORIGIN finds the library from build/ as well as from an installed prefix.
$(BUILD)/bin/sabir: $(call objects,$(CLI_SOURCES)) $(LIB) $(BUILD)/lib/libsabir.so
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_FLAGS) -o $@ $(filter %.o,$^) -L$(BUILD)/lib -lsabir '-Wl,-rpath,$$ORIGIN/../lib'

# Verbs that are not C: `sabir conform` runs the sabir-conform beside it.
VERBS := $(patsubst conformance/bin/%,$(BUILD)/bin/%,$(wildcard conformance/bin/sabir-*))
.PHONY: verbs
verbs: $(VERBS)
$(BUILD)/bin/sabir-%: conformance/bin/sabir-%
	@mkdir -p $(@D)
	@ln -sfn $(abspath $<) $@

sources_of = $(or $($(1)_SOURCES),$(1).c)
define program_rule
$$(BUILD)/$(1): $$(call objects,$$(call sources_of,$(1))) $$(LIB) $$(BUILD)/lib/libsabir.so
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(LINK_FLAGS) -o $$@ $$(filter %.o,$$^) -L$$(BUILD)/lib -lsabir $$($(1)_LIBS) '-Wl,-rpath,$$(abspath $$(BUILD)/lib)'
endef
define shared_rule
$$(BUILD)/$(1).so: $$(call objects,$$(call sources_of,$(1))) $$(LIB) $$(BUILD)/lib/libsabir.so
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$$(CC) $$(LINK_FLAGS) $$(SHARED_FLAGS) -o $$@ $$(filter %.o,$$^) -L$$(BUILD)/lib -lsabir $$($(1)_LIBS) '-Wl,-rpath,$$(abspath $$(BUILD)/lib)'
endef
$(foreach program,$(PROGRAMS),$(eval $(call program_rule,$(program))))
$(foreach shared,$(SHARED),$(eval $(call shared_rule,$(shared))))

# ---- C++ -----------------------------------------------------------------------------------------------------------------
# The binding is headers; what is compiled are its tests, the port and the examples.
CXX_FLAGS_TEXT := $(CXX) $(CPPFLAGS) $(CXX_FLAGS) $(LINK_FLAGS)
$(BUILD)/obj/cxxflags: FORCE | $(STAMPS)/cpp
	@mkdir -p $(@D)
	@printf '%s\n' '$(CXX_FLAGS_TEXT)' | cmp -s - $@ || printf '%s\n' '$(CXX_FLAGS_TEXT)' > $@

$(BUILD)/obj/%.o: %.cpp $(BUILD)/obj/cxxflags
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(CPPFLAGS) $(CPP_PUBLIC_FLAGS) -I$(<D) $(CXX_FLAGS) -MMD -MP -c -o $@ $<

define cpp_program_rule
$$(BUILD)/$(1): $$(call cpp_objects,$$(or $$($(1)_SOURCES),$(1).cpp)) $$(LIB) $$(BUILD)/lib/libsabir.so
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$$(CXX) $$(LINK_FLAGS) -o $$@ $$(filter %.o,$$^) -L$$(BUILD)/lib -lsabir '-Wl,-rpath,$$(abspath $$(BUILD)/lib)'
endef
$(foreach program,$(CPP_PROGRAMS) $(CPP_TEST:$(BUILD)/%=%),$(eval $(call cpp_program_rule,$(program))))

# ---- Rust and Python -----------------------------------------------------------------------------------------------------
# cargo and pip know best what is out of date; the library is there before either looks for it.
rust: lib | $(STAMPS)/rust ## the Rust crates, ports and examples
	$(if $(wildcard Cargo.toml),$(CARGO) build --release --workspace $(CARGO_FLAGS))

PYTHON_SOURCES := $(shell find bindings/python -name '*.py' -o -name '*.toml' -o -name '*.md' 2>/dev/null | grep -v '/build/')
python: $(if $(PYTHON_SOURCES),.venv/.sabir) ## the wheel, installed into .venv

.PHONY: wheel
wheel: $(if $(PYTHON_SOURCES),$(BUILD)/wheel/.built) ## the Python wheel with the library inside: build/wheel/
$(BUILD)/wheel/.built: $(PYTHON_SOURCES) $(LIB) .venv/.ready
	@rm -rf $(@D) && mkdir -p $(@D)
	SABIR_LIBRARY=$(abspath $(LIB)) .venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w $(@D) ./bindings/python
	@touch $@

.venv/.sabir: $(BUILD)/wheel/.built
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall $(BUILD)/wheel/*.whl
	@touch $@

# ---- Go ------------------------------------------------------------------------------------------------------------------
# One port, on a ZeroMQ library in Go; without the Go toolchain everything else is built just the same.
GO_PORT := interop/ports/go
go: $(BUILD)/$(GO_PORT)/testee ## the port in Go, if Go is installed
$(BUILD)/$(GO_PORT)/testee: tools/go_port $(wildcard $(addprefix $(GO_PORT)/,go.mod go.sum *.go */*.go */*/*.go))
	$(call say,GO,$(GO_PORT))
	$(Q)GO=$(GO) BUILD=$(BUILD) tools/go_port build

# ---- JavaScript ----------------------------------------------------------------------------------------------------------
# One port, on the package zeromq of Node.js; without Node.js everything else is built just the same.
JS_PORT := interop/ports/js
js: $(BUILD)/$(JS_PORT)/.tried ## what the port in JavaScript needs, if Node.js is installed
$(BUILD)/$(JS_PORT)/.tried: tools/js_port $(addprefix $(JS_PORT)/,package.json package-lock.json)
	$(call say,NPM,$(JS_PORT))
	$(Q)NODE=$(NODE) NPM=$(NPM) BUILD=$(BUILD) tools/js_port build
	@test ! -e $(@D)/.ready || touch $@

# ---- C test programs -----------------------------------------------------------------------------------------------------
# Of the core's objects they take the plain half: optimising the whole anew for each of a hundred programs would take minutes.
TEST_LINK_FLAGS = $(LINK_FLAGS) -fno-lto
$(C_TESTS): $(BUILD)/%: $(BUILD)/obj/%.o $(call objects,$(SUPPORT_SOURCES)) $(INTERNAL) $(if $(CLI_SOURCES),$(CLI_ARCHIVE))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LINK_FLAGS) -o $@ $(filter %.o,$^) $(if $(CLI_SOURCES),$(CLI_ARCHIVE)) $(INTERNAL) \
		-Wl,--as-needed $(CMOCKA_LIBS) $(ZMQ_LIBS) -ldl

include tools/check.mk
include tools/bench.mk
include tools/install.mk

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
