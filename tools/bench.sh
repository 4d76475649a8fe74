#!/usr/bin/env bash
# Runs whatever is under bench/ against the release build; results land in build/bench/*.json.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build/bench
found=no
for bench in bench/load/*.py; do
    [ -e "$bench" ] || continue
    found=yes
    /usr/bin/python3 "$bench" --build build/release --out build/bench
done
if [ "$found" = no ]; then
    echo "bench: nothing under bench/load yet" >&2
    exit 1
fi
