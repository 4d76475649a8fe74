#!/usr/bin/env python3
"""Measures the release build against the floors under it; prints one table, writes build/bench/*.json.

    bench/run.py [--build build/release] [--out build/bench] [--only P1,P2] [--rounds 5] [--seconds 3]

The server and its hosts stay on core 0, the load on core 1. Every workload first checks that the bytes of the
answers are right. CPU is user and system time of the server's whole process tree, divided by the requests.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from lib import machine  # noqa: E402
from lib.growth import growth  # noqa: E402
from lib.idle import p12  # noqa: E402
from lib.load import WrongAnswer, Wrk  # noqa: E402
from lib.postgresql import p5  # noqa: E402
from lib.reading import p0, p1  # noqa: E402
from lib.rounds import Bench, row  # noqa: E402
from lib.scripting import p2_p3, p4  # noqa: E402
from lib.sizes import p13  # noqa: E402
from lib.streaming import p11  # noqa: E402
from lib.table import print_table  # noqa: E402
from lib.writing import p6, p7  # noqa: E402

WORKLOADS = {
    "P0": p0,
    "P1": p1,
    "P2": p2_p3,
    "P4": p4,
    "P5": p5,
    "P6": p6,
    "P7": p7,
    "P11": p11,
    "P12": p12,
    "P13": p13,
    "GROWTH": growth,
}
SERVER_CORE, LOAD_CORE = 0, 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--out", default="build/bench")
    parser.add_argument("--only", default="", help="comma list: " + ",".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    return parser.parse_args()


def main():
    options = arguments()
    if len(os.sched_getaffinity(0)) < 2:
        print("bench: needs two cores, one for the server and one for the load", file=sys.stderr)
        return 1
    wanted = [name.strip().upper() for name in options.only.split(",") if name.strip()]
    unknown = set(wanted) - set(WORKLOADS)
    if unknown:
        print(f"bench: no workload {', '.join(sorted(unknown))}", file=sys.stderr)
        return 1
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    facts = machine.facts(HERE.parent)
    facts.update(rounds=options.rounds, seconds=options.seconds)
    bench = Bench(options.build, Wrk(LOAD_CORE, options.seconds), options.rounds, SERVER_CORE)
    rows, failed = [], False
    for name in wanted or WORKLOADS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            part = WORKLOADS[name](bench)
        except (RuntimeError, WrongAnswer, subprocess.CalledProcessError) as error:
            # The others are still worth their figures; the exit status tells.
            fault = (str(error).splitlines() or [type(error).__name__])[0][:200]
            part = [row(name, "failed", None, note=fault)]
            failed = True
        rows += part
        document = {"machine": facts, "rows": part}
        (out / f"{name.lower()}.json").write_text(json.dumps(document, indent=1) + "\n")
    print_table(facts, rows)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
