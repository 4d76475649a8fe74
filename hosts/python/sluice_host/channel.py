"""Frames on one descriptor: blocking, buffered, and safe against a time limit that strikes midway.

The alarm's handler raises where it finds the program. In here that would lose bytes, so code that
moves them runs between `hold()` and `release()`, during which the alarm only leaves a note.
"""

import json
import os
import select
import struct

from . import codec

MAX_FRAME = 64 << 20
_CHUNK = 64 << 10  # below malloc's mmap threshold: a larger read maps and unmaps memory each time
_HEAD = struct.Struct("<IBI")


def _head_functions():
    """(reader, writer) of heads: bytes to map, map to bytes."""
    scan = json.JSONDecoder().scan_once
    make, quote = json.encoder.c_make_encoder, json.encoder.encode_basestring_ascii
    if make is None:
        write_text = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
    else:
        pieces = make(None, None, quote, None, ":", ",", False, False, False)

        def write_text(head):
            return "".join(pieces(head, 0))

    def read(raw):
        return scan(raw.decode("utf-8"), 0)[0]

    def write(head):
        return write_text(head).encode("ascii")

    return codec.with_module(read, write, dict, float, None, None)


_read_head, _write_head = _head_functions()


class Closed(Exception):
    """The other side is gone, or sent what is no frame."""


class Frame:
    __slots__ = ("type", "head", "parts")

    def __init__(self, kind, head, parts):
        self.type = kind
        self.head = head
        self.parts = parts  # name -> (form, bytes)


def encode(kind, head, parts=()):
    """One frame. `parts`: (name, form, bytes) each."""
    if not parts and len(head) == 1 and "run" in head:
        raw = b'{"run":%d}' % head["run"]  # the usual answer of a script that only looks
        return _HEAD.pack(5 + len(raw), kind, len(raw)) + raw
    if parts:
        head["parts"] = [(name, form, len(data)) for name, form, data in parts]
    raw = _write_head(head)
    length = 5 + len(raw)
    if not parts:
        return _HEAD.pack(length, kind, len(raw)) + raw
    bodies = [data for _, _, data in parts]
    length += sum(map(len, bodies))
    if length > MAX_FRAME:
        raise ValueError("The script's result is larger than 64 MiB.")
    return b"".join([_HEAD.pack(length, kind, len(raw)), raw] + bodies)


def parse(data, start, end):
    """The frame whose type byte is at `start`. Errors: Closed."""
    try:
        kind = data[start]
        at = start + 5 + int.from_bytes(data[start + 1 : start + 5], "little")
        if at > end:
            raise Closed("head longer than its frame")
        head = _read_head(data[start + 5 : at])
        parts = {}
        for entry in head.get("parts", ()):  # name, form, length, and whatever is said behind them
            length = entry[2]
            to = at + length
            if length < 0 or to > end:
                raise Closed("part longer than its frame")
            parts[entry[0]] = (entry[1], data[at:to])
            at = to
    except (ValueError, AttributeError, TypeError, LookupError, RecursionError, StopIteration):
        raise Closed("no frame") from None
    if at != end:
        raise Closed("parts shorter than their frame")
    return Frame(kind, head, parts)


class Channel:
    """Not for threads: one reader, one writer, the same one."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.buffer = b""
        self.at = 0
        self.out = []
        self.held = False
        self.note = None
        self.poll = select.poll()
        self.poll.register(descriptor, select.POLLIN)

    def hold(self):
        self.held = True

    def release(self):
        """Ends `hold()`; raises what the alarm wanted to raise meanwhile."""
        self.held = False
        if self.note is not None:
            note, self.note = self.note, None
            raise note

    def queue(self, frame):
        """Sends with the next flush. One append, so an alarm leaves all of it or nothing."""
        self.out.append(frame)

    def flush(self):
        if not self.out:
            return
        self.hold()
        pending = b"".join(self.out) if len(self.out) > 1 else self.out[0]
        del self.out[:]
        try:
            sent = os.write(self.descriptor, pending)
            if sent < len(pending):
                rest = memoryview(pending)[sent:]
                while rest:
                    rest = rest[os.write(self.descriptor, rest) :]
        except OSError:
            raise Closed("cannot write") from None
        self.release()

    def take(self):
        """The next frame that is already here, or None."""
        buffer, at = self.buffer, self.at
        have = len(buffer) - at
        if have < 4:
            return None
        length = int.from_bytes(buffer[at : at + 4], "little")
        if length < 5 or length > MAX_FRAME:
            raise Closed("frame of an impossible length")
        if have < 4 + length:
            return None
        end = at + 4 + length
        frame = parse(buffer, at + 4, end)
        if end == len(buffer):
            self.buffer, self.at = b"", 0
        else:
            self.at = end
        return frame

    def next(self):
        """The next frame, waiting for it between runs. Errors: Closed at the end of the stream."""
        while True:
            frame = self.take()
            if frame is not None:
                return frame
            self.flush()
            self._fill()

    def next_interruptible(self):
        """As `next`, inside a run: an alarm while nothing is being moved raises at once."""
        self.flush()
        while True:
            self.hold()
            frame = self.take()
            if frame is not None:
                return frame  # still held: the caller stores it, then releases
            self.release()
            self.poll.poll()
            self.hold()
            self._fill()
            self.release()

    def _fill(self):
        try:
            data = os.read(self.descriptor, _CHUNK)
        except OSError:
            data = b""
        if not data:
            raise Closed("end of stream")
        if self.at == len(self.buffer):
            self.buffer, self.at = data, 0
            return
        # A frame larger than one read: gather it in one go, not by appending to bytes each time.
        gathered = bytearray(memoryview(self.buffer)[self.at :])
        gathered += data
        if len(gathered) >= 4:
            need = 4 + int.from_bytes(gathered[:4], "little")
            if need > MAX_FRAME + 4:
                raise Closed("frame of an impossible length")
            while len(gathered) < need:
                data = os.read(self.descriptor, min(max(_CHUNK, need - len(gathered)), 1 << 20))
                if not data:
                    raise Closed("end of stream")
                gathered += data
        self.buffer, self.at = bytes(gathered), 0
