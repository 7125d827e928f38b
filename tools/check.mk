# Everything that judges: tests, sanitizers, fuzzing, the ABI, style, docs.
.PHONY: core-mutants steady model stress soak test asan tsan valgrind fuzz fuzz-corpus mutants abi abi-update abi-baseline lint fmt docs ci

# MAKEFLAGS is ours; a make that a test starts begins afresh.
RUN := MAKEFLAGS= SABIR_BUILD=$(abspath $(BUILD)) PYTHON3=$(PYTHON3) CARGO=$(CARGO) GO=$(GO) NODE=$(NODE) NPM=$(NPM) tools/test_summary

# ---- Tests of all languages ----------------------------------------------------------------------------------------------
C_SUITES = $(addprefix tap:,$(C_TESTS)) $(addprefix doctest:,$(CPP_TEST))
# Each example has a process of its own: two may have types of one name.
PYTEST_DIRS := $(sort $(patsubst %/,%,$(dir $(wildcard tests/*/test_*.py examples/*/python/test_*.py bindings/python/tests/test_*.py))))
PYTHON_SUITES := $(addprefix pytest:,$(filter-out tests/conformance,$(PYTEST_DIRS)) $(wildcard examples/test_*.py))
HARNESS_SUITES := $(addprefix unittest:,$(patsubst %/,%,$(sort $(dir $(wildcard tests/conformance/test_*.py)))))
RUST_SUITES := $(if $(wildcard Cargo.toml),'cargo:--release --workspace $(CARGO_FLAGS)')
PORT_SUITES := $(addprefix conform:,$(filter-out $(GO_PORT)/% $(JS_PORT)/%,$(wildcard interop/ports/*/port.json)))
# Known once the port has been built, or not.
GO_SUITES = $(shell BUILD=$(BUILD) tools/go_port suites)
JS_SUITES = $(shell BUILD=$(BUILD) tools/js_port suites)

test: all tests $(BUILD)/tests/stress/soak .venv/.ready ## all tests of all languages, the conformance suite against every port, the examples
	@$(RUN) $(C_SUITES) $(PYTHON_SUITES) $(HARNESS_SUITES) $(RUST_SUITES) $(PORT_SUITES) $(GO_SUITES) $(JS_SUITES)

# ---- The same under instruments --------------------------------------------------------------------------------------------
# Every part runs, also when one before it failed. Python is preloaded with the sanitizers' libraries and uses malloc, so that they see
# what it does; CPython's own leaks at exit are not ours. The C port plays the conformance suite with the instrumented library.
ASAN := abort_on_error=0:allocator_may_return_null=1:detect_stack_use_after_return=1
asan: python ## the C and C++ suites, Python's tests and the C port under AddressSanitizer and UndefinedBehaviorSanitizer
	$(MAKE) BUILD=build/asan SANITIZE=address,undefined lib cli verbs programs tests
	@mkdir -p build/asan/ports/c
	sed 's|\.\./\.\./\.\./build/|$(abspath build/asan)/|; /"build":/d' interop/ports/c/port.json > build/asan/ports/c/port.json
	@status=0; export UBSAN_OPTIONS=print_stacktrace=1 LSAN_OPTIONS=suppressions=$(abspath tests/support/lsan.supp):print_suppressions=0; \
	ASAN_OPTIONS=$(ASAN) $(MAKE) BUILD=build/asan SANITIZE=address,undefined run-c || status=1; \
	ASAN_OPTIONS=$(ASAN) MAKEFLAGS= SABIR_BUILD=$(abspath build/asan) tools/test_summary conform:build/asan/ports/c/port.json || status=1; \
	LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libubsan.so)" PYTHONMALLOC=malloc \
		ASAN_OPTIONS=$(ASAN):detect_leaks=0 SABIR_LIBRARY=$(abspath build/asan/lib/libsabir.so.1) \
		MAKEFLAGS= SABIR_BUILD=$(abspath build/asan) tools/test_summary $(filter pytest:bindings/%,$(PYTHON_SUITES)) || status=1; \
	exit $$status

# libzmq is not instrumented: what it does to its own memory cannot be judged. None of our own files is suppressed.
tsan: ## the C and C++ suites under ThreadSanitizer
	$(MAKE) BUILD=build/tsan SANITIZE=thread tests
	TSAN_OPTIONS=suppressions=$(abspath tests/support/tsan.supp):second_deadlock_stack=1:allocator_may_return_null=1 \
		$(MAKE) BUILD=build/tsan SANITIZE=thread run-c

valgrind: tests ## the C and C++ suites under valgrind: no leak, no error
	@SABIR_TEST_UNTIMED=1 $(RUN) --wrap '$(VALGRIND)' --timeout 1800 $(C_SUITES)

.PHONY: run-c
run-c:
	@$(RUN) --timeout 1800 $(C_SUITES)

# ---- Fuzzing -----------------------------------------------------------------------------------------------------------------
fuzz: ## every fuzz target for FUZZ_SECONDS (60) with libFuzzer; needs clang
	@command -v $(CLANG) >/dev/null || { echo "make fuzz needs clang (apt-get install clang)"; exit 1; }
	$(MAKE) BUILD=build/fuzz CC=$(CLANG) SANITIZE=fuzzer-no-link,address,undefined run-fuzz

.PHONY: run-fuzz replay
run-fuzz: $(FUZZERS)
	@for fuzzer in $(FUZZERS); do \
		name=$$(basename $$fuzzer _fuzz); mkdir -p $(BUILD)/corpus/$$name tests/fuzz/corpus/$$name; \
		echo "== $$name"; $$fuzzer -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=10 -rss_limit_mb=512 -print_final_stats=1 \
			-artifact_prefix=$(BUILD)/ $(BUILD)/corpus/$$name tests/fuzz/corpus/$$name || exit 1; done

fuzz-corpus: ## replay the committed corpus through every fuzz target; any compiler
	$(MAKE) BUILD=build/replay SANITIZE=address,undefined replay
REPLAYS := $(addsuffix _replay,$(FUZZERS))
replay: $(REPLAYS)
	@for program in $^; do name=$$(basename $$program _fuzz_replay); $$program tests/fuzz/corpus/$$name || exit 1; done

$(FUZZERS): $(BUILD)/%: $(BUILD)/obj/%.o $(CLI_ARCHIVE) $(INTERNAL)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_FLAGS) -fsanitize=fuzzer -o $@ $^ $(ZMQ_LIBS)
$(REPLAYS): $(BUILD)/%_replay: $(BUILD)/obj/%.o $(BUILD)/obj/tests/fuzz/replay.o $(CLI_ARCHIVE) $(INTERNAL)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_FLAGS) -o $@ $^ $(ZMQ_LIBS)

# ---- Seeded yields ------------------------------------------------------------------------------------------------------------
# What threads meet in is compiled once more for these tests, with a yield before and after each atomic operation; the rest of the core
# comes from the archive. `make tsan` plays a few seeds, this many.
YIELD_TESTS := $(addprefix $(BUILD)/tests/stress/,yields_test yields_system_test pool_order_test deadlock_test)
YIELD_SOURCES := $(patsubst %,core/src/%.c,thread spin pool ref message mailbox ownership clock alarm timer actor recovery watch context \
	dispatch worker fast puller ask_table ask run_queue turn member group manager manager_life manager_wait manager_ready)
YIELD_OBJECTS := $(YIELD_SOURCES:%.c=$(BUILD)/obj/yields/%.o)
$(BUILD)/obj/yields/%.o: %.c $(BUILD)/obj/flags
	@mkdir -p $(@D)
	$(call say,CC,$< with yields)
	$(Q)$(CC) $(CPPFLAGS) -isystem tests/support/yields $(INNER_FLAGS) $(C_FLAGS) -MMD -MP -c -o $@ $<
$(YIELD_TESTS): $(YIELD_OBJECTS)

# The unit tests of the same files, once more with yields, in one seed.
YIELD_UNITS := $(patsubst %,$(BUILD)/tests/yields/%_test,mailbox ownership run_queue group group_wait member puller fast \
	reserved_actor handler_time ask timer recovery supervisor watch manager_life worker)
$(YIELD_UNITS): $(BUILD)/tests/yields/%: $(BUILD)/obj/tests/unit/%.o $(YIELD_OBJECTS) $(call objects,$(SUPPORT_SOURCES)) $(INTERNAL) $(CLI_ARCHIVE)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(TEST_LINK_FLAGS) -o $@ $(filter %.o,$^) $(CLI_ARCHIVE) $(INTERNAL) -Wl,--as-needed $(CMOCKA_LIBS) $(ZMQ_LIBS) -ldl

SEEDS ?= 100
yields: ## SEEDS (100) seeds of yields at every atomic operation of the core, plain and under ThreadSanitizer; SEED=first
	$(MAKE) run-yields
	$(MAKE) BUILD=build/tsan SANITIZE=thread run-yields
.PHONY: yields run-yields
run-yields: export TSAN_OPTIONS = suppressions=$(abspath tests/support/tsan.supp):second_deadlock_stack=1:allocator_may_return_null=1
run-yields: $(YIELD_TESTS) $(YIELD_UNITS)
	@SEEDS=$(SEEDS) $(if $(SEED),SABIR_SEED=$(SEED)) $(RUN) --timeout 7200 $(addprefix tap:,$(YIELD_TESTS))
	@seed=$(or $(SEED),$$(date +%s)); echo "SABIR_YIELDS=$$seed"; SABIR_YIELDS=$$seed $(RUN) --timeout 1800 $(addprefix tap:,$(YIELD_UNITS))

# ---- Stress --------------------------------------------------------------------------------------------------------------------
STRESS_SECONDS ?= 60
SOAK_SECONDS ?= 600
SOAK := $(BUILD)/tests/stress/soak
$(SOAK): $(BUILD)/obj/tests/stress/soak.o $(BUILD)/obj/tests/stress/soak_player.o $(LIB) $(BUILD)/lib/libsabir.so
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_FLAGS) -o $@ $(filter %.o,$^) -L$(BUILD)/lib -lsabir '-Wl,-rpath,$(abspath $(BUILD)/lib)'
IDLE_TEST := $(BUILD)/tests/stress/idle_test
stress: $(SOAK) $(IDLE_TEST) ## a random system with restarts for STRESS_SECONDS (60): order, no hang, no growth; and 10 s of nothing at all
	$(SOAK) $(STRESS_SECONDS) $(SEED)
	SABIR_IDLE_SECONDS=10 $(IDLE_TEST)
soak: $(SOAK) ## the same for SOAK_SECONDS (600)
	$(SOAK) $(SOAK_SECONDS) $(SEED)

# ---- Models ---------------------------------------------------------------------------------------------------------------------
SPIN ?= spin
model: ## model checking of the mailbox and of ownership; needs spin
	@command -v $(SPIN) >/dev/null || { echo "model: spin is not installed: apt-get install spin"; exit 2; }
	tests/model/check $(SPIN) $(BUILD)

# ---- The tests are tested ------------------------------------------------------------------------------------------------------
# Each is the core with one source written differently; nothing of it is in the library that is shipped.
$(BUILD)/core-mutants/%/libsabir.so.1: $(call objects,$(CORE_SOURCES)) conformance/mutants/core.json FORCE
	@mkdir -p $(@D)
	$(call say,MUTANT,$*)
	$(Q)file=$$(cd conformance && $(PYTHON3) -m harness core-mutants $* --file) && \
	(cd conformance && $(PYTHON3) -m harness core-mutants $* --write $(abspath $(@D))/$$file) && \
	$(CC) $(CPPFLAGS) $(INNER_FLAGS) $(C_FLAGS) -w -fno-lto -c -o $(@D)/mutant.o $(@D)/$$file && \
	$(CC) $(LINK_FLAGS) $(SHARED_FLAGS) -fno-lto -Wl,-soname,libsabir.so.1 -Wl,--version-script=core/sabir.map \
		-o $@ $(@D)/mutant.o $$(echo $(call objects,$(CORE_SOURCES)) | tr ' ' '\n' | grep -v "/$${file%.c}\.o$$") $(ZMQ_LIBS) -lpthread
core-mutants: lib programs ## faults built into the C core, each noticed by the cases that say so
	cd conformance && $(PYTHON3) -m harness core-mutants --build $(abspath $(BUILD))

STEADY_ROUNDS ?= 20
STEADY_PORTS ?= interop/ports/c interop/ports/rust interop/ports/python conformance/mutants
steady: all ## the same verdicts in STEADY_ROUNDS (20) shuffled rounds under CPU load, for each of STEADY_PORTS (c, rust, python, reference)
	@status=0; for port in $(STEADY_PORTS); do $(BUILD)/bin/sabir conform steady $$port --rounds $(STEADY_ROUNDS) || status=$$?; done; exit $$status

mutants: | $(STAMPS)/python ## ports that are wrong on purpose must be caught, each for its own fault; MUTANTS=--quick
	cd conformance && $(PYTHON3) -m harness mutants $(MUTANTS)

# ---- What a person looks at ------------------------------------------------------------------------------------------------------
# The page is made whatever became of the runs; the exit code is theirs.
CONFORM_PORTS = $(patsubst conform:%,%,$(filter conform:%,$(PORT_SUITES) $(GO_SUITES) $(JS_SUITES))) conformance/mutants/port.json
.PHONY: report
report: all ## every port, every case and every pair on one page, build/conformance.html
	@mkdir -p $(BUILD)/report; status=0; ports="$(CONFORM_PORTS)"; export MAKEFLAGS=; \
	$(BUILD)/bin/sabir conform $$ports --json $(BUILD)/report/ports.json || status=$$?; \
	$(BUILD)/bin/sabir matrix $$ports --all --json $(BUILD)/report/matrix.json || status=$$?; \
	$(BUILD)/bin/sabir conform report $(BUILD)/report/ports.json $(BUILD)/report/matrix.json --html $(BUILD)/conformance.html >/dev/null && \
	echo "$(abspath $(BUILD)/conformance.html)" && exit $$status

# ---- The ABI -------------------------------------------------------------------------------------------------------------------
BASELINE := core/abi/libsabir.so.1.abi.xml
abi: $(LIB) $(BUILD)/tests/abi/layout_test ## headers = map = symbols.txt = library; layouts; the baseline
	tools/abi check $(LIB)
	tools/headers
	@$(RUN) tap:$(BUILD)/tests/abi/layout_test
	@if command -v abidiff >/dev/null; then \
		echo "abidiff against $(BASELINE)"; abidiff --suppressions core/abi/private.abignore $(BASELINE) $(LIB); \
	else echo "abidiff is not installed (abigail-tools): the baseline was not compared"; fi

abi-update: ## write core/sabir.map and core/abi/symbols.txt anew from the headers
	tools/abi update

abi-baseline: $(LIB) ## write the abidiff baseline anew from the library
	abidw --exported-interfaces-only --no-corpus-path --no-comp-dir-path --no-show-locs --out-file $(BASELINE) $(LIB)

# ---- Style and docs ----------------------------------------------------------------------------------------------------------
lint: .venv/.ready ## clang-tidy, ruff, mypy, clippy, shellcheck, headers alone as C11 and C++17, the house rules
	CC="$(CC)" CARGO="$(CARGO)" CARGO_FLAGS="$(CARGO_FLAGS)" tools/lint

fmt: .venv/.ready ## format C, C++, Python and Rust
	clang-format -i $$(git ls-files '*.c' '*.h' '*.cpp' '*.hpp')
	.venv/bin/ruff format --quiet
	$(if $(wildcard Cargo.toml),$(CARGO) fmt --all)

docs: ## check every link and anchor in the documents, and that every cited clause exists
	$(PYTHON3) tools/check_docs

ci: ## what .ci/run does
	.ci/run
