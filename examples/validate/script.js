// db._table.employees.post.pre_process, type nodejs
for (const record of event.request.payload.resource ?? []) {
    if (!("first_name" in record)) {
        throw new Error("Missing first_name.");
    }
    if (!("hire_date" in record)) {
        throw new Error("Missing hire_date.");
    }
    if (!(record.salary > 0)) {
        throw new BadRequestException("Annual salary must be > 0");
    }
}
