# db._table.employees.post.pre_process, type python3
# One record, a list of them, or either under "resource": all that a client may send.
body = event.request.payload
records = body.get("resource", body) if isinstance(body, dict) else body
for record in records if isinstance(records, list) else [records]:
    if "first_name" not in record:
        raise Exception("Missing first_name.")
    if "hire_date" not in record:
        raise Exception("Missing hire_date.")
    if not record.get("salary", 0) > 0:
        raise BadRequestException("Annual salary must be > 0")
