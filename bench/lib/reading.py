"""P0 and P1: a call without scripts, beside Beast and SQLite with nothing around them."""

import json

from . import process
from .load import middle, summary
from .rounds import alternate, ratio_of, require, row
from .subject import PAGE, Subject, client, page_path


def plain_get(address):
    answer = client.request(address, "GET", "/", (), None, 30)
    require(answer.status == 200, f"the floor answers {answer}")
    return answer.body


def p0(bench):
    """The HTTP room alone; what is left of P1 is authentication, roles, SQL and JSON."""
    with process.Program(bench.floor("trivial"), bench.core) as ours, process.Program(
        bench.floor("beast"), bench.core
    ) as floor:
        require(plain_get(ours.address) == plain_get(floor.address), "P0: floor and room differ")
        runs, floors = alternate(
            bench.rounds,
            lambda: bench.wrk.run(ours.pid, ours.address, "/"),
            lambda: bench.wrk.run(floor.pid, floor.address, "/"),
        )
    added = middle([a["cpu_us"] - b["cpu_us"] for a, b in zip(runs, floors)])[0]
    figures = summary(runs)
    figures["added_cpu_us"] = round(added, 2)
    ratio = ratio_of(runs, floors, "cpu_us")
    target = "at most 2 cpu-us more than bare Beast"
    note = f"cpu {added:+.2f} us"
    what = "trivial JSON GET, the HTTP room alone"
    return [row("P0", what, figures, summary(floors), ratio, target, added <= 2, note)]


def p1(bench):
    with Subject(bench.build, bench.core) as subject, process.Program(
        bench.floor("beast", subject.database), bench.core
    ) as floor:
        ours = subject.page("contact")
        bare = plain_get(floor.address)
        require(len(json.loads(ours)["resource"]) == PAGE, "P1: not a page")
        require(json.loads(ours) == json.loads(bare), "P1: floor and server differ")
        runs, floors = alternate(
            bench.rounds,
            lambda: bench.load(subject, page_path("contact")),
            lambda: bench.wrk.run(floor.pid, floor.address, "/"),
        )
    ratio = ratio_of(runs, floors, "cpu_us")
    figures = summary(runs)
    met = figures["requests_per_s"] >= 30_000 and ratio <= 1.6
    what = f"GET {PAGE} of 1,000 rows, SQLite"
    note = "same bytes" if ours == bare else "same JSON, other bytes"
    target = ">= 30 k req/s; <= 1.6 x floor's cpu-us"
    return [row("P1", what, figures, summary(floors), ratio, target, met, note)]
