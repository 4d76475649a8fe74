import collections
import datetime
import enum
import json

import pytest

from sluice_host.codec import Codec, texts
from sluice_host.maps import Later, Lazy, Map
from sluice_host.plain_json import LongDecimal


@pytest.fixture
def codec(functions):
    return Codec(*functions)


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":12345678901234567890123,"b":0.1234567890123456789,"c":1e400,"d":[0.1,1.5]}',
        b'{"\\u0000":1.00000000000000001,"1":[],"x":{}}',
        b'["\xc3\xa9","\\"\\\\"]',
    ],
)
def test_what_was_read_is_written_back(codec, text):
    assert codec.encode(codec.decode(text)) == text


def test_short_decimals_are_plain_floats(codec):
    assert type(codec.decode(b"[0.1]")[0]) is float


def test_long_decimals_count_as_floats(codec):
    value = codec.decode(b"[0.12345678901234567890]")[0]
    assert type(value) is LongDecimal
    assert value + 1 == pytest.approx(1.1234567)


def test_a_long_decimal_that_a_float_holds_is_a_plain_float(codec):
    assert type(codec.decode(b"[1.5000000000000000000]")[0]) is float


def test_maps_are_maps_at_every_depth(codec):
    value = codec.decode(b'{"a":[{"b":{}}]}')
    assert type(value.a[0].b) is Map


def test_reading_is_no_change(codec):
    for text in (b'{"a": 1}', b'{ "a" : [ 1.10, "x" ] }', b'{"a":"\\u00e9\\/"}', b'{"a":1e2}'):
        assert codec.changed(text, codec.decode(text)) is None


@pytest.mark.parametrize(
    "text, change",
    [
        (b'{"a": 1}', {"a": 2}),
        (b'{"a":1}', {"a": 1.0}),
        (b'{"a":1}', {"a": True}),
        (b'{"a":1,"b":2}', {"b": 2, "a": 1}),
        (b'{"a":"x y"}', {"a": "xy"}),
        (b'{"a":"\\n"}', {"a": "n"}),
        (b'{"a":[]}', {"a": {}}),
    ],
)
def test_another_value_is_a_change(codec, text, change):
    assert codec.changed(text, change) is not None


def test_half_of_a_surrogate_pair_is_escaped(codec):
    assert codec.encode(codec.decode(b'"\\ud800"')) == b'"\\ud800"'


def test_numbers_that_json_has_not_are_refused(codec):
    with pytest.raises(ValueError):
        codec.encode(float("inf"))
    with pytest.raises(ValueError):
        codec.decode(b"[NaN]")


def test_keys_that_are_no_text_become_text_in_both_writers(codec):
    value = {7: 2, None: 3, True: 4, 1.5: 5, 1 << 70: 6}
    text = b'{"7":2,"null":3,"true":4,"1.5":5,"1180591620717411303424":6}'
    assert codec.encode(value) == text
    long = codec.decode(b"0.12345678901234567890")
    assert codec.encode({**value, "x": long}) == text[:-1] + b',"x":0.12345678901234567890}'


def test_maps_of_texts():
    assert texts({"a": 1, "b": True, "c": [1], 5: "x"}, "m") == {
        "a": "1",
        "b": "true",
        "c": "[1]",
        "5": "x",
    }
    assert texts([], "m") == {}
    with pytest.raises(TypeError):
        texts([1], "m")


class Colour(enum.IntEnum):
    RED = 7


class Loud(str):
    def __str__(self):
        return "LOUD"


class Sorted(list):
    def __iter__(self):
        return iter(sorted(list.__iter__(self)))


@pytest.mark.parametrize(
    "value, text",
    [
        (Colour.RED, b"7"),
        ({Colour.RED: Colour.RED}, b'{"7":7}'),
        (Loud("x"), b'"x"'),
        (Sorted([2, 1]), b"[1,2]"),
        (collections.namedtuple("Pair", "a b")(1, ()), b"[1,[]]"),
        (collections.OrderedDict(b=1, a=2), b'{"b":1,"a":2}'),
        (datetime.date(2026, 1, 2), b'"2026-01-02"'),
        ([b"x", {4}, frozenset()], b'["x",[4],[]]'),
        ('\0\x1f\x7f"\\/\b\f\n\r\t', b'"\\u0000\\u001f\x7f\\"\\\\/\\b\\f\\n\\r\\t"'),
        (Lazy(a=Later(dict, ()), b=1), b'{"a":{},"b":1}'),
        (
            [-0.0, 1e16, 1e-5, 0.0001, 123456.7891, 5e-324],
            b"[-0.0,1e+16,1e-05,0.0001,123456.7891,5e-324]",
        ),
        (["\udc00", "é"], b'["\\udc00","\\u00e9"]'),
    ],
)
def test_kinds_are_written_as_json_writes_them(codec, value, text):
    assert codec.encode(value) == text


@pytest.mark.parametrize(
    "text",
    [
        b"", b" ", b"[", b"[1,]", b"[1 2]", b'{"a"}', b'{"a":}', b'{"a":1,}', b"{1:2}", b"01",
        b"-", b"1.", b".5", b"+1", b"1e", b"1e+", b"[1]x", b"nul", b"Infinity", b"-Infinity", b'"',
        b'"\\', b'"\\x"', b'"\\u12"', b'"\\u12g4"', b'"\n"', b'"\xff"', b'"\xed\xa0\x80"',
        b'"\\n\xed\xa0\x80"', b"\xef\xbb\xbf1", b"1\0", b'"a\0"', b"\0", b"'a'", b"1_0", b"tru\0",
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_in_the_words_of_json(codec, text):
    with pytest.raises(ValueError) as refused:
        codec.decode(text)
    with pytest.raises(ValueError) as expected:
        json.loads(text.decode("utf-8"), parse_constant=int)
    if "int()" not in str(expected.value) and not text.startswith(b"\xef\xbb\xbf"):
        assert str(refused.value) == str(expected.value)


def test_of_repeated_names_the_last_counts(codec):
    assert list(codec.decode(b'{"a":1,"b":2,"a":3}').items()) == [("a", 3), ("b", 2)]


def test_pairs_of_escapes_are_one_character(codec):
    assert codec.decode(rb'["\ud83d\uDE00\u20ac\u00e9\u0041","\ude00\ud83d"]') == [
        "\U0001f600\u20ac\u00e9A",
        "\ude00\ud83d",
    ]


def test_depth_ends_in_an_error(codec):
    for text in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        with pytest.raises(RecursionError):
            codec.decode(text)
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(RecursionError):
        codec.encode(value)


def test_depth_that_python_bears_is_read_and_written(codec):
    text = b'{"a":[' * 90 + b"]}" * 90
    assert codec.encode(codec.decode(text)) == text


def test_a_circle_is_named(codec):
    value = Map(a=[])
    value.a.append(value)
    with pytest.raises(ValueError, match="Circular reference detected"):
        codec.encode(value)


def test_what_has_no_place_is_named(codec):
    with pytest.raises(TypeError, match="Object of type object is not JSON serializable"):
        codec.encode([object()])
    with pytest.raises(TypeError, match="keys must be str, int, float, bool or None, not tuple"):
        codec.encode({(1, 2): 3})


@pytest.mark.parametrize(
    "change",
    [lambda m: m.clear(), lambda m: m.popitem(), lambda m: m.update(dict.fromkeys("abcdefgh"))],
)
def test_values_may_change_while_they_are_written(codec, change):
    class Shifting:
        def isoformat(self):
            if row:
                change(row)
            del rows[1:]
            return "x"

    row = Map((str(i), Shifting()) for i in range(9))
    rows = [row, Shifting(), row]
    assert codec.encode(rows).startswith(b"[{")


def test_a_script_cannot_reach_in(codec, monkeypatch):
    monkeypatch.setattr(json, "dumps", None)
    monkeypatch.setattr(json, "loads", None)
    monkeypatch.setattr(json.encoder, "encode_basestring", None)
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    monkeypatch.setattr(json.decoder, "JSONDecoder", None)
    monkeypatch.setattr(json.JSONEncoder, "default", None)
    monkeypatch.setitem(__import__("sys").modules, "sluice_json", None)
    assert codec.encode(codec.decode(b'{"a":[1,"x"]}')) == b'{"a":[1,"x"]}'
