"""A PostgreSQL that answers what it was not asked: its own calls fail, nothing else does."""

import struct

import pytest
from impostor import check_harms_no_other_call


def message(kind, body=b""):
    return kind + struct.pack(">I", len(body) + 4) + body


def columns(count):
    one = b"c\0" + struct.pack(">IHIhih", 0, 0, 25, -1, -1, 0)
    return message(b"T", struct.pack(">H", count) + one * count)


def row(*cells):
    body = b"".join(struct.pack(">I", len(cell)) + cell for cell in cells)
    return message(b"D", struct.pack(">H", len(cells)) + body)


READY = message(b"Z", b"I")
WELCOME = (
    message(b"R", struct.pack(">I", 0))
    + message(b"S", b"client_encoding\0UTF8\0")
    + message(b"S", b"server_version\x0015.0\0")
    + message(b"K", struct.pack(">II", 1, 2))
    + READY
)
PARSED = message(b"1") + message(b"2")
ANSWERS = {
    "too few columns": PARSED + columns(1) + row(b"x") + message(b"C", b"SELECT 1\0") + READY,
    "no columns": PARSED + columns(0) + row() + message(b"C", b"SELECT 1\0") + READY,
    "too many columns": PARSED
    + columns(40)
    + row(*[b"x"] * 40)
    + message(b"C", b"SELECT 1\0")
    + READY,
    "a copy out": PARSED + message(b"H", b"\0\0\0") + READY,
    "a copy in": PARSED + message(b"G", b"\0\0\0") + READY,
    "nothing but ready": READY * 1000,
    "noise": b"\xff\x00" * 5000,
}


def talk(client, answer):
    length, code = struct.unpack(">II", client.recv(8))
    if code == 80877103:  # asks for TLS
        client.sendall(b"N")
        length, code = struct.unpack(">II", client.recv(8))
    client.recv(length)
    client.sendall(WELCOME)
    while client.recv(65536):
        client.sendall(answer)


@pytest.mark.parametrize("answer", ANSWERS)
def test_harms_no_other_call(serve, contacts, answer):
    db = contacts(serve())
    check_harms_no_other_call(db, lambda client: talk(client, ANSWERS[answer]), "pgsql")
