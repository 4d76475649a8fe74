"""Clients that are slow, huge, broken or many."""

import socket
import threading
import time

import pytest

HOST = b"Host: x\r\n"
STATUS = b"GET /status HTTP/1.1\r\n" + HOST + b"\r\n"


def connect(server):
    return socket.create_connection(server.address, timeout=30)


def talk(server, data, half_close=False):
    """Sends `data` and reads until the server closes or says nothing for a second."""
    with connect(server) as link:
        try:
            link.sendall(data)
            if half_close:
                link.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before everything was sent: the answer tells
        link.settimeout(2)
        answer = b""
        try:
            while True:
                part = link.recv(65536)
                if not part:
                    break
                answer += part
        except OSError:
            pass
        return answer


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else None


def is_well(server):
    return server.request("GET", "/status", timeout=10).status == 200


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0" * 1000,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /status HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /status HTTP/1.1\r\n" + HOST + b"Bad\x01Name: x\r\n\r\n",
        b"POST /api/v2/x HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\n",
        b"POST /api/v2/x HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST /api/v2/x HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v2/x HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=lambda data: data[:30].decode("latin-1").split("\r")[0].strip("\0") or "zeros",
)
def test_broken_messages_are_refused_and_do_no_harm(serve, data):
    server = serve()
    answer = talk(server, data)
    assert status_of(answer) in (None, 400, 501, 505), answer[:200]
    assert is_well(server)


def test_huge_headers_are_refused(serve):
    server = serve()
    answer = talk(
        server, b"GET /status HTTP/1.1\r\n" + HOST + b"X-Big: " + b"x" * 200_000 + b"\r\n\r\n"
    )
    assert status_of(answer) == 431, answer[:100]
    assert is_well(server)


def test_a_body_over_the_limit_is_refused_before_it_is_read(serve):
    server = serve(arguments=["--max-body", "1"])
    head = (
        b"POST /api/v2/db/_table/contact HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 3000000000\r\n\r\n"
    )
    answer = talk(server, head + b"x" * 100_000)
    assert status_of(answer) == 413, answer[:100]
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    head = (
        b"POST /api/v2/db/_table/contact HTTP/1.1\r\n"
        + HOST
        + b"Transfer-Encoding: chunked\r\n\r\n"
    )
    answer = talk(server, head + chunk * 3)
    assert status_of(answer) == 413, answer[:100]
    assert is_well(server)


def test_pipelined_requests_are_answered_in_order(serve):
    server = serve()
    missing = b"GET /nothing HTTP/1.1\r\n" + HOST + b"\r\n"
    answer = talk(server, STATUS + missing + STATUS)
    statuses = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 404, 200]


def test_a_slow_client_holds_up_nobody(serve):
    server = serve()
    slow = connect(server)
    stop = threading.Event()

    def drip():
        for byte in STATUS:
            if stop.is_set():
                return
            slow.sendall(bytes([byte]))
            time.sleep(0.05)

    dripping = threading.Thread(target=drip)
    dripping.start()
    start = time.monotonic()
    for _ in range(20):
        assert is_well(server)
    assert time.monotonic() - start < 3
    dripping.join()
    assert slow.recv(12) == b"HTTP/1.1 200"
    slow.close()


def test_many_idle_connections_leave_room_for_others(serve):
    server = serve()
    idle = [connect(server) for _ in range(300)]
    assert is_well(server)
    for link in idle:
        link.close()
    assert is_well(server)


def test_a_client_that_vanishes_in_the_middle_of_an_answer(serve, contacts):
    server = serve()
    db = contacts(server)
    records = [{"name": f"n{i}", "note": "x" * 1000} for i in range(1000)]
    assert db.request("POST", "_table/contact", {"resource": records}).status == 200
    key = db.headers["X-API-Key"].encode()
    head = b"GET /api/v2/db/_table/contact HTTP/1.1\r\n" + HOST + b"X-API-Key: " + key + b"\r\n\r\n"
    for _ in range(20):
        link = connect(server)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        link.sendall(head)
        link.recv(100)
        link.close()  # a reset, not a farewell
    assert is_well(server)


def test_a_client_that_vanishes_while_its_script_runs(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script("db._table.contact.get.post_process", "python3", "import time\ntime.sleep(0.5)")
    key = db.headers["X-API-Key"].encode()
    head = b"GET /api/v2/db/_table/contact HTTP/1.1\r\n" + HOST + b"X-API-Key: " + key + b"\r\n\r\n"
    for _ in range(5):
        link = connect(server)
        link.sendall(head)
        link.close()
    assert is_well(server)
    assert db.request("GET", "_table/contact").status == 200


def test_a_head_request_has_no_body(serve):
    server = serve()
    answer = talk(server, b"HEAD /status HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert status_of(answer) == 200
    assert answer.endswith(b"\r\n\r\n")


def test_expect_continue(serve):
    server = serve()
    head = b"POST /api/v2/system/admin/session HTTP/1.1\r\n" + HOST
    head += b"Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with connect(server) as link:
        link.sendall(head)
        assert link.recv(100).startswith(b"HTTP/1.1 100")
        link.sendall(b"{}")
        assert link.recv(100).startswith(b"HTTP/1.1 400")
