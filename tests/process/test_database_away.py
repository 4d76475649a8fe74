"""A database that goes away and comes back."""

import os

import pytest
from conftest import Contacts
from harness.fixtures import PostgresDatabases
from harness.postgres import wait_until


@pytest.fixture
def away(serve, postgres):
    databases = PostgresDatabases(postgres)
    kind, config = databases.create("contacts")
    return postgres, Contacts(serve(), kind, config)


def is_served(db):
    return db.request("GET", "_table/contact/1").status == 200


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_calls_fail_cleanly_and_work_again(away, mode):
    postgres, db = away
    assert is_served(db)
    postgres.stop(mode)
    for _ in range(3):
        answer = db.request("GET", "_table/contact/1")
        assert answer.status == 503, answer
        assert str(postgres.port) not in answer.text
        assert "127.0.0.1" not in answer.text
    write = db.request("POST", "_table/contact", {"resource": [{"name": "x"}]})
    assert write.status in (503, 400), write
    postgres.start()
    # Each shard finds out for itself: ten calls in a row reach them all.
    assert wait_until(lambda: all(is_served(db) for _ in range(10)), 10), "not served again"
    assert db.request("POST", "_table/contact", {"resource": [{"name": "x"}]}).status == 200


def test_a_server_starts_while_its_database_is_away(away):
    postgres, db = away
    assert is_served(db)
    db.server.terminate()
    postgres.stop()
    db.server.start()
    assert db.request("GET", "_table/contact/1").status == 503
    assert db.server.admin("GET", "system/service?fields=name")
    postgres.start()
    assert wait_until(lambda: all(is_served(db) for _ in range(10)), 10)


def test_connections_that_the_database_ends_are_replaced(away):
    postgres, db = away
    assert is_served(db)
    postgres.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    statuses = [db.request("GET", "_table/contact/1").status for _ in range(10)]
    assert statuses[1:] == [200] * 9, statuses


def test_a_removed_sqlite_file_is_an_error_and_no_new_database(serve, contacts, tmp_path):
    server = serve()
    db = contacts(server)
    os.remove(db.config["database"])
    server.terminate()
    server.start()
    answer = db.request("GET", "_table/contact")
    assert answer.status >= 400, answer
    assert db.config["database"] not in answer.text
