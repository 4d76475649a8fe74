"""Services that keep answers: nobody sees what is out of date by the server's own doing, or another's."""

import concurrent.futures
import json

from conftest import Contacts
from harness.instance import access_row

READ = "_table/contact/1?fields=name"


class Keeping(Contacts):
    def __init__(self, server, kind, config):
        super().__init__(server, kind, {**config, "cache_enabled": True, "cache_ttl": 600})


def names_seen(contacts, path=READ, times=40):
    """By many connections, so that every core is asked."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: contacts.request("GET", path), range(times)))
    assert all(answer.status == 200 for answer in answers)
    return {answer.text for answer in answers}


def test_a_change_is_seen_by_every_core_at_once(serve, database):
    contacts = Keeping(serve(arguments=["--threads", "2"]), *database[1].create("contacts"))
    for number in range(10):
        name = f"Name {number}"
        answer = contacts.request("PATCH", "_table/contact/1", {"name": name})
        assert answer.status == 200, answer.text
        assert names_seen(contacts) == {json.dumps({"name": name}, separators=(",", ":"))}


def test_scripts_run_around_what_is_kept(serve, sqlite_files):
    contacts = Keeping(serve(), *sqlite_files.create("contacts"))
    contacts.script(
        "db._table.contact.get.post_process",
        "v8js",
        "const rows = event.response.content.resource;"
        "if (rows) event.response.content = {who: event.request.parameters.who, count: rows.length};",
    )
    for who in ("a", "b", "a"):
        answer = contacts.request("GET", f"_table/contact?who={who}")
        assert answer.json == {"who": who, "count": 5}
    contacts.script(
        "db._table.contact.get.pre_process", "v8js", "throw new ForbiddenException('no');"
    )
    assert contacts.request("GET", "_table/contact?who=a").status == 403


def test_roles_see_their_own_rows(serve, database):
    contacts = Keeping(serve(arguments=["--threads", "1"]), *database[1].create("contacts"))
    services = contacts.server.admin("GET", "system/service?fields=id,name")["resource"]
    service = next(row["id"] for row in services if row["name"] == "db")
    keys = {}
    for number in (1, 2, 3):
        filters = json.dumps([{"name": "id", "operator": "=", "value": str(number)}])
        rows = [
            access_row(service, path, ["GET"], ["api"], filters)
            for path in ("_table/contact/*", "_table/contact")
        ]
        keys[number] = {"X-API-Key": contacts.instance.add_key(f"only {number}", rows)}
    for _ in range(3):
        assert len(contacts.request("GET", "_table/contact").json["resource"]) == 5
        for number, headers in keys.items():
            answer = contacts.server.request("GET", "/api/v2/db/_table/contact", headers)
            assert [row["id"] for row in answer.json["resource"]] == [number]
            other = number % 3 + 1
            answer = contacts.server.request("GET", f"/api/v2/db/_table/contact/{other}", headers)
            assert answer.status in (403, 404)
    # A right that is taken away is gone, whatever is kept.
    contacts.instance.clear()
    answer = contacts.server.request("GET", "/api/v2/db/_table/contact", keys[1])
    assert answer.status in (401, 403, 404)


def test_related_records_are_as_new_as_their_table(serve, database):
    contacts = Keeping(serve(arguments=["--threads", "2"]), *database[1].create("contacts"))
    path = "_table/contact/1?fields=id&related=contact_info_by_contact_id"
    for number in range(5):
        value = f"+{number}"
        assert contacts.request("PATCH", "_table/contact_info/1", {"value": value}).status == 200
        (seen,) = names_seen(contacts, path, 16)
        infos = json.loads(seen)["contact_info_by_contact_id"]
        assert value in [info["value"] for info in infos]
