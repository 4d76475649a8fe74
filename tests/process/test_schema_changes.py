"""Tables that others make and change, and what a change through `_schema` makes of them (SQLite rebuilds a table)."""

import contextlib
import itertools
import sqlite3
import threading
import time

import pytest

ODD = """
CREATE TABLE kv (key TEXT, value CHARACTER VARYING(20) NOT NULL, period INT, id INTEGER PRIMARY KEY);
INSERT INTO kv VALUES ('a', 'b', 1, 5);
CREATE TABLE strict_one (id INTEGER PRIMARY KEY, v TEXT) STRICT;
INSERT INTO strict_one VALUES (1, 'a');
"""


@pytest.fixture
def db(serve, contacts):
    return contacts(serve())


def sql(db, text):
    with contextlib.closing(sqlite3.connect(db.config["database"])) as database:
        rows = [database.execute(part).fetchall() for part in text.split(";\n") if part.strip()]
        database.commit()
    return rows[-1]


def changed(db, path, body, status=200):
    answer = db.request("PATCH", "_schema/" + path, body)
    assert answer.status == status, answer
    return answer.json


def test_a_column_that_came_meanwhile_keeps_its_values(db):
    assert db.request("GET", "_schema/country").status == 200
    sql(db, "ALTER TABLE country ADD COLUMN anthem TEXT;\nUPDATE country SET anthem = code")
    changed(db, "country/_field/name", {"default": "nowhere"})
    assert sql(db, "SELECT code, anthem FROM country ORDER BY code") == [("GB", "GB"), ("WS", "WS")]


def test_a_column_that_went_meanwhile_is_missed(db):
    assert db.request("GET", "_schema/country").status == 200
    sql(db, "ALTER TABLE country DROP COLUMN name")
    changed(db, "country/_field/name", {"default": "nowhere"}, 404)
    answer = db.request("POST", "_schema/country/_field", {"name": "name", "type": "string"})
    assert answer.status == 200, answer


def test_names_and_types_may_be_words_of_other_databases(db):
    sql(db, ODD)
    changed(db, "kv/_field/value", {"default": "x"})
    changed(db, "kv/_field/value", {"length": 30})
    changed(db, "kv/_field/key", {"allow_null": False})
    assert sql(db, "SELECT * FROM kv") == [("a", "b", 1, 5)]
    (definition,) = sql(db, "SELECT sql FROM sqlite_master WHERE name = 'kv'")
    assert definition[0] == (
        "CREATE TABLE \"kv\" (key TEXT NOT NULL, value VARCHAR(30) NOT NULL DEFAULT 'x', "
        "period INT, id INTEGER PRIMARY KEY)"
    )


def test_a_strict_table_takes_no_new_types(db):
    sql(db, ODD)
    said = changed(db, "strict_one/_field/v", {"length": 30}, 501)
    assert "STRICT" in said["error"]["message"]
    answer = db.request("POST", "_schema/strict_one/_field", {"name": "w", "type": "string"})
    assert answer.status == 501, answer
    changed(db, "strict_one/_field/v", {"default": "x"})
    assert sql(db, "SELECT * FROM strict_one") == [(1, "a")]


def test_what_is_kept_about_a_field_that_is_gone_is_not_that_of_a_new_one(db):
    said = {"label": "Old", "validation": {"not_null": {"on_fail": "Old."}}}
    changed(db, "country/_field/name", said)
    sql(db, "ALTER TABLE country DROP COLUMN name")
    answer = db.request("POST", "_schema/country/_field", {"name": "name", "type": "string"})
    assert answer.status == 200, answer
    shown = db.request("GET", "_schema/country/_field/name").json
    assert (shown["label"], shown["validation"]) == ("Name", None)


def test_a_field_may_take_the_name_of_one_that_is_gone(db):
    changed(db, "contact/_field/note", {"label": "Old", "description": "Gone"})
    sql(db, "ALTER TABLE contact DROP COLUMN note")
    changed(db, "contact/_field/age", {"label": "Years"})
    changed(db, "contact/_field/age", {"name": "note"})
    shown = db.request("GET", "_schema/contact/_field/note").json
    assert (shown["label"], shown["description"]) == ("Years", None)


def test_what_others_say_of_a_field_meanwhile_stays(db):
    """A label that is sent says nothing of functions: it must not bring back an earlier one."""
    field = "contact/_field/email"
    done, statuses = threading.Event(), []

    def relabel():
        for number in itertools.count():
            if done.is_set():
                return
            answer = db.request("PATCH", "_schema/" + field, {"label": f"L{number}"})
            statuses.append(answer.status)

    threads = [threading.Thread(target=relabel) for _ in range(3)]
    for thread in threads:
        thread.start()
    kept = []
    for number in range(1, 41):
        function = f"substr(email, 1, {number})"
        said = {"db_function": [{"use": ["SELECT"], "function": function}]}
        db.server.admin("PATCH", "db/_schema/" + field, said)
        time.sleep(0.02)
        shown = db.request("GET", "_schema/" + field).json["db_function"]
        kept.append(shown[0]["function"] == function)
    done.set()
    for thread in threads:
        thread.join(60)
    assert all(kept), kept
    assert set(statuses) == {200}
