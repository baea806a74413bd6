#!/bin/sh
# Fails when Cargo.toml names a dependency that nothing uses.
set -eu
if ! cargo machete --version >/dev/null 2>&1; then
    cargo install --quiet --locked cargo-machete
fi
cargo machete
