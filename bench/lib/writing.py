"""P6 and P7: writes behind a script that validates them."""

import json
import sqlite3
import time

from .load import middle
from .postgresql import DurablePostgres, compared, floor_run
from .rounds import alternate, require, row
from .subject import Subject, client, script_text

PATH = "/api/v2/bench/_table/entry"
RECORD = {"name": "Person", "email": "person@example.com", "age": 42}
MANY = 100
ENGINE = "v8js"
ENTRY = "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, age INTEGER)"


def post(subject, records):
    body = json.dumps({"resource": records})
    headers = {**subject.headers, "Content-Type": "application/json"}
    return client.request(subject.address, "POST", PATH, headers, body.encode(), 30)


def validated(subject):
    """Attaches the script, and makes sure that it runs and refuses."""
    event = "bench._table.entry.post.pre_process"
    subject.instance.add_script(event, ENGINE, script_text("validate.js"), False, True, {})
    answer = post(subject, [{**RECORD, "email": "none"}])
    require(answer.status == 400, f"P6: the script does not refuse: {answer}")
    answer = post(subject, [RECORD])
    require(answer.status == 200, f"P6: the record is not written: {answer}")


def posting(bench, subject):
    body = json.dumps({"resource": [RECORD]})
    return lambda: bench.wrk.run(subject.pid, subject.address, PATH, subject.headers, body=body)


def make_entry(path):
    database = sqlite3.connect(path)
    database.execute(ENTRY)
    database.close()


def p6(bench):
    rows = []
    seconds = str(bench.wrk.seconds)
    with DurablePostgres() as postgres, Subject(
        bench.build, bench.core, kind="pgsql", settings=postgres.config()
    ) as subject:
        validated(subject)
        runs, floors = alternate(
            bench.rounds,
            posting(bench, subject),
            lambda: floor_run(bench, "libpq", postgres.url(), seconds, "insert"),
        )
        what = "POST one row, validated by a script, PostgreSQL"
        rows.append(compared("P6", what, runs, floors, 0.4, "the same insert by libpq"))
    with Subject(bench.build, bench.core) as subject:
        make_entry(subject.database)
        validated(subject)
        bare = subject.database + ".floor"
        make_entry(bare)
        runs, floors = alternate(
            bench.rounds,
            posting(bench, subject),
            lambda: floor_run(bench, "insert", bare, seconds),
        )
        what = "POST one row, validated by a script, SQLite"
        rows.append(compared("P6", what, runs, floors, 0.4, "the same insert by SQLite"))
    return rows


def rows_per_second(subject, calls, records):
    began = time.monotonic()
    for _ in range(calls):
        answer = post(subject, records)
        require(answer.status == 200, f"P7: {answer}")
    return calls * len(records) / (time.monotonic() - began)


def script_runs(subject):
    return subject.instance.script_runs()["bench._table.entry.post.pre_process"]


def p7(bench):
    """One client, call after call: a hundred rows in one call, and a hundred calls of one row."""
    rows = []
    with DurablePostgres() as postgres, Subject(
        bench.build, bench.core, kind="pgsql", settings=postgres.config()
    ) as on_postgres, Subject(bench.build, bench.core) as on_sqlite:
        make_entry(on_sqlite.database)
        for name, subject in (("PostgreSQL", on_postgres), ("SQLite", on_sqlite)):
            validated(subject)
            before = script_runs(subject)
            rows_per_second(subject, 1, [RECORD] * MANY)
            require(script_runs(subject) == before + 1, "P7: not one run of the script for a call")
            ratios, together = [], []
            for _ in range(bench.rounds):
                many = rows_per_second(subject, 20, [RECORD] * MANY)
                single = rows_per_second(subject, MANY, [RECORD])
                together.append(many)
                ratios.append(many / single)
            ratio, spread = middle(ratios)
            figures = {"rows_per_s": round(middle(together)[0]), "ratio_spread": round(spread, 3)}
            note = f"{figures['rows_per_s']:,} rows/s"
            what = f"POST {MANY} rows in one call, one run of the script, {name}"
            target = ">= 10 x the rows/s of single calls"
            rows.append(row("P7", what, figures, None, ratio, target, ratio >= 10, note))
    return rows
