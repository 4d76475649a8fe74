// db._table.employees.post.pre_process, type v8js
// One record, a list of them, or either under "resource": all that a client may send.
var body = event.request.payload;
var records = [].concat((body && body.resource) || body);

records.forEach(function (record) {
    ["first_name", "hire_date"].forEach(function (field) {
        if (!record || !record[field]) {
            throw new BadRequestException("Missing " + field + ".");
        }
    });
    if (!(record.salary > 0)) {
        throw { status_code: 400, message: "Annual salary must be > 0", context: { salary: "too low" } };
    }
});
