"""The workloads, each beside its floor in the same rounds. A workload gives rows:

{"id", "what", "figures": {...}, "floor": {...} or None, "ratio": ..., "target": "...", "met": True, False or None}
"""

import json
import os
import subprocess
import time

from . import process
from .load import WrongAnswer, middle, summary
from .subject import ENGINES, PAGE, Subject, client, page_path, renamed, script_text

# The same scripts with what a process started for one call needs around them.
SPAWNED = {
    "nodejs": [
        "/usr/bin/node",
        "-e",
        "const event = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        "%s\nprocess.stdout.write(JSON.stringify(event));",
    ],
    "php": [
        "/usr/bin/php",
        "-r",
        "$event = json_decode(file_get_contents('php://stdin'), true);\n"
        "%s\necho json_encode($event, JSON_UNESCAPED_SLASHES);",
    ],
    "python3": [
        "/usr/bin/python3",
        "-c",
        "import json, sys\nevent = json.load(sys.stdin)\n%s\njson.dump(event, sys.stdout)",
    ],
}


class Bench:
    """What all workloads share: where things are, how long and how often."""

    def __init__(self, build, wrk, rounds, server_core):
        self.build = build
        self.wrk = wrk
        self.rounds = rounds
        self.core = server_core

    def floor(self, name, *arguments):
        return os.path.join(self.build, "bench", "floor_" + name), *arguments

    def load(self, subject, path, connections=64):
        return self.wrk.run(subject.pid, subject.address, path, subject.headers, connections)


def require(holds, what):
    if not holds:
        raise WrongAnswer(what)


def row(name, what, figures, floor=None, ratio=None, target="", met=None, note=""):
    return {
        "id": name,
        "what": what,
        "figures": figures,
        "floor": floor,
        "ratio": None if ratio is None else round(ratio, 3),
        "target": target,
        "met": met,
        "note": note,
    }


def ratio_of(runs, floors, figure):
    """The median of the ratios of neighbours in time: what disturbs both cancels out."""
    return middle([run[figure] / floor[figure] for run, floor in zip(runs, floors)])[0]


def alternate(rounds, *measurements):
    """Each measurement once per round, so that a slow minute of the machine hits them all."""
    results = [[] for _ in measurements]
    for _ in range(rounds):
        for runs, measure in zip(results, measurements):
            runs.append(measure())
    return results


def p0(bench):
    """The HTTP room alone; what is left of P1 is authentication, roles, SQL and JSON."""
    with process.Program(bench.floor("trivial"), bench.core) as ours, process.Program(
        bench.floor("beast"), bench.core
    ) as floor:
        require(plain_get(ours.address) == plain_get(floor.address), "P0: floor and room differ")
        runs, floors = alternate(
            bench.rounds,
            lambda: bench.wrk.run(ours.pid, ours.address, "/"),
            lambda: bench.wrk.run(floor.pid, floor.address, "/"),
        )
    added = middle([a["cpu_us"] - b["cpu_us"] for a, b in zip(runs, floors)])[0]
    figures = summary(runs)
    figures["added_cpu_us"] = round(added, 2)
    ratio = ratio_of(runs, floors, "cpu_us")
    target = "at most 2 cpu-us more than bare Beast"
    note = f"cpu {added:+.2f} us"
    what = "trivial JSON GET, the HTTP room alone"
    return [row("P0", what, figures, summary(floors), ratio, target, added <= 2, note)]


def p1(bench):
    with Subject(bench.build, bench.core) as subject, process.Program(
        bench.floor("beast", subject.database), bench.core
    ) as floor:
        ours = subject.page("contact")
        bare = plain_get(floor.address)
        require(len(json.loads(ours)["resource"]) == PAGE, "P1: not a page")
        require(json.loads(ours) == json.loads(bare), "P1: floor and server differ")
        runs, floors = alternate(
            bench.rounds,
            lambda: bench.load(subject, page_path("contact")),
            lambda: bench.wrk.run(floor.pid, floor.address, "/"),
        )
    ratio = ratio_of(runs, floors, "cpu_us")
    figures = summary(runs)
    met = figures["requests_per_s"] >= 30_000 and ratio <= 1.6
    what = f"GET {PAGE} of 1,000 rows, SQLite"
    note = "same bytes" if ours == bare else "same JSON, other bytes"
    target = ">= 30 k req/s; <= 1.6 x floor's cpu-us"
    return [row("P1", what, figures, summary(floors), ratio, target, met, note)]


def plain_get(address):
    answer = client.request(address, "GET", "/", (), None, 30)
    require(answer.status == 200, f"the floor answers {answer}")
    return answer.body


def scripted(bench, tables):
    """A server with one table per engine, each with the rename script; which engines really run."""
    subject = Subject(bench.build, bench.core, ("contact", *tables))
    wanted = renamed(subject.page("contact"))
    working, faults = [], {}
    for engine in ENGINES:
        try:
            subject.attach(f"contact_{engine}", engine, script_text(ENGINES[engine]))
            page = json.loads(subject.page(f"contact_{engine}"))
            require(page == wanted, f"the {engine} script did not rename")
            working.append(engine)
        except (RuntimeError, WrongAnswer) as error:
            faults[engine] = str(error).splitlines()[0][:200]
    return subject, working, faults


def p2_p3(bench):
    tables = [f"contact_{engine}" for engine in ENGINES]
    subject, working, faults = scripted(bench, tables)
    rows = []
    with subject:
        event = event_of(subject.page("contact"))
        for engine in ENGINES:
            if engine not in working:
                rows.append(row("P2", f"rename in {engine}", None, note=faults[engine]))
                continue
            rows.extend(one_engine(bench, subject, engine, event))
    return rows


def one_engine(bench, subject, engine, event):
    path, plain = page_path(f"contact_{engine}"), page_path("contact")
    runs, floors, single, plain_single = alternate(
        bench.rounds,
        lambda: bench.load(subject, path),
        lambda: bench.load(subject, plain),
        lambda: bench.load(subject, path, 1),
        lambda: bench.load(subject, plain, 1),
    )
    figures, floor = summary(runs), summary(floors)
    ratio = ratio_of(runs, floors, "requests_per_s")
    added = middle([a["p50_us"] - b["p50_us"] for a, b in zip(single, plain_single)])[0]
    figures["added_p50_us"] = round(added, 1)
    least = 0.30 if engine == "python3" else 0.35
    rows = [
        row(
            "P2",
            f"the same, renamed in {engine}",
            figures,
            floor,
            ratio,
            f">= {least:.2f} of P1's req/s; p50 at most 60 us more with one connection",
            ratio >= least and added <= 60,
            f"p50 {added:+.1f} us",
        )
    ]
    if engine in SPAWNED:
        rows.append(spawned(bench, engine, event, figures))
    return rows


def event_of(page):
    """The event that a script of the incumbent's kind is given for a page, about as large as ours."""
    return json.dumps(
        {
            "request": {
                "api_version": "2.0",
                "method": "GET",
                "parameters": {"limit": str(PAGE)},
                "headers": {"host": "127.0.0.1:8080", "x-dreamfactory-api-key": "k" * 64},
                "content": None,
                "content_type": None,
                "payload": [],
                "uri": page_path("contact"),
                "service": "bench",
            },
            "response": {
                "status_code": 200,
                "headers": {},
                "content": json.loads(page),
                "content_type": "application/json",
            },
            "resource": "contact",
        }
    )


def spawned(bench, engine, event, figures):
    """Calls per second with a process started for each."""
    text = script_text(ENGINES[engine])
    program, flag, frame = SPAWNED[engine]
    given, kept = (os.path.join("/tmp", f"sluice-spawn-{os.getpid()}.{end}") for end in "io")
    with open(given, "w", encoding="utf-8") as target:
        target.write(event)
    try:
        rates = []
        for _ in range(bench.rounds):
            done = subprocess.run(
                [*bench.floor("spawn", "1", given, kept), program, flag, frame % text],
                capture_output=True,
                text=True,
                check=True,
                preexec_fn=process.keep_on(bench.core),
            )
            _, calls, _, seconds = done.stdout.split()
            rates.append(int(calls) / float(seconds))
        with open(kept, encoding="utf-8") as source:
            content = json.load(source)["response"]["content"]
        page = json.dumps(json.loads(event)["response"]["content"])
        require(content == renamed(page), f"P3: spawned {engine} gives something else")
    finally:
        for path in (given, kept):
            if os.path.exists(path):
                os.remove(path)
    rate, spread = middle(rates)
    floor = {"requests_per_s": round(rate, 1), "requests_per_s_spread": round(spread, 4)}
    ratio = figures["requests_per_s"] / rate
    least = 300 if engine == "nodejs" else 150
    what = f"against a {engine} process per call"
    return row("P3", what, figures, floor, ratio, f">= {least} x", ratio >= least)


def p4(bench):
    """What the possibility of scripts costs a call that runs none."""
    tables = ("contact_when", "contact_other")
    with Subject(bench.build, bench.core) as bare, Subject(
        bench.build, bench.core, ("contact", *tables)
    ) as subject:
        script = script_text(ENGINES["nodejs"])
        subject.attach("contact_other", "nodejs", script)
        subject.attach("contact_when", "nodejs", script, {"when": "request.parameters.x = 1"})
        plain = bare.page("contact")
        require(subject.page("contact") == plain, "P4: the pages differ")
        knows_when = subject.page("contact_when") == plain
        measurements = [
            lambda: bench.load(bare, page_path("contact")),
            lambda: bench.load(subject, page_path("contact")),
        ]
        if knows_when:
            measurements.append(lambda: bench.load(subject, page_path("contact_when")))
        floors, *others = alternate(bench.rounds, *measurements)
    rows = []
    names = ["scripts elsewhere, none here", "a script whose `when` does not match"]
    for name, runs in zip(names, others):
        added = middle([run["cpu_us"] - floor["cpu_us"] for run, floor in zip(runs, floors)])[0]
        figures = summary(runs)
        figures["added_cpu_us"] = round(added, 3)
        ratio = ratio_of(runs, floors, "cpu_us")
        target = "at most 0.5 cpu-us more than none"
        note = f"cpu {added:+.2f} us"
        rows.append(row("P4", name, figures, summary(floors), ratio, target, added <= 0.5, note))
    if not knows_when:
        rows.append(row("P4", names[1], None, note="`when` is not judged: the script ran"))
    return rows


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


WORKLOADS = {"P0": p0, "P1": p1, "P2": p2_p3, "P4": p4, "P12": p12}
