#!/usr/bin/env bash
# Tries the API with tools that nobody of the project wrote (validators of the document, schemathesis, httpyac, a browser)
# and with the packages under clients/.
# Usage: tests/clients/run.sh BINARY [STEP...], with the steps of the last line of this file.
#
# What it needs and this machine lacks is installed: below target/clients, and Debian's chromium.
set -euo pipefail

binary=$(realpath "${1:?usage: tests/clients/run.sh BINARY [STEP...]}")
shift
cd "$(dirname "$0")/../.."
sources=tests/clients
out=$PWD/target/clients
venv=$out/venv/bin
sdk=$PWD/target/sdk/venv/bin
# Seconds for one run of schemathesis.
deadline=1800
password="a lantern for the long evening"
folder=
service=

say() { printf '== %s\n' "$*"; }

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

stop() {
    if [ -n "$service" ]; then
        kill "$service" 2>/dev/null || true
        wait "$service" 2>/dev/null || true
        service=
    fi
    if [ -n "$folder" ]; then
        rm -rf "$folder"
    fi
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "not root, and no sudo. As root, run: $*"
    fi
}

# Installs Debian packages for a program that is missing.
apt_needs() {
    local program=$1
    shift
    command -v "$program" >/dev/null && return
    command -v apt-get >/dev/null || fail "$program is missing; please install it"
    say "Installing $*"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

# Runs a command whose input file is newer than the last time.
when_changed() {
    local file=$1 copy
    copy=$out/installed-$(basename "$1")
    shift
    cmp -s "$file" "$copy" && return
    "$@"
    cp "$file" "$copy"
}

install_python() {
    rm -rf "$out/venv"
    python3 -m venv "$out/venv"
    "$venv/pip" install --quiet --disable-pip-version-check -r $sources/requirements.txt
}

install_node() {
    cp $sources/package.json $sources/package-lock.json "$out"
    (cd "$out" && npm ci --silent --no-audit --no-fund)
}

install_all() {
    mkdir -p "$out"
    apt_needs curl curl
    apt_needs python3 python3 python3-venv
    apt_needs node nodejs npm
    apt_needs npm npm
    apt_needs chromium chromium
    when_changed $sources/requirements.txt install_python
    when_changed $sources/package-lock.json install_node
}

# Starts the service on a free port with a database of its own; sets $base.
start() {
    # PostgreSQL does not run as root: the service gives it to the user postgres then, who has to get in.
    folder=$(mktemp -d)
    chmod 711 "$folder"
    "$binary" serve --listen 127.0.0.1:0 --data-dir "$folder/data" --log warn \
        --rate-limit-user 1000000 --rate-limit-network 1000000 --login-limit-account 1000000 \
        --login-limit-network 1000000 --register-limit 1000000 --mail-limit 1000000 \
        >"$out/service.log" 2>&1 &
    service=$!
    for _ in $(seq 300); do
        base=$(sed -n 's|^ *API *\(http://.*\)/v1$|\1|p' "$out/service.log")
        if [ -n "$base" ] && curl -sf "$base/health/ready" >/dev/null; then
            return
        fi
        kill -0 "$service" 2>/dev/null || break
        sleep 0.2
    done
    cat "$out/service.log" >&2
    fail "the service did not start"
}

# Prints a member of the JSON that comes in.
member() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

# Prints what the service answers to a user's POST.
posted() {
    curl -sf "$base$2" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "$3"
}

# Prints the access token of a new user who turned on what is off unless asked for.
new_user() {
    local token
    token=$(curl -sf "$base/v1/auth/register" -H 'Content-Type: application/json' \
        -d "{\"email\": \"$1-$$@example.com\", \"password\": \"$password\"}" | member access_token)
    curl -sf -X PATCH "$base/v1/me" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
        -d '{"preferences": {"wellbeing_enabled": true}}' >/dev/null
    printf '%s\n' "$token"
}

document() {
    say "The document is valid OpenAPI 3.1"
    "$binary" openapi >"$out/openapi.json"
    "$venv/openapi-spec-validator" "$out/openapi.json"
    say "spectral and redocly find nothing in it"
    cp $sources/spectral.yaml $sources/redocly.yaml "$out"
    (
        cd "$out"
        node_modules/.bin/spectral lint openapi.json --ruleset spectral.yaml --fail-severity hint --quiet
        REDOCLY_TELEMETRY=off node_modules/.bin/redocly lint openapi.json --config redocly.yaml >redocly.log 2>&1 \
            || { cat redocly.log; fail "redocly found something"; }
    )
}

python() {
    say "The Python package is generated, typed and works"
    clients/generate.sh python
    (
        cd clients/python
        "$sdk/python" -m mypy
        "$sdk/python" -m unittest discover --start-directory test
        "$sdk/python" examples/quickstart.py "$base"
    )
}

typescript() {
    say "The TypeScript package is generated, strict and works"
    clients/generate.sh typescript
    (
        cd clients/typescript
        npm --silent test
        REBOUND_URL=$base node build/examples/quickstart.js
    )
    say "Programs on the bare types compile under --strict and work"
    cp $sources/program.ts $sources/tsconfig.json "$out"
    sed -n '/^<!-- today.ts -->$/,/^<!-- \/today.ts -->$/p' docs/INTEGRATING.md | sed '/^<!--/d; /^```/d' >"$out/today.ts"
    (
        cd "$out"
        node_modules/.bin/openapi-typescript openapi.json --output schema.d.ts >/dev/null
        rm -rf build
        node_modules/.bin/tsc --strict
        node build/program.js "$base"
    )
    today
}

# The third program of docs/INTEGRATING.md, with a token of its own; the suite runs the other two.
today() {
    local session token said
    session=$(new_user today)
    posted "$session" /v1/applications \
        '{"company": "Kite & Anchor", "job_title": "Backend Engineer", "status": "applied", "next_action_on": "'"$(date -u +%F)"'"}' >/dev/null
    token=$(posted "$session" /v1/me/tokens \
        '{"name": "today.ts", "scopes": ["applications:read", "applications:write", "next-actions:read"]}' | member token)
    said=$(REBOUND_URL=$base REBOUND_TOKEN=$token node "$out/build/today.js")
    for words in "Kite & Anchor: Backend Engineer is applied" "Next: " "invalid_fields [ '/company' ]"; do
        grep -qF "$words" <<<"$said" || fail "today.ts does not say \"$words\" but: $said"
    done
    echo "    today.ts: done"
}

collection() {
    say "The collection of requests can be sent from top to bottom"
    new_user collection >/dev/null
    sed -e "s|^@host = .*|@host = $base|" -e "s|^@email = .*|@email = collection-$$@example.com|" \
        -e "s|^@password = .*|@password = $password|" -e "s|^@coach_email = .*|@coach_email = coach-$$@example.com|" \
        clients/rebound.http >"$out/rebound.http"
    # It ends badly when a request could not be sent; collection.py knows which may be left out.
    (cd "$out" && node_modules/.bin/httpyac send rebound.http --tag story --json >collection.json 2>collection.log) || true
    "$venv/python" $sources/collection.py clients/rebound.http "$out/collection.json"
}

browser() {
    say "The pages work in a browser, under their own policy"
    cp $sources/browser.mjs "$out"
    (cd "$out" && node browser.mjs "$base" "$(command -v chromium)" "$out/docs.png")
    echo "    picture: $out/docs.png"
}

calendar() {
    say "A calendar feed reads in the icalendar package as it was written"
    "$venv/python" $sources/calendar_feed.py "$base" "$(new_user calendar)"
}

app() {
    say "The dashboard works for a seeker and a coach"
    cp $sources/app.mjs "$out"
    rm -rf "$out/app"
    (cd "$out" && node app.mjs "$base" "$(command -v chromium)" ../../tests/data/imports/spreadsheet-us.csv "$out/app")
    echo "    pictures: $out/app"
}

schemathesis() {
    say "schemathesis: requests that fit the document, and many that do not"
    # delete_session ends the test's own session, so it comes last and alone. What needs the password (DELETE /v1/me,
    # POST /v1/me/password) or the refresh token (POST /v1/auth/logout) may run: no generated body has them.
    local token
    token=$(new_user schemathesis)
    # A stream of events has no end that it could wait for.
    st "$token" --exclude-operation-id delete_session --exclude-operation-id stream_events || fail "schemathesis found something, see above"
    curl -sf "$base/v1/me" -H "Authorization: Bearer $token" >/dev/null || fail "the user of the test was signed out"

    say "schemathesis: ending sessions, with a user of its own"
    st "$(new_user sessions)" --include-operation-id delete_session --phases examples,coverage,fuzzing \
        || fail "schemathesis found something, see above"
    if grep '"level":"ERROR"' "$out/service.log"; then
        fail "the service logged a fault"
    fi
}

st() {
    local token=$1
    shift
    timeout "$deadline" "$venv/st" --config-file $sources/schemathesis.toml run "$base/openapi.json" --checks all \
        --header "Authorization: Bearer $token" "$@"
}

install_all
start
steps=("$@")
[ ${#steps[@]} -gt 0 ] || steps=(document typescript python collection browser app calendar schemathesis)
for step in "${steps[@]}"; do "$step"; done
say "All fine, in $SECONDS seconds"
