// db._table.employees.post.pre_process, type nodejs
// One record, a list of them, or either under "resource": all that a client may send.
const body = event.request.payload;
for (const record of [].concat(body.resource ?? body)) {
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
