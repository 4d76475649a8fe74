"""P2 and P4: what a script costs, and what the mere possibility of one does."""

import json

from .load import WrongAnswer, middle, summary
from .rounds import alternate, ratio_of, require, row
from .spawning import SPAWNED, event_of, spawned
from .subject import ENGINES, Subject, page_path, renamed, script_text


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


def attach_when(subject, script):
    """False when the server does not know `when` yet."""
    try:
        subject.attach("contact_when", "nodejs", script, {"when": "request.parameters.x = 1"})
    except RuntimeError as error:
        if "'when' is not supported" not in str(error):
            raise
        return False
    return True


def p4(bench):
    """What the possibility of scripts costs a call that runs none."""
    tables = ("contact_when", "contact_other")
    with Subject(bench.build, bench.core) as bare, Subject(
        bench.build, bench.core, ("contact", *tables)
    ) as subject:
        script = script_text(ENGINES["nodejs"])
        subject.attach("contact_other", "nodejs", script)
        knows_when = attach_when(subject, script)
        plain = bare.page("contact")
        require(subject.page("contact") == plain, "P4: the pages differ")
        require(
            not knows_when or subject.page("contact_when") == plain,
            "P4: a script ran although its `when` does not match",
        )
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
        rows.append(row("P4", names[1], None, note="this server refuses `when` so far"))
    return rows
