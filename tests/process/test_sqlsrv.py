"""Services of type `sqlsrv` against something that speaks SQL Server's protocol, through FreeTDS."""

import datetime
import threading
import time

import pytest
from conftest import Contacts
from harness import odbc
from tds_server import TdsServer, done, fault, rows

pytestmark = pytest.mark.skipif(
    not odbc.is_registered("FreeTDS"), reason="SKIPPED: install tdsodbc to run this"
)

PASSWORD = "p;}{x'"
# Name, type, length, precision, scale.
FIELDS = [
    ("id", "int", 4, 10, 0),
    ("name", "nvarchar", 160, 0, 0),
    ("balance", "decimal", 17, 38, 10),
    ("active", "bit", 1, 1, 0),
    ("born", "date", 3, 10, 0),
    ("at", "time", 5, 16, 7),
    ("created", "datetime2", 8, 27, 7),
    ("seen", "datetimeoffset", 10, 34, 7),
    ("code", "uniqueidentifier", 16, 0, 0),
    ("size", "bigint", 8, 19, 0),
    ("weight", "real", 4, 24, 0),
    ("note", "nvarchar", -1, 0, 0),
    ("picture", "varbinary", 8000, 0, 0),
]
TYPES = [
    "int", "text", "decimal", "bit", "date", "time", "datetime2", "datetimeoffset", "uuid", "bigint", "real", "max",
    "binary",
]  # fmt: skip
ROW = (
    1,
    "日本 😀",
    "-12345678901234567890.0123456789",
    1,
    datetime.date(2024, 2, 29),
    datetime.datetime(2024, 1, 1, 8, 50, 20, 500000),
    datetime.datetime(2024, 1, 2, 3, 4, 5, 120000),
    datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
    "c0ffee00-0000-4000-8000-00000000abcd",
    2**62 + 1,
    0.1,
    "x" * 9000 + "😀",
    b"\0\xff",
)


class Stub:
    """One table, `contact`, and what else a test says: (words of the statement, the answer)."""

    def __init__(self, *answers):
        self.answers = answers

    def __call__(self, text, _):
        for words, answer in self.answers:
            if words in text:
                return answer() if callable(answer) else answer
        if "SELECT object_id, schema_name" in text:
            return rows(
                ["int", "text", "text", "int", "text", "int"],
                (7, "dbo", "contact", 0, "contact", 0),
            )
        if "FROM sys.columns c JOIN sys.types" in text:
            types = ["text", "text", "int", "int", "int", "int", "int", "int", "text"]
            found = [
                (*field, 0 if field[0] in ("id", "name") else 1, int(field[0] == "id"), 0, None)
                for field in FIELDS
            ]
            return rows(types, *found)
        if "FROM sys.indexes" in text:
            return rows(["text", "int", "int", "int", "int"], ("id", 1, 1, 1, 0))
        if "FROM sys.foreign_keys" in text:
            return rows(["text"] * 5)
        return None


@pytest.fixture
def served(serve):
    made = []

    def start(*answers, **config):
        stub = TdsServer(Stub(*answers))
        made.append(stub)
        config = {
            "host": "127.0.0.1",
            "port": stub.port,
            "database": "d",
            "username": "who",
            "password": PASSWORD,
            "trust_server_certificate": True,
            **config,
        }
        return stub, Contacts(serve(), "sqlsrv", config)

    yield start
    for stub in made:
        stub.close()


def last(stub, words):
    return [asked for asked in stub.asked if words in asked[0]][-1]


def test_rows_are_read_as_they_are_kept(served):
    stub, db = served(("FROM [dbo].[contact]", rows(TYPES, ROW, (2, "x", *[None] * 11))))
    answer = db.request("GET", "_table/contact?filter=(name = '日') and (balance > 1.5)&limit=5")
    assert answer.status == 200, answer
    first, second = answer.json["resource"]
    assert first == {
        "id": 1,
        "name": "日本 😀",
        "balance": "-12345678901234567890.0123456789",
        "active": True,
        "born": "2024-02-29",
        "at": "08:50:20.5",
        "created": "2024-01-02 03:04:05.12",
        "seen": "2024-01-02 03:04:05+02:00",
        "code": "c0ffee00-0000-4000-8000-00000000abcd",
        "size": 2**62 + 1,
        "weight": 0.1,
        "note": "x" * 9000 + "😀",
        "picture": "AP8=",
    }
    assert set(second.values()) == {2, "x", None}
    text, values = last(stub, "FROM [dbo].[contact]")
    assert text.endswith("WHERE ([name] = @P2 AND [balance] > @P3) ORDER BY [id]")
    assert text.startswith("SELECT TOP (@P1) [id], [name]")
    assert values[1:] == [("nvarchar", "日"), ("decimal", (15, 1))]
    sets = " ".join(text for text, _ in stub.asked)
    assert "SET DATEFORMAT ymd" in sets and "XACT_ABORT" in sets
    assert len(stub.logins[0]) > 100


def test_records_are_written_with_their_values_bound(served):
    stub, db = served(("INSERT INTO", rows(["int"], (9,))))
    body = {
        "resource": [
            {"name": "it's [x]", "active": True, "note": None, "picture": "AP8=", "size": 2**62}
        ]
    }
    answer = db.request("POST", "_table/contact", body)
    assert (answer.status, answer.json) == (200, {"resource": [{"id": 9}]}), answer
    text, values = last(stub, "INSERT INTO")
    assert text == (
        "INSERT INTO [dbo].[contact] ([name], [active], [note], [picture], [size]) "
        "OUTPUT inserted.[id] VALUES (@P1, @P2, NULL, @P3, @P4)"
    )
    assert values == [
        ("varchar", "it's [x]"),
        ("bit", 1),
        ("varbinary", b"\0\xff"),
        ("int", 2**62),
    ]


def test_a_given_identity_is_switched_on_within_its_call(served):
    stub, db = served(("INSERT INTO", rows(["int"], (9,))))
    answer = db.request("POST", "_table/contact", {"resource": [{"id": 9, "name": "x" * 5}]})
    assert answer.status == 200, answer
    text, values = last(stub, "INSERT INTO")
    assert text.startswith("SET IDENTITY_INSERT [dbo].[contact] ON; INSERT INTO")
    assert text.endswith("; SET IDENTITY_INSERT [dbo].[contact] OFF")
    assert values == [("int", 9), ("varchar", "xxxxx")]


def test_batches_are_transactions(served):
    failing = iter(
        [rows(["int"], (1,)), fault(515, "Cannot insert the value NULL into column 'name'")]
    )
    stub, db = served(("INSERT INTO", lambda: next(failing)))
    body = {"resource": [{"name": "a"}, {"name": "b"}]}
    answer = db.request("POST", "_table/contact?rollback=true", body)
    assert answer.status == 400, answer
    said = [text for text, _ in stub.asked if text.endswith(" TRANSACTION")]
    assert said == ["BEGIN TRANSACTION", "ROLLBACK TRANSACTION"]


def test_errors_tell_neither_values_nor_where(served):
    message = "Violation of UNIQUE KEY constraint 'UQ_name'. Cannot insert duplicate key in object 'dbo.contact'. The "
    stub, db = served(
        ("INSERT INTO", fault(2627, message + "duplicate key value is (secret).", 14))
    )
    answer = db.request("POST", "_table/contact", {"resource": [{"name": "x"}]})
    assert answer.status == 400, answer
    one = answer.json["error"]["context"]["resource"][0]
    assert one["message"] == "A record with the same value of 'UQ_name' exists already."
    for secret in ("secret", PASSWORD, "127.0.0.1", "INSERT", str(stub.port)):
        assert secret not in answer.text


def test_a_silent_statement_delays_nobody_else(served):
    stub, db = served(
        ("LIKE", lambda: time.sleep(20)),
        ("FROM [dbo].[contact]", rows(TYPES, ROW)),
    )
    assert db.request("GET", "_table/contact").status == 200
    slow = threading.Thread(
        target=lambda: db.request("GET", "_table/contact?filter=name like 'x%25'"), daemon=True
    )
    slow.start()
    time.sleep(0.5)
    begin = time.monotonic()
    for _ in range(5):
        assert db.request("GET", "_table/contact").status == 200
    assert time.monotonic() - begin < 10
    stub.close()
    slow.join(30)


def test_a_lost_connection_is_made_again(served):
    stub, db = served(("FROM [dbo].[contact]", rows(TYPES, ROW)))
    assert db.request("GET", "_table/contact").status == 200
    stub.end_connections()
    answers = [db.request("GET", "_table/contact") for _ in range(4)]
    assert [answer.status for answer in answers] == [200] * 4, (answers, db.server.tail(5))


def cause_of(db):
    answer = db.server.request("GET", "/api/v2/db/_table", db.server.admin_headers())
    assert answer.status == 503, answer
    assert PASSWORD not in answer.text
    return answer.json["error"]


def test_administrators_are_told_why_it_cannot_connect(served):
    stub, db = served(driver="Not There")
    assert "'Not There' is not registered" in cause_of(db)["message"]
    stub, db = served()
    stub.close()
    error = cause_of(db)
    assert error["message"] == "The database cannot be reached."
    assert error["context"]["port"] == str(stub.port)


def test_a_procedure_gives_results_and_parameters(served):
    known = ["text", "text", *["int"] * 6, "text", *["int"] * 4, *["text"] * 5]
    who = ("@who", "int", 4, 10, 0, 1, 0, 0, None, 1, 0, 0, 7, "dbo", "p", "p", "P", None)
    total = ("@total", "decimal", 9, 12, 2, 1, 0, 0, None, 2, 1, 0, 7, "dbo", "p", "p", "P", None)
    result = rows(["text"], ("x",), ("y",))[: -len(done())] + done(2, more=True)
    stub, db = served(
        ("LEFT JOIN sys.parameters p", rows(known, who, total)),
        ("EXEC [dbo].[p]", result + rows(["decimal"], ("42.5",))),
    )
    for _ in range(2):
        answer = db.request("POST", "_proc/p", {"params": {"who": 3, "total": "1.5"}})
        assert answer.status == 200, answer
        assert answer.json == {"resource": [{"c": "x"}, {"c": "y"}], "c": "42.5000000000"}
    text, values = last(stub, "EXEC [dbo].[p]")
    assert text == (
        "DECLARE @given2 decimal(12,2) = @P1; EXEC [dbo].[p] @who = @P2, @total = @given2 OUTPUT; "
        "SELECT @given2 AS [total]"
    )
    assert values == [("varchar", "1.5"), ("int", 3)]
    assert len(stub.logins) == 2  # what a call was made on is closed behind it


def test_a_long_list_is_streamed(served):
    many = [(n, "x", *[None] * 11) for n in range(3000)]
    stub, db = served(("FROM [dbo].[contact]", rows(TYPES, *many)))
    for _ in range(2):
        answer = db.request("GET", "_table/contact?limit=5000&fields=id,name")
        assert answer.header("transfer-encoding") == "chunked"
        assert [row["id"] for row in answer.json["resource"]] == list(range(3000))
    assert len(stub.logins) <= 2  # one for each core: none was given up
