import pytest

from sluice_host.codec import Codec, LongDecimal, texts
from sluice_host.maps import Map


def round_trip(text):
    codec = Codec()
    return codec.encode(codec.decode(text))


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":12345678901234567890123,"b":0.1234567890123456789,"c":1e400,"d":[0.1,1.5]}',
        b'{"\\u0000":1.00000000000000001,"1":[],"x":{}}',
        b'["\xc3\xa9","\\"\\\\"]',
    ],
)
def test_what_was_read_is_written_back(text):
    assert round_trip(text) == text


def test_short_decimals_are_plain_floats():
    assert type(Codec().decode(b"[0.1]")[0]) is float


def test_long_decimals_count_as_floats():
    value = Codec().decode(b"[0.12345678901234567890]")[0]
    assert type(value) is LongDecimal
    assert value + 1 == pytest.approx(1.1234567)


def test_a_long_decimal_that_a_float_holds_is_a_plain_float():
    assert type(Codec().decode(b"[1.5000000000000000000]")[0]) is float


def test_maps_are_maps_at_every_depth():
    value = Codec().decode(b'{"a":[{"b":{}}]}')
    assert type(value.a[0].b) is Map


def test_reading_is_no_change():
    codec = Codec()
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
def test_another_value_is_a_change(text, change):
    assert Codec().changed(text, change) is not None


def test_half_of_a_surrogate_pair_is_escaped():
    assert round_trip(b'"\\ud800"') == b'"\\ud800"'


def test_numbers_that_json_has_not_are_refused():
    with pytest.raises(ValueError):
        Codec().encode(float("inf"))
    with pytest.raises(ValueError):
        Codec().decode(b"[NaN]")


def test_keys_that_are_no_text_become_text_in_both_writers():
    for text in (b"[1.5]", b"[0.12345678901234567890]"):
        codec = Codec()
        codec.decode(text)
        assert codec.encode({7: 2, None: 3, True: 4}) == b'{"7":2,"null":3,"true":4}'


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
