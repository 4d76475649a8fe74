"""A small HTTP client: one request, one answer, nothing hidden."""

import http.client
import json
import urllib.parse

# What stays as written in a case's path; everything else is percent-encoded.
LEGAL = "%/:?#[]@!$&()*+,;=-._~"


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body)

    def header(self, name):
        """The value of a header, several joined by a comma; None when it is absent."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def __repr__(self):
        return f"<{self.status} {self.text[:500]}>"


def request(address, method, path, headers=(), body=None, timeout=60):
    """`address` is (host, port); `headers` pairs or a map; `body` text, bytes or a value sent as JSON."""
    headers = list(headers.items()) if isinstance(headers, dict) else list(headers)
    if body is not None and not isinstance(body, (str, bytes)):
        body = json.dumps(body)
        headers.append(("Content-Type", "application/json"))
    if isinstance(body, str):
        body = body.encode()
    names = {name.lower() for name, _ in headers}
    connection = http.client.HTTPConnection(*address, timeout=timeout)
    try:
        connection.putrequest(
            method,
            urllib.parse.quote(path, safe=LEGAL),
            skip_host="host" in names,
            skip_accept_encoding=True,
        )
        for name, value in headers:
            connection.putheader(name, value.encode())
        if "content-length" not in names and (
            body is not None or method in ("POST", "PUT", "PATCH")
        ):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()
