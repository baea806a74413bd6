#!/usr/bin/env bash
# Writes the generated half of the client packages from openapi/openapi.json and builds them.
# Usage: clients/generate.sh [typescript] [python]. What it needs is installed below target/sdk and node_modules.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/target/sdk/venv

need() {
    command -v "$1" >/dev/null && return
    echo "$1 is missing; on Debian: apt-get install $2" >&2
    exit 1
}

typescript() {
    need npm "nodejs npm"
    (
        cd clients/typescript
        # node_modules/.package-lock.json is what npm has installed.
        if [ package-lock.json -nt node_modules/.package-lock.json ]; then npm ci --silent --no-audit --no-fund; fi
        npm run --silent build
    )
}

python() {
    need python3 "python3 python3-venv"
    if ! cmp -s clients/python/pyproject.toml "$venv/pyproject.toml"; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --editable 'clients/python[develop]'
        cp clients/python/pyproject.toml "$venv"
    fi
    local log=$PWD/target/sdk/python.log
    (
        cd clients/python
        "$venv/bin/openapi-python-client" generate --meta none --overwrite --config generate.yml \
            --path ../../openapi/openapi.json --output-path src/rebound_client/generated >"$log" 2>&1
    ) || { cat "$log"; exit 1; }
    # The generator knows no plain files as bodies, so it leaves the upload out; everything else has to be there.
    if grep '^WARNING' "$log" | grep -v '^WARNING parsing POST /v1/imports '; then
        echo "The generator leaves something out, see $log" >&2
        exit 1
    fi
}

[ $# -gt 0 ] || set -- typescript python
for package in "$@"; do "$package"; done
