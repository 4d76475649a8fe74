#include "app/config_schemas.h"

namespace sluice::app {
namespace {

json::object field(std::string_view name,
                   std::string_view label,
                   std::string_view type,
                   std::string_view description,
                   bool is_required = false,
                   json::value fallback = nullptr) {
    return {{"name", name},
            {"label", label},
            {"type", type},
            {"description", description},
            {"required", is_required},
            {"allow_null", !is_required},
            {"default", std::move(fallback)}};
}

// What every database takes.
void append_common(json::array& schema) {
    schema.push_back(field("max_records", "Maximum records", "integer",
                           "Most rows that one answer holds.", false, 1000));
    schema.push_back(field("max_answer_bytes", "Maximum bytes", "integer",
                           "Most bytes of rows that one answer holds.", false, 67108864));
    schema.push_back(field("allow_upsert", "Allow upsert", "boolean",
                           "PUT and PATCH insert what is not there.", false, false));
    schema.push_back(
        field("statements", "Statements", "array", "SQL to run on each new connection."));
}

}  // namespace

json::array sqlite_schema() {
    json::array schema;
    schema.push_back(field("database", "Database file", "string",
                           "The file; a relative name is inside the data folder.", true));
    schema.push_back(field("create", "Create", "boolean",
                           "A missing file is made anew, empty. Inside the data folder only.",
                           false, false));
    schema.push_back(field("synchronous", "Synchronous", "string",
                           "full (safe against power loss) or normal.", false, "full"));
    schema.push_back(field("busy_timeout", "Busy timeout", "integer",
                           "Milliseconds to wait for another process's lock.", false, 5000));
    append_common(schema);
    return schema;
}

json::array pgsql_schema() {
    json::array schema;
    schema.push_back(field("host", "Host", "string", "Name, address or socket folder.", true));
    schema.push_back(field("port", "Port", "integer", "", false, 5432));
    schema.push_back(field("database", "Database", "string", "", true));
    schema.push_back(field("username", "User name", "string", "", true));
    schema.push_back(field("password", "Password", "password", ""));
    schema.push_back(field("schema", "Schema", "string", "Only the tables of this schema."));
    schema.push_back(field("sslmode", "SSL mode", "string", "As libpq's sslmode."));
    schema.push_back(field("application_name", "Application name", "string", ""));
    schema.push_back(field("timezone", "Time zone", "string", ""));
    schema.push_back(
        field("charset", "Character set", "string", "utf8 is the only one.", false, "utf8"));
    schema.push_back(field("statement_timeout", "Statement timeout", "integer",
                           "Milliseconds after which the database stops a statement; 0: never.",
                           false, 0));
    schema.push_back(field("max_connections", "Maximum connections", "integer",
                           "Connections of one core, besides the two it shares.", false, 4));
    append_common(schema);
    return schema;
}

json::array mysql_schema() {
    json::array schema;
    schema.push_back(field("host", "Host", "string", "Name or address."));
    schema.push_back(field("port", "Port", "integer", "", false, 3306));
    schema.push_back(field("unix_socket", "Unix socket", "string", "Instead of host and port."));
    schema.push_back(field("database", "Database", "string", "", true));
    schema.push_back(field("username", "User name", "string", "", true));
    schema.push_back(field("password", "Password", "password", ""));
    schema.push_back(
        field("charset", "Character set", "string", "utf8mb4 is the only one.", false, "utf8mb4"));
    schema.push_back(field("collation", "Collation", "string", "Of the session."));
    schema.push_back(field("timezone", "Time zone", "string", "Of the session."));
    schema.push_back(field("modes", "SQL modes", "string", "In place of the server's sql_mode."));
    schema.push_back(field("strict", "Strict", "boolean",
                           "Values that do not fit are refused, not changed.", false, true));
    schema.push_back(
        field("sslmode", "SSL mode", "string", "disable, prefer, require or verify-full."));
    schema.push_back(field("ssl_ca", "CA file", "string", "Whom verify-full trusts."));
    schema.push_back(field("ssl_cert", "Certificate file", "string", "Our own."));
    schema.push_back(field("ssl_key", "Key file", "string", "Of our own certificate."));
    schema.push_back(field("returning", "Returning", "boolean",
                           "Rows of changes are those that RETURNING gives, where there is one.",
                           false, true));
    schema.push_back(field("max_connections", "Maximum connections", "integer",
                           "Connections of one core.", false, 8));
    append_common(schema);
    return schema;
}

json::array script_schema() {
    json::array schema;
    schema.push_back(field("content", "Script", "text", "The text of the script.", true));
    schema.push_back(field("limits", "Limits", "object",
                           "wall_ms, cpu_ms, memory_mb, output_kb, api_calls, depth."));
    schema.push_back(field("isolation", "Isolation", "string",
                           "'strict': every run gets a fresh process of its own."));
    schema.push_back(field("config", "Options of the engine", "object", "Not supported yet."));
    schema.push_back(field("queued", "Queued", "boolean",
                           "Run later, by a worker. Not supported yet.", false, false));
    return schema;
}

json::array user_schema() {
    json::array schema;
    schema.push_back(field("allow_open_registration", "Allow open registration", "boolean",
                           "Anybody may make themselves a user.", false, false));
    schema.push_back(field("open_reg_role_id", "Role of who registers", "integer", ""));
    for (const char* kind : {"open_reg", "invite", "password"}) {
        const std::string name(kind);
        schema.push_back(field(name + "_email_service_id", "E-mail service", "integer", ""));
        schema.push_back(field(name + "_email_template_id", "E-mail template", "integer", ""));
    }
    return schema;
}

}  // namespace sluice::app
