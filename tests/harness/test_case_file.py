"""The form of a case file."""

import pytest

from harness import case_file

CASE = """\
name: a post script is seen
backends: sqlite
engines: nodejs php
script: db._table.contact.get.post_process nodejs,v8js modify priority=5 { event.x = {}; }
script: db._table.contact.get.post_process php modify when="request.parameters.x = 1" {
    if (true) {
        $event['x'] = 1;
    }
}
role: half db _table/contact GET,POST api [{"name": "id", "operator": "=", "value": 1}]
role: bare db - GET
---
# why this request
POST /api/v2/db/_table/contact?filter=name = 'x'
X-API-Key: {{reader}}

{"resource": [1]}
---
200
Content-Type: application/json
{ "a": 1,
  "b": 2 }
fired: db._table.contact.get.post_process=1 *=0
contains: "a"
"""


@pytest.fixture
def write(tmp_path):
    def to_file(text):
        path = tmp_path / "x.case"
        path.write_text(text)
        return path

    return to_file


def test_header_scripts_and_roles(write):
    case = case_file.parse(write(CASE))
    node, php = case.scripts
    assert (case.name, case.backends, case.engines) == (
        "a post script is seen",
        ["sqlite"],
        ["nodejs", "php"],
    )
    assert (node.engines, node.body, node.modify) == (["nodejs", "v8js"], "event.x = {};", True)
    assert node.options == {"priority": "5"}
    assert php.body == "if (true) {\n    $event['x'] = 1;\n}"
    assert php.options == {"when": "request.parameters.x = 1"}
    half, bare = case.roles
    assert (half.component, half.verbs, half.requestors) == (
        "_table/contact",
        ["GET", "POST"],
        ["api"],
    )
    assert half.filters.startswith("[{")
    assert (bare.component, bare.requestors, bare.filters) == ("", ["api", "script"], "")


def test_request_and_answer(write):
    ((request, expected),) = case_file.parse(write(CASE)).pairs
    assert (request.method, request.path) == ("POST", "/api/v2/db/_table/contact?filter=name = 'x'")
    assert request.headers == [("X-API-Key", "{{reader}}")]
    assert request.body == '{"resource": [1]}'
    assert (expected.status, expected.headers) == ("200", [("Content-Type", "application/json")])
    assert expected.body == '{ "a": 1,\n  "b": 2 }'
    assert [kind for kind, _ in expected.checks] == ["fired", "contains"]


@pytest.mark.parametrize(
    "text",
    [
        "name: x\n",
        "name: x\n---\nGET /\n",
        "nonsense: x\n---\nGET /\n---\n200\n",
        "name: x\nscript: e nodejs {\nno end\n---\nGET /\n---\n200\n",
        "name: x\nscript: e cobol { x }\n---\nGET /\n---\n200\n",
        "name: x\n---\nGET /\n---\nok\n",
        "---\nGET /\n---\n200\n",
    ],
)
def test_what_is_no_case_is_refused(write, text):
    with pytest.raises(case_file.Faulty):
        case_file.parse(write(text))
