"""P12: how soon the server is there, and what it takes while nothing happens."""

import time

from . import process
from .load import middle
from .rounds import require, row
from .scripting import scripted
from .subject import ENGINES, Subject


def p12(bench):
    rows = []
    with Subject(bench.build, bench.core) as subject:
        starts = []
        for _ in range(bench.rounds):
            subject.server.terminate()
            began = time.monotonic()
            subject.server.start()
            require(subject.server.request("GET", "/status").status == 200, "P12: not ready")
            starts.append((time.monotonic() - began) * 1e3)
        median, spread = middle(starts)
        figures = {"start_ms": round(median, 1), "start_ms_spread": round(spread, 4)}
        rows.append(
            row("P12", "start to ready, no hosts", figures, target="< 300 ms", met=median < 300)
        )
    tables = [f"contact_{engine}" for engine in ENGINES]
    subject, working, faults = scripted(bench, tables)
    with subject:
        time.sleep(2)  # spares boot, allocators settle
        hosts = [pid for pid in process.tree(subject.pid) if pid != subject.pid]
        figures = {
            "resident_bytes": process.resident_bytes(subject.pid),
            "proportional_bytes": process.proportional_bytes(subject.pid),
            "hosts": len(hosts),
            "hosts_proportional_bytes": sum(map(process.proportional_bytes, hosts)),
        }
        note = "hosts: " + ", ".join(working) + "".join(f"; no {engine}" for engine in faults)
        met = figures["resident_bytes"] < 60e6 and not faults
        rows.append(
            row("P12", "idle, a warm host per engine", figures, None, None, "< 60 MB", met, note)
        )
    return rows
