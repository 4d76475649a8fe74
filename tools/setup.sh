#!/usr/bin/env bash
# Installs the Debian packages that are missing, and nothing when none is.
#
#   tools/setup.sh [--print] build|test|bench|check ...
#
# build: what `make build` and `make serve` need; test, bench and check: what these need on top.
# --print names the missing packages and installs nothing.
# Works as root or with sudo; with neither it prints the line to run and fails.
set -euo pipefail

print_only=no
if [ "${1:-}" = --print ]; then
    print_only=yes
    shift
fi
wanted_groups=" ${*:-build} "

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is no Debian system; install what tools/setup.sh names by hand" >&2
    exit 1
fi

# The one query of the fast path: every package that is installed.
declare -A installed
while read -r status package; do
    if [ "$status" = installed ]; then
        installed[$package]=1
    fi
done < <(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n')

missing=()
lists_are_fresh=no

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

can_become_root() {
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null
}

# Package lists are needed only once something is missing.
refresh_lists() {
    if [ "$lists_are_fresh" = no ]; then
        lists_are_fresh=yes
        if [ "$print_only" = no ] && can_become_root; then
            as_root apt-get update -qq >&2 || echo "setup: apt-get update failed; going on" >&2
        fi
    fi
}

is_installed() { [ -n "${installed[$1]:-}" ]; }

is_available() {
    refresh_lists
    [[ $(apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]
}

need() {
    local package
    for package; do
        is_installed "$package" || missing+=("$package")
    done
}

# Only where the archive has it.
want() {
    local package
    for package; do
        if ! is_installed "$package" && is_available "$package"; then
            missing+=("$package")
        fi
    done
}

# The lowest Boost from 1.81 on whose JSON part is installed, else available. Plain libboost-dev
# is never asked for: on Debian 12 it is 1.74 and cannot stand beside 1.81.
boost_version() {
    local minor
    for minor in $(seq 81 99); do
        if is_installed "libboost-json1.$minor-dev"; then
            echo "1.$minor"
            return
        fi
    done
    refresh_lists
    apt-cache search --names-only '^libboost-json1\.[0-9]+-dev$' |
        sed -n 's/^libboost-json1\.\([0-9]*\)-dev .*/\1/p' | sort -n | awk '$1 >= 81 && !seen++ { print "1." $1 }'
}

# The installed PHP, else the archive's newest that has an embeddable library.
php_version() {
    local package
    for package in "${!installed[@]}"; do
        if [[ $package =~ ^libphp([0-9.]+)-embed$ || $package =~ ^php([0-9.]+)-cli$ ]]; then
            echo "${BASH_REMATCH[1]}"
            return
        fi
    done
    refresh_lists
    apt-cache search --names-only '^libphp[0-9.]+-embed$' |
        sed -n 's/^libphp\([0-9.]*\)-embed .*/\1/p' | sort -V | tail -1
}

# A Node.js that is not Debian's carries its own headers, and libnode-dev cannot stand beside it.
need_node() {
    local package node
    for package in "${!installed[@]}"; do
        if [[ $package =~ ^libnode[0-9]+$ ]]; then
            need nodejs libnode-dev
            return
        fi
    done
    node=$(command -v node || command -v nodejs || true)
    if [ -z "$node" ]; then
        need nodejs libnode-dev
    elif [ ! -e /usr/include/node/node.h ] &&
        [ ! -e "$(dirname "$(readlink -f "$node")")/../include/node/node.h" ]; then
        echo "setup: $node has no headers beside it; the sandboxed JavaScript host is left out" >&2
    fi
}

build_packages() {
    local boost php
    need clang-19 lld-19 cmake ninja-build pkg-config python3 python3-dev \
        libexpected-dev libfmt-dev libspdlog-dev libcli11-dev libtomlplusplus-dev libsimdjson-dev \
        libsqlite3-dev libpq-dev libmariadb-dev libssl-dev zlib1g-dev libsodium-dev libcurl4-openssl-dev \
        libseccomp-dev libexpat1-dev unixodbc-dev
    boost=$(boost_version)
    : "${boost:=1.81}"
    need "libboost$boost-dev" "libboost-json$boost-dev" "libboost-url$boost-dev" \
        "libboost-filesystem$boost-dev"
    php=$(php_version)
    : "${php:=8.2}"
    need "libphp$php-embed" "php$php-dev" "php$php-cli"
    want "php$php-opcache"
    need_node
    command -v ccache >/dev/null || want ccache
}

test_packages() {
    local package
    need libclang-rt-19-dev libgtest-dev libgmock-dev sqlite3 python3-pytest python3-jsonschema
    want clang-format
    # The drivers that the tests of ODBC load; tdsodbc is the one for SQL Server.
    need unixodbc tdsodbc odbc-postgresql odbc-mariadb libsqliteodbc
    # The server's programs alone: mariadb-server itself would set a database up and start it.
    is_installed mariadb-server || need mariadb-server-core mariadb-client-core
    for package in "${!installed[@]}"; do
        if [[ $package =~ ^postgresql-[0-9]+$ ]]; then
            return
        fi
    done
    need postgresql
}

for group in $wanted_groups; do
    case $group in
        build) build_packages ;;
        test) test_packages ;;
        bench) need libbenchmark-dev wrk ;;
        check) need clang-tidy-19 ;;
        *)
            echo "setup: no group '$group' (build, test, bench, check)" >&2
            exit 2
            ;;
    esac
done

if [ ${#missing[@]} = 0 ]; then
    exit 0
fi
if [ "$print_only" = yes ]; then
    echo "${missing[@]}"
    exit 0
fi
if ! can_become_root; then
    echo "setup: packages are missing, and there is neither root nor sudo. As root, run:" >&2
    echo "    apt-get update && apt-get install --no-install-recommends -y ${missing[*]}" >&2
    exit 1
fi

install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >&2
}

# Debian's server package creates and starts a cluster on the standard port. The tests start their
# own, so that one is held back, and the machine's setting put back afterwards.
install_postgresql() {
    local setting=/etc/postgresql-common/createcluster.conf kept
    install postgresql-common
    kept=$(mktemp)
    cp "$setting" "$kept"
    echo 'create_main_cluster = false' | as_root tee "$setting" >/dev/null
    install postgresql || { as_root cp "$kept" "$setting"; rm -f "$kept"; return 1; }
    as_root cp "$kept" "$setting"
    rm -f "$kept"
}

echo "setup: installing ${missing[*]}" >&2
refresh_lists
rest=()
postgresql=no
for package in "${missing[@]}"; do
    if [ "$package" = postgresql ]; then
        postgresql=yes
    else
        rest+=("$package")
    fi
done
[ ${#rest[@]} = 0 ] || install "${rest[@]}"
[ "$postgresql" = no ] || install_postgresql
