"""Calls that write records inside of others at the same time."""

import threading

from conftest import Contacts

ROUNDS = 40
START = ["+44 1", "+20 3"]


def test_two_calls_take_the_same_records_over(serve, database):
    """Each call has all of it or nothing, whoever comes last; one that loses may try again."""
    _, databases = database
    db = Contacts(serve(), *databases.create("contacts"))
    answers, torn = [], []

    def take(contact, infos):
        body = {"contact_info_by_contact_id": [{"id": i, "value": f"of {contact}"} for i in infos]}
        for _ in range(ROUNDS):
            answers.append(db.request("PATCH", f"_table/contact/{contact}", body))

    def look():
        for _ in range(ROUNDS):
            path = "_table/contact_info?ids=1,3&fields=contact_id,value"
            rows = db.request("GET", path).json["resource"]
            torn.extend(
                row for row in rows if row["value"] not in START + [f"of {row['contact_id']}"]
            )
            if len({row["contact_id"] for row in rows}) > 1 and rows[0]["value"] not in START:
                torn.append(rows)

    callers = [
        threading.Thread(target=take, args=(1, (1, 3))),
        threading.Thread(target=take, args=(2, (3, 1))),
        threading.Thread(target=look),
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(120)
    assert not torn
    assert len(answers) == 2 * ROUNDS
    assert {answer.status for answer in answers} <= {200, 503}, answers
    assert all("try again" in answer.text for answer in answers if answer.status == 503)
    assert sum(answer.status == 200 for answer in answers) >= ROUNDS


def test_two_calls_join_the_same_records(serve, database):
    """A pair is joined once; the call that comes too late is told of the conflict."""
    _, databases = database
    db = Contacts(serve(), *databases.create("contacts"))
    answers = []

    def join():
        body = {"contact_group_by_contact_group_member": [{"id": 1}, {"id": 2}]}
        for contact in range(3, 6):
            answers.append(db.request("PATCH", f"_table/contact/{contact}", body))

    callers = [threading.Thread(target=join) for _ in range(4)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(120)
    assert {answer.status for answer in answers} <= {200, 409, 503}, answers
    rows = db.request(
        "GET", "_table/contact_group_member?filter=contact_id>2&fields=contact_id,group_id"
    )
    pairs = [(row["contact_id"], row["group_id"]) for row in rows.json["resource"]]
    assert sorted(pairs) == [(c, g) for c in (3, 4, 5) for g in (1, 2)]
