"""A disk that is full: the write fails with a clear error, what was there stays, and it recovers."""

import os
import resource
import shutil
import signal
import subprocess

import pytest
from conftest import Contacts

ROW = {"resource": [{"name": "x", "note": "y" * 50_000}]}


@pytest.fixture
def small_disk(folder):
    """A tmpfs of 2 MB, where mounting is possible."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], stderr=subprocess.DEVNULL
    )
    if mounted.returncode != 0:
        pytest.skip("mounting is not possible here")
    os.chmod(folder, 0o777)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(db):
    """Posts until one fails; how many went in, and the failing answer."""
    for count in range(1000):
        answer = db.request("POST", "_table/contact?fields=id", ROW)
        if answer.status != 200:
            return count, answer
    raise AssertionError("the disk never filled up")


def test_a_full_disk_of_a_database(serve, sqlite_files, small_disk):
    kind, config = sqlite_files.create("contacts")
    path = shutil.copy(config["database"], small_disk + "/contacts.db")
    ballast = small_disk + "/ballast"
    with open(ballast, "wb") as out:
        out.write(b"\0" * 800_000)
    server = serve()
    db = Contacts(server, kind, {"database": path})
    written, answer = fill(db)
    assert answer.status == 503, answer
    assert small_disk not in answer.text
    assert db.request("GET", "_table/contact?count_only=true").text == str(5 + written)
    os.remove(ballast)
    assert db.request("POST", "_table/contact", {"resource": [{"name": "small"}]}).status == 200
    assert server.is_alive


def test_a_full_disk_of_the_system_database(serve, small_disk):
    server = serve(data=small_disk + "/data")
    content = "x" * 100_000
    for number in range(100):
        path = f"/api/v2/system/event_script/db._table.t{number}.get.post_process"
        script = {"type": "python3", "content": f"# {number}{content}", "is_active": True}
        answer = server.request("POST", path, server.admin_headers(), script)
        if answer.status != 201:
            break
    assert answer.status == 503, answer
    assert small_disk not in answer.text
    names = server.admin("GET", "system/event_script?fields=name&limit=1000")["resource"]
    assert len(names) == number
    server.kill()
    assert server.start().is_alive


def test_a_file_that_may_not_grow(serve, contacts):
    """The same without mounting: writes beyond 1 MB fail with EFBIG."""

    def limits():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    server = serve(limits=limits)
    db = contacts(server)
    written, answer = fill(db)
    assert answer.status == 503, answer
    assert db.config["database"] not in answer.text
    assert db.request("GET", "_table/contact?count_only=true").text == str(5 + written)
    assert server.is_alive
