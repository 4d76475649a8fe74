import copy

import pytest

from .openapi import faults

RIGHT = {
    "openapi": "3.0.3",
    "info": {"title": "db", "version": "1"},
    "components": {
        "schemas": {"todo": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    },
    "paths": {
        "/_table/{id}": {
            "get": {
                "operationId": "get",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {
                        "description": "One",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/todo"}}
                        },
                    }
                },
            }
        }
    },
}


def test_what_is_right_has_no_faults():
    assert faults(RIGHT) == []


def operation(document):
    return document["paths"]["/_table/{id}"]["get"]


WRONG = {
    "openapi": lambda d: d.update(openapi="3.1.0"),
    "lacks 'title'": lambda d: d["info"].pop("title"),
    "has no 'path'": lambda d: d.update(path={}),
    "lacks 'responses'": lambda d: operation(d).pop("responses"),
    "must be required": lambda d: operation(d)["parameters"][0].pop("required"),
    "the path has not": lambda d: operation(d).pop("parameters"),
    "is there twice": lambda d: operation(d)["parameters"].append(operation(d)["parameters"][0]),
    "leads nowhere": lambda d: d["components"]["schemas"].pop("todo"),
    "is no type": lambda d: d["components"]["schemas"]["todo"].update(type="int"),
    "needs 'items'": lambda d: d["components"]["schemas"]["todo"].update(type="array"),
    "a schema has no 'const'": lambda d: d["components"]["schemas"]["todo"].update(const=1),
    "is no name": lambda d: d["components"]["schemas"].update({"a b": {}}),
    "there is no scheme": lambda d: operation(d).update(security=[{"key": []}]),
    "is no integer": lambda d: d["components"]["schemas"]["todo"]["properties"]["id"].update(
        default="1"
    ),
    "is no status": lambda d: operation(d)["responses"].update({"2": {"description": ""}}),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_is_found(fault):
    document = copy.deepcopy(RIGHT)
    WRONG[fault](document)
    assert any(fault in found for found in faults(document)), faults(document)
