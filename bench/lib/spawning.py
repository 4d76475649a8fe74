"""P3: the same script in a process started for each call, as servers without warm hosts do it."""

import json
import os
import subprocess
import tempfile

from . import process
from .load import middle
from .rounds import require, row
from .subject import ENGINES, PAGE, page_path, renamed, script_text

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
    rates = []
    with tempfile.TemporaryDirectory(prefix="sluice-spawn.") as folder:
        given, kept = (os.path.join(folder, name) for name in ("event", "reply"))
        with open(given, "w", encoding="utf-8") as target:
            target.write(event)
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
    rate, spread = middle(rates)
    floor = {"requests_per_s": round(rate, 1), "requests_per_s_spread": round(spread, 4)}
    ratio = figures["requests_per_s"] / rate
    least = 300 if engine == "nodejs" else 150
    what = f"against a {engine} process per call"
    return row("P3", what, figures, floor, ratio, f">= {least} x", ratio >= least)
