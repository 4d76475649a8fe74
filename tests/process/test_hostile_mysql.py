"""A MySQL server that answers what it was not asked: its own calls fail, nothing else does."""

import socket
import struct
import time

import pytest
from impostor import Impostor, check_harms_no_other_call

OK = b"\0\0\0\2\0\0\0"
END = b"\xfe\0\0\2\0"
COM_QUIT, COM_PREPARE, COM_EXECUTE = b"\x01", b"\x16", b"\x17"


def column(kind=b"\xfd"):
    name = b"\3def\0\0\0\1c\1c\x0c"
    return name + struct.pack("<HI", 45, 1000) + kind + struct.pack("<H", 0) + b"\0\0\0"


def row(cells, said=None):
    """`said`: the length that each cell is told to have."""
    start = b"\0" + b"\0" * ((cells + 9) // 8)
    return start + (bytes([1]) + b"x" if said is None else said + b"x") * cells


def prepared(statement, columns, parameters=None):
    parameters = statement.count(b"?") if parameters is None else parameters
    packets = [b"\0" + struct.pack("<IHHBH", 1, columns, parameters, 0, 0)]
    for count in (parameters, columns):
        packets += [column()] * count + [END] * (count > 0)
    return packets


def table(columns, *rows, kind=b"\xfd"):
    return [bytes([columns])] + [column(kind)] * columns + [END, *rows, END]


# What it says to a statement to prepare, and to its execution.
ANSWERS = {
    "too few columns": (lambda s: prepared(s, 1), table(1, row(1))),
    "no columns": (lambda s: prepared(s, 0), [OK]),
    "too many columns": (lambda s: prepared(s, 40), table(40, row(40))),
    "more columns than it told": (lambda s: prepared(s, 1), table(5, row(5))),
    "fewer columns than it told": (lambda s: prepared(s, 9), table(2, row(2))),
    "no rows where there were columns": (lambda s: prepared(s, 9), [OK]),
    "columns where there were none": (lambda s: prepared(s, 0), table(3, row(3))),
    "too many parameters": (lambda s: prepared(s, 1, 300), table(1, row(1))),
    "a row that ends early": (lambda s: prepared(s, 9), table(9, b"\0\0\0")),
    "a cell longer than its row": (lambda s: prepared(s, 9), table(9, row(1, b"\xfd\xff\xff\x0f"))),
    "a cell of no length": (lambda s: prepared(s, 9), table(9, row(1, b"\xfe" + b"\xff" * 8))),
    "half a statement": (lambda s: prepared(s, 9)[:2], []),
    "a type that there is none of": (lambda s: prepared(s, 9), table(9, row(9), kind=b"\x20")),
    "moments of any length": (lambda s: prepared(s, 9), table(9, row(9, b"\xfa"), kind=b"\x0c")),
    "numbers cut off": (lambda s: prepared(s, 9), table(9, row(1), kind=b"\x08")),
    "an error without words": (lambda s: [b"\xff\x28\x04"], []),
    "noise": (lambda s: [b"\x7f\xff" * 500], [b"\x7f\xff" * 500]),
}


def send(client, first, packets):
    for number, body in enumerate(packets, first):
        client.sendall(struct.pack("<I", len(body))[:3] + bytes([number & 0xFF]) + body)


def receive(client):
    head = client.recv(4, socket.MSG_WAITALL)
    return client.recv(struct.unpack("<I", head[:3] + b"\0")[0], socket.MSG_WAITALL)


def greet(client):
    capabilities = 0x000FF7FF & ~0x0800  # everything but TLS
    welcome = b"\x0a5.7.99\0" + struct.pack("<I", 1) + b"abcdefgh\0"
    welcome += struct.pack("<HBHHB", capabilities & 0xFFFF, 45, 2, capabilities >> 16, 21)
    welcome += bytes(10) + b"ijklmnopqrst\0mysql_native_password\0"
    send(client, 0, [welcome])
    receive(client)
    send(client, 2, [OK])


def talk(client, to_prepare, to_execute):
    greet(client)
    while command := receive(client):
        if command[:1] == COM_QUIT:
            return
        if command[:1] == COM_PREPARE:
            send(client, 1, to_prepare(command[1:]))
        elif command[:1] == COM_EXECUTE:
            send(client, 1, to_execute)
        elif command[:1] == b"\x03":
            send(client, 1, [OK])


@pytest.mark.parametrize("answer", ANSWERS)
def test_harms_no_other_call(serve, contacts, answer):
    # Some make the library wait for more.
    db = contacts(serve(arguments=["--request-time", "2"]))
    check_harms_no_other_call(
        db, lambda client: talk(client, *ANSWERS[answer]), "mysql", password="x", sslmode="disable"
    )


MB = 1 << 20


def packet(body, number=1):
    return struct.pack("<I", len(body))[:3] + bytes([number & 0xFF]) + body


def stream(bodies, first=1):
    return b"".join(packet(body, first + i) for i, body in enumerate(bodies))


# What it says, again and again, to the first question of a new connection: at once, or now and then.
NEVER_ENDING = {
    "rows": (stream(table(1)[:-1]), stream([b"\xfc\x00\x10" + b"x" * 4096] * 256, 4), 0),
    "columns": (packet(b"\xfc\xff\xff"), stream([column()] * 256, 2), 0),
    "one value": (stream(table(1)[:-1]), packet(b"\xfd\xff\xff\xff" + b"x" * (8 * MB), 4), 0),
    "one byte now and then": (struct.pack("<I", 60000)[:3] + b"\1", b"\0", 0.2),
}


@pytest.mark.parametrize("answer", NEVER_ENDING)
def test_holds_neither_thread_nor_memory_of_whoever_connects(serve, contacts, answer):
    db = contacts(serve(arguments=["--request-time", "2"]))
    start, more, pause = NEVER_ENDING[answer]
    ends = []

    def talk_on(client):
        greet(client)
        receive(client)
        client.settimeout(5)  # a socket that was shut down takes no more, and may not say so
        began, sent = time.monotonic(), 0
        try:
            client.sendall(start)
            while sent < 100 * MB and time.monotonic() - began < 30:
                client.sendall(more)
                sent += len(more)
                time.sleep(pause)
        except OSError:
            ends.append((sent, time.monotonic() - began))
        else:
            ends.append((sent, "never"))

    server = db.server
    impostor = Impostor(talk_on)
    config = {"host": "127.0.0.1", "port": impostor.port, "database": "x", "username": "x"}
    config |= {"password": "x", "sslmode": "disable"}
    service = {"name": "odd", "type": "mysql", "is_active": True, "config": config}
    server.admin("POST", "system/service", {"resource": [service]})
    try:
        answered = server.request("GET", "/api/v2/odd/_table/x", server.admin_headers())
        assert answered.status in (503, 504), answered
        assert db.request("GET", "_table/contact/1").status == 200
        until = time.monotonic() + 40
        while not ends and time.monotonic() < until:
            time.sleep(0.1)
        sent, took = ends[0]
        assert took != "never" and took < 20, ends
        assert sent < 40 * MB, ends
    finally:
        impostor.close()
    server.terminate(15)
