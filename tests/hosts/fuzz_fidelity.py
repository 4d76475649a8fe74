#!/usr/bin/env python3
"""Random JSON through a host: what a script moves around must come back digit by digit and in its order.

Usage: fuzz_fidelity.py [--engine nodejs] [--build build/debug] [--rounds 2000] [--seed 1]
"""
import argparse
import json
import pathlib
import random
from decimal import Decimal

from host_process import Host, pack, reserve_descriptor

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS = {
    "js": [
        "event.response.content = {wrapped: [event.response.content]};",
        "var c = event.response.content; c.added = 1; delete c.added; c.list = [c.list];",
    ],
    "python3": ['event.response.content = {"wrapped": [event.response.content]}'],
}


class Numeral(str):
    """A number as it was written."""


def text(rng):
    return "".join(rng.choice('ab"\\/\n\t\u2028é😀0 {}[]:,') for _ in range(rng.randrange(6)))


def value(rng, depth):
    kind = rng.randrange(12 if depth < 4 else 7)
    if kind < 3:
        digits = str(rng.randrange(10 ** rng.choice([1, 3, 15, 16, 17, 19, 30])))
        point = "." + "".join(rng.choice("0123456789") for _ in range(rng.choice([1, 3, 18])))
        return Numeral(
            rng.choice(["", "-"])
            + digits
            + rng.choice(["", "", point])
            + rng.choice(["", "", "", "e5", "E-7"])
        )
    if kind < 5:
        return text(rng)
    if kind == 5:
        return rng.choice([True, False, None])
    if kind == 6:
        return rng.choice([{}, []])
    if kind < 9:
        return [value(rng, depth + 1) for _ in range(rng.randrange(5))]
    return record(rng, depth)


def record(rng, depth):
    keys = [
        rng.choice(["id", "a", "b", "name", "10", "2", "é", "x y", "constructor", ""])
        for _ in range(rng.randrange(6))
    ]
    return {key: value(rng, depth + 1) for key in keys}


def write(one, rng, space):
    """JSON with blanks and escapes that another encoder would not write."""
    blank = rng.choice(["", " ", "\n  "]) if space else ""
    if isinstance(one, Numeral):
        return str(one)
    if isinstance(one, str):
        return json.dumps(one, ensure_ascii=rng.random() < 0.3).replace(
            "/", rng.choice(["/", "\\/"])
        )
    if isinstance(one, dict):
        return (
            "{"
            + ("," + blank).join(
                f"{write(k, rng, space)}:{blank}{write(v, rng, space)}" for k, v in one.items()
            )
            + "}"
        )
    if isinstance(one, list):
        return "[" + (blank + ",").join(write(v, rng, space) for v in one) + blank + "]"
    return json.dumps(one)


def read(data):
    return json.loads(data, parse_int=Numeral, parse_float=Numeral)


def same(a, b):
    if isinstance(a, Numeral) or isinstance(b, Numeral):
        return isinstance(a, Numeral) and isinstance(b, Numeral) and Decimal(a) == Decimal(b)
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default="nodejs")
    parser.add_argument("--build", default="build/debug")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    reserve_descriptor()
    host = Host(options.engine, ROOT / options.build)
    scripts = SCRIPTS.get(options.engine, SCRIPTS["js"])
    for n, script in enumerate(scripts):
        host.send(
            pack("L", {"script": str(n), "name": "fuzz"}, [("text", "text", script.encode())])
        )
    bad = 0
    for number in range(1, options.rounds + 1):
        which = rng.randrange(len(scripts))
        given = dict(record(rng, 0), list=value(rng, 1))
        sent = write(given, rng, rng.random() < 0.5)
        host.send(
            pack(
                "R",
                {
                    "run": number,
                    "script": str(which),
                    "name": "fuzz",
                    "stage": "post_process",
                    "resource": "",
                    "request": {"method": "GET"},
                    "response": {"status_code": 200, "content_type": "application/json"},
                    "limits": {"wall_ms": 5000, "output_bytes": 1 << 22},
                },
                [("response.content", "json", sent.encode())],
            )
        )
        frame = host.receive(6)
        got = frame.parts.get("response.content", (None, b"null"))[1].decode()
        wanted = {"wrapped": [given]} if which == 0 else {**given, "list": [given["list"]]}
        if not same(read(got), wanted):
            bad += 1
            print(f"script {which}: {sent}\n  came back as {got} {frame.head}")
            if bad > 5:
                break
    host.close()
    print(f"{options.rounds} documents, seed {options.seed}: {bad} differ")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
