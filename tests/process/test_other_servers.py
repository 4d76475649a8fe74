"""Scripts call other servers by their URL, as far as the operator lets them."""

import contextlib
import http.server
import json
import threading

import pytest

CALL = {
    "v8js": 'event.response.content = platform.api.post("{url}/echo?a=1", {{ n: 1 }}, '
    '{{ headers: {{ "X-Own": "yes" }}, parameters: {{ b: "x y" }} }});',
    "nodejs": 'event.response.content = await platform.api.post("{url}/echo?a=1", {{ n: 1 }}, '
    '{{ headers: {{ "X-Own": "yes" }}, parameters: {{ b: "x y" }} }});',
    "php": "$event['response']['content'] = $platform['api']->post('{url}/echo?a=1', ['n' => 1], "
    "['headers' => ['X-Own' => 'yes'], 'parameters' => ['b' => 'x y']]);",
    "python3": 'answer = platform.api.post("{url}/echo?a=1", {{"n": 1}}, '
    '{{"headers": {{"X-Own": "yes"}}, "parameters": {{"b": "x y"}}}})\n'
    'event.response.content = {{"status_code": answer.status, "content": answer.json()}}',
}


class Echo(http.server.BaseHTTPRequestHandler):
    """Says what it was asked, headers and all."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        names = {name.lower(): value for name, value in self.headers.items()}
        said = json.dumps({"path": self.path, "headers": names, "body": body}).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def other_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("engine", sorted(CALL))
def test_a_script_calls_another_server(serve, contacts, engine):
    db = contacts(serve())
    with other_server() as url:
        db.script("db._table.contact.get.post_process", engine, CALL[engine].format(url=url))
        answer = db.request("GET", "_table/contact")
    assert answer.status == 200, answer.text
    assert answer.json["status_code"] == 201
    said = answer.json["content"]
    assert said["path"] == "/echo?a=1&b=x%20y"
    assert json.loads(said["body"]) == {"n": 1}
    assert said["headers"]["x-own"] == "yes"
    assert said["headers"]["content-type"] == "application/json"
    # Nothing of ours goes along.
    assert not any(name.startswith(("x-dreamfactory", "x-api", "auth")) for name in said["headers"])


def test_what_the_operator_refuses_is_a_403(serve, contacts):
    db = contacts(serve(arguments=["--outbound-refuse", "127.0.0.0/8"]))
    with other_server() as url:
        db.script("db._table.contact.get.post_process", "v8js", CALL["v8js"].format(url=url))
        answer = db.request("GET", "_table/contact")
    assert answer.json["status_code"] == 403, answer.text
    assert "not allowed" in answer.json["content"]["error"]["message"]


def test_secrets_of_the_machine_are_out_of_reach(serve, contacts):
    db = contacts(serve())
    for url in ("http://169.254.169.254", "http://[fe80::1]", "http://0xa9fea9fe"):
        db.script("db._table.contact.get.post_process", "v8js", CALL["v8js"].format(url=url))
        assert db.request("GET", "_table/contact").json["status_code"] == 403, url
