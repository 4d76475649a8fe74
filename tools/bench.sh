#!/usr/bin/env bash
# Builds what the server is compared with, then measures the release build; results land in build/bench/*.json.
# tools/bench.sh [argument of bench/run.py ...]
set -euo pipefail
cd "$(dirname "$0")/.."
cmake --preset release -DSLUICE_BENCH=ON >build/release.configure.log
cmake --build --preset release --target floors
exec /usr/bin/python3 bench/run.py --build build/release --out build/bench "$@"
