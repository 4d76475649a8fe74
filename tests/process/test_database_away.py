"""A database that goes away and comes back."""

import contextlib
import http.client
import os
import signal
import threading
import time

import pytest
from conftest import Contacts
from harness.database_server import wait_until
from processes import below


@pytest.fixture
def away(serve, database):
    server, databases = database
    kind, config = databases.create("contacts")
    return server, Contacts(serve(), kind, config)


def is_served(db):
    return db.request("GET", "_table/contact/1").status == 200


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_calls_fail_cleanly_and_work_again(away, mode):
    database, db = away
    assert is_served(db)
    database.stop(mode)
    for _ in range(3):
        answer = db.request("GET", "_table/contact/1")
        assert answer.status == 503, answer
        assert str(database.port) not in answer.text
        assert "127.0.0.1" not in answer.text
    write = db.request("POST", "_table/contact", {"resource": [{"name": "x"}]})
    assert write.status == 503, write
    database.start()
    # Each shard finds out for itself: ten calls in a row reach them all.
    assert wait_until(lambda: all(is_served(db) for _ in range(10)), 10), "not served again"
    assert db.request("POST", "_table/contact", {"resource": [{"name": "x"}]}).status == 200


def test_a_server_starts_while_its_database_is_away(away):
    database, db = away
    assert is_served(db)
    db.server.terminate()
    database.stop()
    db.server.start()
    assert db.request("GET", "_table/contact/1").status == 503
    assert db.server.admin("GET", "system/service?fields=name")
    database.start()
    assert wait_until(lambda: all(is_served(db) for _ in range(10)), 10)


@pytest.mark.parametrize("kind", ["pgsql", "mysql"])
def test_administrators_are_told_where_the_database_should_be(serve, kind):
    server = serve()
    config = {"host": "127.0.0.1", "port": 1, "database": "d", "username": "u", "password": "s3"}
    made = server.admin(
        "POST",
        "system/service",
        {"resource": [{"name": "gone", "type": kind, "config": config}]},
    )
    assert made["resource"]
    answer = server.request("GET", "/api/v2/gone/_table", server.admin_headers())
    assert answer.status == 503, answer
    error = answer.json["error"]
    assert error["message"] == "The database cannot be reached."
    assert (error["context"]["host"], error["context"]["port"]) == ("127.0.0.1", "1")
    assert any(word in error["context"]["cause"] for word in ("refused", "connect to"))
    assert "s3" not in answer.text


def test_connections_that_the_database_ends_are_replaced(away):
    database, db = away
    assert is_served(db)
    database.end_connections()
    statuses = [db.request("GET", "_table/contact/1").status for _ in range(10)]
    assert statuses[1:] == [200] * 9, statuses


@pytest.fixture
def frozen():
    """Stops processes where they are, as an unreachable host looks; they go on afterwards."""
    stopped = []

    def freeze(processes):
        for process in processes:
            os.kill(process, signal.SIGSTOP)
            stopped.append(process)

    yield freeze
    for process in stopped:
        with contextlib.suppress(ProcessLookupError):  # a worker of the database may have ended
            os.kill(process, signal.SIGCONT)


def ask_and_forget(db, method, path, body=None):
    def ask():
        try:
            db.request(method, path, body)
        except (OSError, ValueError, http.client.HTTPException):
            pass  # the server leaves before it answers

    caller = threading.Thread(target=ask)
    caller.start()
    return caller


def test_term_does_not_wait_for_a_database_that_is_out_of_reach(serve, database, frozen):
    database, databases = database
    kind, config = databases.create("contacts")
    server = serve(arguments=["--grace", "1", "--request-time", "2"])
    db = Contacts(server, kind, config)
    database.make_slow_view(config["database"])
    assert is_served(db)
    callers = [ask_and_forget(db, "GET", "_table/slow?limit=10") for _ in range(2)]
    assert wait_until(lambda: database.count_running("slow") == 2, 10), "no query is running"
    frozen([database.pid(), *below(database.pid())])
    time.sleep(2.5)  # by now those that run are too late, and are asked to stop
    two = {"resource": [{"name": "x"}, {"name": "y"}]}
    callers += [ask_and_forget(db, "POST", "_table/contact", two) for _ in range(4)]
    time.sleep(0.3)  # and these are connecting
    start = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - start < 3
    for caller in callers:
        caller.join(30)


def test_a_removed_sqlite_file_is_an_error_and_no_new_database(serve, contacts, tmp_path):
    server = serve()
    db = contacts(server)
    os.remove(db.config["database"])
    server.terminate()
    server.start()
    answer = db.request("GET", "_table/contact")
    assert answer.status >= 400, answer
    assert db.config["database"] not in answer.text


def open_files(server):
    folder = f"/proc/{server.process.pid}/fd"
    files = []
    for name in os.listdir(folder):
        try:
            files.append(os.readlink(os.path.join(folder, name)))
        except FileNotFoundError:  # closed meanwhile
            continue
    return files


def test_a_deleted_service_lets_go_of_its_file(serve, contacts):
    server = serve()
    db = contacts(server)
    for _ in range(20):  # every shard
        assert db.request("GET", "_table/contact").status == 200
    path = db.config["database"]
    assert path in open_files(server)
    db.instance.clear()
    assert wait_until(lambda: path not in open_files(server), 5), open_files(server)
