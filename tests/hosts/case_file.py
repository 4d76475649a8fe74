"""Reads a *.case file: README.md in this folder describes the format."""
import json
import re
from decimal import Decimal

ENGINES = ("nodejs", "v8js", "python3", "php", "python")
HEADERS = ("name", "engines", "skip", "config", "memory_bytes", "pipeline")
STEPS = ("run", "check", "ping", "unload", "send", "closes", "confined")
DETAILS = ("script", "in", "call", "reply", "done", "dies", "out", "log", "nolog")


class CaseError(Exception):
    """A case file that cannot be read: file, line and what is wrong."""


class Section:
    """One `--- word arguments` block: its words without engine names, its engines, its body."""

    def __init__(self, line, words, engines, body):
        self.line, self.words, self.engines, self.body = line, words, engines, body

    def fits(self, engine):
        return not self.engines or engine in self.engines


class Step:
    """A run, or one of the smaller things a case does to the host."""

    def __init__(self, section):
        self.kind, self.section, self.details = section.words[0], section, []

    def pick(self, word, engine):
        """The sections of that word for an engine; those that name it hide those that name none."""
        found = [s for s in self.details if s.words[0] == word and s.fits(engine)]
        own = [s for s in found if s.engines]
        return own or found

    def one(self, word, engine):
        found = self.pick(word, engine)
        return found[-1] if found else None


class Case:
    def __init__(self, path):
        self.path, self.name, self.engines = path, "", None
        self.skips, self.config, self.memory_bytes = {}, {}, 128 << 20
        self.is_pipelined, self.scripts, self.steps = False, [], []
        self._read()

    def why_not(self, engine):
        """Why an engine does not run this case, or None."""
        if engine in self.skips:
            return self.skips[engine]
        if self.engines is not None and engine not in self.engines:
            return "not among the engines of the case"
        scripts = self.scripts + [
            d for s in self.steps for d in s.details if d.words[0] == "script"
        ]
        if scripts and not any(s.fits(engine) for s in scripts):
            return "no script for it"
        return None

    def _fail(self, line, why):
        raise CaseError(f"{self.path}:{line}: {why}")

    def _read(self):
        lines = self.path.read_text(encoding="utf-8").split("\n")
        starts = [n for n, line in enumerate(lines) if line.startswith("--- ")]
        for n, line in enumerate(lines[: starts[0] if starts else len(lines)], 1):
            if line.strip() and not line.startswith("#"):
                self._header(n, line)
        for at, end in zip(starts, starts[1:] + [len(lines)]):
            words = lines[at][4:].split()
            engines = [w for w in words if w in ENGINES]
            body = "\n".join(lines[at + 1 : end])
            body = body[:-1] if body.endswith("\n") else body
            self._section(Section(at + 1, [w for w in words if w not in ENGINES], engines, body))
        if not self.name or not self.steps:
            self._fail(1, "a case needs a name and at least one step")

    def _header(self, number, line):
        key, colon, value = line.partition(":")
        words, value = key.split(), value.strip()
        if not colon or not words or words[0] not in HEADERS:
            self._fail(number, f'what is "{line}"?')
        if words[0] == "name":
            self.name = value
        elif words[0] == "engines":
            self.engines = value.split()
        elif words[0] == "skip":
            for engine in words[1:]:
                self.skips[engine] = value
        elif words[0] == "config":
            self.config = json.loads(value)
        elif words[0] == "memory_bytes":
            self.memory_bytes = int(value)
        else:
            self.is_pipelined = value == "yes"

    def _section(self, section):
        word = section.words[0] if section.words else ""
        if word in STEPS:
            if word in ("run", "check") and section.body.strip():
                self._json(section)
            self.steps.append(Step(section))
        elif word == "script" and not self.steps:
            self.scripts.append(section)
        elif word in DETAILS and self.steps and self.steps[-1].kind in ("run", "check"):
            if word in ("call", "reply", "done"):
                self._json(section)
            self.steps[-1].details.append(section)
        else:
            self._fail(section.line, f'section "{word}" does not belong here')

    def _json(self, section):
        try:
            section.value = load_json(section.body or "{}")
        except ValueError as error:
            self._fail(section.line, f"not JSON: {error}")


def load_json(text):
    """JSON with numbers kept exactly and repeated names refused by nobody (the last one counts)."""
    return json.loads(text, parse_float=Decimal)


def differs(wanted, found, where=""):
    """Why `found` is not as `wanted`, or None. Knows {{...}} and "...": "..." of README.md."""
    if isinstance(wanted, str) and wanted.startswith("{{") and wanted.endswith("}}"):
        return (
            None
            if _matches(wanted[2:-2], found)
            else f'{where or "value"}: {found!r} is no {wanted}'
        )
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return f'{where or "value"}: a map expected, found {found!r}'
        for key in found:
            if key not in wanted and "..." not in wanted:
                return f"{where}.{key}: not expected, found {found[key]!r}"
        for key, value in wanted.items():
            if key == "...":
                continue
            if key not in found:
                return f"{where}.{key}: missing"
            why = differs(value, found[key], f"{where}.{key}")
            if why:
                return why
        return None
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return f'{where or "value"}: {wanted!r} expected, found {found!r}'
        pairs = enumerate(zip(wanted, found))
        return next(filter(None, (differs(w, f, f"{where}[{n}]") for n, (w, f) in pairs)), None)
    same = (
        type(wanted) is type(found) or not isinstance(wanted, bool) and not isinstance(found, bool)
    )
    return (
        None
        if same and wanted == found
        else f'{where or "value"}: {wanted!r} expected, found {found!r}'
    )


def _matches(pattern, found):
    if pattern.startswith("/"):
        return isinstance(found, str) and re.search(pattern.strip("/"), found) is not None
    kinds = {"number": (int, Decimal), "text": str, "map": dict, "list": list, "any": object}
    return isinstance(found, kinds[pattern]) and not (
        pattern == "number" and isinstance(found, bool)
    )
