#pragma once
/// The configuration of a database service -> settings.

#include <filesystem>

#include "core/json.h"
#include "services/sql/backend.h"
#include "services/sql/mysql/settings.h"
#include "services/sql/postgres/connect.h"
#include "services/sql/sqlite/connection.h"
#include "store/rows.h"

namespace sluice::services::sql {

/// "The configuration field 'port' must be ...": BadRequest.
tl::unexpected<Error> wrong(std::string_view field, std::string_view what);
/// A text, or a number as its digits; empty when there is neither.
std::string plain_text(const json::object& config, std::string_view field);

/// Errors (all of them): BadRequest naming the service and the field.
Status check_port(const json::object& config);
Result<json::object> read_config(const store::ServiceRow& row);
Result<TableSettings> read_table_settings(const json::object& config);
Result<std::vector<std::string>> read_statements(const json::object& config);
Result<SqliteSettings> read_sqlite_settings(const json::object& config,
                                            const std::filesystem::path& data_folder);
Result<PostgresSettings> read_postgres_settings(const json::object& config);
Result<MysqlSettings> read_mysql_settings(const json::object& config);

}  // namespace sluice::services::sql
