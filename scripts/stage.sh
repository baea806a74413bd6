#!/usr/bin/env bash
# A whole installation on one machine, to try out what the loss of a part does: two services behind HAProxy, PostgreSQL with
# a streaming replica, each behind PgBouncer in transaction mode.
#
#   scripts/stage.sh FOLDER up                builds nothing; starts everything and says where it is
#   scripts/stage.sh FOLDER stop|start PART   ends a part as a supervisor does, or starts it again
#   scripts/stage.sh FOLDER kill PART         ends a part as a crash does
#   scripts/stage.sh FOLDER down              ends everything; the folder stays
#
# Parts: primary, standby, pooler, standby-pooler, one, two, balancer. FOLDER must be one that the system user postgres can
# enter, such as one in /tmp. STAGE_PORT is the first of eight ports, STAGE_FLAGS are further flags of `rebound serve`.
set -euo pipefail

usage() {
    sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "$0" >&2
    exit 2
}

[ $# -ge 2 ] || usage
ROOT=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
FOLDER=$(cd "$1" && pwd)
ACTION=$2
PORT=${STAGE_PORT:-7400}
REBOUND=${STAGE_REBOUND:-${CARGO_TARGET_DIR:-$ROOT/target}/debug/rebound}
PATH=$PATH:/usr/sbin

API=$PORT ONE=$((PORT + 1)) TWO=$((PORT + 2)) POOLER=$((PORT + 3)) STANDBY_POOLER=$((PORT + 4))
PRIMARY=$((PORT + 5)) STANDBY=$((PORT + 6)) STATS=$((PORT + 7))
PARTS="primary standby pooler standby-pooler one two balancer"

# The newest PostgreSQL, as packages install it.
BIN=$(for dir in /usr/lib/postgresql/*/bin; do echo "$dir"; done | sort -t/ -k5 -n | tail -1)
[ -x "$BIN/postgres" ] || BIN=$(dirname "$(command -v postgres)")

# PostgreSQL and PgBouncer refuse to run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --clear-groups env -C / "$@"
    else
        exec "$@"
    fi
}

own() {
    mkdir -p "$@"
    chmod 700 "$@"
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$@"; fi
}

# Runs a program in the background and notes its process.
launch() {
    part=$1
    shift
    "$@" >>"$FOLDER/log/$part" 2>&1 </dev/null &
    echo $! >"$FOLDER/run/$part"
}

pid_of() {
    cat "$FOLDER/run/$1" 2>/dev/null || echo 0
}

runs() {
    pid=$(pid_of "$1")
    [ "$pid" -gt 0 ] && kill -0 "$pid" 2>/dev/null
}

# Waits until a command succeeds, for half a minute at most.
wait_for() {
    part=$1
    shift
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        if ! runs "$part"; then break; fi
        sleep 0.1
    done
    echo "$part does not start:" >&2
    tail -20 "$FOLDER/log/$part" >&2
    exit 1
}

sql() {
    "$BIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$1" -U "$2" -d "$3" -c "$4"
}

serve_postgres() {
    launch "$1" as_server "$BIN/postgres" -D "$FOLDER/$1" -p "$2" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= -c max_connections=100 -c hot_standby_feedback=on -c wal_retrieve_retry_interval=200ms \
        -c log_min_messages=log
    wait_for "$1" sql "$2" postgres postgres 'SELECT 1'
}

start_primary() {
    if ! [ -d "$FOLDER/primary/base" ]; then
        own "$FOLDER/primary"
        (as_server "$BIN/initdb" -D "$FOLDER/primary" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8) \
            >"$FOLDER/log/primary" 2>&1
        serve_postgres primary "$PRIMARY"
        for statement in 'CREATE ROLE rebound_app LOGIN' 'CREATE ROLE rebound_owner LOGIN IN ROLE rebound_app' \
            'CREATE DATABASE rebound OWNER rebound_owner'; do
            sql "$PRIMARY" postgres postgres "$statement"
        done
    else
        serve_postgres primary "$PRIMARY"
    fi
}

start_standby() {
    if ! [ -d "$FOLDER/standby/base" ]; then
        own "$FOLDER/standby"
        (as_server "$BIN/pg_basebackup" -D "$FOLDER/standby" -h 127.0.0.1 -p "$PRIMARY" -U postgres --checkpoint=fast \
            --write-recovery-conf --create-slot --slot=standby) >"$FOLDER/log/standby" 2>&1
    fi
    serve_postgres standby "$STANDBY"
}

serve_pooler() {
    cat >"$FOLDER/etc/$1.ini" <<END
[databases]
rebound = host=127.0.0.1 port=$3 dbname=rebound
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $2
unix_socket_dir =
auth_type = trust
auth_file = $FOLDER/etc/users
pool_mode = transaction
default_pool_size = 20
max_client_conn = 200
; A server that is away is looked for each second, and nobody waits for it longer than the service would.
server_login_retry = 1
server_connect_timeout = 2
query_wait_timeout = 3
END
    echo '"rebound_app" ""' >"$FOLDER/etc/users"
    launch "$1" as_server pgbouncer "$FOLDER/etc/$1.ini"
    wait_for "$1" bash -c "</dev/tcp/127.0.0.1/$2"
}

start_pooler() { serve_pooler pooler "$POOLER" "$PRIMARY"; }
start_standby-pooler() { serve_pooler standby-pooler "$STANDBY_POOLER" "$STANDBY"; }

serve_rebound() {
    # shellcheck disable=SC2086 # they are several
    launch "$1" env \
        DATABASE_URL="postgresql://rebound_app@127.0.0.1:$POOLER/rebound" \
        REBOUND_MIGRATE_DATABASE_URL="postgresql://rebound_owner@127.0.0.1:$PRIMARY/rebound" \
        REBOUND_REPLICA_DATABASE_URL="postgresql://rebound_app@127.0.0.1:$STANDBY_POOLER/rebound" \
        REBOUND_LISTEN_DATABASE_URL="postgresql://rebound_app@127.0.0.1:$PRIMARY/rebound" \
        "$REBOUND" serve --data-dir "$FOLDER/$1" --listen "127.0.0.1:$2" --no-statement-cache \
        --signing-keys "$FOLDER/keys" --trusted-proxies 127.0.0.2 --public-url "http://127.0.0.1:$API" \
        --mail-url "file:$FOLDER/mails" --email-verification off --log-format json --metrics-token stage ${STAGE_FLAGS:-}
    wait_for "$1" curl -sf "http://127.0.0.1:$2/health/ready"
}

start_one() { serve_rebound one "$ONE"; }
start_two() { serve_rebound two "$TWO"; }

start_balancer() {
    cat >"$FOLDER/etc/haproxy.cfg" <<END
global
    maxconn 1000
defaults
    mode http
    timeout connect 2s
    timeout client 75s
    # A whole account (POST /v1/me/import, GET /v1/me/export) is three minutes in the making, and nothing is sent before.
    timeout server 200s
    timeout queue 2s
    # A service that stops refuses connections: the other one is tried at once. Nothing that was sent is sent again.
    retries 3
    option redispatch 1
    retry-on conn-failure
    option forwardfor
frontend api
    bind 127.0.0.1:$API
    default_backend rebound
backend rebound
    balance roundrobin
    option httpchk GET /health/ready
    # The address that the services trust; people come from others.
    source 127.0.0.2
    default-server check inter 2s fall 2 rise 1
    server one 127.0.0.1:$ONE
    server two 127.0.0.1:$TWO
frontend stats
    bind 127.0.0.1:$STATS
    stats enable
    stats uri /
END
    launch balancer haproxy -db -f "$FOLDER/etc/haproxy.cfg"
    wait_for balancer curl -sf "http://127.0.0.1:$API/health/ready"
}

# Ends a part with a signal and waits for its end. PostgreSQL's words for a crash and for a quick end are others.
end() {
    runs "$1" || return 0
    signal=$2
    case "$1-$2" in
    primary-KILL | standby-KILL) signal=QUIT ;;
    primary-TERM | standby-TERM) signal=INT ;;
    esac
    kill -s "$signal" "$(pid_of "$1")"
    for _ in $(seq 400); do
        runs "$1" || return 0
        sleep 0.1
    done
    echo "$1 does not end" >&2
    exit 1
}

known() {
    case " $PARTS " in *" ${1:-none} "*) ;; *) usage ;; esac
}

case $ACTION in
up)
    mkdir -p "$FOLDER/run" "$FOLDER/log" "$FOLDER/etc"
    chmod 711 "$FOLDER"
    for part in $PARTS; do
        runs "$part" || "start_$part"
    done
    echo "The API is at http://127.0.0.1:$API, the balancer's page at http://127.0.0.1:$STATS."
    ;;
start)
    known "${3:-}"
    runs "$3" || "start_$3"
    ;;
stop)
    known "${3:-}"
    end "$3" TERM
    ;;
kill)
    known "${3:-}"
    end "$3" KILL
    ;;
down)
    for part in balancer one two pooler standby-pooler standby primary; do
        end "$part" TERM
    done
    ;;
*) usage ;;
esac
