// db._table.employees.post.pre_process, type v8js
var records = event.request.payload.resource || [];

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
