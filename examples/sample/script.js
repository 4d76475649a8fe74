// Runs after every GET of service `db`'s table `employees`, before the client sees the answer:
// one name instead of two, and no hire date.
const content = event.response.content;
if (content && Array.isArray(content.resource)) {
    content.resource = content.resource.map(({ first_name, last_name, hire_date, ...rest }) => (
        first_name === undefined ? rest : { ...rest, name: `${first_name} ${last_name}` }
    ));
}
