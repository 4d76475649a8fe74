#!/bin/sh
# A throw-away PostgreSQL in a folder of its own, on a free loopback port.
#   postgres.sh start DIR   prints the URL that SLUICE_TEST_POSTGRES takes
#   postgres.sh stop DIR    stops it and removes DIR
set -eu

usage() {
    echo "usage: $0 start|stop DIR" >&2
    exit 2
}
[ $# -eq 2 ] || usage
action=$1
dir=$2
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -x "$bin/initdb" ] || { echo "no PostgreSQL server is installed" >&2; exit 1; }

# The server refuses to run as root.
as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@")
    else
        "$@"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

case $action in
start)
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir"
    as_user "$bin/initdb" -D "$dir/data" -U sluice -A trust -E UTF8 --no-locale --no-sync >"$dir.log" 2>&1 ||
        { cat "$dir.log" >&2; exit 1; }
    # Another process may take the port between the look and the start: then look again.
    for attempt in 1 2 3; do
        port=$(free_port)
        if as_user "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 30 \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir -c max_connections=200" \
            start >>"$dir.log" 2>&1; then
            rm -f "$dir.log"
            echo "postgresql://sluice@127.0.0.1:$port/postgres"
            exit 0
        fi
    done
    cat "$dir.log" >&2
    exit 1
    ;;
stop)
    as_user "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
    rm -rf "$dir" "$dir.log"
    ;;
*) usage ;;
esac
