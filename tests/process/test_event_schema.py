"""The event that scripts get, held to hosts/event.schema.json."""

import json
import pathlib

import pytest
from harness.instance import access_row

jsonschema = pytest.importorskip("jsonschema")

SCHEMA = json.loads(
    (pathlib.Path(__file__).parents[2] / "hosts" / "event.schema.json").read_text(encoding="utf-8")
)
# The whole event, as the answer to the call.
SHOW = {
    "nodejs": "const seen = JSON.parse(JSON.stringify(event)); event.response = { content: seen };",
    "v8js": "var seen = JSON.parse(JSON.stringify(event)); event.response = { content: seen };",
    "php": "$event['response'] = ['status_code' => 200, 'content' => $event];",
    "python3": (
        "import json\nseen = json.loads(json.dumps(event))\n"
        "event['response'] = {'status_code': 200, 'content': seen}"
    ),
}
BODY = {"resource": [{"first_name": "Ada", "born": 1815, "notes": {}, "tags": []}]}


def as_maps(event):
    """PHP has one empty array; where the event as a whole is copied, it may come out as a list."""
    for part in (event["request"], event.get("response", {})):
        for name in ("parameters", "headers", "payload"):
            if part.get(name) == []:
                part[name] = {}


def check(event, has_response, engine):
    if engine == "php":
        as_maps(event)
    jsonschema.validate(event, SCHEMA)
    assert ("response" in event) == has_response
    return event


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("wrong", [{"resource": 1}, {"resource": "", "request": {}}, {"more": 1}])
def test_the_schema_refuses_what_is_no_event(wrong):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA)


@pytest.mark.parametrize("engine", list(SHOW))
def test_events_are_as_the_schema_says(serve, contacts, engine):
    server = serve()
    db = contacts(server)
    text = SHOW[engine]
    db.script("db._table.contact.post.pre_process", engine, text)
    event = check(db.request("POST", "_table/contact?a=1&b=", BODY).json, False, engine)
    assert event["resource"] == "contact"
    assert event["request"]["parameters"] == {"a": "1", "b": ""}
    assert event["request"]["payload"] == BODY
    assert event["request"]["service"] == "db"
    event = check(db.request("POST", "_table/contact").json, False, engine)
    assert event["request"]["payload"] == {}

    db.script("db._table.contact.get.post_process", engine, text)
    event = check(db.request("GET", "_table/contact?ids=1&fields=id").json, True, engine)
    assert event["response"]["status_code"] == 200
    assert event["response"]["content"] == {"resource": [{"id": 1}]}
    event = check(db.request("GET", "_table/contact?filter=x%20x").json, True, engine)
    assert event["response"]["status_code"] == 400
    assert event["response"]["content"]["error"]["status_code"] == 400

    service = db.instance.add_service("shown", engine, {"content": text})
    rows = [access_row(service, "*", ["ALL"], ["api"])]
    headers = {"X-API-Key": db.instance.add_key("shown", rows)}
    answer = server.request("PUT", "/api/v2/shown/a/b?x=y", headers, BODY)
    event = check(answer.json, True, engine)
    assert event["resource"] == "a/b"
    assert event["response"] == {
        "status_code": 200, "headers": {}, "content": None, "content_type": None
    }  # fmt: skip
