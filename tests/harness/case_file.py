"""A case file: a header, then requests and expected answers in turn, parted by lines of `---`.
The form is described in tests/cases/README.md."""

import dataclasses
import pathlib
import re
import shlex
import textwrap

ENGINES = ("nodejs", "v8js", "php", "python3", "python")
KEYS = {
    "name",
    "backends",
    "engines",
    "fixture",
    "script",
    "service",
    "role",
    "slow",
    "needs",
    "awaits",
}
HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z-]*):\s?(.*)")
CHECKS = ("fired", "contains", "lacks", "within")


class Faulty(Exception):
    """The file is no case."""


@dataclasses.dataclass
class Script:
    event: str
    engines: list
    body: str
    modify: bool = False
    active: bool = True
    options: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Service:
    name: str
    types: list
    body: str
    options: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Role:
    """rights: (service, component, verbs); requestors and filters belong to the last of them."""

    name: str
    service: str
    component: str
    verbs: list
    requestors: list
    filters: str


@dataclasses.dataclass
class Request:
    line: int
    method: str
    path: str
    headers: list
    body: str


@dataclasses.dataclass
class Expected:
    line: int
    status: str
    headers: list
    body: str
    checks: list


@dataclasses.dataclass
class Case:
    path: pathlib.Path
    name: str = ""
    backends: list = dataclasses.field(default_factory=lambda: ["sqlite", "postgres", "mysql"])
    engines: list = dataclasses.field(default_factory=list)
    fixture: str = "contacts"
    slow: bool = False
    needs: list = dataclasses.field(default_factory=list)
    awaits: str = ""
    scripts: list = dataclasses.field(default_factory=list)
    services: list = dataclasses.field(default_factory=list)
    roles: list = dataclasses.field(default_factory=list)
    pairs: list = dataclasses.field(default_factory=list)


def parse(path):
    """Raises Faulty with the line that is wrong."""
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    sections, start = [], 0
    for number, line in enumerate(lines + ["---"]):
        if line.rstrip() == "---":
            sections.append((start + 1, lines[start:number]))
            start = number + 1
    if len(sections) < 3 or len(sections) % 2 == 0:
        raise Faulty(f"{path}: requests and answers do not come in pairs")
    case = Case(pathlib.Path(path))
    parse_header(case, *sections[0])
    for request, answer in zip(sections[1::2], sections[2::2]):
        case.pairs.append((parse_request(path, *request), parse_expected(path, *answer)))
    if not case.name:
        raise Faulty(f"{path}: no name")
    return case


def parse_header(case, _, lines):
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line.strip() or line.startswith("#"):
            continue
        found = HEADER_LINE.fullmatch(line)
        if not found or found.group(1) not in KEYS:
            raise Faulty(f"{case.path}:{at}: no such header line: {line}")
        key, value = found.groups()
        if key in ("script", "service"):
            head, body, at = block(case, lines, at, value)
            add_block(case, key, shlex.split(head), body)
        elif key == "role":
            case.roles.append(parse_role(case, value))
        elif key in ("backends", "engines", "needs"):
            setattr(case, key, value.split())
        elif key == "slow":
            case.slow = value.strip() in ("", "yes")
        else:
            setattr(case, key, value.strip())


def block(case, lines, at, value):
    """`head { body }` on one line, or up to a line that is `}` alone."""
    one_line = re.fullmatch(r"(.*?)\s*\{ (.*) \}", value)
    if one_line:
        return one_line.group(1), one_line.group(2), at
    if not value.endswith("{"):
        raise Faulty(f"{case.path}:{at}: no {{ body }}: {value}")
    body = []
    while at < len(lines) and lines[at].rstrip() != "}":
        body.append(lines[at])
        at += 1
    if at == len(lines):
        raise Faulty(f"{case.path}:{at}: the body has no closing line }}")
    return value[:-1], textwrap.dedent("\n".join(body)), at + 1


def add_block(case, key, words, body):
    name, types, flags = words[0], words[1].split(","), words[2:]
    options = dict(flag.split("=", 1) for flag in flags if "=" in flag)
    if key == "service":
        case.services.append(Service(name, types, body, options))
        return
    unknown = set(types) - set(ENGINES)
    unknown |= {flag for flag in flags if "=" not in flag and flag not in ("modify", "inactive")}
    if unknown:
        raise Faulty(f"{case.path}: script {name}: unknown {' '.join(sorted(unknown))}")
    case.scripts.append(
        Script(name, types, body, "modify" in flags, "inactive" not in flags, options)
    )


def parse_role(case, value):
    """`name service component verbs [api|script|api,script] [filters as JSON]`; `-` is the empty component."""
    words = value.split(None, 4)
    if len(words) < 4:
        raise Faulty(f"{case.path}: role needs name, service, component, verbs: {value}")
    name, service, component, verbs = words[:4]
    rest = words[4] if len(words) > 4 else ""
    requestors = ["api", "script"]
    found = re.match(r"(api|script|api,script)(?:\s+|$)", rest)
    if found:
        requestors, rest = found.group(1).split(","), rest[found.end() :]
    return Role(
        name, service, "" if component == "-" else component, verbs.split(","), requestors, rest
    )


def split_head(lines):
    """Leading header lines, and what follows them."""
    headers, at = [], 0
    while at < len(lines):
        found = HEADER_LINE.fullmatch(lines[at])
        if not found or found.group(1) in CHECKS:
            break
        headers.append(found.groups())
        at += 1
    if at < len(lines) and not lines[at].strip():
        at += 1
    return headers, lines[at:]


def parse_request(path, line, lines):
    while lines and (not lines[0].strip() or lines[0].startswith("#")):
        lines, line = lines[1:], line + 1
    words = lines[0].split(" ", 1) if lines else []
    if len(words) != 2 or not words[0].isupper():
        raise Faulty(f"{path}:{line}: expected METHOD path")
    headers, body = split_head(lines[1:])
    return Request(line, words[0], words[1].strip(), headers, "\n".join(body).rstrip("\n"))


def parse_expected(path, line, lines):
    while lines and (not lines[0].strip() or lines[0].startswith("#")):
        lines, line = lines[1:], line + 1
    if not lines or not re.fullmatch(r"\d{3}", lines[0].strip()):
        raise Faulty(f"{path}:{line}: expected a status")
    headers, rest = split_head(lines[1:])
    body, checks = [], []
    for text in rest:
        found = HEADER_LINE.fullmatch(text)
        if found and found.group(1) in CHECKS:
            checks.append(found.groups())
        else:
            body.append(text)
    return Expected(line, lines[0].strip(), headers, "\n".join(body).strip("\n"), checks)
