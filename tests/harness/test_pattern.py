"""A runner that never fails would pass everything: what must differ, differs."""

import pytest

from harness import pattern


def faults(expected, got):
    captured = {}
    found = list(
        pattern.differences(pattern.Reader(expected).read(), pattern.read_json(got), captured)
    )
    return found, captured


@pytest.mark.parametrize(
    "expected, got",
    [
        ('{"a": 1}', '{"a":1}'),
        ('{"a": 1, ...}', '{"a":1,"b":2}'),
        ("{...}", '{"b":2}'),
        ("[1, ...]", "[1,2,3]"),
        ('{"t": {{timestamp}}}', '{"t":"2024-01-02 03:04:05"}'),
        ('{"m": "Record \'{{int}}\' not found."}', '{"m":"Record \'7\' not found."}'),
        ("12.50", "12.5"),
        ("9007199254740993", "9007199254740993"),
        ("{{/a+b/}}", '"aab"'),
        ("{{any}}", "null"),
    ],
)
def test_equal_bodies_show_no_difference(expected, got):
    assert faults(expected, got)[0] == []


@pytest.mark.parametrize(
    "expected, got, where",
    [
        ('{"a": 1}', '{"a":2}', "$.a"),
        ('{"a": 1}', '{"a":1,"b":2}', "$.b"),
        ('{"a": 1, ...}', '{"b":2}', "$.a"),
        ("[1]", "[1,2]", "$"),
        ("[1, 2]", "[1]", "$"),
        ("1", "true", "$"),
        ("1", '"1"', "$"),
        ("9007199254740993", "9007199254740992", "$"),
        ("0.1", "0.1000000000000000055", "$"),
        ("{}", "[]", "$"),
        ("{{int}}", "1.5", "$"),
        ("{{int}}", "true", "$"),
        ('"a{{int}}"', '"ab"', "$"),
    ],
)
def test_other_bodies_are_reported_at_their_place(expected, got, where):
    found, _ = faults(expected, got)
    assert [line.split(":")[0] for line in found] == [where]


def test_a_named_hole_keeps_its_value():
    found, captured = faults('{"id": {{new=int}}, "t": "x-{{rest=string}}"}', '{"id":7,"t":"x-y"}')
    assert (found, captured) == ([], {"new": "7", "rest": "y"})


@pytest.mark.parametrize("text", ["{{nonsense}}", '{"a" 1}', "[1", "1 2", ""])
def test_an_unreadable_pattern_is_refused(text):
    with pytest.raises(pattern.Faulty):
        pattern.Reader(text).read()
