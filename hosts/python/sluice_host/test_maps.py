import copy
import json
import pickle

import pytest

from sluice_host.maps import Later, Lazy, Map, attributes, plain, stand_ins


def lazy(counter):
    def read(value):
        counter.append(value)
        return Map(x=value)

    return Lazy(a=Later(read, (1,)), b=Later(read, (2,)), c=3)


def test_only_what_is_read_is_decoded():
    counter = []
    view = lazy(counter)
    assert view.a.x == 1 and view["a"].x == 1 and view.get("a").x == 1 and view.c == 3
    assert "b" in view and len(view) == 3
    assert counter == [1]


@pytest.mark.parametrize(
    "use",
    [
        dict,
        lambda v: {**v},
        lambda v: json.loads(json.dumps(v)),
        lambda v: dict(v.items()),
        lambda v: dict(zip(v.keys(), v.values())),
        copy.copy,
        copy.deepcopy,
        lambda v: v.copy(),
        lambda v: pickle.loads(pickle.dumps(v)),
        lambda v: {k: v[k] for k in v},
        lambda v: v | {},
        lambda v: {} | v,
        lambda v: eval(repr(v)),
    ],
)
def test_every_way_to_take_all_sees_all(use):
    assert use(lazy([])) == {"a": {"x": 1}, "b": {"x": 2}, "c": 3}


def test_comparing_and_popping_see_values():
    assert lazy([]) == lazy([])
    assert not lazy([]) != lazy([])
    assert lazy([]).pop("b").x == 2
    assert lazy([]).setdefault("a", 0).x == 1
    assert lazy([]).popitem() == ("c", 3)


def test_settled_is_an_ordinary_map():
    view = lazy([])
    list(view)
    assert type(view) is Map
    assert set(view) == {"a", "b", "c"}


def test_attributes_write_items():
    value = Map()
    value.a = 1
    value.items = 2
    assert value == {"a": 1, "items": 2}
    del value.a
    with pytest.raises(AttributeError):
        value.a
    assert not hasattr(value, "a")


def test_a_plain_dict_assigned_is_reached_by_attribute():
    value = Map()
    value.response = {}
    value.response.status = 1
    assert value == {"response": {"status": 1}}


def test_conversions_copy_at_every_depth():
    source = {"a": [{"b": 1}], "t": ({},)}
    made = attributes(source)
    assert made.a[0].b == 1 and type(made.t[0]) is Map
    made.a[0].b = 2
    assert source["a"][0]["b"] == 1
    assert type(plain(made)["a"][0]) is dict


def test_stand_ins_have_the_names_of_their_modules():
    modules = stand_ins()
    assert modules["munch"].munchify({"a": 1}).a == 1
    assert modules["bunch"].unbunchify(modules["bunch"].Bunch(a=1)) == {"a": 1}
