#!/usr/bin/env bash
# The test runners one after the other on build/asan, every one of them even when an earlier one failed.
# Their own summary lines come together at the end.
#
#   tools/run_tests.sh <1 when a quick check failed> <jobs> <topic> <cases> <backend>
set -uo pipefail
quick_failed=$1 jobs=$2 topic=$3 cases=$4 backend=$5
cd "$(dirname "$0")/.."

build=build/asan
logs=build/test
rm -rf "$logs"
mkdir -p "$logs"
failed=$quick_failed
ran=()

export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1:${UBSAN_OPTIONS:-}"

# What a runner says goes to the terminal as it comes, but for its summary, which is kept for the end.
summary='^([0-9]+ passed, [0-9]+ failed, [0-9]+ skipped|[0-9]+% tests passed, .*|=* ?([0-9]+ (passed|failed|skipped|errors?|warnings?|deselected),? ?)+ in .*)$'

# runner <name> <command...>
runner() {
    local name=$1
    shift
    ran+=("$name")
    echo "== $name"
    "$@" 2>&1 | tee "$logs/$name.log" | grep --line-buffered -vE "$summary"
    local state=${PIPESTATUS[0]}
    if [ "$state" != 0 ]; then
        failed=1
        echo "$name: exit $state" >>"$logs/$name.failed"
    fi
}

units() { runner unit ctest --test-dir "$build" -j "$jobs" --output-on-failure --progress "$@"; }
hosts() { runner hosts /usr/bin/python3 tests/hosts/run_hosts.py --build "$build" "$@"; }
cases() {
    runner cases /usr/bin/python3 tests/run_cases.py --build "$build" --jobs "$jobs" \
        ${backend:+--backend "$backend"} "$@"
}
process() {
    SLUICE_BUILD=$PWD/$build runner process \
        /usr/bin/python3 -m pytest -q -p no:cacheprovider --tb=short "$@"
}

if [ -n "$topic" ]; then
    units -L "^$topic\$"
elif [[ $cases == tests/hosts* ]]; then
    hosts "$cases"
elif [[ $cases == tests/process* ]]; then
    process "$cases"
elif [ -n "$cases$backend" ]; then
    cases ${cases:+"$cases"}
else
    units
    hosts
    cases
    process tests/harness tests/hosts tests/process bench/lib
fi

echo "== summary"
[ "$quick_failed" = 0 ] || echo "a quick check failed: see the top"
for name in "${ran[@]}"; do
    found=$(grep -E "$summary" "$logs/$name.log" | tail -1)
    echo "$name: ${found:-no summary; see $logs/$name.log}"
    [ -n "$found" ] || failed=1
done
exit "$failed"
