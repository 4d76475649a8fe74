"""Scripts that want to be in one transaction with their call, many at a time."""

import threading
import time

import pytest

from conftest import Contacts

ONE_HOST = ("--threads", "1", "--script-hosts", "1")
CLIENTS, ROUNDS = 8, 3
LOG = "db/_table/contact_info"

# The first part of the transaction, and the last: in between others hold every host.
PRE = {
    "v8js": "platform.api.post('{0}', {{ resource: [{{ contact_id: 1, kind: 'pre', value: 'x' }}] }});",
    "python3": "platform.api.post('{0}', {{'resource': [{{'contact_id': 1, 'kind': 'pre', 'value': 'x'}}]}})",
}
POST = {
    "v8js": "var made = platform.api.post('{0}', {{ resource: [{{ contact_id: 1, kind: 'post', value: 'x' }}] }});"
    " if (made.status_code !== 200 || event.request.payload.resource[0].age === 13)"
    " {{ throw new ConflictResourceException('no'); }}",
    "python3": "made = platform.api.post('{0}', {{'resource': [{{'contact_id': 1, 'kind': 'post', 'value': 'x'}}]}})\n"
    "if made.status != 200 or event.request.payload.resource[0].get('age') == 13:\n"
    "    raise ConflictResourceException('no')",
}


def count(db, table, **parameters):
    query = "&".join(f"{key}={value}" for key, value in parameters.items())
    return db.request("GET", f"_table/{table}?count_only=true&{query}").json


@pytest.mark.parametrize("engine", sorted(PRE))
def test_all_come_to_an_end_on_one_host(serve, database, engine):
    _, databases = database
    all_come_to_an_end(Contacts(serve(arguments=ONE_HOST), *databases.create("contacts")), engine)


@pytest.mark.parametrize("engine", sorted(PRE))
def test_all_come_to_an_end_on_one_host_and_one_writer(serve, contacts, engine):
    all_come_to_an_end(contacts(serve(arguments=ONE_HOST)), engine)


def all_come_to_an_end(db, engine):
    """Who holds the transaction needs the host that those hold who wait for the transaction."""
    for stage, text in (("pre", PRE[engine]), ("post", POST[engine])):
        event = f"db._table.contact.post.{stage}_process"
        db.script(event, engine, text.format(LOG), transaction="true")
    answers = []

    def write(client):
        for i in range(ROUNDS):
            age = 13 if (client + i) % 4 == 0 else 20
            body = {"resource": [{"name": f"{client}-{i}", "age": age}]}
            answers.append((age, db.request("POST", "_table/contact", body).status))

    start = time.monotonic()
    clients = [threading.Thread(target=write, args=(client,)) for client in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(120)
    assert len(answers) == CLIENTS * ROUNDS
    assert {status for age, status in answers if age == 13} == {409}
    assert {status for age, status in answers if age == 20} == {200}
    assert time.monotonic() - start < 60
    kept = sum(age == 20 for age, _ in answers)
    assert count(db, "contact") == 5 + kept
    assert count(db, "contact_info", filter="kind%3D%27pre%27") == kept
    assert count(db, "contact_info", filter="kind%3D%27post%27") == kept


def test_nothing_stays_when_the_server_does_not_see_its_end(serve, database):
    _, databases = database
    server = serve(arguments=("--threads", "1"))
    nothing_stays_of_one_that_is_killed(Contacts(server, *databases.create("contacts")))


def test_nothing_stays_in_a_file_when_the_server_does_not_see_its_end(serve, contacts):
    nothing_stays_of_one_that_is_killed(contacts(serve(arguments=("--threads", "1"))))


def nothing_stays_of_one_that_is_killed(db):
    server = db.server
    slow = "const end = Date.now() + 15000; while (Date.now() < end) { }"
    event = "db._table.contact.post.post_process"
    db.script(event, "v8js", slow, transaction="true", limits='{"wall_ms": 20000}')

    def call():
        try:
            db.request("POST", "_table/contact", {"resource": [{"name": "Fay"}]})
        except OSError:
            pass

    caller = threading.Thread(target=call)
    caller.start()
    time.sleep(2)
    assert count(db, "contact") == 5
    server.kill()
    caller.join(60)
    server.start()
    assert count(db, "contact") == 5
