#!/usr/bin/env bash
# Configures a preset once and builds it: tools/build.sh <preset> [jobs] [target...]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
jobs=${2:-$(nproc)}
shift $(($# < 2 ? $# : 2))

# A compiler takes up to 1.5 GB on the largest files; a small machine builds with fewer jobs.
memory_jobs=$(awk '/MemAvailable/ { print int($2 / 1572864) }' /proc/meminfo)
if [ "$memory_jobs" -lt 1 ]; then
    memory_jobs=1
fi
if [ "$jobs" -gt "$memory_jobs" ]; then
    jobs=$memory_jobs
fi

log=build/$preset.configure.log
mkdir -p build
if [ ! -e "build/$preset/build.ninja" ]; then
    if ! cmake --preset "$preset" >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
fi
NINJA_STATUS='[%f/%t] ' exec ninja -C "build/$preset" -j "$jobs" "$@"
