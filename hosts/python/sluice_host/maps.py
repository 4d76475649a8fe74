"""Maps as scripts see them: items and attributes are the same thing.

Also the stand-ins for the modules `munch` and `bunch`, which scripts import by name.
"""

import json
import types


class Map(dict):
    """A dict whose keys are attributes too. A name that dict has (`items`) stays the method."""

    __slots__ = ()

    def __getattr__(self, name):
        try:
            value = self[name]
        except KeyError:
            raise AttributeError("no member named " + repr(name)) from None
        if type(value) is dict:
            # `event.response = {}` and then `event.response.content = ...` must work.
            value = self[name] = Map(value)
        return value

    __setattr__ = dict.__setitem__

    def __delattr__(self, name):
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self):
        return list(dict.__dir__(self)) + [key for key in self if isinstance(key, str)]

    def __reduce__(self):
        return (Map, (dict(self),))

    def copy(self):
        return Map(self)

    @classmethod
    def fromDict(cls, value):
        return attributes(value)

    def toDict(self):
        return plain(self)

    def toJSON(self, **options):
        return json.dumps(self, **options)


class Later:
    """A member that is decoded when it is first read: `function(*arguments)` makes the value."""

    __slots__ = ("function", "arguments")

    def __init__(self, function, arguments):
        self.function = function
        self.arguments = arguments

    def read(self):
        return self.function(*self.arguments)


class Lazy(Map):
    """A Map some of whose members are still `Later`. Whatever needs all of them settles it first,
    after which it is an ordinary Map."""

    __slots__ = ()

    def __getitem__(self, key):
        value = _item(self, key)
        if type(value) is Later:
            value = value.read()
            _set_item(self, key, value)
        return value

    def get(self, key, default=None):
        return self[key] if key in self else default

    def settle(self):
        for key, value in _items(self):
            if type(value) is Later:
                _set_item(self, key, value.read())
        object.__setattr__(self, "__class__", Map)
        return self

    # The C encoder of json, dict(x), {**x} and copy come through these four.
    def items(self):
        return dict.items(self.settle())

    def values(self):
        return dict.values(self.settle())

    def __iter__(self):
        return dict.__iter__(self.settle())

    def keys(self):
        return dict.keys(self.settle())

    def pop(self, key, *default):
        return dict.pop(self.settle(), key, *default)

    def popitem(self):
        return dict.popitem(self.settle())

    def setdefault(self, key, default=None):
        return dict.setdefault(self.settle(), key, default)

    def copy(self):
        return Map(self.settle())

    def __repr__(self):
        return dict.__repr__(self.settle())

    def __eq__(self, other):
        return dict.__eq__(self.settle(), _settled(other))

    def __ne__(self, other):
        return dict.__ne__(self.settle(), _settled(other))

    __hash__ = None

    def __or__(self, other):
        return Map({**self, **other})

    def __ror__(self, other):
        return Map({**other, **self})

    def __reduce__(self):
        return (Map, (dict(self.settle()),))


_item = dict.__getitem__
_set_item = dict.__setitem__


def _settled(value):
    return value.settle() if type(value) is Lazy else value


def _items(value):
    return list(dict.items(value))


def attributes(value):
    """A copy in which every map is a Map (munchify)."""
    if isinstance(value, dict):
        return Map((key, attributes(item)) for key, item in value.items())
    if isinstance(value, list):
        return [attributes(item) for item in value]
    if type(value) is tuple:
        return tuple(attributes(item) for item in value)
    return value


def plain(value):
    """A copy in which every map is a dict (unmunchify)."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if type(value) is tuple:
        return tuple(plain(item) for item in value)
    return value


def stand_ins():
    """The modules `munch` and `bunch` by name."""
    modules = {}
    for name, kind, to, back in (
        ("munch", "Munch", "munchify", "unmunchify"),
        ("bunch", "Bunch", "bunchify", "unbunchify"),
    ):
        module = types.ModuleType(name, "Maps whose keys are attributes; built into the host.")
        setattr(module, kind, Map)
        setattr(module, to, attributes)
        setattr(module, back, plain)
        modules[name] = module
    return modules
