"""What a case needs in a running server: its services, scripts, roles and keys, made through the API as the
administrator and removed again."""

import json
import re
import urllib.parse

VERBS = {"GET": 1, "POST": 2, "PUT": 4, "PATCH": 8, "DELETE": 16, "ALL": 31}
REQUESTORS = {"api": 1, "script": 2}


def value_of(text):
    """`true`, `5` and `{...}` are JSON; everything else is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


class Instance:
    """The administrator's view of one server."""

    def __init__(self, server):
        self.server = server
        self.undo = []

    def clear(self):
        """A new instance holds a sample service with a script; cases begin without."""
        for row in self.server.admin("GET", "system/event_script?fields=name")["resource"]:
            self.server.admin("DELETE", script_path(row["name"]))
        for row in self.server.admin("GET", "system/service?fields=id,name")["resource"]:
            if row["name"] == "db":
                self.server.admin("DELETE", f"system/service/{row['id']}")

    def names(self, resource):
        return {
            row["name"] for row in self.server.admin("GET", resource + "?fields=name")["resource"]
        }

    def create(self, resource, record):
        """The new row's id."""
        made = self.server.admin("POST", f"system/{resource}", {"resource": [record]})
        number = made["resource"][0]["id"]
        self.undo.append(f"system/{resource}/{number}")
        return number

    def add_service(self, name, kind, config):
        record = {"name": name, "label": name, "type": kind, "is_active": True, "config": config}
        return self.create("service", record)

    def add_script(self, event, engine, body, modify, active, options):
        record = {
            "name": event,
            "type": engine,
            "content": body,
            "is_active": active,
            "allow_event_modification": modify,
        }
        record.update({key: value_of(value) for key, value in options.items()})
        if options.get("priority", "0") == "0":
            self.server.admin("POST", script_path(event), record)
        else:
            self.server.admin("POST", "system/event_script", {"resource": [record]})
        self.undo.append(script_path(event))

    def add_key(self, name, access):
        """A role with these rows, and an app that gives it to whoever holds the key: the key."""
        role = self.create(
            "role",
            {"name": name, "is_active": True, "role_service_access_by_role_id": access},
        )
        app = self.create("app", {"name": name, "is_active": True, "type": 0, "role_id": role})
        return self.server.admin("GET", f"system/app/{app}?fields=*")["api_key"]

    def remove(self):
        """The newest first; what is gone already does not matter."""
        while self.undo:
            self.server.admin("DELETE", self.undo.pop(), allow=(200, 404))

    def script_runs(self):
        """event -> finished runs so far, or None where the server does not count them."""
        answer = self.server.request("GET", "/metrics", self.server.admin_headers())
        found = re.findall(
            r'^sluice_script_runs_total\{[^}]*script="([^"]+)"[^}]*\} (\d+)', answer.text, re.M
        )
        if answer.status != 200 or "sluice_script_runs_total" not in answer.text:
            return None
        runs = {}
        for event, count in found:
            runs[event] = runs.get(event, 0) + int(count)
        return runs


def script_path(event):
    return "system/event_script/" + urllib.parse.quote(event, safe="")


def access_row(service, component, verbs, requestors, filters=""):
    row = {
        "service_id": service,
        "component": component,
        "verb_mask": sum({VERBS[verb.upper()] for verb in verbs}),
        "requestor_mask": sum(REQUESTORS[name] for name in requestors),
    }
    if filters:
        given = json.loads(filters)
        row["filters"] = given if isinstance(given, list) else given["filters"]
        row["filter_op"] = "AND" if isinstance(given, list) else given["filter_op"]
    return row
