"""wrk as a measuring instrument: one run against one URL, with what it cost the server."""

import json
import re
import statistics
import subprocess
import tempfile

from . import process

UNIT_US = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6}


# For wrk: JSON texts are Lua's, too.
POST = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = BODY\n'


class WrongAnswer(Exception):
    """The server gave something else than what is measured."""


def microseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNIT_US[unit]


def read_report(text):
    """wrk's own report as numbers. WrongAnswer when any answer was an error or any socket failed."""
    if "Non-2xx" in text or "Socket errors" in text:
        raise WrongAnswer(text)
    latency = dict(re.findall(r"^\s+(50|99)%\s+([\d.]+\w+)$", text, re.M))
    count, seconds = re.search(r"(\d+) requests in ([\d.]+\w+),", text).groups()
    requests = int(count)
    if requests == 0:
        raise WrongAnswer("wrk got no answer at all")
    return {
        "requests": requests,
        "requests_per_s": requests / (microseconds(seconds) / 1e6),
        "p50_us": microseconds(latency["50"]),
        "p99_us": microseconds(latency["99"]),
    }


class Wrk:
    """Threads: always one, on a core of its own, so that it takes nothing from the server's."""

    def __init__(self, core, seconds):
        self.core = core
        self.seconds = seconds

    def run(self, pid, address, path, headers=None, connections=64, body=None):
        """One run: requests, requests_per_s, p50_us, p99_us, cpu_us (of the tree, per request)."""
        command = ["taskset", "-c", str(self.core), "wrk", "-t1", f"-c{connections}"]
        command += [f"-d{self.seconds}s", "--latency"]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            if body is not None:
                script.write(POST.replace("BODY", json.dumps(body)))
                script.flush()
                command += ["-s", script.name]
            return self._measure(command, pid, address, path)

    @staticmethod
    def _measure(command, pid, address, path):
        command.append(f"http://{address[0]}:{address[1]}{path}")
        before = process.cpu_us(pid)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        result = read_report(done.stdout)
        result["cpu_us"] = (process.cpu_us(pid) - before) / result["requests"]
        return result


def middle(values):
    """The median, and how far the values lie apart: (median, spread as a part of it)."""
    median = statistics.median(values)
    return median, (max(values) - min(values)) / median if median else 0.0


def summary(runs):
    """Median and spread of every number of several runs."""
    facts = {"runs": len(runs)}
    for name in runs[0]:
        median, spread = middle([run[name] for run in runs])
        facts[name] = round(median, 3)
        facts[name + "_spread"] = round(spread, 4)
    return facts
