# db._table.employees.post.pre_process, type python3
# One record, a list of them, or either under "resource": all that a client may send.
body = event.request.payload
records = body.get("resource", body) if isinstance(body, dict) else body
for record in records if isinstance(records, list) else [records]:
    for field in ("first_name", "hire_date"):
        if not isinstance(record, dict) or not record.get(field):
            raise BadRequestException(f"Missing {field}.")
    salary = record.get("salary")
    if not isinstance(salary, (int, float)) or salary <= 0:
        raise BadRequestException("Annual salary must be > 0")
