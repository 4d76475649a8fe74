"""P13: what many tables, scripts and roles cost a call that has nothing to do with them."""

import contextlib
import sqlite3
import time

from .load import middle, summary
from .rounds import alternate, ratio_of, require, row
from .subject import Subject, page_path

TABLES, SCRIPTS, ROLES = 10_000, 10_000, 1_000
TOGETHER = 200


def add_tables(subject):
    database = sqlite3.connect(subject.database)
    with database:
        for i in range(TABLES):
            database.execute(f"CREATE TABLE other_{i} (id INTEGER PRIMARY KEY, name TEXT)")
    database.close()


def add_all(subject, resource, records):
    """Many records a call; one by one would take minutes."""
    for at in range(0, len(records), TOGETHER):
        body = {"resource": records[at : at + TOGETHER]}
        subject.server.admin("POST", f"system/{resource}", body)


def add_scripts(subject):
    scripts = [
        {
            "name": f"bench._table.other_{i}.get.post_process",
            "type": "v8js",
            "content": f"event.response.content.number = {i};",
            "is_active": True,
            "allow_event_modification": True,
        }
        for i in range(SCRIPTS)
    ]
    add_all(subject, "event_script", scripts)


def add_roles(subject):
    add_all(subject, "role", [{"name": f"role {i}", "is_active": True} for i in range(ROLES)])


KINDS = {
    f"{TABLES:,} tables": add_tables,
    f"{SCRIPTS:,} scripts": add_scripts,
    f"{ROLES:,} roles": add_roles,
}


def start_ms(subject):
    subject.server.terminate()
    began = time.monotonic()
    subject.server.start()
    require(subject.server.request("GET", "/status").status == 200, "P13: not ready")
    subject.page("contact")
    return (time.monotonic() - began) * 1e3


def p13(bench):
    rows = []
    with contextlib.ExitStack() as stack:
        bare = stack.enter_context(Subject(bench.build, bench.core))
        large = stack.enter_context(Subject(bench.build, bench.core))
        for name, add in KINDS.items():  # one on top of the other
            add(large)
            require(large.page("contact") == bare.page("contact"), "P13: the pages differ")
            runs, floors = alternate(
                bench.rounds,
                lambda: bench.load(large, page_path("contact")),
                lambda: bench.load(bare, page_path("contact")),
            )
            ratio = ratio_of(runs, floors, "cpu_us")
            rows.append(
                row(
                    "P13",
                    f"GET a page beside {name}",
                    summary(runs),
                    summary(floors),
                    ratio,
                    "<= 1.1 x the cpu-us of none",
                    ratio <= 1.1,
                )
            )
        starts, few = alternate(bench.rounds, lambda: start_ms(large), lambda: start_ms(bare))
        median, spread = middle(starts)
        figures = {"start_ms": round(median, 1), "start_ms_spread": round(spread, 4)}
        what = "start to the first page, all of these"
        note = f"{middle(few)[0]:.0f} ms with none"
        rows.append(row("P13", what, figures, None, None, "< 2 s", median < 2000, note))
    return rows
