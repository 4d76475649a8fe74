"""What scripts print, as log frames: one per print, however many lines it has."""

import io

from .channel import encode
from .errors import Stop

_LOG = ord("G")
_LONGEST = 64 << 10  # text without an end of line is sent at this length


class Output(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr. The host sets `run` and `budget` for each run."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, channel, level):
        self.__channel__ = channel
        self.level = level
        self.run = 0
        self.budget = None  # shared list of one: bytes that may still be printed, None: no limit
        self.pieces = []
        self.size = 0

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        size = len(text)
        if self.budget is not None:
            self.budget[0] -= size
            if self.budget[0] < 0:
                raise Stop("output", "The script printed more than its limit.")
        self.pieces.append(text)
        self.size += size
        if text[-1:] == "\n" or self.size > _LONGEST:
            self.send()
        return size

    def flush(self):
        # Scripts may call it, and what has no end of line yet goes out at the end of the run.
        pass

    def send(self):
        if not self.pieces:
            return
        text = "".join(self.pieces)
        del self.pieces[:]
        self.size = 0
        if text[-1:] == "\n":
            text = text[:-1]
        raw = text.encode("utf-8", "replace")
        self.__channel__.queue(
            encode(_LOG, {"run": self.run, "level": self.level}, (("text", "text", raw),))
        )
