"""How cost grows: with the rows of a page, with connections, and beside somebody's slow query."""

import contextlib
import json
import threading

from .load import middle, summary
from .postgresql import DurablePostgres
from .rounds import alternate, ratio_of, require, row
from .subject import ROWS, Subject, client

PAGE_ROWS, FEW_ROWS, MANY_ROWS = 20, 100, ROWS
FEW_CLIENTS, MANY_CLIENTS = 16, 1000
SLOW_CALLERS, SLOW_SECONDS = 8, 0.5
SLOW_VIEW = f"CREATE VIEW slow AS SELECT 1 AS id, pg_sleep({SLOW_SECONDS})::text AS slept;"


def rows_of(limit):
    return f"/api/v2/bench/_table/contact?limit={limit}"


def rows_of_a_page(bench, subject):
    """What each further row costs, on a long page beside a short one."""
    page = json.loads(subject.get(rows_of(MANY_ROWS)))
    require(len(page["resource"]) == MANY_ROWS, "GROWTH: not all rows")
    ones, fews, manys = alternate(
        bench.rounds,
        lambda: bench.load(subject, rows_of(1)),
        lambda: bench.load(subject, rows_of(FEW_ROWS)),
        lambda: bench.load(subject, rows_of(MANY_ROWS)),
    )
    few = [(b["cpu_us"] - a["cpu_us"]) / (FEW_ROWS - 1) for a, b in zip(ones, fews)]
    many = [(b["cpu_us"] - a["cpu_us"]) / (MANY_ROWS - FEW_ROWS) for a, b in zip(fews, manys)]
    ratio = middle(many)[0] / middle(few)[0]
    note = f"{middle(few)[0]:.2f}, then {middle(many)[0]:.2f} us a row"
    what = f"GET {MANY_ROWS:,} rows beside {FEW_ROWS}"
    target = "a row costs <= 1.2 x"
    return row("GROWTH", what, summary(manys), summary(fews), ratio, target, ratio <= 1.2, note)


def connections(bench, subject):
    many, few = alternate(
        bench.rounds,
        lambda: bench.load(subject, rows_of(PAGE_ROWS), MANY_CLIENTS),
        lambda: bench.load(subject, rows_of(PAGE_ROWS), FEW_CLIENTS),
    )
    ratio = ratio_of(many, few, "cpu_us")
    what = f"GET {PAGE_ROWS} rows, {MANY_CLIENTS:,} connections beside {FEW_CLIENTS}"
    target = "<= 1.5 x the cpu-us"
    return row("GROWTH", what, summary(many), summary(few), ratio, target, ratio <= 1.5)


@contextlib.contextmanager
def slow_callers(subject):
    """Callers that always have a slow query under way on the same shard."""
    done, statuses = threading.Event(), []

    def call():
        while not done.is_set():
            path = "/api/v2/bench/_table/slow"
            answer = client.request(subject.address, "GET", path, subject.headers, None, 30)
            statuses.append(answer.status)

    threads = [threading.Thread(target=call) for _ in range(SLOW_CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join(60)
    require(statuses and set(statuses) == {200}, f"GROWTH: slow calls gave {statuses[:5]}")


def slow_neighbour(bench):
    """Reads by key while others wait for the database: on one shard, over the same service."""
    path = "/api/v2/bench/_table/contact/7"

    def beside(subject):
        with slow_callers(subject):
            return bench.load(subject, path)

    with DurablePostgres() as postgres:
        postgres.sql(SLOW_VIEW)
        with Subject(bench.build, bench.core, kind="pgsql", settings=postgres.config()) as subject:
            require(json.loads(subject.get(path))["id"] == 7, "GROWTH: not the record")
            held, free = alternate(
                bench.rounds, lambda: beside(subject), lambda: bench.load(subject, path)
            )
    ratio = ratio_of(held, free, "p99_us")
    what = f"GET by key beside {SLOW_CALLERS} callers of a slow query, PostgreSQL"
    note = "ratio of p99"
    target = "<= 1.5 x the p99"
    return row("GROWTH", what, summary(held), summary(free), ratio, target, ratio <= 1.5, note)


def growth(bench):
    with Subject(bench.build, bench.core) as subject:
        rows = [rows_of_a_page(bench, subject), connections(bench, subject)]
    return [*rows, slow_neighbour(bench)]
