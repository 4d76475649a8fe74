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


class OverOdbc:
    """The databases of another class, reached by a service of type `odbc`."""

    def __init__(self, inner, driver, dialect, options):
        self.inner = inner
        self.backend = f"odbc-{inner.backend}"
        self.driver, self.dialect, self.options = driver, dialect, options

    def create(self, fixture):
        _, config = self.inner.create(fixture)
        config.update(driver=self.driver, dialect=self.dialect, options=self.options)
        return "odbc", config

    def drop(self, config):
        self.inner.drop(config)

    def close(self):
        self.inner.close()


# backend -> what it is reached by: the driver as it is registered, the dialect, what the driver has to be told.
ODBC = {
    "odbc-sqlite": ("SQLite3", "sqlite", {"Timeout": 5000, "JournalMode": "WAL", "StepAPI": 1}),
    "odbc-postgres": (
        "PostgreSQL Unicode",
        "postgres",
        {"BoolsAsChar": 0, "Protocol": "7.4-0", "UseServerSidePrepare": 1, "MaxVarcharSize": 8000},
    ),
    # 2: rows that a change finds count, also those that are so already.
    "odbc-mysql": ("MariaDB Unicode", "mysql", {"OPTION": 2, "CHARSET": "utf8mb4"}),
}


class SqlServerDatabases:
    """Databases made by running the fixture on a server that somebody else started, through the program `tsql` of
    FreeTDS."""

    backend = "sqlsrv"

    def __init__(self, server):
        self.server = server
        self.numbers = itertools.count(1)
        self.prefix = f"sluice_{os.getpid()}"

    def create(self, fixture):
        name = f"{self.prefix}_{fixture}_{next(self.numbers)}"
        script = (FOLDER / f"{fixture}.sqlsrv.sql").read_text("utf-8")
        self.server.sql(f"CREATE DATABASE [{name}]\nGO\nUSE [{name}]\nGO\n{script}\nGO\n")
        return "sqlsrv", {**self.server.config, "database": name}

    def drop(self, config):
        name = config["database"]
        self.server.sql(
            f"ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE\nGO\nDROP DATABASE [{name}]\nGO\n"
        )

    def close(self):
        pass


# By the kind of server.
DATABASES = {"postgres": PostgresDatabases, "mysql": MysqlDatabases}
