// db._table.employees.post.pre_process, type v8js
// One record, a list of them, or either under "resource": all that a client may send.
var body = event.request.payload;
var records = [].concat(body.resource || body);

for (var i = 0; i < records.length; i++) {
    if (!("first_name" in records[i])) {
        throw "Missing first_name.";
    }
    if (!("hire_date" in records[i])) {
        throw "Missing hire_date.";
    }
    if (!(records[i].salary > 0)) {
        throw { status_code: 400, message: "Annual salary must be > 0" };
    }
}
