# Benchmarks: ours, the peers that are installed, the driver that runs them in turn. See docs/performance.md.
#
#   tests/bench/*.c            a file with a main is a program, the others are linked into each of them; codec.c sees the inner objects
#   tests/bench/peers/c/*.c    likewise, one program each
#   tests/bench/peers/...      cpp (always), caf, erlang, rust, python: each where it is installed
#
# Nothing of the peers is built by plain `make` or `make test`; nothing is installed but by `make bench-setup`.
.PHONY: bench bench-ours bench-peers bench-setup bench-docs bench-smoke

BENCH_ROUNDS ?= 7
BENCH_ONLY ?=
BENCH_SCALE ?= 1
# The peers are given what is best for them.
PEER_FLAGS ?= -O3 -march=native -g0
PEER_RUSTFLAGS ?= -C target-cpu=native

# ---- Ours ----------------------------------------------------------------------------------------------------------------------
BENCH_MAINS := $(shell grep -ls '^int main' tests/bench/*.c)
BENCH_PARTS := $(filter-out $(BENCH_MAINS),$(wildcard tests/bench/*.c))
BENCHES := $(patsubst %.c,$(BUILD)/%,$(BENCH_MAINS))
BENCH_CODEC := $(BUILD)/tests/bench/codec
$(filter-out $(BENCH_CODEC),$(BENCHES)): $(BUILD)/%: $(BUILD)/obj/%.o $(call objects,$(BENCH_PARTS)) $(LIB) $(BUILD)/lib/libsabir.so
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_FLAGS) -o $@ $(filter %.o,$^) -L$(BUILD)/lib -lsabir $(ZMQ_LIBS) '-Wl,-rpath,$(abspath $(BUILD)/lib)'
# Optimised as a whole, as the library is.
$(BENCH_CODEC): $(BUILD)/obj/tests/bench/codec.o $(call objects,$(BENCH_PARTS)) $(INTERNAL)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINK_FLAGS) $(CORE_FLAGS) $(C_FLAGS) $(if $(LTO),-Wno-maybe-uninitialized) -o $@ $^ $(ZMQ_LIBS)
bench-ours: $(BENCHES) rust python

# ---- Peers ---------------------------------------------------------------------------------------------------------------------
PEERS := $(BUILD)/bench/peers
peer_objects = $(patsubst %,$(PEERS)/obj/%.o,$(1))
PEER_RUST := tests/bench/peers/rust
YYJSON := $(firstword $(wildcard $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src/*/yyjson-sys-*/yyjson/src/yyjson.c))
HAVE_CAF := $(wildcard /usr/include/caf/all.hpp /usr/local/include/caf/all.hpp)
HAVE_CJSON := $(wildcard /usr/include/cjson/cJSON.h /usr/local/include/cjson/cJSON.h)
HAVE_ERLANG := $(shell command -v erlc)
# Rust's peers are fetched by bench-setup alone; what is fetched is built without the network.
HAVE_CRATES := $(wildcard $(STAMPS)/bench-crates)

$(PEERS)/obj/%.c.o: tests/bench/peers/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) -std=gnu11 $(PEER_FLAGS) $(WARNINGS) -Itests/bench $(PUBLIC_FLAGS) $(if $(YYJSON),-isystem $(dir $(YYJSON))) -MMD -MP -c -o $@ $<
$(PEERS)/obj/%.cpp.o: tests/bench/peers/%.cpp
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) -std=c++17 -pthread $(PEER_FLAGS) $(filter-out -Wconversion,$(CXX_WARNINGS)) -Itests/bench -MMD -MP -c -o $@ $<
$(PEERS)/obj/yyjson.o: $(YYJSON)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PEER_FLAGS) -c -o $@ $<

PEER_PARTS := $(call objects,$(BENCH_PARTS))
peer_link = $(CC) -pthread -o $@ $(filter %.o,$^) -L$(BUILD)/lib -lsabir $(1) '-Wl,-rpath,$(abspath $(BUILD)/lib)'
$(PEERS)/codec_cjson: $(call peer_objects,c/codec_cjson.c) $(PEER_PARTS) $(LIB) $(BUILD)/lib/libsabir.so
	$(call say,LINK,$@)
	$(Q)$(call peer_link,-lcjson -lm)
$(PEERS)/codec_yyjson: $(call peer_objects,c/codec_yyjson.c) $(PEERS)/obj/yyjson.o $(PEER_PARTS) $(LIB) $(BUILD)/lib/libsabir.so
	$(call say,LINK,$@)
	$(Q)$(call peer_link,-lm)
$(PEERS)/zmq_ping: $(call peer_objects,c/zmq_ping.c) $(PEER_PARTS) $(LIB) $(BUILD)/lib/libsabir.so
	$(call say,LINK,$@)
	$(Q)$(call peer_link,$(ZMQ_LIBS))
$(PEERS)/bare: $(call peer_objects,c/bare.c) $(PEER_PARTS) $(LIB) $(BUILD)/lib/libsabir.so
	$(call say,LINK,$@)
	$(Q)$(call peer_link,)
$(PEERS)/mutex: $(call peer_objects,cpp/mutex.cpp)
	$(call say,LINK,$@)
	$(Q)$(CXX) -pthread -o $@ $^
$(PEERS)/caf: $(call peer_objects,$(patsubst tests/bench/peers/%,%,$(wildcard tests/bench/peers/caf/*.cpp)))
	$(call say,LINK,$@)
	$(Q)$(CXX) -pthread -o $@ $^ -lcaf_core
$(PEERS)/erlang/.built: $(wildcard tests/bench/peers/erlang/*.erl)
	@mkdir -p $(@D)
	$(call say,ERLC,$(@D))
	$(Q)erlc -o $(@D) $^ && touch $@

.PHONY: bench-crates
bench-crates:
	CARGO_TARGET_DIR=$(abspath $(BUILD)/bench/rust) RUSTFLAGS='$(PEER_RUSTFLAGS)' \
		$(CARGO) build --quiet --release --locked --offline --manifest-path $(PEER_RUST)/Cargo.toml

PEER_PROGRAMS := $(addprefix $(PEERS)/,zmq_ping bare mutex $(if $(HAVE_CJSON),codec_cjson) $(if $(YYJSON),codec_yyjson) $(if $(HAVE_CAF),caf) $(if $(HAVE_ERLANG),erlang/.built))
bench-peers: $(PEER_PROGRAMS) $(if $(HAVE_CRATES),bench-crates)

# In a make of its own, which sees what the first half has installed.
bench-setup: .venv/.ready | $(STAMPS)/rust ## install and build the peers of `make bench`: CAF, Erlang, crates, Python packages, matplotlib
	$(SETUP) bench
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/bench/requirements.txt
	$(CARGO) fetch --locked --manifest-path $(PEER_RUST)/Cargo.toml
	@mkdir -p $(STAMPS) && touch $(STAMPS)/bench-crates
	$(MAKE) bench-peers

# ---- Runs ----------------------------------------------------------------------------------------------------------------------
BENCH := PYTHONPATH=tests/bench .venv/bin/python -m driver --build $(BUILD)
bench: bench-ours bench-peers ## every benchmark against every peer, in turn: BENCH_ROUNDS=7, BENCH_ONLY=ring, BENCH_SCALE=1
	@$(BENCH) run --rounds $(BENCH_ROUNDS) --scale $(BENCH_SCALE) $(if $(BENCH_ONLY),--only '$(BENCH_ONLY)')

bench-docs: .venv/.ready ## write the figures of build/bench/summary.json into docs/performance.md
	@$(BENCH) docs

-include $(shell find $(PEERS)/obj -name '*.d' 2>/dev/null)

# The smoke run of `make test` needs our own programs.
test: $(BENCHES)
