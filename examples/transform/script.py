# db._table.employees.get.post_process, type python3, with allow_event_modification
for record in event.response.content.get("resource", []):
    record["name"] = record.pop("first_name") + " " + record.pop("last_name")
    record.pop("hire_date", None)
