# The developer loop. `make` alone lists the targets. What each one needs is installed on first use.

JOBS ?= $(shell nproc)
DATA ?= var
SERVE ?=

.DEFAULT_GOAL := help
.PHONY: help setup build serve run test check bench clean format

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## install the missing Debian packages for building and testing
	@tools/setup.sh build test

build:  ## release build at build/release/sluice
	@tools/setup.sh build
	@tools/build.sh release $(JOBS)

serve: build  ## build, then serve on http://127.0.0.1:8080 with the data under var/ (SERVE="--listen ..." adds flags)
	@exec build/release/sluice serve --data $(DATA) --sample examples/sample $(SERVE)

run:  ## debug build on a throw-away data folder and a free port
	@tools/setup.sh build test
	@tools/build.sh debug $(JOBS)
	@tools/run.sh $(SERVE)

test:  ## quick checks, then every test under the sanitizers (narrow it: T=access C=tests/cases/table B=postgres)
	@tools/setup.sh build test
	@tools/test.sh --jobs $(JOBS) --topic "$(T)" --cases "$(C)" --backend "$(B)"

check:  ## make test, then the slow checks: clang-tidy over everything, thread sanitizer, fuzzers
	@tools/setup.sh build test check
	@tools/test.sh --jobs $(JOBS)
	@tools/check.sh $(JOBS)

bench:  ## the benchmarks, on the release build (BENCH="--only P1 --rounds 3" narrows it)
	@tools/setup.sh build bench
	@tools/build.sh release $(JOBS)
	@cmake -DSLUICE_BENCH=ON build/release >/dev/null
	@tools/build.sh release $(JOBS) floors
	@/usr/bin/python3 bench/run.py --build build/release --out build/bench $(BENCH)

format:  ## put every source file into the house's form
	@tools/format.sh

clean:  ## remove what was built; data under var/ stays
	@rm -rf build
