// db._table.employees.get.post_process, type v8js, with allow_event_modification
var records = event.response.content.resource || [];

for (var i = 0; i < records.length; i++) {
    if ("first_name" in records[i] && "last_name" in records[i]) {
        records[i].name = records[i].first_name + " " + records[i].last_name;
    }
    delete records[i].first_name;
    delete records[i].last_name;
    delete records[i].hire_date;
}
