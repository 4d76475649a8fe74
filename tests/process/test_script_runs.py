"""Runs of scripts are told while they happen, and what ends a run is never silent."""

import json
import socket
import threading
import time


class Events:
    """A connection that takes events as they come."""

    def __init__(self, server, query="", headers=()):
        self.socket = socket.create_connection(server.address, 30)
        lines = [f"GET /api/v2/system/script_run?stream=true{query} HTTP/1.1", "Host: test"]
        lines += [f"{name}: {value}" for name, value in server.admin_headers().items()]
        lines += [f"{name}: {value}" for name, value in headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.text = ""
        self.take_until("retry: 1000")

    def take_until(self, mark):
        end = time.monotonic() + 20
        while mark not in self.text and time.monotonic() < end:
            piece = self.socket.recv(65536)
            if not piece:
                break
            self.text += piece.decode("utf-8", "replace")
        assert mark in self.text, self.text
        return self.text

    def runs(self):
        lines = [line for line in self.text.splitlines() if line.startswith("data: {")]
        return [json.loads(line[6:]) for line in lines]


def test_runs_are_streamed_as_they_end(serve, contacts):
    db = contacts(serve())
    db.script("db._table.contact.get.post_process", "v8js", 'console.log("seen");')
    events = Events(db.server)
    assert "Content-Type: text/event-stream" in events.text
    assert db.request("GET", "_table/contact/1").status == 200  # another event
    assert db.request("GET", "_table/contact").status == 200
    events.take_until('"text":"seen"')
    (run,) = events.runs()
    assert run["script"] == "db._table.contact.get.post_process"
    assert run["outcome"] == "ok"


def test_a_stream_goes_on_where_it_was_broken_off(serve, contacts):
    db = contacts(serve())
    db.script("db._table.contact.get.post_process", "v8js", "1;")
    first = Events(db.server)
    db.request("GET", "_table/contact?limit=1")
    first.take_until("event: run")
    first.socket.close()
    place = next(line[4:] for line in first.text.splitlines() if line.startswith("id: "))
    db.request("GET", "_table/contact?limit=2")
    second = Events(db.server, headers=[("Last-Event-ID", place)])
    second.take_until("event: run")
    (run,) = second.runs()
    assert run["id"] > first.runs()[0]["id"]


def test_who_watches_does_not_hold_up_the_end_of_the_server(serve, contacts):
    db = contacts(serve())
    events = Events(db.server)
    began = time.monotonic()
    closing = threading.Thread(target=db.server.terminate)
    closing.start()
    while events.socket.recv(65536):
        pass
    closing.join(20)
    assert time.monotonic() - began < 5


def test_a_run_that_is_ended_is_told_with_its_limit(serve, contacts):
    db = contacts(serve())
    db.script(
        "db._table.contact.get.pre_process", "php", "while (true) {}", limits='{"wall_ms":300}'
    )
    assert db.request("GET", "_table/contact").status == 504
    answer = db.server.request(
        "GET", "/api/v2/system/script_run?outcome=failed&limit=1", db.server.admin_headers()
    )
    (run,) = answer.json["resource"]
    assert run["error"]["status_code"] == 504
    assert run["error"]["context"]["reason"] == "script_limit_wall"
    assert 250_000 < run["duration_us"] < 5_000_000
    assert run["cpu_us"] > 100_000
