# db._table.employees.post.pre_process, type python3
for record in event.request.payload.get("resource", []):
    if "first_name" not in record:
        raise Exception("Missing first_name.")
    if "hire_date" not in record:
        raise Exception("Missing hire_date.")
    if not record.get("salary", 0) > 0:
        raise BadRequestException("Annual salary must be > 0")
