"""Services of type `odbc` where the driver, or the database behind it, does not end by itself."""

import pytest
from conftest import Contacts
from harness import odbc
from harness.database_server import wait_until
from harness.fixtures import ODBC, MysqlDatabases, OverOdbc

NAME = "odbc-mysql"

pytestmark = pytest.mark.skipif(
    not odbc.is_registered(ODBC[NAME][0]), reason="SKIPPED: install odbc-mariadb to run this"
)


@pytest.fixture
def routines(serve, mysql):
    databases = OverOdbc(MysqlDatabases(mysql), *ODBC[NAME])
    return mysql, Contacts(serve(arguments=["--threads", "1"]), *databases.create("routines"))


def test_a_call_without_an_end_is_stopped_in_the_database(routines):
    mysql, db = routines
    for _ in range(3):
        answer = db.request("GET", "_proc/endless")
        assert answer.status == 400, answer
        assert "more than 1000 results" in answer.text
    assert wait_until(lambda: mysql.count_running("CALL%endless%") == 0, 10)
    assert db.request("GET", "_proc/cheap(5)").status == 200
