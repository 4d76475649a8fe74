"""Starting, starting again, and leaving on SIGTERM."""

import os
import re
import socket
import sqlite3
import subprocess
import threading
import time

import pytest
from confined import become_nobody, copy_of_build
from conftest import BUILD
from harness.server import EMAIL, PASSWORD
from processes import says

GET = "db._table.contact.get.post_process"


def test_a_second_start_goes_on_as_if_nothing_had_happened(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script(GET, "python3", "event.response.content = {'n': 1}")
    made = db.request("POST", "_table/contact", {"resource": [{"name": "x"}]})
    assert made.status == 200
    assert server.terminate() == 0
    server.start()
    assert db.request("GET", "_table/contact").json == {"n": 1}
    assert db.request("GET", "_table/contact/6?fields=name").json == {"name": "x"}
    assert server.admin("GET", "system/service?fields=name")


def test_the_generated_password_is_shown_once_and_works(serve):
    server = serve(environment={"SLUICE_ADMIN_EMAIL": "", "SLUICE_ADMIN_PASSWORD": ""})
    shown = server.log_text()
    email = re.search(r"[\w.+-]+@[\w.-]+", shown).group()
    password = re.search(r"password[^:\n]*: (\S+)", shown).group(1)
    body = {"email": email, "password": password}
    assert server.request("POST", "/api/v2/system/admin/session", (), body).status == 200
    server.terminate()
    server.start()
    assert "password" not in server.log_text()
    assert server.request("POST", "/api/v2/system/admin/session", (), body).status == 200


def test_the_password_is_in_no_file_of_the_data_folder(serve):
    server = serve()
    assert (
        server.request(
            "POST", "/api/v2/system/admin/session", (), {"email": EMAIL, "password": PASSWORD}
        ).status
        == 200
    )
    server.terminate()
    for place, _, names in os.walk(server.data):
        for name in names:
            with open(os.path.join(place, name), "rb") as source:
                assert PASSWORD.encode() not in source.read()
    assert PASSWORD not in server.log_text()


def test_a_taken_port_is_one_clear_sentence(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        server = serve(start=False)
        with pytest.raises(RuntimeError, match="exit [1-9]") as fault:
            server.start(listen=address)
    assert address.split(":")[1] in str(fault.value)
    assert "terminate called" not in str(fault.value)


def test_a_data_folder_that_cannot_be_made_is_one_clear_sentence(serve):
    server = serve(start=False, data="/proc/nothing/here")
    with pytest.raises(RuntimeError, match="exit [1-9]") as fault:
        server.start()
    assert "/proc/nothing/here" in str(fault.value)


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become somebody else")
def test_a_read_only_data_folder_is_one_clear_sentence(serve, folder):
    build = copy_of_build(BUILD, folder + "/build")  # the checkout may be closed to others
    data = folder + "/data"
    os.mkdir(data, 0o555)
    server = serve(build=build, start=False, data=data, limits=become_nobody)
    with pytest.raises(RuntimeError, match="exit [1-9]") as fault:
        server.start()
    assert data in str(fault.value)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--listen", "nonsense"],
        ["--no-such-flag"],
        ["--threads", "-1"],
        ["--config", "/nonexistent"],
    ],
)
def test_wrong_flags_are_refused(serve, arguments):
    server = serve(start=False, arguments=arguments)
    with pytest.raises(RuntimeError, match="exit [1-9]"):
        server.start(ready_seconds=10)


def test_term_when_idle_leaves_at_once(serve):
    server = serve()
    start = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - start < 3


def test_term_does_not_wait_for_idle_connections(serve):
    server = serve()
    idle = [socket.create_connection(server.address) for _ in range(10)]
    start = time.monotonic()
    assert server.terminate() == 0
    assert time.monotonic() - start < 5
    for connection in idle:
        connection.close()


def test_term_finishes_running_requests(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script(GET, "python3", "import time\ntime.sleep(2)\nevent.response.content = {'done': True}")
    answers = []
    callers = [
        threading.Thread(target=lambda: answers.append(db.request("GET", "_table/contact")))
        for _ in range(3)
    ]
    for caller in callers:
        caller.start()
    time.sleep(1)
    server.process.terminate()
    time.sleep(0.3)
    with pytest.raises(OSError):
        socket.create_connection(server.address, timeout=1).close()
    assert server.process.wait(20) == 0
    for caller in callers:
        caller.join(10)
    assert [(a.status, a.json) for a in answers] == [(200, {"done": True})] * 3


def test_term_gives_up_after_the_grace_period(serve, contacts):
    server = serve(arguments=["--grace", "1"])
    db = contacts(server)
    db.script(GET, "python3", "import time\ntime.sleep(9)")
    caller = threading.Thread(target=lambda: swallow(lambda: db.request("GET", "_table/contact")))
    caller.start()
    time.sleep(1)
    start = time.monotonic()
    server.terminate(20)
    assert time.monotonic() - start < 5
    caller.join(10)


def swallow(call):
    try:
        call()
    except (OSError, ValueError, Exception) as fault:  # the connection may be cut at any point
        return fault


def test_the_access_log_keeps_keys_and_tokens_out(serve):
    server = serve(arguments=["--access-log"])
    server.request("GET", "/api/v2/db?api_key=KEYSECRET&session_token=TOKENSECRET")
    assert says(server, "GET /api/v2/db 4"), server.log_text()
    assert "SECRET" not in server.log_text()


def said_by(server, *arguments):
    done = subprocess.run(
        [server.binary, *arguments], capture_output=True, text=True, timeout=20, check=False
    )
    return done.returncode, done.stdout


def test_help_is_where_people_look_for_it(serve):
    server = serve(start=False)
    commands, flags = said_by(server, "help"), said_by(server, "help", "serve")
    assert "serve" in commands[1] and "--listen" in flags[1]
    for question in ("--help", "-h"):
        assert said_by(server, question) == commands
        assert said_by(server, "serve", question) == flags
    assert said_by(server, "--version") == said_by(server, "version")


def test_a_second_server_on_the_same_data_is_refused(serve):
    first = serve()
    second = serve(start=False, data=first.data)
    with pytest.raises(RuntimeError, match="exit 1") as fault:
        second.start()
    assert "Another server is running on" in str(fault.value)
    first.kill()
    second.start()
    assert second.request("GET", "/status").status == 200


def test_a_start_that_fails_makes_no_administrator(serve):
    first = serve()
    second = serve(start=False)
    with pytest.raises(RuntimeError, match="exit 1"):
        second.start(listen=f"127.0.0.1:{first.address[1]}")
    database = sqlite3.connect(os.path.join(second.data, "system.sqlite"))
    assert database.execute("SELECT count(*) FROM user").fetchone() == (0,)
    database.close()


def test_half_of_tls_is_refused_by_name(serve):
    server = serve(start=False, arguments=["--tls-certificate", "/etc/hostname"])
    with pytest.raises(RuntimeError, match="exit 2") as fault:
        server.start()
    assert "tls-key" in str(fault.value)
