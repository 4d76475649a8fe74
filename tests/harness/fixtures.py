"""Each case's own database: a copy of a template that is built once from tests/fixtures/<name>.<backend>.sql."""

import contextlib
import itertools
import os
import pathlib
import shutil
import sqlite3
import tempfile
import threading

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "fixtures"


class Sqlite:
    """Copies of a file."""

    backend = "sqlite"

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="sluice-fixtures.")
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()

    def template(self, fixture):
        path = os.path.join(self.folder, f"{fixture}.template")
        with self.lock:
            if not os.path.exists(path):
                database = sqlite3.connect(path)
                database.executescript((FOLDER / f"{fixture}.sqlite.sql").read_text("utf-8"))
                database.close()
        return path

    def create(self, fixture):
        """(service type, service config) of a fresh database."""
        path = os.path.join(self.folder, f"{fixture}_{next(self.numbers)}.db")
        shutil.copyfile(self.template(fixture), path)
        return "sqlite", {"database": path}

    def drop(self, config):
        for end in ("", "-wal", "-shm", "-journal"):
            # The server, which lets go of a deleted service's file about now, removes some itself.
            with contextlib.suppress(FileNotFoundError):
                os.remove(config["database"] + end)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresDatabases:
    """Databases cloned from a template database."""

    backend = "postgres"

    def __init__(self, server):
        self.server = server
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()
        self.templates = set()
        self.prefix = f"sluice_{os.getpid()}"

    def template(self, fixture):
        name = f"{self.prefix}_{fixture}"
        with self.lock:
            if name not in self.templates:
                self.server.sql(f'CREATE DATABASE "{name}"')
                self.server.sql((FOLDER / f"{fixture}.postgres.sql").read_text("utf-8"), name)
                self.templates.add(name)
        return name

    def create(self, fixture):
        template = self.template(fixture)
        name = f"{template}_{next(self.numbers)}"
        self.server.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return "pgsql", {
            "host": "127.0.0.1",
            "port": self.server.port,
            "database": name,
            "username": self.server.user,
            "password": "",
        }

    def drop(self, config):
        self.server.sql(f'DROP DATABASE IF EXISTS "{config["database"]}" WITH (FORCE)')

    def close(self):
        for name in sorted(self.templates):
            self.server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class MysqlDatabases:
    """Databases made by running the fixture: MySQL clones none."""

    backend = "mysql"

    def __init__(self, server):
        self.server = server
        self.numbers = itertools.count(1)
        self.prefix = f"sluice_{os.getpid()}"

    def create(self, fixture):
        name = f"{self.prefix}_{fixture}_{next(self.numbers)}"
        script = (FOLDER / f"{fixture}.mysql.sql").read_text("utf-8")
        self.server.sql(f"CREATE DATABASE `{name}`; USE `{name}`; {script}")
        return "mysql", {
            "host": "127.0.0.1",
            "port": self.server.port,
            "database": name,
            "username": self.server.user,
            "password": self.server.password,
        }

    def drop(self, config):
        self.server.sql(f"DROP DATABASE IF EXISTS `{config['database']}`")

    def close(self):
        pass


# By the kind of server.
DATABASES = {"postgres": PostgresDatabases, "mysql": MysqlDatabases}
