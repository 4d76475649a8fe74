"""Servers and databases for the tests of whole processes. The build is $SLUICE_BUILD, else build/asan."""

import os
import pathlib
import shutil
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from harness import mariadb  # noqa: E402
from harness.fixtures import DATABASES, Sqlite  # noqa: E402
from harness.instance import Instance, access_row  # noqa: E402
from harness.postgres import Postgres, binaries  # noqa: E402
from harness.server import Server  # noqa: E402

BUILD = os.environ.get("SLUICE_BUILD", str(HERE.parent.parent / "build" / "asan"))


@pytest.fixture
def serve():
    """Starts servers; all are ended afterwards, and a sanitizer's word fails the test."""
    servers = []

    def start(build=BUILD, **options):
        server = Server(build, **options)
        servers.append(server)
        return server

    yield start
    reports = [server.sanitizer_report() for server in servers if server.process]
    for server in servers:
        server.close()
    assert not any(reports), next(filter(None, reports))


@pytest.fixture
def folder():
    """An empty folder that another account may enter, which pytest's own are not for."""
    path = tempfile.mkdtemp(prefix="sluice-test.")
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def sqlite_files():
    databases = Sqlite()
    yield databases
    databases.close()


@pytest.fixture
def postgres():
    if not binaries():
        pytest.skip("no PostgreSQL server is installed")
    server = Postgres()
    yield server
    server.close()


@pytest.fixture
def mysql():
    if not mariadb.is_installed():
        pytest.skip("no MariaDB server is installed")
    server = mariadb.MariaDb()
    yield server
    server.close()


@pytest.fixture(params=sorted(DATABASES))
def database(request):
    """(server, its databases), once for each kind of server."""
    server = request.getfixturevalue(request.param)
    return server, DATABASES[request.param](server)


class Contacts:
    """Service `db` over the contacts fixture, with a key that may do everything on it."""

    def __init__(self, server, kind, config):
        self.server = server
        self.config = config
        self.instance = Instance(server)
        self.instance.clear()
        service = self.instance.add_service("db", kind, {**config, "max_records": 100_000})
        rows = [access_row(service, "*", ["ALL"], ["api", "script"])]
        self.headers = {"X-API-Key": self.instance.add_key("everything", rows)}

    def request(self, method, path, body=None, timeout=60):
        return self.server.request(method, "/api/v2/db/" + path, self.headers, body, timeout)

    def script(self, event, engine, body, modify=True, **options):
        options = {key: str(value) for key, value in options.items()}
        self.instance.add_script(event, engine, body, modify, True, options)


@pytest.fixture
def contacts(sqlite_files):
    def make(server):
        return Contacts(server, *sqlite_files.create("contacts"))

    return make
