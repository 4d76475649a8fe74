#!/usr/bin/env bash
# Serves the debug build on a data folder that is gone afterwards: tools/run.sh [flags of sluice serve]
set -euo pipefail
cd "$(dirname "$0")/.."
data=$(mktemp -d "${TMPDIR:-/tmp}/sluice-run.XXXXXX")
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait || true
    rm -rf "$data"
}
trap finish EXIT
trap 'exit 130' INT TERM
build/debug/sluice serve --listen 127.0.0.1:0 --data "$data" --sample examples/sample "$@" &
server=$!
wait "$server"
