"""`_spec` is a document of OpenAPI 3.0, over every database and for every caller."""

import pytest
from conftest import Contacts
from harness.instance import access_row
from harness.openapi import faults

ODD = {
    "name": "odd one",
    "field": [
        {"name": "id", "type": "id"},
        {"name": "a b", "type": "decimal", "default": 1.5, "label": 'L "x"'},
        {"name": "ünï", "type": "boolean", "default": True},
        {"name": "at", "type": "timestamp_on_update"},
        {"name": "pick", "type": "string", "picklist": ["a", "b"], "default": "a"},
        {"name": "doc", "type": "json", "default": "{}"},
    ],
}


def check(db):
    assert db.request("POST", "_schema", {"resource": [ODD]}).status == 200
    answer = db.request("GET", "_spec")
    assert answer.status == 200
    assert faults(answer.json) == []
    assert len(answer.json["paths"]) > 5


def test_over_sqlite(serve, contacts):
    check(contacts(serve()))


def test_over_a_server(serve, database):
    server, databases = database
    check(Contacts(serve(), *databases.create("contacts")))


@pytest.mark.parametrize("component", ["_table/contact", "_schema", "_table/*"])
def test_for_a_caller_of_few_rights(serve, contacts, component):
    db = contacts(serve())
    service = db.server.admin("GET", "system/service?filter=name=db&fields=id")["resource"][0]["id"]
    rows = [access_row(service, part, ["GET"], ["api"]) for part in (component, "_spec")]
    db.headers = {"X-API-Key": db.instance.add_key("few", rows)}
    answer = db.request("GET", "_spec")
    assert answer.status == 200
    assert faults(answer.json) == []
