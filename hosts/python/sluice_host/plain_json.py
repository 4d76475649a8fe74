"""JSON in and out with what Python brings. It serves where the module `sluice_json` was not built,
and says what is wrong with what that module refuses."""

import json
import re

from .maps import Map

_c = json.encoder


class LongDecimal(float):
    """A float that remembers the text it came from."""

    __slots__ = ("text",)


# Sixteen characters without an exponent are fifteen digits, which always survive a float.
_SHORT = 16

_NUMBER_PARTS = re.compile(r"-?(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?\Z")

# Whether this process has met a LongDecimal: from then on values are searched for them.
_met_long = False


def _same_number(a, b):
    """Whether two decimal texts are the same number, without a big-number library."""

    def parts(text):
        whole, fraction, exponent = _NUMBER_PARTS.match(text).groups()
        digits = (whole + fraction).lstrip("0")
        stripped = digits.rstrip("0")
        if not stripped:
            return "", 0
        return stripped, int(exponent or 0) - len(fraction) + len(digits) - len(stripped)

    return parts(a) == parts(b)


def decimal(text):
    """A numeral with a point or an exponent: a float, or a LongDecimal when a float is not it."""
    global _met_long
    value = float(text)
    if len(text) <= _SHORT and "e" not in text and "E" not in text:
        return value
    if value - value == 0 and _same_number(float.__repr__(value), text):
        return value
    kept = LongDecimal(value)
    kept.text = text
    _met_long = True
    return kept


def _refuse_constant(text):
    raise ValueError(text + " is not JSON")


_decoder = json.JSONDecoder(object_hook=Map, parse_constant=_refuse_constant, parse_float=decimal)


def decode(raw):
    """bytes of JSON -> value. Errors: ValueError, RecursionError."""
    return _decoder.decode(raw.decode("utf-8"))


def other(value):
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
            separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=other
        ).encode
    encode = _c.c_make_encoder(None, other, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(encode(value, 0))


_quote = _c.encode_basestring
_quote_ascii = _c.encode_basestring_ascii
write = _encoder(_quote)
_write_ascii = _encoder(_quote_ascii)
_searching_for_circles = json.JSONEncoder(check_circular=True, default=other, allow_nan=False)


def _write_exact(value, quote):
    """As `write`, with the texts of long decimals."""
    if type(value) is LongDecimal:
        return value.text
    if isinstance(value, dict):
        # The key goes through json's own rules (1 -> "1") by way of a one-member map.
        return "{%s}" % ",".join(
            (quote(key) if isinstance(key, str) else write({key: 0})[1:-3])
            + ":"
            + _write_exact(item, quote)
            for key, item in list(value.items())
        )
    if isinstance(value, (list, tuple)):
        return "[%s]" % ",".join([_write_exact(item, quote) for item in list(value)])
    if isinstance(value, str):
        return quote(value)
    if value is None or isinstance(value, (int, float)):
        return write(value)
    return _write_exact(other(value), quote)


def encode(value):
    """value -> bytes of JSON. Errors: TypeError, ValueError, RecursionError."""
    try:
        text = _write_exact(value, _quote) if _met_long else write(value)
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # A lone half of a surrogate pair can only be written as an escape.
        text = _write_exact(value, _quote_ascii) if _met_long else _write_ascii(value)
        return text.encode("ascii")
    except RecursionError:
        # "Circular reference detected" where that is the reason.
        _searching_for_circles.encode(value)
        raise
