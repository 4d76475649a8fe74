"""P11: a list of a gigabyte, taken by a client that keeps nothing of it either."""

import os
import re
import socket
import sqlite3
import time

from . import process
from .load import middle
from .rounds import require, row
from .subject import Subject

ROWS = 2_000_000
TEXT = "x" * 400
SLACK_BYTES = 64 * 1024 * 1024


def make_table(path):
    """Two million rows that take some 500 bytes each as JSON."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TABLE large (id INTEGER PRIMARY KEY, name TEXT, note TEXT, n INTEGER)")
    with database:
        database.executemany(
            "INSERT INTO large VALUES (?, ?, ?, ?)",
            ((i, f"Person Number {i}", TEXT, i * 17 % 1009) for i in range(1, ROWS + 1)),
        )
    database.close()


def forget_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as target:
        target.write("5")


def peak_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as source:
        return int(re.search(r"^VmHWM:\s+(\d+) kB", source.read(), re.M).group(1)) * 1024


def take_all(address, path, headers):
    """Bytes that came, how many records they held, how they ended, and when the first one came."""
    lines = [f"GET {path} HTTP/1.1", "Host: bench", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    began = time.monotonic()
    with socket.create_connection(address, 60) as client:
        client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        count, records, last, first_ms = 0, 0, b"", None
        while True:
            piece = client.recv(1 << 20)
            if not piece:
                return count, records, last, first_ms
            first_ms = first_ms or (time.monotonic() - began) * 1e3
            if count == 0 and not piece.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(piece[:200].decode("utf-8", "replace"))
            count += len(piece)
            records += (last[-7:] + piece).count(b'"note":"') - last[-7:].count(b'"note":"')
            last = (last + piece)[-64:]


def p11(bench):
    with Subject(bench.build, bench.core, settings={"max_records": 5 * ROWS}) as subject:
        make_table(subject.database)
        path = f"/api/v2/bench/_table/large?limit={ROWS}"
        os.sched_setaffinity(0, {bench.wrk.core})
        runs = []
        for _ in range(bench.rounds):
            subject.page("contact")
            forget_peak(subject.pid)
            before, cpu = process.resident_bytes(subject.pid), process.cpu_us(subject.pid)
            began = time.monotonic()
            count, records, last, first_ms = take_all(subject.address, path, subject.headers)
            seconds = time.monotonic() - began
            require(records == ROWS, f"P11: {records} records of {ROWS}")
            require(last.endswith(b"]}\r\n0\r\n\r\n"), f"P11: it ends with {last!r}")
            runs.append(
                {
                    "answer_bytes": count,
                    "seconds": seconds,
                    "first_byte_ms": first_ms,
                    "cpu_s": (process.cpu_us(subject.pid) - cpu) / 1e6,
                    "grown_bytes": peak_bytes(subject.pid) - before,
                }
            )
        os.sched_setaffinity(0, set(range(os.cpu_count())))
    figures = {name: round(middle([run[name] for run in runs])[0], 2) for name in runs[0]}
    worst = max(run["grown_bytes"] for run in runs)
    note = (
        f"{figures['answer_bytes'] / 1e6:,.0f} MB in {figures['seconds']:.1f} s, first byte after "
        f"{figures['first_byte_ms']:.1f} ms, grew by {worst / 1e6:.1f} MB"
    )
    what = "2 million rows as one answer, SQLite"
    return [row("P11", what, figures, None, None, "grows < 64 MB", worst < SLACK_BYTES, note)]
