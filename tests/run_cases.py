#!/usr/bin/env python3
"""Runs the case files against the real binary, on every backend that they name.

    tests/run_cases.py [--build build/asan] [-b backend] [-k words] [--slow] [path ...]

Backends: sqlite, postgres, mysql; odbc-sqlite, odbc-postgres, odbc-mysql, which is the same through ODBC, or odbc for
all three; sqlsrv, at $SLUICE_TEST_SQLSRV_HOST. Left out: all of them, through ODBC with one engine of each case.

Closes with `N passed, N failed, N skipped`; the exit status is 0 only when nothing failed.
PostgreSQL and MariaDB: the ones at $SLUICE_TEST_POSTGRES and $SLUICE_TEST_MYSQL, else ones of its own; where none is
installed, its cases are reported as skipped. The form of a case is described in tests/cases/README.md.
"""

import argparse
import os
import pathlib
import queue
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from harness import case_file, mariadb, odbc, postgres, sqlserver  # noqa: E402
from harness.case_run import CaseRun, Failed  # noqa: E402
from harness.fixtures import (  # noqa: E402
    ODBC,
    MysqlDatabases,
    OverOdbc,
    PostgresDatabases,
    Sqlite,
    SqlServerDatabases,
)
from harness.instance import Instance  # noqa: E402
from harness.server import Server  # noqa: E402


class Report:
    """What came of each run; printed as it comes."""

    def __init__(self, verbose):
        self.lock = threading.Lock()
        self.verbose = verbose
        self.passed, self.failed, self.skipped = 0, [], {}

    def passes(self, name, seconds):
        with self.lock:
            self.passed += 1
            if self.verbose:
                print(f"ok      {name} ({seconds:.2f} s)", flush=True)

    def fails(self, name, why, log=""):
        with self.lock:
            self.failed.append(name)
            print(f"FAILED  {name}\n  {why}", flush=True)
            if log:
                print("  the server said:\n" + "\n".join("  | " + x for x in log.splitlines()))

    def skips(self, name, why):
        with self.lock:
            self.skipped.setdefault(why, []).append(name)

    def close(self):
        for why, names in sorted(self.skipped.items()):
            print(f"skipped {len(names)}: {why}")
        for name in sorted(self.failed):
            print(f"failed: {name}")
        skipped = sum(map(len, self.skipped.values()))
        print(f"{self.passed} passed, {len(self.failed)} failed, {skipped} skipped", flush=True)
        return 1 if self.failed or not self.passed else 0


class Worker:
    """One server, one case after the other. A server that died is started again for the next."""

    def __init__(self, build, databases, report):
        self.build = build
        self.databases = databases
        self.report = report
        self.server = None
        self.engines, self.kinds, self.waiting = set(), set(), set()

    def ready(self):
        if self.server is None or not self.server.is_alive:
            self.close()
            self.server = Server(self.build)
            instance = Instance(self.server)
            instance.clear()
            self.engines = instance.names("system/script_type")
            self.kinds = instance.names("system/service_type")

    def work(self, cases):
        try:
            while True:
                try:
                    case, engine = cases.get_nowait()
                except queue.Empty:
                    break
                self.one(case, engine)
        finally:
            self.close()

    def one(self, case, engine):
        where = " ".join(filter(None, (self.databases.backend, engine)))
        name = f"{relative(case.path)} [{where}]"
        start, read_from = time.monotonic(), 0
        try:
            self.ready()
            lacking = self.lacking(case, engine)
            if lacking:
                self.report.skips(name, f"no {lacking} here")
                return
            read_from = len(self.server.log_text())
            run = CaseRun(case, engine, self.server, self.databases)
            self.attempt(run, name)
            if not self.server.is_alive:
                raise Failed("the server ended")
            if name not in self.waiting:
                self.report.passes(name, time.monotonic() - start)
        except (Failed, RuntimeError) as fault:
            said = self.server.log_text()[read_from:] if self.server else ""
            self.report.fails(name, str(fault), "\n".join(said.splitlines()[-15:]))

    def attempt(self, run, name):
        """A case that awaits something must fail: once it passes, its line has to go."""
        awaited = run.case.awaits
        try:
            run.run()
        except Failed:
            if not awaited or not self.server.is_alive:
                raise
            self.report.skips(name, f"awaits {awaited}")
            self.waiting.add(name)
            return
        if awaited:
            raise Failed(f"passes, though it awaits {awaited}: remove the line")

    def lacking(self, case, engine):
        engines = {engine} if engine else {script.engines[0] for script in case.scripts}
        kinds = {s.types[0] for s in case.services} - {"db"} - set(case_file.ENGINES)
        missing = {e for e in engines - self.engines} | (kinds | set(case.needs)) - self.kinds
        return " ".join(sorted(missing - {None}))

    def close(self):
        if self.server is not None:
            fault = self.server.sanitizer_report() if self.server.process else None
            try:
                self.server.close()
            except RuntimeError as late:
                fault = fault or str(late)
            self.server = None
            if fault:
                self.report.fails(f"the server itself [{self.databases.backend}]", fault)


def relative(path):
    return os.path.relpath(path, HERE.parent)


def find_cases(paths):
    for path in paths:
        path = pathlib.Path(path)
        yield from sorted(path.rglob("*.case")) if path.is_dir() else [path]


def collect(options, report):
    """backend -> the runs on it."""
    runs = {backend: [] for backend in ("sqlite", "postgres", "mysql", "sqlsrv", *ODBC)}
    for path in find_cases(options.paths or [HERE / "cases"]):
        try:
            case = case_file.parse(path)
        except case_file.Faulty as fault:
            report.fails(relative(path), str(fault))
            continue
        words = f"{relative(path)} {case.name}"
        if options.words and options.words not in words:
            continue
        for backend in backends_of(case, relative(path), options):
            if case.slow and not options.slow:
                report.skips(relative(path), "slow")
            elif backend not in runs:
                report.skips(relative(path), f"no backend {backend} here")
            else:
                engines = case.engines or [None]
                # What scripts do is the same whatever reaches the database.
                is_beside = backend in ODBC and options.backend is None
                runs[backend] += [(case, engine) for engine in engines[: 1 if is_beside else None]]
    return runs


def backends_of(case, path, options):
    """Those that the case names; each of them through ODBC, and SQL Server, where they are asked for."""
    wanted = options.backend
    for backend in case.backends:
        if wanted in (None, backend):
            yield backend
        over = f"odbc-{backend}"
        if over not in ODBC or odbc.cannot(over, path):
            continue
        if wanted in (None, "odbc", over):
            yield over
    if wanted == "sqlsrv" and "sqlsrv" not in case.backends and len(case.backends) > 1:
        if not odbc.cannot("sqlsrv", path):
            yield "sqlsrv"


# backend -> where a server may be, the one that somebody else started, one of our own, its databases
SERVERS = {
    "postgres": (
        "SLUICE_TEST_POSTGRES",
        postgres.Borrowed,
        postgres.Postgres,
        PostgresDatabases,
    ),
    "mysql": (
        "SLUICE_TEST_MYSQL",
        mariadb.Borrowed,
        mariadb.MariaDb,
        MysqlDatabases,
    ),
}


def start_server(backend, report, runs):
    """The server, or None with its cases reported as skipped."""
    wanting = [name for name in (backend, f"odbc-{backend}") if runs[name]]
    if not wanting:
        return None
    variable, borrow, start, _ = SERVERS[backend]
    try:
        url = os.environ.get(variable)
        return borrow(url) if url else start()
    except RuntimeError as fault:
        for name in wanting:
            skip_all(name, report, runs, str(fault))
        return None


def skip_all(backend, report, runs, why):
    for case, _ in runs[backend]:
        report.skips(relative(case.path), why)
    runs[backend] = []


def through_odbc(databases, report, runs):
    for backend, (driver, dialect, driver_options) in ODBC.items():
        inner = databases.get(backend.removeprefix("odbc-"))
        if runs[backend] and not odbc.is_registered(driver):
            skip_all(backend, report, runs, f"no ODBC driver '{driver}' is registered")
        if runs[backend]:
            databases[backend] = OverOdbc(inner, driver, dialect, driver_options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", help="case files or folders (default: tests/cases)")
    parser.add_argument("--build", default=str(HERE.parent / "build" / "asan"))
    parser.add_argument("-b", "--backend", help="only this one")
    parser.add_argument("-k", "--words", help="only cases whose path or name holds this")
    parser.add_argument("-j", "--jobs", type=int, default=2, help="servers at a time")
    parser.add_argument("--slow", action="store_true", help="the slow cases too")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each run")
    options = parser.parse_args()

    report = Report(options.verbose)
    runs = collect(options, report)
    databases, servers = {"sqlite": Sqlite()}, []
    try:
        for backend, (_, _, _, make) in SERVERS.items():
            server = start_server(backend, report, runs)
            if server:
                servers.append(server)
                databases[backend] = make(server)
        if runs["sqlsrv"]:
            try:
                databases["sqlsrv"] = SqlServerDatabases(sqlserver.Borrowed())
            except RuntimeError as fault:
                skip_all("sqlsrv", report, runs, str(fault))
        through_odbc(databases, report, runs)
        busy = [backend for backend in runs if runs[backend]]
        workers = []
        for backend in busy:
            cases = queue.SimpleQueue()
            for run in runs[backend]:
                cases.put(run)
            for _ in range(max(1, options.jobs // len(busy))):
                worker = Worker(options.build, databases[backend], report)
                workers.append(threading.Thread(target=worker.work, args=(cases,)))
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        for made in databases.values():
            made.close()
        for server in servers:
            server.close()
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
