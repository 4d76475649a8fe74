#!/usr/bin/env bash
# Everything that decides whether a change lands: quick checks, the sanitizer build, every test.
#
#   tools/test.sh [--jobs N] [--topic room] [--cases path] [--backend sqlite|postgres|mysql]
#
# A topic, a path or a backend narrows the run to the tests that know of it, without the quick checks.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONDONTWRITEBYTECODE=1

jobs=$(nproc)
topic=
cases=
backend=
while [ $# -gt 0 ]; do
    case $1 in
        --jobs) jobs=$2 ;;
        --topic) topic=$2 ;;
        --cases) cases=$2 ;;
        --backend) backend=$2 ;;
        *)
            echo "test: no option '$1'" >&2
            exit 2
            ;;
    esac
    shift 2
done

quick_failed=0
if [ -z "$topic$cases$backend" ]; then
    for quick in "tools/format.sh --check" tools/check_layers.py tools/check_sizes.py tools/check_docs.py; do
        # shellcheck disable=SC2086  # a command with its argument
        case $quick in
            *.py) /usr/bin/python3 $quick || quick_failed=1 ;;
            *) $quick || quick_failed=1 ;;
        esac
    done
fi

tools/build.sh asan "$jobs"

exec /usr/bin/python3 tests/with_databases.py \
    tools/run_tests.sh "$quick_failed" "$jobs" "$topic" "$cases" "$backend"
