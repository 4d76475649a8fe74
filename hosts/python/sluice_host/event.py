"""`event` and `platform` for one run, and what the run changed in them."""

from .codec import texts
from .maps import Later, Lazy, Map

_raw = dict.get
_set = dict.__setitem__


def build(frame, codec):
    """The event of a run frame. Parts are decoded when they are first read."""
    head, parts = frame.head, frame.parts
    event = Map(resource=head.get("resource"))
    given = head.get("request") or {}
    _set(
        event,
        "request",
        Lazy(
            api_version=given.get("api_version"),
            method=given.get("method"),
            parameters=Later(_part, (parts.get("request.parameters"), codec, Map)),
            headers=Later(_part, (parts.get("request.headers"), codec, Map)),
            content=Later(_part, (parts.get("request.content"), codec, str)),
            content_type=given.get("content_type"),
            payload=Later(_payload, (parts, codec)),
            uri=given.get("uri"),
            service=given.get("service"),
        ),
    )
    answer = head.get("response")
    if answer is not None:
        content = parts.get("response.content")
        _set(
            event,
            "response",
            Lazy(
                status_code=answer.get("status_code"),
                headers=Later(_part, (parts.get("response.headers"), codec, Map)),
                content=Later(_part, (content, codec, Map)) if content else None,
                content_type=answer.get("content_type"),
            ),
        )
    return event


def _part(part, codec, empty):
    return empty() if part is None else _value(part, codec)


def _value(part, codec):
    form, raw = part
    if form == "json":
        return codec.decode(raw)
    return raw.decode("utf-8", "surrogateescape") if form == "text" else raw


def _payload(parts, codec):
    payload = parts.get("request.payload")
    if payload is not None:
        return _value(payload, codec)
    content = parts.get("request.content")
    if content is None:
        return Map()
    try:
        return codec.decode(content[1])
    except ValueError:
        return Map()


def content_part(name, value, codec):
    """A value for the wire as a part: text and bytes as they are, the rest as JSON."""
    if isinstance(value, str):
        return (name, "text", value.encode("utf-8", "surrogateescape"))
    if isinstance(value, (bytes, bytearray)):
        return (name, "bytes", bytes(value))
    return (name, "json", codec.encode(value))


class Edits:
    """Collects what differs between a run frame and its event afterwards.

    Errors: TypeError, ValueError for values that have no place on the wire.
    """

    def __init__(self, frame, codec):
        self.frame = frame
        self.codec = codec
        self.head = {}
        self.parts = []

    def collect(self, event):
        request = _raw(event, "request")
        if isinstance(request, dict):
            self._request(request)
        if "response" in event:
            self._response(_raw(event, "response"))
        if _raw(event, "stop_propagation"):
            self.head["stop"] = True

    def _request(self, request):
        given = self.frame.head.get("request") or {}
        changed = {
            name: _raw(request, name)
            for name in ("method", "content_type")
            if name in request and _raw(request, name) != given.get(name)
        }
        if changed:
            self.head["request"] = changed
        self._map("request.parameters", request, "parameters")
        self._map("request.headers", request, "headers")
        self._content("request.content", request, "content", "")
        value = _raw(request, "payload", self)
        if value is not self and type(value) is not Later:
            self._json("request.payload", value, self._payload_text())

    def _payload_text(self):
        parts = self.frame.parts
        return (parts.get("request.payload") or parts.get("request.content") or ("", b"{}"))[1]

    def _response(self, response):
        given = self.frame.head.get("response")
        if not isinstance(response, dict) or not _is_response(response):
            # No response map: the value itself is the content.
            if given is not None or response not in (None, {}):
                self._content("response.content", {"content": response}, "content", None)
            return
        given = given or {}
        changed = {}
        for name in ("status_code", "content_type"):
            value = _raw(response, name)
            if name in response and value != given.get(name):
                if name != "status_code":
                    changed[name] = value
                elif value is not None:
                    changed[name] = _status(value)
        if changed:
            self.head["response"] = changed
        self._map("response.headers", response, "headers")
        if "response" in self.frame.head or "content" in response:
            self._content("response.content", response, "content", None)

    def _map(self, part, owner, name):
        value = _raw(owner, name, self)
        if value is self or type(value) is Later:
            return
        original = self.frame.parts.get(part, ("json", b"{}"))[1]
        new = self.codec.changed(original, texts({} if value is None else value, "event." + part))
        if new is not None:
            self.parts.append((part, "json", new))

    def _json(self, part, value, original):
        try:
            new = self.codec.changed(original, value)
        except ValueError:
            new = self.codec.encode(value)  # the original was no JSON
        if new is not None:
            self.parts.append((part, "json", new))

    def _content(self, part, owner, name, empty):
        value = _raw(owner, name, self)
        if value is self or type(value) is Later:
            return
        original = self.frame.parts.get(part)
        if original is None:
            if value is not None and value != empty:
                self.parts.append(content_part(part, value, self.codec))
            return
        if original[0] == "json" and not isinstance(value, (str, bytes, bytearray)):
            self._json(part, value, original[1])
            return
        new = content_part(part, value, self.codec)
        if new[1:] != original and not self._same_text(original, value):
            self.parts.append(new)

    def _same_text(self, original, value):
        """JSON content that is one string reads as that string."""
        if original[0] != "json" or not original[1].lstrip().startswith(b'"'):
            return False
        return self.codec.decode(original[1]) == value


def _is_response(value):
    # `in` asks for one key and decodes nothing, unlike a walk over the map.
    return (
        "content" in value
        or "status_code" in value
        or "content_type" in value
        or "headers" in value
    )


def _status(value):
    try:
        is_numeral = isinstance(value, (int, float, str)) and not isinstance(value, bool)
        status = int(value) if is_numeral else 0
    except (ValueError, OverflowError):
        status = 0
    if isinstance(value, float) and status != value or not 200 <= status <= 599:
        raise TypeError("event.response.status_code must be a number from 200 to 599")
    return status
