# The commands of the project. `make run` and `make test` are all that a newcomer needs.

# Where `make run` keeps its data, and where it listens.
DATA_DIR ?= ./.rebound
LISTEN ?= 127.0.0.1:8080
# `make run PROFILE=release` builds the quick one; that takes ten minutes.
PROFILE ?= dev
# Builds and becomes the program, so that Ctrl-C reaches it; wherever cargo keeps what it builds.
REBOUND = cargo run --profile $(PROFILE) --bin rebound --
# What `cargo build` leaves.
BUILT = "$${CARGO_TARGET_DIR:-target}/debug/rebound"

.PHONY: run demo test soak stage check clients sdk bench openapi breaking deps

run: deps
	@[ -x $(BUILT) ] || echo "Building Rebound for the first time: a few minutes, once."
	$(REBOUND) serve --data-dir $(DATA_DIR) --listen $(LISTEN)

# Fills the data folder with a seeker and a coach to look at; works beside a running service too.
demo: deps
	$(REBOUND) demo --data-dir $(DATA_DIR)

# The whole suite, on throw-away databases of its own.
test: deps
	cargo test --quiet -- --test-threads=$$((2 * $$(getconf _NPROCESSORS_ONLN)))

# The long forms of experiments whose short ones are part of `make test`: a million requests, 20,000 reminders. An hour or so.
soak: deps
	cargo test --quiet --test api -- --ignored --nocapture --test-threads=1 twenty_thousand a_million

# Two services behind a balancer, with poolers and a replica; everything is taken away in turn. Some minutes.
stage: deps
	@scripts/install-deps.sh stage
	cargo test --quiet --test api -- --ignored --nocapture --test-threads=1 several_services

# What a reviewer need not look for: form, lints, documentation, dependencies that nothing uses.
check: deps
	cargo fmt --check
	cargo clippy --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet
	scripts/check-dependencies.sh

# What others make of the API document: schemathesis, the packages under clients/, a browser on the reference and the dashboard.
clients: deps
	cargo build --quiet --bin rebound
	tests/clients/run.sh $(BUILT)

# Measures the release build against the same statements under pgbench and writes docs/PERFORMANCE.md; half an hour and
# more, on a machine that does nothing else. BENCH=--quick only shows that it runs.
bench: deps
	@command -v wrk >/dev/null || { echo "wrk is missing: apt-get install wrk"; exit 1; }
	cargo build --release --quiet --bin rebound
	python3 benches/run.py "$${CARGO_TARGET_DIR:-target}/release/rebound" --write docs/PERFORMANCE.md $(BENCH)

# Writes the generated half of the packages under clients/ and builds them; needs npm and python3.
sdk:
	clients/generate.sh

# Writes the API document and the collection of requests anew after a change; a test fails while they differ.
openapi:
	cargo build --quiet --bin rebound
	$(BUILT) openapi > openapi/openapi.json
	$(BUILT) openapi --format http > clients/rebound.http

# What breaks the clients of the last release, which is absent until there was one.
breaking:
	@if [ -f openapi/released.json ]; then cargo run --quiet --bin rebound -- openapi --breaking-against openapi/released.json; \
	else echo "There was no release yet (openapi/released.json), so nothing can break."; fi

# What the other targets need on this machine: PostgreSQL's programs and client library, a C compiler, Rust.
deps:
	@scripts/install-deps.sh
