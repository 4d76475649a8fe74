#!/usr/bin/env bash
# Puts C++ and Python into the house's form; with --check only says what is not.
# The form is clang-format 14's (Debian 12); another version is not asked, since each one differs.
set -euo pipefail
cd "$(dirname "$0")/.."

check=no
[ "${1:-}" != --check ] || check=yes

sources() {
    find . \( -name .git -o -name node_modules -o -path ./build -o -path ./var \) -prune -o \
        -type f \( "$@" \) -print | sort
}

failed=0
formatter=
for candidate in clang-format-14 clang-format; do
    if command -v "$candidate" >/dev/null && [[ $("$candidate" --version) == *"version 14."* ]]; then
        formatter=$candidate
        break
    fi
done
mapfile -t cpp < <(sources -name '*.h' -o -name '*.cpp')
if [ -z "$formatter" ]; then
    echo "format: skipped C++: no clang-format 14 here"
elif [ ${#cpp[@]} -gt 0 ]; then
    if [ $check = yes ]; then
        export formatter
        # shellcheck disable=SC2016  # expanded by the inner shell
        unformatted=$(printf '%s\0' "${cpp[@]}" | xargs -0 -n 20 -P "$(nproc)" bash -c '
            for file; do "$formatter" "$file" | cmp -s - "$file" || echo "$file"; done' format)
        if [ -n "$unformatted" ]; then
            failed=1
            sed "s/^/format: run 'make format': /" <<<"$unformatted"
        fi
    else
        "$formatter" -i "${cpp[@]}"
    fi
fi

mapfile -t python < <(sources -name '*.py')
if ! command -v black >/dev/null; then
    echo "format: skipped Python: no black here"
elif [ ${#python[@]} -gt 0 ]; then
    if [ $check = yes ]; then
        if ! said=$(black --check "${python[@]}" 2>&1); then
            failed=1
            sed -n "s/^would reformat/format: run 'make format':/p" <<<"$said"
        fi
    else
        black --quiet "${python[@]}"
    fi
fi
if [ $check = yes ] && command -v flake8 >/dev/null && [ ${#python[@]} -gt 0 ]; then
    flake8 . || failed=1
fi
[ $failed = 1 ] || [ $check = no ] || echo "format: ${#cpp[@]} C++ and ${#python[@]} Python files"
exit $failed
