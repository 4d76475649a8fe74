"""Facts about leftovers.py."""

import os
import resource

import pytest

from . import leftovers
from .leftovers import Leftovers


@pytest.fixture
def opened():
    numbers = []
    yield numbers
    for number in numbers:
        os.close(number)


def test_a_few_open_files_are_no_harm(opened):
    left = Leftovers(0)
    opened.extend(os.dup(0) for _ in range(64))
    assert left.look(1) is None


def test_many_open_files_are_seen(opened):
    left = Leftovers(0)
    opened.extend(os.dup(0) for _ in range(66))
    assert left.look(1) == "left files open"


def test_open_files_are_seen_when_no_number_is_left(opened):
    left = Leftovers(0)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        while True:
            opened.append(os.dup(0))
    except OSError:
        assert left.look(1) == "left files open"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_script_that_replaces_what_looks_hides_nothing(opened, monkeypatch):
    left = Leftovers(0)
    opened.extend(os.dup(0) for _ in range(66))
    monkeypatch.setattr(os, "dup", lambda _: 0)
    assert left.look(1) == "left files open"


def test_short_runs_are_looked_at_together(opened):
    left = Leftovers(0)
    opened.extend(os.dup(0) for _ in range(66))
    answers = [left.look(0.00002) for _ in range(11)]
    assert answers.count(None) == 10 and "left files open" in answers


def test_a_folder_of_its_own_that_is_half_full_is_seen(monkeypatch):
    facts = {"f_blocks": 100, "f_bfree": 51, "f_files": 10, "f_ffree": 10}
    monkeypatch.setattr(leftovers, "_statvfs", lambda _: type("Facts", (), facts))
    monkeypatch.setenv("HOME", "/tmp")
    left = Leftovers(0)
    assert left.look(1) is None
    facts["f_bfree"] = 49
    assert left.look(1) == "left /tmp more than half full"
    facts.update(f_bfree=100, f_ffree=4)
    assert left.look(1) == "left /tmp more than half full"
    monkeypatch.setenv("HOME", "/nonexistent")
    assert Leftovers(0).look(1) is None
