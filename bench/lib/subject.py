"""The server under measurement: its data, services, keys and scripts, made through its own API."""

import json
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile

from . import process

HERE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE.parent / "tests"))

from harness import client  # noqa: E402
from harness.instance import Instance, access_row  # noqa: E402
from harness.server import Server  # noqa: E402

ROWS, PAGE = 1000, 20
# engine -> the script that renames a field in every row
ENGINES = {"v8js": "rename.js", "nodejs": "rename.js", "php": "rename.php", "python3": "rename.py"}


def page_path(table):
    return f"/api/v2/bench/_table/{table}?limit={PAGE}"


def script_text(name):
    return (HERE / "scripts" / name).read_text("utf-8")


def make_database(path, tables):
    """Tables of the same 1,000 rows of eight columns; a page of twenty is some 3 KB of JSON."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    for table in tables:
        database.execute(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, "
            "city TEXT, age INTEGER, balance REAL, visits INTEGER, created TEXT)"
        )
        database.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    i,
                    f"Person Number {i}",
                    f"person{i}@example.com",
                    f"City {i % 97}",
                    18 + i % 60,
                    i * 3 + 0.25,
                    i * 17 % 1009,
                    f"2026-01-{1 + i % 28:02}T10:00:{i % 60:02}",
                )
                for i in range(1, ROWS + 1)
            ),
        )
    database.commit()
    database.close()


class Subject:
    """A server on its core, with a key whose role may do everything with the database `bench`."""

    def __init__(self, build, core, tables=("contact",), kind="sqlite", settings=None):
        self.folder = tempfile.mkdtemp(prefix="sluice-bench.")
        self.database = os.path.join(self.folder, "bench.db")
        self.core = core
        self.server = None
        try:
            make_database(self.database, tables)
            self.server = Server(
                build,
                data=os.path.join(self.folder, "data"),
                arguments=["--threads", "1"],
                start=False,
                limits=process.keep_on(core),
            )
            os.mkdir(self.server.data)
            self.server.start()
            self.instance = Instance(self.server)
            self.instance.clear()
            config = {"database": self.database} if kind == "sqlite" else {}
            service = self.instance.add_service("bench", kind, {**config, **(settings or {})})
            access = [
                access_row(service, component, ["all"], ["api", "script"])
                for component in ("_table/*", "_schema/*")
            ]
            self.headers = {"X-DreamFactory-API-Key": self.instance.add_key("bench", access)}
        except Exception:
            self.close()
            raise

    @property
    def pid(self):
        return self.server.process.pid

    @property
    def address(self):
        return self.server.address

    def attach(self, table, engine, text, options=None):
        event = f"bench._table.{table}.get.post_process"
        self.instance.add_script(event, engine, text, True, True, options or {})

    def get(self, path):
        """The body; RuntimeError on anything but 200."""
        answer = client.request(self.address, "GET", path, self.headers, None, 30)
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer}")
        return answer.body

    def page(self, table):
        return self.get(page_path(table))

    def close(self):
        if self.server is not None:
            self.server.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def renamed(page):
    """What the rename script must make of a page."""
    document = json.loads(page)
    for row in document["resource"]:
        row["full_name"] = row.pop("name")
    return document
