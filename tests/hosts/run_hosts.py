#!/usr/bin/env python3
"""Holds every script host to hosts/PROTOCOL.md: runs tests/hosts/*.case against each of them."""
import argparse
import hashlib
import pathlib
import sys
import time

from case_file import ENGINES, Case, CaseError, differs, load_json
from host_process import Broken, Gone, Host, Late, is_built, pack, reserve_descriptor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DEFAULT_LIMITS = {
    "wall_ms": 5000,
    "memory_bytes": 128 << 20,
    "output_bytes": 4 << 20,
    "api_calls": 64,
}
# Members of `error` that a case need not name: they differ from engine to engine.
OPTIONAL_OF_ERROR = ("class", "line", "column", "stack")
GRACE_SECONDS = 1.5


class Failure(Exception):
    """A host did not do what the case says."""


class CaseRun:
    """One case against one engine: a host, replaced when it retires or dies."""

    def __init__(self, case, engine, build):
        self.case, self.engine, self.build = case, engine, build
        self.host, self.number, self.script = None, 0, None
        self.logs, self.expects_gone = {}, False

    def run(self):
        try:
            if self.case.is_pipelined:
                self.pipeline()
            else:
                for step in self.case.steps:
                    getattr(self, "step_" + step.kind)(step)
            if self.host and not self.host.close():
                raise Failure("the host did not leave at end of file")
        except (Gone, Late, Broken) as error:
            raise Failure(str(error)) from error
        finally:
            if self.host:
                self.output = self.host.output()
                self.host.kill()

    def need_host(self):
        if self.host is None:
            self.host = Host(self.engine, self.build, self.case.config, self.case.memory_bytes)
        return self.host

    def drop_host(self):
        self.host.kill()
        self.host = None

    # --- what is sent

    def text_for(self, step):
        section = step.one("script", self.engine)
        if section is None:
            own = [s for s in self.case.scripts if self.engine in s.engines]
            found = own or [s for s in self.case.scripts if not s.engines]
            if not found and self.script is None:
                raise Failure(f"line {step.section.line}: no script for {self.engine}")
            section = found[-1] if found else None
        if section is not None:
            self.script = section.body
        return self.script

    def frames_for(self, step):
        """The load (when the host has not got the script) and the run, as bytes."""
        text = self.text_for(step)
        wanted = getattr(step.section, "value", {})
        digest = hashlib.sha256(f"{self.engine}\n{text}".encode()).hexdigest()
        name = wanted.get("name", "db._table.employees.post.pre_process")
        out = b""
        if digest not in self.host.loaded:
            self.host.loaded.add(digest)
            out += pack("L", {"script": digest, "name": name}, [("text", "text", text.encode())])
        self.number += 1
        head = {
            "run": self.number,
            "script": digest,
            "name": name,
            "stage": wanted.get("stage", "pre_process"),
            "resource": wanted.get("resource", "employees"),
            "request": dict(
                {
                    "api_version": "2.0",
                    "method": "GET",
                    "content_type": "",
                    "uri": "/api/v2/db/_table/employees",
                    "service": "db",
                },
                **wanted.get("request", {}),
            ),
            "limits": dict(DEFAULT_LIMITS, **wanted.get("limits", {})),
        }
        if "response" in wanted:
            head["response"] = dict(
                {"status_code": 200, "content_type": "application/json"}, **wanted["response"]
            )
        elif head["stage"] not in ("pre_process", "queued"):
            head["response"] = {
                "status_code": 200,
                "content_type": None if head["stage"] == "api" else "application/json",
            }
        return out + pack("R", head, self.parts_for(step, "response" in head)), head

    def parts_for(self, step, has_response):
        parts = {
            "request.parameters": ("json", b"{}"),
            "request.headers": ("json", b"{}"),
            "session": ("json", b"{}"),
        }
        if has_response:
            parts["response.headers"] = ("json", b"{}")
        for section in step.pick("in", self.engine):
            name, form = section.words[1:3]
            data = bytes.fromhex(section.body) if form == "bytes" else section.body.encode()
            parts[name] = (form, data)
        return [(name, form, data) for name, (form, data) in parts.items()]

    # --- what comes back

    def next_frame(self, seconds):
        until = time.monotonic() + seconds
        while True:
            frame = self.host.receive(max(0.001, until - time.monotonic()))
            if frame.kind != "G":
                return frame
            if (
                frame.head.get("level") not in ("debug", "info", "warn", "error")
                or "text" not in frame.parts
            ):
                raise Failure(f"a log frame without level or text: {frame.head}")
            entry = (frame.head["level"], frame.parts["text"][1].decode())
            self.logs.setdefault(frame.head.get("run", 0), []).append(entry)

    def step_run(self, step):
        self.need_host()
        data, head = self.frames_for(step)
        self.host.send(data)
        self.finish(step, head)

    def step_check(self, step):
        """The text is sent to be compiled and no more; the answer is a done frame."""
        text = self.text_for(step)
        self.need_host()
        self.number += 1
        head = {
            "run": self.number,
            "name": "db._table.employees.post.pre_process",
            "limits": dict(DEFAULT_LIMITS, **getattr(step.section, "value", {}).get("limits", {})),
        }
        self.host.send(pack("K", head, [("text", "text", text.encode())]))
        self.finish(step, head)

    def pipeline(self):
        """All runs of the case in one write; the answers must come in the same order."""
        self.need_host()
        frames = [self.frames_for(step) for step in self.case.steps]
        self.host.send(b"".join(data for data, _ in frames))
        first = self.host
        for i, (step, (_, head)) in enumerate(zip(self.case.steps, frames)):
            if self.host is not first:  # it retired: the rest is for others, as in the server
                for left in self.case.steps[i:]:
                    self.step_run(left)
                return
            self.finish(step, head, len(frames))

    def finish(self, step, head, waiting=1):
        """Answers the calls of a run and compares its done frame."""
        calls, replies = step.pick("call", self.engine), step.pick("reply", self.engine)
        seconds = head["limits"]["wall_ms"] / 1000 + GRACE_SECONDS
        made = 0
        try:
            while (frame := self.next_frame(seconds * waiting)).kind == "C":
                if frame.head.get("run") != head["run"] or frame.head.get("call") != made + 1:
                    raise Failure(f'call numbered {frame.head.get("run")}/{frame.head.get("call")}')
                if made >= len(calls):
                    raise Failure(f"a call that was not expected: {frame.head}")
                self.check_call(calls[made], frame)
                reply = getattr(replies[made], "value", {}) if made < len(replies) else {}
                made += 1
                self.answer(frame, reply)
        except (Gone, Late) as error:
            self.died(step, error)
            return
        if frame.kind != "D" or frame.head.get("run") != head["run"]:
            raise Failure(
                f'expected the done frame of run {head["run"]}, got {frame.kind} {frame.head}'
            )
        if made != len(calls):
            raise Failure(f"{len(calls)} calls expected, {made} made; done says {frame.head}")
        self.check_done(step, frame)
        self.check_logs(step, head["run"])
        if "retire" in frame.head:
            self.step_leaves()

    def died(self, step, error):
        if step.one("dies", self.engine) is None:
            raise Failure(f"line {step.section.line}: {error}")
        done = step.one("done", self.engine)
        is_wall = done is not None and done.value.get("error", {}).get("limit") == "wall"
        if is_wall and self.host.hello.get("interrupts"):
            raise Failure(f"says that it interrupts runs, yet: {error}")
        self.drop_host()

    def answer(self, frame, reply):
        head = {
            "run": frame.head["run"],
            "call": frame.head["call"],
            "status_code": 200,
            "reason": "OK",
            "content_type": "application/json",
            "headers": {"content-type": "application/json"},
        }
        head.update({k: v for k, v in reply.items() if k not in ("content", "content_text")})
        content = reply.get("content_text")
        if content is None:
            content = dump(reply.get("content", {}))
        form = "json" if "json" in (head["content_type"] or "") else "text"
        self.host.send(pack("Y", head, [("content", form, content.encode())]))

    def check_call(self, section, frame):
        found = {k: v for k, v in frame.head.items() if k not in ("run", "call") and v != {}}
        for name, (form, data) in frame.parts.items():
            if name != "payload" or form not in ("json", "text"):
                raise Failure(f"line {section.line}: part {name} {form} in a call")
            found["payload" if form == "json" else "payload_text"] = (
                load_json(data.decode()) if form == "json" else data.decode()
            )
        why = differs(section.value, found, "call")
        if why:
            raise Failure(f"line {section.line}: {why}")

    def check_done(self, step, frame):
        section = step.one("done", self.engine)
        wanted = dict(section.value) if section else {}
        found = {k: v for k, v in frame.head.items() if k != "run"}
        if "retire" not in wanted:
            found.pop("retire", None)
        elif wanted["retire"] is None:
            del wanted["retire"]  # it must stay
        is_run = step.kind == "run"
        if is_run and "error" not in found and not isinstance(found.pop("us", None), int):
            raise Failure(f"line {step.section.line}: the run does not say how long it took")
        found.pop("us", None)
        if isinstance(wanted.get("error"), dict) and isinstance(found.get("error"), dict):
            found["error"] = {
                k: v
                for k, v in found["error"].items()
                if k in wanted["error"] or k not in OPTIONAL_OF_ERROR
            }
        where = f"line {section.line if section else step.section.line}"
        why = differs(wanted, found, "done")
        if why:
            raise Failure(f"{where}: {why}; parts {frame.parts}")
        self.check_parts(step, frame)

    def check_parts(self, step, frame):
        parts = dict(frame.parts)
        for section in step.pick("out", self.engine):
            name, form = section.words[1:3]
            if form == "absent":
                continue
            if name not in parts:
                raise Failure(f"line {section.line}: part {name} is missing; {sorted(parts)}")
            got_form, data = parts.pop(name)
            if got_form != form:
                raise Failure(f"line {section.line}: {name} is {got_form}, not {form}: {data!r}")
            self.check_part(section, form, data)
        if parts:
            raise Failure(f"line {step.section.line}: parts not expected: {parts}")

    @staticmethod
    def check_part(section, form, data):
        wanted = bytes.fromhex(section.body) if form == "bytes" else section.body.encode()
        if form != "json" or "exact" in section.words:
            if data != wanted:
                raise Failure(f"line {section.line}: {wanted!r} expected, found {data!r}")
            return
        try:
            found = load_json(data.decode())
        except ValueError as error:
            raise Failure(f"line {section.line}: not JSON: {data!r}") from error
        why = differs(load_json(section.body), found, section.words[1])
        if why:
            raise Failure(f"line {section.line}: {why}")

    def check_logs(self, step, run):
        for word in ("log", "nolog"):
            for section in step.pick(word, self.engine):
                level = section.words[1] if len(section.words) > 1 else None
                text = "\n".join(
                    t.rstrip("\n") for lv, t in self.logs.get(run, []) if level in (None, lv)
                )
                if (section.body in text) != (word == "log"):
                    raise Failure(f"line {section.line}: log is {self.logs.get(run, [])}")

    # --- the smaller steps

    def step_ping(self, _step):
        self.need_host().send(pack("P", {"n": 7}))
        frame = self.next_frame(5)
        if frame.kind != "P" or frame.head.get("n") != 7:
            raise Failure(f"not the ping that was sent: {frame.kind} {frame.head}")

    def step_unload(self, step):
        text = self.text_for(step)
        digest = hashlib.sha256(f"{self.engine}\n{text}".encode()).hexdigest()
        self.need_host().send(pack("U", {"script": digest}))
        self.host.loaded.discard(digest)

    def step_send(self, step):
        self.need_host().send(bytes.fromhex(step.section.body))

    def step_confined(self, _step):
        tasks = pathlib.Path(f"/proc/{self.need_host().process.pid}/task").glob("*/status")
        for task in tasks:
            facts = dict(line.split(":", 1) for line in task.read_text().splitlines())
            if facts["Seccomp"].strip() != "2" or facts["NoNewPrivs"].strip() != "1":
                raise Failure(f'a thread is not confined: {facts["Seccomp"]} {facts["NoNewPrivs"]}')

    def step_leaves(self):
        """A host that retires starts nothing more, whatever waits for it, and says nothing more."""
        try:
            frame = self.host.receive(5)
        except Gone:
            self.drop_host()
            return
        raise Failure(f"it retired, and sent {frame.kind} {frame.head}")

    def step_closes(self, step):
        try:
            frame = self.next_frame(5)
        except Gone:
            self.drop_host()
            return
        raise Failure(f"line {step.section.line}: still open, sent {frame.kind} {frame.head}")


def dump(value):
    import json

    return json.dumps(value, ensure_ascii=False, default=lambda d: float(d))


def run_one(case, engine, build):
    """'passed', 'skipped', or the text of what failed."""
    attempt = CaseRun(case, engine, build)
    try:
        attempt.run()
        return None
    except Failure as failure:
        output = getattr(attempt, "output", "")
        return f"{failure}" + (f"\n    host output: {output[-2000:]}" if output else "")
    except Exception as error:  # pylint: disable=broad-except
        return f"{type(error).__name__}: {error}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/debug", help="folder that holds hosts/")
    parser.add_argument(
        "--engine", action="append", choices=ENGINES, help="only this one (repeat for more)"
    )
    parser.add_argument("--verbose", action="store_true", help="one line per case and engine")
    parser.add_argument("cases", nargs="*", type=pathlib.Path, help="case files or folders")
    options = parser.parse_args()
    build = pathlib.Path(options.build)
    build = build if build.is_absolute() else ROOT / build
    paths = [
        p
        for c in options.cases or [HERE]
        for p in (sorted(c.glob("*.case")) if c.is_dir() else [c])
    ]
    try:
        cases = [Case(path) for path in paths]
    except CaseError as error:
        print(error)
        return 1
    reserve_descriptor()
    passed = failed = skipped = 0
    for engine in options.engine or ENGINES:
        if not is_built(engine, build):
            print(f"{engine}: not built")
            skipped += len(cases)
            continue
        for case in cases:
            why_not = case.why_not(engine)
            failure = None if why_not else run_one(case, engine, build)
            if why_not:
                skipped += 1
            elif failure:
                failed += 1
                print(f"FAILED {engine} {case.path.stem}: {failure}")
            else:
                passed += 1
            if options.verbose and not failure:
                print(
                    f'{"skipped" if why_not else "passed"} {engine} {case.path.stem} {why_not or ""}'.rstrip()
                )
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
