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
    schema.push_back(config_field("cache_enabled", "Cache enabled", "boolean",
                                  "Answers of reads are kept for a while.", false, false));
    schema.push_back(config_field("cache_ttl", "Cache time", "integer",
                                  "Seconds for which they are kept.", false, 18000));
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

json::array mysql_schema() {
    json::array schema;
    schema.push_back(config_field("host", "Host", "string", "Name or address."));
    schema.push_back(config_field("port", "Port", "integer", "", false, 3306));
    schema.push_back(
        config_field("unix_socket", "Unix socket", "string", "Instead of host and port."));
    schema.push_back(config_field("database", "Database", "string", "", true));
    schema.push_back(config_field("username", "User name", "string", "", true));
    schema.push_back(config_field("password", "Password", "password", ""));
    schema.push_back(config_field("charset", "Character set", "string", "utf8mb4 is the only one.",
                                  false, "utf8mb4"));
    schema.push_back(config_field("collation", "Collation", "string", "Of the session."));
    schema.push_back(config_field("timezone", "Time zone", "string", "Of the session."));
    schema.push_back(
        config_field("modes", "SQL modes", "string", "In place of the server's sql_mode."));
    schema.push_back(config_field("strict", "Strict", "boolean",
                                  "Values that do not fit are refused, not changed.", false, true));
    schema.push_back(
        config_field("sslmode", "SSL mode", "string", "disable, prefer, require or verify-full."));
    schema.push_back(config_field("ssl_ca", "CA file", "string", "Whom verify-full trusts."));
    schema.push_back(config_field("ssl_cert", "Certificate file", "string", "Our own."));
    schema.push_back(config_field("ssl_key", "Key file", "string", "Of our own certificate."));
    schema.push_back(config_field(
        "returning", "Returning", "boolean",
        "Rows of changes are those that RETURNING gives, where there is one.", false, true));
    schema.push_back(config_field("max_connections", "Maximum connections", "integer",
                                  "Connections of one core.", false, 8));
    append_common(schema);
    return schema;
}

json::array sqlsrv_schema() {
    json::array schema;
    schema.push_back(config_field("host", "Host", "string", "Name or address.", true));
    schema.push_back(config_field("port", "Port", "integer", "", false, 1433));
    schema.push_back(config_field("database", "Database", "string", "", true));
    schema.push_back(config_field("username", "User name", "string", ""));
    schema.push_back(config_field("password", "Password", "password", ""));
    schema.push_back(config_field("schema", "Schema", "string", "Only the tables of this schema."));
    schema.push_back(config_field("charset", "Character set", "string", "utf-8 is the only one.",
                                  false, "utf-8"));
    schema.push_back(
        config_field("readonly", "Read only", "boolean", "Asks for a replica that is read only."));
    schema.push_back(config_field("pooling", "Pooling", "boolean",
                                  "Taken and not needed: connections are always kept."));
    schema.push_back(
        config_field("encrypt", "Encrypt", "boolean", "Unset: where the server offers it."));
    schema.push_back(config_field("trust_server_certificate", "Trust certificate", "boolean",
                                  "Whatever certificate the server shows will do."));
    schema.push_back(config_field("appname", "Application name", "string", "", false, "sluice"));
    schema.push_back(config_field("driver", "Driver", "string",
                                  "Name of the registered ODBC driver.", false, "FreeTDS"));
    schema.push_back(config_field("options", "Options", "object", "More keywords of the driver."));
    schema.push_back(config_field("max_connections", "Maximum connections", "integer",
                                  "Connections of one core.", false, 8));
    append_common(schema);
    return schema;
}

json::array odbc_schema() {
    json::array schema;
    schema.push_back(
        config_field("driver", "Driver", "string", "Name of the registered ODBC driver.", true));
    schema.push_back(config_field("dialect", "Dialect", "string",
                                  "sqlserver, postgres, mysql or sqlite.", true));
    schema.push_back(config_field("host", "Host", "string", "Name or address."));
    schema.push_back(config_field("port", "Port", "integer", ""));
    schema.push_back(config_field("database", "Database", "string", ""));
    schema.push_back(config_field("username", "User name", "string", ""));
    schema.push_back(config_field("password", "Password", "password", ""));
    schema.push_back(config_field("schema", "Schema", "string", "Only the tables of this schema."));
    schema.push_back(config_field("options", "Options", "object", "More keywords of the driver."));
    schema.push_back(config_field("max_connections", "Maximum connections", "integer",
                                  "Connections of one core.", false, 8));
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

ServiceType mysql_type() {
    return {
        "mysql",        "MySQL",           "A MySQL or MariaDB database.", "Database", false, false,
        mysql_schema(), check_mysql_config};
}

ServiceType sqlsrv_type() {
    return {"sqlsrv",
            "SQL Server",
            "A Microsoft SQL Server database, over ODBC.",
            "Database",
            false,
            false,
            sqlsrv_schema(),
            check_sqlsrv_config};
}

ServiceType odbc_type(const Shared& shared) {
    const auto check = [&shared](const json::object& config) {
        return check_odbc_config(config, shared);
    };
    return {"odbc",        "ODBC", "A database that speaks a known dialect, over its ODBC driver.",
            "Database",    false,  false,
            odbc_schema(), check};
}

}  // namespace sluice::services::sql
