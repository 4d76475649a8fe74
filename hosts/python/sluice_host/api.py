"""`platform.api`: calls into the server, and what comes back."""

from .channel import encode
from .codec import texts
from .errors import Stop
from .maps import Map

_CALL = ord("C")
_REPLY = ord("Y")
_OPTION_NAMES = ("headers", "parameters")
_UNREAD = object()


class Text(str):
    """Python 2 has one type for bytes and text; `.decode()` on what `read()` gave must work."""

    __slots__ = ()

    def decode(self, *_):
        return str(self)


class Result:
    """Reads as an http.client response and as an object with the decoded content."""

    def __init__(self, frame, codec, reads_text):
        head = frame.head
        form, raw = frame.parts.get("content", ("text", b""))
        self.status = self.status_code = head.get("status_code", 0)
        self.reason = head.get("reason") or ""
        self.content_type = head.get("content_type")
        self.headers = Map(head.get("headers") or {})
        self._raw = raw
        self._form = form
        self._left = raw
        self._codec = codec
        self._reads_text = reads_text
        self._content = _UNREAD

    def read(self, amount=None):
        if amount is None or amount < 0:
            taken, self._left = self._left, b""
        else:
            taken, self._left = self._left[:amount], self._left[amount:]
        return Text(taken.decode("utf-8", "replace")) if self._reads_text else taken

    def getheader(self, name, default=None):
        name = name.lower()
        for key, value in self.headers.items():
            if key.lower() == name:
                return value
        return default

    def getheaders(self):
        return list(self.headers.items())

    @property
    def text(self):
        return self._raw.decode("utf-8", "replace")

    def json(self):
        return self._codec.decode(self._raw)

    @property
    def content(self):
        """Decoded when it is JSON; bytes and text else. The same value each time it is read."""
        if self._content is _UNREAD:
            self._content = self._decoded()
        return self._content

    def _decoded(self):
        if self._form == "json" or (self._form != "bytes" and "json" in (self.content_type or "")):
            try:
                return self.json()
            except ValueError:
                return self.text
        return self._raw if self._form == "bytes" else self.text

    def __getitem__(self, name):
        if name in ("status_code", "content", "content_type", "headers"):
            return getattr(self, name)
        raise KeyError(name)


def _others(options):
    """What only the server knows what to do with; `headers` is among it when it is a list."""
    return {
        key: value
        for key, value in options.items()
        if key not in _OPTION_NAMES or key == "headers" and isinstance(value, (list, tuple))
    }


def _is_options(value):
    """One known name makes a map options: the server then refuses what it does not know, by name."""
    return isinstance(value, dict) and (
        not value or any(key in _OPTION_NAMES or str(key).startswith("CURLOPT_") for key in value)
    )


class Api:
    """One run's door to the server. Blocks until the reply is there; other frames wait in line."""

    # A script that names what has underlines on both sides costs the host its life (care.py).
    __slots__ = ("__channel__", "__waiting__", "_run", "_codec", "_count", "_limit", "_reads_text")

    def __init__(self, channel, waiting, run, codec, limit, reads_text):
        self.__channel__ = channel
        self.__waiting__ = waiting
        self._run = run
        self._codec = codec
        self._count = 0
        self._limit = limit
        self._reads_text = reads_text

    def get(self, path, *values, **named):
        return self._short("GET", path, values, named)

    def delete(self, path, *values, **named):
        return self._short("DELETE", path, values, named)

    def post(self, path, payload=None, options=None):
        return self._send("POST", path, payload, options)

    def put(self, path, payload=None, options=None):
        return self._send("PUT", path, payload, options)

    def patch(self, path, payload=None, options=None):
        return self._send("PATCH", path, payload, options)

    def call(self, verb, path, *values, **named):
        verb = str(verb).upper()
        if verb in ("GET", "DELETE"):
            return self._short(verb, path, values, named)
        return self._send(verb, path, *values, **named)

    def __getitem__(self, name):
        if name in ("get", "post", "put", "patch", "delete", "call"):
            return getattr(self, name)
        raise KeyError(name)

    def _short(self, verb, path, values, named):
        if len(values) == 1 and not named and _is_options(values[0]):
            return self._send(verb, path, None, values[0])
        return self._send(verb, path, *values, **named)

    def _send(self, verb, path, payload=None, options=None):
        self._count += 1
        if self._limit and self._count > self._limit:
            raise Stop("api_calls", "The script made more than %d API calls." % self._limit)
        options = options if isinstance(options, dict) else {}
        headers = options.get("headers") or {}
        head = {
            "run": self._run,
            "call": self._count,
            "method": verb,
            "path": str(path),
            "parameters": texts(options.get("parameters") or {}, "options.parameters"),
            "headers": {}
            if isinstance(headers, (list, tuple))
            else texts(headers, "options.headers"),
            "options": texts(_others(options), "options"),
        }
        parts = []
        if isinstance(payload, str):
            parts = [("payload", "text", payload.encode("utf-8", "replace"))]
        elif isinstance(payload, (bytes, bytearray)):
            parts = [("payload", "bytes", bytes(payload))]
        elif payload is not None:
            parts = [("payload", "json", self._codec.encode(payload))]
        channel = self.__channel__
        channel.queue(encode(_CALL, head, parts))
        return Result(self._wait(channel), self._codec, self._reads_text)

    def _wait(self, channel):
        while True:
            frame = channel.next_interruptible()  # held
            head = frame.head
            if frame.type != _REPLY:
                self.__waiting__.append(frame)
            channel.release()
            if frame.type != _REPLY or head.get("run") != self._run:
                continue
            if head.get("call") == self._count:
                return frame
