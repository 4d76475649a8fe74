"""The module against Python's json, on random texts and values, and against its own appetite."""

import gc
import json
import math
import os
import random
import resource
import struct
import sys
from collections import OrderedDict

import pytest

from sluice_host import codec, limits
from sluice_host.maps import Map

native = codec.native()
if native is None:
    assert os.environ.get("SLUICE_JSON") != "required", "sluice_json is not on PYTHONPATH"
    pytest.skip("sluice_json was not built", allow_module_level=True)

plain = codec.plain()
VALUES = 20_000
LETTERS = 'aé"\\/\b\f\n\r\t\0\x1f\x7f\x80 \u2028\u20ac\ud7ff\ue000\uffff\U0001f600\U0010ffff'
NUMBERS = [2**53, 2**63, 2**64, 10**17, 10**18, 10**19, 10**40, 1, 0]
EXOTIC = ["0.0", "-0.0", "1e400", "-1E-400", "5e-324", "2.2250738585072011e-308", "1.10e2", "0e9",
          "9007199254740993.0", "0.1000000000000000055511151231257827", "123456789012345.6",
          "1.5000000000000000000", "0.0000000000000000000", "1e16", "1e-5", "-12.30"]  # fmt: skip


def text(r):
    made = "".join(r.choice(LETTERS) for _ in range(r.randrange(r.choice((3, 30)))))
    return made + chr(r.randrange(0xD800, 0xE000)) if r.random() < 0.01 else made


def number(r):
    kind = r.randrange(5)
    if kind == 0:
        return r.choice((1, -1)) * (r.choice(NUMBERS) + r.randrange(-3, 4))
    if kind == 1:
        return round(r.uniform(-1e6, 1e6), r.randrange(7))
    if kind == 2:
        value = struct.unpack("<d", r.randbytes(8))[0]
        return value if math.isfinite(value) or r.random() < 0.05 else 0.5
    if kind == 3:
        return r.randrange(10**16) / 10 ** r.randrange(20)
    return codec.plain_json.decimal(r.choice(EXOTIC))


def value(r, depth=0):
    kind = r.random()
    if depth < 6 and kind < 0.2:
        names = (
            "id",
            "name",
            "",
            text(r),
            text(r),
            *(() if r.random() < 0.9 else (1, 1.5, None, False)),
        )
        kind = r.choice((dict, Map))
        return kind((r.choice(names), value(r, depth + 1)) for _ in range(r.randrange(6)))
    if depth < 6 and kind < 0.35:
        return r.choice((list, tuple))(value(r, depth + 1) for _ in range(r.randrange(5)))
    if kind < 0.6:
        return number(r)
    if kind < 0.9:
        return text(r)
    return r.choice((None, True, False, b"x", object) if kind > 0.998 else (None, True, False))


def outcome(function, argument):
    """What comes of it, so that errors compare, and so do types, order and the sign of zero."""
    try:
        made = function(argument)
    except Exception as error:
        return type(error), str(error)
    return made if type(made) is bytes else repr(shape(made))


def shape(made):
    if isinstance(made, dict):
        return type(made), [(name, shape(item)) for name, item in made.items()]
    if isinstance(made, list):
        return [shape(item) for item in made]
    return type(made), getattr(made, "text", made)


def spoilt(r, raw):
    """Some bytes of it lost, doubled or replaced."""
    raw = bytearray(raw)
    for _ in range(r.randrange(1, 3)):
        at = r.randrange(len(raw) + 1)
        raw[at : at + r.randrange(3)] = r.choice(
            (
                b"",
                b'"',
                b"\\",
                b"\\u",
                b"\\ud83d",
                b",",
                b"0",
                b"-",
                b".",
                b"e5",
                b"[",
                b"}",
                b"\0",
                b"\xff",
                b"\xed",
            )
        )
    return bytes(raw)


def test_both_write_the_same():
    r = random.Random(1)
    for _ in range(VALUES):
        made = value(r)
        assert outcome(native[1], made) == outcome(plain[1], made)


def test_both_read_the_same():
    r = random.Random(2)
    refused = 0
    for _ in range(VALUES):
        try:
            raw = plain[1](value(r))
        except (TypeError, ValueError):
            continue
        if r.random() < 0.3:
            raw = json.dumps(json.loads(raw), indent=r.randrange(3)).encode()
        if r.random() < 0.3:
            raw = raw.replace(b"1", r.choice(EXOTIC).encode())
        if r.random() < 0.1:
            raw = raw.replace(b'"name"', b'"id"')
        if r.random() < 0.3:
            raw = spoilt(r, raw)
        expected = outcome(plain[0], raw)
        refused += type(expected) is tuple
        assert outcome(native[0], raw) == expected, raw
    assert refused > VALUES // 20


def test_the_module_itself_does_the_work():
    """What json is asked about instead is rare: errors, and half surrogate pairs."""
    import sluice_json

    r = random.Random(3)
    plain_json = codec.plain_json
    for _ in range(VALUES // 4):
        made = value(r)
        try:
            raw = plain[1](made)
        except (TypeError, ValueError):
            continue
        if b"\\ud" in raw:
            continue
        assert sluice_json.encode(made, Map, plain_json.LongDecimal, plain_json.other) == raw
        read = sluice_json.decode(raw, Map, plain_json.decimal)
        assert shape(read) == shape(plain[0](raw))


def test_every_cut_of_a_text_ends_in_order():
    whole = (
        b'{"a":[1.25e3,-7,"\\ud83d\\ude00x",true,null],"b":{"c":123456789012345678901234567890}}'
    )
    for end in range(len(whole)):
        assert outcome(native[0], whole[:end]) == outcome(plain[0], whole[:end])


def _kept():
    """What would grow with a lost reference: bytes of memory, objects, users of what is shared."""
    gc.collect()
    with open("/proc/self/statm", "rb") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    shared = (None, True, False, (), Map, codec.plain_json.decimal, codec.plain_json.other)
    return [resident >> 10, sys.getallocatedblocks(), *map(sys.getrefcount, shared)]


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="a sanitizer keeps what is given back")
def test_nothing_is_kept():
    class Stubborn:
        def isoformat(self):
            raise KeyError

    rows = [{"id": i, "näme": "x\n" * i, "d": i / 7, "n": 10**30, "e": []} for i in range(20)]
    good = json.dumps([rows, {}, None, True, False])
    texts = [good.encode(), good[:-1].encode(), b"[1.00000000000000000001e5]", b'[{"a":"\\ud800"}]']
    values = [plain[0](texts[0]), [Stubborn()], {"a": {(): 1}}, [1, float("nan")], ["\ud800", 10**30],
              OrderedDict(a=(b"x", {1})), ["x" * 5000]]  # fmt: skip

    def all_ways():
        for raw in texts:
            outcome(native[0], raw)
        for made in values:
            outcome(native[1], made)

    for _ in range(200):
        all_ways()
    before = _kept()
    for _ in range(3000):
        all_ways()
    assert max(now - then for now, then in zip(_kept(), before)) < 1000


def _in_a_child(function):
    child = os.fork()
    if child == 0:
        try:
            os._exit(function())
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="a sanitizer ends the process instead")
def test_too_little_memory_is_an_error():
    def starve():
        large = "x" * (8 << 20)
        text = native[1]([large] * 12)
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + (16 << 20), -1))
        failed = 0
        for function, argument in ((native[1], [large] * 16), (native[0], text)):
            try:
                function(argument)
            except MemoryError:
                failed += 1
        return failed

    assert _in_a_child(starve) == 2


def _address_space():
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def test_the_deepest_that_python_allows_fits_the_stack():
    def dive():
        sys.setrecursionlimit(limits._DEEPEST)
        for raw in (b"[" * 100_000, b'{"a":' * 100_000):
            assert outcome(native[0], raw)[0] is RecursionError
        value = ()
        for _ in range(100_000):
            value = [{"a": value}]
        assert outcome(native[1], value)[0] is RecursionError
        return 7

    assert _in_a_child(dive) == 7
