"""JSON in and out, so that what a script leaves alone comes back as it was.

Integers are exact by nature. A decimal that a float cannot hold keeps its text (`LongDecimal`) and
is written back with it. The work is done by `sluice_json` (../native) where that was built.
"""

from . import plain_json
from .maps import Map

# What two spellings of one value can differ in, as long as no string holds a backslash: space and
# the spelling of numbers.
_SPELLING = b" \n\t\r0123456789.eE+-"
_GLANCE = 512  # bytes; most changes are seen this far into a text


def plain():
    """(decode, encode) of json."""
    return plain_json.decode, plain_json.encode


def native():
    """(decode, encode) by way of the module, or None without it."""
    functions = with_module(
        *plain(), Map, plain_json.decimal, plain_json.LongDecimal, plain_json.other
    )
    return None if functions == plain() else functions


def with_module(plain_decode, plain_encode, kind, decimal, kept, other):
    """The two functions sped up, or as they are without the module. What it refuses they are asked
    about: they know half surrogate pairs, and the words for what is wrong."""
    try:
        from sluice_json import decode as read, encode as write
    except ImportError:
        return plain_decode, plain_encode

    def decode(raw):
        try:
            return read(raw, kind, decimal)
        except ValueError:
            pass
        return plain_decode(raw)

    def encode(value):
        try:
            return write(value, kind, kept, other)
        except (TypeError, ValueError, RecursionError):
            pass
        return plain_encode(value)

    return decode, encode


_decode, _encode = native() or plain()


class Codec:
    """One run's reader and writer.

    decode(bytes of JSON) -> value. Errors: ValueError, RecursionError.
    encode(value) -> bytes of JSON. Errors: TypeError, ValueError, RecursionError.
    """

    __slots__ = ("decode", "encode")

    def __init__(self, decode=_decode, encode=_encode):
        self.decode = decode
        self.encode = encode

    def changed(self, original, value):
        """The new bytes when `value` is another value than the text `original`, else None."""
        written = self.encode(value)
        if written == original:
            return None
        if b"\\" not in original and b"\\" not in written and _other_values(original, written):
            return written
        return None if self.encode(self.decode(original)) == written else written


def _other_values(a, b):
    """Whether two texts without backslashes differ in more than spelling. False: perhaps."""
    start_a = a[:_GLANCE].translate(None, _SPELLING)
    start_b = b[:_GLANCE].translate(None, _SPELLING)
    both = min(len(start_a), len(start_b))
    if start_a[:both] != start_b[:both]:
        return True
    return a.translate(None, _SPELLING) != b.translate(None, _SPELLING)


def texts(value, what):
    """A map of strings for the wire. Numbers and booleans become text, the rest JSON text."""
    if not isinstance(value, dict):
        if isinstance(value, list) and not value:
            return {}
        raise TypeError(what + " must be a map")
    return {
        key if type(key) is str else str(key): item if type(item) is str else plain_json.write(item)
        for key, item in value.items()
    }
