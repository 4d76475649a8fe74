"""kill -9 at any moment: what was acknowledged stays, what was not is whole or absent."""

import http.client
import os
import sqlite3
import threading
import time

import pytest
from conftest import Contacts
from harness.database_server import wait_until
from processes import below, is_alive

ROUNDS = int(os.environ.get("SLUICE_CRASH_ROUNDS", "3"))
EVENT = "db._table.contact.post.pre_process"


class Writer(threading.Thread):
    """Posts batches of records until the server is gone, and remembers which were acknowledged."""

    def __init__(self, contacts, name, size):
        super().__init__()
        self.contacts, self.name, self.size = contacts, name, size
        self.acknowledged, self.sent = [], []

    def run(self):
        for number in range(100_000):
            batch = f"{self.name}-{number}"
            records = [{"name": f"{batch}-{i}", "note": batch} for i in range(self.size)]
            self.sent.append(batch)
            try:
                answer = self.contacts.request(
                    "POST", "_table/contact?rollback=true", {"resource": records}
                )
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 200:
                self.acknowledged.append(batch)


def rows_by_batch(contacts):
    rows = contacts.request("GET", "_table/contact?fields=name,note&filter=id > 5&limit=100000")
    assert rows.status == 200, rows
    counts = {}
    for row in rows.json["resource"]:
        assert row["name"].startswith(row["note"]), f"a row that nobody sent: {row}"
        counts[row["note"]] = counts.get(row["note"], 0) + 1
    return counts


def kill_in_rounds(server, db, size):
    """Afterwards every acknowledged batch is there, whole, and nothing that nobody sent."""
    db.request("GET", "_table/contact")
    expected, sent = set(), set()
    for number in range(ROUNDS):
        event = f"db._table.contact_{number}.get.post_process"
        db.script(event, "python3", f"# {number}")
        writers = [Writer(db, f"r{number}w{n}", size) for n in range(2)]
        for writer in writers:
            writer.start()
        assert wait_until(lambda: all(len(w.acknowledged) > 5 for w in writers), 30)
        time.sleep(0.05 * number)
        server.kill()
        for writer in writers:
            writer.join(60)
            expected |= set(writer.acknowledged)
            sent |= set(writer.sent)
        server.start()
        counts = rows_by_batch(db)
        assert expected - set(counts) == set(), "acknowledged and lost"
        assert set(counts) - sent == set(), "rows of batches that nobody sent"
        assert {n for n in counts.values()} == {size}, "a batch that is there in part"
        assert event in db.instance.names("system/event_script")


@pytest.mark.parametrize("size", [1, 20])
def test_kill_loses_no_acknowledged_write(serve, contacts, size):
    server = serve()
    db = contacts(server)
    kill_in_rounds(server, db, size)
    database = sqlite3.connect(db.config["database"])
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


@pytest.mark.parametrize("size", [1, 20])
def test_kill_loses_no_acknowledged_write_to_a_database_server(serve, database, size):
    server = serve()
    database, databases = database
    db = Contacts(server, *databases.create("contacts"))
    kill_in_rounds(server, db, size)
    assert wait_until(lambda: database.count_open_transactions() == 0, 10), "one was left open"


def test_kill_leaves_services_and_scripts_in_place(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script(EVENT, "python3", "raise BadRequestException('checked')")
    assert db.request("POST", "_table/contact", {"resource": [{"name": "x"}]}).status == 400
    server.kill()
    server.start()
    answer = db.request("POST", "_table/contact", {"resource": [{"name": "x"}]})
    assert (answer.status, answer.json["error"]["message"]) == (400, "checked")


def test_a_script_saved_and_acknowledged_survives_kill(serve, contacts):
    server = serve()
    db = contacts(server)
    for number in range(ROUNDS):
        event = f"db._table.contact_{number}.get.post_process"
        db.script(event, "python3", f"# {number}")
        server.kill()
        server.start()
        names = db.instance.names("system/event_script")
        assert event in names


def test_kill_in_the_middle_of_a_script_writes_nothing(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script(EVENT, "python3", "import time\ntime.sleep(5)")
    caller = Writer(db, "late", 1)
    caller.start()
    assert wait_until(lambda: below(server.process.pid), 20), "no host was started"
    time.sleep(0.5)
    server.kill()
    caller.join(30)
    server.start()
    assert caller.acknowledged == []
    assert rows_by_batch(db) == {}


def test_hosts_end_with_a_killed_server(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script("db._table.contact.get.post_process", "python3", "event.response.content = {}")
    assert db.request("GET", "_table/contact").status == 200
    hosts = below(server.process.pid)
    assert hosts
    server.kill()
    assert wait_until(lambda: not any(map(is_alive, hosts)), 10), "orphans"
