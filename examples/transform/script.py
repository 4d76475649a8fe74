# db._table.employees.get.post_process, type python3, with allow_event_modification
content = event.response.content
for record in content.get("resource", []) if isinstance(content, dict) else []:
    if "first_name" in record and "last_name" in record:
        record["name"] = record["first_name"] + " " + record["last_name"]
    for field in ("first_name", "last_name", "hire_date"):
        record.pop(field, None)
