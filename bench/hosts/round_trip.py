#!/usr/bin/env python3
"""Warm round trips of a script host, in microseconds: one run in flight, and eight.

Everything shares one core (--core), as a shard of the server and its hosts do. The event is a post_process GET of
about 2 KB; the hook reads every record and renames a field, so that 2 KB go back.
"""
import argparse
import os
import pathlib
import statistics
import struct
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "hosts"))
from host_process import Host, pack, reserve_descriptor  # noqa: E402

JS = {
    "empty": "",
    "read": 'if (event.request.method !== "GET") throw "no";',
    "modify": "event.response.content.resource.forEach(r => { r.name = r.first_name; delete r.first_name; });",
    "api": None,
}
SCRIPTS = {
    "nodejs": dict(
        JS, api='const r = await platform.api.get("db/_table/x"); event.response.status_code = 201;'
    ),
    "v8js": dict(
        JS, api='const r = platform.api.get("db/_table/x"); event.response.status_code = 201;'
    ),
    "python3": {
        "empty": "pass",
        "read": 'if event.request.method != "GET":\n    raise Exception("no")',
        "modify": 'for r in event.response.content.resource:\n    r["name"] = r["first_name"]\n'
        '    del r["first_name"]',
        "api": 'r = platform.api.get("db/_table/x")\nevent.response.status_code = 201',
    },
    "php": {
        "empty": "",
        "read": 'if ($event["request"]["method"] !== "GET") throw new Exception("no");',
        "modify": 'foreach ($event["response"]["content"]["resource"] as &$r) '
        '{ $r["name"] = $r["first_name"]; unset($r["first_name"]); } unset($r);',
        "api": '$r = $platform["api"]->get("db/_table/x"); $event["response"]["status_code"] = 201;',
    },
}


def body():
    records = [
        (
            '{"emp_no":%d,"birth_date":"1953-09-02","first_name":"Georgi","last_name":"Facello","gender":"M",'
            '"hire_date":"1986-06-26"}'
        )
        % (10001 + n)
        for n in range(16)
    ]
    return ('{"resource":[%s]}' % ",".join(records)).encode()


def run_frame(number):
    head = {
        "run": number,
        "script": "h",
        "name": "db._table.employees.get.post_process",
        "stage": "post_process",
        "resource": "employees",
        "request": {
            "api_version": "2.0",
            "method": "GET",
            "content_type": "",
            "uri": "/api/v2/db/_table/employees",
            "service": "db",
        },
        "response": {"status_code": 200, "content_type": "application/json"},
        "limits": {
            "wall_ms": 10000,
            "memory_bytes": 128 << 20,
            "output_bytes": 4 << 20,
            "api_calls": 64,
        },
    }
    parts = [
        ("request.parameters", "json", b'{"limit":"16"}'),
        ("request.headers", "json", b'{"host":"localhost","accept":"*/*","user-agent":"bench"}'),
        ("response.headers", "json", b"{}"),
        ("session", "json", b'{"user":{"id":1}}'),
        ("response.content", "json", body()),
    ]
    return pack("R", head, parts)


REPLY = pack(
    "Y",
    {
        "run": 1,
        "call": 1,
        "status_code": 200,
        "reason": "OK",
        "content_type": "application/json",
        "headers": {},
    },
    [("content", "json", b'{"resource":[]}')],
)


def frames_in(buffer):
    """How many whole frames; and the rest."""
    kinds, at = b"", 0
    while len(buffer) - at >= 4:
        size = struct.unpack_from("<I", buffer, at)[0]
        if len(buffer) - at < 4 + size:
            break
        kinds += buffer[at + 4 : at + 5]
        at += 4 + size
    return kinds, buffer[at:]


def measure(host, text, rounds, depth):
    host.send(
        pack("U", {"script": "h"})
        + pack("L", {"script": "h", "name": "bench"}, [("text", "text", text.encode())])
    )
    frame, times, rest = run_frame(1) * depth, [], b""
    socket = host.socket
    for _ in range(rounds):
        start = time.perf_counter_ns()
        socket.sendall(frame)
        left = depth
        while left:
            kinds, rest = frames_in(rest + socket.recv(1 << 20))
            left -= kinds.count(b"D")
            if b"C" in kinds:
                socket.sendall(REPLY * kinds.count(b"C"))
        times.append((time.perf_counter_ns() - start) / 1000 / depth)
    return statistics.median(times[rounds // 5 :])


def cpu_ns(pid):
    """What all threads of the host have used so far: steadier than the clock on a busy machine."""
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/debug")
    parser.add_argument("--engine", action="append")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=20000)
    options = parser.parse_args()
    os.sched_setaffinity(0, {options.core})
    reserve_descriptor()
    titles = f'{"engine":8} {"hook":8} {"us":>7} {"us x8":>7} {"cpu us":>7} {"cpu x8":>7}'
    print(f"{titles}   event of {len(run_frame(1))} bytes")
    for engine in options.engine or ["nodejs", "v8js"]:
        host = Host(engine, ROOT / options.build)
        for name, text in SCRIPTS[engine].items():
            measure(host, text, options.rounds // 5, 1)
            at = [cpu_ns(host.process.pid)]
            one = measure(host, text, options.rounds, 1)
            at.append(cpu_ns(host.process.pid))
            many = measure(host, text, options.rounds // 8, 8) if name != "api" else float("nan")
            at.append(cpu_ns(host.process.pid))
            alone, together = (at[1] - at[0]) / options.rounds / 1000, (at[2] - at[1]) / (
                options.rounds // 8 * 8
            ) / 1000
            print(f"{engine:8} {name:8} {one:7.1f} {many:7.1f} {alone:7.1f} {together:7.1f}")
        host.close()


if __name__ == "__main__":
    main()
