"""An upload of many rows: each arrives, and what it takes of memory is its body and its answer."""

import json
import mmap
import os
import pathlib
import time

import pytest
from conftest import BUILD, Contacts


def is_sanitized(binary):
    with open(binary, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return any(text.find(word) >= 0 for word in (b"__asan_init", b"__tsan_init"))


# A sanitizer takes time and memory of its own.
IS_PLAIN = not is_sanitized(os.path.join(BUILD, "sluice"))
ROWS = 100_000 if IS_PLAIN else 20_000
# Freed memory is used again at once.
SANITIZED = {"ASAN_OPTIONS": "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}
# Besides body and answer: a portion of 1,000 records, buffers, what the database's client keeps.
OWN_KB = 16 * 1024 if IS_PLAIN else 40 * 1024


def kb(pid, name):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(name))


def forget_peak(pid):
    """What it took to log in is more than an upload takes."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def csv_of(rows):
    lines = [
        f'Person {n},p{n}@example.com,{n % 90},{n}.25,true,"a, ""b"" {n}"' for n in range(rows)
    ]
    return "text/csv", "\n".join(["name,email,age,balance,active,note", *lines, ""])


def json_of(rows):
    records = [
        {"name": f"Person {n}", "email": f"p{n}@example.com", "age": n % 90, "note": f'a, "b" {n}'}
        for n in range(rows)
    ]
    return "application/json", json.dumps({"resource": records})


def upload(server, config, form):
    contacts = Contacts(server, *config)
    assert contacts.request("POST", "_table/contact", [{"name": "First"}]).status == 200
    contacts.headers["Content-Type"], body = form(ROWS)
    forget_peak(server.process.pid)
    before = kb(server.process.pid, "VmRSS")
    began = time.monotonic()
    answer = contacts.request("POST", "_table/contact", body.encode(), timeout=240)
    seconds = time.monotonic() - began
    growth = kb(server.process.pid, "VmHWM") - before
    print(f"{len(body)} bytes, {config[0]}: {seconds:.1f} s, {growth} KB more at the peak")
    assert answer.status == 200, answer.text[:500]
    assert len(answer.json["resource"]) == ROWS
    del contacts.headers["Content-Type"]
    count = contacts.request("GET", "_table/contact?count_only=true")
    assert int(count.text) == ROWS + 6
    last = contacts.request("GET", f"_table/contact?filter=name%3D%27Person%20{ROWS - 1}%27")
    assert last.json["resource"][0]["note"] == f'a, "b" {ROWS - 1}'
    # The answer may be copied once when it grows.
    assert growth < (2 * len(body) + 4 * len(answer.text)) // 1024 + OWN_KB


@pytest.mark.parametrize("form", [csv_of, json_of])
def test_an_upload_takes_no_more_memory_than_its_body(serve, database, form):
    upload(serve(environment=SANITIZED), database[1].create("contacts"), form)


@pytest.mark.parametrize("form", [csv_of, json_of])
def test_an_upload_takes_no_more_memory_in_sqlite(serve, sqlite_files, form):
    upload(serve(environment=SANITIZED), sqlite_files.create("contacts"), form)


def test_a_body_beyond_the_limit_is_refused_and_the_limit_can_be_raised(serve, sqlite_files):
    config = sqlite_files.create("contacts")
    body = ("name,note\n" + f"Person,{'x' * 500}\n" * 2500).encode()
    for megabytes, status in ((1, 413), (2, 200)):
        contacts = Contacts(serve(arguments=["--max-body", str(megabytes)]), *config)
        contacts.headers["Content-Type"] = "text/csv"
        assert contacts.request("POST", "_table/contact", body, timeout=60).status == status
