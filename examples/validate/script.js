// db._table.employees.post.pre_process, type nodejs
// One record, a list of them, or either under "resource": all that a client may send.
const body = event.request.payload;
for (const record of [].concat(body?.resource ?? body)) {
    for (const field of ["first_name", "hire_date"]) {
        if (!record?.[field]) {
            throw new BadRequestException(`Missing ${field}.`);
        }
    }
    if (!(record.salary > 0)) {
        throw new BadRequestException("Annual salary must be > 0");
    }
}
