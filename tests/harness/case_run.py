"""Runs one case against one server: what differs, as text."""

import json
import re

from . import case_file, pattern
from .instance import Instance, access_row, value_of

ALL = ["GET", "POST", "PUT", "PATCH", "DELETE"]
STANDARD_KEYS = {"reader": ["GET"], "writer": ALL}


class Failed(Exception):
    """The case's report."""


class CaseRun:
    def __init__(self, case, engine, server, databases):
        self.case = case
        self.engine = engine
        self.server = server
        self.databases = databases
        self.instance = Instance(server)
        self.values = {"engine": engine} if engine else {}
        self.database = None

    def run(self):
        """Raises Failed; cleans up in any case."""
        try:
            self.prepare()
            for request, expected in self.case.pairs:
                self.exchange(request, expected)
        except (RuntimeError, OSError, pattern.Faulty, case_file.Faulty) as fault:
            raise Failed(f"{type(fault).__name__}: {fault}") from fault
        finally:
            self.clean_up()

    def clean_up(self):
        try:
            if self.server.is_alive:
                self.instance.remove()
        except (RuntimeError, OSError) as fault:
            # The next case must not meet what this one left.
            self.server.kill()
            raise Failed(f"cleaning up: {fault}") from fault
        finally:
            if self.database:
                self.databases.drop(self.database)

    # -- what stands before the first request ----------------------------------------------------

    def prepare(self):
        kind, self.database = self.databases.create(self.case.fixture)
        ids = {}
        if not any(service.name == "db" for service in self.case.services):
            ids["db"] = self.instance.add_service("db", kind, self.database)
        for service in self.case.services:
            if "db" in service.types:
                config = {**self.database, **json.loads(service.body)}
                ids[service.name] = self.instance.add_service(service.name, kind, config)
            elif self.engine in service.types:
                config = {"content": service.body}
                config.update({key: value_of(v) for key, v in service.options.items()})
                ids[service.name] = self.instance.add_service(service.name, self.engine, config)
            elif service.types[0] not in case_file.ENGINES:
                config = json.loads(service.body)
                ids[service.name] = self.instance.add_service(
                    service.name, service.types[0], config
                )
            elif not self.case.engines:
                config = {"content": service.body}
                config.update({key: value_of(v) for key, v in service.options.items()})
                ids[service.name] = self.instance.add_service(
                    service.name, service.types[0], config
                )
        self.add_keys(ids)
        for script in self.case.scripts:
            if not self.case.engines:
                self.add_script(script, script.engines[0])
            elif self.engine in script.engines:
                self.add_script(script, self.engine)

    def add_script(self, script, engine):
        self.instance.add_script(
            script.event,
            engine,
            self.filled(script.body, strict=False),
            script.modify,
            script.active,
            script.options,
        )

    def add_keys(self, ids):
        used = json.dumps([request.__dict__ for request, _ in self.case.pairs])
        used += "".join(script.body for script in self.case.scripts)
        for name, verbs in STANDARD_KEYS.items():
            if "{{%s}}" % name in used:
                rows = [access_row(ids[s], "*", verbs, ["api", "script"]) for s in ids]
                self.values[name] = self.instance.add_key(name, rows)
        rows = {}
        for role in self.case.roles:
            service = None if role.service == "*" else ids.get(role.service)
            if service is None and role.service != "*":
                service = self.service_id(role.service)
            rows.setdefault(role.name, []).append(
                access_row(service, role.component, role.verbs, role.requestors, role.filters)
            )
        for name, access in rows.items():
            self.values[name] = self.instance.add_key(name, access)
        if "{{admin_" in used:
            headers = self.server.admin_headers()
            self.values["admin_key"] = headers["X-DreamFactory-API-Key"]
            self.values["admin_token"] = headers["X-DreamFactory-Session-Token"]

    def service_id(self, name):
        for row in self.server.admin("GET", "system/service?fields=id,name")["resource"]:
            if row["name"] == name:
                return row["id"]
        raise Failed(f"role: no service {name}")

    # -- one request and its answer --------------------------------------------------------------

    def filled(self, text, strict=True):
        def value(hole):
            name = hole.group(1)
            if name in self.values:
                return self.values[name]
            if strict:
                raise Failed(f"no value {{{{{name}}}}}")
            return hole.group()

        return re.sub(r"\{\{(\w+)\}\}", value, text)

    def exchange(self, request, expected):
        headers = [(name, self.filled(value)) for name, value in request.headers]
        body = self.filled(request.body, strict=False)
        if body[:1] in ("{", "[") and not any(n.lower() == "content-type" for n, _ in headers):
            headers.append(("Content-Type", "application/json"))
        before = self.instance.script_runs() if fired_checks(expected) else None
        answer = self.server.request(
            request.method, self.filled(request.path), headers, body or None
        )
        faults = list(self.faults(answer, expected))
        faults += self.fired_faults(expected, before)
        if faults:
            raise Failed(
                f"line {request.line}: {request.method} {request.path}\n"
                + "\n".join("    " + fault for fault in faults)
                + f"\n  answer: {answer.status} {answer.text[:2000]}"
            )

    def faults(self, answer, expected):
        if str(answer.status) != expected.status:
            yield f"status: expected {expected.status}, got {answer.status}"
        for name, value in expected.headers:
            got = answer.header(name)
            wanted = pattern.Text(self.known(value))
            if value == "absent":
                if got is not None:
                    yield f"{name}: expected to be absent, got {got}"
            elif not wanted.match(got, self.values):
                yield f"{name}: expected {value}, got {got}"
        for kind, value in expected.checks:
            if kind == "contains" and self.filled(value) not in answer.text:
                yield f"the body lacks {value}"
            if kind == "lacks" and self.filled(value).lower() in answer.text.lower():
                yield f"the body holds {value}"
        if expected.body:
            yield from self.body_faults(answer, expected.body)

    def known(self, text):
        """Values are put in; types stay holes."""
        return self.filled(text, strict=False)

    def body_faults(self, answer, body):
        if body == "(empty)":
            if answer.body:
                yield "expected an empty body"
            return
        body = self.known(body)
        if body.startswith("text:"):
            wanted = pattern.Text(body[5:].strip())
            if not wanted.match(answer.text.removesuffix("\n"), self.values):
                yield f"expected the text {wanted}"
            return
        wanted = pattern.Reader(body).read()
        try:
            got = pattern.read_json(answer.body)
        except ValueError:
            yield "the body is no JSON"
            return
        yield from pattern.differences(wanted, got, self.values)

    def fired_faults(self, expected, before):
        """`fired: name=2 *=0`: how often each script ran during this request."""
        wanted = fired_checks(expected)
        if not wanted:
            return []
        after = self.instance.script_runs()
        if before is None or after is None:
            return ["fired: the server's /metrics does not count the runs of scripts"]
        ran = {name: after[name] - before.get(name, 0) for name in after}
        ran = {name: count for name, count in ran.items() if count}
        faults = []
        for name, count in wanted.items():
            if name != "*" and ran.get(name, 0) != count:
                faults.append(f"fired: {name} ran {ran.get(name, 0)} times, expected {count}")
        if "*" in wanted:
            for name in sorted(set(ran) - set(wanted)):
                faults.append(f"fired: {name} ran {ran[name]} times, expected none")
        return faults


def fired_checks(expected):
    wanted = {}
    for kind, value in expected.checks:
        if kind == "fired":
            for word in value.split():
                name, count = word.rsplit("=", 1)
                wanted[name] = int(count)
    return wanted
