"""An expected body: JSON in which `{{type}}` stands for any value of that type and a closing `...`
allows more members or items. Numbers compare by value, exactly: 12.50 equals 12.5, 2^53 + 1 is itself."""

import decimal
import json
import re

TYPES = {
    "any": (r"[\s\S]*", lambda v: True),
    "string": (r"[\s\S]*", lambda v: isinstance(v, str)),
    "int": (r"-?\d+", lambda v: isinstance(v, int) and not isinstance(v, bool)),
    "number": (
        r"-?[\d.]+(?:[eE][+-]?\d+)?",
        lambda v: isinstance(v, (int, decimal.Decimal)) and not isinstance(v, bool),
    ),
    "bool": (r"true|false", lambda v: isinstance(v, bool)),
    "list": (None, lambda v: isinstance(v, list)),
    "object": (None, lambda v: isinstance(v, dict)),
    "date": (r"\d{4}-\d\d-\d\d", None),
    "timestamp": (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d(?::?\d\d)?)?", None),
    "uuid": (r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", None),
    "key": (r"[0-9a-f]{64}", None),
    "base64": (r"[A-Za-z0-9+/]*={0,2}", None),
}

HOLE = re.compile(r"\{\{(?:(\w+)=)?(\w+|/(?:[^/\\]|\\.)+/)\}\}")


class Hole:
    """`{{type}}`, `{{name=type}}` or `{{/regular expression/}}` where a value is expected."""

    def __init__(self, name, kind):
        self.name = name
        if kind.startswith("/"):
            self.text = kind[1:-1]
            self.accepts = None
        else:
            self.text, self.accepts = TYPES[kind]
        self.kind = kind

    def matches(self, value):
        if self.accepts is not None:
            return self.accepts(value)
        return isinstance(value, str) and re.fullmatch(self.text, value) is not None

    def __repr__(self):
        return "{{%s}}" % self.kind


class Text:
    """A string with holes in it."""

    def __init__(self, source):
        self.source = source
        self.names = []
        expression, end = "", 0
        for hole in HOLE.finditer(source):
            part = Hole(hole.group(1), hole.group(2))
            self.names.append(part.name)
            expression += re.escape(source[end : hole.start()]) + f"({part.text})"
            end = hole.end()
        self.expression = re.compile(expression + re.escape(source[end:]))

    def match(self, value, captured):
        found = self.expression.fullmatch(value) if isinstance(value, str) else None
        if found:
            captured.update({n: v for n, v in zip(self.names, found.groups()) if n})
        return found is not None

    def __repr__(self):
        return json.dumps(self.source)


class Open:
    """A list or map that may hold more than is written."""

    def __init__(self, value):
        self.value = value


class Faulty(Exception):
    """The expected body itself cannot be read."""


class Reader:
    NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
    STRING = re.compile(r'"(?:[^"\\]|\\.)*"')

    def __init__(self, text):
        self.text = text
        self.at = 0

    def read(self):
        value = self.value()
        self.blank()
        if self.at != len(self.text):
            raise Faulty(f"text after the body: {self.text[self.at:self.at + 40]!r}")
        return value

    def blank(self):
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def takes(self, token):
        self.blank()
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def take(self, token):
        if not self.takes(token):
            raise Faulty(f"expected {token!r} at {self.text[self.at:self.at + 40]!r}")

    def value(self):
        self.blank()
        hole = HOLE.match(self.text, self.at)
        if hole:
            self.at = hole.end()
            if not hole.group(2).startswith("/") and hole.group(2) not in TYPES:
                raise Faulty(f"no type or value named {hole.group(2)!r}")
            return Hole(hole.group(1), hole.group(2))
        if self.takes("{"):
            return self.members()
        if self.takes("["):
            return self.items()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.takes(word):
                return value
        number = self.NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            text = number.group()
            return decimal.Decimal(text) if number.group(1) or number.group(2) else int(text)
        return self.string()

    def string(self):
        self.blank()
        string = self.STRING.match(self.text, self.at)
        if not string:
            raise Faulty(f"expected a value at {self.text[self.at:self.at + 40]!r}")
        self.at = string.end()
        text = json.loads(string.group(), strict=False)
        return Text(text) if HOLE.search(text) else text

    def members(self):
        members = {}
        while not self.takes("}"):
            if self.takes("..."):
                self.take("}")
                return Open(members)
            key = self.string()
            self.take(":")
            members[key] = self.value()
            if not self.takes(","):
                if self.takes("..."):
                    self.take("}")
                    return Open(members)
                self.take("}")
                break
        return members

    def items(self):
        items = []
        while not self.takes("]"):
            if self.takes("..."):
                self.take("]")
                return Open(items)
            items.append(self.value())
            if not self.takes(","):
                self.take("]")
                break
        return items


def shown(value):
    """A value or pattern as short text for a difference."""
    if isinstance(value, Open):
        value = value.value
    if isinstance(value, (Hole, Text)):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, decimal.Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def differences(pattern, value, captured, path="$"):
    """What is not as expected, one line each; named holes land in `captured`."""
    is_open = isinstance(pattern, Open)
    if is_open:
        pattern = pattern.value
    if isinstance(pattern, Hole):
        if not pattern.matches(value):
            yield f"{path}: expected {pattern}, got {shown(value)}"
        elif pattern.name:
            captured[pattern.name] = value if isinstance(value, str) else json.dumps(value)
    elif isinstance(pattern, Text):
        if not pattern.match(value, captured):
            yield f"{path}: expected {pattern}, got {shown(value)}"
    elif isinstance(pattern, dict) and isinstance(value, dict):
        for key, expected in pattern.items():
            if key in value:
                yield from differences(expected, value[key], captured, f"{path}.{key}")
            else:
                yield f"{path}.{key}: missing, expected {shown(expected)}"
        for key in value:
            if key not in pattern and not is_open:
                yield f"{path}.{key}: not expected, got {shown(value[key])}"
    elif isinstance(pattern, list) and isinstance(value, list):
        for index, (expected, item) in enumerate(zip(pattern, value)):
            yield from differences(expected, item, captured, f"{path}[{index}]")
        if len(value) < len(pattern):
            yield f"{path}: {len(value)} items, expected {len(pattern)}"
        elif len(value) > len(pattern) and not is_open:
            yield f"{path}: {len(value)} items, expected {len(pattern)}; first more: {shown(value[len(pattern)])}"
    elif pattern != value or isinstance(pattern, bool) != isinstance(value, bool):
        yield f"{path}: expected {shown(pattern)}, got {shown(value)}"


def read_json(text):
    """Decoded with every digit kept."""
    return json.loads(text, parse_float=decimal.Decimal)
