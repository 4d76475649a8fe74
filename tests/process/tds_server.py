"""Answers like a SQL Server, as far as its driver can tell: log-in, and canned rows for statements. There is no SQL
Server that could be started here; what FreeTDS and the server make of the protocol is real."""

import contextlib
import datetime
import socket
import struct
import threading
import uuid

BATCH, RPC, ANSWER, LOGIN, PRELOGIN, ATTENTION = 0x01, 0x03, 0x04, 0x10, 0x12, 0x06
COLLATION = bytes([0x09, 0x04, 0xD0, 0x00, 0x34])


def short(text):
    return bytes([len(text)]) + text.encode("utf-16-le")


def done(rows=0, more=False, counts=True):
    return b"\xfd" + struct.pack("<HHQ", (1 if more else 0) | (0x10 if counts else 0), 0xC1, rows)


def fault(number, message, severity=16):
    text = struct.pack("<IBB", number, 1, severity)
    text += struct.pack("<H", len(message)) + message.encode("utf-16-le")
    text += short("stub") + short("") + struct.pack("<I", 1)
    return b"\xaa" + struct.pack("<H", len(text)) + text + b"\xfd" + struct.pack("<HHQ", 2, 0, 0)


def days(day):
    return struct.pack("<I", day.toordinal() - 1)[:3]


def ticks(moment):
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    return struct.pack("<Q", seconds * 10**7 + moment.microsecond * 10)[:5]


def decimal(text, scale=10):
    whole, _, part = text.lstrip("-").partition(".")
    number = int(whole + part.ljust(scale, "0"))
    return bytes([0 if text.startswith("-") else 1]) + number.to_bytes(16, "little")


def pieces(data):
    return struct.pack("<Q", len(data)) + struct.pack("<I", len(data)) + data + struct.pack("<I", 0)


# type -> its description, and how a value is written
TYPES = {
    "int": (b"\x26\x04", lambda v: b"\x04" + struct.pack("<i", v)),
    "bigint": (b"\x26\x08", lambda v: b"\x08" + struct.pack("<q", v)),
    "bit": (b"\x68\x01", lambda v: b"\x01" + bytes([v])),
    "float": (b"\x6d\x08", lambda v: b"\x08" + struct.pack("<d", v)),
    "real": (b"\x6d\x04", lambda v: b"\x04" + struct.pack("<f", v)),
    "decimal": (b"\x6a\x11\x26\x0a", lambda v: b"\x11" + decimal(v)),
    "text": (
        b"\xe7\x40\x1f" + COLLATION,
        lambda v: struct.pack("<H", len(v.encode("utf-16-le"))) + v.encode("utf-16-le"),
    ),
    "max": (b"\xe7\xff\xff" + COLLATION, lambda v: pieces(v.encode("utf-16-le"))),
    "binary": (b"\xa5\x40\x1f", lambda v: struct.pack("<H", len(v)) + v),
    "uuid": (b"\x24\x10", lambda v: b"\x10" + uuid.UUID(v).bytes_le),
    "date": (b"\x28", lambda v: b"\x03" + days(v)),
    "time": (b"\x29\x07", lambda v: b"\x05" + ticks(v)),
    "datetime2": (b"\x2a\x07", lambda v: b"\x08" + ticks(v) + days(v)),
    "datetimeoffset": (
        b"\x2b\x07",
        lambda v: b"\x0a"
        + ticks(v.astimezone(datetime.timezone.utc))
        + days(v.astimezone(datetime.timezone.utc))
        + struct.pack("<h", int(v.utcoffset().total_seconds() // 60)),
    ),
}
NULLS = {"text": b"\xff\xff", "binary": b"\xff\xff", "max": b"\xff" * 8}


def rows(types, *values):
    """The answer to a statement: columns of these types, and a tuple of values for each row."""
    out = b"\x81" + struct.pack("<H", len(types))
    for name in types:
        out += struct.pack("<IH", 0, 9) + TYPES[name][0] + short("c")
    for row in values:
        out += b"\xd1"
        for name, value in zip(types, row):
            out += NULLS.get(name, b"\0") if value is None else TYPES[name][1](value)
    return out + done(len(values))


EXECUTE_SQL, PREPARE_AND_EXECUTE, UNPREPARE = 10, 13, 15
# What a prepared statement is known by: an output parameter, and the end of the procedure.
HANDLE = (
    b"\xac\0\0\0\x01"
    + struct.pack("<IH", 0, 0)
    + b"\x26\x04\x04"
    + struct.pack("<i", 7)
    + b"\xfe"
    + struct.pack("<HHQ", 0, 0, 0)
)


class Parameters:
    """The parameters of a call: (type, value) each."""

    def __init__(self, body):
        self.body, self.at = body, 0

    def take(self, size):
        self.at += size
        return self.body[self.at - size : self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def __iter__(self):
        while self.at < len(self.body):
            self.take(2 * self.number(1))
            self.take(1)
            yield self.value(self.number(1))

    def value(self, kind):
        if kind in (0xE7, 0xA7, 0xA5):
            size = self.number(2)
            if kind != 0xA5:
                self.take(5)
            data = self.chunks() if size == 0xFFFF else self.take(self.number(2))
            return {0xE7: "nvarchar", 0xA7: "varchar", 0xA5: "varbinary"}[kind], self.text(
                kind, data
            )
        if kind in (0x63, 0x23, 0x22):
            self.take(4)
            if kind != 0x22:
                self.take(5)
            return {0x63: "ntext", 0x23: "text", 0x22: "image"}[kind], self.text(
                kind, self.take(self.number(4))
            )
        self.take(1)
        if kind == 0x6A:
            _, scale = self.number(1), self.number(1)
            data = self.take(self.number(1))
            digits = int.from_bytes(data[1:], "little") * (1 if data[:1] == b"\1" else -1)
            return "decimal", (digits, scale)
        data = self.take(self.number(1))
        if kind == 0x6D:
            return "float", struct.unpack("<d", data)[0]
        name = {0x26: "int", 0x68: "bit"}.get(kind, hex(kind))
        return name, int.from_bytes(data, "little", signed=kind == 0x26) if data else None

    def chunks(self):
        self.take(8)
        data = b""
        while size := self.number(4):
            data += self.take(size)
        return data

    @staticmethod
    def text(kind, data):
        if kind in (0xE7, 0x63):
            return data.decode("utf-16-le")
        return data if kind in (0xA5, 0x22) else data.decode("latin-1")


class TdsServer:
    """`answer(text, parameters)` gives what is sent for a statement, or None for plain success."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []
        self.logins = []
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(16)
        self.port = self.socket.getsockname()[1]
        self.connections = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            while True:
                kind, body = self._receive(connection)
                reply = self._reply(kind, body)
                # One packet each: what is sent here is short.
                for at in range(0, len(reply), 4000):
                    part = reply[at : at + 4000]
                    last = 1 if at + 4000 >= len(reply) else 0
                    connection.sendall(
                        struct.pack(">BBHHBB", ANSWER, last, len(part) + 8, 0, 1, 0) + part
                    )
        except (OSError, EOFError):
            connection.close()

    @staticmethod
    def _receive(connection):
        body = b""
        while True:
            head = TdsServer._exactly(connection, 8)
            kind, status, size = head[0], head[1], struct.unpack(">H", head[2:4])[0]
            body += TdsServer._exactly(connection, size - 8)
            if status & 1:
                return kind, body

    @staticmethod
    def _exactly(connection, size):
        out = b""
        while len(out) < size:
            got = connection.recv(size - len(out))
            if not got:
                raise EOFError
            out += got
        return out

    def _reply(self, kind, body):
        if kind == PRELOGIN:
            # Version, and that there is no encryption.
            return bytes([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF]) + bytes([16, 0, 0, 0, 0, 0, 2])
        if kind == LOGIN:
            self.logins.append(body)
            ack = b"\x01" + bytes([0x74, 0, 0, 4]) + short("stub") + bytes([16, 0, 0, 0])
            change = b"\x04" + short("4096") + short("4096")
            return (
                b"\xe3"
                + struct.pack("<H", len(change))
                + change
                + b"\xad"
                + struct.pack("<H", len(ack))
                + ack
                + done(counts=False)
            )
        if kind == ATTENTION:
            return b"\xfd" + struct.pack("<HHQ", 0x20, 0, 0)
        body = body[struct.unpack("<I", body[:4])[0] :]
        if kind == BATCH:
            text = body.decode("utf-16-le")
            self.asked.append((text, []))
            return self.answer(text, []) or done(counts=False)
        procedure = struct.unpack("<HH", body[:4])[1]
        values = list(Parameters(body[6:]))
        if procedure == UNPREPARE:
            return done(counts=False)
        if procedure == EXECUTE_SQL:
            text, given, ahead = values[0][1], values[2:], b""
        elif procedure == PREPARE_AND_EXECUTE:
            text, given, ahead = values[2][1], values[3:], HANDLE
        else:
            return fault(50000, f"procedure {procedure} was called")
        self.asked.append((text, given))
        return (self.answer(text, given) or done(counts=False)) + ahead

    def end_connections(self):
        for connection in self.connections:
            with contextlib.suppress(OSError):  # it has ended already
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.end_connections()
