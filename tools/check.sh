#!/usr/bin/env bash
# The slow checks: clang-tidy over everything, the tests under the thread sanitizer, the fuzzers for a while,
# the slow cases. tools/check.sh [jobs]
set -uo pipefail
cd "$(dirname "$0")/.."
jobs=${1:-$(nproc)}
failed=0

echo "== clang-tidy"
find src hosts -name '*.cpp' -print0 |
    xargs -0 -n 4 -P "$jobs" clang-tidy-19 --quiet -p build/asan || failed=1

echo "== thread sanitizer"
if tools/build.sh tsan "$jobs"; then
    /usr/bin/python3 tests/with_databases.py \
        ctest --test-dir build/tsan -j "$jobs" --output-on-failure || failed=1
else
    failed=1
fi

echo "== fuzzers"
cmake --preset fuzz >build/fuzz.log && cmake --build --preset fuzz --parallel "$jobs" || failed=1
# What earlier runs of ten minutes each found worth keeping.
mkdir -p build/fuzz/corpus && tar -xJf tests/fuzz/corpora.tar.xz -C build/fuzz/corpus
for fuzzer in build/fuzz/*_fuzz; do
    [ -x "$fuzzer" ] || continue
    corpus=build/fuzz/corpus/$(basename "$fuzzer")
    mkdir -p "$corpus"
    seeds=tests/fuzz/$(basename "$fuzzer")
    [ -d "$seeds" ] || seeds=
    "$fuzzer" -max_total_time="${FUZZ_SECONDS:-60}" -print_final_stats=1 "$corpus" $seeds || failed=1
done

echo "== slow cases"
/usr/bin/python3 tests/run_cases.py --build build/asan --slow --jobs "$jobs" || failed=1
exit "$failed"
