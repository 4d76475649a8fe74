"""The sample and the worked examples do what their pages say."""

import pathlib
import re

import pytest
from harness.instance import Instance

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = {"nodejs": "script.js", "v8js": "v8.js", "php": "script.php", "python3": "script.py"}
NEW = {
    "first_name": "Ines",
    "last_name": "Marlowe",
    "gender": "F",
    "birth_date": "1980-01-01",
    "hire_date": "2020-01-01",
    "salary": 50000,
}


@pytest.fixture
def sample(serve):
    return serve(arguments=["--sample", str(ROOT / "examples" / "sample")])


def ask(server, method, path, body=None):
    return server.request(
        method, "/api/v2/db/_table/employees" + path, server.admin_headers(), body
    )


def save(server, event, engine, folder):
    text = (ROOT / "examples" / folder / FILES[engine]).read_text()
    Instance(server).add_script(event, engine, text, True, True, {})


def test_the_sample_script_says_when_it_was_made(sample):
    answer = sample.admin("GET", "system/event_script/db._table.employees.get.post_process")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", answer["created_date"])


def test_the_sample_is_there_and_its_script_runs(sample):
    answer = ask(sample, "GET", "?ids=10001")
    assert answer.status == 200, answer
    (record,) = answer.json["resource"]
    assert record["name"] == "Ines Marlowe"
    assert "hire_date" not in record and "first_name" not in record
    assert ask(sample, "GET", "?count_only=true").text == "1000"


def test_a_deleted_sample_script_stays_deleted(sample):
    event = "db._table.employees.get.post_process"
    sample.admin("DELETE", "system/event_script/" + event)
    assert sample.terminate() == 0
    sample.start()
    assert "hire_date" in ask(sample, "GET", "?ids=10001").json["resource"][0]


@pytest.mark.parametrize("engine", list(FILES))
def test_transform(sample, engine):
    save(sample, "db._table.employees.get.post_process", engine, "transform")
    (record,) = ask(sample, "GET", "?ids=10002").json["resource"]
    assert record["name"] == "Tomas Quist"
    assert set(record) == {"emp_no", "birth_date", "gender", "salary", "name"}


@pytest.mark.parametrize("engine", list(FILES))
def test_transform_leaves_answers_of_other_forms_alone(sample, engine):
    save(sample, "db._table.employees.get.post_process", engine, "transform")
    assert ask(sample, "GET", "?ids=10002&fields=emp_no").json == {"resource": [{"emp_no": 10002}]}
    assert ask(sample, "GET", "?count_only=true").text == "1000"
    assert ask(sample, "GET", "?fields=nothing").status == 400


@pytest.mark.parametrize("engine", list(FILES))
def test_validate_refuses_bodies_of_every_form(sample, engine):
    save(sample, "db._table.employees.post.pre_process", engine, "validate")
    for body in ([None], [7], {"resource": None}, {"resource": [{**NEW, "salary": None}]}):
        assert ask(sample, "POST", "", body).status == 400, body


@pytest.mark.parametrize("engine", list(FILES))
def test_validate(sample, engine):
    save(sample, "db._table.employees.post.pre_process", engine, "validate")
    for missing, status, message in (
        ("first_name", 400, "Missing first_name."),
        ("hire_date", 400, "Missing hire_date."),
        ("salary", 400, "Annual salary must be > 0"),
    ):
        record = {key: value for key, value in NEW.items() if key != missing}
        for body in ({"resource": [record]}, {"resource": record}, [record], record):
            answer = ask(sample, "POST", "", body)
            assert (answer.status, answer.json["error"]["message"]) == (status, message), body
    assert ask(sample, "POST", "", {"resource": [NEW]}).status == 200
