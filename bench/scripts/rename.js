for (const row of event.response.content.resource) {
    row.full_name = row.name;
    delete row.name;
}
