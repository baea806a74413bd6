#!/bin/sh
# Installs what building and running the service needs and this machine lacks. Quick and silent when nothing is missing.
# Debian and Ubuntu are served; elsewhere it says what to install.
set -eu

MIN_RUST_MINOR=95 # of Rust 1; as in Cargo.toml
MIN_POSTGRES=15   # as in src/db/embedded/binaries.rs

say() {
    printf '%s\n' "$*" >&2
}

# Packages keep the server outside of the search path, so the usual folders count as well; only whole installations do.
have_postgres() {
    for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
        /usr/local/opt/postgresql*/bin /home/linuxbrew/.linuxbrew/opt/postgresql*/bin \
        /Applications/Postgres.app/Contents/Versions/*/bin; do
        if postgres_will_do "$dir"; then return 0; fi
    done
    in_path=$(command -v postgres) && postgres_will_do "$(dirname "$in_path")"
}

postgres_will_do() {
    for program in postgres initdb psql; do
        [ -x "$1/$program" ] || return 1
    done
    version=$("$1/postgres" --version) || return 1
    version=${version##*"(PostgreSQL) "}
    version=${version%%[!0-9]*}
    [ "${version:-0}" -ge "$MIN_POSTGRES" ]
}

have_libpq() {
    command -v pg_config >/dev/null && [ -f "$(pg_config --includedir)/libpq-fe.h" ]
}

have_compiler() {
    command -v cc >/dev/null
}

# For the tour of the README, which a test runs too.
have_tour_tools() {
    command -v curl >/dev/null && command -v jq >/dev/null
}

have_all() {
    have_postgres && have_libpq && have_compiler && have_tour_tools
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# Debian's package makes and starts a cluster of its own, which nobody asked for. Where its settings exist already, somebody
# else has decided about that.
install_postgres() {
    conf=/etc/postgresql-common/createcluster.conf
    if ! [ -e "$conf" ]; then
        apt_install postgresql-common
        as_root sed -i '/^[#[:space:]]*create_main_cluster/d' "$conf"
        echo 'create_main_cluster = false' | as_root tee -a "$conf" >/dev/null
    fi
    apt_install postgresql
}

install_missing() {
    if ! command -v apt-get >/dev/null; then
        say "Please install PostgreSQL $MIN_POSTGRES or newer with its client library, and a C compiler, then run this again:"
        say "  macOS:  brew install postgresql jq && xcode-select --install"
        say "  Fedora: sudo dnf install postgresql-server libpq-devel gcc curl jq"
        say "  Arch:   sudo pacman -S postgresql base-devel curl jq"
        exit 1
    fi
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        say "Packages are missing, and there is no sudo to install them. As root, run this once, then run it again as yourself:"
        say "  apt-get install postgresql libpq-dev build-essential curl jq"
        exit 1
    fi
    say "Installing what is missing with apt-get."
    as_root apt-get update
    have_postgres || install_postgres
    have_libpq || apt_install libpq-dev
    have_compiler || apt_install build-essential
    have_tour_tools || apt_install curl jq
    if ! have_all; then
        say "This system's packages are too old: PostgreSQL $MIN_POSTGRES or newer is needed, for example from https://apt.postgresql.org"
        exit 1
    fi
}

check_rust() {
    if ! command -v cargo >/dev/null; then
        say "Rust is missing: there is no cargo in the search path. Install it as https://rustup.rs says, which takes a minute,"
        say "open a new terminal (or run: . \"\$HOME/.cargo/env\"), then run this again."
        exit 1
    fi
    rust=$(cargo --version) # such as: cargo 1.95.0 (f2d3ce0bd 2026-03-21)
    rust=${rust#cargo }
    major=${rust%%.*}
    minor=${rust#*.}
    minor=${minor%%.*}
    if [ "$major" -eq 1 ] && [ "$minor" -lt "$MIN_RUST_MINOR" ]; then
        if command -v rustup >/dev/null; then
            say "Rust ${rust%% *} is too old, 1.$MIN_RUST_MINOR or newer is needed. Run: rustup update stable && rustup default stable"
        else
            say "Rust ${rust%% *} is too old, 1.$MIN_RUST_MINOR or newer is needed, which packages of Debian and Ubuntu are not."
            say "Install it as https://rustup.rs says, open a new terminal, then run this again."
        fi
        exit 1
    fi
}

# For `make stage`: what stands around several services. Debian's packages start both with settings that do nothing.
have_stage() {
    PATH=$PATH:/usr/sbin
    command -v haproxy >/dev/null && command -v pgbouncer >/dev/null
}

install_stage() {
    if ! command -v apt-get >/dev/null; then
        say "Please install HAProxy and PgBouncer, then run this again."
        exit 1
    fi
    as_root apt-get update
    apt_install haproxy pgbouncer
}

# First what nobody but the user can do; packages come by themselves.
check_rust
have_all || install_missing
if [ "${1:-}" = stage ]; then
    have_stage || install_stage
fi
