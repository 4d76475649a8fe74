"""A database that is locked, silent or slow holds up its own callers and nobody else's."""

import contextlib
import socket
import sqlite3
import threading
import time

import pytest
from conftest import Contacts
from harness.database_server import wait_until
from harness.fixtures import PostgresDatabases

ONE_SHARD = ["--threads", "1"]
# Seconds that an answer may take beside what waits: a sanitizer and a busy machine are in it.
LIMIT = 0.1


@contextlib.contextmanager
def locked(path):
    """Another process's exclusive lock, in the mode in which it keeps readers out, too."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@contextlib.contextmanager
def callers(count, ask):
    """`count` callers of `ask` at once; gives the list that their answers and times go to."""
    answers = []

    def call():
        start = time.monotonic()
        answer = ask()
        answers.append((answer, time.monotonic() - start))

    threads = [threading.Thread(target=call) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield answers
    for thread in threads:
        thread.join(60)


def slowest_of(ask, seconds):
    """The longest that an answer took; all must be 200."""
    slowest, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        answer = ask()
        slowest = max(slowest, time.monotonic() - start)
        assert answer.status == 200, answer
        time.sleep(0.01)
    return slowest


def test_a_locked_sqlite_file_holds_up_its_own_callers_only(serve, contacts, sqlite_files):
    db = contacts(serve(arguments=ONE_SHARD))
    config = sqlite_files.create("contacts")[1]
    db.instance.add_service("locked", "sqlite", config)
    headers = db.server.admin_headers()
    assert db.request("GET", "_table/contact/1").status == 200
    with locked(config["database"]):
        with callers(
            5, lambda: db.server.request("GET", "/api/v2/locked/_table/contact/1", headers)
        ) as answers:
            time.sleep(0.2)
            assert slowest_of(lambda: db.request("GET", "_table/contact/1"), 3) < 0.3
        assert [answer.status for answer, _ in answers] == [503] * 5, answers
        assert "busy" in answers[0][0].text
    answer = None

    def is_served():
        nonlocal answer
        answer = db.server.request("GET", "/api/v2/locked/_table/contact/1", headers)
        return answer.status == 200

    assert wait_until(is_served, 5), answer


@pytest.mark.parametrize("kind", ["pgsql", "mysql"])
def test_a_silent_server_holds_up_its_own_callers_only(serve, database, kind):
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:
        server = serve(arguments=ONE_SHARD)
        db = Contacts(server, *database[1].create("contacts"))
        config = {"host": "127.0.0.1", "port": silent.getsockname()[1]}
        config.update({"database": "d", "username": "u"})
        db.instance.add_service("silent", kind, config)
        headers = server.admin_headers()
        with callers(
            60, lambda: server.request("GET", "/api/v2/silent/_table/t", headers)
        ) as answers:
            time.sleep(0.5)
            assert not answers
            start = time.monotonic()
            assert db.request("GET", "_table/contact/1").status == 200
            assert time.monotonic() - start < 1
        assert [answer.status for answer, _ in answers] == [503] * 60, answers
        assert max(took for _, took in answers) < 7


def test_many_silent_servers_keep_no_file_waiting(serve, contacts):
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:
        db = contacts(serve(arguments=ONE_SHARD))
        config = {"host": "127.0.0.1", "port": silent.getsockname()[1]}
        config.update({"database": "d", "username": "u"})
        names = [f"silent{number}" for number in range(10)]
        for name in names:
            db.instance.add_service(name, "mysql", config)
        headers = db.server.admin_headers()
        waiting = iter(names)

        def ask():
            return db.server.request("GET", f"/api/v2/{next(waiting)}/_table/t", headers)

        with callers(len(names), ask) as answers:
            time.sleep(0.5)
            assert not answers
            # The first call opens the file, and a long read is done on a thread.
            start = time.monotonic()
            assert (
                db.request("GET", "_table/contact?filter=name%20like%20%27%25a%25%27").status == 200
            )
            assert time.monotonic() - start < 1
        assert [answer.status for answer, _ in answers] == [503] * len(names), answers


def test_the_list_of_events_asks_all_databases_at_once(serve, contacts):
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:
        server = serve(arguments=ONE_SHARD)
        db = contacts(server)
        config = {"host": "127.0.0.1", "port": silent.getsockname()[1]}
        config.update({"database": "d", "username": "u"})
        for name, kind in (("silent", "pgsql"), ("still", "mysql"), ("mute", "pgsql")):
            db.instance.add_service(name, kind, config)
        start = time.monotonic()
        events = server.admin("GET", "system/event")
        assert time.monotonic() - start < 4.5
        table = events["db"]["db._table.{table_name}"]
        assert "contact" in table["parameter"]["table_name"]
        assert events["mute"]["mute._table.{table_name}"]["parameter"] is None
        start = time.monotonic()
        names = server.admin("GET", "system/event?services_only=true")["resource"]
        assert time.monotonic() - start < 1
        assert {"db", "silent", "still", "mute"} <= set(names)
        start = time.monotonic()
        db.instance.add_script("silent._table.get.post_process", "nodejs", "", True, True, {})
        assert time.monotonic() - start < 2.5


def test_a_locked_table_holds_up_its_own_readers_only(serve, postgres):
    server = serve(arguments=ONE_SHARD)
    databases = PostgresDatabases(postgres)
    db = Contacts(server, *databases.create("contacts"))
    name = db.config["database"]
    postgres.sql("CREATE TABLE held (id INTEGER PRIMARY KEY); INSERT INTO held VALUES (1)", name)
    postgres.sql("CREATE TABLE new (id INTEGER PRIMARY KEY); INSERT INTO new VALUES (1)", name)
    for path in ("_table/held/1", "_table/contact/1"):
        for _ in range(10):  # quick ones, as far as anybody knows
            assert db.request("GET", path).status == 200
    holder = threading.Thread(
        target=postgres.sql,
        args=("BEGIN; LOCK TABLE held; SELECT pg_sleep(6); COMMIT", name),
    )
    holder.start()
    locks = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
    assert wait_until(lambda: int(postgres.sql(locks, name)) > 0, 5)
    with callers(40, lambda: db.request("GET", "_table/held/1")) as answers:
        time.sleep(0.3)
        assert slowest_of(lambda: db.request("GET", "_table/contact/1"), 3) < LIMIT
        # Its table is looked up first, in statements that nobody has run so far.
        assert slowest_of(lambda: db.request("GET", "_table/new/1"), 0.3) < 4 * LIMIT
        assert not answers
    holder.join()
    assert [answer.status for answer, _ in answers] == [200] * 40, answers


def test_the_database_stops_what_takes_longer_than_the_service_allows(serve, postgres):
    kind, config = PostgresDatabases(postgres).create("contacts")
    postgres.sql("CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(60)::text AS t", config["database"])
    db = Contacts(serve(), kind, {**config, "statement_timeout": 300})
    start = time.monotonic()
    assert db.request("GET", "_table/slow").status == 504
    assert time.monotonic() - start < 5
