"""An upload of CSV of as many rows as one may have: each arrives, and the memory it takes is bounded."""

import mmap
import os
import pathlib
import time

from conftest import BUILD, Contacts


def is_sanitized(binary):
    with open(binary, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return any(text.find(word) >= 0 for word in (b"__asan_init", b"__tsan_init"))


# A sanitizer takes time and memory of its own.
IS_PLAIN = not is_sanitized(os.path.join(BUILD, "sluice"))
ROWS = 100_000 if IS_PLAIN else 5_000
# Of the whole process over what it took before. Measured: see docs/reference/formats.md.
MAX_GROWTH_KB = 400 * 1024


def peak_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def upload(server, config):
    contacts = Contacts(server, *config)
    rows = [f'Person {n},p{n}@example.com,{n % 90},{n}.25,true,"a, ""b"" {n}"' for n in range(ROWS)]
    body = "\n".join(["name,email,age,balance,active,note", *rows, ""])
    contacts.headers["Content-Type"] = "text/csv"
    before = peak_kb(server.process.pid)
    began = time.monotonic()
    answer = contacts.request("POST", "_table/contact", body.encode(), timeout=240)
    seconds = time.monotonic() - began
    growth = peak_kb(server.process.pid) - before
    print(f"{len(body)} bytes, {config[0]}: {seconds:.1f} s, {growth} KB more at the peak")
    assert answer.status == 200, answer.text[:500]
    assert len(answer.json["resource"]) == ROWS
    del contacts.headers["Content-Type"]
    count = contacts.request("GET", "_table/contact?count_only=true")
    assert int(count.text) == ROWS + 5
    last = contacts.request("GET", f"_table/contact?filter=name%3D%27Person%20{ROWS - 1}%27")
    assert last.json["resource"][0]["note"] == f'a, "b" {ROWS - 1}'
    if IS_PLAIN:
        assert growth < MAX_GROWTH_KB


def test_an_upload_of_csv_arrives_in_bounded_memory(serve, database):
    upload(serve(), database[1].create("contacts"))


def test_an_upload_of_csv_arrives_in_sqlite(serve, sqlite_files):
    upload(serve(), sqlite_files.create("contacts"))
