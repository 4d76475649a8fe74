"""JSON in and out, so that what a script leaves alone comes back as it was.

Integers are exact by nature. A decimal that a float cannot hold keeps its text (`LongDecimal`) and
is written back with it; this slower way is taken only for texts that hold such a number.
"""

import json
import re

from .maps import Map

_c = json.encoder
_quote = _c.encode_basestring


class LongDecimal(float):
    """A float that remembers the text it came from."""

    __slots__ = ("text",)


# Sixteen digits or points in a row: shorter decimals survive a float (15 digits always do).
_DIGITS = bytes(100 if chr(i) in "0123456789." else 32 for i in range(256))
_RUN = b"d" * 16

# What two spellings of one value can differ in, as long as no string holds a backslash: space and
# the spelling of numbers.
_SPELLING = b" \n\t\r0123456789.eE+-"

_NUMBER_PARTS = re.compile(r"-?(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?\Z")


def _same_number(a, b):
    """Whether two decimal texts are the same number, without a big-number library."""

    def parts(text):
        whole, fraction, exponent = _NUMBER_PARTS.match(text).groups()
        digits = (whole + fraction).lstrip("0")
        stripped = digits.rstrip("0")
        return stripped, int(exponent or 0) - len(fraction) + len(digits) - len(stripped)

    return parts(a) == parts(b)


def _decimal(text):
    value = float(text)
    if value - value == 0 and _same_number(float.__repr__(value), text):
        return value
    kept = LongDecimal(value)
    kept.text = text
    return kept


def _refuse_constant(text):
    raise ValueError(text + " is not JSON")


_fast = json.JSONDecoder(object_hook=Map, parse_constant=_refuse_constant)
_exact = json.JSONDecoder(object_hook=Map, parse_constant=_refuse_constant, parse_float=_decimal)


def _other(value):
    """What json cannot write by itself: dates and decimals as text, tuples-like and bytes too."""
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if type(value).__name__ in ("Decimal", "UUID"):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return list(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def _encoder(quote):
    if _c.c_make_encoder is None:
        return json.JSONEncoder(
            separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_other
        ).encode
    encode = _c.c_make_encoder(None, _other, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(encode(value, 0))


_write = _encoder(_quote)
_write_ascii = _encoder(_c.encode_basestring_ascii)


def _write_exact(value, quote):
    """As `_write`, with the texts of long decimals."""
    if type(value) is LongDecimal:
        return value.text
    if isinstance(value, dict):
        # The key goes through json's own rules (1 -> "1") by way of a one-member map.
        return "{%s}" % ",".join(
            (quote(key) if isinstance(key, str) else _write({key: 0})[1:-3])
            + ":"
            + _write_exact(item, quote)
            for key, item in value.items()
        )
    if isinstance(value, (list, tuple)):
        return "[%s]" % ",".join([_write_exact(item, quote) for item in value])
    if isinstance(value, str):
        return quote(value)
    return _write(value)


class Codec:
    """One run's reader and writer. `exact` turns true with the first text that needs it."""

    __slots__ = ("exact",)

    def __init__(self):
        self.exact = False

    def decode(self, raw):
        """bytes of JSON -> value. Errors: ValueError."""
        if _RUN in raw.translate(_DIGITS):
            self.exact = True
            return _exact.decode(raw.decode("utf-8"))
        return _fast.decode(raw.decode("utf-8"))

    def encode(self, value):
        """value -> bytes of JSON. Errors: TypeError, ValueError, RecursionError."""
        try:
            text = _write_exact(value, _quote) if self.exact else _write(value)
            return text.encode("utf-8")
        except UnicodeEncodeError:
            # A lone half of a surrogate pair can only be written as an escape.
            quote = _c.encode_basestring_ascii
            text = _write_exact(value, quote) if self.exact else _write_ascii(value)
            return text.encode("ascii")

    def changed(self, original, value):
        """The new bytes when `value` is another value than the text `original`, else None."""
        written = self.encode(value)
        if written == original:
            return None
        if (
            b"\\" not in original
            and b"\\" not in written
            and original.translate(None, _SPELLING) != written.translate(None, _SPELLING)
        ):
            return written
        return None if self.encode(self.decode(original)) == written else written


def texts(value, what):
    """A map of strings for the wire. Numbers and booleans become text, the rest JSON text."""
    if not isinstance(value, dict):
        if isinstance(value, list) and not value:
            return {}
        raise TypeError(what + " must be a map")
    return {
        key if type(key) is str else str(key): item if type(item) is str else _write(item)
        for key, item in value.items()
    }
