// db._table.employees.get.post_process, type nodejs, with allow_event_modification
for (const record of event.response.content.resource ?? []) {
    if ("first_name" in record && "last_name" in record) {
        record.name = `${record.first_name} ${record.last_name}`;
    }
    delete record.first_name;
    delete record.last_name;
    delete record.hire_date;
}
