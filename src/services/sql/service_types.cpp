#include "services/sql/connectors.h"

namespace sluice::services::sql {
namespace {

// What every database takes.
void append_common(json::array& schema) {
    schema.push_back(config_field("max_records", "Maximum records", "integer",
                                  "Most rows that one answer holds.", false, 1000));
    schema.push_back(config_field("max_answer_bytes", "Maximum bytes", "integer",
                                  "Most bytes of rows that one answer holds.", false, 67108864));
    schema.push_back(config_field("allow_upsert", "Allow upsert", "boolean",
                                  "PUT and PATCH insert what is not there.", false, false));
    schema.push_back(
        config_field("statements", "Statements", "array", "SQL to run on each new connection."));
}

json::array sqlite_schema() {
    json::array schema;
    schema.push_back(config_field("database", "Database file", "string",
                                  "The file; a relative name is inside the data folder.", true));
    schema.push_back(config_field(
        "create", "Create", "boolean",
        "A missing file is made anew, empty. Inside the data folder only.", false, false));
    schema.push_back(config_field("synchronous", "Synchronous", "string",
                                  "full (safe against power loss) or normal.", false, "full"));
    schema.push_back(config_field("busy_timeout", "Busy timeout", "integer",
                                  "Milliseconds to wait for another process's lock.", false, 5000));
    append_common(schema);
    return schema;
}

json::array pgsql_schema() {
    json::array schema;
    schema.push_back(
        config_field("host", "Host", "string", "Name, address or socket folder.", true));
    schema.push_back(config_field("port", "Port", "integer", "", false, 5432));
    schema.push_back(config_field("database", "Database", "string", "", true));
    schema.push_back(config_field("username", "User name", "string", "", true));
    schema.push_back(config_field("password", "Password", "password", ""));
    schema.push_back(config_field("schema", "Schema", "string", "Only the tables of this schema."));
    schema.push_back(config_field("sslmode", "SSL mode", "string", "As libpq's sslmode."));
    schema.push_back(config_field("application_name", "Application name", "string", ""));
    schema.push_back(config_field("timezone", "Time zone", "string", ""));
    schema.push_back(
        config_field("charset", "Character set", "string", "utf8 is the only one.", false, "utf8"));
    schema.push_back(config_field(
        "statement_timeout", "Statement timeout", "integer",
        "Milliseconds after which the database stops a statement; 0: never.", false, 0));
    schema.push_back(config_field("max_connections", "Maximum connections", "integer",
                                  "Connections of one core, besides the two it shares.", false, 4));
    append_common(schema);
    return schema;
}

}  // namespace

ServiceType sqlite_type(const Shared& shared) {
    const auto check = [&shared](const json::object& config) -> Status {
        SLUICE_CHECK(check_sqlite_config(config));
        return check_sqlite_file(config, shared);
    };
    return {"sqlite", "SQLite", "A SQLite database file.", "Database",
            false,    false,    sqlite_schema(),           check};
}

ServiceType pgsql_type() {
    return {"pgsql", "PostgreSQL", "A PostgreSQL database.", "Database",
            false,   false,        pgsql_schema(),           check_pgsql_config};
}

}  // namespace sluice::services::sql
