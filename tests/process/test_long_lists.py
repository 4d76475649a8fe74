"""Lists longer than a page come as a stream; who has to see all of an answer gets it whole."""

import csv
import http.client
import io
import socket
import time
import xml.etree.ElementTree

import pytest
from conftest import Contacts
from harness import odbc
from harness.database_server import wait_until
from harness.fixtures import DATABASES, ODBC, MysqlDatabases, OverOdbc

ROWS = 6_000
LIST = f"_table/contact?limit={ROWS}&order=id"


@pytest.fixture(params=["mysql", "postgres", "odbc-postgres", "odbc-sqlite"])
def database(request):
    """(server, its databases), once for each driver that has cursors; SQLite has no server."""
    name = request.param.removeprefix("odbc-")
    if request.param != name and not odbc.is_registered(ODBC[request.param][0]):
        pytest.skip(f"no ODBC driver '{ODBC[request.param][0]}' is registered")
    if name == "sqlite":
        server, databases = None, request.getfixturevalue("sqlite_files")
    else:
        server = request.getfixturevalue(name)
        databases = DATABASES[name](server)
    return server, databases if request.param == name else OverOdbc(databases, *ODBC[request.param])


def filled(server, database):
    contacts = Contacts(server, *database[1].create("contacts"))
    rows = [f'Person {n},p{n}@example.com,"{"x" * 300}, {n}"' for n in range(ROWS - 5)]
    contacts.headers["Content-Type"] = "text/csv"
    body = "\n".join(["name,email,note", *rows, ""])
    answer = contacts.request("POST", "_table/contact", body.encode(), timeout=120)
    assert answer.status == 200, answer.text[:500]
    del contacts.headers["Content-Type"]
    return contacts


def names(answer):
    return [row["name"] for row in answer.json["resource"]]


def test_a_long_list_is_streamed(serve, database):
    contacts = filled(serve(), database)
    answer = contacts.request("GET", LIST)
    assert answer.header("transfer-encoding") == "chunked"
    assert answer.header("content-length") is None
    assert len(names(answer)) == ROWS
    assert names(answer)[-1] == f"Person {ROWS - 6}"

    page = contacts.request("GET", "_table/contact?limit=1000")
    assert page.header("transfer-encoding") is None
    assert len(names(page)) == 1000


def test_a_long_list_is_streamed_as_csv(serve, database):
    contacts = filled(serve(), database)
    answer = contacts.request("GET", LIST + "&fields=id,name,note&file=all.csv")
    assert answer.header("transfer-encoding") == "chunked"
    assert answer.header("content-type") == "text/csv; charset=utf-8"
    assert "all.csv" in answer.header("content-disposition")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == ROWS
    assert rows[-1]["name"] == f"Person {ROWS - 6}"
    assert rows[-1]["note"] == f"{'x' * 300}, {ROWS - 6}"


def test_a_long_list_is_streamed_as_xml(serve, database):
    contacts = filled(serve(), database)
    answer = contacts.request("GET", LIST + "&fields=id,name&accept=application/xml")
    assert answer.header("transfer-encoding") == "chunked"
    assert answer.header("content-type") == "application/xml"
    root = xml.etree.ElementTree.fromstring(answer.text)
    assert [row.find("name").text for row in root][-1] == f"Person {ROWS - 6}"
    assert len(root) == ROWS


def test_a_long_list_is_streamed_with_its_relations(serve, database):
    contacts = filled(serve(), database)
    related = "related=contact_info_by_contact_id,contact_group_by_contact_group_member"
    answer = contacts.request("GET", f"{LIST}&{related}")
    assert answer.header("transfer-encoding") == "chunked"
    rows = answer.json["resource"]
    assert len(rows) == ROWS
    page = contacts.request("GET", f"_table/contact?limit=1000&order=id&{related}")
    assert page.header("transfer-encoding") is None
    assert rows[:1000] == page.json["resource"]
    assert any(row["contact_info_by_contact_id"] for row in rows)


def test_a_relation_that_fails_cuts_the_list_off(serve, database):
    contacts = filled(serve(), database)
    contacts.script(
        "db._table.contact_info.get.pre_process",
        "v8js",
        f"if (/\\b{ROWS - 100}\\b/.test(event.request.parameters.filter)) throw 'too late';",
    )
    with pytest.raises(http.client.IncompleteRead):
        contacts.request("GET", f"{LIST}&related=contact_info_by_contact_id")
    assert wait_until(lambda: "was cut off after" in contacts.server.log_text(), 10)
    few = contacts.request("GET", "_table/contact?limit=10&related=contact_info_by_contact_id")
    assert few.status == 200


def test_scripts_that_see_the_answer_see_all_of_it(serve, database):
    contacts = filled(serve(), database)
    contacts.script("db._table.contact.get.pre_process", "v8js", "event.request.parameters.x = 1")
    assert contacts.request("GET", LIST).header("transfer-encoding") == "chunked"
    contacts.script(
        "db._table.contact.get.post_process",
        "v8js",
        "event.response.content = {count: event.response.content.resource.length}",
    )
    answer = contacts.request("GET", LIST)
    assert answer.json == {"count": ROWS}
    assert answer.header("transfer-encoding") is None


def test_clients_that_could_not_tell_its_end_get_it_whole(serve, database):
    contacts = filled(serve(), database)
    lines = [f"GET /api/v2/db/{LIST} HTTP/1.0"]
    lines += [f"{name}: {value}" for name, value in contacts.headers.items()]
    answer = b""
    with socket.create_connection(contacts.server.address, 30) as client:
        client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while piece := client.recv(1 << 16):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.endswith(b"}]}")


def test_who_goes_away_leaves_the_database_to_others(serve, database):
    contacts = filled(serve(arguments=["--threads", "1"]), database)
    lines = [f"GET /api/v2/db/{LIST} HTTP/1.1", "Host: x"]
    lines += [f"{name}: {value}" for name, value in contacts.headers.items()]
    ask = ("\r\n".join(lines) + "\r\n\r\n").encode()
    began = time.monotonic()
    for _ in range(20):
        with socket.create_connection(contacts.server.address, 30) as client:
            client.sendall(ask)
            assert client.recv(100).startswith(b"HTTP/1.1 200")
    assert len(names(contacts.request("GET", LIST))) == ROWS
    assert time.monotonic() - began < 30


def test_a_client_that_stops_reading_holds_up_nobody(serve, database):
    contacts = filled(serve(arguments=["--threads", "1"]), database)
    lines = [f"GET /api/v2/db/{LIST} HTTP/1.1", "Host: x"]
    lines += [f"{name}: {value}" for name, value in contacts.headers.items()]
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(contacts.server.address)
        client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert wait_until(lambda: len(names(contacts.request("GET", LIST))) == ROWS, 10)
        answer = contacts.request("PATCH", "_table/contact/1", {"name": "Changed"})
        assert answer.status == 200
        assert contacts.request("GET", "_table/contact/1").json["name"] == "Changed"


def slow_client(contacts):
    """Has asked for the list, and takes next to nothing of it."""
    lines = [f"GET /api/v2/db/{LIST} HTTP/1.1", "Host: x"]
    lines += [f"{name}: {value}" for name, value in contacts.headers.items()]
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    client.connect(contacts.server.address)
    client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    assert client.recv(100).startswith(b"HTTP/1.1 200")
    return client


def make_large(contacts):
    """More than the kernel holds for a client, and a database's server for us."""
    answer = contacts.request(
        "PATCH", "_table/contact?filter=id%20%3E%200", {"note": "y" * 4000}, timeout=120
    )
    assert answer.status == 200, answer.text[:500]


def test_the_only_connection_is_not_kept_for_a_slow_client(serve, database):
    kind, config = database[1].create("contacts")

    class OneConnection:
        def create(self, _):
            return kind, {**config, "max_connections": 1}

    contacts = filled(serve(arguments=["--threads", "1"]), (None, OneConnection()))
    make_large(contacts)
    with slow_client(contacts):
        began = time.monotonic()
        assert contacts.request("GET", "_table/contact?limit=1").status == 200
        assert contacts.request("PATCH", "_table/contact/1", {"name": "Changed"}).status == 200
        assert time.monotonic() - began < 10


def test_a_client_may_pause_for_longer_than_mysql_waits(serve, mysql):
    mysql.sql("SET GLOBAL net_write_timeout = 2")
    contacts = filled(serve(arguments=["--threads", "1"]), (mysql, MysqlDatabases(mysql)))
    make_large(contacts)
    answer = b""
    with slow_client(contacts) as client:
        time.sleep(6)
        client.settimeout(30)
        while not answer.endswith(b"\r\n0\r\n\r\n"):
            piece = client.recv(1 << 20)
            assert piece, f"cut off after {len(answer)} bytes: {contacts.server.tail(3)}"
            answer += piece
